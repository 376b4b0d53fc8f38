"""A container that its engine creates after the client has died is removed, too."""

from pathlib import Path

from sygaldry.host.container_reaper import _remove
from sygaldry.model.command import Command


def engine(folder: Path, *, created_after: int) -> Command:
    """Return an `rm --force` that succeeds for a missing container and prints the name of one that it removed."""
    calls = folder / "calls"
    program = f'echo call >> "{calls}"; [ $(wc -l < "{calls}") -ne {created_after + 1} ] || echo NAME'
    return Command(("/bin/sh", "-c", program))


def calls_of(folder: Path) -> int:
    return len((folder / "calls").read_text().splitlines())


def test_a_container_that_is_there_is_removed_once(tmp_path: Path) -> None:
    _remove(engine(tmp_path, created_after=0), None)
    assert calls_of(tmp_path) == 1


def test_a_container_that_is_created_late_is_removed(tmp_path: Path) -> None:
    _remove(engine(tmp_path, created_after=1), None, (0.0, 0.01))
    assert calls_of(tmp_path) == 2


def test_a_container_that_the_engine_removed_itself_is_looked_for_again(tmp_path: Path) -> None:
    _remove(engine(tmp_path, created_after=9), None, (0.0, 0.01))
    assert calls_of(tmp_path) == 2


def test_a_container_that_is_found_late_by_its_label_is_removed(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    find = Command(("/bin/sh", "-c", f'[ -e "{mark}" ] && echo ID; touch "{mark}"'))
    _remove(Command(("/bin/sh", "-c", f'echo "$1" >> "{tmp_path / "calls"}"; echo "$1"', "rm")), find, (0.0, 0.01))
    assert (tmp_path / "calls").read_text() == "ID\n"
