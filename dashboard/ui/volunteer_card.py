"""A volunteer's profile beside the list: what she can, when she is free, what she has done, what is arranged."""

from datetime import UTC, date, datetime

import streamlit as st

from dashboard.core.errors import NotFound
from dashboard.core.figures import county_today
from dashboard.core.permissions import Action, Actor, Personal
from dashboard.core.words import Grade, VolunteerStatus
from dashboard.services import volunteer_profile
from dashboard.services.volunteer_profile import LEAST_OFFERS, Profile, SkillLine
from dashboard.ui import show, star_lines, volunteer_edit
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.reveal import reveal
from dashboard.ui.session import language, t
from dashboard.ui.volunteer_views import CHOSEN

_COLOURS = {VolunteerStatus.ACTIVE: "green", VolunteerStatus.PAUSED: "orange", VolunteerStatus.LEFT: "gray"}


def chosen() -> int | None:
    """The volunteer whose profile is open."""
    found = st.session_state.get(CHOSEN)
    return found if isinstance(found, int) else None


def close() -> None:
    """Close the profile (a callback)."""
    st.session_state[CHOSEN] = None


def card(who: Actor, volunteer_id: int) -> None:
    """The profile, with its edits for those who may."""
    now = datetime.now(UTC)
    with st.container(border=True, key="volunteers.card"):
        try:
            found = ask(volunteer_profile.profile, volunteer_id=volunteer_id, language=language(), now=now)
        except NotFound as error:
            st.warning(t(error.key, **error.values))
        else:
            _profile(who, found, county_today(now))
        label = t("volunteers.close")
        st.button(label, key="volunteers.close", on_click=close, type="tertiary", icon=":material/close:")


def _profile(who: Actor, found: Profile, today: date) -> None:
    edits = who.may(Action.EDIT_VOLUNTEER)
    _who(found)
    with st.container(horizontal=True, gap="small"):
        reveal(found.person_id, key="volunteers.reveal", fields=(Personal.PHONE, Personal.ADDRESS))
        if edits:
            volunteer_edit.free_time(found)
            volunteer_edit.leave(found, today)
            volunteer_edit.caps(found)
            volunteer_edit.consent(found)
    _skills(found, today)
    _free(found)
    _leave(found, edits=edits)
    _caps(found)
    _work(found)
    if not edits:
        st.caption(t("volunteers.read_only"))


