"""The Volunteers page: the search form, the people found, certificates that end soon."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.stars import BETWEEN, STARS
from dashboard.core.words import VolunteerStatus
from dashboard.services import edges, filter_choices, volunteers
from dashboard.services.questions import answer
from dashboard.services.team_rows import PAGE
from dashboard.services.volunteers import ExpiringRow, Found, Wanted
from dashboard.text import text
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.downloads import Noted, downloads
from dashboard.ui.paged_list import EVERY_ROW, paged_list
from dashboard.ui.session import actor, database, language, t
from dashboard.ui.star_lines import STAR

CHOSEN = "volunteers.chosen"
#: Minutes from midnight; "any" asks for some free time that day.
PARTS: dict[str, tuple[int, int] | None] = {
    "any": None,
    "morning": (8 * 60, 12 * 60),
    "afternoon": (14 * 60, 18 * 60),
    "evening": (18 * 60, 21 * 60),
}
_FIELDS = ("words", "skill", "town", "village", "team", "free_on", "part", "status", "stars")


def tab(ending: int) -> str:
    """Search, or certificates that end soon with their count."""
    names = {
        "find": t("volunteers.tab.find"),
        "expiring": t("volunteers.tab.expiring", count=show.number(language(), ending)),
    }
    chosen = st.segmented_control(
        t("volunteers.view"),
        list(names),
        default="find",
        required=True,
        format_func=names.__getitem__,
        key="volunteers.tab",
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen or "find")


def form() -> Wanted:
    """The search form; every field narrows. Kept while other pages are looked at."""
    found = ask(volunteers.choices, language=language())
    words, skill, team, stars = st.columns([5, 3, 3, 2])
    words.text_input(
        t("volunteers.find"), key=_key("words"), help=t("volunteers.find_help"), persist_state="session", max_chars=60
    )
    with skill:
        _select("skill", dict(found.skills))
    with team:
        _select("team", dict(found.teams))
    with stars:
        _select("stars", {number: t("stars.least", stars=number) for number in range(1, STARS + 1)})
    town, village, day, part, status = st.columns([3, 3, 3, 3, 2])
    places = ask(filter_choices.choices, town=st.session_state.get(_key("town")), language=language())
    with town:
        _select("town", dict(places.towns))
    with village:
        _select("village", dict(places.villages), disabled=not places.villages)
    label = t("volunteers.free_on")
    day.date_input(label, value=None, key=_key("free_on"), format="YYYY-MM-DD", persist_state="session")
    with part:
        names = {name: t(f"volunteers.part.{name}") for name in PARTS}
        _select("part", names, first="any", disabled=st.session_state.get(_key("free_on")) is None)
    with status:
        statuses = {word.value: t(f"words.volunteer_status.{word}") for word in VolunteerStatus}
        _select("status", statuses, first=VolunteerStatus.ACTIVE.value, empty=t("volunteers.any_status"))
    return _wanted()


def _key(name: str) -> str:
    return f"volunteers.{name}"


def _select(
    name: str, words: dict[Any, str], *, first: Any = None, disabled: bool = False, empty: str | None = None
) -> None:
    if st.session_state.get(_key(name), first) not in words:
        st.session_state[_key(name)] = None
    st.selectbox(
        t(f"volunteers.{name}"),
        list(words),
        index=list(words).index(first) if first in words else None,
        format_func=words.__getitem__,
        key=_key(name),
        placeholder=empty or t("volunteers.any_skill"),
        disabled=disabled,
        persist_state="session",
        on_change=_first_page,
    )


def _first_page() -> None:
    st.session_state[_key("page")] = 1


def _wanted() -> Wanted:
    kept = {name: st.session_state.get(_key(name)) for name in _FIELDS}
    part = PARTS[kept["part"] or "any"] if kept["free_on"] else None
    return Wanted(
        words=kept["words"] or "",
        skill=kept["skill"],
        town=kept["town"],
        village=kept["village"],
        team=kept["team"],
        free_on=kept["free_on"],
        free_from=part[0] if part else None,
        free_until=part[1] if part else None,
        status=VolunteerStatus(kept["status"]) if kept["status"] else None,
        stars=kept["stars"],
    )


def clear() -> None:
    """Empty the form (a callback)."""
    for name in (*_FIELDS, "page"):
        st.session_state.pop(_key(name), None)
    st.session_state[_key("status")] = VolunteerStatus.ACTIVE.value


def results(wanted: Wanted, today: date) -> None:
    """How many fit, and a page of them; a click on a row opens the profile."""
    values = {"wanted": wanted, "today": today, "language": language()}
    page = max(int(st.session_state.get(_key("page"), 1)) - 1, 0)
    found = ask(volunteers.search, page=page, **values)
    if page and not found.rows:
        _first_page()
        found = ask(volunteers.search, page=0, **values)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{t('volunteers.found', total=show.number(language(), found.total))}**")
        st.caption(t("volunteers.tick"))
        st.space("stretch")
        _pager(found.total)
        _file(wanted, today, found.total)
        st.button(t("volunteers.clear"), key="volunteers.clear", on_click=clear, icon=":material/filter_alt_off:")
    if wanted.free_on:
        st.caption(t("volunteers.unknown_note"))
    if not found.rows:
        st.info(t("volunteers.none"), icon=":material/person_search:")
        return
    st.session_state["volunteers.shown"] = [row.id for row in found.rows]
    st.dataframe(
        pd.DataFrame([_line(row, language()) for row in found.rows]),
        hide_index=True,
        key="volunteers.table",
        on_select=_picked,
        selection_mode="single-row",
        height=500,
    )


def _line(row: Found, shown: str) -> dict[str, object]:
    return {
        text(shown, f"volunteers.column.{name}"): value
        for name, value in (
            ("name", row.name),
            ("phone", row.phone),
            ("stars", STAR * row.stars),
            ("skills", t("show.comma").join(row.skills)),
            ("village", row.village),
            ("teams", t("show.comma").join(row.teams)),
            ("free", text(shown, "volunteers.known" if row.availability_known else "volunteers.unknown")),
            ("status", text(shown, f"words.volunteer_status.{row.status}")),
            ("site", row.site),
            ("code", row.code),
            ("badges", BETWEEN.join(row.badges)),
        )
    }


def _picked() -> None:
    """Open the profile of the row clicked (a callback)."""
    rows = st.session_state["volunteers.table"]["selection"]["rows"]
    shown = st.session_state.get("volunteers.shown", [])
    st.session_state[CHOSEN] = shown[rows[0]] if rows and rows[0] < len(shown) else None


def _pager(total: int) -> None:
    pages = max(1, -(-total // PAGE))
    if pages > 1:
        st.session_state[_key("page")] = min(st.session_state.get(_key("page"), 1), pages)
        st.number_input(t("volunteers.page_of", pages=pages), 1, pages, key=_key("page"), width=190)


def _file(wanted: Wanted, today: date, total: int) -> None:
    """The whole search, not only the page shown; who took it is written down."""
    db, who, shown = database(), actor(), language()
    headings = [text(shown, f"volunteers.column.{name}") for name in _FILE]

    def rows() -> list[list[object]]:
        values = {"wanted": wanted, "today": today, "language": shown, "size": EVERY_ROW}
        return [list(_line(row, shown).values()) for row in answer(db, volunteers.search, who, **values).rows]

    caption = t("volunteers.found", total=total) + " · " + _conditions(wanted)
    downloads(
        t("app.volunteers"),
        caption,
        headings,
        rows,
        key="volunteers.file",
        noted=Noted("volunteers", total),
    )


_FILE = ("name", "phone", "stars", "skills", "village", "teams", "free", "status", "site", "code", "badges")


def _conditions(wanted: Wanted) -> str:
    """The filter in words, for the head of the file."""
    found = ask(volunteers.choices, language=language())
    places = ask(filter_choices.choices, town=wanted.town, language=language())
    part = st.session_state.get(_key("part"))
    said = {
        "skill": dict(found.skills).get(wanted.skill or 0),
        "team": dict(found.teams).get(wanted.team or 0),
        "town": dict(places.towns).get(wanted.town or ""),
        "village": dict(places.villages).get(wanted.village or ""),
        "free_on": show.date(language(), wanted.free_on) if wanted.free_on else None,
        "part": t(f"volunteers.part.{part}") if part and wanted.free_on else None,
        "status": t(f"words.volunteer_status.{wanted.status}") if wanted.status else None,
        "stars": t("stars.least", stars=wanted.stars) if wanted.stars else None,
    }
    parts = [f"{t(f'volunteers.{name}')}={value}" for name, value in said.items() if value]
    return "; ".join([wanted.words, *parts] if wanted.words else parts)


def expiring(today: date) -> None:
    """Certificates that end soon, the soonest first."""
    paged_list(
        volunteers.expiring_certificates,
        _expiring_line,
        key="volunteers.expiring",
        title=t("volunteers.expiring_title", days=ask(edges.holding).edges.expiry_days),
        values={"today": today, "language": language()},
        on_row=_picked_expiring,
    )


def _expiring_line(row: ExpiringRow, shown: str) -> dict[str, object]:
    return {
        "volunteers.column.expires": show.date(shown, row.expires_on),
        "volunteers.column.days": row.days_left,
        "volunteers.column.name": row.name,
        "volunteers.column.phone": row.phone,
        "volunteers.column.skill": row.skill,
        "volunteers.column.number": row.number,
    }


def _picked_expiring(shown: list[ExpiringRow]) -> None:
    rows = st.session_state["volunteers.expiring"]["selection"]["rows"]
    st.session_state[CHOSEN] = shown[rows[0]].volunteer_id if rows and rows[0] < len(shown) else None
