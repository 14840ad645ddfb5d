"""The action cell that backs the database up: progress, what came of it, and the backups there are."""

import pandas as pd
import streamlit as st

from dashboard.core.permissions import Actor
from dashboard.services import backups, jobs
from dashboard.services.backups import Backup
from dashboard.services.jobs import JobStatus
from dashboard.ui import job_bar, show
from dashboard.ui.session import language, t

#: Backups that are listed.
LISTED = 10


def under_way(who: Actor) -> bool:
    """Is one of hers being made? Then its bar is drawn."""
    one = jobs.mine(who, backups.KIND)
    if one is None or one.state != "running":
        return False
    job_bar.bar(backups.KIND, _step, t("backups.lead"), key="notebook.backup")
    return True


def over(who: Actor) -> None:
    """What came of her last one, and the newest files."""
    one = jobs.mine(who, backups.KIND)
    if one is not None and one.state == "done":
        st.success(_said(one.result))
    elif one is not None and one.state == "failed":
        st.error(t(one.error, **one.values))
    elif one is not None and one.state == "cancelled":
        st.info(t("backups.cancelled"))
    found = backups.there(who)
    if not found:
        st.caption(t("backups.none"))
        return
    table = [
        {
            t("backups.column_file"): one.path.name,
            t("backups.column_at"): show.datetime_(language(), one.at),
            t("backups.column_size"): _megabytes(one),
        }
        for one in found[:LISTED]
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True, key="notebook.backups")


def _step(one: JobStatus) -> str:
    return t(f"backups.step_{one.step}")


def _said(made: Backup) -> str:
    return t(
        "backups.made",
        file=made.path.name,
        size=_megabytes(made),
        tables=made.tables,
        rows=show.number(language(), made.rows),
        seconds=f"{made.seconds:.1f}",
    )


def _megabytes(one: Backup) -> str:
    return show.number(language(), one.bytes / 1_000_000, 1)
