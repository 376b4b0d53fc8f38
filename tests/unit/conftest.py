"""Unit tests build values and compare values: starting a process or opening a socket is a mistake."""

import os
import socket
import subprocess
from typing import Any, NoReturn

import pytest


@pytest.fixture(autouse=True)
def _no_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a unit test starts no process and opens no socket")

    monkeypatch.setattr(subprocess, "Popen", refused)
    monkeypatch.setattr(os, "fork", refused)
    monkeypatch.setattr(socket, "socket", refused)
