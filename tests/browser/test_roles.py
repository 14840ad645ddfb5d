"""Every page opens for every role in a real browser with every foreign host cut, and asks none."""

import sys

import pytest
from playwright.sync_api import Browser, expect

from dashboard.core.permissions import RIGHTS
from dashboard.core.words import Role
from dashboard.text import text
from dashboard.ui.navigation import ENTRIES
from tests.browser.conftest import PHONE, WIDE, OpenAs, Watch, healthy, settled, visit
from tests.serving import Served, free_port, started


@pytest.mark.parametrize("role", Role)
def test_every_page_of_the_role_opens_and_asks_no_foreign_host(role: Role, page_as: OpenAs) -> None:
    page = page_as(role)
    mine = [entry.name for entry in ENTRIES if entry.action in RIGHTS[role]]
    links = page.get_by_test_id("stTopNavLink")
    assert [text("zh", f"app.{name}") for name in mine] == [words.split("\n")[-1] for words in links.all_inner_texts()]
    for name in mine:
        visit(page, name)
        healthy(page)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_a_link_to_a_closed_page_says_why_it_stays_closed(role: Role, page_as: OpenAs, served_county: Served) -> None:
    page = page_as(role, language="en")
    for entry in (entry for entry in ENTRIES if entry.action not in RIGHTS[role]):
        page.goto(f"{served_county.url}/{entry.name}")
        settled(page)
        expect(page.locator('[data-testid="stHeading"] h2').first).to_have_text(text("en", f"app.{entry.name}"))
        refused = text("en", "permissions.page", role=text("en", f"words.role.{role}"))
        expect(page.get_by_text(refused)).to_be_visible()
        healthy(page)


def test_a_link_leads_to_the_page_it_names(page_as: OpenAs, served_county: Served) -> None:
    page = page_as(Role.LEADER)
    for name in ("map", "teams"):
        page.goto(f"{served_county.url}/{name}")
        settled(page)
        expect(page).to_have_title(f"{text('zh', f'app.{name}')} · {text('zh', 'app.name')}")
        expect(page.locator('[data-testid="stHeading"] h2').first).to_have_text(text("zh", f"app.{name}"))
        healthy(page)


def test_every_page_fits_a_phone(page_as: OpenAs, served_county: Served) -> None:
    page = page_as(Role.ADMIN, size=PHONE)
    for entry in ENTRIES:
        page.goto(f"{served_county.url}/{entry.name}")
        settled(page)
        healthy(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], entry.name


def test_the_sign_in_is_kept_over_a_reload_and_ended_by_signing_out(page_as: OpenAs, served_county: Served) -> None:
    page = page_as(Role.ADMIN)
    page.reload()
    settled(page)
    second = page.context.new_page()
    second.goto(served_county.url)
    settled(second)
    page.locator(".st-key-app-account button").first.click()
    page.get_by_text(text("zh", "app.sign_out")).click()
    page.wait_for_url("**/signin")
    second.locator(".st-key-app-language button").first.click()
    second.wait_for_url("**/signin")
    page.goto(f"{served_county.url}/teams")
    assert "/signin" in page.url


def test_the_language_switch_speaks_english_at_once_and_after_a_reload(page_as: OpenAs) -> None:
    page = page_as(Role.COORDINATOR)
    page.locator(".st-key-app-language button").first.click()
    expect(page.locator('[data-testid="stHeading"] h2').first).to_have_text(text("en", "app.map"))
    page.reload()
    settled(page)
    expect(page.locator('[data-testid="stHeading"] h2').first).to_have_text(text("en", "app.map"))


def test_without_the_gate_in_front_the_pages_show_nothing(browser: Browser, served_county: Served) -> None:
    port = free_port()
    script = "import sys; from streamlit.web.cli import main; sys.exit(main())"
    words = [sys.executable, "-c", script, "run", "dashboard/app.py", "--server.port", str(port)]
    with started(words, f"http://127.0.0.1:{port}", "/_stcore/health") as bare:
        context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
        watch = Watch(context, bare)
        cookie = served_county.enter_as("admin").cookies["dashboard_session"]
        context.add_cookies([{"name": "dashboard_session", "value": cookie, "url": bare.url}])
        page = context.new_page()
        for path in ("/", "/accounts"):
            page.goto(bare.url + path)
            expect(page.get_by_text("python -m dashboard run").first).to_be_visible(timeout=30_000)
            assert 0 == page.get_by_test_id("stDataFrame").count()
            assert 0 == page.get_by_test_id("stTopNavLink").count()
        context.close()
        watch.check()
