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


RANKS = """\
node03: epoch 1
node07: epoch 1
node11: epoch 1
node07: Traceback (most recent call last):
node03: epoch 2
node07:   File "/srv/train.py", line 9, in step
node11: epoch 2
node07:     loss(x, y)
node07: IndexError: target 7 is out of bounds
node03: Traceback (most recent call last):
node03:   File "/srv/train.py", line 12, in step
node03:     reduce(x)
node03: RuntimeError: connection closed by peer node07
node07: 1 process failed
"""


def test_names_of_several_hosts_are_labels() -> None:
    source = without_prefix(Memory(RANKS.encode()))
    assert source.size == len(RANKS.encode())
    assert source.read(0, 11) == b"[0]: epoch "
    cause = explain.explain(Memory(RANKS.encode()), Facts(1))
    assert cause is not None
    assert not any("node" in line.text[:4] for line in cause.lines)


@pytest.mark.parametrize("name", ["mod1.py:", "node1", "n1:"])
def test_names_of_files_and_other_words_are_no_hosts(name: str) -> None:
    log = "".join(f"{name.replace('1', str(at % 3))} {at} is done\n" for at in range(30))
    assert without_prefix(Memory(log.encode())).read(0, 2) == log.encode()[:2]
