"""How an image was made, as an in-toto statement with SLSA's predicate.

https://in-toto.io/Statement/v1, https://slsa.dev/spec/v1.0/provenance
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sygaldry.image import labels
from sygaldry.image.annotations import SOURCE
from sygaldry.image.oci.documents import encoded

KIND: Final = "application/vnd.in-toto+json"


def statement(name: str, digest: str, known: Mapping[str, str], locks: Mapping[str, str]) -> bytes:
    """Return the statement: from what, by what and with which arguments; `locks` maps environments to digests."""
    base, _, content = known.get(labels.BASE, "").partition(" ")
    version, revision = (known.get(f"org.opencontainers.image.{each}", "") for each in ("version", "revision"))
    origins = [
        *([{"uri": f"oci:{base}", "digest": {"layers": content}}] if base else []),
        *([{"uri": f"git+{SOURCE}", "digest": {"gitCommit": revision}}] if revision else []),
        *({"uri": f"spack:{each}", "digest": {"sha256": lock}} for each, lock in locks.items()),
        *({"uri": f"file:container/{each}", "digest": {"sha256": text}} for each, text in _table(known, labels.FILES)),
    ]
    return encoded({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": f"{SOURCE}/image@v1",
                "externalParameters": dict(_table(known, labels.ARGUMENTS)),
                "internalParameters": {"key": known.get(labels.KEY, "")},
                "resolvedDependencies": origins,
            },
            "runDetails": {"builder": {"id": SOURCE, "version": {"sygaldry": version}}, "metadata": {}},
        },
    })  # fmt: skip


def _table(known: Mapping[str, str], label: str) -> list[tuple[str, Any]]:
    """Parse a label that contains JSON; anyone can write a label."""
    try:
        found = json.loads(known.get(label, "{}"))
    except (ValueError, RecursionError):
        return []
    return sorted((str(name), str(value)) for name, value in found.items()) if isinstance(found, dict) else []
