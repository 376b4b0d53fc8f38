"""The conversion of an image into a SIF file: kept by content, and nothing is left of one that fails."""

import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.integration.conftest import SYGALDRY, World
from tests.integration.disks import small_disk
from tests.integration.registry import noise, push_lists, push_small, registry

pytestmark = pytest.mark.contract
_SMALL = {"etc/team": b"small\n"}


def export(world: World, target: Path, name: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return world.sygaldry("image", "export", "--sif", str(target), name, **more)


def test_a_list_of_manifests_gives_the_image_of_this_machine(apptainer: World, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address:
        _, theirs = push_lists(address, _SMALL, tmp_path)
        done = export(apptainer, tmp_path / "both.sif", f"{address}/team/dev:both")
        assert done.returncode == 0, done.stderr
        assert "converting" in done.stderr
        refused = export(apptainer, tmp_path / "theirs.sif", f"{address}/team/dev:theirs")
        single = export(apptainer, tmp_path / "single.sif", f"{address}/team/dev@{theirs}")
    assert refused.returncode != 0
    assert "the image exists, but not for this architecture" in refused.stderr
    assert single.returncode != 0
    assert "is for s390x, this machine is" in single.stderr


def test_a_registry_with_a_password(apptainer: World, tmp_path: Path) -> None:
    with registry(tmp_path / "registry", password="geheim") as address:
        push_small(address, "team/dev:1", _SMALL, tmp_path, password="geheim")
        refused = export(apptainer, tmp_path / "refused.sif", f"{address}/team/dev:1")
        assert refused.returncode != 0
        assert f"apptainer registry login docker://{address}" in refused.stderr
        words = ["apptainer", "registry", "login", "-u", "me", "--password-stdin", f"docker://{address}"]
        login = subprocess.run(
            words, input="geheim", text=True, env=apptainer.environment(), capture_output=True, check=False
        )
        assert login.returncode == 0, login.stderr
        done = export(apptainer, tmp_path / "done.sif", f"{address}/team/dev:1")
        assert done.returncode == 0, done.stderr
        assert "geheim" not in done.stderr + refused.stderr


def test_an_image_that_is_missing_and_a_registry_that_is_away(apptainer: World, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address:
        missing = export(apptainer, tmp_path / "missing.sif", f"{address}/team/none:1")
        assert "the registry has no such image" in missing.stderr
    away = export(apptainer, tmp_path / "away.sif", f"{address}/team/none:1")
    assert "the registry cannot be reached" in away.stderr
    assert missing.returncode != 0 != away.returncode
    assert not list(tmp_path.glob("*.sif"))


def test_two_conversions_at_once_convert_once(apptainer: World, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address:
        push_small(address, "team/dev:1", noise(8), tmp_path)
        launches = [
            subprocess.Popen(
                [str(SYGALDRY), "launch", "--", "true"],
                env=apptainer.environment(SYGALDRY_IMAGE=f"{address}/team/dev:1"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        errors = [each.communicate(timeout=240)[1] for each in launches]
    assert sum("converting" in each for each in errors) == 1, errors
    assert sum("waiting for another conversion" in each for each in errors) == 1, errors
    assert [each.returncode for each in launches] == [125, 125], "nothing can run in this image"
    cache = apptainer.root / "sif_cache"
    assert len(list(cache.glob("digest-*.sif"))) == 1
    assert not list(cache.glob(".convert-*"))


def test_a_full_disk_is_named_and_leaves_nothing(apptainer: World, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address, small_disk(tmp_path / "small", 12) as disk:
        push_small(address, "team/dev:1", noise(8), tmp_path)
        done = export(apptainer, disk / "image.sif", f"{address}/team/dev:1")
        assert done.returncode != 0
        assert "the disk is full" in done.stderr
        assert list(disk.iterdir()) == []


def test_a_folder_that_is_read_only_is_named(apptainer: World, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address, small_disk(tmp_path / "small", 12) as disk:
        push_small(address, "team/dev:1", _SMALL, tmp_path)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = export(apptainer, disk / "image.sif", f"{address}/team/dev:1")
    assert done.returncode != 0
    assert f"cannot write {disk}/image.sif: Read-only file system" in done.stderr


def test_a_small_tmp_is_not_used(apptainer: World, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address, small_disk(tmp_path / "small", 2) as disk:
        push_small(address, "team/dev:1", noise(8), tmp_path)
        done = export(apptainer, tmp_path / "image.sif", f"{address}/team/dev:1", TMPDIR=str(disk))
        assert done.returncode == 0, done.stderr
        assert list(disk.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_conversion_is_started_again(apptainer: World, tmp_path: Path, number: signal.Signals) -> None:
    with registry(tmp_path / "registry") as address:
        push_small(address, "team/dev:1", noise(24), tmp_path)
        target = tmp_path / "place" / "image.sif"
        target.parent.mkdir()
        process = subprocess.Popen(
            ["env", "--default-signal=INT", str(SYGALDRY), "image", "export", "--sif", str(target),
             f"{address}/team/dev:1"],
            env=apptainer.environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not list(target.parent.glob(".convert-*/*temp*")):
            assert time.monotonic() < deadline
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode != 0
        left = list(target.parent.iterdir())
        assert number is signal.SIGKILL or left == [], left
        done = export(apptainer, target, f"{address}/team/dev:1")
        assert done.returncode == 0, done.stderr
    assert list(target.parent.iterdir()) == [target], "what a killed conversion left is removed by the next one"


def test_a_tag_that_moved_is_reported_and_kept_by_digest(apptainer: World, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address:
        name = f"{address}/team/dev:1"
        first = push_small(address, "team/dev:1", _SMALL, tmp_path)
        launch = ("launch", "--", "true")
        assert "converting" in apptainer.sygaldry(*launch, SYGALDRY_IMAGE=name).stderr
        second = push_small(address, "team/dev:1", {"etc/team": b"moved\n"}, tmp_path)
        kept = apptainer.sygaldry(*launch, SYGALDRY_IMAGE=name)
        assert "converting" not in kept.stderr, "like docker, a launch uses what it has"
        moved = apptainer.sygaldry(*launch[:1], "--build", *launch[1:], SYGALDRY_IMAGE=name)
        assert "is another image than in the last launch" in moved.stderr
        again = apptainer.sygaldry(*launch, SYGALDRY_IMAGE=name)
        assert "another image" not in again.stderr
        by_digest = apptainer.sygaldry(*launch, SYGALDRY_IMAGE=f"{address}/team/dev@{first}")
        assert "converting" not in by_digest.stderr
    made = {each.name for each in (apptainer.root / "sif_cache").glob("*.sif")}
    assert made == {f"digest-{each.partition(':')[2][:32]}.sif" for each in (first, second)}
