"""Stars on page Rules: tried when a number changes, published, then computed after a look at who changes."""

from sqlalchemy import select

from dashboard.core.stars import DEFAULT_RULE
from dashboard.core.words import Role
from dashboard.text import text
from db.engine import Database
from db.models import RuleSet, VolunteerStars
from tests.pages.conftest import Visit


def test_the_rule_is_tried_published_and_the_stars_computed_after_a_look(visit: Visit, county: Database) -> None:
    page = visit("rules", Role.ADMIN)
    page.segmented_control(key="rules.kind").set_value("stars").run()
    assert not page.exception
    assert text("zh", "stars.change_something") in [one.value for one in page.caption]
    for number, hours in enumerate((1, 5, 10, 20, 40), 1):
        page.number_input(key=f"rules.stars.0.0.hours.{number}").set_value(hours)
    page.run()
    assert text("zh", "stars.trial") in [one.value for one in page.subheader]
    tally = next(one for one in page.dataframe if len(one.value) == 6).value
    people = [int(value.replace(",", "")) for value in tally.iloc[:, 2]]
    assert sum(people) == int(tally.iloc[-1, 1].replace(",", "")) and sum(people[:-1]) > 0
    page.text_input(key="rules.reason").set_value("县里要求").run()
    page.button(key="rules.publish").click().run()
    assert not page.exception and not page.error
    with county.read() as session:
        row = session.scalars(select(RuleSet).where(RuleSet.kind == "stars")).one()
        assert row.data == DEFAULT_RULE | {"hours": [1, 5, 10, 20, 40]}
    page.button(key="rules.stars").click().run()
    page.button(key="rules.stars.do").click().run()
    assert not page.exception and not page.error
    with county.read() as session:
        found = session.scalars(select(VolunteerStars)).all()
        assert [sum(one.stars == stars for one in found) for stars in range(5, -1, -1)] == people
        assert {one.rule_version for one in found} == {1}


def test_hours_that_do_not_rise_are_said_in_words(visit: Visit) -> None:
    page = visit("rules", Role.ADMIN)
    page.segmented_control(key="rules.kind").set_value("stars").run()
    page.number_input(key="rules.stars.0.0.hours.1").set_value(400).run()
    assert text("zh", "stars.bad_hours", most=20_000) in [one.value for one in page.error]
    assert "rules.publish" not in [one.key for one in page.button]
