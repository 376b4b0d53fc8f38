"""An error that ends no script by itself is not the cause of one that went on."""

from tests.unit.explain._explained import explained


def test_a_builtin_that_a_script_went_on_after_is_not_the_cause() -> None:
    log = "/usr/bin/pack: line 2: local: can only be used in a function\npack: PACK_HOME is not set\n"
    assert explained(log, 4).says == "pack: PACK_HOME is not set"
