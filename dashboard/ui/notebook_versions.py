"""Every save of a notebook: what it changed, and bringing an earlier one back as the newest."""

import streamlit as st

from dashboard.core.notebook import changes
from dashboard.services import notebooks
from dashboard.services.notebooks import Opened, Saved
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.session import language, t


def listed(found: Opened) -> None:
    """Newest first; an earlier version is restored as a new one, so nothing is lost."""
    saves = ask(notebooks.versions, notebook_id=found.id)
    for at, one in enumerate(saves):
        before = saves[at + 1].cells if at + 1 < len(saves) else ()
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"notebook.version.{one.number}"
        ):
            when = show.datetime_(language(), one.at)
            st.markdown(f"**{t('notebook.version', number=one.number)}** · {when} · {one.by or t('audit.system')}")
            st.caption(_changed(one, before))
            st.space("stretch")
            if found.mine and one.number != found.newest:
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


def _changed(one: Saved, before: tuple[object, ...]) -> str:
    said = changes(before, one.cells)  # type: ignore[arg-type]
    return "；".join(t(f"notebook.changed.{what}", name=name) for what, name in said[:8]) or t("notebook.unchanged")
