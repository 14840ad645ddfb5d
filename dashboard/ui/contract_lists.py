"""Household contracts: who looks after whom, with substitutes; and households nobody looks after."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.services import contracts
from dashboard.services.contracts import LISTED, Household, Unkept
from dashboard.ui import series_pick, show
from dashboard.ui.act import act, act_key
from dashboard.ui.deeds import with_reason
from dashboard.ui.reveal import reveal
from dashboard.ui.session import language, t

_HELD, _UNKEPT = "rounds.contract", "rounds.household"


def held(found: tuple[Household, ...]) -> None:
    """The open contracts; of the one chosen, another substitute or the end."""
    if not found:
        st.info(t("contracts.none"), icon=":material/cottage:")
        return
    counts = {one.volunteer_id: sum(other.volunteer_id == one.volunteer_id for other in found) for one in found}
    st.caption(t("contracts.counts", households=len(found), volunteers=len(counts)))
    lines = [_line(one, counts[one.volunteer_id]) for one in found]
    st.dataframe(pd.DataFrame(lines), hide_index=True, key="rounds.contracts.table", height="content")
    chosen = _choose(_HELD, {one.id: f"{one.volunteer} → {one.resident} · {_day(one)}" for one in found})
    one = next(one for one in found if one.id == chosen)
    key = f"rounds.substitute.{one.id}"
    with st.container(horizontal=True, key="rounds.contract.acts"):
        reveal(one.person_id, key=f"rounds.resident.{one.person_id}")
        with st.popover(t("contracts.act.substitute"), icon=":material/swap_horiz:", key=f"{key}.open"):
            series_pick.volunteer(t("series.substitute"), key=f"{key}.who")
            st.button(
                t("series.act.do"),
                key=key,
                type="primary",
                on_click=_substituted,
                args=(one.id, one.version, key, act_key(key)),
            )
        with_reason(
            t("contracts.act.end"),
            contracts.end_contract,
            key=f"rounds.end_contract.{one.id}",
            done="contracts.done.ended",
            icon=":material/cancel:",
            contract_id=one.id,
            version=one.version,
        )


def _line(one: Household, count: int) -> dict[str, object]:
    cells: dict[str, object] = {
        "keeper": one.volunteer,
        "households": count,
        "resident": one.resident,
        "substitute": one.substitute or t("series.nobody"),
        "since": _day(one),
        "note": t("contracts.over", reason=one.reason) if one.over else one.reason,
    }
    return {t(f"contracts.column.{name}"): value for name, value in cells.items()}


def _day(one: Household) -> str:
    return show.date(language(), one.since)


def _choose(key: str, names: dict[int, str]) -> int:
    if st.session_state.get(key) not in names:
        st.session_state[key] = next(iter(names))
    st.selectbox(t("contracts.which"), list(names), format_func=names.__getitem__, key=key)
    return int(st.session_state[key])


def _substituted(contract_id: int, version: int, key: str, deed_key: str) -> None:
    values: dict[str, Any] = {"version": version, "substitute_id": series_pick.chosen(f"{key}.who")}
    act(contracts.set_substitute, key=deed_key, done="contracts.done.substituted", contract_id=contract_id, **values)


def unkept(found: tuple[Unkept, ...]) -> None:
    """Households without a keeper, and the form that gives the one chosen to a volunteer."""
    if not found:
        st.info(t("contracts.all_kept"), icon=":material/task_alt:")
        return
    st.caption(t("contracts.unkept", count=len(found)) if len(found) < LISTED else t("contracts.first", count=LISTED))
    lines = [
        {
            t("contracts.column.resident"): one.resident,
            t("contracts.column.needs"): one.needs,
            t("contracts.column.last"): one.last_code or show.DASH,
            t("contracts.column.series"): one.series,
        }
        for one in found
    ]
    st.dataframe(pd.DataFrame(lines), hide_index=True, key="rounds.unkept.table", height="content")
    chosen = _choose(_UNKEPT, {one.person_id: f"{one.resident} · {one.last_code or show.DASH}" for one in found})
    key = "rounds.take"
    with st.container(border=True, key="rounds.take.form"):
        reveal(chosen, key=f"rounds.resident.{chosen}")
        series_pick.volunteer(t("series.keeper"), key=f"{key}.keeper")
        series_pick.volunteer(t("series.substitute"), key=f"{key}.substitute")
        st.text_input(t("contracts.reason"), key=f"{key}.reason", max_chars=200, help=t("contracts.reason_help"))
        st.button(
            t("contracts.act.take"),
            key=key,
            type="primary",
            disabled=series_pick.chosen(f"{key}.keeper") is None,
            on_click=_taken,
            args=(chosen, key, act_key(key)),
        )


def _taken(person_id: int, key: str, deed_key: str) -> None:
    act(
        contracts.take_household,
        key=deed_key,
        done="contracts.done.taken",
        person_id=person_id,
        volunteer_id=series_pick.chosen(f"{key}.keeper"),
        substitute_id=series_pick.chosen(f"{key}.substitute"),
        reason=str(st.session_state.get(f"{key}.reason", "")),
    )
