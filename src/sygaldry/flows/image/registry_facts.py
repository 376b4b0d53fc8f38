"""What a registry tells about an image before Apptainer converts it: its digest and its architecture."""

from __future__ import annotations

import json
import os
from hashlib import sha256

from sygaldry.flows.image.oci.login import login_for
from sygaldry.host.registry_client import RegistryClient
from sygaldry.image.names import is_digest, is_loopback, registry_of, repository_of, tag_of
from sygaldry.model.errors import ImageError, MachineNotReadyError

_TIMEOUT_S = 20.0  # a registry that answers later gets its own time when Apptainer asks it
_LARGEST_CONFIG = 4 << 20


def facts_of(name: str) -> tuple[str, str]:
    """Return the digest that a name has in its registry now, and the architecture of a single image.

    Both are empty where the registry does not tell us. Apptainer may reach it all the same, through certificates or a
    login of its own, and it reports the failure otherwise.
    """
    registry = registry_of(name)
    login = login_for(registry, os.environ)
    client = RegistryClient(registry, repository_of(name), plain=is_loopback(name), login=login, timeout_s=_TIMEOUT_S)
    reference = name.partition("@")[2] if is_digest(name) else tag_of(name).removeprefix(":") or "latest"
    try:
        manifest = client.find_manifest(reference)
    except (ImageError, MachineNotReadyError):
        return "", ""
    digest = f"sha256:{sha256(manifest).hexdigest()}" if manifest else ""
    return digest, _architecture(client, manifest)


def _architecture(client: RegistryClient, manifest: bytes) -> str:
    """Return the architecture of an image; a list of manifests has several, of which Apptainer takes its own."""
    try:
        config = json.loads(manifest)["config"]["digest"]
        found = str(json.loads(client.get_blob(str(config), _LARGEST_CONFIG))["architecture"])
    except (ImageError, MachineNotReadyError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found if found.isalnum() else ""
