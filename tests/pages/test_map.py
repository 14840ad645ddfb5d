"""The Map page without a browser: numbers that tie, the shared filter, cards by the URL, missing cases."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from dashboard.core.filters import Filters
from dashboard.core.map_layers import MapFigure
from dashboard.core.permissions import system_actor
from dashboard.core.replay import AsOf, Known
from dashboard.core.words import NeedState, Role, Subject
from dashboard.services import map_figures
from dashboard.services.commands import raise_revisions
from dashboard.services.filtering import is_open
from dashboard.services.questions import answer
from dashboard.text import text
from dashboard.ui import show
from dashboard.ui.team_views import today
from db.engine import Database
from db.models import Grid, GridContact, Need
from tests.builders import COUNTY
from tests.pages.conftest import Visit

ACTOR = system_actor(COUNTY)
#: A town of the small sample.
TOWN = "520326002"


def components(page: AppTest, name: str) -> list[dict[str, Any]]:
    """What the page sends to our components of this name."""
    found = [element.proto for element in page.main if getattr(element, "type", "") == "bidi_component"]
    protos = found or [node.proto for node in _walk(page.main) if getattr(node, "type", "") == "bidi_component"]
    return [json.loads(proto.json) for proto in protos if proto.component_name.endswith(name) and proto.json]


def _walk(block: Any) -> list[Any]:
    inner = getattr(block, "children", {})
    return [block, *(found for child in inner.values() for found in _walk(child))]


def message(page: AppTest) -> dict[str, Any]:
    """The two messages on the map's desk, as one."""
    together: dict[str, Any] = {}
    for sent in [*components(page, "civic_map_bridge"), *components(page, "civic_map_card")]:
        together |= sent["message"]
    return together


def picked(page: AppTest, what: str) -> AppTest:
    page.query_params["pick"] = what
    return page.run()


def test_a_day_gone_by_says_so_and_offers_nothing_to_do(visit: Visit, county: Database) -> None:
    page = visit("map", Role.COORDINATOR)
    day = today() - timedelta(days=8)
    page.slider(key="map.day").set_value(day).run()
    assert [] == [error.message for error in page.exception]
    assert show.date("zh", day) in page.warning[0].value
    assert components(page, "civic_map_card") == []
    assert "map.figure" not in [control.key for control in page.get("button_group")]
    past = AsOf(day, Known.THEN)
    found = answer(county, map_figures.overview_of, ACTOR, filters=Filters(), past=past, now=datetime.now(UTC))
    assert page.metric[0].value == f"{found.open_needs:,}"
    assert legend(page)[-1][-1] == found.open_needs > 0
    assert {f"day={day}" in url for name, url in message(page)["layers"].items() if name != "backdrop"} == {True}
    assert "known=then" in message(page)["layers"]["needs"]
    assert message(page)["words"]["overdue"] == "", "what was late on that day is told by nothing"
    assert show.date("zh", day) in message(page)["paint"]["title"]
    waiting = page.dataframe[-1].value
    assert len(waiting) == min(found.open_needs, 50)
    assert list(waiting.iloc[:, -2]) == sorted(waiting.iloc[:, -2], reverse=True)
    assert (said(page, "day"), said(page, "known")) == (day.isoformat(), "then")
    page.button(key="map.past.return").click().run()
    assert not page.warning
    assert components(page, "civic_map_card")
    assert "day" not in page.query_params


def test_a_link_opens_the_day_it_names_and_whose_knowledge(visit: Visit) -> None:
    page = visit("map", Role.LEADER)
    day = today() - timedelta(days=45)
    page.query_params["day"], page.query_params["known"] = day.isoformat(), "now"
    page.run()
    assert [] == [error.message for error in page.exception]
    assert (page.slider(key="map.day").value, page.session_state["map.known"]) == (day, "now")
    assert show.date("zh", day) in page.warning[0].value and text("zh", "lapse.known.now") in page.warning[0].value
    page.slider(key="map.day").set_value(day + timedelta(days=1)).run()
    assert said(page, "day") == (day + timedelta(days=1)).isoformat()
    page.query_params["day"] = "soon"
    page.run()
    assert not page.warning and not page.exception and "day" not in page.query_params


