from dataclasses import replace
from pathlib import Path

import pytest

from sygaldry.model.batch import BatchJob, Handle, Phase, Resources
from sygaldry.model.command import Command, Completed
from sygaldry.schedulers import UnreachableError
from sygaldry.schedulers.slurm import SCHEDULER

DATA = Path(__file__).parents[2] / "data" / "slurm"
UUID = "0e6865babe414c65b9549ba913c699a9"
JOB = BatchJob(
    uuid=UUID,
    job="hello",
    run="20260101T000000000Z",
    command=("/opt/tools/sygaldry", "job", "x y"),
    folder="/work/it's",
    claim="/ledger/hello.claim",
    output="/ledger/100%.out",
)


def answer(code: int = 0, out: str = "", err: str = "") -> Completed:
    return Completed(Command(()), code, out, err)


def recorded(name: str) -> Completed:
    return answer(out=(DATA / name).read_text())


def plain(command: Command) -> tuple[str, ...]:
    """Return the words after those that remove variables."""
    words = command.argv[1:] if command.argv[0] == "env" else command.argv
    while words[0] == "-u":
        words = words[2:]
    return words


def removed(command: Command) -> set[str]:
    """Return the names of the variables that a command runs without."""
    return {name for word, name in zip(command.argv, command.argv[1:], strict=False) if word == "-u"}


def test_the_whole_script() -> None:
    assert SCHEDULER.script(JOB) == (
        "#!/bin/bash\n"
        f"#SBATCH --job-name=hello.{UUID}\n"
        f"#SBATCH --comment=sygaldry:{UUID}\n"
        "#SBATCH --output=/ledger/100%%.out\n"
        "#SBATCH --open-mode=append\n"
        "#SBATCH --export=NONE\n"
        "#SBATCH --no-requeue\n"
        "# Written by Sygaldry: run 20260101T000000000Z of job hello\n"
        "set -u\n"
        "claim=/ledger/hello.claim\n"
        "# A controller that restarts may start one job twice: only the first start can create this file.\n"
        'if ! (set -C; printf \'%s %s\\n\' "$SLURM_JOB_ID" "$(hostname)" >"$claim"); then\n'
        '\techo "sygaldry: this run was started before, or its ledger cannot be written: $claim" >&2\n'
        "\texit 75\n"
        "fi\n"
        "folder='/work/it'\"'\"'s'\n"
        "# Slurm starts a job elsewhere, without a word, where its folder does not exist.\n"
        'if ! cd -P -- "$folder"; then\n'
        '\techo "sygaldry: $folder does not exist on $(hostname)" >&2\n'
        "\texit 72\n"
        "fi\n"
        "exec /opt/tools/sygaldry job 'x y'\n"
    )


def test_options_become_lines_and_the_callers_own_come_last() -> None:
    asked = Resources(
        partition="gpu", gpus="2", cpus=4, memory="16G", nodes=2, extra=("--partition=other", "--wckey=a")
    )
    lines = SCHEDULER.script(
        replace(JOB, resources=asked, time_limit_s=90, warning="USR1", warning_s=120, array="0-9%3")
    ).splitlines()
    options = [line.removeprefix("#SBATCH ") for line in lines if line.startswith("#SBATCH")]
    assert options[5:] == [
        "--no-requeue", "--time=2", "--signal=B:USR1@120", "--array=0-9%3", "--partition=gpu", "--gpus=2",
        "--cpus-per-task=4", "--mem=16G", "--nodes=2", "--partition=other", "--wckey=a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "resources",
    [
        Resources(begin="now\n#SBATCH --uid=0"),
        Resources(gpus="1\ntouch /tmp/x"),
        Resources(extra=("--comment=a\r",)),
        Resources(partition="a\0"),
    ],
)
def test_an_option_cannot_add_a_line_to_the_script(resources: Resources) -> None:
    with pytest.raises(ValueError, match=r"^an option with a control character: "):
        SCHEDULER.script(replace(JOB, resources=resources))


def test_values_with_spaces_and_quotes_stay_one_option() -> None:
    options = SCHEDULER.script(replace(JOB, output="/a b/it's #1.out", resources=Resources(constraint="a b")))
    assert "#SBATCH '--output=/a b/it'\"'\"'s #1.out'\n" in options
    assert "#SBATCH '--constraint=a b'\n" in options
    assert "#SBATCH --output=/dev/null\n" in SCHEDULER.script(replace(JOB, output="/back\\slash")), "Slurm drops it"


def test_a_name_keeps_the_identity_and_stays_short_enough_for_the_accounting() -> None:
    name = replace(JOB, job="j" * 64).name
    assert name.endswith(UUID)
    assert len(name) < 64


