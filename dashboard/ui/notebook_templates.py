"""Notebooks to begin with: their queries, with titles and headings in the maker's language."""

from collections.abc import Callable

from dashboard.text import text
from dashboard.ui import notebook_defended, notebook_inspections, notebook_meeting

Plain = list[dict[str, str]]


def cells(name: str, language: str) -> Plain:
    """The cells of a template, plain."""

    def say(key: str) -> str:
        return text(language, f"notebook_say.{key}")

    if name in _DEFENDED:
        return _DEFENDED[name](say, language)
    return _TEMPLATES[name](say)


Say = Callable[[str], str]


def _text(name: str, markdown: str, notes: str = "") -> dict[str, str]:
    return {"name": name, "kind": "text", "markdown": markdown, "notes": notes}


def _query(name: str, title: str, sql: str) -> dict[str, str]:
    return {"name": name, "kind": "query", "title": title, "sql": sql.strip()}


def _figures(name: str, *keys: str) -> dict[str, str]:
    return {"name": name, "kind": "figure", "keys": " ".join(keys)}


def _chart(source: str, title: str, mark: str, x: str, y: str, series: str = "") -> dict[str, str]:
    fields = {"title": title, "source": source, "mark": mark, "x": x, "y": y, "series": series}
    return {"name": f"{source}_chart", "kind": "chart", **fields}


def _empty(say: Say) -> Plain:
    return [_text("text1", f"# {say('new')}")]


def _brief(say: Say) -> Plain:
    """Six figures, the year by month and as a map, the towns."""
    month, orders, closed, town = say("month"), say("orders"), say("closed"), say("town")
    return [
        _text("opening", f"# {say('brief')}", say("brief_notes")),
        _figures("six", "needs_registered", "needs_closed", "in_time", "services", "volunteers_served", "satisfaction"),
        _text("year", f"# {say('year')}"),
        _query(
            "by_month",
            say("year"),
            f"""
select registered_month as "{month}", count(*) as "{orders}", sum(state = 'closed') as "{closed}"
from needs where state <> 'draft' and registered_day >= date(:today, 'start of month', '-11 months')
group by 1 order by 1
""",
        ),
        _chart("by_month", say("year"), "bars", month, orders),
        _text("played", f"# {say('played')}"),
        {
            "name": "by_month_and_town",
            "kind": "lapse",
            "title": "",
            "figure": "needs_registered",
            "months": "12",
            "until": "",
            "known": "now",
        },
        _text("towns", f"# {say('towns')}"),
        _query(
            "by_town",
            say("towns"),
            f"""
select town as "{town}", count(*) as "{orders}", sum(state = 'closed') as "{closed}",
  sum(overdue) as "{say("overdue")}"
from needs where state <> 'draft' and registered_day >= date(:today, '-365 days') and town is not null
group by 1 order by 2 desc, 1
""",
        ),
    ]


def _coverage(say: Say) -> Plain:
    """Grids by town with households, those without a contact, those without a service this year."""
    town, grids = say("town"), say("grids")
    return [
        _text("opening", f"# {say('coverage')}"),
        _query(
            "gaps",
            say("coverage"),
            f"""
with now_grids as (select * from grids where valid_to is null or valid_to > :today),
served as (select distinct grid_id from services where start_day >= date(:today, '-365 days')),
known as (select distinct grid_id from grid_contacts where valid_to is null or valid_to > :today)
select g.town as "{town}", count(*) as "{grids}", sum(g.households) as "{say("households")}",
  sum(k.grid_id is null) as "{say("no_contact")}", sum(s.grid_id is null) as "{say("not_served")}"
from now_grids g left join served s on s.grid_id = g.grid_id left join known k on k.grid_id = g.grid_id
group by 1 order by 5 desc, 1
""",
        ),
        _chart("gaps", say("not_served"), "bars", town, say("not_served")),
    ]


def _teams(say: Say) -> Plain:
    """Teams by services and hours in a span that is typed in."""
    return [
        {"name": "days", "kind": "input", "title": say("days"), "value": "365"},
        _text("opening", f"# {say('teams')}"),
        _query(
            "teams_compared",
            say("teams"),
            f"""
select t.name as "{say("team")}", count(s.service_id) as "{say("services")}",
  round(coalesce(sum(s.minutes), 0) / 60.0, 1) as "{say("hours")}",
  round(100.0 * sum(s.grade = 'A') / nullif(count(s.service_id), 0), 1) as "{say("share_a")}"
from teams t left join services s
  on s.team_id = t.team_id and s.start_day >= date(:today, '-' || :days || ' days')
where t.active group by t.team_id order by 2 desc, 1 limit 30
""",
        ),
    ]


def _quality(say: Say) -> Plain:
    """What is missing in the registers."""
    return [
        _text("opening", f"# {say('quality')}"),
        _query(
            "missing",
            say("quality"),
            f"""
select '{say("grids_without_site")}' as "{say("what")}", count(*) as "{say("rows")}" from grids where site_id is null
union all select '{say("sites_without_place")}', count(*) from sites where lon is null
union all select '{say("needs_without_grid")}', count(*) from needs where grid_id is null
union all select '{say("services_without_team")}', count(*) from services where team_id is null
union all select '{say("to_verify")}', count(*) from needs where state = 'to_verify'
union all select '{say("over_16_hours")}', count(*) from services where minutes > 16 * 60
union all select '{say("services_ahead")}', count(*) from services where end_at > :now
union all select '{say("entered_late")}', count(*) from services
  where grade = 'C' and julianday(recorded_at) - julianday(end_at) > 30
union all select '{say("nobody_counted")}', count(*) from activities where people_reached is null and end_at <= :now
""",
        ),
    ]


def _response(say: Say) -> Plain:
    """How long until somebody takes an order up and until it is closed, by urgency."""
    return [
        _text("opening", f"# {say('response')}"),
        _query(
            "response",
            say("response"),
            f"""
select case urgency when 'urgent' then '{say("urgency_urgent")}' when 'soon' then '{say("urgency_soon")}'
    else '{say("urgency_normal")}' end as "{say("urgency")}", count(*) as "{say("orders")}",
  round(avg((julianday(taken_up_at) - julianday(opened_at)) * 24), 1) as "{say("hours_take_up")}",
  round(avg((julianday(closed_at) - julianday(opened_at)) * 24), 1) as "{say("hours_close")}",
  sum(closed_late) as "{say("late")}"
from needs where opened_day >= date(:today, '-365 days') group by 1 order by 2 desc
""",
        ),
    ]


_TEMPLATES: dict[str, Callable[[Say], Plain]] = {
    "brief": _brief,
    "meeting": notebook_meeting.meeting,
    "coverage": _coverage,
    "teams": _teams,
    "response": _response,
    "quality": _quality,
    "stations": notebook_inspections.stations,
    "contacts": notebook_inspections.contacts,
    "programme": notebook_inspections.programme,
    "empty": _empty,
}
#: Those that name figures and identities by the catalogue's own words.
_DEFENDED = {"two_days": notebook_defended.two_days, "tie_out": notebook_defended.tie_out}
NAMES = (*(name for name in _TEMPLATES if name != "empty"), *_DEFENDED, "empty")
