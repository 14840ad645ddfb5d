"""One deed on many rows, as a page shows it: how far it is, what came of it in words, and a way to retry the refused.

The job itself is the only memory: it is found again by who asks and which page, also in another tab or after a reload.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.services import bulk, jobs
from dashboard.services.bulk import Asked, Item, Refused, Report
from dashboard.services.jobs import JobStatus
from dashboard.ui import job_bar, show
from dashboard.ui.act import act_key, notify, renew_key
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, database, language, t

#: So many refusals are told line by line, more in a table.
LINES = 8

#: The words for what was asked of the rows.
Name = Callable[[Asked], str]
#: Items as they are now, those that are gone or out of reach as they were.
Anew = Callable[[Sequence[Item]], Sequence[Item]]


def _kind(page: str) -> str:
    return f"bulk.{page}"


def found(page: str) -> JobStatus | None:
    """The reader's own newest deed on many rows of this page, under way or over and not yet read."""
    return jobs.mine(actor(), _kind(page))


def busy(page: str) -> bool:
    """Is one under way?"""
    one = found(page)
    return one is not None and one.state == "running"


def start(page: str, asked: Asked, items: Sequence[Item], key: str) -> bool:
    """Begin (within a callback), wait a moment; what came of it is shown by `shown`. False where it was refused."""
    who = actor()
    try:
        forget(page)
        job_id = bulk.start(database(), who, _kind(page), asked, items, now=datetime.now(UTC), key=key)
        jobs.wait(job_id, who, jobs.MOMENT)
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return False
    finally:
        renew_key(key)
    return True


def forget(page: str) -> None:
    """It was read (a callback)."""
    one = found(page)
    if one is not None:
        jobs.forget(one.job_id, actor())


def shown(page: str, *, name: Name, anew: Anew, on_open: Callable[[int], None] | None = None) -> None:
    """The bar while it goes on; then what was done and what was refused, until it is read."""
    one = found(page)
    if one is None:
        return
    if one.state == "running":
        job_bar.bar(_kind(page), _counted, t("bulk.meanwhile"), key=f"{page}.bulk")
    elif one.state == "failed":
        st.error(t(one.error, **one.values))
        forget(page)
    elif not isinstance(one.result, Report):
        forget(page)
    else:
        _report(page, one.result, name, anew, on_open)


def _counted(one: JobStatus) -> str:
    done, total = (show.number(language(), count) for count in (one.done, one.total))
    return t("jobs.done_of", done=done, total=total)


def _report(page: str, report: Report, name: Name, anew: Anew, on_open: Callable[[int], None] | None) -> None:
    counts = {"what": name(report.asked)} | {
        part: show.number(language(), len(rows))
        for part, rows in (("done", report.done), ("refused", report.refused), ("left", report.left))
    }
    if not report.refused and not report.left:
        st.success(t("bulk.all_done", **counts), icon=":material/task_alt:")
        forget(page)
        return
    key = "bulk.was_stopped" if report.left else "bulk.some_refused"
    with st.container(border=True, key=f"{page}.bulk.report"):
        st.markdown(f"**{plain(t(key, **counts))}**")
        _refused(page, report.refused, on_open)
        with st.container(horizontal=True):
            if report.refused:
                again = [one.item for one in report.refused]
                _again(page, "retry", report.asked, again, anew, ":material/replay:")
            if report.left:
                _again(page, "go_on", report.asked, report.left, anew, ":material/play_arrow:")
            st.button(t("bulk.read"), key=f"{page}.bulk.read", type="tertiary", on_click=forget, args=(page,))


def _refused(page: str, refused: Sequence[Refused], on_open: Callable[[int], None] | None) -> None:
    """Each with its number and why; a click on the number opens it."""
    lines = [(one, t(one.key, **one.values)) for one in refused]
    if len(lines) > LINES:
        names = [t("bulk.column.name"), t("bulk.column.why")]
        table = pd.DataFrame([(one.item.name, why) for one, why in lines], columns=names)
        st.dataframe(table, hide_index=True, key=f"{page}.bulk.refused", height=250)
        return
    for one, why in lines:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if on_open is None:
                st.markdown(f"**{plain(one.item.name)}**", width="content")
            else:
                st.button(
                    one.item.name,
                    key=f"{page}.bulk.open.{one.item.id}",
                    type="tertiary",
                    on_click=on_open,
                    args=(one.item.id,),
                )
            st.markdown(plain(why, 300), width="content")


def _again(page: str, what: str, asked: Asked, items: Sequence[Item], anew: Anew, icon: str) -> None:
    key = f"{page}.bulk.{what}"
    st.button(
        t(f"bulk.{what}", count=show.number(language(), len(items))),
        key=key,
        type="primary" if what == "retry" else "secondary",
        icon=icon,
        on_click=_asked_again,
        args=(page, asked, tuple(items), anew, act_key(key)),
    )


def _asked_again(page: str, asked: Asked, items: Sequence[Item], anew: Anew, key: str) -> None:
    start(page, asked, anew(items), key)
