"""The real server on a free port of this machine, for the tests that need one."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
#: Seconds to wait for a server to answer: it imports Streamlit and pandas first, beside other tests.
PATIENCE = 60


@dataclass
class Served:
    """A running server: its address, and what it wrote to its console."""

    url: str
    console: Path
    process: "subprocess.Popen[bytes]"
    browser: requests.Session = field(default_factory=requests.Session)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def said(self) -> str:
        return self.console.read_text(encoding="utf-8")

    def setup_token(self) -> str:
        """The token for the first admin, as the console shows it."""
        found = re.search(r"Set-up token[^:]*: (\S+)", self.said())
        assert found is not None, self.said()
        return found.group(1)

    def enter_as(self, role: str) -> requests.Session:
        """A browser without a screen, inside as this role of the sample."""
        browser = requests.Session()
        answer = browser.post(f"{self.url}/signin/as", data={"role": role}, allow_redirects=False, timeout=20)
        assert answer.status_code == 303, answer.text
        return browser


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(database_url: str, *more: str) -> Iterator[Served]:
    """`python -m dashboard run` on a free port, until the block is left."""
    port = free_port()
    words = [sys.executable, "-m", "dashboard", "run", "--port", str(port), "--db", database_url, *more]
    with started(words, f"http://127.0.0.1:{port}", "/healthz") as served:
        yield served


@contextmanager
def started(words: list[str], url: str, health: str) -> Iterator[Served]:
    """A server started by these words, once it answers under `health`."""
    with tempfile.TemporaryDirectory() as folder:
        console = Path(folder) / "console.txt"
        with console.open("wb") as out:
            process = subprocess.Popen(
                words,
                cwd=ROOT,
                stdout=out,
                stderr=out,
                # Its own clock would change rows under a test; those of the tick say otherwise.
                env={"DASHBOARD_TICK_SECONDS": "0"} | os.environ | {"PYTHONUNBUFFERED": "1"},
            )
        served = Served(url, console, process)
        try:
            _wait(served, health)
            yield served
        finally:
            served.browser.close()
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(15)


def _wait(served: Served, health: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert served.process.poll() is None, served.said()
        try:
            if requests.get(served.url + health, timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError(f"no answer within {PATIENCE} s: {served.said()}")
