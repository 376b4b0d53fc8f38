"""Talk to an OCI registry over HTTP, with a login as engines keep it; the login is in no argument and no message.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md, https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import json
import os
import re
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

from sygaldry.model.errors import ImageError, MachineNotReadyError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S: Final = 60
_LARGEST_ANSWER: Final = 1 << 20
_LARGEST_MANIFEST: Final = 4 << 20  # what registries accept: the distribution specification, Pushing Manifests
_MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_LARGEST_LIST: Final = 8 << 20
_UNAUTHORIZED: Final = 401
_CHALLENGE: Final = re.compile(r'(\w+)="([^"]*)"')


class RegistryClient:
    """One repository of a registry. `login` is USER:PASSWORD in base64, or empty."""

    def __init__(
        self, registry: str, repository: str, *, plain: bool, login: str = "", timeout_s: float = _TIMEOUT_S
    ) -> None:
        self.repository = f"{registry}/{repository}"
        self._base = f"{'http' if plain else 'https'}://{registry}"
        self._path = f"/v2/{quote(repository)}"
        self._login = login
        self._timeout_s = timeout_s
        self._authorization = ""

    def has_blob(self, digest: str) -> bool:
        """Return whether the repository has a blob."""
        return self._send("HEAD", f"{self._path}/blobs/{digest}", accepted=(200, 404))[0] == 200

    def put_blob(self, digest: str, path: str) -> None:
        """Upload a file under its digest."""
        _, headers, _ = self._send("POST", f"{self._path}/blobs/uploads/", accepted=(202,))
        place = urljoin(f"{self._base}{self._path}/blobs/uploads/", headers.get("location", ""))
        place += f"{'&' if urlsplit(place).query else '?'}{urlencode({'digest': digest})}"
        size = os.stat(path).st_size
        with open(path, "rb") as file:
            own = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
            self._send("PUT", place, own, file, accepted=(201,))

    def put_manifest(self, reference: str, media_type: str, content: bytes) -> bool:
        """Store a manifest under a tag or digest; returns whether the registry lists it as a referrer."""
        own = {"Content-Type": media_type}
        _, headers, _ = self._send("PUT", f"{self._path}/manifests/{reference}", own, content, accepted=(201,))
        return "oci-subject" in headers

    def get_manifest(self, reference: str, media_type: str, limit_bytes: int) -> bytes:
        """Return a manifest, empty if there is none."""
        path = f"{self._path}/manifests/{reference}"
        status, _, body = self._send("GET", path, {"Accept": media_type}, accepted=(200, 404), limit_bytes=limit_bytes)
        return body if status == 200 else b""

    def find_manifest(self, reference: str) -> bytes:
        """Return the manifest, or the list of manifests, that a tag names now; empty if there is none."""
        return self.get_manifest(reference, ", ".join(_MANIFESTS), _LARGEST_MANIFEST)

    def get_blob(self, digest: str, limit_bytes: int) -> bytes:
        """Return a small blob. Raises ImageError, also where a registry only names another address for it."""
        return self._send("GET", f"{self._path}/blobs/{digest}", accepted=(200,), limit_bytes=limit_bytes)[2]

    def tags(self) -> list[str]:
        """Return the tags of the repository, at most as many as the registry lists in one answer.

        https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
        """
        _, _, body = self._send("GET", f"{self._path}/tags/list?n=10000", accepted=(200,), limit_bytes=_LARGEST_LIST)
        try:
            return [str(each) for each in json.loads(body)["tags"] or ()]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ImageError(f"{self.repository} answered without a list of tags") from error

    def _send(  # noqa: PLR0913 - one request
        self,
        method: str,
        place: str,
        headers: Mapping[str, str] | None = None,
        body: IO[bytes] | bytes | None = None,
        *,
        accepted: tuple[int, ...],
        limit_bytes: int = _LARGEST_ANSWER,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send a request, once more with a login if the registry demands it. Raises ImageError."""
        status, found, answer = self._request(method, place, {**(headers or {})}, body, limit_bytes)
        if status == _UNAUTHORIZED and self._authorize(found.get("www-authenticate", "")):
            if body is not None and not isinstance(body, bytes):
                body.seek(0)
            status, found, answer = self._request(method, place, {**(headers or {})}, body, limit_bytes)
        if status in accepted:
            return status, found, answer
        if status in (_UNAUTHORIZED, 403):
            registry = self.repository.partition("/")[0]
            raise ImageError(
                f"the registry refused the credentials for {self.repository}, or needs some",
                hint=f"log in and try again: docker login {registry}",
            )
        raise ImageError(f"{self.repository} answered {status} to {method}: {_message(answer)}")

    def _request(
        self, method: str, place: str, headers: dict[str, str], body: IO[bytes] | bytes | None, limit_bytes: int
    ) -> tuple[int, Mapping[str, str], bytes]:
        url = urlsplit(urljoin(self._base, place))
        same = f"{url.scheme}://{url.netloc}" == self._base
        if self._authorization and same:
            headers["Authorization"] = self._authorization
        if url.scheme not in ("http", "https") or (url.scheme == "http" and self._base.startswith("https")):
            raise ImageError(f"{self.repository} names an upload address that is not encrypted")
        kind = HTTPConnection if url.scheme == "http" else HTTPSConnection
        connection = kind(url.netloc, timeout=self._timeout_s)
        try:
            target = f"{url.path}?{url.query}" if url.query else url.path
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            text = answer.read(limit_bytes + 1)
            if len(text) > limit_bytes:
                raise ImageError(f"{self.repository} answers more than {limit_bytes} bytes")
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text
        except (OSError, HTTPException) as error:
            raise MachineNotReadyError(
                f"the registry {url.netloc.rpartition('@')[2]} cannot be reached: {str(error) or type(error).__name__}",
                hint="check the network and the name of the registry",
            ) from error
        finally:
            connection.close()

    def _authorize(self, challenge: str) -> bool:
        """Answer a challenge: with the login itself, or with a token for it. Returns whether there is something new."""
        kind, _, rest = challenge.partition(" ")
        before = self._authorization
        if kind.lower() == "basic" and self._login:
            self._authorization = f"Basic {self._login}"
        elif kind.lower() == "bearer":
            facts = dict(_CHALLENGE.findall(rest))
            self._authorization = f"Bearer {self._token(facts)}"
        return self._authorization != before

    def _token(self, facts: Mapping[str, str]) -> str:
        realm = facts.get("realm", "")
        if not realm.startswith("https://") and not (self._base.startswith("http://") and realm.startswith("http://")):
            raise ImageError(f"{self.repository} names a token server that is not encrypted")
        asked = {name: facts[name] for name in ("service", "scope") if name in facts}
        headers = {"Authorization": f"Basic {self._login}"} if self._login else {}
        place = f"{realm}?{urlencode(asked)}"
        self._authorization = ""
        status, _, body = self._request("GET", place, headers, None, _LARGEST_ANSWER)
        try:
            table = json.loads(body)
            return str(table.get("token") or table["access_token"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ImageError(f"the token server of {self.repository} answered {status} without a token") from error


def _message(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["errors"][0]["message"])[:200]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return answer.decode("utf-8", "replace")[:200]
