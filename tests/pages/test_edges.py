"""Edges of figures on page Rules: tried when a number changes, published, then said wherever a figure is read."""

from sqlalchemy import select

from dashboard.core.edges import USUAL
from dashboard.core.words import Role
from dashboard.text import text
from db.engine import Database
from db.models import RuleSet
from tests.pages.conftest import Visit


def test_the_edges_are_tried_published_and_said_where_figures_are_read(visit: Visit, county: Database) -> None:
    page = visit("rules", Role.ADMIN)
    page.segmented_control(key="rules.kind").set_value("figures").run()
    assert not page.exception
    assert text("zh", "edges.change_something") in [one.value for one in page.caption]
    page.number_input(key="rules.figures.0.0.active_days").set_value(45).run()
    assert not page.exception
    name = text("zh", "figures.volunteers_active")
    changed = next(one.value for one in page.dataframe if text("zh", "edges.column.figure") in one.value.columns)
    assert name in list(changed.iloc[:, 0])
    months = next(one.value for one in page.dataframe if text("zh", "edges.column.day") in one.value.columns)
    assert len(months) == 12
    page.text_input(key="rules.reason").set_value("县里要求").run()
    page.button(key="rules.publish").click().run()
    assert not page.exception and not page.error
    with county.read() as session:
        row = session.scalars(select(RuleSet).where(RuleSet.kind == "figures")).one()
        assert row.data == USUAL.plain() | {"active_days": 45}
    page = visit("teams", Role.LEADER)
    assert not page.exception
    assert any("45 天" in str(one.delta) for one in page.metric)
