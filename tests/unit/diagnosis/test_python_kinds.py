"""Programs of Python: exceptions, launchers of several processes, servers."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry.diagnosis import Confidence

MANY = "\n".join(
    (
        "=========================== short test summary info ============================",
        *(f"FAILED tests/test_{n:03}.py::test_load - TypeError: bad key {n}" for n in range(90)),
        "FAILED tests/test_x.py::test_other - assert 1 == 2",
        "ERROR tests/test_y.py::test_third - OSError: gone",
        "================== 140 failed, 12 passed, 3 errors in 7.10s ===================",
    )
)
ANY_NAME = """\
Traceback (most recent call last):
  File "/srv/app/render.py", line 12, in page
    return environment.get(name)
  File "/srv/app/templates.py", line 40, in get
    raise TemplateAbsent(name)
pages.loader.TemplateAbsent: start.html
"""
BARE = """\
Traceback (most recent call last):
  File "/srv/app/solve.py", line 12, in step
    assert len(rows) == expected
AssertionError
"""
CONTINUED = """\
Traceback (most recent call last):
  File "/srv/app/model.py", line 12, in forward
    return a @ b
ValueError: the operands of this product are placed on different
meshes: x=1 and x=4. Place them on one.
"""
CANCELLED = """\
Traceback (most recent call last):
  File "/srv/serve.py", line 3, in run
    await stop.wait()
asyncio.exceptions.CancelledError

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/serve.py", line 9, in <module>
    run()
KeyboardInterrupt
"""
LAUNCHER = """\
[node-a:1]Traceback (most recent call last):
[node-a:1]  File "/srv/train.py", line 7, in <module>
[node-a:1]    main()
[node-a:1]KeyError: 'learning_rate'
"""
SERVER = """\
(Worker pid=61) ERROR 07-01 09:41:21 [executor.py:88] Traceback (most recent call last):
(Worker pid=61) ERROR 07-01 09:41:21 [executor.py:88]   File "/srv/worker.py", line 415, in start
(Worker pid=61) ERROR 07-01 09:41:21 [executor.py:88] ValueError: only 3 GiB are free on the device
(Core pid=60) ERROR 07-01 09:41:26 [core.py:11] Traceback (most recent call last):
(Core pid=60) ERROR 07-01 09:41:26 [core.py:11]   File "/srv/core.py", line 15, in wait
(Core pid=60) ERROR 07-01 09:41:26 [core.py:11] RuntimeError: a worker failed. See stack trace for root cause.
"""
JSON_LINES = """\
{"event": "token", "level": "warning", "exception": "Traceback (most recent call last):\\n  File \\"a.py\\", line 9\\n\
FileNotFoundError: [Errno 2] No such file or directory: '/etc/token'"}
{"event": "beat", "level": "error", "error": "ECONNREFUSED 10.0.0.4:2379"}
{"event": "fit", "level": "critical", "exception": "Traceback (most recent call last):\\n  File \\"b.py\\", line 4\\n\
linear.SolveError: the matrix is singular"}
"""
VAGUE = """\
Traceback (most recent call last):
  File "/opt/lib/site-packages/tables/cast.py", line 23, in cast
    raise CastError(text)
tables.CastError: Couldn't cast
id: int64
stars: int64
to
{'id': 'int64'}
because column names don't match

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/train.py", line 6, in <module>
    load()
tables.BuildError: An error occurred while generating the table

All files must have the same columns, but there are 1 new columns ({'stars'}).
"""
REQUEST = """\
Traceback (most recent call last):
  File "/srv/push.py", line 52, in <module>
    push()
hub.errors.BadRequestError: (Request ID: Root=1-69d6a028-0334bafa5bf2ee5e145c24e5)

Bad request for commit endpoint: a file holds a secret
"""
DEAD_ENGINE = """\
(Core pid=60) ERROR 07-01 09:41:21 [core.py:11] Traceback (most recent call last):
(Core pid=60) ERROR 07-01 09:41:21 [core.py:11]   File "/srv/core.py", line 15, in step
(Core pid=60) ERROR 07-01 09:41:21 [core.py:11] ValueError: only 3 GiB are free on the device
(Server pid=59) ERROR 07-01 09:41:26 [server.py:7] Traceback (most recent call last):
(Server pid=59) ERROR 07-01 09:41:26 [server.py:7]   File "/srv/server.py", line 9, in run
(Server pid=59) ERROR 07-01 09:41:26 [server.py:7] engine.EngineDeadError: The core stopped. See stack trace (above) \
for the root cause.
"""
KERNEL = """\
LLVM ERROR: Unsupported rounding mode for conversion.
#blocked = #ttg.blocked<{sizePerThread = [1]}>
/tmp/cache/kernel.py:16:0: error: Failures have been detected while processing an MLIR pass pipeline
Traceback (most recent call last):
  File "/srv/serve.py", line 341, in make
    pm.run(mod)
