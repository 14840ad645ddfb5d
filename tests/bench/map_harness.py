"""A browser that counts: servers of this run, Chromium with every foreign host cut, clicks timed until idle."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Frame, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

#: Notes, by the clock of the browser, when the server last said something, when the page last changed (`data-shown` is
#: the map's card) and when its thread was last busy (frames of our own origin share that thread, so a map that draws
#: itself again counts too).
WATCH = """() => {
  const seen = (window.bench = { heard: 0, changed: 0, busy: 0 });
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...words) {
      super(...words);
      this.addEventListener('message', () => { seen.heard = performance.now(); });
    }
  };
  const looked = { childList: true, characterData: true, subtree: true, attributeFilter: ['data-shown'] };
  new MutationObserver(() => { seen.changed = performance.now(); }).observe(document, looked);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) seen.busy = Math.max(seen.busy, task.startTime + task.duration);
  }).observe({ entryTypes: ['longtask'] });
}"""

SPOTS = """() => {
  const county = window.civicMap.current;
  const free = [];
  for (const layer of county.shelves.grid.values()) {
    const at = county.map.latLngToContainerPoint(layer.getBounds().getCenter()).round();
    const top = document.elementFromPoint(at.x, at.y);
    const hit = layer._containsPoint(county.map.containerPointToLayerPoint(at));
    if (top && top.tagName === 'CANVAS' && hit) free.push([at.x, at.y]);
  }
  return free;
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(script: str, port: int, log: Path, **environment: str) -> Iterator[str]:
    """A Streamlit server of a script of this checkout, stopped at the end. Yields its address."""
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script,
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=out, stderr=out)
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                answer.read()
                return
        except urllib.error.HTTPError:
            return  # the gate answers for a stranger: the server is up
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError("the server did not start:\n" + log.read_text(errors="replace")[-2000:])


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Counted:
    """A page that counts what the network brings and notes requests to foreign hosts and script errors."""

    def __init__(self, browser: Browser, width: int = 1440, height: int = 900, **context: Any) -> None:
        self.page: Page = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", **context
        ).new_page()
        self.page.add_init_script(f"if (window === window.top) ({WATCH})()")
        self.received = 0
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._frame))
        self.page.on("requestfinished", self._finished)
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.errors.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def _frame(self, payload: str | bytes) -> None:
        self.received += len(payload if isinstance(payload, bytes) else payload.encode())

    def _finished(self, request: Any) -> None:
        self.received += request.sizes()["responseBodySize"]

    def _request(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")):
            self.foreign.append(request.url)

    def idle(self, timeout: float = 120_000) -> None:
        self.page.wait_for_selector('[data-testid="stApp"]', timeout=timeout)
        self.page.wait_for_function(
            """() => document.querySelector('[data-testid="stApp"]')
                .getAttribute('data-test-script-state') === 'notRunning'""",
            timeout=timeout,
        )

    def enter(self, address: str, role: str = "coordinator") -> None:
        """Into a sample county by the button for this role."""
        self.page.goto(f"{address}/signin")
        self.page.click(f"button[name=role][value={role}]")
        self.idle()

    def map(self, timeout: float = 60) -> Frame:
        """The frame of the county map, with everything loaded."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for frame in self.page.frames:
                if "streamlit_folium" not in frame.url:
                    continue
                with contextlib.suppress(Exception):
                    report = frame.evaluate("() => window.civicMap && window.civicMap.report()")
                    if report and report["ready"]:
                        return frame
            self.page.wait_for_timeout(50)
        raise AssertionError("no map was drawn")

    def grid_spots(self, frame: Frame) -> list[tuple[float, float]]:
        """Places on the page in the middle of grids, with no marker above, to be clicked with the mouse."""
        box = frame.frame_element().bounding_box()
        assert box is not None
        height = self.page.viewport_size["height"] if self.page.viewport_size else 0
        spots = [(box["x"] + x, box["y"] + y) for x, y in frame.evaluate(SPOTS)]
        return [(x, y) for x, y in spots if y < height - 5]

    def timed(self, click: Any, settle_ms: float = 500) -> tuple[float, int]:
        """(milliseconds from a click until the page is idle and stays so, bytes received)."""
        before = self.received
        start = self.page.evaluate("() => performance.now()")
        click()
        seen: Any = None
        quiet_since = time.monotonic()
        while True:
            now = self.page.evaluate("() => window.bench")
            if now != seen:
                seen, quiet_since = now, time.monotonic()
            waited = (time.monotonic() - quiet_since) * 1000
            if max(now["heard"], now["changed"]) > start and waited > settle_ms:
                return max(now.values()) - start, self.received - before
            if waited > 60_000:
                raise AssertionError(f"nothing ever answered: {now}")
            self.page.wait_for_timeout(30)
