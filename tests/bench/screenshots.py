"""`make screenshots`: the README's pictures, taken of the full sample county in a real browser with the network cut."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.__main__ import main as dashboard
from tests.browser.conftest import ARGUMENTS, AS_ROOT, PATIENCE, PHONE, WIDE
from tests.serving import ROOT, Served, serving

TODAY = "2026-11-20"
OUT = ROOT / "docs" / "screenshots"
#: Name of the picture -> role, path, window.
PICTURES = {
    "map": ("coordinator", "/", WIDE),
    "needs": ("coordinator", "/needs", WIDE),
    "match": ("coordinator", "/match", WIDE),
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
    page.goto(url)
    page.wait_for_selector("[data-testid='stMain'] [data-testid='stVerticalBlock']")
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    # The map draws what it fetched after the page is idle.
    page.wait_for_timeout(4000)
    page.screenshot(path=path)


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'sample.db'}"
        if dashboard(["sample", "--today", TODAY, "--db", url]):
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
