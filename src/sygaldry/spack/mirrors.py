"""The mirrors of an environment, as Spack's configuration describes them: where each is and how it is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sygaldry.model.errors import LockError


class Kind(StrEnum):
    """How a mirror is reached."""

    FILE = "file"
    HTTP = "http"
    OCI = "oci"
    S3 = "s3"


_KINDS = {
    "file": Kind.FILE,
    "http": Kind.HTTP,
    "https": Kind.HTTP,
    "s3": Kind.S3,
    "oci": Kind.OCI,
    "oci+http": Kind.OCI,
}


@dataclass(frozen=True)
class Mirror:
    """A mirror for binaries, sources or both.

    `url` is where is fetched from, `top_url` what is named for both ways; `variables` are the names of those that hold
    what opens it.
    """

    name: str
    url: str
    kind: Kind
    signed: bool = True
    autopush: bool = False
    binary: bool = True
    source: bool = True
    variables: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    top_url: str = field(default="", compare=False)

    @property
    def path(self) -> str:
        """The folder of a file mirror."""
        return self.url.removeprefix("file://") if self.kind is Kind.FILE else ""

    @property
    def push_url(self) -> str:
        """Where is pushed to, which may be another place than is fetched from."""
        push = self.config.get("push", self.url)
        return str(push.get("url", self.url) if isinstance(push, dict) else push)

    @property
    def checks_signatures(self) -> bool:
        """Whether Spack takes only signed packages from it; in a registry it never signs and never checks."""
        return self.signed and self.kind is not Kind.OCI

    @property
    def needs_spack(self) -> bool:
        """Whether only Spack has what opens it: the keys of a bucket, the password of a registry."""
        return self.kind is Kind.S3 or bool(self.variables)


def parse_mirrors(config: Mapping[str, Any], base: str = "") -> tuple[Mirror, ...]:
    """Read the `mirrors` of a configuration, in their order; raises LockError for an address of no known kind."""
    return tuple(_mirror(str(name), value, base) for name, value in config.items())


def _mirror(name: str, value: Any, base: str) -> Mirror:  # noqa: ANN401 - YAML of any shape
    table: Mapping[str, Any] = value if isinstance(value, dict) else {"url": value}
    _check_shape(name, table)
    fetch = table.get("fetch", table)
    fetch = {"url": fetch} if isinstance(fetch, str) else fetch if isinstance(fetch, dict) else {}
    url = fetch.get("url", table.get("url"))
    if not isinstance(url, str):
        raise LockError(f"mirror {name!r} has no url", hint="write: mirrors: {NAME: {url: file:///folder}}")
    if "@" in _host(name, url):  # neither Spack nor we could use it, and every message would show it
        raise LockError(
            f"mirror {name!r} has a user name or password in its address",
            hint="name environment variables instead: access_pair: {id_variable: NAME, secret_variable: SECRET}",
        )
    return Mirror(
        name,
        _absolute(url, base),
        _kind(name, url),
        bool(table.get("signed", True)),
        bool(table.get("autopush", False)),
        bool(table.get("binary", True)),
        bool(table.get("source", True)),
        _variables({**table, **fetch}, table.get("push") if table.get("autopush") else None),
        table,
        _absolute(str(table.get("url", url)), base),
    )


def _check_shape(name: str, table: Mapping[str, Any]) -> None:
    """Raise for what Spack's own schema refuses: its message would show what is in `access_pair`."""
    for way in ("fetch", "push"):
        if not isinstance(table.get(way, ""), str | dict):
            raise LockError(f"{way!r} of mirror {name!r} is not an address", hint=f"write: {way}: file:///folder")
    for each in (table, table.get("fetch"), table.get("push")):
        if isinstance(each, dict) and not isinstance(each.get("access_pair", {}), dict):
            raise LockError(
                f"'access_pair' of mirror {name!r} is not a table",
                hint="name environment variables: access_pair: {id_variable: NAME, secret_variable: SECRET}",
            )


def _host(name: str, url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError as error:
        hint = "write: mirrors: {NAME: {url: file:///folder}}"
        raise LockError(f"mirror {name!r} has no valid address: {url[:100]}", hint=hint) from error


def _variables(*tables: Any) -> tuple[str, ...]:  # noqa: ANN401 - YAML of any shape
    names: list[Any] = []
    for table in (each for each in tables if isinstance(each, dict)):
        pair = table.get("access_pair")
        pair = pair if isinstance(pair, dict) else {}
        names += [pair.get("id_variable"), pair.get("secret_variable"), table.get("access_token_variable")]
    return tuple(dict.fromkeys(str(each) for each in names if each))


def _kind(name: str, url: str) -> Kind:
    scheme = url.partition("://")[0] if "://" in url else "file"
    if scheme not in _KINDS:
        raise LockError(
            f"mirror {name!r} has an unknown kind of address: {url[:100]}",
            hint="Spack knows file://, https://, s3:// and oci:// (oci+http:// without TLS)",
        )
    return _KINDS[scheme]


def _absolute(url: str, base: str) -> str:
    return url if "://" in url else f"file://{url if url.startswith('/') else f'{base}/{url}'}"
