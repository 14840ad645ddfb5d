"""Squads on the Teams page: where which aspect is covered, a team's own aspect, and the aspects of the categories."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor
from dashboard.core.words import Aspect, Level
from dashboard.services import squads
from dashboard.services.squads import CategoryAspect, Coverage, CoverageRow
from dashboard.services.teams import TeamRow
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t
from dashboard.ui.team_views import today

#: Of a gap.
_RED = "color: #b42318"


def board(who: Actor) -> None:
    """The coverage by town, then which category goes where."""
    found = ask(squads.coverage, today=today())
    if not found.rows:
        st.info(t("squads.no_sites"), icon=":material/groups:")
        return
    st.caption(t("squads.intro", squads=show.number(language(), found.squads)))
    _gaps(found)
    table = pd.DataFrame([_cells(row) for row in found.rows])
    gap = t("squads.no")
    cells = pd.IndexSlice[:, _names()]
    styled = table.style.map(lambda cell: _RED if cell.startswith(gap) else "", subset=cells)
    st.dataframe(styled, hide_index=True, key="squads.table", height="content")
    _categories(who, ask(squads.category_aspects))


def _gaps(found: Coverage) -> None:
    """How many squads the towns lack, by aspect; a town needs none for all else."""
    lacking = {
        aspect: sum(aspect not in row.own for row in found.towns) for aspect in Aspect if aspect is not Aspect.ALL_ELSE
    }
    if not found.towns:
        return
    if not any(lacking.values()):
        st.success(t("squads.no_gaps"), icon=":material/task_alt:")
        return
    said = [t("squads.gap", aspect=_name(aspect), count=count) for aspect, count in lacking.items() if count]
    st.markdown(f":red[{t('squads.gaps', gaps=sum(lacking.values()), aspects=t('show.comma').join(said))}]")


def _name(aspect: Aspect) -> str:
    return t(f"words.aspect.{aspect}")


def _names() -> list[str]:
    return [_name(aspect) for aspect in Aspect]


def _cells(row: CoverageRow) -> dict[str, str]:
    name = t("squads.county") if row.level is Level.CENTRE else row.name
    return {t("squads.place"): name} | {_name(aspect): _cell(row, aspect) for aspect in Aspect}


def _cell(row: CoverageRow, aspect: Aspect) -> str:
    own = t("squads.yes") if aspect in row.own else t("squads.no")
    if aspect is Aspect.ALL_ELSE and row.level is not Level.CENTRE and aspect not in row.own:
        own = show.DASH
    if not row.stations:
        return own
    return t("squads.cell", own=own, have=row.below[aspect], stations=row.stations)


def _categories(who: Actor, found: tuple[CategoryAspect, ...]) -> None:
    st.subheader(t("squads.categories"), anchor=False)
    said = {aspect: [one.shown(language()) for one in found if one.aspect is aspect] for aspect in (*Aspect, None)}
    lines = [
        {
            t("squads.goes_to"): t("squads.unset") if aspect is None else _name(aspect),
            t("squads.category"): t("show.comma").join(names) or show.DASH,
        }
        for aspect, names in said.items()
        if names or aspect not in (None, Aspect.ALL_ELSE)
    ]
    st.dataframe(pd.DataFrame(lines), hide_index=True, key="squads.categories", height="content")
    if who.may(Action.EDIT_RULES) and who.reaches(WHOLE_COUNTY):
        with st.expander(t("squads.change_categories"), icon=":material/tune:", key="squads.categories.open"):
            _form(found)


def _form(found: tuple[CategoryAspect, ...]) -> None:
    with st.form("squads.categories.form", border=False):
        columns = st.columns(3)
        for at, one in enumerate(found):
            with columns[at % 3]:
                _choose(one.shown(language()), one.aspect, _field(one), t("squads.unset"))
        st.form_submit_button(
            t("squads.store_categories"),
            key="squads.categories.store",
            type="primary",
            on_click=_store,
            args=(found, act_key("squads.categories.store")),
        )


def _choose(label: str, held: Aspect | None, key: str, none: str) -> None:
    """A list of the aspects and none of them, which stands as the empty word."""
    names = {"": none} | {str(aspect): _name(aspect) for aspect in Aspect}
    st.selectbox(label, list(names), list(names).index(held or ""), format_func=names.__getitem__, key=key)


def _field(one: CategoryAspect) -> str:
    """A field of its own for every version: an old choice must not stay in it."""
    return f"squads.category.{one.id}.{one.version}"


def _store(found: tuple[CategoryAspect, ...], key: str) -> None:
    """Store what was chosen anew (a callback)."""
    chosen = [(one, st.session_state.get(_field(one), one.aspect or "") or None) for one in found]
    changes = tuple((one.id, aspect, one.version) for one, aspect in chosen if aspect != one.aspect)
    act(squads.set_category_aspects, key=key, done="squads.categories_stored", changes=changes)


def badge(who: Actor, row: TeamRow) -> None:
    """What a team is the squad of; for who may, the way to change it."""
    if row.aspect is not None:
        st.badge(t("squads.badge", aspect=_name(row.aspect)), color="violet", icon=":material/diversity_3:")
    if not (who.may(Action.EDIT_TEAM) and row.within_reach):
        return
    key = f"teams.aspect.{row.id}"
    label = t("squads.change") if row.aspect else t("squads.set")
    with st.popover(label, icon=":material/edit:", key=f"{key}.open", type="tertiary"):
        field = f"{key}.{row.version}"
        _choose(t("squads.aspect"), row.aspect, field, t("squads.none"))
        values: dict[str, Any] = {"team_id": row.id, "version": row.version}
        st.button(t("squads.store"), key=key, type="primary", on_click=_set, args=(field, act_key(key), values))


def _set(field: str, key: str, values: dict[str, Any]) -> None:
    """Make the team the squad that was chosen (a callback)."""
    aspect = st.session_state.get(field) or None
    act(squads.set_team_aspect, key=key, done="squads.stored", aspect=aspect, **values)
