"""The Imports page's other tabs: what came in so far, points outside every grid, the office's words."""

from collections.abc import Mapping

import streamlit as st

from dashboard.core.intake_times import availability
from dashboard.services import import_words
from dashboard.services.import_words import PastImport
from dashboard.ui import import_undo, show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.import_steps import spans_words, table
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
    """The last imports, and a way to undo one of needs."""
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
            "undone": undone(batch),
        }
        | {name: batch.counts.get(name, 0) for name in names}
        for batch in past
    ]
    if not any(batch.undone_at for batch in past):
        rows = [{name: value for name, value in row.items() if name != "undone"} for row in rows]
    table(rows, "imports.history")
    import_undo.section(past)


def undone(batch: PastImport) -> str:
    """When and by whom an import was undone."""
    if batch.undone_at is None:
        return ""
    at = show.datetime_(language(), batch.undone_at)
    return t("import_undo.undone", at=at, by=batch.undone_by or t("imports.page.shell"))


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
    names = {kind: t(f"imports.page.{kind}") for kind in import_words.WORD_KINDS}
    kind = st.radio(
        t("imports.page.words"), list(names), format_func=names.__getitem__, horizontal=True, key="imports.word_kind"
    )
    place = 0 if language() == "zh" else 1
    categories = {code: pair[place] for code, pair in ask(import_words.category_names).items()}
    known = ask(import_words.word_rules, kind=kind)
    rows = [{"word": word, "meaning": _shown(meaning, categories)} for word, meaning in known]
    table(rows, "imports.words")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        word = st.text_input(t("imports.page.word"), key=f"imports.word.{kind}", max_chars=60)
        meaning = _category(categories) if kind == "category" else _hours()
        st.button(
            t("imports.page.save_word"),
            key=f"imports.save_word.{kind}",
            icon=":material/save:",
            disabled=not word.strip() or meaning == [],
            on_click=act,
            args=(import_words.save_word,),
            kwargs={
                "key": act_key(f"imports.save_word.{kind}"),
                "done": "imports.page.word_saved",
                "kind": kind,
                "word": word,
                "meaning": meaning,
            },
        )


def _category(categories: Mapping[str, str]) -> str:
    return st.selectbox(
        t("imports.page.meaning"), list(categories), format_func=categories.__getitem__, key="imports.meaning.category"
    )


def _hours() -> list[list[int]] | None:
    """Weekly hours in words (周二、周四下午; 周三9:00-11:30); None where the box says that the word says nothing."""
    nothing = st.checkbox(t("imports.page.says_nothing"), key="imports.meaning.nothing")
    written = st.text_input(
        t("imports.page.meaning"),
        key="imports.meaning.availability",
        help=t("imports.page.words_hint"),
        disabled=nothing,
    )
    return None if nothing else [list(span) for span in availability(written, {}).spans]


def _shown(meaning: object, categories: Mapping[str, str]) -> str:
    if meaning is None:
        return t("imports.page.says_nothing")
    if isinstance(meaning, str):
        return categories.get(meaning, meaning)
    return spans_words([tuple(span) for span in meaning]) if isinstance(meaning, list) else ""
