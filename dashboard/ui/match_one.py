"""One need and its ranked candidates: why each, pick one or several, dispatch, undo; and why not somebody else."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from dashboard.core.errors import NotFound
from dashboard.core.permissions import Actor
from dashboard.core.words import Precision
from dashboard.services import dispatches, holds, matches, need_card
from dashboard.services.claims import Claims
from dashboard.services.match_page import Costs
from dashboard.services.matches import Candidate, Ranked
from dashboard.services.need_card import NeedCard
from dashboard.ui import (
    clocks,
    dispatch_lines,
    hand_over_lines,
    match_displace,
    match_price,
    match_squad,
    match_why,
    match_words,
    need_links,
    need_view,
    show,
    standby_lines,
)
from dashboard.ui import match_say as say
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.map_drawing import Mark
from dashboard.ui.match_bars import legend, score
from dashboard.ui.plain import plain
from dashboard.ui.session import language, sentence, t

FEW, MANY = 5, 20


def chosen(need_id: int | None) -> NeedCard | None:
    """The need that is open, None for none; says so when it is not there."""
    if need_id is None:
        return None
    try:
        return ask(need_card.card, need_id=need_id, language=language())
    except NotFound as error:
        st.warning(sentence(error))
        return None


def ranking(need: NeedCard) -> Ranked:
    """Its candidates for the role that is looked at, of everybody or of its squad, as many as can be listed."""
    role = st.session_state.get(f"match.role.{need.id}")
    return ask(matches.candidates, need_id=need.id, role_id=role, team_id=match_squad.team(need.id), limit=MANY)


def marks(need: NeedCard, found: Ranked) -> list[Mark]:
    """The need, and how many candidates each grid or village has. Nobody's home is drawn."""
    places = Counter(
        (one.profile.lon, one.profile.lat)
        for one in found.candidates
        if one.profile.lon is not None and one.profile.lat is not None
    )
    counts = [Mark(lon, lat, label=str(count)) for (lon, lat), count in places.items() if lon and lat]
    here = [Mark(need.lon, need.lat, kind="need")] if need.lon is not None and need.lat is not None else []
    return counts + here


def panel(who: Actor, need: NeedCard, found: Ranked) -> None:
    """Everything right of the map."""
    _head(who, need)
    if need.sent:
        dispatch_lines.sent(who, need, found)
    if need.open_seats and _ahead(need):
        _candidates(need, found)
    standby_lines.standby(who, need, found)
    match_why.why_not(need, found.role_id)
    match_words.standing(need)


def _ahead(need: NeedCard) -> bool:
    """Does a wanted span still lie ahead? Otherwise says what to do."""
    if any(end > datetime.now(UTC) for _, end in need.spans):
        return True
    st.warning(t("dispatches.time_past"), icon=":material/event_busy:")
    return False


def _head(who: Actor, need: NeedCard) -> None:
    st.markdown(f"##### {plain(need.title)}")
    with st.container(horizontal=True):
        st.badge(t(f"words.urgency.{need.urgency}"), color=need_view.URGENCY_COLOURS.get(need.urgency, "blue"))  # type: ignore[arg-type]
        clocks.badge(need.clock)
        st.badge(t("needs.card.people_of", all=need.head_count, open=need.open_seats), color="gray")
    lines = [f"{need.category} · {need.place}", need_view.wanted(need)]
    skills = t("show.comma").join(wish.name for wish in need.skills if wish.required)
    if skills:
        lines.append(f"{t('needs.card.skills')}：{skills}")
    if need.precision != Precision.POINT:
        lines.append(t("map.imprecise"))
    small(lines)
    with st.container(horizontal=True):
        _hold(who, need)
        need_links.go("needs", need.id, t("map.card.open"), icon=":material/open_in_new:")


