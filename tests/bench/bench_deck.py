"""`python -m tests.bench.bench_deck [--quick]`: from a key or a click until a deck's screen is drawn.

Chromium without a network; the monthly meeting of the sample county is frozen, opened and paged through, with the
clicks of an empty Streamlit page in turn; medians, the first of each left out. What must hold (issue 5, part 4):
opening a screen takes at most 1.5x the empty page's rerun, and opening the whole deck anew, which loads a page, at most
1.5x opening the empty one. Exits 1 when it does not.

Each is timed by the same clock, the browser's, and to the same moment: the first frame after what was asked for is
there. For the empty page that is the answer of its rerun; for a deck the screen with its pictures decoded.
"""

import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from dashboard.__main__ import main as dashboard
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import notebooks
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.services.signins import SAMPLE_USERNAMES
from dashboard.text import text
from dashboard.ui import deck_words, notebook_templates
from db.engine import Database
from db.models import Account
from tests.bench.map_harness import Counted, chromium, free_port, served

TIMES, QUICK = 25, 9
MOST = 1.5

#: Resolves with the milliseconds from the click on the empty page's button to the frame with its answer.
RERUN = """() => new Promise((drawn) => {
  const said = () => document.querySelector('[data-testid="stMain"]').innerText;
  const before = said();
  const begun = performance.now();
  const look = () => said() === before ? requestAnimationFrame(look)
    : requestAnimationFrame(() => setTimeout(() => drawn(performance.now() - begun)));
  [...document.querySelectorAll('button')].find((one) => one.innerText.trim() === 'click').click();
  requestAnimationFrame(look);
})"""
#: The same from a key to the frame with the other screen, pictures and all.
TURN = """(key) => new Promise((drawn) => {
  const shown = () => document.querySelector('.screen:not([hidden])');
  const before = shown();
  const begun = performance.now();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  if (shown() === before) throw new Error('the key turned no screen');
  Promise.all([...shown().querySelectorAll('img')].map((one) => one.decode())).then(() =>
    requestAnimationFrame(() => setTimeout(() => drawn(performance.now() - begun))));
})"""
#: Run in a page that opens: `drawnAt` is milliseconds from the navigation's start to the frame with the deck's screen,
#: pictures and all, or with what the empty page says.
OPENED = """addEventListener('DOMContentLoaded', async () => {
  const drawn = () => requestAnimationFrame(() => setTimeout(() => { window.drawnAt = performance.now(); }));
  if (document.querySelector('.screen')) {
    await Promise.all([...document.querySelectorAll('.screen:not([hidden]) img')].map((one) => one.decode()));
    return drawn();
  }
  const look = () => document.body.innerText.includes('CLICKS') ? drawn() : requestAnimationFrame(look);
  look();
})"""


@dataclass
class Way:
    """What is timed, and what came of it."""

    name: str
    once: Callable[[int], Any]
    beside: str = ""
    times: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.times[1:])


def main(arguments: list[str]) -> int:
    times = QUICK if "--quick" in arguments else TIMES
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, number = _meeting(folder / "county.db", "small" if times == QUICK else "full")
        browser = stack.enter_context(chromium())
        plain = stack.enter_context(
            served("tests/bench/map_plain.py", free_port(), folder / "plain.log", **_settings())
        )
        ours = served("dashboard/server.py", free_port(), folder / "ours.log", DASHBOARD_DATABASE_URL=url)
        address = stack.enter_context(ours)
        empty, deck = Counted(browser, 1280, 720), Counted(browser, 1280, 720)
        for visitor in (empty, deck):
            visitor.page.add_init_script(OPENED)
        empty.page.goto(f"{plain}/?way=empty")
        empty.page.wait_for_selector("text=CLICKS0", timeout=120_000)
        empty.idle()
        deck.enter(address, "coordinator")
        first = _open(deck.page, f"{address}/present/{number}")
        turning = [
            Way("empty page's rerun", lambda at: empty.page.evaluate(RERUN)),
            Way("a key opens a screen", lambda at: deck.page.evaluate(TURN, _key(at)), "empty page's rerun"),
        ]
        opening = [
            Way("empty page opened", lambda at: _open(empty.page, f"{plain}/?way=empty")),
            Way("deck opened", lambda at: _open(deck.page, f"{address}/present/{number}"), "empty page opened"),
        ]
        for ways in (turning, opening):
            for at in range(times + 1):
                for way in ways:
                    way.times.append(way.once(at))
        return _tell([*turning, *opening], first, [*deck.foreign, *deck.errors])


def _key(at: int) -> str:
    """There and back again, so that a key always turns a screen."""
    return "PageDown" if at % 2 == 0 else "PageUp"


def _open(page: Page, address: str) -> float:
    page.goto("about:blank")
    page.goto(address)
    return float(page.wait_for_function("() => window.drawnAt").json_value())


def _settings() -> dict[str, str]:
    return {
        "STREAMLIT_RUNNER_POST_SCRIPT_GC": "false",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    }


def _meeting(path: Path, size: str) -> tuple[str, int]:
    """A sample county with its monthly meeting frozen: its address and the freeze's number."""
    assert dashboard(["sample", "--size", size, "--db", f"sqlite:///{path}", "--json"]) == 0
    database = Database(f"sqlite:///{path}")
    with database.read() as session:
        row = session.query(Account).filter_by(username=SAMPLE_USERNAMES[Role.COORDINATOR]).one()
        who = Actor(row.id, row.display_name, Role.COORDINATOR, row.county, row.site_id)
    cells = notebook_templates.cells("meeting", "zh")
    title = text("zh", "notebook.template.meeting")
    book = perform(database, notebooks.create, who, now=datetime.now(UTC), title=title, cells=cells)["notebook_id"]
    number = deck_words.freeze(database, who, answer(database, notebooks.opened, who, notebook_id=book), "zh")[
        "freeze_id"
    ]
    database.dispose()
    return f"sqlite:///{path}", number


def _tell(ways: list[Way], first: float, wrong: list[str]) -> int:
    medians, refused = {way.name: way.median for way in ways}, 0
    print(f"{'':22} {'median':>9} {'worst':>9} {'times':>6}  ratio")
    for way in ways:
        ratio = way.median / medians[way.beside] if way.beside else 0.0
        refused += ratio > MOST
        said = f"{ratio:.2f} x {way.beside}{'' if ratio <= MOST else '  TOO MUCH'}" if way.beside else ""
        print(f"{way.name:22} {way.median:6.0f} ms {max(way.times[1:]):6.0f} ms {len(way.times) - 1:6}  {said}")
    rerun = medians["deck opened"] / medians["empty page's rerun"]
    print(f"deck opened: {rerun:.2f} x empty page's rerun")
    print(f"the first opening after the server's start, its charts not yet drawn: {first:.0f} ms")
    if wrong:
        print(f"foreign requests or script errors: {wrong[:3]}")
    return 1 if refused or wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
