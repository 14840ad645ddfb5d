"""Messages of a group chat pasted in: what each would become in a table to tick, then all the ticked saved at once."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.core.errors import DashboardError
from dashboard.services import group_chat, need_choices
from dashboard.services.group_chat import Choice, Line
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, sentence, t

_OPEN = "needs.chat.open"
_TEXT = "needs.chat.text"
#: Columns that may be changed.
_EDITABLE = ("take", "category", "link")


def is_open() -> bool:
    """Is somebody pasting?"""
    return bool(st.session_state.get(_OPEN))


def start() -> None:
    """The button that opens it."""
    st.button(
        t("group_chat.open"), key="needs.chat.start", type="tertiary", icon=":material/forum:", on_click=_open_paste
    )


def _open_paste() -> None:
    st.session_state[_OPEN] = True


def leave() -> None:
    """Forget what was pasted (a callback)."""
    for key in (_OPEN, _TEXT):
        st.session_state.pop(key, None)


def paste() -> None:
    """The field, the table of what would be made, and the buttons."""
    with st.container(border=True, key="needs.chat"):
        st.markdown(f"##### {t('group_chat.title')}")
        st.caption(t("group_chat.lead"))
        text = st.text_area(t("group_chat.text"), key=_TEXT, height=140)
        found = _found(text)
        if found:
            _choose(text, found)
        with st.container(horizontal=True):
            if not found:
                # Leaving the field shows the table; the button is what one looks for.
                st.button(t("group_chat.look"), key="needs.chat.look", type="primary")
            st.button(t("group_chat.leave"), key="needs.chat.leave", type="tertiary", on_click=leave)


def _found(text: str) -> tuple[Line, ...]:
    if not text.strip():
        return ()
    try:
        found = ask(group_chat.preview, text=text)
    except DashboardError as error:
        st.error(sentence(error), icon=":material/block:")
        return ()
    if not found:
        st.info(t("group_chat.nothing"))
    return found


def _choose(text: str, found: Sequence[Line]) -> None:
    names = {one.id: one.name for one in ask(need_choices.choices, language=language()).categories}
    frame = pd.DataFrame([_row(line, names) for line in found])
    edited = st.data_editor(
        frame,
        hide_index=True,
        key=f"needs.chat.table.{hash(text)}",
        disabled=[name for name in frame.columns if name not in _EDITABLE],
        column_config=_columns(frame, names),
        row_height=34,
    )
    chosen = choices(edited, found, names)
    known = sum(bool(line.known) for line in found)
    st.caption(t("group_chat.counts", all=len(found), chosen=len(chosen), known=known))
    st.button(
        t("group_chat.save", count=len(chosen)),
        key="needs.chat.save",
        type="primary",
        icon=":material/save:",
        disabled=not chosen,
        on_click=_save,
        args=(act_key("needs.chat.save"), text, chosen),
    )


def _columns(frame: pd.DataFrame, names: Mapping[int, str]) -> Mapping[str, ColumnConfig]:
    told: dict[str, ColumnConfig] = {
        name: st.column_config.Column(t(f"group_chat.column.{name}")) for name in frame.columns
    }
    return told | {
        "take": st.column_config.CheckboxColumn(t("group_chat.column.take"), width=60),
        "link": st.column_config.CheckboxColumn(t("group_chat.column.link"), width=110),
        "line": st.column_config.NumberColumn(t("group_chat.column.line"), width=50),
        "text": st.column_config.TextColumn(t("group_chat.column.text"), width=270),
        "repeats": st.column_config.TextColumn(t("group_chat.column.repeats"), width=130),
        "category": st.column_config.SelectboxColumn(
            t("group_chat.column.category"), options=[t("group_chat.no_category"), *names.values()]
        ),
    }


def _row(line: Line, names: Mapping[int, str]) -> dict[str, object]:
    first = line.repeats[0] if line.repeats else None
    repeats = "" if first is None else f"{first.code} {first.title}"
    place = line.place if line.village_known or not line.place else t("group_chat.unsure", place=line.place)
    return {
        "take": not line.chatter and not line.known,
        "line": line.line,
        "sender": line.sender,
        "text": line.text,
        "category": names.get(line.category_id or 0, t("group_chat.no_category")),
        "place": place,
        "time": show.span(language(), *line.spans[0]) if line.spans else line.time_words,
        "urgency": t(f"words.urgency.{line.urgency}"),
        "phone": t("group_chat.has_phone") if line.phone else "",
        "repeats": t("group_chat.known", code=line.known) if line.known else repeats,
        "link": False,
    }


def choices(edited: pd.DataFrame, found: Sequence[Line], names: Mapping[int, str]) -> tuple[Choice, ...]:
    """The ticked lines of the table as they are to be saved."""
    ids = {name: one for one, name in names.items()}
    chosen = []
    for row, line in zip(edited.to_dict("records"), found, strict=True):
        if row["take"]:
            repeats = line.repeats[0].id if row["link"] and line.repeats else None
            chosen.append(Choice(line.line, ids.get(row["category"]), repeats))
    return tuple(chosen)


def _save(deed_key: str, text: str, chosen: tuple[Choice, ...]) -> None:
    kept = "needs.chat.saved"
    st.session_state.pop(kept, None)
    act(group_chat.take, key=deed_key, done="group_chat.taken", keep=kept, text=text, choices=chosen)
    if st.session_state.pop(kept, None) is not None:
        leave()
