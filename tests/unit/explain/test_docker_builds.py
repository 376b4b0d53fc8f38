"""Builds of images as BuildKit prints them: plainly, on a terminal, and with its two output streams mixed."""

from tests.unit.explain._explained import explained

INVALID = """\
#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s

#2 [internal] load .dockerignore
#2 transferring context: 2B done
#2 DONE 0.0s
ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: RUM
"""
SPLIT = """\
#4 [2/2] RUN apt-get install -y zlib9-dev
#4 0.301 Reading package lists...
#4 0.333 EBuilding dependency tree...
#4 0.335 : Unable to locate package zlib9-dev
#4 ERROR: process "/bin/sh -c apt-get install -y zlib9-dev" did not complete successfully: exit code: 100
"""
TERMINAL = """\
 => CACHED [1/2] FROM docker.io/library/debian:12                          0.0s
 => ERROR [2/2] RUN ./prepare                                              0.9s
------
 > [2/2] RUN ./prepare:
0.513 Killed
0.531 working
------
ERROR: failed to solve: process "/bin/sh -c ./prepare" did not complete successfully: exit code: 137
"""


def test_a_step_that_passed_is_not_the_place_of_a_later_error() -> None:
    cause = explained(INVALID)
    assert "unknown instruction: RUM" in cause.says
    assert cause.where == ""


def test_a_message_is_recognised_without_the_letter_that_another_stream_took() -> None:
    cause = explained(SPLIT)
    assert "apt has no package zlib9-dev" in cause.says
    assert cause.where == "RUN apt-get install -y zlib9-dev"


def test_the_seconds_before_a_line_on_a_terminal_are_no_part_of_it() -> None:
    cause = explained(TERMINAL)
    assert [each.text for each in cause.lines][:1] == ["Killed"]
    assert "RUN ./prepare" in cause.where


def test_a_script_that_the_shell_cannot_read_ends_the_step() -> None:
    step = "cat notes; . ./settings.sh; ./go"
    cause = explained(
        f"#4 [2/2] RUN {step}\n#4 0.1 cat: notes: No such file or directory\n"
        "#4 0.2 /bin/sh: 1: .: cannot open ./settings.sh: No such file\n"
        f'#4 ERROR: process "/bin/sh -c {step}" did not complete successfully: exit code: 2\n'
    )
    assert "cannot read the script ./settings.sh" in cause.says


def test_the_place_of_an_error_on_a_terminal_names_the_step() -> None:
    quoted = "Traceback (most recent call last):\n0.513   File \"/t/go.py\", line 4, in main\n0.513 KeyError: 'model'"
    cause = explained(TERMINAL.replace("Killed", quoted).replace("137", "1"))
    assert cause.where == "/t/go.py:4 in main, in RUN ./prepare"


def test_pip_lists_what_conflicts_also_where_the_list_came_first() -> None:
    step = "#6 [2/2] RUN pip install -r needs.txt\n"
    listed = (
        "#6 1.5 The conflict is caused by:\n#6 1.5     The user requested left==1\n"
        "#6 1.5     right 2.0 depends on left>=2\n#6 1.5     right 2.0 depends on left>=3; python_version > '3'\n"
        "#6 1.5     third 4.0 depends on left<1\n#6 1.5 \n#6 1.5 To fix this you could try to:\n"
    )
    error = (
        "#6 1.6 ERROR: Cannot install left==1, right==2.0 and third==4.0 because these package versions have "
        "conflicting dependencies.\n#6 1.6 INFO: pip is looking at multiple versions of left\n"
    )
    for log in (step + listed + error, step + error + listed):
        cause = explained(log + "#6 ERROR: exit code: 1\n------\n > [2/2] RUN pip install -r needs.txt:\n------\n")
        assert "Cannot install left==1, right==2.0 and third==4.0" in cause.says
        texts = [each.text.strip() for each in cause.lines]
        assert texts == ["The user requested left==1", "right 2.0 depends on left>=2", "third 4.0 depends on left<1"]
        assert not [each for each in cause.also if each.text.startswith("---")]
