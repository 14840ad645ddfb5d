"""A notebook as a meeting: freeze it, open its screens, take the files, and what was decided."""

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.services import freezes
from dashboard.services.freezes import Decided, Frozen
from dashboard.services.notebooks import Opened
from dashboard.ui import deck_words, show
from dashboard.ui.act import notify
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.session import actor, database, language, t

_FILES = (("deck.pptx", "PPTX"), ("deck.pdf", "PDF"), ("brief.pdf", "notebook.brief"))


def meetings(found: Opened) -> None:
    """The decks frozen so far and the button to freeze one now; open decisions below."""
    st.caption(t("notebook.freeze_help"))
    st.button(
        t("notebook.freeze"),
        key="notebook.freeze",
        type="primary",
        icon=":material/ac_unit:",
        on_click=_freeze,
        args=(found,),
    )
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


def _freeze(found: Opened) -> None:
    """Run it and keep its screens (a callback)."""
    try:
        made = deck_words.freeze(database(), actor(), found, language())
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return
    notify("success", "notebook.frozen", **made)


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
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"notebook.decision.{one.id}"):
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
