"""The notebook a monthly meeting begins with: this month beside the last and the targets, the map, the best and the
worst towns with what held them up. Counts follow the definitions of the figures, so the screens agree.
"""

from collections.abc import Callable

Plain = list[dict[str, str]]
Say = Callable[[str], str]

#: The days of this month so far, and as many of the last.
_SPANS = """
with days as (
  select date(:today, 'start of month') as begins, date(:today) as ends,
    date(:today, 'start of month', '-1 month') as begins_before,
    min(date(:today, 'start of month', '-1 month', '+' || (strftime('%d', :today) - 1) || ' days'),
        date(:today, 'start of month', '-1 day')) as ends_before
)
""".strip()
#: A town with fewer orders closed says nothing about how it works.
_LEAST = 5


def meeting(say: Say) -> Plain:
    """The screens, one heading each."""
    town, share = say("town"), say("share_in_time")
    return [
        _text("targets", f"# {say('against_targets')}"),
        {
            "name": "figures",
            "kind": "figure",
            "keys": "needs_registered needs_closed in_time services volunteers_served satisfaction",
        },
        _text("opening", f"# {say('two_months')}"),
        _query("two_months", say("two_months"), _months(say)),
        _text("map_of_towns", f"# {say('open_by_town')}"),
        _query(
            "towns_now",
            say("open_by_town"),
            f"""
select s.site_id, s.town as "{town}", count(n.need_id) as "{say("open_orders")}",
  coalesce(sum(n.overdue), 0) as "{say("overdue")}"
from sites s left join needs n on n.town_code = s.town_code and n.state = 'open'
where s.level = 'institute' and (s.valid_to is null or s.valid_to > :today) group by 1, 2 order by 3 desc, 2
""",
        ),
        {
            "name": "map",
            "kind": "map",
            "title": say("open_by_town"),
            "source": "towns_now",
            "y": say("open_orders"),
        },
        _text("ranks", f"# {say('best_and_worst')}"),
        _query("best_and_worst", say("best_and_worst"), _ranks(say, town, share)),
    ]


def _months(say: Say) -> str:
    def line(name: str, view: str, day: str, counted: str) -> str:
        within = f"sum(case when {day} between {{}} and {{}} then {counted} end)"
        now, before = within.format("begins", "ends"), within.format("begins_before", "ends_before")
        return f"select '{say(name)}' as what, {now} as now, {before} as before from {view}, days"

    lines = (
        line("orders", "needs", "registered_day", "(state <> 'draft')"),
        line("closed", "needs", "closed_day", "(state = 'closed')"),
        line("late", "needs", "closed_day", "(state = 'closed' and closed_late)"),
        line("services", "services", "start_day", "1"),
        line("hours", "services", "start_day", "minutes / 60.0"),
    )
    union = "\nunion all ".join(lines)
    number = "cast(round(coalesce({0}, 0)) as integer)"
    return f"""
{_SPANS},
both as ({union})
select what as "{say("what")}", {number.format("now")} as "{say("this_month")}",
  {number.format("before")} as "{say("last_month")}",
  {number.format("now")} - {number.format("before")} as "{say("change")}"
from both
"""


def _ranks(say: Say, town: str, share: str) -> str:
    """Each town with two figures that explain its place: how long an order waits until somebody takes it up, and the
    category most often late. A number below `_LEAST`, or one that leaves such a number to the others, isn't said."""
    return f"""
with judged as (
  select town, category, closed_late, (julianday(taken_up_at) - julianday(opened_at)) * 24 as waited from needs
  where state = 'closed' and closed_day > date(:today, '-90 days') and close_due_at is not null and town is not null
),
towns as (
  select town, count(*) as closed, sum(closed_late) as late, 100.0 * sum(not closed_late) / count(*) as in_time,
    avg(waited) as waited
  from judged group by 1 having count(*) >= {_LEAST}
),
reasons as (
  select town, category, count(*) as times,
    row_number() over (partition by town order by count(*) desc, category) as place
  from judged where closed_late group by 1, 2
),
ranked as (
  select towns.*, row_number() over (order by in_time desc, closed desc, town) as best,
    row_number() over (order by in_time, closed desc, town) as worst from towns
)
select case when best <= 5 then '{say("best")}' else '{say("worst")}' end as "{say("rank")}", ranked.town as "{town}",
  closed as "{say("closed")}", round(in_time, 1) as "{share}", late as "{say("late")}",
  round(waited, 1) as "{say("hours_take_up")}",
  coalesce(reasons.category || case when times >= {_LEAST} and (times = late or late - times >= {_LEAST})
    then ' ' || times else '' end, '') as "{say("held_up_by")}"
from ranked left join reasons on reasons.town = ranked.town and place = 1
where best <= 5 or worst <= 5 order by best
"""


def _text(name: str, markdown: str) -> dict[str, str]:
    return {"name": name, "kind": "text", "markdown": markdown, "notes": ""}


def _query(name: str, title: str, sql: str) -> dict[str, str]:
    return {"name": name, "kind": "query", "title": title, "sql": sql.strip()}
