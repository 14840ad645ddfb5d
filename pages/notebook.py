"""Ask the data in saved notebooks: cells of words, queries, figures and charts; freeze one and present it."""

from dashboard.core.permissions import Action
from dashboard.services import notebooks
from dashboard.ui import (
    notebook_cells,
    notebook_draft,
    notebook_edit,
    notebook_head,
    notebook_meetings,
    notebook_versions,
)
from dashboard.ui.ask import ask
from dashboard.ui.session import guard

who = guard(Action.RUN_QUERIES)
notebook_draft.note()
chosen = notebook_head.pick(ask(notebooks.listed))
if chosen is not None:
    found = ask(notebooks.opened, notebook_id=chosen)
    view = notebook_head.view(found)
    if view == "cells":
        notebook_cells.read(who, found)
    elif view == "edit":
        notebook_edit.edit(who, found)
    elif view == "versions":
        notebook_versions.listed(found)
    else:
        notebook_meetings.meetings(found)
