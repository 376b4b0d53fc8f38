"""Cut, garbled and future outputs: "could not check" or less, never a crash, and never an "ok" that nothing proves."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.unit.gpu.conftest import recorded

from sygaldry.gpu import checks
from sygaldry.gpu.diagnose import State, diagnose
from sygaldry.gpu.facts import read
from sygaldry.gpu.gate import Mode, gate
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.probes.cdi import CdiSpec
from sygaldry.gpu.recording import Output, Recording
from sygaldry.gpu.unknown import Unknown

NAMES = ("h100-575", "rtx2080s-610", "8xa100", "driver-mismatch", "xid79-one-of-eight", "wsl2", "podman-cdi-stale")
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def judged(recording: Recording) -> tuple[State, Mode]:
    facts = read(recording)
    return diagnose(facts, checks.every()).state, gate(facts, ImageFacts(), "auto").mode


def with_command(recording: Recording, name: str, out: str, code: int = 0) -> Recording:
    return replace(recording, commands={**recording.commands, name: Output(code, out)})


@QUICK
@given(data=some.data())
def test_a_cut_answer_never_crashes_anything(data: some.DataObject) -> None:
    recording = recorded(data.draw(some.sampled_from(NAMES)))
    commands = {}
    for name, answer in recording.commands.items():
        cut = data.draw(some.integers(0, len(answer.out)))
        commands[name] = replace(answer, out=answer.out[:cut])
    files = {path: text[: data.draw(some.integers(0, len(text)))] for path, text in recording.files.items()}
    judged(replace(recording, commands=commands, files=files))


@QUICK
@given(data=some.data())
def test_a_garbled_answer_never_crashes_anything(data: some.DataObject) -> None:
    recording = recorded(data.draw(some.sampled_from(NAMES)))
    noise = some.one_of(
        some.text(max_size=200), some.sampled_from(("{}", "[]", "null", '{"code":0}', "\x00" * 50, "-1"))
    )
    commands = {name: Output(data.draw(some.integers(-1, 200)), data.draw(noise)) for name in recording.commands}
    files = {path: data.draw(noise) for path in recording.files}
    links = {path: data.draw(noise) for path in recording.links}
    nodes = {path: data.draw(noise) for path in recording.nodes}
    judged(replace(recording, commands=commands, files=files, links=links, nodes=nodes, messages=data.draw(noise)))


@QUICK
@given(data=some.data())
def test_a_changed_byte_of_nvmls_answer_is_never_more_than_it_was(data: some.DataObject) -> None:
    recording = recorded("a10g-515")
    text = recording.commands["nvml"].out
    place = data.draw(some.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(some.characters()) + text[place + 1 :]
    _, mode = judged(with_command(recording, "nvml", changed))
    assert mode in (Mode.TOO_OLD, Mode.UNKNOWN)


@pytest.mark.parametrize("name", ["nvml", "ldconfig", "docker-info", "cuda", "shm", "dmesg"])
def test_an_empty_answer_of_a_program_is_never_taken_for_all_is_well(name: str) -> None:
    recording = with_command(recorded("h100-575"), name, "")
    if name == "dmesg":
        recording = with_command(recording, name, "", code=1)
    facts = read(recording)
    field = {"docker-info": "docker", "ldconfig": "libraries", "shm": "memory", "dmesg": "kernel_log"}.get(name, name)
    assert isinstance(getattr(facts, field), Unknown)


def test_without_nvml_and_without_nvidia_smi_nothing_is_usable() -> None:
    recording = with_command(recorded("h100-575"), "nvml", "", code=3)
    assert judged(recording) == (State.UNDETERMINED, Mode.UNKNOWN)


def test_a_banner_of_a_future_driver_is_could_not_check_not_ok() -> None:
    future = "| NVIDIA-SMI 700.10   Kernel Driver: 700.10   Compute API: 15.0 |\n"
    recording = with_command(with_command(recorded("rtx2080s-610"), "nvidia-smi", future), "dkms", "")
    facts = read(recording)
    assert isinstance(facts.smi, Unknown)
    assert "no known form" in facts.smi.reason
    assert judged(recording) == (State.UNDETERMINED, Mode.UNKNOWN)


def test_a_kernel_module_banner_of_a_future_driver_is_not_taken_for_no_driver() -> None:
    recording = recorded("h100-575")
    files = {**recording.files, "/proc/driver/nvidia/version": "NVIDIA kernel driver, edition seven hundred\n"}
    del files["/sys/module/nvidia/version"]
    facts = read(replace(recording, files=files))
    assert isinstance(facts.kernel, Unknown)
    assert "no known form" in facts.kernel.reason


def test_new_fields_of_a_future_nvml_and_a_future_docker_change_nothing() -> None:
    recording = recorded("h100-575")
    nvml = json.loads(recording.commands["nvml"].out)
    nvml |= {"future": {"deep": [1]}}
    for gpu in nvml["gpus"]:
        gpu |= {"quantum": True}
    docker = json.loads(recording.commands["docker-info"].out) | {"Future": None}
    newer = with_command(with_command(recording, "nvml", json.dumps(nvml)), "docker-info", json.dumps(docker))
    assert judged(newer) == judged(recording) == (State.USABLE, Mode.NATIVE)


def test_a_driver_newer_than_the_table_counts_as_the_newest_known() -> None:
    recording = recorded("gtx1080ti-580")
    text = recording.files["/proc/driver/nvidia/version"].replace("580.95.05", "742.10.01")
    files = {**recording.files, "/proc/driver/nvidia/version": text}
    assert gate(read(replace(recording, files=files)), ImageFacts(), "auto").mode is Mode.NATIVE


def test_a_cdi_specification_that_is_none_is_could_not_check() -> None:
    recording = recorded("h100-575")
    files = {**recording.files, "/var/run/cdi/nvidia.yaml": "nvidia.com/gpu\n<html>not found</html>"}
    assert isinstance(read(replace(recording, files=files)).cdi, Unknown)


def test_a_cdi_specification_in_json_is_read_like_one_in_yaml() -> None:
    text = json.dumps({
        "cdiVersion": "0.5.0",
        "kind": "nvidia.com/gpu",
        "devices": [{"name": "0", "containerEdits": {"deviceNodes": [{"path": "/dev/nvidia0"}]}}],
        "containerEdits": {"mounts": [{"hostPath": "/usr/lib/libcuda.so.575.57.08", "containerPath": "/x"}]},
    })  # fmt: skip
    (spec,) = _specs(Recording(files={"/etc/cdi/nvidia.json": text}))
    assert (spec.devices, spec.nodes, spec.driver) == (("0",), ("/dev/nvidia0",), "575.57.08")


def _specs(recording: Recording) -> tuple[CdiSpec, ...]:
    found = read(recording).cdi
    assert not isinstance(found, Unknown)
    return found