def test_only_names_of_variables_are_exported() -> None:
    script = SCHEDULER.script(replace(JOB, variables={"LANG": "C.UTF-8", "x; rm -rf /": "y", "A": "it's"}))
    assert [line for line in script.splitlines() if line.startswith("export")] == [
        "export A='it'\"'\"'s'", "export LANG=C.UTF-8"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("out", "handle"),
    [
        ("17\n", Handle("17")),
        ("18;alpha\n", Handle("18", "alpha")),
        ("hello\n19\n", Handle("19")),
        ("20\nYour project has 1000 hours left\n", Handle("20")),
        ("checking your budget ...\n 21;alpha \n\nthank you\n", Handle("21", "alpha")),
        ("Submitted batch job 22\n", Handle("22")),
        ("Submitted batch job 23 on cluster alpha\n", Handle("23", "alpha")),
    ],
)
def test_an_accepted_job_has_a_handle(out: str, handle: Handle) -> None:
    assert SCHEDULER.submitted(answer(out=out)) == handle


@pytest.mark.parametrize(
    "lost",
    [
        answer(1, err="sbatch: error: Batch job submission failed: Socket timed out on send/recv operation"),
        answer(1, err="sbatch: error: Batch job submission failed: Communication connection failure"),
        answer(124),
        answer(0, out="something else"),
        answer(0),
        answer(0, out="1000\n17\n"),  # a wrapper's own number: which one is the id is not clear
        answer(0, out=f"{'9' * 40}\n"),
    ],
)
def test_a_lost_answer_is_neither_accepted_nor_refused(lost: Completed) -> None:
    assert SCHEDULER.submitted(lost) is None


def test_a_refusal_says_why_once() -> None:
    refused = answer(
        1, err="sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed: Invalid"
    )
    with pytest.raises(ValueError, match=r"^invalid partition specified: nope; Batch job submission failed: Invalid$"):
        SCHEDULER.submitted(refused)


def test_a_recorded_queue() -> None:
    reports = SCHEDULER.states(recorded("squeue-mixed.txt"))
    assert [(f"{each.handle.id}_{each.tasks}".rstrip("_"), each.phase, each.word) for each in reports] == [
        ("3", Phase.ENDED, "CANCELLED"),
        ("4", Phase.ENDED, "CANCELLED"),
        ("1", Phase.ENDED, "COMPLETED"),
        ("5_1", Phase.ENDED, "COMPLETED"),
        ("7", Phase.ENDED, "COMPLETED"),
        ("10", Phase.ENDED, "COMPLETED"),
        ("2", Phase.ENDED, "FAILED"),
        ("11", Phase.ENDED, "FAILED"),
        ("5_3-5", Phase.WAITING, "PENDING"),
        ("6", Phase.WAITING, "PENDING"),
        ("5_2", Phase.ACTIVE, "RUNNING"),
        ("5_0", Phase.ACTIVE, "RUNNING"),
    ]
    assert reports[2].uuid == UUID
    assert reports[1].reason == "DependencyNeverSatisfied"


@pytest.mark.parametrize(
    ("state", "phase", "word", "by"),
    [
        ("CANCELLED by 1000", Phase.ENDED, "CANCELLED", "1000"),
        ("OUT_OF_MEMORY", Phase.ENDED, "OUT_OF_MEMORY", ""),
        ("CANCELLED+", Phase.ENDED, "CANCELLED", ""),
        ("A_STATE_OF_TOMORROW", Phase.UNKNOWN, "A_STATE_OF_TOMORROW", ""),
        ("", Phase.UNKNOWN, "", ""),
    ],
)
def test_states_of_the_accounting(state: str, phase: Phase, word: str, by: str) -> None:
    (report,) = SCHEDULER.states(answer(out=f"53|{state}|None|n1|hello.{UUID}\n"))
    assert (report.phase, report.word, report.by) == (phase, word, by)


def test_the_accounting_is_asked_about_one_users_jobs_of_all_days() -> None:
    command = SCHEDULER.history(1000, [f"a.{UUID}", f"b.{UUID}"], "2026-01-30")
    assert plain(command) == (
        "sacct", "-X", "-n", "-P", "-D", "--user=1000", "--starttime=2026-01-30",
        "--endtime=2037-12-31", f"--name=a.{UUID},b.{UUID}", "--format=JobID,State,Reason,NodeList,JobName%64",
    )  # fmt: skip
    assert command.timeout_s == 10


def test_the_accounting_names_no_node_of_a_job_that_never_ran() -> None:
    line = f"3_[0-1,3-4]|CANCELLED by 0|BeginTime|None assigned|arr.{UUID}\n"  # Slurm 22.05.8
    (report,) = SCHEDULER.states(answer(out=line))
    assert (report.node, report.tasks, report.by) == ("", "0-1,3-4", "0")


@pytest.mark.parametrize(
    "silent", [answer(1, err="slurm_load_jobs error: Unable to contact slurm controller"), answer(124)]
)
def test_a_silent_scheduler_is_no_answer(silent: Completed) -> None:
    with pytest.raises(UnreachableError):
        SCHEDULER.states(silent)


