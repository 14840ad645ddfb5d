"""A real Chromium before the real server, with every foreign host cut and every request watched."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dashboard.core.words import Role
from dashboard.text import text
from tests.serving import Served, serving

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
#: Chromium's sandbox refuses to run as root.
AS_ROOT = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
#: Milliseconds for a page to be drawn and idle, on a busy machine.
PATIENCE = 60_000
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
#: Requests that leave no machine.
INNER = ("data:", "blob:", "about:")

OpenAs = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file: as long as it is there a loop of its own runs in this process, and tests with theirs can't."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "chromium is missing: tests/programs.sh says how to install it"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *AS_ROOT])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def served_county(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server on a copy of the small sample county that all journeys of a run share."""
    path = tmp_path_factory.mktemp("browser") / "county.db"
    shutil.copy(small_county, path)
    with serving(f"sqlite:///{path}") as served:
        yield served


class Watch:
    """What a browser did that it must not: requests to other machines, dialogs, errors of our scripts."""

    def __init__(self, context: BrowserContext, served: Served) -> None:
        self.foreign: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        self._home = (served.url + "/", f"ws://{served.host}/", *INNER)
        context.on("request", lambda request: self._note(request.url))
        context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        page.on("websocket", lambda opened: self._note(opened.url))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, url: str) -> None:
        if not url.startswith(self._home):
            self.foreign.append(url)

    def check(self) -> None:
        assert [] == self.foreign, "asked a foreign host"
        assert [] == self.dialogs, "somebody's words opened a dialog"
        assert [] == self.errors, "a script failed"


@pytest.fixture
def page_as(browser: Browser, served_county: Served) -> Iterator[OpenAs]:
    """`page_as(Role.ADMIN)`: a tab, signed in as the sample's admin, on the front page, idle.

    After the test: no request left this machine, no dialog was opened, no script failed.
    """
    with _opener(browser, served_county) as open_as:
        yield open_as


class _opener:  # noqa: N801 - reads as a function where it is used
    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser, self.served = browser, served
        self.contexts: list[BrowserContext] = []
        self.watches: list[Watch] = []

    def __enter__(self) -> OpenAs:
        return self.open

    def open(self, role: Role, *, size: dict[str, int] | None = None, language: str = "zh", path: str = "/") -> Page:
        context = self.browser.new_context(viewport=size or WIDE, locale="zh-CN")  # type: ignore[arg-type]
        self.contexts.append(context)
        self.watches.append(Watch(context, self.served))
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{self.served.url}/signin?language={language}")
        page.click(f'button[name="role"][value="{role}"]')
        settled(page)
        if path != "/":
            page.goto(self.served.url + path)
            settled(page)
        return page

    def __exit__(self, kind: object, *_: object) -> None:
        for context in self.contexts:
            context.close()
        if kind is None:
            for watch in self.watches:
                watch.check()


def settled(page: Page) -> None:
    """Wait until the page is drawn and no script run is going on."""
    page.wait_for_selector('[data-testid="stHeading"] h2', timeout=PATIENCE)
    idle = '[data-testid="stApp"][data-test-script-state="notRunning"]'
    page.wait_for_selector(idle, state="attached", timeout=PATIENCE)
    page.wait_for_timeout(150)
    page.wait_for_selector(idle, state="attached", timeout=PATIENCE)


def visit(page: Page, name: str, language: str = "zh") -> None:
    """Go to a page through the menu, as a person does."""
    page.get_by_test_id("stTopNavLink").filter(has_text=text(language, f"app.{name}")).first.click()
    expect(page.locator('[data-testid="stHeading"] h2').first).to_have_text(text(language, f"app.{name}"))
    settled(page)


def healthy(page: Page) -> None:
    """Nothing on the page says that something broke."""
    assert 0 == page.get_by_test_id("stException").count()
    assert 0 == page.get_by_text("Page not found").count()
