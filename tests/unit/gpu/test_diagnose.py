"""Every entry of the catalogue is found where it is recorded, and nowhere else."""

import re
from fnmatch import fnmatchcase

import pytest
from tests.unit.gpu.conftest import EXPECTED, FIXTURES, facts_of

from sygaldry import signatures
from sygaldry.gpu import checks
from sygaldry.gpu.checks import Check, Evidence, Severity, Step
from sygaldry.gpu.diagnose import Diagnosis, State, diagnose
from sygaldry.gpu.facts import read
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError
from sygaldry.model.finding import Verdict

HEALTHY = [name for name, expected in EXPECTED.items() if expected["state"] == "usable" and "notes" not in expected]
# What a person would call a healthy machine must be among them.
assert {"h100-575", "t4-550", "rtx4090-570", "rtx2080s-610", "rtx3090-525", "8xa100", "wsl2"} <= set(HEALTHY)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_machine_is_diagnosed_down_to_its_root_causes(name: str) -> None:
    expected = EXPECTED[name]
    diagnosis = diagnose(facts_of(name), checks.every())
    assert [finding.check.id for finding in diagnosis.roots] == expected.get("roots", [])
    assert {finding.check.id for finding in diagnosis.hidden} == set(expected.get("hidden", []))
    assert [finding.check.id for finding in diagnosis.notes] == expected.get("notes", [])
    assert diagnosis.state == expected["state"], diagnosis.reason
    for finding in (diagnosis.roots or diagnosis.notes)[:1]:
        assert str(finding.severity) == expected["severity"]
        assert str(finding.check.reboot) == expected["reboot"]
        assert [step.command for step in finding.steps] == expected["fix"]
        assert finding.evidence


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_machine_yields_no_finding(name: str) -> None:
    diagnosis = diagnose(facts_of(name), checks.every())
    assert [finding.check.id for finding in diagnosis.findings if finding.is_trouble] == []
    assert diagnosis.state is State.USABLE


def test_every_fixture_is_expected_and_names_its_public_source_first() -> None:
    folders = {path.parent.name for path in FIXTURES.glob("*/snapshot.toml")}
    assert folders == set(EXPECTED)
    for name in folders:
        first = (FIXTURES / name / "snapshot.toml").read_text().splitlines()[0]
        assert re.match(r"# source: \S.{10,}", first), name


def test_every_entry_of_the_catalogue_has_a_fixture() -> None:
    found = {
        each for expected in EXPECTED.values() for each in (*expected.get("roots", ()), *expected.get("notes", ()))
    }
    assert {check.id for check in checks.every()} == found


def test_the_catalogue_has_at_least_the_78_entries_that_were_asked_for() -> None:
    ids = [check.id for check in checks.every()]
    assert len(ids) == len(set(ids)) >= 78


@pytest.mark.parametrize("check", checks.every(), ids=lambda check: check.id)
def test_an_entry_is_complete(check: Check) -> None:
    assert check.title
    assert check.why.endswith(".")
    assert check.source
    assert check.steps
    named = any(check.id in each.causes for each in signatures.every())
    assert named or check.judge, "there must be a way to find it"
    known = [each.id for each in checks.every()]
    for pattern in check.hides:
        assert any(fnmatchcase(each, pattern) for each in known), f"{pattern} hides nothing"
    for step in check.steps:
        assert "\n" not in step.text
        assert not step.text.startswith("sudo "), "root is a field"
        assert "purge" not in step.text, "a driver is never purged"


def test_a_severe_finding_comes_before_a_mild_one() -> None:
    mild = _check("b.mild", Severity.WARNING, Evidence("seen"))
    grave = _check("z.grave", Severity.BLOCKS, Evidence("seen"))
    assert [each.check.id for each in diagnose(facts_of("h100-575"), (mild, grave)).roots] == ["z.grave", "b.mild"]


def test_two_findings_that_claim_each_other_leave_one_root() -> None:
    first = _check("a.one", Severity.BLOCKS, Evidence("seen"), hides=("b.*",))
    second = _check("b.two", Severity.BLOCKS, Evidence("seen"), hides=("a.*",))
    diagnosis = diagnose(facts_of("h100-575"), (first, second))
    assert [each.check.id for each in diagnosis.roots] == ["a.one"]
    assert [(each.check.id, each.because_of) for each in diagnosis.hidden] == [("b.two", "a.one")]


def test_a_check_that_cannot_look_is_neither_ok_nor_a_problem() -> None:
    (finding,) = diagnose(
        facts_of("h100-575"), (_check("a.blind", Severity.BLOCKS, CouldNotCheckError("no light")),)
    ).findings
    assert (finding.verdict, finding.evidence) == (Verdict.UNKNOWN, "no light")


def test_a_denied_kernel_log_is_could_not_check_and_says_how_to_look() -> None:
    states = {each.check.id: each for each in diagnose(facts_of("dmesg-denied"), checks.every()).findings}
    assert states["gpu.xid48"].verdict is Verdict.UNKNOWN
    assert "sudo" in states["gpu.xid48"].evidence


def test_hardware_without_any_proof_that_it_works_is_undetermined_not_usable() -> None:
    pci = {
        "/sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n",
        "/sys/bus/pci/devices/0000:01:00.0/class": "0x030000\n",
    }
    diagnosis = diagnose(read(Recording(files=pci)), ())
    assert (diagnosis.state, diagnosis.exit_code) == (State.UNDETERMINED, 4)


def test_a_probe_that_was_not_recorded_is_not_known() -> None:
    facts = read(Recording(probes=("pci",)))
    diagnosis = diagnose(facts, checks.every())
    assert diagnosis.state is State.NO_HARDWARE
    assert "was not recorded" in str(facts.kernel_log)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.USABLE, 0), (State.WARNINGS, 1), (State.UNUSABLE, 2), (State.NO_HARDWARE, 3), (State.UNDETERMINED, 4),
        (State.NOT_RECOGNISED, 4), (State.NOT_UNDERSTOOD, 5),
    ],
)  # fmt: skip
def test_the_exit_codes_are_those_of_the_manual(state: State, code: int) -> None:
    assert Diagnosis(state, ()).exit_code == code


def _check(name: str, severity: Severity, outcome: Evidence | Exception, hides: tuple[str, ...] = ()) -> Check:
    def judge(_: object) -> Evidence:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return Check(name, "Title", severity, "Why.", (Step("true"),), "a test", judge=judge, hides=hides)
