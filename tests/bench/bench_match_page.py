"""`python -m tests.bench.bench_match_page [--needs N]`: an edit of a plan, from the click until the page is idle.

A sample county with about 5,000 open needs is matched in a real browser; then rows are ticked and forbidden one after
the other, each edit solved again, drawn again. Beside it an almost empty Streamlit page gets clicks of its own in turn.
What must hold: the edit is on screen (rows, numbers and differences of the new version painted) in at most 2x the empty
page's click. The map's lines follow a frame later, then the page runs; until all is idle is shown beside it. Exits 1
when it does not hold.
"""

import argparse
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from dashboard.__main__ import main as dashboard
from tests.bench.map_harness import Counted, chromium, free_port, served

CLICKS = 15
MOST = 2.0
#: Milliseconds in which the whole county is read, solved, proven and recorded.
PATIENCE = 600_000
_PLAIN = {
    "BENCH_MAP_DATA": "",
    "STREAMLIT_RUNNER_POST_SCRIPT_GC": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
}


#: Notes when all three parts of the plan show a newer version and the browser has painted them.
PAINTED = """() => {
  const keys = ["numbers", "rows", "strip"].map((part) => `.st-key-match-${part} [data-shown]`);
  const shown = () => keys.map((key) => Number((document.querySelector(key) || { dataset: {} }).dataset.shown));
  const seen = (window.benchPlan = { version: Math.max(...shown()), painted: 0 });
  new MutationObserver(() => {
    const [version, ...others] = shown();
    if (!(version > seen.version) || others.some((other) => other !== version)) return;
    seen.version = version;
    const painted = new MessageChannel();
    painted.port1.onmessage = () => { seen.painted = performance.now(); };
    requestAnimationFrame(() => painted.port2.postMessage(null));
  }).observe(document, { subtree: true, attributeFilter: ["data-shown"] });
}"""


class Plan:
    """Our page with a plan solved, and rows to forbid."""

    def __init__(self, visitor: Counted, address: str) -> None:
        self.visitor, page = visitor, visitor.page
        visitor.enter(address)
        page.goto(f"{address}/match")
        visitor.idle()
        page.locator(".st-key-match-mode").get_by_role("radio").nth(1).click()
        visitor.idle()
        page.locator(".st-key-match-solve button").click()
        page.wait_for_selector(".st-key-match-numbers", timeout=PATIENCE)
        visitor.map()
        page.wait_for_timeout(3000)
        page.evaluate(PAINTED)
        self.clicked = 0.0

    def ready(self, number: int) -> None:
        """Tick a row, and let the page draw what belongs to it."""
        self.visitor.page.locator(".st-key-match-rows tbody input").nth(number % 6).check()
        self.visitor.page.wait_for_timeout(2000)

    def forbid(self) -> None:
        """Forbid what is ticked."""
        self.clicked = self.visitor.page.evaluate("() => performance.now()")
        self.visitor.page.locator(".st-key-match-rows button[data-kind=forbid]").click()

    def on_screen(self) -> float:
        """Milliseconds from the last click until its edit was painted."""
        painted: float = self.visitor.page.evaluate("() => window.benchPlan.painted")
        assert painted > self.clicked, "the edit was never drawn"
        return painted - self.clicked

    def edits(self) -> int:
        """How many edits the page says there are."""
        label = self.visitor.page.locator(".st-key-match-plan-view").get_by_role("radio").nth(2).inner_text()
        return int(label.split()[-1].replace(",", ""))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=4700, help="open needs on top of the sample's own")
    parser.add_argument("--db", help="a sample county made before")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = arguments.db or f"sqlite:///{folder / 'sample.db'}"
        if not arguments.db and dashboard(["sample", "--db", url, "--needs", str(arguments.needs)]):
            return 1
        browser = stack.enter_context(chromium())
        plain = stack.enter_context(served("tests/bench/map_plain.py", free_port(), folder / "plain.log", **_PLAIN))
        ours = stack.enter_context(
            served("dashboard/server.py", free_port(), folder / "ours.log", DASHBOARD_DATABASE_URL=url)
        )
        plan, empty = Plan(Counted(browser), ours), Counted(browser)
        empty.page.goto(f"{plain}/?way=empty")
        empty.page.wait_for_selector("text=CLICKS0")
        empty.idle()
        button = empty.page.get_by_role("button", name="click", exact=True)
        times: dict[str, list[float]] = {"empty page": [], "edit on screen": [], "edit until idle": []}
        sent: dict[str, list[int]] = {name: [] for name in times}
        before = plan.edits()
        for number in range(CLICKS + 1):
            plan.ready(number)
            acts = {"empty page": (empty, button.click), "edit until idle": (plan.visitor, plan.forbid)}
            for name, (visitor, act) in acts.items():
                milliseconds, received = visitor.timed(act)
                times[name].append(milliseconds)
                sent[name].append(received)
            times["edit on screen"].append(plan.on_screen())
        assert plan.edits() == before + CLICKS + 1, "not every click was an edit"
        return _tell(times, sent)


def _tell(times: dict[str, list[float]], sent: dict[str, list[int]]) -> int:
    """The table; the first click of each only warms it up."""
    base = statistics.median(times["empty page"][1:])
    print(f"{'click':16} {'median':>9} {'worst':>9} {'x empty':>8} {'sent a click':>13}")
    for name, all_of_them in times.items():
        some, middle = all_of_them[1:], statistics.median(all_of_them[1:])
        bytes_ = f"{statistics.median(sent[name][1:]) / 1000:10.1f} KB" if sent[name] else ""
        print(f"{name:16} {middle:6.0f} ms {max(some):6.0f} ms {middle / base:8.2f} {bytes_}")
    held = statistics.median(times["edit on screen"][1:]) / base <= MOST
    print("held" if held else f"TOO MUCH: an edit may take {MOST} times the empty page")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
