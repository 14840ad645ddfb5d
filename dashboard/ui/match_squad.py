"""Which squad a need goes to, why none below it, and the switch that shows its members alone."""

import streamlit as st

from dashboard.services import squads
from dashboard.services.need_card import NeedCard
from dashboard.services.squads import Rung, SquadOf
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t


def team(need_id: int) -> int | None:
    """The team whose members alone are wanted; None for everybody."""
    if not st.session_state.get(_switch(need_id)):
        return None
    taken = ask(squads.squad_of, need_id=need_id).taken
    return None if taken is None else taken.team_id


def _switch(need_id: int) -> str:
    return f"match.squad.{need_id}"


def line(need: NeedCard) -> None:
    """The squad in a line; nothing in a county without squads."""
    found = ask(squads.squad_of, need_id=need.id)
    if not found.used or not found.rungs:
        return
    taken = found.taken
    with st.container(key="match.squad", gap="small"):
        if taken is None:
            aspects = t("show.comma").join(dict.fromkeys(aspect(one) for one in found.rungs))
            st.markdown(f":orange[{t('squads.line_none', aspects=aspects)}]")
        else:
            why = _why(found)
            st.markdown(
                t(
                    "squads.line",
                    aspect=aspect(taken),
                    site=plain(taken.site),
                    why=t("squads.because", why=why) if why else "",
                )
            )
        with st.container(horizontal=True, vertical_alignment="center"):
            if taken is not None:
                people = show.number(language(), taken.eligible)
                st.caption(plain(t("squads.team", team=taken.team, eligible=people)), width="content")
                st.toggle(t("squads.only"), key=_switch(need.id))
            if len(found.rungs) > 1:
                with st.popover(t("squads.path"), icon=":material/stairs:", key=f"match.squad.path.{need.id}"):
                    st.markdown("\n".join(f"1. {_step(one)}" for one in found.rungs))


def aspect(rung: Rung) -> str:
    """The name of a rung's aspect."""
    return t(f"words.aspect.{rung.aspect}")


def _why(found: SquadOf) -> str:
    """Why no lower level; why not the aspect of its own."""
    taken = found.rungs[-1]
    own = [one for one in found.rungs if one.aspect is not taken.aspect]
    below = [one for one in found.rungs[:-1] if one.aspect is taken.aspect]
    said = [t("squads.all_levels", aspect=aspect(own[0]))] if own else []
    said += [
        t("squads.below", level=t(f"squads.level.{one.level}"), cannot=t(f"squads.cannot.{one.cannot}"))
        for one in below
    ]
    return t("show.comma").join(said)


def _step(one: Rung) -> str:
    people = show.number(language(), one.eligible)
    said = t("squads.takes", eligible=people) if one.cannot is None else t(f"squads.cannot.{one.cannot}")
    if not one.team:
        return t("squads.step", aspect=aspect(one), site=plain(one.site), cannot=said)
    return t("squads.step_team", aspect=aspect(one), site=plain(one.site), team=plain(one.team), cannot=said)
