"""Action cells: a deed of another page behind a button, with the reader's rights. No run of a notebook does one."""

import json
from datetime import UTC, datetime

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.notebook import Cell, Deed
from dashboard.core.permissions import Action, Actor
from dashboard.services import backups, checks, match_jobs
from dashboard.services.checks import Finding
from dashboard.ui import import_steps, notebook_backup, show, star_lines
from dashboard.ui.session import actor, database, language, sentence, t

#: What each deed asks for, as its page does.
RIGHT = {
    Deed.CHECK: Action.SEE_AUDIT,
    Deed.IMPORT: Action.IMPORT,
    Deed.MATCH: Action.SEE_MATCH,
    Deed.STARS: Action.EDIT_VOLUNTEER,
    Deed.BACKUP: Action.BACK_UP,
}


def action(cell: Cell) -> None:
    """The button, and what the deed gave."""
    deed, who = Deed(cell.fields["deed"]), actor()
    with st.container(border=True):
        st.markdown(f"**{cell.fields['title'] or t(f'notebook.deed.{deed}')}**")
        if not who.may(RIGHT[deed]):
            st.caption(t("notebook.deed_right"))
            return
        try:
            _DEEDS[deed](cell, who)
        except DashboardError as error:
            st.error(sentence(error))


def _button(cell: Cell) -> bool:
    return st.button(t("notebook.deed_do"), key=f"notebook.deed.{cell.name}", icon=":material/bolt:")


def _check(cell: Cell, who: Actor) -> None:
    """Every check of the whole county; its findings stay on this page until it is left."""
    slot = f"notebook.checked.{cell.name}"
    if _button(cell):
        found: tuple[Finding, ...] = (checks.schema(database()),)
        if found[0].ok:
            bar = st.progress(0.0)
            found += checks.examine(
                database(), who, now=datetime.now(UTC), progress=lambda done, total, key: _moved(bar, done, total)
            )
            bar.empty()
        at = show.datetime_(language(), datetime.now(UTC))
        told = [[one.key, one.found, list(one.names), dict(one.values)] for one in found]
        st.session_state[slot] = json.dumps({"at": at, "found": told}, default=str)
    if slot not in st.session_state:
        return
    said = json.loads(st.session_state[slot])
    bad = [one for one in said["found"] if one[1]]
    if not bad:
        st.success(f"{t('checks.all_ok', count=len(said['found']))} {said['at']}")
        return
    st.warning(f"{t('checks.some', count=len(said['found']), bad=len(bad))} {said['at']}")
    for key, count, names, values in bad:
        listed = f" ({', '.join(names)})" if names else ""
        mend = t(f"checks.{key}.mend", **values)
        what = t(f"checks.{key}", **values)
        st.text(t("checks.line.found", what=what, found=count, names=listed, mend=mend))


def _moved(bar: "st.delta_generator.DeltaGenerator", done: int, total: int) -> None:
    bar.progress(done / total)


def _import(cell: Cell, who: Actor) -> None:
    """The steps of page Imports: first what storing would do, then the button that stores."""
    import_steps.all_steps()


def _match(cell: Cell, who: Actor) -> None:
    """Solve for every open need; the plan is looked at, changed and sent on its own page."""
    running = match_jobs.mine(who)
    under_way = running is not None and running.state == "running"
    if not under_way and _button(cell):
        match_jobs.start(database(), who, now=datetime.now(UTC))
        under_way = True
    if under_way:
        st.info(t("notebook.deed_match_begun"), icon=":material/hourglass_top:")


def _stars(cell: Cell, who: Actor) -> None:
    """Who would go up or down; the stars move at a second click."""
    star_lines.recompute(f"notebook.deed.{cell.name}")


def _backup(cell: Cell, who: Actor) -> None:
    """A verified copy of the database on the server; the file itself is fetched there by whoever keeps it."""
    st.caption(t("backups.warning"))
    if not notebook_backup.under_way(who):
        if _button(cell):
            backups.start(database(), who, now=datetime.now(UTC))
            st.rerun()
        notebook_backup.over(who)


_DEEDS = {
    Deed.CHECK: _check,
    Deed.IMPORT: _import,
    Deed.MATCH: _match,
    Deed.STARS: _stars,
    Deed.BACKUP: _backup,
}
