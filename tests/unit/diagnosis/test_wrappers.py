"""A message that only reports the failure of another program gives way to that program's own."""

from tests.unit.explain._explained import explained

HEAD = 'Traceback (most recent call last):\n  File "/src/{name}.py", line 4, in <module>\n    run()\n'


def test_a_server_that_failed_tells_more_than_its_client() -> None:
    server = f"{HEAD.format(name='app')}AttributeError: 'NoneType' object has no attribute 'execute'\n"
    request = '127.0.0.1 - - [29/Nov/2026 02:00:24] "GET /health HTTP/1.1" 500 59\n'
    client = f"{HEAD.format(name='client')}urllib.error.HTTPError: HTTP Error 500: Internal Server Error\n"
    assert "'NoneType' object" in explained(server + request + client).says
