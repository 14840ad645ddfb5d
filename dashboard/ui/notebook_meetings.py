"""A notebook as a meeting: freeze it, open its screens, take the files, and what was decided."""

import streamlit as st

from dashboard.services import freezes, jobs
from dashboard.services.freezes import Decided, Frozen
from dashboard.services.jobs import JobStatus
from dashboard.services.notebooks import Opened
from dashboard.ui import deck_words, job_bar, show
from dashboard.ui.act import act_key, renew_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, database, language, t

_FILES = (("deck.pptx", "PPTX"), ("deck.pdf", "PDF"), ("brief.pdf", "notebook.brief"))


def meetings(found: Opened) -> None:
    """The decks frozen so far and the button to freeze one now; open decisions below."""
    st.caption(t("notebook.freeze_help"))
    running = _under_way(found)
    st.button(
        t("notebook.freeze"),
        key="notebook.freeze",
        type="primary",
        icon=":material/ac_unit:",
        disabled=running,
        on_click=_freeze,
        args=(found, act_key("notebook.freeze")),
    )
    if running:
        job_bar.bar(deck_words.kind_of(found), _cell, t("notebook.freezing_lead"), key="notebook.freezing")
    decks = ask(freezes.freezes, notebook_id=found.id)
    if not decks:
        st.info(t("notebook.no_decks"), icon=":material/slideshow:")
    for one in decks:
        _deck(one)
    st.subheader(t("notebook.decisions"), anchor=False)
    open_ones = ask(freezes.decisions, notebook_id=found.id)
    if not open_ones:
        st.caption(t("notebook.no_decisions"))
    for decided in open_ones:
        _decision(decided)


def _freeze(found: Opened, key: str) -> None:
    """Run it and keep its screens (a callback); what takes longer than a moment goes on in the background."""
    who = actor()
    job_id = deck_words.start(database(), who, found, language(), key)
    jobs.wait(job_id, who, jobs.MOMENT)
    renew_key(key)


def _cell(one: JobStatus) -> str:
    """Which cell it is at."""
    if one.step == jobs.WAITING:
        return t("notebook.freezing")
    return plain(t("notebook.running", name=one.step, done=one.done, total=one.total))


def _under_way(found: Opened) -> bool:
    """Is it being frozen? What came of the last time is said once."""
    who = actor()
    one = jobs.mine(who, deck_words.kind_of(found))
    if one is None or one.state == "running":
        return one is not None
    jobs.forget(one.job_id, who)
    if one.state == "done":
        st.success(t("notebook.frozen", **one.result))
    elif one.state == "failed":
        st.error(t(one.error, **one.values))
    else:
        st.info(t("notebook.freezing_stopped"))
    return False


def _deck(one: Frozen) -> None:
    base = f"/present/{one.id}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"notebook.deck.{one.id}"):
        st.markdown(f"**{show.datetime_(language(), one.at)}** · {one.by}")
        st.caption(t("notebook.since", count=show.number(language(), one.changes)))
        st.space("stretch")
        st.link_button(t("notebook.present"), f"{base}?lang={language()}", icon=":material/slideshow:", type="primary")
        for name, label in _FILES:
            shown = t(label) if label.startswith("notebook.") else label
            st.link_button(shown, f"{base}/{name}?lang={language()}", icon=":material/download:")


def _decision(one: Decided) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"notebook.decided.{one.id}"):
        st.text(one.words)
        st.caption(t("notebook.decision.line", owner=one.owner, due=show.date(language(), one.due)))
        st.space("stretch")
        deed(
            t("notebook.decision.close"),
            freezes.close_decision,
            key=f"notebook.decision.{one.id}",
            done="notebook.decision.closed",
            decision_id=one.id,
        )
