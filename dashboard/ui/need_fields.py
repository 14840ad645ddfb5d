"""The fields of the entry form and how they become an order, and an order them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import DashboardError, Invalid
from dashboard.core.intake import coordinates
from dashboard.core.orders import Caller, Order, PlaceWish, RoleWish, SkillWish
from dashboard.core.words import Channel, Gender, IntervalRule, NeedPersonKind, Precision, Urgency
from dashboard.services.need_card import NeedCard
from dashboard.services.need_choices import Choices
from dashboard.ui.act import notify
from dashboard.ui.session import t

_PREFIX = "needs.form."
#: Most spans one order may have.
MOST_TIMES = 8
_FIRST, _LAST = time(9), time(11)


def key(field: str) -> str:
    """The session key of a field."""
    return f"{_PREFIX}{field}"


def value(field: str) -> Any:
    """What stands in a field."""
    return st.session_state.get(key(field))


def clear() -> None:
    """An empty form: tomorrow morning, one person, by phone."""
    for name in [name for name in st.session_state if str(name).startswith(_PREFIX)]:
        del st.session_state[name]
    tomorrow = (datetime.now(UTC).astimezone(COUNTY_TIME) + timedelta(days=1)).date()
    put(
        people=1,
        urgency=Urgency.NORMAL,
        channel=Channel.HOTLINE,
        place_by="village",
        times=1,
        no_time=False,
        rule=IntervalRule.ANY_OF,
        own_skills=False,
    )
    put_time(0, tomorrow, _FIRST, _LAST)


def put(**values: Any) -> None:
    """Fill fields."""
    for name, found in values.items():
        st.session_state[key(name)] = found


def put_time(number: int, day: date, first: time, last: time) -> None:
    """Fill the fields of one wanted span."""
    put(**{f"day.{number}": day, f"from.{number}": first, f"to.{number}": last})


def fill(need: NeedCard) -> None:
    """Put a stored order into the fields. People's names are not shown again: what stays empty stays as it is."""
    by = {Precision.POINT: "point", Precision.GRID: "grid", Precision.VILLAGE: "village"}.get(
        Precision(need.precision), "words"
    )
    put(
        category=need.category_id,
        people=need.head_count,
        people_words=need.people_words,
        urgency=Urgency(need.urgency),
        channel=Channel(need.channel),
        place_by=by,
        village=need.village_code,
        grid=need.grid_id,
        point=f"{need.lon:.6f}, {need.lat:.6f}" if by == "point" else "",
        place_words=need.place_words,
        times=max(1, len(need.spans)),
        no_time=not need.spans,
        time_words=need.time_words,
        rule=IntervalRule(need.interval_rule),
        minutes=need.duration_minutes,
        title=need.title,
        detail=need.detail,
        own_skills=True,
        skills=[wish.skill_id for wish in need.skills if wish.required],
        liked=[wish.skill_id for wish in need.skills if not wish.required],
        language=need.language or "",
        language_hard=need.language_hard,
        gender=Gender(need.gender) if need.gender else None,
        gender_hard=need.gender_hard,
        roles=[(seat.role_id, seat.people, seat.skill_id, seat.min_level, seat.name) for seat in need.seats],
        named=[(one.volunteer_id, one.kind) for one in need.people],
    )
    for number, (start, end) in enumerate(need.spans[:MOST_TIMES]):
        begin, finish = start.astimezone(COUNTY_TIME), end.astimezone(COUNTY_TIME)
        put_time(number, begin.date(), begin.time(), finish.time())


def select(field: str, label: str, names: Mapping[Any, str], *, disabled: bool = False) -> None:
    """A choice by name; what is no longer offered is dropped."""
    if value(field) not in names:
        put(**{field: None})
    st.selectbox(
        label,
        list(names),
        index=None,
        format_func=names.__getitem__,
        key=key(field),
        placeholder=t("needs.form.choose"),
        disabled=disabled,
    )


def times() -> None:
    """The wanted spans: one, or several of which any or all must be served; or words where none is clear."""
    st.checkbox(t("needs.form.no_time"), key=key("no_time"))
    if value("no_time"):
        st.text_input(t("needs.form.time_words"), key=key("time_words"), max_chars=120)
        return
    count = int(value("times") or 1)
    for number in range(count):
        day, first, last = st.columns([2, 1, 1])
        step = timedelta(minutes=30)
        day.date_input(t("needs.form.day"), key=key(f"day.{number}"), format="YYYY-MM-DD")
        first.time_input(t("needs.form.from"), key=key(f"from.{number}"), step=step)
        last.time_input(t("needs.form.to"), key=key(f"to.{number}"), step=step)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if count > 1:
            st.segmented_control(
                t("needs.form.rule"),
                list(IntervalRule),
                required=True,
                format_func=lambda rule: t(f"needs.card.{rule}"),
                key=key("rule"),
            )
            st.button(t("needs.form.less_times"), key="needs.less_times", type="tertiary", on_click=_count, args=(-1,))
        if count < MOST_TIMES:
            st.button(t("needs.form.more_times"), key="needs.more_times", type="tertiary", on_click=_count, args=(1,))


def _count(change: int) -> None:
    count = int(value("times") or 1) + change
    if change > 0:
        day = value(f"day.{count - 2}")
        put_time(count - 1, day + timedelta(days=1), value(f"from.{count - 2}"), value(f"to.{count - 2}"))
    put(times=count)


