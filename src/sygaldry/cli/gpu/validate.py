"""Validate Torch, JAX and their data exchange on the GPU or, at level 0, without one.

Levels: 0 versions, architectures, libraries and the numbers on the CPU; 1 a first kernel and matrix products on every
GPU; 2 all operations; 3 memory, links, stress and several GPUs too. A CPU build fails where the manifest promises CUDA.
Exit codes: 0 all passed, 1 wrong numbers or versions, 2 there is a GPU but a framework cannot use it, 3 no GPU
(--allow-no-gpu accepts that; with SYGALDRY_GPU=require nothing does), 4 could not be judged. A GPU check that did not
run is skipped, never passed.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--level", type=int, choices=(0, 1, 2, 3), default=1, help="depth (default 1)")
    parser.add_argument(
        "--python",
        metavar="PATH",
        default="",
        help="the environment's Python (default: that of the --environment, else python3 on PATH)",
    )
    parser.add_argument("--allow-no-gpu", action="store_true", help="without a GPU run level 0 and accept it")
    parser.add_argument(
        "--expect",
        choices=("manifest", "cuda", "cpu"),
        default="manifest",
        help="builds to expect: what the manifest promises (default), CUDA builds, or CPU builds",
    )
    parser.add_argument(
        "--environment",
        metavar="FOLDER",
        default="",
        help="the Spack environment, or project of wheels, whose lock declares CUDA and architectures (default: that "
        "of the Python, else the configured one)",
    )
    parser.add_argument(
        "--architectures",
        metavar="LIST",
        default="",
        help="demand machine code for these, such as 75,80,90, whatever the environment declares",
    )
    parser.add_argument("--junit", metavar="FILE", default="", help="write the outcomes as JUnit XML too")
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="compare with wrong references, to prove that a failure is seen (exit 1)",
    )


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.env.promise import promised, promised_image, python_of
    from sygaldry.flows.gpu.image_requirements import known_image
    from sygaldry.flows.gpu.validate import gpu_validate
    from sygaldry.flows.gpu.validation_child import Request
    from sygaldry.host.settings import resolved_settings, workspace_folder

    resolved = resolved_settings(vars(arguments))
    settings, workspace = resolved.settings, workspace_folder(resolved.settings.workspace)
    python = arguments.python or python_of(arguments.environment)
    promise = promised(python, arguments.environment, arguments.architectures, resolved, workspace)
    request = Request(
        level=arguments.level,
        python=python,
        gpu=settings.gpu,
        allow_no_gpu=arguments.allow_no_gpu,
        self_test=arguments.self_test,
        junit=arguments.junit,
        expect=arguments.expect,
        image=promised_image(promise, known_image(settings, workspace, "docker")),
        promise=promise,
    )
    return gpu_validate(request)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("workspace", "gpu", "image"),
    examples=(
        "sygaldry gpu validate --level 0 --junit out.xml",
        "sygaldry gpu validate --level 2 --python /opt/env/bin/python",
        "sygaldry gpu validate --environment pkg/wheels-cuda13",
        "sygaldry launch --entrypoint verify-gpu -- --level 2",
        "SYGALDRY_GPU=require sygaldry gpu validate",
    ),
)
