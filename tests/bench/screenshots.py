"""`make screenshots`: the README's pictures, taken of the full sample county in a real browser with the network cut."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.__main__ import main as dashboard
from dashboard.text import text
from tests.browser.conftest import ARGUMENTS, AS_ROOT, PATIENCE, PHONE, WIDE, settled
from tests.serving import ROOT, Served, serving

OUT = ROOT / "docs" / "screenshots"
SETTLING_MS = 3000
#: Name of the picture -> role, path, window.
PICTURES = {
    "map": ("coordinator", "/", WIDE),
    "needs": ("coordinator", "/needs", WIDE),
    "match": ("coordinator", "/match", WIDE),
    "match-all": ("coordinator", "/match", WIDE),
    "teams": ("leader", "/teams", WIDE),
    "volunteers": ("coordinator", "/volunteers", WIDE),
    "imports": ("admin", "/imports", WIDE),
    "audit": ("admin", "/audit", WIDE),
    "map-phone": ("coordinator", "/", PHONE),
    "needs-phone": ("coordinator", "/needs", PHONE),
}


def _page(browser: Browser, served: Served, role: str, window: dict[str, int]) -> Page:
    context = browser.new_context(viewport=window, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{served.url}/signin")
    page.locator(f"button[value='{role}']").click()
    page.wait_for_selector("[data-testid='stMain']")
    return page


def _take(page: Page, url: str, path: Path) -> None:
    # The first visit fills the server's caches, the second is the picture.
    for _ in range(2):
        page.goto(url)
        _idle(page)
    if path.stem == "match":
        _pick_a_row(page)
    elif path.stem == "match-all":
        _match_all(page)
    # Away from the tables: under the pointer their tools lie over the words above them.
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    page.screenshot(path=path)


def _idle(page: Page) -> None:
    """Wait until all is drawn: what is still being fetched stands as grey bars, and a map is drawn after its page."""
    for _ in range(2):
        settled(page)
        page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
        for frame in page.frames:
            if "streamlit_folium" in frame.url:
                frame.wait_for_function("window.civicMap && window.civicMap.report().ready")
        page.wait_for_timeout(SETTLING_MS)


def _pick_a_row(page: Page) -> None:
    """Tick lines of the queue until one can still be served: its wanted time lies ahead and somebody is free then. The
    table is a canvas, so by its place: a row is 35 pixels high."""
    box = page.locator("[data-testid='stDataFrame']").first.bounding_box()
    assert box is not None
    for row in range(1, int(box["height"] / 35)):
        page.mouse.click(box["x"] + 17, box["y"] + 35 * row + 17)
        # A run begins a moment after the click and is over when the page is idle again.
        page.wait_for_timeout(1000)
        settled(page)
        past = page.get_by_text(text("zh", "dispatches.time_past")).count()
        if page.locator(".st-key-match-send").count() and not past:
            _idle(page)
            return
    raise AssertionError("no need in sight can be served any more")


def _match_all(page: Page) -> None:
    """Solve for all open needs, and tick a row of the plan."""
    page.locator(".st-key-match-mode").get_by_role("radio").nth(1).click()
    page.locator(".st-key-match-solve button").click()
    page.wait_for_selector(".st-key-match-numbers", timeout=300_000)
    _idle(page)
    page.locator(".st-key-match-rows tbody input").nth(3).check()
    _idle(page)


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'sample.db'}"
        if dashboard(["sample", "--db", url]):
            return 1
        with serving(url) as served, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*ARGUMENTS, *AS_ROOT])
            for name, (role, path, window) in PICTURES.items():
                page = _page(browser, served, role, window)
                _take(page, served.url + path, OUT / f"{name}.png")
                page.context.close()
                print(OUT / f"{name}.png")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
