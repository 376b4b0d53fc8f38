"""Check every byte of a bundle, and show what it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from sygaldry.bundle.index import FILE, INSTALLER, LARGEST_BYTES, Index
from sygaldry.flows.bundle.file import BundleReader, load_index
from sygaldry.flows.bundle.images import image_problems
from sygaldry.host import contents, files
from sygaldry.host.run import run
from sygaldry.model.command import Command
from sygaldry.model.errors import BundleError, MachineNotReadyError
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human

_NAMESPACE = "sygaldry-bundle"


def bundle_inspect(folder: Path) -> Report:
    """Show what a bundle holds, without reading its contents."""
    index = load_index(folder)
    groups: dict[str, list[int]] = {}
    for each in index.files:
        groups.setdefault(f"{each.kind} {each.group}".strip(), []).append(each.size)
    head = f"made by Sygaldry {index.sygaldry} for {index.architecture}, {human(sum(index.contents().values()))}"
    lines = (head, *(f"{name}: {len(sizes)} files, {human(sum(sizes))}" for name, sizes in groups.items()))
    data: dict[str, Json] = {
        "sygaldry": index.sygaldry,
        "architecture": index.architecture,
        "bytes": sum(index.contents().values()),
        "groups": {name: {"files": len(sizes), "bytes": sum(sizes)} for name, sizes in groups.items()},
    }
    return Report(data, lines)


def bundle_verify(folder: Path, older: Path | None, report_progress: Callable[[str], None]) -> Report:
    """Report what is wrong with a bundle; the exit code is 1 if anything is."""
    index = load_index(folder)
    problems = find_problems(BundleReader(folder, older, index), report_progress)
    if not problems:
        return Report({"problems": []}, (f"{folder} is whole: {len(index.contents())} contents",))
    hint = "copy these parts again"
    return Report({"problems": list(problems)}, problems, (hint,), exit_code=1)


def find_problems(bundle: BundleReader, report_progress: Callable[[str], None]) -> tuple[str, ...]:
    """Return what is wrong with the contents and the installer, and, if nothing is, with the images."""
    found = _content_problems(bundle, report_progress) + _installer_problems(bundle.folder, bundle.index)
    return found or image_problems(bundle)


def _content_problems(bundle: BundleReader, report_progress: Callable[[str], None]) -> tuple[str, ...]:
    """Return what is wrong with the contents; one that is not here may be in the older bundle."""
    folder, older, index = bundle.folder, bundle.older, bundle.index
    found = []
    wanted = index.contents()
    older_part_bytes = load_index(older).part_bytes if older else 0
    for number, (sha256, size) in enumerate(sorted(wanted.items()), 1):
        if number % 50 == 0 or size > 2**28:
            report_progress(f"checking {number} of {len(wanted)} contents")
        problem = contents.problem_of(folder, sha256, size, index.part_bytes)
        if problem and older is not None and contents.problem_of(older, sha256, size, older_part_bytes) == "":
            problem = ""
        found += [problem] if problem else []
    return tuple(found)


def _installer_problems(folder: Path, index: Index) -> tuple[str, ...]:
    """Return what is wrong with the installer beside the index: it is run before anything could check it."""
    for each in index.of("installer"):
        text = files.read_if_there(folder / INSTALLER, LARGEST_BYTES, follow_links=False) or ""
        if hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest() != each.sha256:
            return (f"{INSTALLER} is not the one of the bundle",)
    return ()


def check_signature(folder: Path, signers: Path, identity: str) -> None:
    """Check the signature of the index, which `ssh-keygen -Y sign` made. Raises BundleError.

    https://man.openbsd.org/ssh-keygen#Y
    """
    signature = folder / f"{FILE}.sig"
    if not signature.is_file():
        raise BundleError(f"{folder} is not signed", hint="ask for a signed one, or leave --signers out")
    words = ("ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", identity, "-n", _NAMESPACE, "-s", str(signature))
    done = run(Command(words, input=(folder / FILE).read_text(encoding="utf-8")))
    if done.returncode == 127:
        raise MachineNotReadyError("ssh-keygen is not installed", hint="sudo apt-get install openssh-client")
    if not done.ok:
        raise BundleError(f"the signature of {folder} is not valid: {done.last_line}", hint="do not apply it")


def sign(folder: Path, key: Path) -> None:
    """Sign the index with an SSH key. Raises BundleError."""
    (folder / f"{FILE}.sig").unlink(missing_ok=True)
    done = run(Command(("ssh-keygen", "-Y", "sign", "-q", "-f", str(key), "-n", _NAMESPACE, str(folder / FILE))))
    if not done.ok:
        raise BundleError(f"the bundle cannot be signed: {done.last_line}", hint="is it a key? ssh-keygen -l -f KEY")
