"""Whether Torch, JAX and their exchange compute rightly: suites that run under the environment's own Python.

A suite is a program (`python -m sygaldry.gpu.validation.torch_suite cpu 0`) that prints one JSON line a check, so that
its parent keeps what was finished when it hangs or dies. The suites alone import frameworks, and only there.
"""
