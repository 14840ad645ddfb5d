"""The head of the Notebook page: which notebook, a new one, which part of it."""

from collections import Counter
from typing import Any

import streamlit as st

from dashboard.core.notebook import Sharing
from dashboard.services import notebooks
from dashboard.services.notebooks import LONGEST_TITLE, Listed, Opened
from dashboard.ui import notebook_files, notebook_templates, show
from dashboard.ui.act import act, act_key
from dashboard.ui.deeds import deed
from dashboard.ui.session import language, t

WHICH = "notebook.which"
#: Where the way to a new one opens.
_NEW = "notebook.new"
#: Before a colleague's template's number.
_OF = "of:"
_ICONS = {
    Sharing.PRIVATE: ":material/lock:",
    Sharing.READ: ":material/group:",
    Sharing.EDIT: ":material/edit_note:",
    Sharing.TEMPLATE: ":material/dashboard_customize:",
}
_VIEWS = ("cells", "edit", "versions", "meetings")


def pick(found: tuple[Listed, ...]) -> int | None:
    """The notebook chosen, None where there is none yet; beside it the way to a new one."""
    made = st.session_state.pop("notebook.made", None)
    if isinstance(made, dict):
        st.session_state[WHICH] = made["notebook_id"]
        # What was made lies under it.
        st.session_state[_NEW], st.session_state["notebook.new_title"] = False, ""
    names = _told_apart({one.id: _name(one) for one in found})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if names:
            if st.session_state.get(WHICH) not in names:
                st.session_state[WHICH] = found[0].id
            st.selectbox(t("notebook.which"), list(names), format_func=names.__getitem__, key=WHICH, width=420)
        with st.popover(t("notebook.new"), icon=":material/add:", key=_NEW, on_change="rerun"):
            _new(found)
            notebook_files.bring_in()
    if not names:
        st.info(t("notebook.none"), icon=":material/menu_book:")
        return None
    return int(st.session_state[WHICH])


def _name(one: Listed) -> str:
    saved = show.date(language(), one.saved_at)
    owner = "" if one.mine else f" · {one.owner}"
    return f"{one.title}{owner} · {saved}"


def _told_apart(names: dict[int, str]) -> dict[int, str]:
    """What a list offers twice by one name is one thing to the browser: any click would open the other."""
    many = Counter(names.values())
    return {at: f"{name} · {at}" if many[name] > 1 else name for at, name in names.items()}


def _new(found: tuple[Listed, ...]) -> None:
    """From a template, the house's or a colleague's, or empty."""
    templates = {name: t(f"notebook.template.{name}") for name in notebook_templates.NAMES}
    for one in found:
        if one.sharing is Sharing.TEMPLATE:
            templates[f"{_OF}{one.id}"] = t("notebook.from_template", title=one.title, owner=one.owner)
    st.selectbox(t("notebook.from"), list(templates), format_func=templates.__getitem__, key="notebook.template")
    st.text_input(t("notebook.title"), key="notebook.new_title", max_chars=LONGEST_TITLE)
    titles = {f"{_OF}{one.id}": one.title for one in found}
    st.button(
        t("notebook.make"), key="notebook.make", type="primary", on_click=_make, args=(act_key("notebook.make"), titles)
    )


def _make(key: str, titles: dict[str, str]) -> None:
    """A notebook of one's own (a callback)."""
    name, title = str(st.session_state["notebook.template"]), str(st.session_state["notebook.new_title"]).strip()
    told: dict[str, Any] = {"key": key, "done": "notebook.created", "keep": "notebook.made"}
    if name in titles:
        act(notebooks.copy, notebook_id=int(name.removeprefix(_OF)), title=title or titles[name], **told)
        return
    cells = notebook_templates.cells(name, language())
    act(notebooks.create, title=title or t(f"notebook.template.{name}"), cells=cells, **told)


def view(found: Opened) -> str:
    """Which part is open; sharing and putting away beside it."""
    names = {name: t(f"notebook.view.{name}") for name in _VIEWS if found.edits or name != "edit"}
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.segmented_control(
            t("notebook.view"),
            list(names),
            default="cells",
            required=True,
            format_func=names.__getitem__,
            key="notebook.view",
            label_visibility="collapsed",
        )
        st.space("stretch")
        title = t("notebook.copy_of", title=found.title)[:LONGEST_TITLE]
        deed(
            t("notebook.copy"),
            notebooks.copy,
            key="notebook.copy",
            done="notebook.created",
            icon=":material/content_copy:",
            kind="tertiary",
            keep="notebook.made",
            notebook_id=found.id,
            title=title,
        )
        if found.mine:
            with st.popover(t("notebook.share"), icon=_ICONS[found.sharing], key="notebook.share.open"):
                _share(found)
            with st.popover(t("notebook.archive"), icon=":material/archive:", key="notebook.archive.open"):
                st.caption(t("notebook.archive_help"))
                deed(
                    t("notebook.archive"),
                    notebooks.archive,
                    key="notebook.archive",
                    done="notebook.archived",
                    notebook_id=found.id,
                )
    return str(chosen or "cells")


def _share(found: Opened) -> None:
    """What others may do with it."""
    words = {one: t(f"notebook.sharing.{one}") for one in Sharing}
    key = f"notebook.sharing.{found.id}"
    st.radio(
        t("notebook.share_help"), list(words), list(words).index(found.sharing), format_func=words.__getitem__, key=key
    )
    st.button(
        t("notebook.share_save"),
        key="notebook.share",
        type="primary",
        on_click=_shared,
        args=(found, key, act_key("notebook.share")),
    )


def _shared(found: Opened, slot: str, key: str) -> None:
    """Set it as chosen (a callback)."""
    chosen = str(st.session_state[slot])
    act(notebooks.share, key=key, done="notebook.shared", notebook_id=found.id, sharing=chosen)
