"""What gpg's answer means for a build that is about to begin."""

from __future__ import annotations

from pathlib import Path

from sygaldry.spack.signature import altered, rejections, untrusted, verification

WITH_KEY, WITHOUT_KEY = (
    (Path(__file__).parents[2] / "data" / "spack" / "gpg-status.txt").read_text().split("# without the key\n")
)
KEY = "46B587A1F0D31891"
TRUST = "sygaldry env cache keys '/work/two words' --trust"


def test_with_the_key_only_what_was_altered_is_doubted() -> None:
    found = rejections(WITH_KEY, ["good", "altered"], "team", TRUST)
    assert found == {"altered": altered("team")}
    assert "altered after it was signed" in found["altered"].why


def test_without_the_key_it_is_named_with_what_to_type() -> None:
    found = rejections(WITHOUT_KEY, ["good", "altered"], "team", TRUST)
    assert found == {"good": untrusted(KEY, "team", TRUST), "altered": untrusted(KEY, "team", TRUST)}
    assert found["good"].remedy.endswith(TRUST)


def test_what_gpg_did_not_speak_of_is_not_taken_for_good() -> None:
    assert set(rejections("", ["good"], "team", TRUST)) == {"good"}


def test_many_signatures_are_checked_by_one_command_that_starts_no_agent() -> None:
    argv = verification("/store/gpg", ["/a", "/b"]).argv
    assert argv[:3] == ("gpg", "--homedir", "/store/gpg")
    assert "--no-autostart" in argv
    assert argv[-3:] == ("--verify-files", "/a", "/b")
