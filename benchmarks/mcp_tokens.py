"""Tokens of usual tasks over MCP, the command line, and plain logs: PYTHONPATH=src python -m benchmarks.mcp_tokens.

Each side answers the same question about the same runs. What an agent reads once, the descriptions of tools or the
skill page, is a row of its own. Plain logs are `docker logs` piped to tail or grep, as agents type them.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.agent_day import CHARACTERS, CHECKOUT
from mcp import Client
from mcp_types import TextContent
from tests.fakes.ledger import FakeRun, make_project, make_run

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import Settings
from sygaldry.mcp_server.place import Place
from sygaldry.mcp_server.server import build_server

Call = tuple[str, dict[str, str]]
Task = tuple[str, Call, tuple[str, ...], str]  # its name; over MCP, the command line, a plain shell

_FIND: Final = {"job": "build", "find": "part29"}
_BUILD: Final = b"".join(b"[%d/400] Building CXX object src/part%d.cc.o\n" % (n, n) for n in range(1, 301))
_ERROR: Final = b"src/x.cc:3:1: error: unknown type name 'foo'\nninja: build stopped: subcommand failed.\n"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="sygaldry-mcp-") as folder:
        root, workspace = Path(folder, "storage"), Path(folder, "work")
        workspace.mkdir()
        jobs = make_project(root, "demo", workspace)
        failed = make_run(jobs, FakeRun("build", "FAILED", 1, log=_BUILD + _ERROR))
        for number in range(5):
            make_run(jobs, FakeRun(f"test-{number}", age_s=100))
        log = failed.log()
        place = ("--storage-root", str(root), "--workspace", str(workspace), "--project-id", "demo")
        resolved = Resolved(Settings(storage_root=str(root), workspace=str(workspace), project_id="demo"))
        why, lines = f"grep -n -i error {log} | tail; tail -n 50 {log}", f"grep -n part29 {log}"
        tasks: tuple[Task, ...] = (
            ("state of a job", ("job_status", {"job": "build"}), ("status", "build"), f"tail -n 20 {log}"),
            ("wait for its end", ("wait_job", {"job": "build"}), ("wait", "build"), f"tail -n 20 {log}"),
            ("why it failed", ("explain_job", {"job": "build"}), ("explain", "--job", "build"), why),
            ("lines with a text", ("job_log", _FIND), ("logs", "build", "--grep", "part29"), lines),
            ("what ran", ("list_jobs", {}), ("list",), f"tail -n 3 {jobs}/*/*.log"),
        )  # fmt: skip
        over_mcp = asyncio.run(_ask(Place(resolved, str(workspace)), [task[1] for task in tasks]))
        skill = (CHECKOUT / "skills" / "sygaldry-jobs" / "SKILL.md").read_text()
        print(f"{'':24}{'MCP':>8}{'CLI':>8}{'plain':>8}")
        print(f"{'read once':24}{over_mcp[0] / CHARACTERS:8.0f}{len(skill) / CHARACTERS:8.0f}{0:8}")
        for number, (name, _, words, plain) in enumerate(tasks, 1):
            ours, theirs = len(_cli(words, place)), len(_shell(plain))
            print(f"{name:24}{over_mcp[number] / CHARACTERS:8.0f}{ours / CHARACTERS:8.0f}{theirs / CHARACTERS:8.0f}")


async def _ask(place: Place, calls: list[Call]) -> list[int]:
    """Return the characters of the tool list and of each answer."""
    async with Client(build_server(place, read_only=False)) as client:
        tools = (await client.list_tools()).tools
        sizes = [sum(len(json.dumps(tool.model_dump(exclude_none=True))) for tool in tools)]
        for name, arguments in calls:
            content = (await client.call_tool(name, dict(arguments))).content
            sizes.append(sum(len(each.text) for each in content if isinstance(each, TextContent)))
    return sizes


def _cli(words: tuple[str, ...], place: tuple[str, ...]) -> str:
    command = [sys.executable, "-m", "sygaldry", "job", words[0], *place, *words[1:]]
    environment = {"PYTHONPATH": str(CHECKOUT / "src"), "PATH": "/usr/bin:/bin", "CLAUDECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _shell(command: str) -> str:
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


if __name__ == "__main__":
    main()
