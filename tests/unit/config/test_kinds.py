"""The kinds of value a setting may have, with what is hostile."""

import pytest

from sygaldry.config.kinds import KINDS


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("name", ["a", "a.b-c_D9", "x" * 64], ["", ".", "..", "a..b", "-a", "_a", "a/b", "a b", "a\n", "é", "x" * 65]),
        ("version", ["3", "3.13", "1.79.0", "12.9.1.4"], ["", "3.", ".3", "v3", "1.2.3.4.5", "3 13", "３"]),
        ("size", ["1", "64m", "8G"], ["", "0", "08g", "g", "8gb", "-1", "1.5g", "²g"]),
        ("image", ["debian", "a/b:tag", "r.io:5000/a@sha256:0"], ["", "-rf", "a b", "a;b", "a\n", "x" * 256]),
        ("mount", ["/a:/b", "/a:/b:ro", "/a b:/c"], ["a:/b", "/a", "/a:b", "/a:/b:xx", "/a:/b:ro:x", "/a\0:/b"]),
        ("variable", ["A", "_a1"], ["", "1A", "A-B", "A=B", "A B"]),
        (
            "address",
            ["https://m/x", "file:///srv/m"],
            ["", "ftp://x", "http://a b", "http://a'b", "file://x", "http://$x"],
        ),
    ],
)
def test_a_kind_takes_the_good_and_refuses_the_bad(kind: str, good: list[str], bad: list[str]) -> None:
    check, expected = KINDS[kind]
    assert [text for text in good if not check(text)] == []
    assert [text for text in bad if check(text)] == []
    assert expected