def said(page: AppTest, name: str) -> str:
    """A word of the page's address."""
    found = page.query_params[name]
    return found[0] if isinstance(found, list) else str(found)


def legend(page: AppTest) -> list[tuple[Any, ...]]:
    return list(page.dataframe[0].value.itertuples(index=False, name=None))


@pytest.mark.parametrize("figure", MapFigure)
def test_colours_legend_and_table_are_the_same_numbers(county: Database, visit: Visit, figure: MapFigure) -> None:
    page = visit("map")
    page.segmented_control(key="map.figure").set_value(figure).run()
    assert not page.exception
    bins = message(page)["paint"]["bins"]
    rows = legend(page)
    assert [(bin_["label"], bin_["grids"]) for bin_ in bins] == [row[:2] for row in rows[: len(bins)]]
    total = rows[-1]
    assert total[0] == text("zh", "map.total")
    assert total[2] == sum(row[2] for row in rows[:-1])
    details = page.dataframe[1].value
    assert len(details) == 50
    if figure is not MapFigure.COVERAGE:
        values = list(details.iloc[:, -1])
        assert values == sorted(values, reverse=True)


def test_the_total_is_the_number_above_it(county: Database, visit: Visit) -> None:
    page = visit("map")
    with county.read() as session:
        waiting = len(session.scalars(select(Need.id).where(is_open())).all())
    assert page.metric[0].value == str(waiting)
    assert legend(page)[-1][2] == waiting


def test_the_filter_of_the_url_is_in_force_and_goes_to_the_map(county: Database, visit: Visit) -> None:
    page = visit("map")
    page.query_params["urgency"] = "urgent"
    page.run()
    sent = message(page)
    assert "urgency=urgent" in sent["layers"]["needs"]
    overview = answer(county, map_figures.overview, ACTOR, filters=Filters(urgency="urgent"), now=datetime.now(UTC))
    assert page.metric[0].value == str(overview.open_needs)
    assert page.selectbox(key="filters.urgency").value == "urgent"


def test_a_town_chosen_in_the_filter_stands_in_the_url_and_the_map_goes_there(visit: Visit) -> None:
    page = visit("map")
    page.selectbox(key="filters.town").set_value(TOWN).run()
    assert not page.exception
    assert page.query_params["town"] in ([TOWN], TOWN)
    assert message(page)["focus"] == f"town:{TOWN}"
    beyond = message(page)["paint"]["bins"][-1]
    assert beyond["label"] == text("zh", "map.beyond")


def test_the_filter_goes_along_to_the_needs_and_back(visit: Visit) -> None:
    page = visit("map")
    page.query_params["urgency"] = "urgent"
    page.run()
    page.switch_page("../pages/needs.py").run()
    assert page.selectbox(key="filters.urgency").value == "urgent"
    assert "urgent" in page.query_params["urgency"]


def test_clearing_the_filter_clears_the_url(visit: Visit) -> None:
    page = visit("map")
    page.query_params["urgency"] = "urgent"
    page.run()
    page.button(key="filters.clear").click().run()
    assert "urgency" not in page.query_params
    assert "urgency" not in message(page)["layers"]["needs"]


def test_what_the_url_names_is_chosen_and_the_map_goes_there(visit: Visit) -> None:
    page = picked(visit("map"), "site:1")
    assert (message(page)["selected"], message(page)["focus"]) == ("site:1", None)
    fresh = visit("map")
    assert message(fresh)["focus"] is None


@pytest.mark.parametrize("what", ["need:", "person:1", "grid:1 or 1=1", "<b>", "grid:٣"])
def test_nonsense_in_the_url_chooses_nothing(visit: Visit, what: str) -> None:
    page = picked(visit("map"), what)
    assert not page.exception
    assert message(page)["selected"] is None


