"""The login of a registry, as Docker and Podman keep it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sygaldry.host import files
from sygaldry.host.run import run
from sygaldry.model.command import Command
from sygaldry.model.errors import StorageError

_TIMEOUT_S = 20


def login_for(registry: str, environment: Mapping[str, str]) -> str:
    """Return USER:PASSWORD in base64 for a registry, or an empty string."""
    for table in _tables(environment):
        helper = _text(table.get("credHelpers"), registry) or str(table.get("credsStore") or "")
        stored = _entry(table, registry)
        if isinstance(stored.get("auth"), str) and stored["auth"]:
            return str(stored["auth"])
        if helper and (found := _from_helper(helper, registry)):
            return found
    return ""


def _tables(environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    home, run_time = environment.get("HOME", ""), environment.get("XDG_RUNTIME_DIR", "")
    candidates = (
        environment.get("REGISTRY_AUTH_FILE", ""),
        f"{environment.get('DOCKER_CONFIG') or f'{home}/.docker'}/config.json",
        f"{run_time}/containers/auth.json" if run_time else "",
    )
    for each in candidates:
        try:
            table = json.loads(files.read_if_there(each) or "{}") if each.startswith("/") else {}
        except (ValueError, RecursionError, StorageError):
            continue
        if isinstance(table, dict):
            yield table


def _entry(table: Mapping[str, Any], registry: str) -> dict[str, Any]:
    known = table.get("auths")
    found = known.get(registry) if isinstance(known, dict) else None
    return found if isinstance(found, dict) else {}


def _text(table: object, name: str) -> str:
    return str(table.get(name) or "") if isinstance(table, dict) else ""


def _from_helper(helper: str, registry: str) -> str:
    """Ask a credential helper: https://github.com/docker/docker-credential-helpers."""
    if not helper.replace("-", "").isalnum():
        return ""
    done = run(Command((f"docker-credential-{helper}", "get"), input=registry, timeout_s=_TIMEOUT_S))
    try:
        facts = json.loads(done.out) if done.ok else {}
        return base64.b64encode(f"{facts['Username']}:{facts['Secret']}".encode()).decode()
    except (ValueError, KeyError, TypeError):
        return ""
