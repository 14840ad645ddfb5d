"""One need beside the list: what is wanted, by when, who was sent, what happened; and what to do next."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.permissions import Actor
from dashboard.core.words import IntervalRule, NeedPersonKind
from dashboard.services.need_card import NeedCard
from dashboard.services.need_history import Step
from dashboard.text import known
from dashboard.ui import (
    charge_lines,
    clocks,
    dispatch_lines,
    hand_over_lines,
    link_buttons,
    need_acts,
    need_picks,
    show,
    standby_lines,
)
from dashboard.ui.need_words import missing_words
from dashboard.ui.plain import plain
from dashboard.ui.reveal import reveal
from dashboard.ui.session import language, t

URGENCY_COLOURS = {"urgent": "red", "soon": "orange", "normal": "blue"}


def view(who: Actor, need: NeedCard) -> None:
    """The whole card."""
    with st.container(border=True, key="needs.card"):
        heading(need)
        hand_over_lines.hold(who, need)
        if need.to_verify:
            st.warning(t("needs.card.to_verify", what=missing_words(need.to_verify)), icon=":material/help:")
        need_acts.next_steps(who, need)
        facts(who, need)
        charge_lines.price(who, need)
        dispatch_lines.sent(who, need)
        standby_lines.standby(who, need)
        rating(need)
        link_buttons.for_resident(who, need)
        linked(need)
        with st.expander(t("needs.card.history"), icon=":material/history:", key="needs.history"):
            history(need)


def heading(need: NeedCard) -> None:
    """Title, state, urgency and the clock that runs."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"##### {plain(need.title)}")
        st.space("stretch")
        st.button(
            t("needs.back_to_queue"),
            key="needs.close",
            type="tertiary",
            icon=":material/close:",
            on_click=need_picks.pick,
            args=(None,),
        )
    with st.container(horizontal=True):
        st.badge(t(f"words.need_state.{need.state}"), color="gray")
        st.badge(t(f"words.urgency.{need.urgency}"), color=URGENCY_COLOURS.get(need.urgency, "blue"))  # type: ignore[arg-type]
        if need.raised_at is not None:
            st.badge(t("needs.raised"), color="red", icon=":material/trending_up:")
        clocks.badge(need.clock)
        if need.holder is not None and need.held_until is not None:
            st.badge(plain(t("holds.held_by", code=need.code, who=need.holder, until=show.clock(need.held_until))))
    st.caption(plain(f"{need.category} · {need.code}"))


def facts(who: Actor, need: NeedCard) -> None:
    """What is wanted, in words."""
    lines = [
        ("place", need.place + (f" · {t(f'words.precision.{need.precision}')}")),
        ("wanted", wanted(need)),
        ("people", t("needs.card.people_of", all=need.head_count, open=need.open_seats)),
        ("skills", t("show.comma").join(_skill(wish.name, wish.required, wish.min_level) for wish in need.skills)),
        ("wishes", t("show.comma").join(wishes(need))),
        ("detail", need.detail),
        ("channel", _channel(need)),
        ("deadlines", "；".join(deadlines(need))),
    ]
    small = [_fact(t(f"needs.card.{name}"), value) for name, value in lines if value]
    if need.place_words and need.place_words not in need.place:
        small.insert(1, f":gray[{plain(t('needs.card.place_words', words=need.place_words))}]")
    st.markdown("  \n".join(small))
    _person(need.person_id, "resident", f"{need.resident} {need.phone}")
    _person(need.reporter_id, "reporter", need.reporter)


def _fact(label: str, value: str) -> str:
    """One line: a grey label and the words."""
    return f":gray[{label}] {plain(value, 600)}"


def _person(person_id: int | None, name: str, masked: str) -> None:
    if person_id is None:
        return
    st.markdown(_fact(t(f"needs.card.{name}"), masked))
    reveal(person_id, key=f"needs.{name}.{person_id}")


def wanted(need: NeedCard) -> str:
    """The wanted spans and how long it takes."""
    if not need.spans:
        return need.time_words
    rule = ""
    if len(need.spans) > 1:
        rule = t("needs.card.all_of" if need.interval_rule == IntervalRule.ALL_OF else "needs.card.any_of") + "："
    spans = "；".join(show.span(language(), start, end) for start, end in need.spans)
    length = t("needs.card.duration", length=show.duration(language(), need.duration_minutes))
    return f"{rule}{spans} · {length}"


