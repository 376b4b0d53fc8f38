"""Programs of their own that Sygaldry runs in children: they import nothing of ours, print JSON, and may hang or die.

`look` and `cuda` need the standard library alone, `nvml` needs nvidia-ml-py, the `validate_` programs run under the
environment's own Python and need its frameworks.
"""
