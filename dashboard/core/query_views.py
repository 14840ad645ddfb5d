"""The views a query may read: what each row is, its columns, who sees them. `docs/views.md` is printed from here.

A view holds no words of residents, no resident's name, no phone, address or number of a document. A `stored` column is
copied from the database; a `derived` one follows from a stored column of the same row; a `timed` one also depends on
the moment of the query.
"""

from dashboard.core.permissions import Action
from dashboard.core.query_columns import Column, Kind, View
from dashboard.core.query_counted import COUNTED
from dashboard.core.words import Subject

__all__ = ["VIEWS", "Column", "View"]


def _id(*names: str, right: Action | None = None) -> tuple[Column, ...]:
    return tuple(Column(name, "id", right=right) for name in names)


def _of(kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name in names)


def _time(name: str) -> tuple[Column, ...]:
    """A moment and, to group by, its day and month."""
    stem = name.removesuffix("_at")
    return (
        Column(name, "time"),
        Column(f"{stem}_day", "day", f"substr({name}, 1, 10)"),
        Column(f"{stem}_month", "month", f"substr({name}, 1, 7)"),
    )


_PEOPLE, _DESK, _ROUNDS = Action.SEE_VOLUNTEERS, Action.RECORD_SERVICE, Action.EDIT_NEED
_VALID = _of("day", "valid_from", "valid_to")
_VOLUNTEER = _id("volunteer_id", right=_PEOPLE)

