"""Pin the download of another version of a toolchain, so that an image with it can be built."""

import json
import os
import re
from typing import Final

from sygaldry.config.kinds import is_address, is_version
from sygaldry.flows.image.pins import ARTIFACTS, PINNED, load_user_pins, user_pins_path
from sygaldry.host import files
from sygaldry.layout import layout
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report

_URLS: Final = {
    ("bazel", "x86_64"): "https://github.com/bazelbuild/bazel/releases/download/{0}/bazel-{0}-linux-x86_64",
    ("bazel", "aarch64"): "https://github.com/bazelbuild/bazel/releases/download/{0}/bazel-{0}-linux-arm64",
    ("rust", "x86_64"): "https://static.rust-lang.org/dist/rust-{0}-x86_64-unknown-linux-gnu.tar.gz",
    ("rust", "aarch64"): "https://static.rust-lang.org/dist/rust-{0}-aarch64-unknown-linux-gnu.tar.gz",
}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def image_pins() -> Report:
    """List the versions that have a pin, and which of them the user added."""
    with open(f"{layout().container}/{ARTIFACTS}", encoding="utf-8") as file:
        shipped = json.load(file)["artifacts"]
    own = load_user_pins()
    data = {tool: {"shipped": list(shipped[tool]), "added": list(own.get(tool, {}))} for tool in PINNED}
    lines = (f"{tool:8} {', '.join([*shipped[tool], *own.get(tool, {})])}" for tool in PINNED)
    return Report({**data, "file": user_pins_path()}, tuple(lines))


def image_pin(tool: str, version: str, sha256: str, *, url: str = "", architecture: str = "") -> Report:
    """Add a pin to the user's file. Raises UsageError for what cannot be one."""
    machine = architecture or os.uname().machine
    if tool not in PINNED:
        raise UsageError(f"no toolchain {tool!r} takes a pin", hint=f"there are: {', '.join(PINNED)}")
    if not is_version(version):
        raise UsageError(
            f"{version!r} is not a version", hint="for example: sygaldry image pin bazel 7.1.0 --sha256 ..."
        )
    if not _SHA256.fullmatch(sha256):
        raise UsageError("--sha256 needs 64 hexadecimal digits", hint="the publisher lists it beside the download")
    address = url or _URLS.get((tool, machine), "").format(version)
    if not is_address(address):
        raise UsageError(f"--url is needed for {tool} on {machine}: an http, https or file address")
    path = user_pins_path()
    files.make_folder(os.path.dirname(path))
    with files.locked(f"{path}.lock"):
        pins = load_user_pins()
        pins.setdefault(tool, {}).setdefault(version, {})[machine] = {"url": address, "sha256": sha256}
        files.replace(path, json.dumps(pins, indent=1, sort_keys=True) + "\n")
    data = {"tool": tool, "version": version, "architecture": machine, "url": address, "sha256": sha256, "file": path}
    next_step = f"next: {tool.upper()}_VERSION={version} sygaldry image build"
    return Report(data, (f"pinned {tool} {version} for {machine}: {address}",), (next_step,))
