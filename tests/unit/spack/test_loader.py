"""Libraries are found by the loader's rules, from what files say about themselves."""

from collections.abc import Mapping
from dataclasses import dataclass

from sygaldry.spack.loader import Loader

_WIDE, _NARROW = (2, 62), (1, 3)


@dataclass(frozen=True)
class File:
    """What a made-up ELF file says about itself."""

    needed: tuple[str, ...] = ()
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    machine: tuple[int, int] = _WIDE


def found(files: Mapping[str, File], program: str = "/s/bin/a") -> dict[str, str]:
    loader = Loader(files.get, lambda path: path.replace("/opt/store", "/s"), ("/lib",))
    return {each.name: each.path for each in loader.libraries(program)}


def test_the_run_path_comes_before_the_system_and_origin_is_the_files_own_folder() -> None:
    program = File(("libx.so",), runpath=("$ORIGIN/../lib",))
    files = {"/s/bin/a": program, "/s/bin/../lib/libx.so": File(), "/lib/libx.so": File()}
    assert found(files) == {"libx.so": "/s/bin/../lib/libx.so"}


def test_a_path_of_the_environment_is_found_in_the_store_of_this_host() -> None:
    files = {"/s/bin/a": File(("libx.so",), runpath=("/opt/store/lib",)), "/s/lib/libx.so": File()}
    assert found(files) == {"libx.so": "/s/lib/libx.so"}


def test_the_old_rpath_serves_the_libraries_of_a_library_and_the_run_path_does_not() -> None:
    deep = {"/s/lib/libx.so": File(("liby.so",)), "/s/lib/liby.so": File()}
    old = {"/s/bin/a": File(("libx.so",), rpath=("/s/lib",)), **deep}
    new = {"/s/bin/a": File(("libx.so",), runpath=("/s/lib",)), **deep}
    assert found(old)["liby.so"] == "/s/lib/liby.so"
    assert found(new)["liby.so"] == ""


def test_a_library_for_another_machine_is_passed_by() -> None:
    files = {
        "/s/bin/a": File(("libx.so",), runpath=("/s/lib",)),
        "/s/lib/libx.so": File(machine=_NARROW),
        "/lib/libx.so": File(),
    }
    assert found(files) == {"libx.so": "/lib/libx.so"}


def test_libraries_that_need_each_other_end() -> None:
    files = {"/s/bin/a": File(("libx.so",)), "/lib/libx.so": File(("liby.so",)), "/lib/liby.so": File(("libx.so",))}
    assert found(files) == {"libx.so": "/lib/libx.so", "liby.so": "/lib/liby.so"}
