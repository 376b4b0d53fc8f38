"""A client that cannot connect to this machine names no reason where the server's own error stands above it."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry.diagnosis import Confidence

CLIENT = 'psql: error: connection to server at "127.0.0.1", port 55443 failed: Connection refused\n'
POSTGRES = """waiting for server to start....
2026-11-29 01:24:33.990 UTC [12501] FATAL:  data directory "/srv/pg" has invalid permissions
2026-11-29 01:24:33.990 UTC [12501] DETAIL:  Permissions should be u=rwx (0700) or u=rwx,g=rx (0750).
pg_ctl: could not start server
127.0.0.1:55443 - no response
"""
GUNICORN = """[2026-11-29 01:24:17 +0000] [11] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/srv/app/config.py", line 3, in load
    return {"SECRET": os.environ["APP_SECRET_KEY"]}
KeyError: 'APP_SECRET_KEY'
curl: (56) Recv failure: Connection reset by peer
[2026-11-29 01:24:18 +0000] [10] [ERROR] Worker (pid:11) exited with code 3.
Traceback (most recent call last):
  File "/opt/venv/lib/python3.11/site-packages/gunicorn/arbiter.py", line 683, in reap_workers
    raise HaltServer(reason, self.WORKER_BOOT_ERROR)
gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>
curl: (7) Failed to connect to 127.0.0.1 port 18555 after 0 ms: Couldn't connect to server
smoke test: server exited with 1
"""


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (f"{POSTGRES}{CLIENT}migrations failed\n", 'data directory "/srv/pg" has invalid permissions'),
        (GUNICORN, "KeyError: 'APP_SECRET_KEY'"),
    ],
)
def test_the_error_of_the_server_leads(log: str, reason: str) -> None:
    assert reason in explained(log).says


def test_a_client_alone_is_the_cause() -> None:
    assert "Connection refused" in explained(f"checking the schema\n{CLIENT}migrations failed\n").lines[0].text


def test_a_client_of_another_machine_is_the_cause() -> None:
    remote = "curl: (7) Failed to connect to mirror.example.org port 443 after 12 ms: Couldn't connect to server\n"
    assert "mirror.example.org" in explained(f"{POSTGRES}server is up after all\n{remote}").says


def test_an_exception_that_another_one_led_to_is_no_server() -> None:
    log = """Traceback (most recent call last):
  File "/srv/pool.py", line 9, in get
    return self.free.pop()
IndexError: pop from empty list

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/worker.py", line 4, in <module>
    pool.get().ping()
redis.exceptions.ConnectionError: Error 111 connecting to 127.0.0.1:16399. Connection refused.
"""
    assert "Connection refused" in explained(log).says


@pytest.mark.parametrize(
    "quoted",
    [
        "  | /entry.sh: line 3: DB_URL: DB_URL must point to the database\n",
        "--- mysqld.log\n2026-11-29  1:33:28 0 [ERROR] Fatal error: Can't open tables: the url must point to one\n",
    ],
)
def test_the_log_of_the_server_may_stand_below_its_clients(quoted: str) -> None:
    client = "curl: (7) Failed to connect to localhost port 18222 after 0 ms: Couldn't connect to server\n"
    log = f"health check 1\n{client}health check 2\n{client}container is not healthy\n{quoted}"
    assert "must point" in explained(log).says


def test_a_refused_client_does_not_show_that_the_server_went_on() -> None:
    fatal = '2026-11-29 01:24:33.990 UTC [12501] FATAL:  lock file "postmaster.pid" already exists\n'
    assert "postmaster.pid" in explained(f"{fatal}waiting\nwaiting\nwaiting\nwaiting\n{CLIENT}").says


def test_the_output_that_pytest_captured_of_a_server_is_its_log() -> None:
    log = """______________ ERROR at setup of test_index ______________
>       else: pytest.fail("server did not come up")
E       Failed: server did not come up

conftest.py:8: Failed
------------- Captured stderr setup -------------
Traceback (most recent call last):
  File "/srv/srv.py", line 3, in <module>
    ctx.load_cert_chain("certs/dev.pem")
FileNotFoundError: [Errno 2] No such file or directory
=========== short test summary info ===========
ERROR test_api.py::test_index - Failed: server did not come up
1 error in 1.29s
"""
    assert "No such file or directory" in explained(log).says


def test_a_missing_table_below_another_error_is_not_certain() -> None:
    first = "Traceback (most recent call last):\n  File \"m.py\", line 2, in <module>\nKeyError: 'a0'\n"
    second = 'Traceback (most recent call last):\n  File "s.py", line 1, in <module>\n'
    log = f"== migrate\n{first}migration failed\n== seed\n{second}sqlite3.OperationalError: no such table: orders\n"
    assert explained(log).confidence is not Confidence.HIGH


def test_a_server_that_could_not_be_started_is_gone() -> None:
    log = f"pg_ctl: could not start server\nExamine the log output.\n{CLIENT}schema load failed\n"
    assert "could not start server" in explained(log).says


def test_a_wait_that_timed_out_is_not_the_reason() -> None:
    log = """Failed to pull image "registry.local/app:9": manifest unknown
Back-off pulling image "registry.local/app:9"
error: timed out waiting for the condition on deployments/app
"""
    assert "manifest" in " ".join(line.text for line in explained(log).lines)
