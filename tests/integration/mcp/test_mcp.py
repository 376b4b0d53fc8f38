"""The MCP server, asked by the official client over stdio and streamable HTTP."""

import asyncio
import fcntl
import json
import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent, TextResourceContents
from tests.fakes.ledger import FakeRun, make_project, make_run
from tests.integration.conftest import CHECKOUT, World

from sygaldry.mcp_server.budget import CHARACTERS

Answer = TypeVar("Answer")
READING = {
    "doctor", "env_status", "explain_job", "gpu_diagnose", "job_log", "job_status", "list_jobs", "wait_job",
}  # fmt: skip
CHANGING = {"launch", "run_job", "stop_job"}
FAILURE = b"cc -c a.c\na.c:1:10: fatal error: zlib.h: No such file or directory\nmake: *** [a.o] Error 1\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    workspace = tmp_path / "work"
    workspace.mkdir()
    return World(tmp_path / "storage", {"SYGALDRY_WORKSPACE": str(workspace), "SYGALDRY_PROJECT_ID": "demo"})


def program(*options: str) -> list[str]:
    return [sys.executable, "-m", "sygaldry", "mcp", *options]


def asked(world: World, act: Callable[[Client], Awaitable[Answer]], *options: str) -> Answer:
    """Run the server over stdio and ask it."""

    async def ask() -> Answer:
        command, *arguments = program(*options)
        environment = world.environment(PYTHONPATH=str(CHECKOUT / "src"))
        async with Client(StdioServerParameters(command=command, args=arguments, env=environment)) as client:
            return await act(client)

    return asyncio.run(asyncio.wait_for(ask(), 90))


def text_of(result: CallToolResult) -> str:
    assert len(result.content) == 1
    content = result.content[0]
    assert isinstance(content, TextContent)
    return content.text


def jobs_of(world: World) -> Path:
    return make_project(world.root, "demo", Path(world.variables["SYGALDRY_WORKSPACE"]))


def test_the_tools_are_annotated_and_state_their_budgets(world: World) -> None:
    jobs_of(world)
    tools = {tool.name: tool for tool in asked(world, lambda client: client.list_tools()).tools}
    assert set(tools) == READING | CHANGING
    for name, tool in tools.items():
        assert tool.annotations
        assert tool.annotations.read_only_hint is (name in READING)
        assert tool.annotations.destructive_hint is (name == "stop_job")
        assert re.search(r"at most \d+ tokens", tool.description or ""), name


def test_read_only_leaves_out_what_changes_anything(world: World) -> None:
    jobs_of(world)
    tools = asked(world, lambda client: client.list_tools(), "--read-only")
    assert {tool.name for tool in tools.tools} == READING


def test_a_failed_job_is_listed_explained_and_read(world: World) -> None:
    paths = make_run(jobs_of(world), FakeRun("build", "FAILED", 2, log=FAILURE + b"x" * 1_000_000))

    async def ask(client: Client) -> dict[str, str]:
        calls = {
            "list": ("list_jobs", {}),
            "status": ("job_status", {"job": "build"}),
            "wait": ("wait_job", {"job": "build"}),
            "explain": ("explain_job", {"job": "build"}),
            "find": ("job_log", {"job": "build", "find": "zlib"}),
            "end": ("job_log", {"job": "build"}),
            "absent": ("job_status", {"job": "nothing"}),
            "hostile": ("job_status", {"job": "../../etc/passwd"}),
        }
        answers = {name: await client.call_tool(*call) for name, call in calls.items()}
        assert {name for name, each in answers.items() if each.is_error} == {"absent", "hostile"}
        found = {name: text_of(each) for name, each in answers.items()}
        ledger = await client.read_resource(f"sygaldry://jobs/build/{paths.run}/ledger")
        log = await client.read_resource("sygaldry://jobs/build/newest/log")
        for name, each in (("ledger", ledger.contents[0]), ("log", log.contents[0])):
            assert isinstance(each, TextResourceContents)
            found[name] = each.text
        return found

    found = asked(world, ask)
    assert found["list"].startswith("FAILED build ")
    assert found["status"].startswith("FAILED ")
    assert found["wait"].endswith("[ended]")
    assert "zlib.h" in found["explain"]
    assert found["find"].splitlines()[0].startswith("10: a.c:1:10: fatal error")
    assert found["end"].endswith("[end of the log]")
    assert "there is no job 'nothing'" in found["absent"]
    assert "not a valid job name" in found["hostile"]
    assert '"event": "exit"' in found["ledger"]
    assert max(len(text) for text in found.values()) <= 4000 * CHARACTERS


