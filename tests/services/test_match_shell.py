"""`python -m dashboard match`: the plan for scripts, dispatched only when asked to."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from dashboard.__main__ import main
from dashboard.core.permissions import system_actor
from dashboard.services import match_people
from dashboard.services.commands import perform
from dashboard.services.needs import cancel
from dashboard.services.plan_send import send_rows
from db.engine import Database
from db.models import Dispatch, Site
from tests.builders import COUNTY
from tests.fresh import add_open_needs


@pytest.fixture(autouse=True)
def _needs_of_today(county: Database) -> None:
    match_people.forget()
    add_open_needs(county)


def shell(county: Database, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict]:
    code = main(["match", "--db", str(county.url), "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def live(county: Database) -> int:
    with county.read() as session:
        return session.scalar(select(func.count()).where(Dispatch.state == "offered")) or 0


def test_a_dry_run_shows_the_plan_and_stores_nothing(county: Database, capsys: pytest.CaptureFixture[str]) -> None:
    before = live(county)
    code, found = shell(county, capsys, "--dry-run")
    assert (code, live(county)) == (0, before)
    assert found["filled"] == len(found["rows"]) == found["seats"] - sum(found["empty"].values()) > 0
    assert set(found["rows"][0]) == {
        "need_id",
        "role_id",
        "volunteer_id",
        "start",
        "end",
        "code",
        "metres",
        "score",
        "pinned",
    }
    assert list(found["empty"]) == ["urgent", "soon", "normal"]
    assert "committed" not in found


def test_commit_dispatches_the_plan_once(county: Database, capsys: pytest.CaptureFixture[str]) -> None:
    before = live(county)
    code, found = shell(county, capsys, "--commit")
    assert (code, found["committed"]) == (0, {"done": found["filled"], "refused": []})
    assert live(county) == before + found["filled"]
    again = shell(county, capsys, "--commit")[1]
    # Nobody is sent twice for what is sent already; who has a task may get a second one in a second run.
    assert again["seats"] == sum(found["empty"].values()) < found["seats"]


def test_a_scope_plans_its_own_part_only(county: Database, capsys: pytest.CaptureFixture[str]) -> None:
    whole = shell(county, capsys)[1]
    with county.read() as session:
        code = session.scalars(select(Site.code).where(Site.level == "institute").order_by(Site.id)).first()
    part = shell(county, capsys, "--scope", str(code))[1]
    assert _needs(part) < _needs(whole)
    assert main(["match", "--db", str(county.url), "--scope", "没有这个站点"]) == 1


def _needs(found: dict) -> set[int]:
    return {row["need_id"] for row in found["rows"] + found["unmet"]}


def test_what_changed_since_the_plan_is_refused_by_name(county: Database, capsys: pytest.CaptureFixture[str]) -> None:
    rows = shell(county, capsys)[1]["rows"]
    actor = system_actor(COUNTY)
    perform(county, cancel, actor, now=datetime.now(UTC), need_id=rows[0]["need_id"], reason="不要了")
    others = [row for row in rows if row["need_id"] != rows[0]["need_id"]]
    sent = send_rows(county, actor, [rows[0], *others[:2]], now=datetime.now(UTC))
    assert [row["key"] for row in sent.refused] == ["dispatches.need_cancelled"]
    assert len(sent.done) == 2


def test_dry_run_and_commit_together_are_wrong_usage(county: Database) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["match", "--db", str(county.url), "--dry-run", "--commit"])
    assert stopped.value.code == 2
