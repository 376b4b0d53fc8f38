"""Find what the environment of a Python promises: a Spack lock or manifest, or the lock of a project of wheels."""

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import Environment, load_environment
from sygaldry.gpu.architectures import Architectures, parse_architectures
from sygaldry.gpu.compatibility import table
from sygaldry.gpu.image import ImageFacts, image_facts
from sygaldry.gpu.validation.promise import Promise, architectures_text
from sygaldry.gpu.versions import format_version, parse_version
from sygaldry.host import files
from sygaldry.host.run import which
from sygaldry.model.errors import NotFoundError, UsageError
from sygaldry.spack.lock import Lock

UV_LOCK: Final = "uv.lock"
_RUNTIME: Final = re.compile(r"nvidia[-_]cuda[-_]runtime(?:[-_]cu\d+)?")
_INSTALLED: Final = re.compile(rf"{_RUNTIME.pattern}-(\d[\w.]*)\.dist-info")
_FRAMEWORKS: Final = ("torch", "jax")


def python_of(environment: str) -> str:
    """Choose the Python of a project of wheels or of a virtual environment; else the one on PATH."""
    folder = Path(files.expand_home(environment)) if environment else None
    candidates = (folder / ".venv" / "bin" / "python", folder / "bin" / "python") if folder else ()
    return str(next((each for each in candidates if each.exists()), "python3"))


def promised(python: str, environment: str, architectures: str, resolved: Resolved, workspace: Path) -> Promise:
    """Find the promise of the environment that this Python belongs to.

    `environment` names a folder; else wheels beside the Python decide, then the Spack environment that is active or
    configured. `architectures` replace those declared. Raises NotFoundError and UsageError.
    """
    found = _named(environment, resolved, workspace) if environment else _of_python(python, resolved, workspace)
    if architectures:
        try:
            named = architectures_text([architectures])
        except ValueError as error:
            raise UsageError(f"--architectures: {error}", hint="write them as --architectures 75,80,90") from error
        found = replace(found, torch=named, jax=named, source="--architectures")
    return found


def _named(environment: str, resolved: Resolved, workspace: Path) -> Promise:
    folder = Path(files.expand_home(environment))
    if (folder / UV_LOCK).is_file():
        return _of_wheels(folder / ".venv", folder)
    if (folder / "pyvenv.cfg").is_file():
        return _of_wheels(folder, folder.parent)
    return of_spack(load_environment(environment, resolved, workspace, needs_consent=False))


def _of_python(python: str, resolved: Resolved, workspace: Path) -> Promise:
    program = Path(python if "/" in python else which(python) or python).absolute()
    prefix = program.parent.parent  # of a virtual environment; its Python is a link that must not be followed
    has_wheels = any((folder / name).is_dir() for folder in _site_packages(prefix) for name in _FRAMEWORKS)
    if has_wheels and ((prefix / "pyvenv.cfg").is_file() or not _is_of_spack(program)):
        wheels = _of_wheels(prefix, prefix.parent)
        # Wheels without CUDA and without a lock promise nothing; the environment around them may.
        return wheels if wheels.cuda else replace(wheels, cuda=_around(resolved, workspace).cuda)
    return _around(resolved, workspace)


def _is_of_spack(program: Path) -> bool:
    """Whether Spack installed this Python, or an environment of Spack is active, which may use the system's."""
    return bool(os.environ.get("SPACK_ENV")) or (Path(os.path.realpath(program)).parent.parent / ".spack").is_dir()


def _around(resolved: Resolved, workspace: Path) -> Promise:
    """Read the Spack environment that this shell has entered, or the configured one; what the image has without any."""
    try:
        return of_spack(load_environment(os.environ.get("SPACK_ENV", ""), resolved, workspace, needs_consent=False))
    except NotFoundError:
        facts = image_facts(base=resolved.settings.base_image)
        return Promise(format_version(facts.cuda))


