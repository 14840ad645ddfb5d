"""A deck in a real Chromium without any server: nothing is cut on a screen, keys and clickers turn it, notes follow."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from dashboard.core.deck import Deck, Line, Number, Slide, Table, Words
from dashboard.ui import deck_html
from tests.bench import deck_mixes
from tests.bench.deck_screens import wrong

AT = "http://deck.invalid/present/7"
#: What used to be cut: a table of sixteen rows with its note beside a chart, and under two rows of figures.
TABLE = Table(
    "各乡镇",
    ("乡镇", "需求", "办结"),
    tuple((f"第{at}乡镇", "1,234", "987") for at in range(16)),
    (False, True, True),
    note="* 小于 5，或能推算出这样的数，不显示",
    more="另有 {rest} 行",
)
USUAL = Deck(
    "月度例会",
    "务川仡佬族苗族自治县 2026年11月27日 · 数据第 145 号",
    (
        Slide("a", "表与图", (TABLE, deck_mixes.chart(16)), "先讲这一句"),
        Slide("b", "十二个月", (replace(TABLE, rows=TABLE.rows[:12]), deck_mixes.chart(12, ""))),
        Slide("c", "数字与表", (*(Number(f"登记需求 {at}", "12,345") for at in range(6)), TABLE)),
        Slide("d", "说明与表" * 12, (Words((Line("paragraph", "四项都在系统里能查到。" * 12),)), TABLE)),
        Slide("e", "A long English title about orders closed in time by town", (TABLE, TABLE, TABLE)),
    ),
)


@pytest.fixture
def room(browser: Browser) -> Iterator[BrowserContext]:
    """A browser for which the deck's pages are all there is."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(AT).partition("?")[0]
        if path == "/changes":
            route.fulfill(json={"changes": 3})
        elif path in ("", "/notes"):
            write = deck_html.notes if path else deck_html.present
            route.fulfill(content_type="text/html", body=write("zh", USUAL, number=7))
        else:
            route.abort()

    context.route("**/*", answer)
    yield context
    context.close()


def shown(page: Page) -> str:
    """The number of the screen that is to be seen, alone."""
    return str(
        page.evaluate("() => [...document.querySelectorAll('.screen:not([hidden])')].map((one) => one.id).join()")
    )


@pytest.mark.parametrize("deck", [USUAL, deck_mixes.deck(3, slides=3)], ids=["usual", "mixed"])
def test_nothing_is_cut_on_any_screen(browser: Browser, deck: Deck) -> None:
    page = browser.new_page()
    assert wrong(page, deck) == []
    page.close()


def test_keys_and_clickers_turn_the_screens(room: BrowserContext) -> None:
    page = room.new_page()
    page.goto(AT)
    last = f"s{page.locator('.screen').count()}"
    for key, then in [
        ("ArrowRight", "s2"),
        ("PageDown", "s3"),
        ("Space", "s4"),
        ("ArrowLeft", "s3"),
        ("PageUp", "s2"),
        ("End", last),
        ("PageDown", last),
        ("Home", "s1"),
        ("PageUp", "s1"),
    ]:
        page.keyboard.press(key)
        assert shown(page) == then, key
    for key in ("b", "."):
        page.keyboard.press(key)
        expect(page.locator("main")).not_to_be_visible()
        page.keyboard.press(key)
        expect(page.locator("main")).to_be_visible()
    page.keyboard.press("b")
    page.keyboard.press("PageDown")
    expect(page.locator("main")).to_be_visible()
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")


def test_the_presenter_s_window_and_the_screen_follow_each_other(room: BrowserContext) -> None:
    page = room.new_page()
    page.goto(AT)
    with page.expect_popup() as opened:
        page.keyboard.press("n")
    notes = opened.value
    expect(notes.get_by_text("先讲这一句").first).to_be_visible()
    page.keyboard.press("End")
    expect(notes.get_by_text(deck_html.text("zh", "present.last"))).to_be_visible()
    notes.keyboard.press("Home")
    expect(page.locator("#s1")).to_be_visible()
    notes.keyboard.press("b")
    expect(page.locator("main")).not_to_be_visible()


def test_the_badge_tells_changes_and_without_a_network_the_screens_turn(room: BrowserContext) -> None:
    page = room.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(AT)
    expect(page.locator(".badge")).to_have_text(deck_html.text("zh", "present.changed", count="3"))
    room.set_offline(True)
    room.unroute("**/*")
    page.evaluate("() => look()")
    page.keyboard.press("PageDown")
    assert shown(page) == "s2"
    page.keyboard.press("d")
    page.fill("textarea", "每站补一名急救员")
    page.fill("input[name=owner]", "王主任")
    page.fill("input[name=due]", "2026-12-20")
    page.click("button.main")
    expect(page.locator("dialog .error")).to_have_text(deck_html.text("zh", "present.not_saved"))
    expect(page.locator("textarea")).to_have_value("每站补一名急救员")
    assert errors == []
