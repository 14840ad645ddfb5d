"""The head of the Notebook page: which notebook, a new one, which part of it."""

import streamlit as st

from dashboard.services import notebooks
from dashboard.services.notebooks import LONGEST_TITLE, Listed, Opened
from dashboard.ui import notebook_files, notebook_templates, show
from dashboard.ui.act import act, act_key
from dashboard.ui.deeds import deed
from dashboard.ui.session import language, t

WHICH = "notebook.which"
_VIEWS = ("cells", "edit", "versions", "meetings")


def pick(found: tuple[Listed, ...]) -> int | None:
    """The notebook chosen, None where there is none yet; beside it the way to a new one."""
    made = st.session_state.pop("notebook.made", None)
    if isinstance(made, dict):
        st.session_state[WHICH] = made["notebook_id"]
    names = {one.id: _name(one) for one in found}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if names:
            if st.session_state.get(WHICH) not in names:
                st.session_state[WHICH] = found[0].id
            st.selectbox(t("notebook.which"), list(names), format_func=names.__getitem__, key=WHICH, width=420)
        with st.popover(t("notebook.new"), icon=":material/add:", key="notebook.new"):
            _new()
            notebook_files.bring_in()
    if not names:
        st.info(t("notebook.none"), icon=":material/menu_book:")
        return None
    return int(st.session_state[WHICH])


def _name(one: Listed) -> str:
    saved = show.date(language(), one.saved_at)
    owner = "" if one.mine else f" · {one.owner}"
    return f"{one.title}{owner} · {saved}"


def _new() -> None:
    """From a template or empty."""
    templates = {name: t(f"notebook.template.{name}") for name in notebook_templates.NAMES}
    st.selectbox(t("notebook.from"), list(templates), format_func=templates.__getitem__, key="notebook.template")
    st.text_input(t("notebook.title"), key="notebook.new_title", max_chars=LONGEST_TITLE)
    st.button(t("notebook.make"), key="notebook.make", type="primary", on_click=_make, args=(act_key("notebook.make"),))


def _make(key: str) -> None:
    """A notebook of one's own (a callback)."""
    name = str(st.session_state["notebook.template"])
    title = str(st.session_state["notebook.new_title"]).strip() or t(f"notebook.template.{name}")
    cells = notebook_templates.cells(name, language())
    act(notebooks.create, key=key, done="notebook.created", keep="notebook.made", title=title, cells=cells)


def view(found: Opened) -> str:
    """Which part is open; sharing and putting away beside it."""
    names = {name: t(f"notebook.view.{name}") for name in _VIEWS if found.mine or name != "edit"}
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
        if found.mine:
            deed(
                t("notebook.unshare" if found.shared else "notebook.share"),
                notebooks.share,
                key="notebook.share",
                done="notebook.unshared" if found.shared else "notebook.shared",
                icon=":material/lock:" if found.shared else ":material/group:",
                kind="tertiary",
                notebook_id=found.id,
                shared=not found.shared,
            )
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
