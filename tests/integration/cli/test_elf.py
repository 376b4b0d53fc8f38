"""Programs are read, never run: the loader that a file names for itself is code of whoever wrote the file."""

import subprocess
from pathlib import Path
from shutil import which

import pytest

from sygaldry.host.elf import read_dynamic, system_folders
from sygaldry.spack.loader import Loader

_LOADER = Loader(read_dynamic, lambda path: path, system_folders())


@pytest.mark.parametrize("name", ["bash", "git", "ls", "tar", "python3.11"])
def test_the_answer_is_that_of_ldd(name: str) -> None:
    program = which(name, path="/usr/bin:/bin")
    if program is None:
        pytest.skip(f"{name} is not installed")
    printed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in printed.splitlines() if "=>" in line]
    answer = {each.name: Path(each.path).resolve() for each in _LOADER.libraries(program)}
    assert {words[0]: Path(words[2]).resolve() for words in lines}.items() <= answer.items()


def test_a_loader_that_a_file_names_is_not_run(tmp_path: Path) -> None:
    """What ldd would do: it starts the interpreter that the program names."""
    mark, loader = tmp_path / "was-run", tmp_path / "ld.so"
    loader.write_text(f"#!/bin/sh\ntouch {mark}\n")
    loader.chmod(0o755)
    (tmp_path / "a.c").write_text("int main(void) { return 0; }\n")
    program = tmp_path / "a"
    if which("gcc") is None:
        pytest.skip("gcc is not installed")
    subprocess.run(["gcc", f"-Wl,--dynamic-linker={loader}", "-o", str(program), str(tmp_path / "a.c")], check=True)
    assert [each.name for each in _LOADER.libraries(str(program))][:1] == ["libc.so.6"]
    assert not mark.exists()


def test_what_is_no_program_has_no_libraries(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text\n")
    (tmp_path / "short").write_bytes(b"\x7fELF")
    for name in ("text", "short", "missing", "."):
        assert read_dynamic(str(tmp_path / name)) is None
