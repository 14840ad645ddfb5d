"""The Imports page's other tabs: what came in so far, points outside every grid, the office's words."""

import json

import pandas as pd
import streamlit as st

from dashboard.services import import_words
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.import_steps import table
from dashboard.ui.session import language, t

TABS = ("import", "history", "unplaced", "words")


def tab() -> str:
    """Import, history, unplaced points, words."""
    names = {name: t(f"imports.tab.{name}") for name in TABS}
    chosen = st.segmented_control(
        t("imports.page.tab"),
        TABS,
        default=TABS[0],
        required=True,
        format_func=names.__getitem__,
        key="imports.tab",
        label_visibility="collapsed",
    )
    return str(chosen)


def history() -> None:
    """The last imports."""
    past = ask(import_words.history)
    if not past:
        st.info(t("imports.page.no_history"), icon=":material/history:")
        return
    names = ("rows", "stored", "unchanged", "refused", "linked", "warnings")
    rows = [
        {
            "at": show.datetime_(language(), batch.at),
            "kind": t(f"words.import_kind.{batch.kind}"),
            "file_name": batch.file_name,
            "by": batch.by or t("imports.page.shell"),
        }
        | {name: batch.counts.get(name, 0) for name in names}
        for batch in past
    ]
    table(rows, "imports.history")


def unplaced() -> None:
    """未落格 points."""
    points = ask(import_words.unplaced)
    if not points:
        st.success(t("imports.page.no_unplaced"), icon=":material/check_circle:")
        return
    rows = [
        {"subject": t(f"words.import_kind.{p.subject}"), "name": p.name, "lon": p.lon, "lat": p.lat} for p in points
    ]
    table(rows, "imports.unplaced")


def words() -> None:
    """What the office's words mean, and a form to say what one means."""
    st.caption(t("imports.page.words_hint"))
    names = {kind: t(f"imports.page.{kind}") for kind in import_words.WORD_KINDS}
    kind = st.radio(
        t("imports.page.words"), list(names), format_func=names.__getitem__, horizontal=True, key="imports.word_kind"
    )
    known = ask(import_words.word_rules, kind=kind)
    frame = pd.DataFrame([{"word": word, "meaning": _written(meaning)} for word, meaning in known])
    config = {column: t(f"imports.page.{column}") for column in frame.columns}
    st.dataframe(frame, hide_index=True, key="imports.words", column_config=config)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        word = st.text_input(t("imports.page.word"), key=f"imports.word.{kind}", max_chars=60)
        meaning = st.text_input(t("imports.page.meaning"), key=f"imports.meaning.{kind}")
        st.button(
            t("imports.page.save_word"),
            key=f"imports.save_word.{kind}",
            icon=":material/save:",
            disabled=not (word.strip() and meaning.strip()),
            on_click=act,
            args=(import_words.save_word,),
            kwargs={
                "key": act_key(f"imports.save_word.{kind}"),
                "done": "imports.page.word_saved",
                "kind": kind,
                "word": word,
                "meaning": _read(kind, meaning),
            },
        )


def _written(meaning: object) -> str:
    return meaning if isinstance(meaning, str) else json.dumps(meaning)


def _read(kind: str, written: str) -> object:
    """Spans as JSON, a category as its code; what is neither is refused by the command."""
    if kind == "category":
        return written.strip()
    try:
        return json.loads(written)
    except ValueError:
        return written
