"""`python -m tests.bench.bench_map [--quick]`: from a click until the page is idle, ours beside what else one could do.

Chromium without a network; every page gets the same clicks in turn; medians. An empty Streamlit page is the measure.
What must hold (issue 2, part 6): ours with 1,453 grids, 149 sites and 5,000 needs at most 1.5x the empty page and under
50 KB a click; with 14,530 grids at most 8x. Exits 1 when it does not.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from db import migrate
from db.engine import Database
from tests.bench import map_county
from tests.bench.map_harness import Counted, chromium, free_port, served

CLICKS = 15
SLOW_CLICKS = 3
MOST = {"ours": 1.5, "ours, 14,530 grids": 8.0}
MOST_BYTES = 50_000


@dataclass
class Way:
    """A page under measurement: how to click it, and what came of it."""

    name: str
    visitor: Counted
    click: Callable[[int], Callable[[], None]]
    first_ms: float
    clicks: int = CLICKS
    address: str = ""
    times: list[float] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def once(self, number: int) -> None:
        try:
            milliseconds, received = self.visitor.timed(self.click(number))
        except AssertionError as error:
            raise AssertionError(f"{self.name}, click {number}") from error
        self.times.append(milliseconds)
        self.sent.append(received)


def main() -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(chromium())
        ways = []
        plain = stack.enter_context(
            served("tests/bench/map_plain.py", free_port(), folder / "plain.log", **_plain(folder))
        )
        ways.append(_page("empty page", Counted(browser), f"{plain}/?way=empty"))
        sizes = [("ours", 1453)] if "--quick" in sys.argv else [("ours", 1453), ("ours, 14,530 grids", 14_530)]
        for name, grids in sizes:
            url = _county(folder / f"{grids}.db", grids)
            log = folder / f"{grids}.log"
            server = served("dashboard/server.py", free_port(), log, DASHBOARD_DATABASE_URL=url)
            ways.append(_ours(name, Counted(browser), stack.enter_context(server)))
        ways.append(_colour(Counted(browser), ways[1].address))
        for way in () if "--quick" in sys.argv else ("geojson", "loop"):
            ways.append(_page(f"st_folium {way}", Counted(browser), f"{plain}/?way={way}", clicks=SLOW_CLICKS))
        for number in range(CLICKS + 1):
            for way in ways:
                if number <= way.clicks:
                    way.once(number)
        return _tell(ways)


def _plain(folder: Path) -> dict[str, str]:
    """The same county as the comparison pages take it, and their settings."""
    count = 1453
    features = [
        {"type": "Feature", "properties": {"name": f"第{number}网格"}, "geometry": map_county.polygon(number, count)}
        for number in range(count)
    ]
    data = {
        "grids": {"type": "FeatureCollection", "features": features},
        "sites": map_county.points(149, 1),
        "needs": map_county.points(5000, 2),
    }
    path = folder / "data.json"
    path.write_text(json.dumps(data))
    return {
        "BENCH_MAP_DATA": str(path),
        "STREAMLIT_RUNNER_POST_SCRIPT_GC": "false",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    }


def _county(path: Path, grids: int) -> str:
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.write(lambda session: map_county.fill(session, grids=grids, now=datetime.now(UTC)))
    database.dispose()
    return str(database.url)


def _page(name: str, visitor: Counted, address: str, clicks: int = CLICKS) -> Way:
    """A comparison page; its button is clicked."""
    visitor.page.goto(address)
    visitor.page.wait_for_selector("text=CLICKS0", timeout=120_000)
    visitor.idle()
    visitor.page.wait_for_timeout(3000)
    button = visitor.page.get_by_role("button", name="click", exact=True)
    return Way(name, visitor, lambda _: button.click, _since_start(visitor), clicks)


def _ours(name: str, visitor: Counted, address: str) -> Way:
    """Our map page; another grid is clicked each time, its card opens beside the map."""
    visitor.enter(address)
    frame = visitor.map()
    first = _since_start(visitor)
    visitor.page.wait_for_timeout(3000)
    spots = visitor.grid_spots(frame)

    def click(number: int) -> Callable[[], None]:
        x, y = spots[(number + 1) * (len(spots) // (CLICKS + 2))]
        return lambda: visitor.page.mouse.click(x, y)

    return Way(name, visitor, click, first, address=address)


def _colour(visitor: Counted, address: str) -> Way:
    """Our map page again; here each click colours the grids by another figure, which runs the whole page."""
    visitor.enter(address)
    visitor.map()
    first = _since_start(visitor)
    visitor.page.wait_for_timeout(2000)
    figures = visitor.page.get_by_test_id("stButtonGroup").first.get_by_role("radio")
    return Way("ours, another colour", visitor, lambda number: figures.nth((number + 1) % 2).click, first)


def _since_start(visitor: Counted) -> float:
    return float(visitor.page.evaluate("() => performance.now()"))


def _tell(ways: list[Way]) -> int:
    """The table; the first click of each page only warms it up."""
    base = statistics.median(ways[0].times[1:])
    print(f"{'page':24} {'click -> idle':>14} {'worst':>9} {'x empty':>8} {'sent a click':>13} {'first':>8}  clicks")
    refused = 0
    for way in ways:
        times, sent = way.times[1:], max(way.sent[1:])
        middle = statistics.median(times)
        held = middle / base <= MOST.get(way.name, float("inf")) and (way.name != "ours" or sent < MOST_BYTES)
        refused += not held
        print(
            f"{way.name:24} {middle:11.0f} ms {max(times):6.0f} ms {middle / base:8.2f} {sent / 1000:10.1f} KB"
            f" {way.first_ms / 1000:6.1f} s {len(times):7}{'' if held else '  TOO MUCH'}"
        )
        foreign, errors = way.visitor.foreign, way.visitor.errors
        if foreign or errors:
            print(f"  foreign requests: {foreign[:3]}  script errors: {errors[:3]}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
