"""The options that people type: folder, variables, ports, limits, in every runtime or refused by name."""

import os
from pathlib import Path
from typing import Any

import pytest

from sygaldry.config.resolve import environment_layer, flags_layer, resolve
from sygaldry.flows.launch.options import published, variables, working_folder
from sygaldry.flows.launch.plan import Plan, plan_launch, plan_report
from sygaldry.flows.launch.request import Request
from sygaldry.model.errors import NotFoundError, SettingError, UsageError
from sygaldry.model.machine import Machine

MACHINE = Machine(1000, 1000, programs={"bwrap": "/v/bwrap"})


def plan_for(tmp_path: Path, folder: str = "", **options: Any) -> Plan:
    workspace = tmp_path / "work"
    (workspace / "sub").mkdir(parents=True, exist_ok=True)
    flags: dict[str, Any] = {"storage_root": str(tmp_path / "root"), "runtime": "sandbox", **options}
    resolved = resolve(flags_layer(flags))
    return plan_launch(Request(resolved, str(workspace), ("true",), folder=folder), MACHINE)


def test_the_callers_folder_below_the_workspace_is_kept(tmp_path: Path) -> None:
    for folder, inside in (("work/sub", "/workspace/sub"), ("work", "/workspace"), ("", "/workspace")):
        assert plan_for(tmp_path, str(tmp_path / folder)).workspace.directory == inside
    (tmp_path / "work-other").mkdir()
    assert plan_for(tmp_path, str(tmp_path / "work-other")).workspace.directory == "/workspace"
    (tmp_path / "link").symlink_to(tmp_path / "work" / "sub")
    assert plan_for(tmp_path, str(tmp_path / "link")).workspace.directory == "/workspace/sub"


def test_a_working_folder_is_absolute_or_below_the_workspace_and_never_created(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    assert working_folder("sub", "", str(tmp_path)) == "/workspace/sub"
    assert working_folder("/opt/hf_cache", str(tmp_path), str(tmp_path)) == "/opt/hf_cache"
    for wrong in ("absent", "/workspace/absent", "sub/../absent"):
        with pytest.raises(NotFoundError, match="no folder 'absent'"):
            working_folder(wrong, "", str(tmp_path))


def test_variables_are_values_or_names_and_the_last_one_wins() -> None:
    assert variables(("A=1", "B", "A=2,3", "B=4", "C=5", "C")) == ({"A": "2,3", "B": "4"}, ("C",))


def test_repeated_flags_add_up_and_commas_belong_to_values(tmp_path: Path) -> None:
    plan = plan_for(
        tmp_path, env=["A=1,2", "B=3"], mounts=["/usr:/b,/etc:/d:ro", "type=bind,source=/var,target=/f,readonly"]
    )
    assert plan.workspace.variables == {"A": "1,2", "B": "3"}
    extra = [(each.source, each.target, each.writable) for each in plan.workspace.mounts[-3:]]
    assert extra == [("/usr", "/b", True), ("/etc", "/d", False), ("/var", "/f", False)]
    argv = plan.start.argv
    assert argv[argv.index("A") - 1 : argv.index("A") + 2] == ("--setenv", "A", "1,2")
    assert "A" not in (plan.start.environment or {}), "bubblewrap itself must not obey the caller's variables"
    layer = environment_layer({"SYGALDRY_ENV": "A=1,2\nB=3"})
    assert layer.values["env"] == ("A=1,2", "B=3")


def test_ports_are_local_unless_an_address_is_given() -> None:
    assert published(("8888:8888", "0.0.0.0:80:80/udp", "[::1]:1:2")) == (
        "127.0.0.1:8888:8888", "0.0.0.0:80:80/udp", "[::1]:1:2",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("publish", ["8888"]), ("publish", ["0:1"]), ("publish", ["65536:1"]), ("publish", ["1.2.3.400:1:1"]),
        ("publish", ["1:2:3:4"]), ("publish", ["8888:8888/sctp"]), ("publish", ["::1:1:1"]), ("publish", [":1:1"]),
        ("cpus", "0"), ("cpus", "-1"), ("cpus", "1.234"), ("cpus", "all"), ("cpus", "1."),
        ("env", ["=x"]), ("env", ["1A=x"]), ("engine_option", ["privileged"]), ("engine_option", ["--"]),
        ("gpu", "0,,1"), ("gpu", "cuda"), ("gpu", "GPU-"), ("mounts", ["data:/data"]),
        ("mounts", ["type=volume,source=/e,target=/f"]),
    ],
)  # fmt: skip
def test_a_value_that_no_engine_takes_is_refused_at_once(name: str, wrong: str | list[str]) -> None:
    with pytest.raises(SettingError):
        flags_layer({name: wrong})


def test_gpus_are_chosen_by_index_or_uuid_and_words_keep_their_meaning() -> None:
    for value in ("0", "0,1", "GPU-8f6d1c2a-77", "MIG-0b1c2d3e-1", "require"):
        assert flags_layer({"gpu": value}).values["gpu"] == value
    assert flags_layer({"gpu": "off"}).values["gpu"] == "false"
    assert environment_layer({"SYGALDRY_GPU": "0"}).values["gpu"] == "false"


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ({"publish": ["8888:8888"]}, "sandbox does not support --publish here: it shares the host's network"),
        ({"cpus": "2"}, "sandbox does not support --cpus"),
        ({"container_name": "x"}, "sandbox does not support --container-name"),
        ({"log_driver": "json-file"}, "sandbox does not support --log-driver"),
    ],
)
def test_an_option_that_a_runtime_cannot_honour_is_refused_by_name(
    tmp_path: Path, flags: dict[str, Any], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        plan_for(tmp_path, **flags)


def test_values_of_files_appear_in_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.write_text("TOKEN=hunter2\n")
    report = plan_report(plan_for(tmp_path, env_file=[str(path)]))
    assert str(path) in report.lines[0]
    assert "hunter2" not in str(report.data) + report.lines[0]


def test_a_file_cannot_make_the_host_load_a_library(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text("LD_PRELOAD=/workspace/evil.so\n")
    with pytest.raises(UsageError, match="sets LD_PRELOAD"):
        plan_for(tmp_path, env_file=[os.fspath(path)])
