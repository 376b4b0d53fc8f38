"""A headless Chromium, spoken to by its own protocol."""

import json
import re
import shutil
import subprocess
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE_S = 60.0


class Tab:
    """One page of the browser."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self.session = ""
        self.problems: list[str] = []  # errors of scripts, and what the Content-Security-Policy refused

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol; events that arrive meanwhile are looked through for errors."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        self._connection.send(json.dumps({**message, "sessionId": self.session} if self.session else message))
        while True:
            answer = json.loads(self._connection.recv(timeout=PATIENCE_S))
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        before = self.value("performance.timeOrigin")
        self.call("Page.navigate", url=address)
        self.until(f"document.readyState === 'complete' && performance.timeOrigin !== {before}")

    def value(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, (expression, answer["exceptionDetails"])
        return answer["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.value(expression):
                return
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}\n{self.value('document.body.innerText')[:2000]}")

    def press(self, key: str) -> None:
        """Press a key."""
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key if len(key) == 1 else "")
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def screenshot(self, path: Path) -> None:
        """Save what is visible as a small picture."""
        answer = self.call("Page.captureScreenshot", format="png", optimizeForSpeed=False)
        path.write_bytes(b64decode(answer["data"]))

    def _note(self, event: dict[str, Any]) -> None:
        parameters = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(parameters["exceptionDetails"]))
        if event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.problems.append(parameters["entry"]["text"])


def chromium() -> str:
    """Return the path of the browser; empty if there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""


@contextmanager
def browsing(profile: Path, width: int = 1200, height: int = 800) -> Iterator[Tab]:
    """Start a browser with one tab."""
    words = (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-extensions", "--disable-background-networking", "--remote-debugging-port=0",
        f"--user-data-dir={profile}", f"--window-size={width},{height}", "about:blank",
    )  # fmt: skip
    with subprocess.Popen(
        [chromium(), *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as browser:
        try:
            address = _address(browser)
            with connect(address, max_size=64 << 20) as connection:
                tab = Tab(connection)
                target = tab.call("Target.createTarget", url="about:blank")["targetId"]
                tab.session = tab.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
                for domain in ("Page", "Runtime", "Log"):
                    tab.call(f"{domain}.enable")
                yield tab
        finally:
            browser.kill()
            browser.communicate()


def _address(browser: "subprocess.Popen[str]") -> str:
    """Return where it listens; one that does not say so in time is ended."""
    assert browser.stderr
    patience = threading.Timer(PATIENCE_S, browser.kill)
    patience.start()
    try:
        for line in browser.stderr:
            if match := re.search(r"DevTools listening on (ws://\S+)", line):
                return match[1]
    finally:
        patience.cancel()
    raise AssertionError("the browser did not start")
