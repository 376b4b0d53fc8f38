"""Ask the Hugging Face Hub whether the models and datasets of a lock have a newer revision.

https://huggingface.co/docs/hub/api
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from sygaldry.flows.lock.file import lock_path
from sygaldry.flows.update import edits
from sygaldry.flows.update.proposal import Answer, Edit, Proposal
from sygaldry.lockfile.lock import Entry, ProjectLock
from sygaldry.model.errors import SygaldryError
from sygaldry.model.json_text import parse_json

_HUB: Final = "https://huggingface.co"
_LARGEST_BYTES: Final = 32 * 2**20
_REVISION: Final = re.compile(r"[0-9a-f]{40}")
_BLOB: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_TOKENS: Final = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_FILE: Final = "file "

Ask = Callable[[str, int, Mapping[str, str]], bytes]


def models_answer(workspace: str, lock: ProjectLock, endpoint: str, ask: Ask) -> Answer:
    """Return the newer revision of each repository, with the files that change."""
    proposals, problems = list[Proposal](), list[str]()
    for entry in lock.of("huggingface").values():
        try:
            proposals += _newer(workspace, entry, endpoint or os.environ.get("HF_ENDPOINT") or _HUB, ask)
        except SygaldryError as error:
            problems.append(f"{entry.name}: {error.problem}")
    return Answer("models", tuple(proposals), problem="; ".join(problems))


def _newer(workspace: str, entry: Entry, endpoint: str, ask: Ask) -> Iterator[Proposal]:
    kind, _, name = entry.name.partition(":")
    address = f"{endpoint.rstrip('/')}/api/{kind}s/{quote(name)}/revision/main?blobs=true"
    token = next((os.environ[each] for each in _TOKENS if os.environ.get(each)), "")
    found = _facts(address, ask(address, _LARGEST_BYTES, {"Authorization": f"Bearer {token}"} if token else {}))
    if found["revision"] == entry.facts["revision"]:
        return
    names = sorted(each for each in found.keys() | entry.facts.keys() if each.startswith(_FILE))
    changed = [each.removeprefix(_FILE) for each in names if found.get(each) != entry.facts.get(each)]
    option = f"--model {name}" if kind == "model" else name
    edit = Edit(lock_path(workspace), edits.replace_entry(Entry(entry.kind, entry.name, found)))
    yield Proposal(
        "models",
        entry.name,
        entry.facts["revision"],
        found["revision"],
        tuple(f"{each} changes" for each in changed),
        (f"{len(changed)} files are downloaded",),
        edits=(edit,),
        next=f"sygaldry launch --entrypoint hf-download -- {option} --revision {found['revision']}",
    )


def _facts(address: str, body: bytes) -> dict[str, str]:
    """Read a revision and the digests of its files. Raises SygaldryError for another answer."""
    try:
        answer: dict[str, Any] = parse_json(body)
        facts = {"revision": str(answer["sha"])}
        for each in answer["siblings"]:
            blob = str((each.get("lfs") or {}).get("sha256") or each.get("blobId") or "")
            if _BLOB.fullmatch(blob):
                facts[f"{_FILE}{each['rfilename']}"] = blob
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SygaldryError(f"{address} does not describe a revision: {type(error).__name__}") from error
    if not _REVISION.fullmatch(facts["revision"]):
        raise SygaldryError(f"{address} names no revision")
    return facts