_ALL = (
    View(
        "sites",
        (
            *_id("site_id"),
            *_of("text", "code", "name"),
            *_of("word", "level", "kind"),
            *_id("parent_id"),
            *_of("text", "town_code", "town"),
            *_of("number", "lon", "lat"),
            *_VALID,
        ),
        (Subject.PLACES,),
        Action.SEE_MAP,
    ),
    View(
        "grids",
        (
            *_id("grid_id"),
            *_of("text", "code", "name"),
            *_of("word", "kind"),
            *_id("site_id"),
            *_of("text", "town_code", "town", "village_code", "village"),
            *_of("number", "households", "area_m2", "lon", "lat"),
            *_VALID,
        ),
        (Subject.PLACES,),
        Action.SEE_MAP,
    ),
    View(
        "grid_contacts",
        (*_id("contact_id", "grid_id"), *_of("text", "masked_name", "duty"), *_VALID),
        (Subject.PLACES, Subject.PEOPLE),
        Action.SEE_MAP,
    ),
    View(
        "teams",
        (
            *_id("team_id"),
            *_of("text", "code", "name"),
            *_of("word", "kind", "aspect"),
            *_id("site_id"),
            *_of("flag", "shared", "active"),
            *_of("day", "founded_on"),
        ),
        (Subject.PLACES, Subject.PEOPLE),
        Action.SEE_TEAMS,
    ),
    View("memberships", (*_id("team_id", "volunteer_id"), *_VALID), (Subject.PLACES, Subject.PEOPLE), _PEOPLE),
    View(
        "volunteers",
        (
            *_id("volunteer_id"),
            *_of("text", "masked_name"),
            *_of("word", "gender"),
            *_of("text", "birth_years"),
            *_id("site_id"),
            *_of("word", "status", "consent"),
            *_of("number", "cap_day", "cap_week", "max_distance_m"),
            *_of("flag", "availability_known"),
            *_of("number", "stars"),
            *_of("text", "badges"),
            *_of("day", "registered_on"),
            Column("registered_month", "month", "substr(registered_on, 1, 7)"),
        ),
        (Subject.PLACES, Subject.PEOPLE),
        _PEOPLE,
    ),
    View(
        "skills",
        (*_id("skill_id"), *_of("text", "code", "name", "name_en"), *_of("flag", "licence")),
        (Subject.PEOPLE, Subject.CATALOGUE),
        Action.SEE_NEEDS,
    ),
    View(
        "volunteer_skills",
        (*_id("volunteer_id", "skill_id"), *_of("number", "skill_level")),
        (Subject.PLACES, Subject.PEOPLE),
        _PEOPLE,
    ),
    View(
        "certificates",
        (*_id("certificate_id", "volunteer_id", "skill_id"), *_of("day", "issued_on", "expires_on")),
        (Subject.PLACES, Subject.PEOPLE),
        _PEOPLE,
    ),
    View(
        "categories",
        (
            *_id("category_id"),
            *_of("text", "code", "name", "name_en"),
            *_of("word", "aspect"),
            *_of("number", "duration_minutes"),
            *_of("flag", "licence", "active"),
        ),
        (Subject.CATALOGUE,),
        Action.SEE_NEEDS,
    ),
    View(
        "catalogue",
        (
            *_id("item_id"),
            *_of("text", "code", "name"),
            *_id("category_id", "site_id", "team_id"),
            *_of("number", "duration_minutes", "market_fen", "material_fen"),
            *_of("text", "season"),
            *_of("day", "retired_on"),
        ),
        (Subject.PLACES, Subject.CATALOGUE),
        Action.SEE_NEEDS,
    ),
    View(
        "needs",
        (
            *_id("need_id"),
            *_of("text", "code"),
            *_of("word", "state", "channel", "urgency"),
            *_id("category_id"),
            *_of("text", "category"),
            *_id("item_id", "site_id", "grid_id"),
            *_of("text", "town_code", "town", "village_code", "village"),
            *_of("number", "duration_minutes", "seats"),
            *_of("flag", "whole"),
            *_id("series_id"),
            *_time("registered_at"),
            *_time("opened_at"),
            *_time("taken_up_at"),
            *_time("closed_at"),
            *_of("time", "take_up_due_at", "close_due_at"),
            Column(
                "due_at",
                "time",
                "case when taken_up_at is null then coalesce(take_up_due_at, close_due_at) else close_due_at end",
            ),
            Column("taken_up_late", "flag", "coalesce(taken_up_at > take_up_due_at, 0)"),
            Column("closed_late", "flag", "coalesce(closed_at > close_due_at, 0)"),
            Column("overdue", "flag", "coalesce(state = 'open' and due_at < {now}, 0)"),
        ),
        (Subject.PLACES, Subject.CATALOGUE, Subject.NEEDS),
        Action.SEE_NEEDS,
    ),
    View(
        "need_events",
        (
            *_id("event_id", "need_id", "dispatch_id"),
            *_of("word", "from_state", "to_state"),
            *_time("happened_at"),
            *_time("recorded_at"),
        ),
        (Subject.PLACES, Subject.NEEDS),
        Action.SEE_NEEDS,
    ),
    View(
        "dispatches",
        (
            *_id("dispatch_id", "need_id"),
            *_VOLUNTEER,
            *_of("word", "state"),
            *_time("start_at"),
            *_of("time", "end_at"),
            *_of("number", "distance_m"),
            *_time("offered_at"),
            *_of("time", "expires_at", "responded_at"),
        ),
        (Subject.PLACES, Subject.NEEDS),
        Action.SEE_NEEDS,
    ),
    View(
        "services",
        (
            *_id("service_id"),
            *_VOLUNTEER,
            *_id("need_id", "dispatch_id", "activity_id", "team_id", "site_id", "grid_id"),
            *_time("start_at"),
            *_of("time", "end_at"),
            *_of("number", "minutes"),
            *_of("word", "grade"),
            *_of("time", "recorded_at"),
        ),
        (Subject.PLACES, Subject.SERVICES),
        Action.SEE_TEAMS,
    ),
    View(
        "ratings",
        (
            *_id("need_id", "team_id"),
            *_of("number", "score"),
            *_of("word", "outcome", "channel"),
            *_time("asked_at"),
            *_time("answered_at"),
        ),
        (Subject.PLACES, Subject.NEEDS, Subject.SERVICES),
        Action.SEE_TEAMS,
    ),
    View(
        "activities",
        (
            *_id("activity_id"),
            *_of("text", "code", "name"),
            *_id("category_id", "team_id", "site_id", "grid_id"),
            *_time("start_at"),
            *_of("time", "end_at"),
            *_of("number", "people_reached"),
        ),
        (Subject.PLACES, Subject.SERVICES),
        Action.SEE_TEAMS,
    ),
    View(
        "follow_ups",
        (
            *_id("follow_up_id", "need_id"),
            *_of("word", "reason"),
            *_of("number", "turn"),
            *_time("opened_at"),
            *_of("time", "due_at"),
            *_time("closed_at"),
            *_of("word", "result"),
        ),
        (Subject.PLACES, Subject.NEEDS, Subject.SERVICES),
        _DESK,
    ),
    View(
        "messages",
        (
            *_id("message_id", "need_id", "dispatch_id"),
            *_of("word", "party", "message_kind", "state", "channel"),
            *_time("created_at"),
            *_of("time", "sent_at"),
            *_of("number", "tries"),
        ),
        (Subject.PLACES, Subject.NEEDS, Subject.MESSAGES),
        _DESK,
    ),
    View(
        "series",
        (
            *_id("series_id", "category_id", "site_id", "grid_id"),
            *_id("keeper_id", "substitute_id", right=_PEOPLE),
            *_of("number", "minutes"),
            *_time("start_at"),
            *_of("time", "created_at", "ended_at"),
        ),
        (Subject.PLACES, Subject.NEEDS),
        _ROUNDS,
    ),
    View(
        "contracts",
        (
            *_id("contract_id"),
            *_id("volunteer_id", "substitute_id", right=_PEOPLE),
            *_time("since_at"),
            *_of("time", "ended_at"),
        ),
        (Subject.PLACES, Subject.PEOPLE, Subject.NEEDS),
        _ROUNDS,
    ),
    View(
        "days",
        (
            *_of("day", "day"),
            Column("month", "month", "substr(day, 1, 7)"),
            *_of("number", "weekday"),
            *_of("flag", "working", "working_known"),
        ),
        (),
        Action.SEE_NEEDS,
    ),
)

#: Every view by name.
VIEWS: dict[str, View] = {view.name: view for view in (*_ALL, *COUNTED)}