def of_spack(environment: Environment) -> Promise:
    """Read the CUDA and the architectures of the frameworks from a lock, or from the manifest of one not yet locked."""
    if environment.lock_path.exists():
        return _of_lock(environment.lock, str(environment.lock_path))
    source = str(environment.source)
    try:
        facts = image_facts(environment.source_text)
        declared = facts.architectures.text() if "cuda_arch" in environment.source_text else ""
    except ValueError as error:
        raise _unreadable(source, error) from error
    cuda = _manifest_cuda(environment.source_text) or format_version(facts.cuda)
    return Promise(cuda if facts.promises_cuda else "", declared, declared, source)


def _of_lock(lock: Lock, source: str) -> Promise:
    toolkits = lock.named("cuda")
    version = parse_version(toolkits[-1].version) if toolkits else None
    with_cuda = {node.name: node for node in lock.nodes.values() if _parameter(node.own, "cuda")}
    cuda = format_version(version[:2]) if version and with_cuda else ""
    torch, jax = (_declared(with_cuda.get(name), source) for name in ("py-torch", "py-jaxlib"))
    return Promise(cuda, torch, jax, source)


def _declared(node: Any, source: str) -> str:  # noqa: ANN401 - a Node, or None
    listed = _parameter(node.own, "cuda_arch") if node else None
    names = [str(each) for each in ([listed] if isinstance(listed, str) else listed or ()) if each != "none"]
    try:
        return architectures_text(names) if names else ""
    except ValueError as error:
        raise _unreadable(source, error) from error


def _unreadable(source: str, error: ValueError) -> UsageError:
    return UsageError(f"cuda_arch in {source} cannot be read: {error}", hint="write it as cuda_arch=80,90")


def _parameter(own: Any, name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    parameters = own.get("parameters")
    return parameters.get(name) if isinstance(parameters, dict) else None


def _manifest_cuda(text: str) -> str:
    found = re.search(r"(?<![\w-])cuda@=?(\d+\.\d+)", text)
    return found.group(1) if found else ""


def _of_wheels(prefix: Path, project: Path) -> Promise:
    """Read the CUDA runtime that a lock pins, or that is installed; wheels declare no architectures outside of them."""
    lock = project / UV_LOCK
    pinned = _pinned(lock)
    version = parse_version(pinned or next(_runtimes(prefix), ""))
    source = str(lock) if pinned else str(prefix)
    return Promise(format_version(version[:2]) if version else "", source=source)


def _pinned(lock: Path) -> str:
    text = files.read_if_there(lock)
    try:
        packages = tomllib.loads(text or "").get("package", [])
        return next((str(each["version"]) for each in packages if _RUNTIME.fullmatch(str(each["name"]))), "")
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        hint = f"make it anew: uv lock --project {lock.parent}"
        raise UsageError(f"{lock} is damaged: {error}", hint=hint) from error


def _runtimes(prefix: Path) -> Iterator[str]:
    for folder in _site_packages(prefix):
        for each in folder.glob("nvidia_cuda_runtime*.dist-info"):
            if found := _INSTALLED.fullmatch(each.name):
                yield found.group(1)


def _site_packages(prefix: Path) -> list[Path]:
    places = ("lib/python3*/site-packages", "lib/python3*/dist-packages", "local/lib/python3*/dist-packages")
    return sorted(folder for place in places for folder in prefix.glob(place))


def promised_image(promise: Promise, image: ImageFacts) -> ImageFacts:
    """Describe the promise to the gate; a compatibility library counts only for its own CUDA."""
    cuda = parse_version(promise.cuda) or image.cuda
    listed = promise.torch or promise.jax
    lowest = table().lowest.get(cuda[0], (3, 0))
    # Where nothing is declared, the suites judge by the builds themselves: code for every generation keeps the gate
    # from judging before them.
    every = Architectures(sass=frozenset({lowest, *((major, 0) for major in range(lowest[0] + 1, 30))}))
    return replace(
        image,
        cuda=cuda,
        architectures=parse_architectures(listed) if listed else every,
        manifest=promise.source or image.manifest,
        promises_cuda=bool(promise.cuda),
        note=image.note if image.note and image.note.cuda == cuda else None,
    )
