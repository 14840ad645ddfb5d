"""The Volunteers page: search, profile, edits by those who may, certificates that end; nothing for a leader."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.core.words import Role
from dashboard.services import signins, volunteer_profile, volunteers
from dashboard.services.questions import answer
from dashboard.services.volunteers import Found, Wanted
from dashboard.text import text
from dashboard.ui import team_views
from dashboard.ui.volunteer_edit import edited
from db.engine import Database
from db.models import Person, Volunteer
from tests.builders import NOW, an_actor
from tests.pages.conftest import Visit


def people(county: Database, **wanted: Any) -> tuple[Found, ...]:
    values = {"wanted": Wanted(**wanted), "today": team_views.today(), "language": "zh", "size": 10_000}
    return answer(county, volunteers.search, an_actor(), **values).rows


def profile_of(county: Database, volunteer_id: int) -> volunteer_profile.Profile:
    return answer(county, volunteer_profile.profile, an_actor(), volunteer_id=volunteer_id, language="zh", now=NOW)


def opened(visit: Visit, volunteer_id: int, role: Role = Role.COORDINATOR, language: str = "zh") -> AppTest:
    page = visit("volunteers", role, language)
    page.session_state["volunteers.chosen"] = volunteer_id
    return clean(page.run())


def clean(page: AppTest) -> AppTest:
    assert [] == [error.message for error in page.exception]
    return page


def said(page: AppTest) -> list[str]:
    return [box.value for kind in (page.success, page.error, page.warning) for box in kind]


def words_of(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.subheader, page.info, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def test_a_page_of_people_is_sent_and_not_the_register(visit: Visit, county: Database) -> None:
    page = clean(visit("volunteers"))
    everybody = people(county)
    table = page.dataframe[0].value
    assert len(table) == volunteers.PAGE < len(everybody)
    assert list(table.iloc[:, 0]) == [row.name for row in everybody[: volunteers.PAGE]]
    assert any(text("zh", "volunteers.found", total=len(everybody)) in found.value for found in page.markdown)
    assert table[text("zh", "volunteers.column.phone")].str.match(r"^(\*{7}\d{4})?$").all()


def test_typing_narrows_and_clearing_widens_again(visit: Visit, county: Database) -> None:
    page = visit("volunteers")
    somebody = people(county)[-1]
    page.text_input(key="volunteers.words").set_value(somebody.name).run()
    names = clean(page).dataframe[0].value.iloc[:, 0]
    assert set(names) == {row.name for row in people(county, words=somebody.name)}
    page.button(key="volunteers.clear").click().run()
    assert len(clean(page).dataframe[0].value) == volunteers.PAGE


def test_a_free_day_leaves_the_unknown_out_and_says_so(visit: Visit, county: Database) -> None:
    day = team_views.today() + timedelta(days=1)
    page = visit("volunteers")
    page.date_input(key="volunteers.free_on").set_value(day).run()
    table = clean(page).dataframe[0].value
    assert set(table[text("zh", "volunteers.column.free")]) == {text("zh", "volunteers.known")}
    assert text("zh", "volunteers.unknown_note") in words_of(page)
    page.selectbox(key="volunteers.part").set_value("morning").run()
    fewer = people(county, free_on=day, free_from=480, free_until=720)
    assert any(text("zh", "volunteers.found", total=len(fewer)) in found.value for found in page.markdown)


def test_nobody_found_is_said_in_words(visit: Visit) -> None:
    page = visit("volunteers")
    page.text_input(key="volunteers.words").set_value("{{7*7}}<script>").run()
    assert text("zh", "volunteers.none") in [info.value for info in clean(page).info]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.STATION_WORKER])
def test_a_profile_opens_masked(visit: Visit, county: Database, role: Role, language: str) -> None:
    seen = visit("volunteers", role, language).session_state["volunteers.shown"]
    page = opened(visit, seen[0], role, language)
    with county.read() as session:
        phone = session.scalar(select(Person.phone).join(Volunteer).where(Volunteer.id == seen[0]))
    assert profile_of(county, seen[0]).name in words_of(page)
    assert phone
    assert phone not in words_of(page)


def test_a_station_worker_may_look_and_not_edit(visit: Visit) -> None:
    seen = visit("volunteers", Role.STATION_WORKER).session_state["volunteers.shown"]
    page = opened(visit, seen[0], Role.STATION_WORKER)
    assert text("zh", "volunteers.read_only") in words_of(page)
    assert [] == [button.key for button in page.button if button.key and "save" in button.key]


def test_somebody_out_of_reach_stays_closed(visit: Visit, county: Database) -> None:
    mine = set(visit("volunteers", Role.STATION_WORKER).session_state["volunteers.shown"])
    values = {"wanted": Wanted(), "today": team_views.today(), "language": "zh", "size": 10_000}
    reached = {row.id for row in answer(county, volunteers.search, _station_worker(county), **values).rows}
    other = next(row.id for row in people(county) if row.id not in reached)
    page = opened(visit, other, Role.STATION_WORKER)
    assert mine <= reached
    assert text("zh", "volunteers.no_such") in said(page)


def _station_worker(county: Database) -> Any:
    token = signins.enter_as(county, Role.STATION_WORKER, address="127.0.0.1", now=datetime.now(UTC), language="zh")
    found = signins.lookup(county, token, datetime.now(UTC))
    assert found is not None
    return found.actor


def test_caps_and_status_are_saved_once(visit: Visit, county: Database) -> None:
    somebody = people(county)[0]
    before = profile_of(county, somebody.id)
    page = opened(visit, somebody.id)
    slot = f".{before.id}.{before.version}"
    page.number_input(key="volunteers.cap_day" + slot).set_value(3)
    page.number_input(key="volunteers.cap_week" + slot).set_value(9)
    page.number_input(key="volunteers.distance" + slot).set_value(7.5)
    page.button(key="volunteers.save_caps").click().run()
    assert [text("zh", "volunteers.saved")] == said(clean(page))[:1]
    after = profile_of(county, somebody.id)
    assert (after.cap_day, after.cap_week, after.max_distance_m) == (3, 9, 7500)
    assert after.version == before.version + 1
    page.selectbox(key=f"volunteers.new_status.{after.id}.{after.version}").set_value("paused")
    page.button(key="volunteers.save_status").click().run()
    assert profile_of(county, somebody.id).status == "paused"


def test_a_refused_edit_is_said_and_changes_nothing(visit: Visit, county: Database) -> None:
    before = profile_of(county, people(county)[0].id)
    page = opened(visit, before.id)
    slot = f".{before.id}.{before.version}"
    page.number_input(key="volunteers.cap_day" + slot).set_value(5)
    page.number_input(key="volunteers.cap_week" + slot).set_value(2)
    page.button(key="volunteers.save_caps").click().run()
    assert text("zh", "volunteers.bad_cap_week", least=5, most=40) in said(clean(page))
    assert profile_of(county, before.id).version == before.version


def test_leave_is_entered_shown_and_taken_off(visit: Visit, county: Database) -> None:
    before = profile_of(county, people(county)[0].id)
    page = opened(visit, before.id)
    page.text_input(key="volunteers.leave_reason").set_value("<b>回老家</b>")
    page.button(key="volunteers.save_leave").click().run()
    assert len(profile_of(county, before.id).leave) == len(before.leave) + 1
    assert "回老家" in words_of(clean(page))
    (button,) = [button for button in page.button if button.key and button.key.startswith("volunteers.leave_off")][-1:]
    button.click().run()
    assert len(profile_of(county, before.id).leave) == len(before.leave)


def test_free_time_can_be_said_unknown_and_consent_recorded(visit: Visit, county: Database) -> None:
    known = next(row for row in people(county) if row.availability_known)
    before = profile_of(county, known.id)
    page = opened(visit, known.id)
    page.toggle(key=f"volunteers.known.{before.id}.{before.version}").set_value(False)
    page.button(key="volunteers.save_free").click().run()
    assert not profile_of(county, known.id).availability_known
    assert text("zh", "volunteers.free_unknown") in words_of(clean(page))
    slot = f".{before.id}.{before.version + 1}"
    page.selectbox(key="volunteers.consent" + slot).set_value("refused")
    page.selectbox(key="volunteers.heard" + slot).set_value("hotline")
    page.button(key="volunteers.save_consent").click().run()
    after = profile_of(county, known.id)
    assert (after.consent, after.consent_channel) == ("refused", "hotline")


def test_rows_of_the_little_table_follow_what_the_browser_says() -> None:
    base = (("周一", "08:00", "12:00"), ("周二", "14:00", "18:00"), ("周五", "09:00", "10:00"))
    changes = {
        "edited_rows": {"0": {"end": "11:30"}, "9": {"end": "forged"}},
        "deleted_rows": [2],
        "added_rows": [{"day": "周日", "start": "08:00"}],
    }
    assert edited(base, changes) == [("周一", "08:00", "11:30"), ("周二", "14:00", "18:00"), ("周日", "08:00", None)]


def test_certificates_that_end_are_listed_with_their_days(visit: Visit, county: Database) -> None:
    page = visit("volunteers")
    page.session_state["volunteers.tab"] = "expiring"
    table = clean(page.run()).dataframe[0].value
    values = {"today": team_views.today(), "language": "zh"}
    listed = answer(county, volunteers.expiring_certificates, an_actor(), **values)
    days = list(table[text("zh", "volunteers.column.days")])
    assert days == [row.days_left for row in listed.rows] == sorted(days)
    assert all(0 <= left <= 30 for left in days)


def test_that_taking_the_list_away_is_written_down_is_said_first(visit: Visit, county: Database) -> None:
    page = visit("volunteers")
    found = len(people(county))
    assert page.download_button(key="volunteers.file.xlsx").label == ".xlsx"
    assert text("zh", "downloads.noted", rows=found) in [one.value for one in page.caption]


def test_a_leader_is_turned_away(visit: Visit) -> None:
    page = visit("volunteers", Role.LEADER)
    assert not page.dataframe
    assert len(page.error) == 1
