"""The identities: each with both sides as numbers; one that is off stands first, red, with the rows at fault."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from dashboard.core.figures import BY_KEY
from dashboard.core.permissions import Actor
from dashboard.core.tie_out import Line, Relation, Term
from dashboard.services.tie_out import TieOut
from dashboard.ui import show
from dashboard.ui.navigation import ENTRIES
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

VIEWS = ("lines", "rows", "past")
VIEW, FIGURE = "tie_out.view", "tie_out.figure"
#: Word of the URL -> session key, so that a number's rows have an address.
_IN_URL = {"view": VIEW, "figure": FIGURE}
_KEPT = "tie_out.url"
_PAGES = Path(__file__).resolve().parents[2] / "pages"
#: What stands between two sides that don't agree.
_BROKEN = {Relation.EQUAL: "≠", Relation.AT_MOST: ">"}
#: So many orders at fault have a button of their own.
_BUTTONS = 6


def view() -> str:
    """Which view is chosen; an address that was opened says it first."""
    asked = {word: st.query_params[word] for word in _IN_URL if word in st.query_params}
    kept = st.session_state.get(_KEPT, {})
    if asked and asked != kept:
        for key in _IN_URL.values():
            st.session_state.pop(key, None)
        kept = asked
    st.session_state.setdefault(VIEW, kept["view"] if kept.get("view") in VIEWS else VIEWS[0])
    st.session_state.setdefault(FIGURE, kept["figure"] if kept.get("figure") in BY_KEY else next(iter(BY_KEY)))
    names = {name: t(f"tie_out.view.{name}") for name in VIEWS}
    st.segmented_control(
        t("tie_out.view"),
        VIEWS,
        required=True,
        format_func=names.__getitem__,
        key=VIEW,
        label_visibility="collapsed",
    )
    return str(st.session_state[VIEW])


def write_url() -> None:
    """Put what is shown into the address. Called at the end of the page."""
    shown = {"view": st.session_state[VIEW]}
    if shown["view"] == "rows":
        shown["figure"] = st.session_state[FIGURE]
    words = {} if shown["view"] == VIEWS[0] else shown
    for word in _IN_URL:
        if word in words:
            st.query_params[word] = words[word]
        elif word in st.query_params:
            del st.query_params[word]
    st.session_state[_KEPT] = words


def lines(who: Actor, found: TieOut) -> None:
    """Those that are off, then those that hold."""
    shown = language()
    off = [line for line in found.lines if not line.holds]
    said = {"count": len(found.lines), "as_of": show.datetime_(shown, datetime.now(UTC))}
    if off:
        st.error(t("tie_out.some_broken", broken=len(off), **said), icon=":material/balance:")
    else:
        st.success(t("tie_out.all_hold", **said), icon=":material/balance:")
    for line in off:
        _off(who, line)
    holding = [line for line in found.lines if line.holds]
    half = -(-len(holding) // 2)
    for column, part in zip(st.columns(2, gap="medium"), (holding[:half], holding[half:]), strict=True):
        with column:
            for line in part:
                _holds(line)


def _holds(line: Line) -> None:
    with st.container(border=True, gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{t(line.name)}**", width="content")
            st.badge(t("tie_out.holds"), icon=":material/check:", color="green")
        st.markdown(_equation(line))
        st.caption(t(f"{line.name}.formula"))


def _off(who: Actor, line: Line) -> None:
    with st.container(border=True, key=f"tie_out.off.{line.key}"):
        left, right = (show.number(language(), value) for value in line.sums)
        st.error(
            f"**{t(line.name)}**" if line.agrees else f"**{t(line.name)}** · {left} {_BROKEN[line.relation]} {right}"
        )
        st.markdown(_equation(line))
        st.caption(t(f"{line.name}.formula"))
        if line.found:
            codes = t("show.comma")
            more = line.found - len(line.at_fault)
            named = codes.join(plain(row.code) for row in line.at_fault)
            rest = f"{codes}{t('tie_out.and_more', count=more)}" if more else ""
            st.markdown(f"{t('tie_out.at_fault', count=line.found)} {named}{rest}")
        st.markdown(t(f"{line.name}.mend"))
        with st.container(horizontal=True, vertical_alignment="center"):
            for row in line.at_fault[:_BUTTONS]:
                if row.need_id is not None:
                    _open_order(row.code, row.need_id, line.key)
            entry = next(entry for entry in ENTRIES if entry.name == line.page)
            if who.may(entry.action):
                said = t("tie_out.go", page=t(f"app.{line.page}"))
                st.page_link(_PAGES / f"{line.page}.py", label=said, icon=entry.icon)


def _open_order(code: str, need_id: int, place: str) -> None:
    label = t("tie_out.open_order", code=plain(code))
    if st.button(label, key=f"tie_out.open.{place}.{need_id}", icon=":material/open_in_new:"):
        st.switch_page(_PAGES / "needs.py", query_params={"need": str(need_id)})


def _equation(line: Line) -> str:
    """Both sides in words and numbers; the sides' sums where a side has several parts."""
    relation = line.relation if line.agrees else f":red[**{_BROKEN[line.relation]}**]"
    return f" {relation} ".join(_side(terms) for terms in (line.left, line.right))


def _side(terms: tuple[Term, ...]) -> str:
    return " + ".join(f"{t(term.words)} **{show.number(language(), term.value)}**" for term in terms)