def _skill(name: str, required: bool, level: int) -> str:
    return t("needs.card.required", name=name, level=level) if required else t("needs.card.liked", name=name)


def wishes(need: NeedCard) -> list[str]:
    """Language, gender and people, as wishes."""
    said = []
    if need.language:
        said.append(t("needs.card.language", language=need.language) + _must(need.language_hard))
    if need.gender:
        said.append(t(f"words.gender.{need.gender}") + _must(need.gender_hard))
    for one in need.people:
        key = "preferred" if one.kind == NeedPersonKind.PREFERRED else "excluded"
        said.append(t(f"needs.card.{key}", name=one.name))
    return said


def _must(hard: bool) -> str:
    return t("needs.card.must") if hard else ""


def _channel(need: NeedCard) -> str:
    when = show.datetime_(language(), need.registered_at)
    return t("needs.card.channel_by", channel=t(f"words.channel.{need.channel}"), by=need.entered_by, when=when)


def deadlines(need: NeedCard) -> list[str]:
    """Both deadlines, and how each ended or stands."""
    pairs = (
        ("take_up", need.take_up_due_at, need.taken_up_at),
        ("close", need.close_due_at, need.closed_at),
    )
    return [_deadline(need, kind, due, met) for kind, due, met in pairs if due is not None]


def _deadline(need: NeedCard, kind: str, due: datetime, met: datetime | None) -> str:
    if met is not None:
        left = t("deadlines.met" if met <= due else "deadlines.missed")
    elif need.clock is not None and need.clock.kind == kind:
        left = clocks.left(need.clock).partition(" ")[2]
    else:
        left = t("deadlines.missed") if due < datetime.now(UTC) else show.DASH
    return t("needs.card.due", what=t(f"deadlines.{kind}"), when=show.datetime_(language(), due), left=left)


def rating(need: NeedCard) -> None:
    """What the resident said, or that she is silent."""
    if need.rating is None:
        return
    asked = need.rating
    if asked.answered_at is None or asked.outcome is None:
        said = t("needs.card.silent", when=show.date(language(), asked.asked_at))
        st.markdown(_fact(t("needs.card.rating"), said))
        return
    score = t("needs.card.no_score") if asked.score is None else t("needs.card.score", score=asked.score)
    said = t("needs.card.rated", outcome=t(f"words.outcome.{asked.outcome}"), score=score)
    st.markdown(_fact(t("needs.card.rating"), f"{said} {asked.words}"))


def linked(need: NeedCard) -> None:
    """How often who called, and the repeat calls, each a click away."""
    if need.calls > 1:
        st.markdown(_fact(t("needs.card.calls"), t("needs.card.calls_by", people=need.callers, calls=need.calls)))
    for other in need.linked:
        key = "needs.card.earlier" if other.earlier else "needs.card.later"
        st.button(
            plain(t(key, code=other.code, when=show.date(language(), other.registered_at))),
            key=f"needs.linked.{other.id}",
            type="tertiary",
            icon=":material/repeat:",
            on_click=need_picks.pick,
            args=(other.id,),
        )


def history(need: NeedCard) -> None:
    """Every event, oldest first."""
    for step in need.history:
        st.markdown(plain(_step(step), 400))


def _step(step: Step) -> str:
    states = "words.dispatch_state" if step.volunteer else "words.need_state"
    after = t(f"{states}.{step.after}")
    if step.volunteer:
        what = t("needs.history.sent", volunteer=step.volunteer, after=after)
    elif step.before is None:
        what = t("needs.history.began", after=after)
    else:
        what = t("needs.history.need", before=t(f"{states}.{step.before}"), after=after)
    reason = t("needs.history.undo") if step.reason == "undo" else step.reason
    reason = t(reason) if known(reason) else reason
    by = t(f"links.by_{step.hand}") if step.hand else step.by
    late = t("needs.history.late", when=show.datetime_(language(), step.recorded_at)) if _later(step) else ""
    parts = (show.datetime_(language(), step.happened_at), what, by, reason, late)
    return " · ".join(part for part in parts if part)


def _later(step: Step) -> bool:
    """Learned of on another minute than it happened?"""
    return step.recorded_at.astimezone(COUNTY_TIME).replace(second=0, microsecond=0) > step.happened_at
