"""Put the probes' questions to this machine, each within its limit, and keep the answers as a recording."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from sygaldry.gpu import probes
from sygaldry.gpu.facts import read
from sygaldry.gpu.probes import Ask, Links, Names, PathsIn, Read, Run, Variables
from sygaldry.gpu.recording import FILE, Output, Recording, parse_recording
from sygaldry.gpu.unknown import Unknown
from sygaldry.host.files import read_if_there
from sygaldry.host.run_with_timeout import run_with_timeout
from sygaldry.layout import layout
from sygaldry.model.command import TIMED_OUT, Command, Completed
from sygaldry.model.errors import NotFoundError, StorageError, UsageError
from sygaldry.model.json_text import parse_json

Runner = Callable[[Command], Completed]

# What the verdict needs, and what each runtime adds to be given the GPUs; an engine that no launch uses is not asked.
_VERDICT: Final = ("platform", "pci", "kernel", "proc-gpus", "nodes", "libraries", "nvml", "cuda")
_ENGINES: Final = {"docker": ("docker", "cdi"), "podman": ("cdi",)}
_LOOK_LIMIT_S: Final = 5.0
_MOST_HANGS: Final = 3
_MOST_SNAPSHOT_BYTES: Final = 32 * 2**20


def run_probe(command: Command) -> Completed:
    """Run a probe's command in English, bounded even if the child cannot be killed."""
    return run_with_timeout(command, {"LC_ALL": "C"})


def collect(
    names: Iterable[str] | None = None, *, run: Runner = run_probe, environment: Mapping[str, str] | None = None
) -> Recording:
    """Ask the named probes, by default all; what hangs or fails is recorded, and stops no other."""
    chosen = probes.names() if names is None else tuple(names)
    asks = tuple(dict.fromkeys(ask for name in chosen for ask in probes.get(name).asks))
    commands = {ask.name: ask for ask in asks if isinstance(ask, Run)}
    with ThreadPoolExecutor(8) as pool:
        looked = pool.submit(_looked, asks, run)
        answers = dict(zip(commands, pool.map(lambda ask: run(_command(ask)), commands.values()), strict=True))
    seen = looked.result()
    outputs = {name: Output(each.returncode, each.out, each.err) for name, each in answers.items() if not _hung(each)}
    variables = os.environ if environment is None else environment
    return Recording(
        files=seen["text"],
        links=seen["link"],
        nodes=seen["name"],
        commands=outputs,
        trouble={**seen["trouble"], **{name: each.err for name, each in answers.items() if _hung(each)}},
        environment={name: variables[name] for name in _variables(asks) if name in variables},
        source="this machine",
        probes=None if names is None else chosen,
    )


def collect_for_gate(runtime: str = "docker", *, also: tuple[str, ...] = (), run: Runner = run_probe) -> Recording:
    """Ask what the gate needs; nvidia-smi, which costs a second, only where NVML could not be asked."""
    names = (*_VERDICT, *_ENGINES.get(runtime, ()), *also)
    recording = collect(names, run=run)
    if not isinstance(read(recording).nvml, Unknown):
        return recording
    second = collect(("smi",), run=run)
    return replace(
        recording,
        commands={**recording.commands, **second.commands},
        trouble={**recording.trouble, **second.trouble},
        probes=(*names, "smi"),
    )


def load(folder: str) -> Recording:
    """Read a saved snapshot; raises NotFoundError or UsageError."""
    path = Path(folder)
    path = path / FILE if path.is_dir() else path

    def text(place: Path) -> str:
        found = read_if_there(place, _MOST_SNAPSHOT_BYTES)
        if found is None:
            raise NotFoundError(
                f"no snapshot at {place}: no such file", hint="make one with: sygaldry gpu inspect --save DIR"
            )
        return found.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    try:
        return parse_recording(text(path), lambda name: text(Path(path.parent, name, FILE)))
    except (StorageError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{path} is no snapshot: {error}", hint="make one with: sygaldry gpu inspect --save DIR"
        ) from error


def _looked(asks: tuple[Ask, ...], run: Runner) -> dict[str, dict[str, str]]:
    """Ask for files, links and names in one child; where it hangs, another one goes on behind that place."""
    seen: dict[str, dict[str, str]] = {"text": {}, "link": {}, "name": {}, "trouble": {}}
    wanted = {
        "read": [ask.pattern for ask in asks if isinstance(ask, Read)],
        "links": [ask.pattern for ask in asks if isinstance(ask, Links)],
        "names": [ask.pattern for ask in asks if isinstance(ask, Names)],
        "paths": [ask.pattern for ask in asks if isinstance(ask, PathsIn)],
    }
    for _ in range(_MOST_HANGS):
        command = Command(
            (sys.executable, "-I", "-S", str(_program("look"))), input=json.dumps(wanted), timeout_s=_LOOK_LIMIT_S
        )
        answer = run(command)
        begun = [(line.get("value", ""), line["path"]) for line in _lines(answer.out) if _kept(line, seen)]
        if answer.returncode == 0:
            return seen
        reason = answer.err.strip().splitlines()[-1:] or ["no reason given"]
        if not begun:
            seen["trouble"] |= {pattern: reason[0] for patterns in wanted.values() for pattern in patterns}
            return seen
        seen["trouble"][begun[-1][1]] = reason[0]
        wanted = {
            kind: [each for each in patterns if not {(kind, each), ("", each)} & set(begun)]
            for kind, patterns in wanted.items()
        }
    seen["trouble"] |= {pattern: "given up after others hung" for patterns in wanted.values() for pattern in patterns}
    return seen


def _lines(out: str) -> Iterable[dict[str, str]]:
    for line in out.splitlines():
        with suppress(ValueError):  # the last line of a child that hung may be cut
            yield parse_json(line)


def _kept(line: dict[str, str], seen: dict[str, dict[str, str]]) -> bool:
    """Keep an answer; returns whether the line only announces the next pattern."""
    if line["kind"] in seen:
        seen[line["kind"]][line["path"]] = line["value"]
    return line["kind"] == "begin"


def _command(ask: Run) -> Command:
    argv = (sys.executable, "-I", str(_program(ask.program))) if ask.program else ask.argv
    return Command(argv, timeout_s=ask.timeout_s)


def _program(name: str) -> Path:
    return Path(layout().package, "gpu", "programs", f"{name}.py")


def _hung(answer: Completed) -> bool:
    return answer.returncode == TIMED_OUT and "no answer within" in answer.err


def _variables(asks: tuple[Ask, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for ask in asks if isinstance(ask, Variables) for name in ask.names))
