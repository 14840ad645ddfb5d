"""Every save of a notebook: what it changed, two of them line by line, and bringing one back as the newest."""

from collections.abc import Sequence

import streamlit as st

from dashboard.core.notebook import FIELDS, Cell, Kind, changes
from dashboard.core.notebook_differences import line_differences
from dashboard.services import notebooks
from dashboard.services.notebooks import Opened, Saved
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.session import language, t


def listed(found: Opened) -> None:
    """Newest first; an earlier version is restored as a new one, so nothing is lost."""
    saves = ask(notebooks.versions, notebook_id=found.id)
    if len(saves) > 1:
        _compare(saves)
    for at, one in enumerate(saves):
        before = saves[at + 1].cells if at + 1 < len(saves) else ()
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"notebook.version.{one.number}"
        ):
            st.markdown(f"**{_name(one)}** · {one.by or t('audit.system')}")
            st.caption(changed(one.cells, before))
            st.space("stretch")
            if found.edits and one.number != found.newest:
                deed(
                    t("notebook.restore"),
                    notebooks.save,
                    key=f"notebook.restore.{one.number}",
                    done="notebook.saved",
                    icon=":material/history:",
                    notebook_id=found.id,
                    version=found.newest,
                    title=found.title,
                    cells=[cell.plain() for cell in one.cells],
                )


def _name(one: Saved) -> str:
    return f"{t('notebook.version', number=one.number)} · {show.datetime_(language(), one.at)}"


def changed(cells: Sequence[Cell], before: Sequence[Cell]) -> str:
    """What a version changed of another, in a line."""
    said = changes(before, cells)
    return "；".join(t(f"notebook.changed.{what}", name=name) for what, name in said[:8]) or t("notebook.unchanged")


def _compare(saves: tuple[Saved, ...]) -> None:
    """The lines that differ between two versions, the last two unless others are chosen."""
    by_number = {one.number: one for one in saves}
    names = {number: _name(one) for number, one in by_number.items()}
    with st.expander(t("notebook.compare"), icon=":material/difference:", key="notebook.compare"):
        with st.container(horizontal=True):
            old, new = (
                st.selectbox(
                    t(f"notebook.compare_{which}"),
                    list(names),
                    at,
                    format_func=names.__getitem__,
                    key=f"notebook.compare.{which}",
                    width=320,
                )
                for which, at in (("old", 1), ("new", 0))
            )
        words = {kind.value: t(f"notebook.kind.{kind}") for kind in Kind}
        words |= {field: t(f"notebook.short.{field}") for fields in FIELDS.values() for field in fields}
        found = line_differences(by_number[old].cells, by_number[new].cells, words)
        if not found:
            st.caption(t("notebook.same"))
        for one in found:
            st.markdown(f"**{t(f'notebook.changed.{one.what}', name=one.name)}**")
            if one.lines:
                st.code("\n".join(one.lines), language="diff", wrap_lines=True)
