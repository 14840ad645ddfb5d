"""Undoing an import of needs as a whole: choose it, look at what it would do, then all of it or nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.words import ImportKind
from dashboard.services import import_undo, jobs
from dashboard.services.import_undo import LISTED, Preview
from dashboard.services.import_words import PastImport
from dashboard.services.jobs import JobStatus
from dashboard.ui import job_bar, show
from dashboard.ui.act import act_key, notify, renew_key
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, database, language, sentence, t

CHOICE = "imports.undo"


def section(past: Sequence[PastImport]) -> None:
    """Below the list of imports: the one under way, or the choice of one with what undoing it would do."""
    one = jobs.mine(actor(), import_undo.KIND)
    if one is not None and one.state == "running":
        job_bar.bar(import_undo.KIND, _step, t("import_undo.stop_lead"), key=CHOICE)
        return
    if one is not None:
        _over(one)
    undoable = {batch.id: batch for batch in past if batch.kind is ImportKind.NEEDS and batch.undone_at is None}
    st.subheader(t("import_undo.title"), anchor=False)
    if not undoable:
        st.caption(t("import_undo.none"))
        return
    chosen = st.selectbox(
        t("import_undo.choose"),
        list(undoable),
        index=None,
        format_func=lambda batch_id: _choice(undoable[batch_id]),
        placeholder=t("import_undo.choose"),
        label_visibility="collapsed",
        key=f"{CHOICE}.batch",
    )
    if chosen is not None:
        _preview(chosen)


def _step(one: JobStatus) -> str:
    return t(f"import_undo.step_{one.step}")


def _choice(batch: PastImport) -> str:
    at, stored = show.datetime_(language(), batch.at), show.number(language(), batch.counts.get("stored", 0))
    return t("import_undo.choice", at=at, file=batch.file_name, stored=stored)


def _preview(batch_id: int) -> None:
    try:
        found = ask(import_undo.preview, batch_id=batch_id)
    except DashboardError as error:
        st.error(sentence(error), icon=":material/block:")
        return
    if found.needs == 0:
        st.info(t("import_undo.nothing"), icon=":material/info:")
    elif found.possible:
        _offer(found)
    else:
        _blocked(found)


def _offer(found: Preview) -> None:
    """What would be done, and the button that does it."""
    needs = show.number(language(), found.needs)
    with st.container(border=True, key=f"{CHOICE}.preview"):
        st.markdown(t("import_undo.lead", needs=needs))
        lines = [t("import_undo.counted")]
        if found.changed:
            lines.append(t("import_undo.changed", count=show.number(language(), found.changed)))
        if found.linked:
            lines.append(t("import_undo.linked", count=show.number(language(), found.linked)))
        if found.raised:
            codes = t("show.comma").join(found.raised[:LISTED])
            lines.append(t("import_undo.raised", codes=plain(codes)))
        st.markdown("\n".join(f"- {line}" for line in lines))
        sure = st.checkbox(t("import_undo.confirm", needs=needs), key=f"{CHOICE}.sure.{found.batch_id}")
        key = f"{CHOICE}.do.{found.batch_id}"
        st.button(
            t("import_undo.button"),
            key=key,
            type="primary",
            icon=":material/undo:",
            disabled=not sure,
            on_click=_undo,
            args=(found.batch_id, t("import_undo.reason", file=found.file_name), act_key(key)),
        )


def _blocked(found: Preview) -> None:
    """Why it can't be undone: how many for each reason, and the first by code."""
    count, needs = (show.number(language(), number) for number in (found.in_the_way, found.needs))
    st.warning(t("import_undo.blocked", count=count, needs=needs), icon=":material/block:")
    counted = [f"{t(f'import_undo.why.{why}')} {show.number(language(), many)}" for why, many in found.reasons]
    st.caption(" · ".join(counted))
    names = t("import_undo.column_code"), t("import_undo.column_why")
    rows = [(one.code, t(f"import_undo.why.{one.why}")) for one in found.touched]
    st.dataframe(pd.DataFrame(rows, columns=list(names)), hide_index=True, key=f"{CHOICE}.touched")
    if found.in_the_way > LISTED:
        st.caption(t("import_undo.more", listed=LISTED, count=count))


def _undo(batch_id: int, reason: str, key: str) -> None:
    """Begin, and wait a moment: a usual import is undone by then."""
    who = actor()
    try:
        _forget()
        job_id = import_undo.start(database(), who, batch_id=batch_id, reason=reason, now=datetime.now(UTC), key=key)
        jobs.wait(job_id, who, jobs.MOMENT)
    except DashboardError as error:
        notify("error", error.key, **error.values)
    finally:
        renew_key(key)


def _over(one: JobStatus) -> None:
    """What came of the last one, told once."""
    if one.state == "failed":
        st.error(t(one.error, **one.values), icon=":material/block:")
    elif one.state == "cancelled":
        st.info(t("import_undo.stopped"))
    else:
        needs = show.number(language(), one.result["needs"])
        st.success(t("import_undo.done", file=plain(one.result["file"]), needs=needs), icon=":material/task_alt:")
    _forget()


def _forget() -> None:
    one = jobs.mine(actor(), import_undo.KIND)
    if one is not None:
        jobs.forget(one.job_id, actor())
