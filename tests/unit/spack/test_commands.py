"""The commands that Spack is given."""

from __future__ import annotations

from pathlib import Path

from sygaldry.spack.commands import Effort, Spack, concretize, install, push, read_mirror

SETTINGS = (
    "env", "SPACK_DISABLE_LOCAL_CONFIG=1", "SPACK_USER_CACHE_PATH=/store/cache/user", "SPACK_GNUPGHOME=/store/gpg",
    "PYTHONUNBUFFERED=1",
)  # fmt: skip


def test_an_install_neither_asks_a_silent_mirror_nor_pushes_by_itself() -> None:
    spack = Spack("/spack", "/store", without=("gone",), quiet={"team": "s3://bucket/cache"})
    assert install(spack, "/environment", ["abc"], Effort()).argv == (
        *SETTINGS, "/spack/bin/spack", "--color", "never",
        "-c", "mirrors:gone:url:'file:///left-out'", "-c", "mirrors:gone:binary:false",
        "-c", "mirrors:gone:source:false",
        "-c", "mirrors:team:url:'s3://bucket/cache'", "-c", "mirrors:team:autopush:false",
        "-e", "/environment", "install", "--only-concrete", "--fail-fast", "--no-add", "/abc",
    )  # fmt: skip


def test_an_environment_that_names_no_install_tree_is_installed_into_the_store_and_solved_beside_it() -> None:
    spack = Spack("/spack", "/store", install_tree="/store/install")
    tree = "config:install_tree:root:"
    assert f"{tree}/store/install" in install(spack, "/environment", ["abc"], Effort()).argv
    solved = concretize(spack, "/environment", "/scratch").argv
    assert [word for word in solved if word.startswith(tree)] == [f"{tree}/scratch/install"]


def test_a_push_beside_a_build_leaves_the_index_for_the_end() -> None:
    argv = push(Spack("/spack", "/store"), "/environment", "team", ["abc"], signed=True, index=False).argv
    assert argv[-6:] == ("buildcache", "push", "--only", "package", "team", "/abc")
    assert "--update-index" in push(Spack("/spack", "/store"), "/e", "team", ["abc"], signed=False).argv


def test_the_program_that_reads_mirrors_through_spack_is_where_the_command_says() -> None:
    *_, program = read_mirror(Spack("/spack", "/store"), "{}").argv
    assert Path(program).is_file()
