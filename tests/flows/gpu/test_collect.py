"""Questions are put to the machine each by itself; what hangs is told and stops no other."""

import json

from tests.unit.gpu.conftest import recorded

from sygaldry.flows.gpu.collect import collect, collect_for_gate
from sygaldry.gpu.facts import read
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import Unknown
from sygaldry.model.command import MISSING, TIMED_OUT, Command, Completed


def played(recording: Recording, asked: list[str]) -> object:
    """Answer the commands that are recorded; files are looked for and not found."""

    def run(command: Command) -> Completed:
        program = command.argv[-1].rpartition("/")[2].removesuffix(".py")
        name = program if program in ("nvml", "cuda", "look") else command.argv[0].rpartition("/")[2]
        asked.append(name)
        if name == "look":
            wanted = json.loads(command.input or "{}")
            patterns = [pattern for patterns in wanted.values() for pattern in patterns]
            return Completed(
                command, 0, "".join(json.dumps({"kind": "begin", "path": each}) + "\n" for each in patterns)
            )
        key = {"docker": "docker-info"}.get(name, name)
        if key not in recording.commands:
            return Completed(command, MISSING)
        answer = recording.commands[key]
        return Completed(command, answer.code, answer.out, answer.err)

    return run


def test_a_launch_in_the_sandbox_asks_no_engine_and_no_nvidia_smi_where_nvml_answers() -> None:
    asked: list[str] = []
    collect_for_gate("sandbox", run=played(recorded("h100-575"), asked))  # type: ignore[arg-type] # scripted
    assert sorted(asked) == ["cuda", "ldconfig", "look", "modinfo", "nvml"]


def test_nvidia_smi_is_asked_where_nvml_could_not_be() -> None:
    asked: list[str] = []
    recording = collect_for_gate("docker", run=played(recorded("rtx2080s-610"), asked))  # type: ignore[arg-type] # scripted
    assert "nvidia-smi" in asked
    assert "docker" in asked
    smi = read(recording).smi
    assert smi is not None
    assert not isinstance(smi, Unknown)
    assert smi.driver == "610.57.04"


def test_a_place_where_looking_hangs_is_told_and_the_rest_is_looked_at_again() -> None:
    asked: list[list[str]] = []

    def run(command: Command) -> Completed:
        if not command.argv[-1].endswith("look.py"):
            return Completed(command, MISSING)
        wanted = json.loads(command.input or "{}")
        patterns = [pattern for patterns in wanted.values() for pattern in patterns]
        asked.append(patterns)
        out = ""
        for pattern in patterns:
            out += json.dumps({"kind": "begin", "path": pattern}) + "\n"
            if pattern == "/proc/modules":
                return Completed(command, TIMED_OUT, out + '{"kind": "te', "no answer within 5 s")
        return Completed(command, 0, out)

    facts = read(collect(("kernel", "platform"), run=run))
    assert len(asked) == 2
    assert "/proc/modules" not in asked[1]
    assert isinstance(facts.kernel, Unknown)
    assert "/proc/modules: no answer within 5 s" in facts.kernel.reason
    assert not isinstance(facts.platform, Unknown)


def test_every_command_hanging_leaves_a_whole_snapshot() -> None:
    def run(command: Command) -> Completed:
        return Completed(command, TIMED_OUT, err="no answer within 10 s")

    recording = collect(run=run)
    facts = read(recording)
    assert recording.trouble["nvml"] == "no answer within 10 s"
    assert isinstance(facts.nvml, Unknown)
    assert isinstance(facts.kernel, Unknown)
