"""What a launcher puts before every line is no part of the messages; numbers and offsets of lines stay true."""

import pytest

from sygaldry import explain
from sygaldry.diagnosis import Facts, Memory
from sygaldry.explain.line_prefix import without_prefix

BUILD = """cmake -S . -B build
-- Configuring done
-- Generating done
-- Build files have been written to: /src/build
[ 10%] Building CXX object CMakeFiles/grid.dir/grid.cpp.o
[ 20%] Building CXX object CMakeFiles/grid.dir/mesh.cpp.o
/src/mesh.cpp:41:7: error: 'Halo' was not declared in this scope

   41 |     Halo halo(3);
      |     ^~~~
make[2]: *** [CMakeFiles/grid.dir/build.make:90: CMakeFiles/grid.dir/mesh.cpp.o] Error 1
make: *** [Makefile:136: all] Error 2
""".splitlines()


@pytest.mark.parametrize(
    "prefix",
    [
        "builder  | ",
        "grid-2.1> ",
        "       > ",
        "    ",
        "Jun 01 10:11:{at:02} node17 build.sh[2213]: ",
        "2025-06-01T10:11:{at:02}+0200 node17 runner[2213]: ",
        "2025-06-01T10:11:{at:02}.123456789Z stdout F ",
        "[{at:9}.125s] ",
        "{at:6}\\t",
        "gpu017: ",
        "Step 3/7 | ",
        "2025-06-01 10:11:{at:02}.123 | INFO     | runner:run:88 - ",
    ],
)
def test_a_prefix_of_all_lines_is_removed(prefix: str) -> None:
    lines = [prefix.replace("\\t", "\t").format(at=at) + line for at, line in enumerate(BUILD, 11)]
    cause = explain.explain(Memory("\n".join([*lines, ""]).encode()), Facts(2))
    assert cause is not None
    assert cause.says == "/src/mesh.cpp:41:7 does not compile: 'Halo' was not declared in this scope"
    assert cause.lines[0].number == 7


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "srun: error: ",
        "+ ",
        "/src/mesh.cpp:41:7: ",
        "  ",
        "warning | ",
    ],
)
def test_what_messages_begin_with_stays(prefix: str) -> None:
    source = Memory("\n".join([prefix + line for line in BUILD] + [""]).encode())
    assert without_prefix(source) is source


def test_labels_of_several_ranks_stay() -> None:
    source = Memory("\n".join(f"{at % 2}: {line}" for at, line in enumerate(BUILD)).encode())
    assert without_prefix(source) is source


def test_offsets_stay_true() -> None:
    raw = "\n".join(f"builder  | {line}" for line in BUILD).encode()
    read = without_prefix(Memory(raw)).read(0, len(raw))
    assert len(read) == len(raw)
    assert read.split(b"\n")[6].rstrip() == BUILD[6].encode()