def _who(found: Profile) -> None:
    shown = language()
    st.subheader(plain(found.name), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(t(f"words.volunteer_status.{found.status}"), color=_COLOURS[found.status])  # type: ignore[arg-type]
        born = t("volunteers.born", year=found.birth_year) if found.birth_year else ""
        st.caption(plain(" · ".join(part for part in (found.code, t(f"words.gender.{found.gender}"), born) if part)))
    home = " ".join(part for part in (found.village, found.grid) if part) or show.DASH
    st.caption(plain(t("volunteers.lives", place=home, precision=t(f"words.precision.{found.precision}"))))
    if found.site:
        st.caption(plain(t("volunteers.belongs", site=found.site)))
    line = [t("volunteers.registered", date=show.date(shown, found.registered_on))]
    if found.languages:
        line.append(t("volunteers.languages", languages=", ".join(found.languages)))
    st.caption(plain(" · ".join(line)))
    if found.stars and (found.stars.stars or found.stars.badges):
        st.markdown(plain(" · ".join((star_lines.word(shown, found.stars.stars), *found.stars.badges))))
        st.caption(plain(star_lines.as_of(found.stars)))
    if found.phone:
        st.markdown(plain(t("volunteers.phone", phone=found.phone)))


def _section(key: str) -> None:
    st.markdown(f"**{t(f'volunteers.section.{key}')}**")


def _skills(found: Profile, today: date) -> None:
    _section("skills")
    for skill in found.skills:
        words, colour = _certificate(skill, today)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(plain(skill.name), width="content")
            st.caption(t(f"volunteers.level.{skill.level}"), width="content")
            if words:
                st.badge(words, color=colour)  # type: ignore[arg-type]
    if not found.skills:
        st.caption(t("volunteers.no_skills"))
    if found.skills_raw:
        st.caption(plain(t("volunteers.raw", words=found.skills_raw)))


def _certificate(skill: SkillLine, today: date) -> tuple[str, str]:
    """The state of the certificate in words, and its colour; nothing for a skill that needs none and has none."""
    if skill.expires_on is None:
        return (t("volunteers.licence_missing"), "red") if skill.licence else ("", "gray")
    ends = show.date(language(), skill.expires_on)
    if skill.expires_on < today:
        return t("volunteers.licence_ended", date=ends), "red"
    return t("volunteers.licence_until", date=ends), "green"


def _free(found: Profile) -> None:
    _section("free")
    if not found.availability_known:
        st.warning(t("volunteers.free_unknown"), icon=":material/help:")
    elif not found.free:
        st.caption(t("volunteers.never_free"))
    shown = language()
    for day in range(7):
        spans = [span for span in found.free if span.weekday == day]
        if spans:
            times = ", ".join(f"{show.minute_of_day(s.start)}–{show.minute_of_day(s.end)}" for s in spans)
            st.markdown(f"{show.weekday(shown, day)}　{times}")
    if found.availability_raw:
        st.caption(plain(t("volunteers.raw", words=found.availability_raw)))


def _leave(found: Profile, *, edits: bool) -> None:
    _section("leave")
    if not found.leave:
        st.caption(t("volunteers.no_leave"))
    for line in found.leave:
        with st.container(horizontal=True, vertical_alignment="center"):
            first, last = volunteer_edit.whole_days(line.start, line.end)
            days = {"first": show.date(language(), first), "last": show.date(language(), last)}
            st.markdown(plain(t("volunteers.leave_line", reason=line.reason, **days)), width="content")
            if edits:
                volunteer_edit.leave_off(found, line.id)


def _caps(found: Profile) -> None:
    shown = language()
    _section("caps")
    far = show.distance(shown, found.max_distance_m)
    st.markdown(t("volunteers.caps_line", day=found.cap_day, week=found.cap_week, distance=far))
    consent = t(f"words.consent.{found.consent}")
    if found.consent_at is not None:
        channel = t(f"words.channel.{found.consent_channel}") if found.consent_channel else show.DASH
        when = show.date(shown, found.consent_at)
        consent = t("volunteers.consent_line", consent=consent, date=when, channel=channel)
    st.markdown(t("volunteers.consent_is", consent=consent))


def _work(found: Profile) -> None:
    shown = language()
    _section("teams")
    for team in found.teams:
        st.markdown(plain(t("volunteers.team_line", team=team.name, since=show.date(shown, team.since))))
    if not found.teams:
        st.caption(t("volunteers.no_teams"))
    _section("upcoming")
    for line in found.upcoming:
        state = t(f"words.dispatch_state.{line.state}")
        span = show.span(shown, line.start, line.end)
        st.markdown(plain(t("volunteers.upcoming_line", span=span, order=line.order, state=state)))
    if not found.upcoming:
        st.caption(t("volunteers.no_upcoming"))
    _section("served")
    graded = {grade.value.lower(): show.hours(shown, found.minutes[n]) for n, grade in enumerate(Grade)}
    total = show.hours(shown, sum(found.minutes))
    st.markdown(t("volunteers.served_line", services=found.services, hours=total, **graded))
    for service in found.last_services[:5]:
        time = show.duration(shown, service.minutes)
        st.caption(plain(f"{show.date(shown, service.start)} · {time} · {service.grade} · {service.occasion}"))
    told = found.reliability
    if told.offered:
        counts = {name: getattr(told, name) for name in ("accepted", "declined", "expired", "cancelled", "waiting")}
        st.caption(t("volunteers.reliability", offered=told.offered, **counts))
        ended = told.offered - told.waiting
        few = t("volunteers.reliability_few", least=LEAST_OFFERS)
        share = show.percent(shown, told.share, 0)
        st.caption(few if told.share is None else t("volunteers.reliability_share", share=share, n=ended))