def _hold(who: Actor, need: NeedCard) -> None:
    """Who works on it, and until when."""
    if need.holder is None or need.held_until is None:
        _hold_step(need, "hold", "taken", ":material/lock:")
        return
    minutes = max(1, round((need.held_until - datetime.now(UTC)).total_seconds() / 60))
    st.badge(plain(t("needs.held", who=need.holder, minutes=minutes)), color="violet", icon=":material/lock:")
    if need.holder_id == who.account_id:
        _hold_step(need, "extend", "extended", ":material/more_time:")
        _hold_step(need, "release", "released", ":material/lock_open:")
    hand_over_lines.hold(who, need)


def _hold_step(need: NeedCard, name: str, done: str, icon: str) -> None:
    command = getattr(holds, name)
    key = f"match.{name}.{need.id}"
    deed(t(f"matches.{name}"), command, key=key, done=f"holds.{done}", icon=icon, kind="tertiary", need_id=need.id)


def _candidates(need: NeedCard, found: Ranked) -> None:
    st.markdown(f"**{t('matches.candidates')}**")
    if need.whole:
        st.caption(t("matches.crew_lead"))
    for seat in need.short_roles:
        st.caption(f":orange[{plain(t('matches.crew_short', role=seat.name or seat.skill, missing=seat.missing))}]")
    if len(found.roles) > 1:
        _roles(need, found)
    match_squad.line(need)
    if not found.candidates:
        _nobody(need, found)
        return
    many = bool(st.session_state.get(f"match.many.{need.id}"))
    listed = found.candidates[: MANY if many else FEW]
    counts = {"people": found.people, "eligible": found.eligible, "shown": len(listed)}
    st.caption(t("matches.eligible", **{name: show.number(language(), value) for name, value in counts.items()}))
    picked = [one for one in found.candidates if st.session_state.get(_tick(need, one))]
    st.button(
        t("matches.send", count=len(picked)),
        key="match.send",
        type="primary",
        icon=":material/send:",
        disabled=not picked,
        on_click=_send,
        args=(need.id, found.role_id, tuple(one.profile.volunteer_id for one in picked), act_key("match.send")),
    )
    legend(listed[0].terms)
    costs = match_price.costs(found, [one.profile.volunteer_id for one in listed])
    for one in listed:
        _candidate(need, found, one, costs)
    if len(found.candidates) > FEW:
        st.toggle(t("matches.show_more", count=MANY), key=f"match.many.{need.id}")
    st.caption(t("matches.ties", version=found.rule_version))


def _roles(need: NeedCard, found: Ranked) -> None:
    seats = dict(found.roles)
    names = {
        seat.role_id: t(
            "matches.role_line_crew" if need.whole else "matches.role_line",
            name=seat.name or seat.skill or t("matches.plain_role", number=number + 1),
            open=seats.get(seat.role_id, 0),
            least=seat.least,
            most=seat.people,
        )
        for number, seat in enumerate(need.seats)
    }
    key = f"match.role.{need.id}"
    if st.session_state.get(key) not in names:
        st.session_state[key] = found.role_id
    st.segmented_control(t("matches.role"), list(names), required=True, format_func=names.__getitem__, key=key)


def _nobody(need: NeedCard, found: Ranked) -> None:
    """Nobody may be sent: what stood in the way, for everybody."""
    if found.team_id is not None:
        st.warning(t("squads.nobody_here"), icon=":material/person_off:")
        return
    st.warning(t("matches.nobody"), icon=":material/person_off:")
    st.caption(t("matches.nobody_why"))
    removed = ask(matches.removed, need_id=need.id, role_id=found.role_id)
    for rule, count in sorted(removed, key=lambda pair: -pair[1]):
        st.markdown(f"- {t(f'match_rules.cause_{rule}')} {show.number(language(), count)}")
    match_displace.proposals(need.id, found.role_id, need.urgency)


def _tick(need: NeedCard, one: Candidate) -> str:
    return f"match.pick.{need.id}.{one.profile.volunteer_id}"