RuntimeError: PassManager::run failed
"""
EMPTY_LINE = """\
Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "/srv/lib/spawn.py", line 120, in main
    check()
RuntimeError:
        An attempt has been made to start a new process before the
        current process has finished its bootstrapping phase.

Traceback (most recent call last):
  File "/srv/train.py", line 9, in <module>
    for batch in loader:
RuntimeError: DataLoader worker (pid 41) exited unexpectedly with exit code 1. Details are lost due to multiprocessing.
"""
ROBOT = f"""\
Sum {" ":66}| FAIL |
2 != 3
{"-" * 78}
Fine {" ":65}| PASS |
{"-" * 78}
Gears {" ":64}| FAIL |
2 tests, 1 passed, 1 failed
{"=" * 78}
"""
DEEPSPEED = """\
Loading checkpoint shards:  50%
[2026-03-01 10:00:41,101] [INFO] [launch.py:315:sigkill_handler] Killing subprocess 411
[2026-03-01 10:00:41,102] [ERROR] [launch.py:321:sigkill_handler] ['python', 'train.py', '--local_rank=1'] exits with \
return code = -9
"""
BUS_ERROR = """\
torch.distributed.elastic.multiprocessing.api: [WARNING] Sending process 5 closing signal SIGTERM
torch.distributed.elastic.multiprocessing.api: [ERROR] failed (exitcode: -7) local_rank: 3 (pid: 9) of binary: python
"""
NO_GPU = """\
2026-03-01 10:00:00.3: E tensorflow/cuda/cuda_driver.cc:271] failed call to cuInit: CUDA_ERROR_NO_DEVICE: \
no CUDA-capable device is detected
Traceback (most recent call last):
  File "train.py", line 31, in <module>
    model.fit(x, y)
ValueError: Input 0 of layer "grid" is incompatible with the layer
"""
BARE_NAME = """\
[solve.c:3916] ERROR: (node 1) unresolved numerical troubles cannot be dealt with
Traceback (most recent call last):
  File "/srv/read.py", line 93, in header
    next(reader)
StopIteration
"""
LEVELS = """\
2026-03-01 10:00:00,123 WARNING [rank 0] train: no index ([Errno 2] No such file or directory: '/data/index.json')
/srv/lib/device.py:82: UserWarning: CUDA initialization: CUDA unknown error
error: the table of gears is empty
"""


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        pytest.param(KERNEL, "Unsupported rounding mode", id="the compiler of a kernel"),
        pytest.param(REQUEST, "a file holds a secret", id="the reason below the number of a request"),
        pytest.param(DEAD_ENGINE, "only 3 GiB are free", id="an engine whose trace stands above"),
        pytest.param(EMPTY_LINE, "An attempt has been made to start a new process", id="a message on its own lines"),
        pytest.param(ROBOT, "2 != 3", id="the message below the name of a test"),
        pytest.param(DEEPSPEED, "rank 1 was killed by SIGKILL", id="a rank that DeepSpeed's launcher reports"),
        pytest.param(BUS_ERROR, "rank 3 was killed by a bus error", id="a rank without shared memory"),
        pytest.param(
            "ImportError: numpy.core.multiarray failed to import\n", "built for another NumPy", id="another NumPy"
        ),
        pytest.param("RuntimeError: Numpy is not available\n", "built for another NumPy", id="PyTorch and NumPy"),
        pytest.param(BARE_NAME, "next(reader)", id="an exception without a word of error in its name"),
        pytest.param(NO_GPU, "is incompatible with the layer", id="a GPU that TensorFlow did without"),
        pytest.param(LEVELS, "table of gears is empty", id="lines that were logged as warnings"),
        pytest.param(JSON_LINES, "SolveError: the matrix is singular", id="a traceback in a JSON object"),
        pytest.param(MANY, "140 tests fail, 3 cannot be set up", id="the counts of pytest's last line"),
        pytest.param(ANY_NAME, "TemplateAbsent: start.html", id="an exception with a name of its own"),
        pytest.param(CANCELLED, "KeyboardInterrupt", id="a cancelled task follows from an interrupt"),
        pytest.param(LAUNCHER, "KeyError: 'learning_rate'", id="a label without a colon"),
        pytest.param(SERVER, "only 3 GiB are free", id="a server that points at the trace of its worker"),
    ],
)
def test_the_sentence_holds_the_reason(log: str, wanted: str) -> None:
    cause = explained(log)
    assert wanted in cause.says or wanted in " ".join(line.text for line in cause.lines[:1])


def test_a_message_that_tells_nothing_is_shown_with_the_paragraph_below_it() -> None:
    lines = " ".join(line.text for line in explained(VAGUE).lines)
    assert "because column names don't match" in lines
    assert "must have the same columns" in lines


def test_an_exception_without_a_message_is_shown_with_its_statement() -> None:
    assert "assert len(rows) == expected" in explained(BARE).lines[0].text


def test_a_message_that_breaks_off_is_shown_with_its_next_line() -> None:
    assert "meshes: x=1 and x=4" in explained(CONTINUED).lines[1].text


def test_a_word_and_a_colon_outside_a_traceback_are_no_exception() -> None:
    cause = explained("BuildReport: two of nine parts\nerror: disk quota of the project is used up\n")
    assert "disk quota" in cause.lines[0].text


HUB = """\
Traceback (most recent call last):
  File "/opt/lib/site-packages/requests/models.py", line 94, in raise_for_status
    raise HTTPError(text)
requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url: https://hub.example.org/a/config.json

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/train.py", line 12, in <module>
    load()
OSError: We couldn't connect to 'https://hub.example.org' to load this file
"""
LOOKUP = """\
Traceback (most recent call last):
  File "/srv/cache.py", line 9, in get
    return table[name]
KeyError: 'weights'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/train.py", line 12, in <module>
    load()
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.
"""
CAUSES = """\
error: Cannot fetch the list of interpreters
  Caused by: Failed to download https://example.org/list.json
  Caused by: the list has no entry for this platform
"""
INTERRUPTED = """\
============================= test session starts ==============================
tests/test_a.py ..
!!!!!!!!!!!!!!!!!!!!!!!!!!!!!! KeyboardInterrupt !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
/src/a/poll.py:142: KeyboardInterrupt
============================== 2 passed in 30.07s ==============================
"""
CHILD = """\
serve.py: error: the following arguments are required: --model
Traceback (most recent call last):
  File "/srv/bench.py", line 29, in <module>
    start()
RuntimeError: Failed to start server node_1
"""
TWO_STEPS = """\
##[group]Run mv results.json out/
mv: cannot stat 'results.json': No such file or directory
##[error]Process completed with exit code 1.
##[group]Run python train.py
Traceback (most recent call last):
  File "/srv/train.py", line 12, in <module>
    load()
ValueError: the learning rate is negative
##[error]Process completed with exit code 1.
"""


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        pytest.param(HUB, "429 Client Error: Too Many Requests", id="the first of chained exceptions"),
        pytest.param(LOOKUP, "CUDA out of memory", id="a failed lookup is not the reason"),
        pytest.param(INTERRUPTED, "KeyboardInterrupt", id="an interrupted session"),
        pytest.param(CHILD, "arguments are required: --model", id="a server that did not start"),
    ],
)
def test_the_sentence_names_what_came_first(log: str, wanted: str) -> None:
    assert wanted in explained(log).says


def test_a_list_of_causes_is_shown_with_the_error_above_it() -> None:
    cause = explained(CAUSES)
    assert [line.number for line in cause.lines] == [1, 3]
    assert cause.family != "Java"


def test_a_cause_is_not_sure_if_a_later_step_failed_for_a_reason_of_its_own() -> None:
    cause = explained(TWO_STEPS)
    assert cause.confidence is not Confidence.HIGH


def test_a_log_that_begins_within_the_failed_step() -> None:
    log = (
        "Error: disk quota of the project is used up\n+ sccache_epilogue\n+ echo done\ndone\n"
        "##[error]Process completed with exit code 1.\n##[group]Run cat notes.log || true\n"
    )
    assert explained(log).step_failed


VERDICT = "compiling the graph\n❌ Kompilierung fehlgeschlagen!\nno provider for device code is there\n"


def test_a_verdict_of_a_script_is_shown_with_what_it_says_next() -> None:
    assert "no provider for device code" in " ".join(line.text for line in explained(VERDICT).lines)


def test_an_exception_in_lower_case_is_the_cause() -> None:
    log = """\
rank 1 up
Traceback (most recent call last):
  File "<string>", line 4, in <module>
struct.error: unpack requires a buffer of 16 bytes
--------------------------------------------------
a non-zero exit code. Per user-direction, the job has been aborted.
"""
    cause = explained(log)
    assert cause.says == "struct.error: unpack requires a buffer of 16 bytes"
    assert cause.confidence is Confidence.HIGH


def test_javascript_has_syntax_errors_of_its_own() -> None:
    log = "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON\n    at JSON.parse (<anonymous>)\n"
    assert "Python" not in explained(log).says
