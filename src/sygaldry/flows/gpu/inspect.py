"""Show everything that the probes found on this machine, or in a saved snapshot."""

import json
import os
from dataclasses import replace
from pathlib import Path

from sygaldry.flows.gpu.collect import collect, load
from sygaldry.gpu.facts import read
from sygaldry.gpu.probes.kernel_log import about_gpus
from sygaldry.gpu.recording import FILE, Output, Recording, cleaned, format_recording
from sygaldry.gpu.report_lines import facts_lines
from sygaldry.gpu.summary import summary_lines
from sygaldry.host import files
from sygaldry.model.json_text import parse_json
from sygaldry.model.report import Json, Report

_DOCKER_FIELDS = (
    "ServerVersion", "Runtimes", "DefaultRuntime", "CDISpecDirs", "DiscoveredDevices", "SecurityOptions",
    "CgroupDriver", "CgroupVersion", "ServerErrors",
)  # fmt: skip


def inspect(*, saved: str = "", save_to: str = "", every_fact: bool = False, raw: bool = False) -> Report:
    """Take a snapshot; with `save_to` keep it as a recording without secrets and names. The lines are a summary.

    The data are the parsed facts; with `raw` also every answer they were read from, which are hundreds of kilobytes.
    """
    recording = load(saved) if saved else collect()
    notes: tuple[str, ...] = (
        "verdict: sygaldry gpu diagnose; every fact: --facts, or --json; the answers behind them: --save DIR",
    )
    if save_to:
        folder = Path(save_to)
        files.make_folder(folder)
        files.replace(folder / FILE, format_recording(for_others(recording)))
        notes = (
            f"saved to {folder / FILE}; look it over before you send it, then: sygaldry gpu diagnose --from {folder}",
        )
    facts = read(recording)
    data: dict[str, Json] = {"facts": {name: _plain(value) for name, value in vars(facts).items()}}
    if raw:
        data["raw"] = _raw(recording)
    return Report(data, facts_lines(facts) if every_fact else summary_lines(facts), notes)


def for_others(recording: Recording) -> Recording:
    """Leave out names and secrets, and what has nothing to do with GPUs."""
    home = os.environ.get("HOME", "")
    names = {
        os.uname().nodename: "host",
        os.uname().nodename.split(".")[0]: "host",
        os.environ.get("USER", ""): "user",
        home.rpartition("/")[2] if home != "/root" else "": "user",
    }
    commands = {name: _reduced(name, answer) for name, answer in recording.commands.items()}
    kept = {name: text for name, text in recording.environment.items() if name != "PATH"}
    own = {**kept, "PATH": ":".join(_system_folders(recording.environment.get("PATH", "")))}
    return cleaned(
        replace(recording, commands=commands, environment=own, source="saved by sygaldry gpu inspect"), names
    )


def _reduced(name: str, answer: Output) -> Output:
    if name in ("dmesg", "journal"):
        return replace(answer, out=about_gpus(answer.out))
    if name != "docker-info" or not answer.out.strip().startswith("{"):
        return answer
    table = parse_json(answer.out)
    kept = {field: table[field] for field in _DOCKER_FIELDS if field in table}
    snap = str(table.get("DockerRootDir", "")).startswith("/var/snap/")
    return replace(answer, out=json.dumps({**kept, "DockerRootDir": "/var/snap/docker" if snap else ""}))


def _system_folders(path: str) -> list[str]:
    return [folder for folder in path.split(":") if folder.startswith(("/usr/", "/bin", "/sbin", "/opt/"))]


def _raw(recording: Recording) -> dict[str, Json]:
    return {
        "files": dict(recording.files),
        "links": dict(recording.links),
        "nodes": dict(recording.nodes),
        "trouble": dict(recording.trouble),
        "commands": {
            name: {"code": answer.code, "out": answer.out, "err": answer.err}
            for name, answer in recording.commands.items()
        },
    }


def _plain(value: object) -> Json:
    """Turn a parsed value into data."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, frozenset | set):
        return sorted(str(each) for each in value)
    return {name: _plain(each) for name, each in vars(value).items()}