def _candidate(need: NeedCard, found: Ranked, one: Candidate, costs: Costs | None) -> None:
    """One candidate: rank, name, bar, distance, time, load, what she costs the last plan; the table of terms one click
    away."""
    who = one.profile
    with st.container(border=True, key=f"match.candidate.{who.volunteer_id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.checkbox(f"**{one.rank} {plain(who.name)}**", key=_tick(need, one), width="content")
            if one.pinned:
                st.badge(t("matches.pinned"), color="violet", icon=":material/push_pin:")
            if one.promised:
                st.badge(
                    t("matches.promised"), color="blue", icon=":material/handshake:", help=t("matches.promised_help")
                )
            if one.claims.full:
                st.badge(t("matches.at_limit"), color="red", icon=":material/front_hand:")
            st.space("stretch")
            match_why.terms(one.terms, key=f"match.why.{who.volunteer_id}")
            match_words.pair(need, who.volunteer_id, who.name)
            st.button(
                t("matches.send_one"),
                key=f"match.send.{who.volunteer_id}",
                icon=":material/send:",
                disabled=one.claims.full,
                help=t("matches.at_limit_help") if one.claims.full else None,
                on_click=act,
                args=(dispatches.dispatch,),
                kwargs={
                    "key": act_key(f"match.send.{who.volunteer_id}"),
                    "done": "dispatches.sent",
                    "need_id": need.id,
                    "role_id": found.role_id,
                    "volunteer_ids": (who.volunteer_id,),
                    "start": one.start,
                    "end": one.end,
                },
            )
        score(one, key=f"match.bar.{who.volunteer_id}")
        small(facts(need, one))
        match_price.line(costs, who.volunteer_id)


def small(lines: Sequence[str]) -> None:
    """Lines of small print, close together."""
    st.caption("  \n".join(plain(line, 300) for line in lines))


def facts(need: NeedCard, one: Candidate) -> list[str]:
    """Distance with the source and age of the place, free time, load, last service, in words."""
    said, who = language(), one.profile
    age = t("matches.location_undated")
    if who.location_at is not None:
        age = t("matches.location_age", age=show.ago(said, who.location_at, datetime.now(UTC)))
    source = t(f"matches.source.{who.location_source}") if who.location_source in SOURCES else who.location_source
    place = t("matches.location", precision=t(f"words.precision.{who.precision}"), source=source or "-", age=age)
    free = t("show.comma").join(f"{show.clock(start)}–{show.clock(end)}" for start, end in one.free)
    served = t("matches.never")
    if one.last_served is not None:
        served = t("matches.last", day=show.date(said, one.last_served))
    exact = who.precision == need.precision == Precision.POINT
    lines = [
        f"{t('matches.score', score=one.score, top=one.top_score)} · {say.metres(one.metres, exact=exact)}{place}",
        who.place or who.site,
        f"{t('matches.time', span=show.span(said, one.start, one.end))} · {t('matches.free', spans=free)}",
        f"{t('matches.load', week=one.week_load, cap=one.cap_week, recent=one.load_90)} · {served}",
        " · ".join(claims(one.claims)),
    ]
    return lines if who.consent != "unknown" else [*lines, t("matches.consent_unknown")]


def claims(found: Claims) -> list[str]:
    """Her open tasks and her fullest team's, against the limits where there are any."""
    said = [t("claims.line" if found.most else "claims.line_no_limit", open=found.open, most=found.most)]
    if found.team and found.team_most:
        said.append(t("claims.team_line", team=found.team, open=found.team_open, most=found.team_most))
    return said


#: Where a volunteer's place may come from, as stored.
SOURCES = ("sample", "import", "entry", "village", "grid", "geocode")


def _send(need_id: int, role_id: int, volunteer_ids: Sequence[int], key: str) -> None:
    """Dispatch the ticked ones together; the ticks go with the deed."""
    act(
        dispatches.dispatch,
        key=key,
        done="dispatches.sent",
        need_id=need_id,
        role_id=role_id,
        volunteer_ids=tuple(volunteer_ids),
    )
    for volunteer_id in volunteer_ids:
        st.session_state[f"match.pick.{need_id}.{volunteer_id}"] = False
