"""Read files of a mirror, whatever its kind: from a folder, over HTTP, or through Spack where only it has the keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from sygaldry.flows.env.cache.mirrors import unset_variables
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.host.http import ForbiddenError
from sygaldry.host.settings import workspace_of
from sygaldry.layout import layout
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import MachineNotReadyError, NotFoundError, SygaldryError
from sygaldry.model.json_text import parse_json
from sygaldry.spack import commands
from sygaldry.spack.buildcache import OCI_MANIFEST
from sygaldry.spack.mirrors import Kind, Mirror

_AT_ONCE = 16


class Fetch(Protocol):
    """What host.http.fetch does."""

    def __call__(
        self, url: str, limit_bytes: int, headers: Mapping[str, str] | None = None, *, whole: bool = True
    ) -> bytes: ...


@dataclass(frozen=True)
class MirrorClient:
    """Everything it takes to ask a mirror; `spack` is None where there is none."""

    fetch: Fetch
    run: Callable[[Command], Completed]
    spack: commands.Spack | None = None
    is_offline: bool = False


@dataclass(frozen=True)
class ReadRequest:
    """A file of a mirror, or its first bytes."""

    path: str
    limit_bytes: int
    whole: bool = True


Reader: TypeAlias = Callable[[Sequence[ReadRequest]], list[bytes | None]]


class UnusableMirrorError(MachineNotReadyError):
    """A mirror cannot be used as this machine is, and Spack would only notice in the middle of a build."""


def reader_of(mirror: Mirror, store: Store, client: MirrorClient, environment: Environment) -> Reader:
    """Return what reads files of this mirror; None in its answer is a file that is not there."""
    if mirror.kind is Kind.FILE:
        return lambda wanted: [_read_file(store.locate(mirror.path), each) for each in wanted]
    if client.is_offline:
        raise MachineNotReadyError(f"{mirror.url} was not queried: --offline")
    if unset := unset_variables(mirror):
        raise UnusableMirrorError(
            f"{' and '.join(unset)} must be set here",
            hint="export them, and let a container have them: SYGALDRY_PASS_ENVIRONMENT=" + ",".join(unset),
        )
    if mirror.needs_spack:
        return lambda wanted: _read_through_spack(mirror, client, environment, wanted)
    return lambda wanted: _read_http(mirror, client.fetch, wanted)


def _read_file(folder: Path, wanted: ReadRequest) -> bytes | None:
    try:
        with (folder / wanted.path).open("rb") as file:
            return file.read(wanted.limit_bytes + wanted.whole)
    except FileNotFoundError:
        if not folder.is_dir():
            raise SygaldryError(f"file://{folder} does not exist") from None
        return None
    except OSError as error:
        raise SygaldryError(f"{folder / wanted.path} cannot be read: {error.strerror}") from error


def _read_http(mirror: Mirror, fetch: Fetch, wanted: Sequence[ReadRequest]) -> list[bytes | None]:
    def read(each: ReadRequest) -> bytes | None:
        try:
            return fetch(_address(mirror, each), each.limit_bytes, _headers(each), whole=each.whole)
        except NotFoundError:
            return None

    def read_or_refused(each: ReadRequest) -> bytes | None:
        try:
            return read(each)
        except ForbiddenError:
            return None

    first = [read(each) for each in wanted[:1]]  # a server that is not there, or not for us, says so at once
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [*first, *pool.map(read_or_refused, wanted[1:])]


def _read_through_spack(
    mirror: Mirror, client: MirrorClient, environment: Environment, wanted: Sequence[ReadRequest]
) -> list[bytes | None]:
    if client.spack is None:
        launcher = layout().launcher(workspace_of("", allow_home=True))
        raise MachineNotReadyError(
            f"only Spack can read {mirror.url}, and there is none here",
            hint=f"ask inside the environment: {launcher} -- sygaldry env cache status {environment.argument}",
        )
    question = {
        "name": mirror.name,
        "mirror": {"url": mirror.url, **mirror.config},
        "variables": list(mirror.variables),
        "wanted": [[_address(mirror, each), each.limit_bytes, _headers(each)] for each in wanted],
    }
    done = client.run(commands.read_mirror(client.spack, json.dumps(question)))
    try:
        answer = parse_json(done.out)
        answers, problem, missing_module = answer["answers"], str(answer["problem"]), str(answer["lacks"])
    except (ValueError, KeyError, TypeError):
        raise commands.failure(done, f"{mirror.url} cannot be read through Spack") from None
    if missing_module:
        raise _missing_module_error(client.spack, missing_module, mirror.url)
    if problem:
        raise MachineNotReadyError(f"{mirror.url} cannot be read: {problem}", hint="is the address right, and the key?")
    return [None if each is None else base64.b64decode(each) for each in answers]


def check_push(mirror: Mirror, client: MirrorClient) -> None:
    """Check that packages can be pushed to a bucket before the build: each push would fail separately."""
    if not (mirror.autopush and mirror.push_url.startswith("s3://")) or mirror.kind is Kind.S3 or client.spack is None:
        return
    if not client.run(Command((client.spack.python or "python3", "-c", "import boto3"), timeout_s=60)).ok:
        raise _missing_module_error(client.spack, "boto3", mirror.push_url)


def _missing_module_error(spack: commands.Spack, module: str, url: str) -> UnusableMirrorError:
    python = spack.python or "python3"
    return UnusableMirrorError(
        f"the Python that runs Spack ({python}) has no {module}, without which Spack cannot use {url}",
        hint=f"{python} -m pip install {module}; the image has it: sygaldry image build",
    )


def _address(mirror: Mirror, wanted: ReadRequest) -> str:
    if mirror.kind is not Kind.OCI:
        return f"{mirror.url.rstrip('/')}/{wanted.path}"
    scheme = "http" if mirror.url.startswith("oci+http://") else "https"
    host, _, name = mirror.url.partition("://")[2].partition("/")
    return f"{scheme}://{host}/v2/{name.rstrip('/')}/{wanted.path}"


def _headers(wanted: ReadRequest) -> dict[str, str]:
    return {"Accept": OCI_MANIFEST} if wanted.path.startswith("manifests/") else {}
