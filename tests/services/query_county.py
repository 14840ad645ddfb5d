"""A county of two stations for the tests of queries, with words that no query of one station's reader may show."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from db.models import Dispatch, FollowUp, Message, NeedRole
from tests import builders as build

#: Real names, phones, addresses, residents' words and secrets of the own station as well as of the other one.
SECRETS = (
    "秘小明", "秘大红", "密阿婆", "13911112222", "13933334444", "红星路", "夜里摔倒", "HASHHASH", "别处站", "VCODE",
    "daqin", "520326199001011234", "CERTNO", "/home", "PATH=", "CREATE TABLE", "root:",
)  # fmt: skip


@dataclass(frozen=True)
class Readers:
    """Who asks: the coordinator of one station, its leader, and readers of the whole county."""

    coordinator: Actor
    leader: Actor
    admin: Actor
    station_worker: Actor


def fill(session: Session) -> Readers:
    """Rows of every view at both stations: three volunteers, five needs, four services each."""
    build.a_county(session)
    centre = build.a_site(session)
    here = build.a_site(session, centre, name="本站", phone="13911112222", address="红星路9号")
    there = build.a_site(session, centre, name="别处站")
    skill = build.a_skill(session)
    category = build.a_category(session, name="理发")
    for site, name in ((here, "秘小明"), (there, "秘大红")):
        resident = build.a_person(session, "密阿婆", "13933334444", address="红星路9号")
        grid = build.a_grid(session, site, name=f"{site.name}网格")
        team = build.a_team(session, site, name=f"{site.name}队")
        people = [build.a_volunteer(session, site, name, {skill.id: n}, code=f"VCODE{site.id}{n}") for n in (1, 2, 3)]
        build.a_certificate(session, people[0], skill, build.NOW.date()).number = "CERTNO"
        build.an_account(session, Role.COORDINATOR, site, password_hash="HASHHASH", username=f"daqin{site.id}")
        activity = build.an_activity(session, team, site, name=f"{site.name}活动")
        for n in range(5):
            need = build.a_need(
                session,
                site,
                people=n + 1,
                state=("open", "open", "done", "closed", "cancelled")[n],
                title="夜里摔倒",
                detail="夜里摔倒",
                person_id=resident.id,
                category_id=category.id,
                grid_id=grid.id,
                urgency=("urgent", "soon", "normal")[n % 3],
                registered_at=build.NOW - timedelta(days=20 * n, hours=12),
                take_up_due_at=build.NOW + timedelta(hours=1 if n else -1),
            )
            role = session.query(NeedRole).filter_by(need_id=need.id).one()
            dispatch = Dispatch(
                county=build.COUNTY, need_id=need.id, role_id=role.id, volunteer_id=people[n % 3].id, state="offered",
                start=build.NOW + timedelta(days=n + 1), end=build.NOW + timedelta(days=n + 1, hours=2),
                dispatched_by=0, offered_at=build.NOW, reason="夜里摔倒",
            )  # fmt: skip
            build.saved(session, dispatch)
            if n >= 2:
                build.a_service(session, people[n - 2], need, team=team, minutes=30 * n)
                build.a_rating(session, need, n if n > 2 else None, team, words="夜里摔倒")
        build.a_service(session, people[0], activity, team=team, minutes=45, start=build.NOW - timedelta(days=40))
        build.a_member(session, team, people[0])
        build.saved(session, FollowUp(county=build.COUNTY, need_id=need.id, reason="rating", opened_at=build.NOW,
            due_at=build.NOW, note="夜里摔倒"))  # fmt: skip
        build.saved(session, Message(county=build.COUNTY, need_id=need.id, dispatch_id=dispatch.id, party="volunteer",
            kind="offered", version=1, created_at=build.NOW))  # fmt: skip
    return Readers(
        coordinator=build.an_actor(Role.COORDINATOR, here),
        leader=build.an_actor(Role.LEADER, here),
        admin=build.an_actor(Role.ADMIN),
        station_worker=build.an_actor(Role.STATION_WORKER, here),
    )
