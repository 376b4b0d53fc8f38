"""Programs that gave up, ended themselves or ran more than once: which of their errors counts."""

from tests.unit.explain._explained import explained

HEAD = 'Traceback (most recent call last):\n  File "/src/{name}.py", line 4, in <module>\n    run()\n'
NONE = (
    "ERROR: Could not find a version that satisfies the requirement {name}==0.6.5 (from versions: none)\n"
    "ERROR: No matching distribution found for {name}==0.6.5\n"
)


def test_the_last_attempt_says_why_a_program_gave_up() -> None:
    attempts = "".join(
        f"[retry] upload attempt {n}/3: ValueError: out.zip: only .tar archives are accepted\n" for n in (1, 2, 3)
    )
    end = f"{HEAD.format(name='a')}RuntimeError: upload: all 3 attempts failed\n"
    assert "only .tar archives are accepted" in explained(attempts + end).says
    assert "all 3 attempts failed" in explained(end).says


def test_a_program_that_ends_itself_survived_the_tracebacks_that_it_printed() -> None:
    trace = f"{HEAD.format(name='a')}ModuleNotFoundError: No module named 'h5py'\n"
    end = "plugins: ['csv', 'json']\na.py: error: unknown input format: 'parquet'\n"
    assert "parquet" in explained(trace + end, 2).says
    assert "h5py" in explained(trace + end.replace("a.py:", "make:"), 2).says


def test_of_two_runs_of_pip_the_last_one_ended_the_job() -> None:
    between = "Looking in links: ./wheels\nProcessing ./wheels/thrift.tar.gz\n  Preparing metadata\n"
    log = f"{NONE.format(name='thrift')}{between}"
    assert "pyhive" in explained(f"{log}{NONE.format(name='pyhive')}").says
    assert "thrift" in explained(NONE.format(name="thrift")).says


def test_a_server_that_failed_tells_more_than_its_client() -> None:
    server = f"{HEAD.format(name='app')}AttributeError: 'NoneType' object has no attribute 'execute'\n"
    request = '127.0.0.1 - - [29/Nov/2026 02:00:24] "GET /health HTTP/1.1" 500 59\n'
    client = f"{HEAD.format(name='client')}urllib.error.HTTPError: HTTP Error 500: Internal Server Error\n"
    assert "'NoneType' object" in explained(server + request + client).says


def test_a_reason_that_all_items_share_says_why_nothing_is_left() -> None:
    items = "".join(
        f"Processing cell type {n}\n  Failed to process {n}: select() got an unexpected keyword argument 'subset'\n"
        for n in ("pDC", "NK", "HSC")
    )
    end = "Error: No genes found across all cell types\n"
    assert "unexpected keyword argument 'subset'" in explained(items + end).says
    assert "No genes found" in explained(end).says
