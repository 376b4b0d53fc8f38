"""Ask the build caches of an environment what they have, before a build of hours begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sygaldry.flows._environment import Environment, Store
from sygaldry.host import files
from sygaldry.model.errors import SygaldryError
from sygaldry.spack.buildcache import (
    INDEX,
    LARGEST_INDEX_BYTES,
    OCI_INDEX_TAG,
    Hits,
    Kind,
    Mirror,
    blob_path,
    hits,
    oci_blob,
    parse_index,
    parse_mirrors,
)
from sygaldry.spack.database import Installed

Fetch = Callable[[str, int, Mapping[str, str] | None], bytes]

_MANIFEST_BYTES = 2**20
_OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def mirrors_of(environment: Environment) -> tuple[Mirror, ...]:
    """List the build caches of an environment in their order: the manifest's, then the site's."""
    found = {each.name: each for each in _site(environment)}
    own = {each.name: each for each in parse_mirrors(environment.manifest.mirrors, str(environment.folder))}
    if "mirrors:" in environment.manifest.said:  # Spack's way to say "these alone"
        found = {}
    return tuple((own | {name: each for name, each in found.items() if name not in own}).values())


def ask_caches(environment: Environment, store: Store, fetch: Fetch) -> tuple[Hits, ...]:
    """Count the hits of each binary mirror; one that cannot be asked is a problem to be told, not an empty one."""
    lock = environment.lock
    answers = []
    for mirror in mirrors_of(environment):
        if not mirror.binary:
            continue
        try:
            answers.append(hits(lock, mirror, _index(mirror, store, fetch)))
        except SygaldryError as error:
            answers.append(Hits(mirror, problem=error.problem))
    return tuple(answers)


def signature_problem(mirror: Mirror, store: Store) -> str:
    """Say why Spack would reject a signed mirror's packages without a word: it has no key to check them with."""
    if not mirror.signed or _has_keys(store):
        return ""
    return (
        f"{mirror.name} is signed and no key is trusted here, so that Spack would silently build everything; "
        "type: sygaldry env cache keys --trust"
    )


def no_key_problem(mirror: Mirror, store: Store) -> str:
    """Say why every build would fail at its very end: what is to be pushed cannot be signed."""
    folder = store.here / "gpg" / "private-keys-v1.d"
    if not (mirror.autopush and mirror.signed and mirror.binary) or (folder.is_dir() and any(folder.iterdir())):
        return ""
    return f"{mirror.name} is signed and pushed to while building, and there is no key here to sign with"


def _has_keys(store: Store) -> bool:
    """Look for a public keyring in Spack's own GnuPG folder."""
    folder = store.here / "gpg"
    return any(
        (folder / name).is_file() and (folder / name).stat().st_size > 32 for name in ("pubring.kbx", "pubring.gpg")
    )


def _site(environment: Environment) -> Sequence[Mirror]:
    path = environment.spack_root / "etc" / "spack" / "site" / "mirrors.yaml"
    text = files.read_if_there(path)
    if not text:
        return ()
    from sygaldry.spack.manifest import load_yaml

    said = load_yaml(text, str(path), str(environment.spack_root / "lib" / "spack"))
    table = (said or {}).get("mirrors:", (said or {}).get("mirrors", {})) if isinstance(said, dict) else {}
    return parse_mirrors(table or {})


def _index(mirror: Mirror, store: Store, fetch: Fetch) -> dict[str, Installed]:
    if mirror.kind is Kind.FILE:
        return _file_index(mirror, store)
    if mirror.kind is Kind.HTTP:
        base = mirror.url.rstrip("/")
        path, compression = blob_path(fetch(f"{base}/{INDEX}", _MANIFEST_BYTES, None).decode("utf-8", "replace"), base)
        blob = fetch(f"{base}/{path}", LARGEST_INDEX_BYTES, None)
        return parse_index(blob, path.rpartition("/")[2], compression, mirror.url)
    if mirror.kind is Kind.OCI:
        return _oci_index(mirror, fetch)
    raise SygaldryError(f"only Spack itself can read {mirror.url}; what it has shows while building")


def _file_index(mirror: Mirror, store: Store) -> dict[str, Installed]:
    folder = store.locate(mirror.path)
    manifest = files.read_if_there(folder / INDEX)
    if manifest is None:
        state = "has no index yet" if folder.is_dir() else "does not exist"
        raise SygaldryError(f"{mirror.url} {state}")
    path, compression = blob_path(manifest, mirror.url)
    try:
        blob = (folder / path).read_bytes()
    except OSError as error:
        raise SygaldryError(f"the index of {mirror.url} cannot be read: {error.strerror}") from error
    return parse_index(blob, path.rpartition("/")[2], compression, mirror.url)


def _oci_index(mirror: Mirror, fetch: Fetch) -> dict[str, Installed]:
    scheme = "http" if mirror.url.startswith("oci+http://") else "https"
    host, _, name = mirror.url.partition("://")[2].partition("/")
    base = f"{scheme}://{host}/v2/{name.rstrip('/')}"
    manifest = fetch(f"{base}/manifests/{OCI_INDEX_TAG}", _MANIFEST_BYTES, {"Accept": _OCI_MANIFEST})
    digest = oci_blob(manifest.decode("utf-8", "replace"), mirror.url)
    blob = fetch(f"{base}/blobs/sha256:{digest}", LARGEST_INDEX_BYTES, None)
    return parse_index(blob, digest, "gzip" if blob[:2] == b"\x1f\x8b" else "none", mirror.url)