def test_a_job_is_cancelled_by_id_and_name_because_ids_are_given_out_again() -> None:
    assert plain(SCHEDULER.cancel(Handle("17", "alpha"), JOB.name)) == (
        "scancel", "--clusters=alpha", f"--name=hello.{UUID}", "17"
    )  # fmt: skip


def test_a_task_is_cancelled_by_its_id_alone_because_a_filter_takes_its_neighbours_too() -> None:
    assert plain(SCHEDULER.cancel(Handle("17"), JOB.name, 3)) == ("scancel", "17_3")
    assert plain(SCHEDULER.cancel(Handle("17"), JOB.name, waiting=True)) == (
        "scancel", "--state=PENDING", f"--name=hello.{UUID}", "17"
    )  # fmt: skip


def test_an_array_and_a_job_that_may_start_again_pass_on_where_they_are() -> None:
    script = SCHEDULER.script(replace(JOB, array="0-3", requeue=True))
    assert script.endswith(""" 'x y' --task "$SLURM_ARRAY_TASK_ID" --restart "${SLURM_RESTART_COUNT:-0}"\n""")
    assert "#SBATCH --output=/ledger/100%%.out.%a\n" in script


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer(), ""),
        (answer(1, err="scancel: error: Kill job error on job id 9: Invalid job id specified"), ""),
        (
            answer(210, err="scancel: error: Kill job error on job id 9: Access/permission denied"),
            "Kill job error on job id 9: Access/permission denied",
        ),
    ],
)
def test_a_job_that_is_gone_counts_as_cancelled(said: Completed, why: str) -> None:
    assert SCHEDULER.cancelled(said) == why


@pytest.mark.parametrize(
    ("out", "version"), [("slurm-wlm 22.05.8\n", "22.05.8"), ("slurm 24.11.1\n", "24.11.1"), ("", None)]
)
def test_the_version(out: str, version: str | None) -> None:
    assert SCHEDULER.version(answer(out=out)) == version


def test_what_a_script_states_is_not_changed_by_the_callers_variables() -> None:
    command = SCHEDULER.submit(JOB, "/ledger/job.sh", ("3",), "4")
    assert plain(command) == (
        "sbatch", "--parsable", "--dependency=afterok:3,afterany:4", "--kill-on-invalid-dep=yes", "/ledger/job.sh"
    )  # fmt: skip
    # EXPORT would copy secrets to the controller, JOB_NAME change the identity, WAIT keep sbatch until the end.
    assert {"SBATCH_EXPORT", "SBATCH_JOB_NAME", "SBATCH_WAIT", "SBATCH_ARRAY_INX"} <= removed(command)


def test_a_default_of_a_site_counts_where_the_job_has_none() -> None:
    asked = Resources(partition="gpu", memory="4G", extra=("--wckey=project",))
    variables = removed(SCHEDULER.submit(replace(JOB, resources=asked, time_limit_s=60), "job.sh"))
    assert {"SBATCH_PARTITION", "SBATCH_MEM_PER_CPU", "SBATCH_TIMELIMIT", "SBATCH_WCKEY"} <= variables
    assert {"SBATCH_ACCOUNT", "SBATCH_QOS", "SBATCH_RESERVATION"}.isdisjoint(variables)


def test_no_variable_hides_a_job_from_a_question_or_a_cancel() -> None:
    assert {"SQUEUE_PARTITION", "SQUEUE_NAMES", "SQUEUE_FORMAT", "SQUEUE_ARRAY"} <= removed(SCHEDULER.status(0))
    assert {"SCANCEL_STATE", "SCANCEL_INTERACTIVE"} <= removed(SCHEDULER.cancel(Handle("17"), JOB.name))
    assert "SCANCEL_STATE" in SCHEDULER.signal_tasks({"SLURM_JOB_ID": "17"})


@pytest.mark.parametrize(
    "line",
    [
        "",
        "|||||",
        "||||",
        f"17|  |||hello.{UUID}",
        f"x|RUNNING|None|n1|hello.{UUID}",
        f"17_[|RUNNING|None|n1|hello.{UUID}",
        f"17| by |None|n1|hello.{UUID}",
        f"17|CANCELLED by |None|n1|hello.{UUID}",
        f"17|RUNNING|None|n1|hello.{UUID}|more",
        "slurm_load_jobs error: a warning of the site",
        "\x00\xff\ufffd" * 1000,
    ],
)
def test_rubbish_in_an_answer_is_never_an_end(line: str) -> None:
    good = f"18|RUNNING|None|n1|other.{'a' * 32}"
    reports = SCHEDULER.states(answer(out=f"CLUSTER: rig\n{line}\n{good}\n"))
    assert reports[-1].handle == Handle("18")
    assert all(each.phase is not Phase.ENDED or each.word == "CANCELLED" for each in reports)


def test_no_control_character_of_an_answer_reaches_a_terminal() -> None:
    (report,) = SCHEDULER.states(answer(out=f"17|RUNNING|\x1b]0;x\x07|n\x1b[31m1|hello.{UUID}\n"))
    assert (report.reason, report.node) == ("?]0;x?", "n?[31m1")