def more(found: Choices) -> None:
    """Title, length, skills, language, gender: what an order by phone seldom needs."""
    with st.expander(t("needs.form.more"), key="needs.form.details"):
        st.text_input(t("needs.form.subject"), key=key("title"), max_chars=200)
        st.text_area(t("needs.form.detail"), key=key("detail"), max_chars=1000, height=80)
        usual = next((one for one in found.categories if one.id == value("category")), None)
        st.number_input(
            t("needs.form.minutes"),
            1,
            960,
            value=None,
            step=15,
            key=key("minutes"),
            placeholder=str(usual.minutes) if usual else None,
        )
        skills = dict(found.skills)
        if usual is not None and usual.skills:
            st.caption(t("needs.form.usual_skills", skills=t("show.comma").join(usual.skills)))
        st.checkbox(t("needs.form.own_skills"), key=key("own_skills"))
        if value("own_skills"):
            for field, label in (("skills", "needs.form.skills"), ("liked", "needs.form.liked_skills")):
                put(**{field: [one for one in value(field) or [] if one in skills]})
                st.multiselect(
                    t(label),
                    list(skills),
                    format_func=skills.__getitem__,
                    key=key(field),
                    placeholder=t("needs.form.choose"),
                )
        _wish("language")
        _wish("gender")


def _wish(field: str) -> None:
    wish, hard = st.columns([3, 1], vertical_alignment="bottom")
    with wish:
        if field == "gender":
            select("gender", t("needs.form.gender"), {g: t(f"words.gender.{g}") for g in (Gender.FEMALE, Gender.MALE)})
        else:
            st.text_input(t("needs.form.language"), key=key("language"), max_chars=20)
    hard.checkbox(t("needs.form.hard"), key=key(f"{field}_hard"), disabled=not value(field))


def order() -> Order:
    """The order as the fields stand. Raises Invalid where they can't be read."""
    own = bool(value("own_skills"))
    named = value("named") or []
    language = str(value("language") or "").strip() or None
    return Order(
        channel=Channel(value("channel") or Channel.HOTLINE),
        urgency=Urgency(value("urgency") or Urgency.NORMAL),
        category_id=value("category"),
        title=str(value("title") or ""),
        detail=str(value("detail") or ""),
        place=_place(),
        intervals=() if value("no_time") else _intervals(),
        interval_rule=IntervalRule(value("rule") or IntervalRule.ANY_OF),
        duration_minutes=value("minutes"),
        time_words=str(value("time_words") or "") if value("no_time") else "",
        roles=_roles(),
        people_words=str(value("people_words") or ""),
        skills=_skills() if own else None,
        language=language,
        language_hard=bool(value("language_hard")) and language is not None,
        gender=value("gender"),
        gender_hard=bool(value("gender_hard")) and value("gender") is not None,
        preferred=tuple(one for one, kind in named if kind == NeedPersonKind.PREFERRED),
        excluded=tuple(one for one, kind in named if kind == NeedPersonKind.EXCLUDED),
        resident=Caller(*(str(value(field) or "").strip() for field in ("name", "phone", "address"))),
        reporter=Caller(*(str(value(field) or "").strip() for field in ("reporter_name", "reporter_phone"))),
    )


def order_or_notice() -> Order | None:
    """The order, or None with a notice that says what can't be read."""
    try:
        return order()
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return None


def _place() -> PlaceWish:
    by, words = value("place_by"), str(value("place_words") or "")
    if by == "point" and str(value("point") or "").strip():
        found = coordinates(str(value("point")))
        if found is None:
            raise Invalid("needs.not_degrees")
        return PlaceWish(lon=found[0], lat=found[1], words=words)
    if by == "grid" and value("grid") is not None:
        return PlaceWish(grid_id=value("grid"), words=words)
    if by in ("village", "grid") and value("village") is not None:
        return PlaceWish(village_code=value("village"), words=words)
    return PlaceWish(words=words)


def precision(place: PlaceWish) -> Precision:
    """How exactly a wish says where."""
    if place.lon is not None:
        return Precision.POINT
    if place.grid_id is not None:
        return Precision.GRID
    return Precision.VILLAGE if place.village_code is not None else Precision.NONE


def _intervals() -> tuple[tuple[datetime, datetime], ...]:
    found = []
    for number in range(int(value("times") or 1)):
        day, first, last = (value(f"{field}.{number}") for field in ("day", "from", "to"))
        if isinstance(day, date) and isinstance(first, time) and isinstance(last, time):
            start, end = (datetime.combine(day, clock, COUNTY_TIME).astimezone(UTC) for clock in (first, last))
            if end <= start:
                raise Invalid("needs.span_backwards")
            found.append((start, end))
    return tuple(found)


def _roles() -> tuple[RoleWish, ...]:
    """One role with the head-count; the roles of a stored order stay, the first takes up the change."""
    people = int(value("people") or 0)
    if people < 1:
        return ()
    stored = value("roles") or []
    if not stored:
        return (RoleWish(people=people),)
    rest = [RoleWish(count, skill, level, name, role) for role, count, skill, level, name in stored[1:]]
    role, _, skill, level, name = stored[0]
    first = people - sum(one.people for one in rest)
    if first < 1:
        raise Invalid("needs.bad_head_count", most=500)
    return (RoleWish(first, skill, level, name, role), *rest)


def _skills() -> tuple[SkillWish, ...]:
    required = [SkillWish(one) for one in value("skills") or []]
    chosen = {wish.skill_id for wish in required}
    return (*required, *(SkillWish(one, required=False) for one in value("liked") or [] if one not in chosen))
