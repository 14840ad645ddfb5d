"""The page Rules: what holds, tried as soon as a number changes, published with a reason."""

from sqlalchemy import select

from dashboard.core.words import Role
from dashboard.text import text
from db.engine import Database
from db.models import RuleSet
from tests.pages.conftest import Visit


def test_numbers_are_tried_when_they_change_and_published_with_a_reason(visit: Visit, county: Database) -> None:
    page = visit("rules", Role.ADMIN)
    assert not page.exception
    assert text("zh", "office_rules.change_something") in [one.value for one in page.caption]
    assert text("zh", "office_rules.trial") not in [one.value for one in page.subheader]
    with county.read() as session:
        newest = session.scalar(select(RuleSet.version).where(RuleSet.kind == "deadlines")) or 0
    page.number_input(key=f"rules.{newest}.normal.close").set_value(20.0).run()
    tally = page.dataframe[0].value
    assert list(tally.iloc[:, 0]) == [text("zh", f"words.urgency.{one}") for one in ("urgent", "soon", "normal")]
    page.button(key="rules.publish").click().run()
    assert page.error
    page.text_input(key="rules.reason").set_value("县里要求").run()
    page.button(key="rules.publish").click().run()
    assert not page.exception
    with county.read() as session:
        row = session.scalars(
            select(RuleSet).where(RuleSet.kind == "deadlines").order_by(RuleSet.version.desc())
        ).first()
        assert row is not None
        assert (row.version, row.data["hours"]["normal"][1], row.reason) == (newest + 1, 20.0, "县里要求")


def test_a_working_time_that_can_t_be_is_said_in_words(visit: Visit) -> None:
    page = visit("rules", Role.ADMIN)
    area = next(one for one in page.text_area if str(one.key).endswith(".working"))
    area.set_value("今天上午").run()
    assert text("zh", "office_rules.bad_working") in [one.value for one in page.error]
    assert "rules.publish" not in [one.key for one in page.button]
