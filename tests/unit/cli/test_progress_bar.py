"""The live bar, and the colours of states."""

from sygaldry.cli._color import painter
from sygaldry.cli._progress_bar import bar_line
from sygaldry.flows.image.log_progress import note_of
from sygaldry.model.progress_note import ProgressNote


def test_a_bar_has_the_count_and_fits_the_terminal() -> None:
    assert bar_line("installing x", 3, 12, 80) == "[######..................] 3/12 installing x"
    assert bar_line("[12/12] installed x", 12, 12, 80) == "[########################] 12/12 installed x"
    assert bar_line("more than all", 13, 12, 80).startswith("[########################] 13/12 ")
    assert len(bar_line("x" * 500, 1, 2, 80)) == 79
    assert bar_line("unpacking\x1b[2J\ny", 0, 0, 80) == "unpacking\\x1b[2J y"


def test_a_note_is_text_with_a_count() -> None:
    note = ProgressNote("building", 1, 4)
    assert (note, note.done, note.total, note.kept) == ("building", 1, 4, False)


def test_the_note_of_a_build_has_its_newest_step_and_else_its_last_line() -> None:
    note = note_of(b"Step 1/4 : FROM x\n ---> 1\nStep 3/4 : RUN make\nmaking\n", "image: building", 65)
    assert (note, note.done, note.total) == ("image: building (1:05): RUN make", 2, 4)
    plain = note_of(b"Unpacking libc6\n", "image: making the base", 5)
    assert (plain, plain.total) == ("image: making the base (0:05): Unpacking libc6", 0)
    assert note_of(b"", "image: building", 0) == "image: building (0:00): "


def test_the_state_of_a_line_is_coloured_where_it_stands_and_nothing_else_is() -> None:
    paint = painter({"ok": "good", "behind": "bad", "in sync": "good", "not ready": "bad"})
    assert paint("ok       docker  ok") == "\x1b[32mok\x1b[0m       docker  ok"
    assert paint("  lock     behind   2 packages") == "  lock     \x1b[31mbehind\x1b[0m   2 packages"
    assert paint("in sync: pkg/zephyr") == "\x1b[32min sync\x1b[0m: pkg/zephyr"
    assert paint("not ready: fix it") == "\x1b[31mnot ready\x1b[0m: fix it"
    for line in ("okay  docker", "a b ok", "ok-ish", "", "   "):
        assert paint(line) == line
