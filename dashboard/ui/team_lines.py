"""Rows of a team's lists in the reader's words: the same on screen and in the file."""

from dashboard.core.figures import is_satisfied
from dashboard.services.team_rows import ActivityRow, Member, RatingRow, ServiceRow
from dashboard.text import text
from dashboard.ui import show


def member(row: Member, shown: str) -> dict[str, object]:
    """A member, with what she gave this team."""
    return {
        "teams.column.volunteer": row.name,
        "teams.column.code": row.code,
        "teams.column.since": show.date(shown, row.since),
        "teams.column.services": row.services,
        "teams.column.hours": round(row.minutes / 60, 1),
        "teams.column.last": show.date(shown, row.last_served),
    }


def service(row: ServiceRow, shown: str) -> dict[str, object]:
    """A service record; no column for people where the reader sees none."""
    line: dict[str, object] = {
        "teams.column.time": f"{show.date(shown, row.start)} {show.clock(row.start)}–{show.clock(row.end)}",
        "teams.column.break": row.break_minutes,
        "teams.column.minutes": row.minutes,
        "teams.column.grade": row.grade.value,
        "teams.column.occasion": row.occasion,
        "teams.column.place": row.place,
    }
    return line | ({"teams.column.volunteer": row.volunteer} if row.volunteer else {})


def activity(row: ActivityRow, shown: str) -> dict[str, object]:
    """An activity with the people it reached and the service records it has."""
    return {
        "teams.column.time": f"{show.date(shown, row.start)} {show.clock(row.start)}–{show.clock(row.end)}",
        "teams.column.occasion": row.name,
        "teams.column.place": row.place,
        "teams.column.reached": show.number(shown, row.people_reached),
        "teams.column.services": row.services,
    }


def rating(row: RatingRow, shown: str) -> dict[str, object]:
    """An order asked about, and what it counts as."""
    verdict = is_satisfied(row.score, row.outcome, row.reopened)
    words = "silent" if verdict is None else "yes" if verdict else "no"
    counted = text(shown, f"teams.verdict.{words}")
    if row.reopened:
        counted = f"{counted} · {text(shown, 'teams.reopened')}"
    return {
        "teams.column.date": show.date(shown, row.asked_at),
        "teams.column.occasion": row.order,
        "teams.column.score": show.number(shown, row.score),
        "teams.column.outcome": text(shown, f"words.outcome.{row.outcome}") if row.outcome else show.DASH,
        "teams.column.verdict": counted,
    }
