"""Whose word counts when several tools speak."""

from sygaldry import progress


def test_the_outermost_tool_tells_how_far_and_the_innermost_what_it_does() -> None:
    read = progress.read(
        b"==> Installing zlib-1.3.1-abcdefg [3/41]\n"
        b"==> zlib: Executing phase: 'build'\n"
        b"[12/340] Building C object inflate.c.o\n"
    )
    assert read is not None
    assert (read.tool, read.done, read.total) == ("spack", 2, 41)
    assert read.step == "zlib-1.3.1 > Building C object inflate.c.o"


def test_a_tool_that_has_finished_leaves_the_stage() -> None:
    read = progress.read(b"[340/340] Linking app\n 20%|##   | 1/5 [00:01<00:04]\n")
    assert read is not None
    assert (read.tool, read.done, read.total) == ("tqdm", 1, 5)


def test_overwritten_bars_count_by_their_newest_state() -> None:
    read = progress.read(b"a:  1%| | 1/100\ra: 55%|#####| 55/100\r")
    assert read is not None
    assert (read.done, read.total) == (55, 100)


def test_nothing_known_is_none() -> None:
    assert progress.read(b"hello\nworld\n") is None
