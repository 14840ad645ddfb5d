"""Notebooks an inspection begins with: stations against their standard, grids and their cards, the programme tree."""

from collections.abc import Callable

Plain = list[dict[str, str]]
Say = Callable[[str], str]


def stations(say: Say) -> Plain:
    """The station standard 六有一能, as far as rows tell: a place, a squad, files, and that it can serve. Signs, rules
    and management are on no register, so they are for whoever goes there."""
    town, count = say("town"), say("stations")
    rows = """
with here as (
  select * from sites where level = 'station' and (valid_to is null or valid_to > :today)
),
squads as (select distinct site_id from teams where active),
filed as (select distinct site_id from services where start_day >= date(:today, '-365 days')),
served as (select distinct site_id from needs where closed_day >= date(:today, '-365 days')),
found as (
  select here.site_id, here.name, here.town, here.lon is not null as place, squads.site_id is not null as squad,
    filed.site_id is not null as files, served.site_id is not null as serves
  from here left join squads on squads.site_id = here.site_id left join filed on filed.site_id = here.site_id
    left join served on served.site_id = here.site_id
)
""".strip()
    lacks = " || ".join(
        f"""case when {column} then '' else '{say(f"lacks_{column}")} ' end"""
        for column in ("place", "squad", "files", "serves")
    )
    return [
        _text("opening", f"# {say('inspection')}\n\n{say('inspection_note')}"),
        _query(
            "by_town",
            say("inspection"),
            f"""
{rows}
select town as "{town}", count(*) as "{count}", sum(place) as "{say("has_place")}", sum(squad) as "{say("has_squad")}",
  sum(files) as "{say("has_files")}", sum(serves) as "{say("can_serve")}",
  sum(place and squad and files and serves) as "{say("all_four")}"
from found group by 1 order by 7 * 1.0 / count(*), 1
""",
        ),
        _query(
            "lacking",
            say("lacking"),
            f"""
{rows}
select town as "{town}", name as "{say("station")}", trim({lacks}) as "{say("lacks")}"
from found where not (place and squad and files and serves) order by 1, 2 limit 200
""",
        ),
    ]


def contacts(say: Say) -> Plain:
    """Grids with and without a posted card, by town; those without, by name."""
    town, grids, share = say("town"), say("grids"), say("share_with_card")
    rows = """
with now_grids as (select * from grids where valid_to is null or valid_to > :today),
cards as (
  select grid_id, count(*) as cards from grid_contacts where valid_to is null or valid_to > :today group by 1
)
""".strip()
    return [
        _text("opening", f"# {say('contacts')}"),
        _query(
            "by_town",
            say("contacts"),
            f"""
{rows}
select g.town as "{town}", count(*) as "{grids}", sum(g.households) as "{say("households")}",
  coalesce(sum(c.cards), 0) as "{say("cards")}", sum(c.grid_id is null) as "{say("no_card")}",
  round(100.0 * sum(c.grid_id is not null) / count(*), 1) as "{share}"
from now_grids g left join cards c on c.grid_id = g.grid_id group by 1 order by 6, 1
""",
        ),
        _chart("by_town", share, "bars", town, share),
        _query(
            "without",
            say("without_card"),
            f"""
{rows}
select g.town as "{town}", g.village as "{say("village")}", g.name as "{say("grid")}",
  g.households as "{say("households")}"
from now_grids g left join cards c on c.grid_id = g.grid_id where c.grid_id is null order by 1, 2, 3 limit 200
""",
        ),
    ]


def programme(say: Say) -> Plain:
    """Themes, their activities and what came of them; each total is the sum over its activities."""
    theme, held = say("theme"), say("activities")
    rows = """
with held as (
  select * from activities where start_at <= :now and start_day >= date(:today, '-' || :days || ' days')
),
hours as (
  select activity_id, count(*) as times, sum(minutes) as minutes from services where activity_id is not null group by 1
)
""".strip()
    sums = f"""
  count(*) as "{held}", coalesce(sum(h.people_reached), 0) as "{say("reached")}",
  sum(h.people_reached is null) as "{say("not_counted")}", coalesce(sum(s.times), 0) as "{say("volunteer_times")}",
  round(coalesce(sum(s.minutes), 0) / 60.0, 1) as "{say("hours")}"
""".strip()
    return [
        {"name": "days", "kind": "input", "title": say("days"), "value": "365"},
        _text("opening", f"# {say('programme')}"),
        _query(
            "whole",
            say("programme_whole"),
            f"""
{rows}
select {sums} from held h left join hours s on s.activity_id = h.activity_id
""",
        ),
        _query(
            "themes",
            say("programme"),
            f"""
{rows}
select c.name as "{theme}", {sums}
from held h left join hours s on s.activity_id = h.activity_id left join categories c on c.category_id = h.category_id
group by 1 order by 2 desc, 1
""",
        ),
        _chart("themes", say("reached"), "bars", theme, say("reached")),
        _query(
            "largest",
            say("largest"),
            f"""
{rows}
select c.name as "{theme}", h.name as "{say("activity")}", h.start_day as "{say("day")}",
  h.people_reached as "{say("reached")}", s.times as "{say("volunteer_times")}"
from held h left join hours s on s.activity_id = h.activity_id left join categories c on c.category_id = h.category_id
order by 4 desc, 3 limit 30
""",
        ),
    ]


def _text(name: str, markdown: str) -> dict[str, str]:
    return {"name": name, "kind": "text", "markdown": markdown, "notes": ""}


def _query(name: str, title: str, sql: str) -> dict[str, str]:
    return {"name": name, "kind": "query", "title": title, "sql": sql.strip()}


def _chart(source: str, title: str, mark: str, x: str, y: str) -> dict[str, str]:
    fields = {"title": title, "source": source, "mark": mark, "x": x, "y": y, "series": ""}
    return {"name": f"{source}_chart", "kind": "chart", **fields}
