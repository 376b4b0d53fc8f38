"""An error below which the script says that it goes on was survived."""

import pytest
from tests.unit.explain._explained import explained

GENERIC = """srun: error: Unable to create step for job 6: Invalid generic resource (gres) specification
no a100 here, trying generic gpu
srun: error: Unable to create step for job 6: More processors requested than permitted
"""
TRACE = """+ docker network rm stage-net
Error response from daemon: network stage-net is in use
exit status 1
+ true
+ docker run -d --name b -p 18099:8080 app:12
docker: Error response from daemon: Bind for 0.0.0.0:18099 failed: port is already allocated.
+ cleanup
+ docker network rm stage-net
Error response from daemon: network stage-net not found
+ true
"""
CACHED = """curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server
mirror unreachable, using cached copy
model-1.4.tar.gz: FAILED
sha256sum: WARNING: 1 computed checksum did NOT match
"""


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (GENERIC, "More processors requested"),
        (TRACE, "port is already allocated"),
        (CACHED, "another checksum"),
    ],
)
def test_the_later_error_leads(log: str, reason: str) -> None:
    assert reason in explained(log).says


def test_the_last_attempt_is_the_cause() -> None:
    log = "Error: disk image is corrupt at block 81\nretrying with --repair\nrepair is not possible, giving up\n"
    assert "block 81" in explained(log).says


def test_a_later_run_of_the_same_program_shows_that_the_first_was_survived() -> None:
    log = """push failed, pulling and retrying
fatal: couldn't find remote ref main
remote: policy: checking 1 commit
remote: policy: commit message must reference a ticket (ABC-123)
To /srv/remote.git
 ! [remote rejected] HEAD -> main (pre-receive hook declined)
error: failed to push some refs to '/srv/remote.git'
"""
    assert "pre-receive hook declined" in " ".join(line.text for line in explained(log).lines)


def test_an_error_that_a_script_continues_without_is_survived() -> None:
    first = (
        'Traceback (most recent call last):\n  File "/src/train.py", line 6, in main\n    print(cfg.heads)\n'
        "ConfigAttributeError: Key 'heads' is not in struct\n"
    )
    second = "In 'config': Could not find 'model/large'\n"
    between = "+ echo 'trying the large model'\ntrying the large model\n+ python train.py model=large\n"
    log = f"+ python train.py\n{first}{between}{second}"
    assert "model/large" in explained(log).says
    assert "heads" in explained(f"+ python train.py\n{first}").says
