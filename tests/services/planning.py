"""A desk of two coordinators who match many needs at once: for the tests of runs, jobs, drafts and commits."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from dashboard.core.filters import Filters
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import draft_commit, live_plans, match_drafts, match_jobs, match_people
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Dispatch, MatchRun, Need, NeedRole
from tests.builders import NOW, a_need, a_site, a_volunteer, actor_for, an_account

START = NOW + timedelta(days=1)
#: A degree of longitude at the county's latitude is about 97.8 km.
KM = 1 / 97.8


class Desk:
    """A centre with one station; volunteers and needs as the test makes them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        match_people.forget()
        live_plans.forget_all()

        def build(session: Any) -> None:
            self.centre = a_site(session)
            self.station = a_site(session, self.centre)
            self.li = actor_for(an_account(session, display_name="李调度"))
            self.wang = actor_for(an_account(session, display_name="王调度"))
            self.admin = actor_for(an_account(session, Role.ADMIN, display_name="邹"))

        database.write(build)

    def make(self, builder: Any, *args: Any, **values: Any) -> Any:
        return self.database.write(lambda session: builder(session, *args, **values))

    def volunteer(self, name: str, km: float = 0.0, **values: Any) -> int:
        return self.make(a_volunteer, values.pop("site", self.station), name, lon=107.9 + km * KM, **values).id

    def need(self, **values: Any) -> int:
        return self.make(a_need, values.pop("site", self.station), **values).id

    def role(self, need_id: int) -> int:
        with self.database.read() as session:
            return session.scalars(select(NeedRole.id).where(NeedRole.need_id == need_id)).first() or 0

    def do(self, deed: Any, actor: Actor | None = None, now: Any = NOW, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.li, now=now, **values)

    def ask(self, question: Any, actor: Actor | None = None, **values: Any) -> Any:
        return answer(self.database, question, actor or self.li, **values)

    def solve(self, actor: Actor | None = None, now: Any = NOW, **values: Any) -> match_jobs.JobStatus:
        """Run a job to its end."""
        actor = actor or self.li
        given: dict[str, Any] = {"filters": Filters()} | values
        job = match_jobs.start(self.database, actor, now=now, **given)
        found = match_jobs.wait(job, actor, 120)
        assert found.state == "done", found
        return found

    def draft(self, actor: Actor | None = None, **values: Any) -> int:
        """Solve; the id of the first draft."""
        made = self.solve(actor, **values).draft_id
        assert made is not None
        return made

    def edit(self, draft: int, version: int, kind: str, volunteer: int, need: int = 0, **values: Any) -> Any:
        role = self.role(need) if need else 0
        given = {"run_id": draft, "version": version, "kind": kind, "role_id": role, "volunteer_id": volunteer}
        actor = values.pop("actor", self.li)
        return match_drafts.edit_draft(self.database, actor, now=NOW, **given, **values)

    def commit(self, draft: int, actor: Actor | None = None, version: int = 1, now: Any = NOW, **values: Any) -> Any:
        given = {"run_id": draft, "version": version, **values}
        return draft_commit.commit_draft(self.database, actor or self.li, now=now, **given)

    def row(self, run_id: int) -> MatchRun:
        with self.database.read() as session:
            found = session.get_one(MatchRun, run_id)
            session.expunge_all()
            return found

    def sent(self) -> list[tuple[int, int]]:
        """(need, volunteer) of every dispatch that holds a seat."""
        with self.database.read() as session:
            rows = session.execute(
                select(Dispatch.need_id, Dispatch.volunteer_id)
                .where(Dispatch.state == "offered")
                .order_by(Dispatch.need_id, Dispatch.volunteer_id)
            )
            return [(row.need_id, row.volunteer_id) for row in rows]

    def count(self, table: Any) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def state(self, need_id: int) -> str:
        with self.database.read() as session:
            return session.get_one(Need, need_id).state
