"""A notebook and its cells as files to take away, and a file brought in as a notebook."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.figures import county_today
from dashboard.core.notebook import Cell, Kind, worded
from dashboard.services import frame, map_layers, notebook_files, notebooks
from dashboard.services.notebook_runs import Outcome
from dashboard.services.notebooks import Opened
from dashboard.text import text
from dashboard.ui import notebook_html, show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.downloads import Noted, files
from dashboard.ui.session import language, sentence, t

_JUPYTER, _HTML = "application/x-ipynb+json", "text/html"


def whole(found: Opened, cells: tuple[Cell, ...], outcomes: Mapping[str, Outcome]) -> None:
    """The notebook with the reader's results: for Jupyter, and as a page that needs nothing else."""
    spoken, now, about = language(), datetime.now(UTC), ask(frame.about)
    foot = t("notebook.file_foot", place=about.place or about.county, at=show.datetime_(spoken, now))
    note = t("notebook.file_note", title=found.title, foot=foot)
    outlines = ask(map_layers.outlines)
    read = worded(cells, county_today(now))
    rows = sum(len(one.frame.rows) for one in outcomes.values() if one.frame is not None)

    def jupyter() -> bytes:
        return notebook_files.jupyter(
            found.title, cells, outcomes, outputs(spoken, read, outcomes, outlines), now, note
        )

    def page() -> bytes:
        return notebook_html.page(spoken, found.title, foot, read, outcomes, outlines).encode()

    makers = {".ipynb": (_JUPYTER, jupyter), ".html": (_HTML, page)}
    files(found.title, makers, key="notebook.file", label=t("notebook.files"), noted=Noted("notebook", rows))


def outputs(
    spoken: str, cells: tuple[Cell, ...], outcomes: Mapping[str, Outcome], outlines: notebook_html.Outlines = ()
) -> dict[str, dict[str, str]]:
    """What stands below a cell in Jupyter, by MIME type."""
    made: dict[str, dict[str, str]] = {}
    for cell in cells:
        outcome = outcomes[cell.name]
        if not outcome.good or cell.kind in (Kind.TEXT, Kind.INPUT, Kind.EDITOR, Kind.ACTION):
            continue
        shown = notebook_html.told(spoken, cell, outcome, outlines)
        made[cell.name] = {"text/html": shown, "text/plain": cell.fields.get("title") or cell.name}
    return made


def chart_files(title: str, spec: dict[str, object], key: str) -> None:
    """A chart as pictures."""

    def maker(suffix: str) -> Callable[[], bytes]:
        return lambda: notebook_files.picture(spec, suffix)

    makers = {suffix: (kind, maker(suffix)) for suffix, kind in notebook_files.PICTURES.items()}
    files(title, makers, key=key)


def bring_in() -> None:
    """A file of Jupyter as a notebook of one's own; a refusal names its cell."""
    upload = st.file_uploader(t("notebook.upload"), type=["ipynb"], key="notebook.upload", max_upload_size=50)
    if upload is None:
        return
    try:
        title, cells = notebook_files.from_ipynb(upload.getvalue())
    except DashboardError as error:
        st.error(sentence(error))
        return
    named = (title.strip() or upload.name.removesuffix(".ipynb"))[: notebooks.LONGEST_TITLE]
    st.caption(t("notebook.upload_found", title=named, cells=len(cells)))
    st.button(
        t("notebook.upload_make"),
        key="notebook.upload_make",
        type="primary",
        on_click=act,
        args=(notebooks.create,),
        kwargs={
            "key": act_key("notebook.upload_make"),
            "done": "notebook.created",
            "keep": "notebook.made",
            "title": named or text(language(), "notebook.template.empty"),
            "cells": cells,
        },
    )
