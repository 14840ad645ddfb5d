"""Targets of the county and its parts: how far each is, where a count is heading; for leaders the way to set them."""

from datetime import date
from typing import Any

import streamlit as st

from dashboard.core.figures import BY_KEY, Unit
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor
from dashboard.core.targets import LEAST_WEEKS, Period, Progress, period_of
from dashboard.services import targets
from dashboard.services.targets import Held, Part
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t
from dashboard.ui.target_words import period_words, progress_words, wanted_words
from dashboard.ui.team_views import today

_KEY = "targets"
#: Stands for the whole county among the sites' ids.
_WHOLE = 0


def listed(who: Actor, held: Held) -> None:
    """All targets with their progress; for leaders of the county the way to change them."""
    may = who.may(Action.SET_TARGETS) and who.reaches(WHOLE_COUNTY)
    if not held.targets and not may:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{t('targets.title')}**", width="content")
        if may:
            with st.popover(t("targets.set"), icon=":material/flag:", key=f"{_KEY}.open"):
                _form(held, ask(targets.parts))
            if held.targets:
                with st.popover(t("targets.change"), icon=":material/lock:", key=f"{_KEY}.change"):
                    _change(held)
    if not held.targets:
        st.caption(t("targets.empty"))
        return
    lines = [
        {
            t("targets.column.place"): _place(one),
            t("figures.column.name"): t(BY_KEY[one.target.figure].name),
            t("targets.column.period"): period_words(language(), one.target.period),
            t("targets.column.target"): _locked(one, wanted_words(language(), one)),
            t("targets.column.progress"): progress_words(language(), one),
        }
        for one in held.targets
    ]
    st.dataframe(lines, hide_index=True, key=f"{_KEY}.table", height="content")
    if any(one.projection for one in held.targets):
        st.caption(t("targets.note", weeks=LEAST_WEEKS))


def _place(one: Progress) -> str:
    return one.place or t("app.whole_county")


def _locked(one: Progress, words: str) -> str:
    return f"{words} · {t('targets.is_locked')}" if one.target.locked else words


def _periods() -> list[str]:
    """This year and the next, with the quarters that are not over."""
    now: date = today()
    first = (now.month + 2) // 3
    quarters = [str(Period(now.year, number)) for number in range(first, 5)]
    return [str(now.year), *quarters, str(now.year + 1), *(str(Period(now.year + 1, number)) for number in range(1, 5))]


def _form(held: Held, parts: tuple[Part, ...]) -> None:
    places = {_WHOLE: t("app.whole_county")} | {part.site_id: _indented(part) for part in parts}
    st.selectbox(t("targets.place"), list(places), format_func=places.__getitem__, key=f"{_KEY}.place")
    figure = st.selectbox(
        t("targets.figure"), list(BY_KEY), format_func=lambda key: t(BY_KEY[key].name), key=f"{_KEY}.figure"
    )
    periods = {words: period_words(language(), period_of(words)) for words in _periods()}
    st.selectbox(t("targets.period"), list(periods), format_func=periods.__getitem__, key=f"{_KEY}.period")
    unit = BY_KEY[figure].unit
    said = t("targets.percent") if unit is Unit.SHARE else t(f"figures.unit.{unit}")
    st.number_input(t("targets.value", unit=said), 0.0, value=None, key=f"{_KEY}.value.{figure}", step=1.0)
    st.segmented_control(
        t("targets.direction"),
        ["least", "most"],
        default="least",
        required=True,
        format_func=lambda way: t(f"targets.direction.{way}"),
        key=f"{_KEY}.direction",
    )
    st.text_input(t("targets.reason"), key=f"{_KEY}.reason", max_chars=200)
    key = act_key(f"{_KEY}.save")
    st.button(t("targets.save"), key=f"{_KEY}.save", type="primary", on_click=_save, args=(held.version, key))


def _indented(part: Part) -> str:
    return "\u3000" * max(part.path.strip("/").count("/"), 0) + part.name


def _save(version: int, key: str) -> None:
    """Set the target of the form (a callback)."""
    figure = str(st.session_state[f"{_KEY}.figure"])
    typed = st.session_state[f"{_KEY}.value.{figure}"]
    share = BY_KEY[figure].unit is Unit.SHARE
    # Nothing typed is no number, which the command says in words; to take a target back there is a button of its own.
    value = -1.0 if typed is None else typed / 100 if share else typed
    act(
        targets.put,
        key=key,
        done="targets.saved",
        figure=figure,
        period=str(st.session_state[f"{_KEY}.period"]),
        value=value,
        most=st.session_state[f"{_KEY}.direction"] == "most",
        reason=str(st.session_state[f"{_KEY}.reason"]),
        version=version,
        site_id=int(st.session_state[f"{_KEY}.place"]) or None,
    )


def _change(held: Held) -> None:
    names = {
        number: f"{_place(one)} · {t(BY_KEY[one.target.figure].name)} · {period_words(language(), one.target.period)}"
        for number, one in enumerate(held.targets)
    }
    number = st.selectbox(t("targets.title"), list(names), format_func=names.__getitem__, key=f"{_KEY}.which")
    target = held.targets[number].target
    st.text_input(t("targets.reason"), key=f"{_KEY}.why", max_chars=200)
    with st.container(horizontal=True):
        name = "unlock" if target.locked else "lock"
        key = act_key(f"{_KEY}.{name}")
        lock = {"locked": not target.locked}
        st.button(
            t(f"targets.{name}"),
            key=f"{_KEY}.{name}",
            type="primary",
            icon=":material/lock_open:" if target.locked else ":material/lock:",
            on_click=_do,
            args=("lock", held.version, number, key, lock, held),
        )
        if not target.locked and not held.targets[number].over:
            key = act_key(f"{_KEY}.drop")
            st.button(
                t("targets.drop"),
                key=f"{_KEY}.drop",
                on_click=_do,
                args=("put", held.version, number, key, {"value": None, "most": False}, held),
            )


def _do(what: str, version: int, number: int, key: str, values: dict[str, Any], held: Held) -> None:
    """Lock, unlock or take back (a callback)."""
    target = held.targets[number].target
    act(
        targets.lock if what == "lock" else targets.put,
        key=key,
        done="targets.saved",
        figure=target.figure,
        period=str(target.period),
        reason=str(st.session_state[f"{_KEY}.why"]),
        version=version,
        site_id=target.site_id,
        **values,
    )
