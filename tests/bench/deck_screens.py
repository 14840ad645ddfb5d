"""`python -m tests.bench.deck_screens [--decks 200] [--seed 0]`: is anything cut on a deck's screens?

Decks of every mix of blocks are opened in Chromium at 1280 x 720, 1440 x 900 and 3840 x 2160 and measured: nothing
overflows its block, cell, line or screen, no two blocks touch, and no type that is read is below 24 pixels of 720.
Exits 1 where something is; tells the deck, the screen and the words.
"""

import argparse
import re
import sys
from typing import Any

from playwright.sync_api import Page

from dashboard.core.deck import Deck
from dashboard.ui import deck_html
from tests.bench import deck_mixes
from tests.bench.map_harness import chromium

SIZES = ((1280, 720), (1440, 900), (3840, 2160))
#: Type read in the meeting: pixels at a height of 720.
LEAST = 24

MEASURE = """(least) => {
  const wrong = [];
  const tall = Math.min(innerWidth * 9 / 16, innerHeight);
  const over = (one, other) => one.left < other.right - .5 && other.left < one.right - .5
    && one.top < other.bottom - .5 && other.top < one.bottom - .5;
  document.querySelectorAll('.screen').forEach((screen, at) => {
    const say = (what, element) => wrong.push(`screen ${at + 1}: ${what}: ${element.textContent.slice(0, 60)}`);
    screen.hidden = false;
    const around = screen.getBoundingClientRect();
    const foot = screen.querySelector('footer').getBoundingClientRect();
    const places = [...screen.querySelectorAll(':scope > .block, :scope > h1')];
    const boxes = places.map((one) => one.getBoundingClientRect());
    places.forEach((one, place) => {
      const box = boxes[place];
      if (one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth)
        say(`${one.className || 'title'} cut by ${one.scrollHeight - one.clientHeight} pixels`, one);
      if (box.left < around.left - .5 || box.right > around.right + .5) say('off the screen', one);
      if (box.bottom > foot.top + .5) say('over the foot', one);
      boxes.slice(place + 1).forEach((other) => over(box, other) && say('over another', one));
    });
    screen.querySelectorAll('td, th, .block p, .block h2, .number strong').forEach((one) => {
      if (one.scrollWidth > one.clientWidth && one.clientWidth) say('words cut', one);
      const type = parseFloat(getComputedStyle(one).fontSize) * 720 / tall;
      if (!one.matches('.note') && type < least - .01) say('small type', one);
    });
    screen.querySelectorAll('.chart img').forEach((one) => {
      if (one.clientHeight * 720 / tall < 150 || one.naturalWidth === 0) say('small picture', one.parentElement);
    });
    screen.hidden = true;
  });
  return wrong;
}"""


def opened(page: Page, deck: Deck) -> None:
    """The deck's page without a server and its script."""
    page.set_content(re.sub(r"<script.*?</script>", "", deck_html.present("zh", deck, number=1), flags=re.DOTALL))


def wrong(page: Page, deck: Deck, sizes: tuple[tuple[int, int], ...] = SIZES) -> list[str]:
    """What is cut, too small or over another on the screens of a deck, at each size."""
    opened(page, deck)
    found = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        told: Any = page.evaluate(MEASURE, LEAST)
        found += [f"{width} x {height}, {one}" for one in told]
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    bad = screens = 0
    with chromium() as browser:
        page = browser.new_page()
        for seed in range(options.seed, options.seed + options.decks):
            found = wrong(page, deck_mixes.deck(seed))
            screens += page.locator(".screen").count()
            bad += bool(found)
            for one in found[:5]:
                print(f"deck {seed}, {one}")
    print(f"{options.decks} decks, {screens} screens at {len(SIZES)} sizes: {bad} decks with something cut")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
