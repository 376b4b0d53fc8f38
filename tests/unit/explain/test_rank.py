"""A count of failed items and a cancelled step rank below the errors that led to them."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry import explain


@pytest.mark.parametrize(
    "count",
    [
        "engine.PropagationError: propagation failed for 4 segments",
        "RuntimeError: 3 of 8 shards failed",
        "ERROR: 5 tasks failed",
    ],
)
def test_a_count_of_failed_items_gives_way_to_their_errors(count: str) -> None:
    items = "".join(f"ERROR [worker {n}] cannot parse gears.csv: column 'teeth' is empty\n" for n in range(4))
    trace = f'Traceback (most recent call last):\n  File "/src/run.py", line 7, in main\n    check()\n{count}\n'
    assert "teeth" in explained(f"{items}{trace}").says


def test_a_count_alone_is_still_named() -> None:
    trace = 'Traceback (most recent call last):\n  File "/src/train.py", line 9, in main\n    load()\n'
    assert "3 of 8 shards failed" in "\n".join(
        explain.answer(explained(f"{trace}RuntimeError: 3 of 8 shards failed\n"), 200)
    )


@pytest.mark.parametrize(
    "message",
    [
        "GPUassert: hipErrorOutOfMemory src/force.cu 336",
        "GPUassert: an illegal memory access was encountered src/force.cu 12",
        "hipErrorNoBinaryForGpu: Unable to find code object for all current devices!",
        "cudaErrorLaunchFailure in force.cu:12",
    ],
)
def test_a_message_of_the_gpu_runtime_outranks_a_cancelled_step(message: str) -> None:
    log = (
        f"{message}\nsrun: error: node-4: task 3: Exited with exit code 1\n"
        "srun: launch/slurm: _step_signal: Terminating StepId=71.0\n"
        "slurmstepd: error: *** STEP 71.0 ON node-4 CANCELLED AT 2026-03-01T02:00:00 ***\n"
        "srun: error: node-4: tasks 0-2,4-5: Terminated\nsrun: Force Terminated StepId=71.0\n"
    )
    assert message in "\n".join(line.text for line in explained(log).lines)