def test_a_wait_is_bounded_and_says_that_it_goes_on(world: World) -> None:
    error = {"event": "error", "kind": "cc", "text": "a.c:1: error: no", "at": 3}
    paths = make_run(jobs_of(world), FakeRun("slow", "PROGRESS", events=(error,)))
    with locked(paths.supervisor_lock):

        async def ask(client: Client) -> list[str]:
            calls: list[dict[str, object]] = [
                {"timeout_s": 0.5},
                {"on": "error"},
                {"on": "error", "cursor": 3, "timeout_s": 0.5},
            ]
            return [text_of(await client.call_tool("wait_job", {"job": "slow", **each})) for each in calls]

        running, event, after = asked(world, ask)
    assert running.endswith("[running: call again]")
    assert event.endswith("[event: cursor=3]")
    assert after.endswith("[running: call again with cursor=3]")


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold the lock of a supervisor."""
    with Path(path).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.mark.sandbox
def test_a_job_is_run_waited_for_and_stopped(world: World) -> None:
    jobs_of(world)
    sandboxed = World(world.root, {**world.variables, "SYGALDRY_RUNTIME": "sandbox"})

    async def ask(client: Client) -> list[str]:
        calls: list[tuple[str, dict[str, object]]] = [
            ("run_job", {"job": "quick", "command": "echo one; exit 3", "wait_s": 30}),
            ("run_job", {"job": "long", "command": "sleep 600"}),
            ("stop_job", {"job": "long"}),
            ("launch", {"command": "echo out; echo err >&2; exit 4"}),
            ("launch", {"command": "sleep 60", "timeout_s": 1}),
        ]
        return [text_of(await client.call_tool(*call)) for call in calls]

    quick, long, stopped, launched, cut = asked(sandboxed, ask)
    assert quick.startswith("FAILED ")
    assert "rc=3" in quick
    assert long.startswith("job long started")
    assert "state=STOPPED" in stopped
    assert launched == "out\nerr\n[exit code 4]"
    assert cut.endswith("[exit code 124]")


def test_streamable_http_is_behind_the_token(world: World) -> None:
    import httpx2 as httpx
    from mcp.client.streamable_http import streamable_http_client

    make_run(jobs_of(world), FakeRun("build"))
    with subprocess.Popen(
        program("--http"), env=world.environment(PYTHONPATH=str(CHECKOUT / "src")), stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        match = re.fullmatch(r"(http://127\.0\.0\.1:\d+/mcp)  Authorization: Bearer (\S+)\n", server.stdout.readline())
        assert match
        address, token = match.groups()
        assert httpx.post(address, json={}).status_code == 401
        authorized = {"authorization": f"Bearer {token}"}
        assert httpx.post(address, json={}, headers={**authorized, "host": "evil.example"}).status_code == 421
        assert httpx.post(address, json={}, headers={**authorized, "origin": "http://evil.example"}).status_code == 403

        async def ask() -> str:
            async with (
                httpx.AsyncClient(headers=authorized) as http,
                Client(streamable_http_client(address, http_client=http)) as client,
            ):
                return text_of(await client.call_tool("list_jobs", {}))

        assert asyncio.run(asyncio.wait_for(ask(), 120)).startswith("DONE build ")
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


def test_rubbish_is_answered_or_left_out_and_the_next_request_is_served(world: World) -> None:
    make_run(jobs_of(world), FakeRun("build"))
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    long = {"name": "job_status", "arguments": {"job": "x" * 1_000_000}}
    nan = {"name": "wait_job", "arguments": {"job": "build", "timeout_s": float("nan")}}
    lines = [
        *(b"rubbish", b"{}", b"[]", b'{"jsonrpc":"2.0","id":', b"", b"\xff\xfe", b"null", b"[" * 100_000),
        *map(_line, (("initialize", hello), ("notifications/initialized", None), ("tools/call", long))),
        _line(("tools/call", nan), number=4),
        _line(("tools/call", {"name": "job_status", "arguments": {"job": "build"}}), number=5),
    ]
    with subprocess.Popen(
        program(),
        env=world.environment(PYTHONPATH=str(CHECKOUT / "src")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(b"\n".join(lines) + b"\n")
        server.stdin.flush()
        found: dict[int, dict[str, Any]] = {}
        while 5 not in found or 3 not in found:
            answer = json.loads(server.stdout.readline())
            found[answer.get("id")] = answer
        server.stdin.close()
        assert server.wait(60) == 0
    assert len(json.dumps(found[3])) < 2000
    assert found[3]["result"]["isError"] is True
    assert found[5]["result"]["content"][0]["text"].startswith("DONE ")


def _line(request: tuple[str, dict[str, Any] | None], number: int = 3) -> bytes:
    method, parameters = request
    identity = {} if method.startswith("notifications/") else {"id": 1 if method == "initialize" else number}
    rest = {} if parameters is None else {"params": parameters}
    return json.dumps({"jsonrpc": "2.0", **identity, "method": method, **rest}).encode()


def test_stdio_ends_with_its_client(world: World) -> None:
    jobs_of(world)
    environment = world.environment(PYTHONPATH=str(CHECKOUT / "src"))
    done = subprocess.run(program(), env=environment, input=b"", capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"")
