"""Check the signatures of what a build cache has, with the keys that Spack trusts: it would only reject in silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from sygaldry.flows.env.environment import Store
from sygaldry.model.command import MISSING, Command, Completed
from sygaldry.spack import signature
from sygaldry.spack.buildcache import is_signed
from sygaldry.spack.mirrors import Mirror
from sygaldry.spack.signature import Doubt

GPG_MISSING = "gpg is not installed here, so that nobody can tell whether Spack will take its packages"


def check(
    mirror: Mirror, manifests: Mapping[str, str], store: Store, run: Callable[[Command], Completed]
) -> tuple[Mapping[str, Doubt], tuple[str, ...]]:
    """Return what is wrong with which package, and what could not be checked."""
    if not mirror.checks_signatures:
        return {}, ()
    found = {key: signature.unsigned(mirror.name) for key, text in manifests.items() if not is_signed(text)}
    signed = {key: text for key, text in manifests.items() if key not in found}
    if not signed:
        return found, ()
    with TemporaryDirectory(prefix="sygaldry-signatures-") as folder:
        keys = store.here / "gpg"
        if not keys.is_dir():  # gpg would make one; an empty one trusts nobody just as well
            keys = Path(folder, "keys")
            keys.mkdir(mode=0o700)
        for key, text in signed.items():
            Path(folder, key).write_text(text)
        done = run(signature.verification(str(keys), [str(Path(folder, key)) for key in signed]))
    if done.returncode == MISSING:
        return found, (f"{mirror.name}: {GPG_MISSING}",)
    return {**found, **signature.doubts(done.out, list(signed), mirror.name)}, ()
