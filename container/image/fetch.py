"""Fetch a pinned download, or refuse: a file with another checksum is never used.

    fetch.py get NAME VERSION FOLDER     download into FOLDER, verify, print the path
    fetch.py requirements NAME           print pinned Python packages as pip reads them

The pins are in artifacts.json. ARTIFACT_MIRROR is tried instead of the address there: it serves the same files by
their names. Standard library only, because it runs before anything is installed.
"""

import base64
import hashlib
import json
import os
import platform
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

HERE = Path(__file__).resolve().parent
PATIENCE_S = 60
PIECE = 1 << 20
ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}


def main(words: list[str], environment: Mapping[str, str]) -> str:
    """Do what the words say and return what to print; every failure is a SystemExit with a message."""
    pins = load_pins()
    match words:
        case ["get", name, version, folder]:
            answer = str(get(pins, name, version, Path(folder), environment))
        case ["requirements", name]:
            answer = requirements(pins, name)
        case _:
            fail((__doc__ or "").strip())
    return answer


def load_pins() -> dict[str, Any]:
    """Load artifacts.json: beside us in the image, one folder up in the checkout."""
    found = next((path for path in (HERE / "artifacts.json", HERE.parent / "artifacts.json") if path.is_file()), None)
    if found is None:
        fail("artifacts.json is missing; build with: sygaldry image build")
    pins: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))
    return pins


def get(pins: Mapping[str, Any], name: str, version: str, folder: Path, environment: Mapping[str, str]) -> Path:
    """Download one artifact; the file appears under its name only once its checksum is right."""
    pin = chosen(pins, name, version)
    url = pin["url"]
    file_name = pin.get("file") or url.rpartition("/")[2]
    mirror = environment.get("ARTIFACT_MIRROR", "").rstrip("/")
    source = f"{mirror}/{file_name}" if mirror else url
    expected = pin.get("sha256")
    if not expected:
        fail(
            f"{name} {version} has no checksum in container/artifacts.json, so it is not used",
            f"fetch {url}, check it by its publisher's signature, and write its sha256sum there",
        )
    path = folder / file_name
    draft = folder / f".{file_name}.draft"
    folder.mkdir(parents=True, exist_ok=True)
    say(f"fetching {without_password(source)}")
    try:
        actual = download(source, draft)
        if actual != expected:
            fail(
                f"the checksum of {without_password(source)} does not match: it is {actual}, pinned is {expected}",
                "the download was tampered with or cut short, or the mirror has another file; nothing of it was used",
            )
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def chosen(pins: Mapping[str, Any], name: str, version: str) -> Mapping[str, Any]:
    """Find the pin of a name, a version and this machine's architecture."""
    machine = ARCHITECTURES.get(platform.machine(), platform.machine())
    versions = pins["artifacts"].get(name, {})
    if version not in versions:
        known = ", ".join(versions) or "none"
        fail(
            f"{name} {version} is not pinned in container/artifacts.json (pinned: {known})",
            f"add its url and sha256 there, under {name}, {version} and {machine}",
        )
    found: Mapping[str, Any] | None = versions[version].get(machine) or versions[version].get("any")
    if found is None:
        fail(
            f"{name} {version} is not pinned for {machine} in container/artifacts.json",
            f"leave it out of SYGALDRY_TOOLCHAINS, or add its url and sha256 there, under {machine}",
        )
    return found


def download(source: str, draft: Path) -> str:
    """Write what an address serves into a file and return its SHA-256."""
    if not source.startswith(("http://", "https://", "file:///")):
        fail(f"{without_password(source)} is not an http, https or file address")
    digest = hashlib.sha256()
    try:
        with urllib.request.urlopen(authorized(source), timeout=PATIENCE_S) as answer, draft.open("wb") as file:  # noqa: S310 - checked above
            while piece := answer.read(PIECE):
                digest.update(piece)
                file.write(piece)
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        fail(
            f"{without_password(source)} cannot be fetched: {reason}",
            "without internet, name a mirror that has the file (SYGALDRY_ARTIFACT_MIRROR), or leave this toolchain out "
            "(SYGALDRY_TOOLCHAINS)",
        )
    return digest.hexdigest()


def authorized(address: str) -> urllib.request.Request:
    """Return a request whose user and password are in a header; urllib cannot read them from the address."""
    parts = urllib.parse.urlsplit(address)
    request = urllib.request.Request(without_password(address))  # noqa: S310 - checked by the caller
    if parts.username is not None:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        request.add_header("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")
    return request


def without_password(address: str) -> str:
    """Return an address without the user and the password in it: messages end in logs."""
    parts = urllib.parse.urlsplit(address)
    return urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if parts.netloc else address


def requirements(pins: Mapping[str, Any], name: str) -> str:
    """Format pinned Python packages with their hashes."""
    packages = pins["python_packages"][name]
    return "\n".join(" ".join([each, *(f"--hash=sha256:{one}" for one in hashes)]) for each, hashes in packages.items())


def say(text: str) -> None:
    sys.stderr.write(f"sygaldry: {text}\n")


def fail(problem: str, hint: str = "") -> NoReturn:
    say(problem)
    if hint:
        sys.stderr.write(f"  hint: {hint}\n")
    raise SystemExit(1)


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:], os.environ) + "\n")