class TestCalling:
    def calling(self, county: Database, page: AppTest) -> int:
        with county.read() as session:
            contact_id = session.scalars(select(GridContact.id).order_by(GridContact.id)).first() or 0
        page.session_state["map.calling"] = contact_id
        page.run()
        return contact_id

    def test_a_call_asks_why_then_shows_the_number_and_says_so(self, county: Database, visit: Visit) -> None:
        page = visit("map")
        number = self.calling(county, page)
        assert page.text_input(key=f"map.reason.{number}").value == text("zh", "map.call.usual")
        page.button(key=f"map.show.{number}").click().run()
        assert not page.exception
        assert [text("zh", "map.call.done")] == [notice.value for notice in page.success]
        assert page.session_state["map.called"]["phone"].isdigit()
        page.button(key="map.hang_up").click().run()
        assert "map.called" not in page.session_state

    def test_without_a_reason_no_number(self, county: Database, visit: Visit) -> None:
        page = visit("map")
        number = self.calling(county, page)
        page.text_input(key=f"map.reason.{number}").set_value("  ").run()
        page.button(key=f"map.show.{number}").click().run()
        assert [text("zh", "map.call.no_reason")] == [notice.value for notice in page.error]
        assert "map.called" not in page.session_state

    def test_the_number_is_gone_after_five_minutes(self, county: Database, visit: Visit) -> None:
        page = visit("map")
        number = self.calling(county, page)
        page.button(key=f"map.show.{number}").click().run()
        kept = dict(page.session_state["map.called"])
        kept["at"] = (datetime.fromisoformat(kept["at"]) - timedelta(minutes=6)).isoformat()
        page.session_state["map.called"] = kept
        page.run()
        assert page.text_input(key=f"map.reason.{number}")


class TestMissing:
    def test_no_open_need_is_said_and_the_map_stays(self, county: Database, visit: Visit) -> None:
        def close(session: Any) -> None:
            session.execute(update(Need).values(state=NeedState.CLOSED))
            raise_revisions(session, COUNTY, [Subject.NEEDS])

        county.write(close)
        page = visit("map")
        assert text("zh", "map.no_needs") in [info.value for info in page.info]
        assert legend(page)[-1][2] == 0

    def test_a_filter_without_needs_says_that_it_is_the_filter(self, visit: Visit) -> None:
        page = visit("map")
        page.query_params["category"] = "nothing_like_it"
        page.run()
        assert text("zh", "map.no_needs_filtered") in [info.value for info in page.info]

    def test_without_grids_the_page_says_what_to_do(self, county: Database, visit: Visit) -> None:
        def forget(session: Any) -> None:
            session.execute(update(Grid).values(valid_to=Grid.valid_from))
            raise_revisions(session, COUNTY, [Subject.PLACES])

        county.write(forget)
        page = visit("map")
        assert not page.exception
        assert text("zh", "map.no_grids") in [info.value for info in page.info]
        assert not page.dataframe
        assert message(page)["layers"]["sites"]

    def test_needs_without_a_place_are_counted_and_said(self, county: Database, visit: Visit) -> None:
        def lose(session: Any) -> None:
            session.execute(update(Need).where(is_open()).values(lon=None, lat=None, grid_id=None, village_code=None))
            raise_revisions(session, COUNTY, [Subject.NEEDS])

        county.write(lose)
        page = visit("map")
        count = int(page.metric[0].value)
        assert count > 0
        assert text("zh", "map.unplaced", count=count) in [caption.value for caption in page.caption]
        assert legend(page)[-1][2] == count


def test_layers_can_be_switched_off(visit: Visit) -> None:
    page = visit("map")
    page.button_group(key="map.layers").set_value(["sites"]).run()
    sent = message(page)
    assert sent["layers"]["needs"] is None
    assert sent["layers"]["sites"]
