"""A ticked row: who else might go and what that costs the plan, before the click; why not this or that person."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.errors import NotFound
from dashboard.services import draft_facts, matches
from dashboard.services.draft_facts import Alternative, Override
from dashboard.services.match_desk import Head
from dashboard.services.match_plan import NeedWords, PlanRow
from dashboard.services.matches import Answer
from dashboard.ui import match_draft as draft
from dashboard.ui import match_say as say
from dashboard.ui import need_links, plan_parts, show
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.session import language, sentence, t

#: Others listed with what they cost at least.
OTHERS = 12


def of_row(found: Head, row: PlanRow) -> None:
    """The pair in words, and its alternatives."""
    with st.container(border=True, key="match.pair", gap="small"):
        st.markdown(f"**{plain(row.need.title)}** → **{plain(row.who.name)}**")
        st.caption(plain(_facts(row), 300))
        other = _others(found, row.need, row.role_id)
        if other is not None:
            _price(found, row.role_id, other, instead_of=row.who.volunteer_id)
        why_not(found, row.need, row.role_id)
        open_need(row.need)


def _facts(row: PlanRow) -> str:
    parts = (
        f"{row.need.category} · {t(f'words.urgency.{row.need.urgency}')} · {row.need.place}",
        show.span(language(), row.start, row.end),
        say.metres(row.metres, exact=row.exact),
        t("match_page.scored", score=say.number(row.score)),
        row.need.code,
    )
    return " · ".join(part for part in parts if part)


def _others(found: Head, need: NeedWords, role_id: int) -> int | None:
    """Everybody else who may go, the cheapest first; the one ticked."""
    rows = ask(draft_facts.alternatives_of, run_id=found.run_id, role_id=role_id, limit=OTHERS)
    others = [one for one in rows if not one.chosen]
    st.markdown(f"**{t('match_page.others')}**")
    if not others:
        st.caption(t("match_page.no_others"))
        return None
    picked = st.dataframe(
        pd.DataFrame([_other_line(one, need) for one in others]),
        hide_index=True,
        key=f"match.others.{role_id}",
        on_select="rerun",
        selection_mode="single-row",
        height=say.tall(len(others), 250),
    )
    chosen = [at for at in picked["selection"]["rows"] if at < len(others)]
    if not chosen:
        st.caption(t("match_page.others_lead"))
        return None
    return others[chosen[0]].who.volunteer_id


def _other_line(one: Alternative, need: NeedWords) -> dict[str, Any]:
    exact = need.precision == one.who.precision == "point"
    return {
        t("matches.column.who"): one.who.name,
        t("match_page.column_price"): say.cost(one.least),
        t("matches.column.score"): one.score,
        t("matches.column.distance"): say.metres(one.metres, exact=exact),
        t("match_page.column_home"): one.who.place or one.who.site,
    }


def _price(found: Head, role_id: int, volunteer_id: int, *, instead_of: int | None = None) -> None:
    """What sending her would cost, proven and tried, with who would move; and the button that does it."""
    with st.spinner(t("match_page.trying")):
        price = ask(
            draft_facts.price_of, run_id=found.run_id, role_id=role_id, volunteer_id=volunteer_id, language=language()
        )
    told(price)
    _send_instead(found, price, instead_of)


def told(price: Override) -> None:
    """The price in words."""
    if not price.eligible:
        return
    if price.chosen:
        st.caption(t("match_page.chosen_already"))
        return
    if price.refused:
        st.caption(f":orange[{plain(t('match_page.cant_be_pinned', reason=say.pin_refused(price.refused)))}]")
        return
    if price.tried is None or price.least is None:
        return
    lines = [f"**{say.cost(price.tried, exact=True)}**", f":gray[{say.cost(price.least)}]"]
    if price.needs_unmet:
        lines.append(f":red[{t('match_page.more_empty', count=price.needs_unmet)}]")
    lines.append(t("match_page.others_move", count=price.others_move))
    lines += [f"- {plain(say.move(one), 200)}" for one in price.moves]
    st.markdown("  \n".join(lines[:4]) + ("\n\n" + "\n".join(lines[4:]) if lines[4:] else ""))


def _send_instead(found: Head, price: Override, instead_of: int | None) -> None:
    """Pin her to the role, and nobody instead of her: the plan is solved again around it."""
    if price.chosen or price.refused or not found.open:
        return
    role_id, volunteer_id = price.role_id, price.volunteer_id
    edits: tuple[tuple[str, int, int], ...] = (("pin", role_id, volunteer_id),)
    if instead_of is not None:
        edits = (("unpin", role_id, instead_of), *edits)
    st.button(
        t("match_page.send_her"),
        key=f"match.instead.{role_id}.{volunteer_id}",
        icon=":material/push_pin:",
        on_click=draft.edit,
        args=(
            found.run_id,
            found.version,
            edits,
            plan_parts.reason(),
        ),
    )


def why_not(found: Head, need: NeedWords, role_id: int) -> None:
    """Any name: every rule she fails, the first of them first, the smallest change; or what she would cost."""
    with st.expander(t("matches.why_not"), icon=":material/person_search:", key=f"match.plan_why.{role_id}"):
        words = st.text_input(
            t("matches.why_not"),
            key="match.plan_why.words",
            placeholder=t("matches.why_not_help"),
            label_visibility="collapsed",
        )
        if not words.strip():
            return
        people = {one.volunteer_id: one for one in ask(matches.find, words=words)}
        if not people:
            st.caption(t("matches.found_none"))
            return
        names = {
            number: t("matches.found_line", name=one.name, tail=one.phone_tail, site=one.site)
            for number, one in people.items()
        }
        who = st.selectbox(
            t("matches.column.who"),
            list(people),
            format_func=names.__getitem__,
            key="match.plan_why.who",
            label_visibility="collapsed",
        )
        _answer(found, need, role_id, int(who if who is not None else next(iter(people))))


def _answer(found: Head, need: NeedWords, role_id: int, volunteer_id: int) -> None:
    given = {"need_id": need.need_id, "volunteer_id": volunteer_id, "role_id": role_id, "language": language()}
    try:
        with st.spinner(t("match_page.trying")):
            answer = ask(matches.why_not, **given)
    except NotFound as error:
        st.caption(sentence(error))
        return
    if answer.objections:
        _objections(answer)
        return
    st.success(t("matches.may", score=answer.score))
    _price(found, role_id, volunteer_id)


def _objections(answer: Answer) -> None:
    st.markdown(f"**{plain(answer.profile.name)}** {t('matches.may_not')}")
    for number, one in enumerate(answer.objections):
        values = dict(one.values)
        first = f" :red-badge[{t('match_page.first_rule')}]" if number == 0 else ""
        st.markdown(f"- {plain(t(one.no, **values))}{first}")
        st.caption(plain(t("matches.change", change=t(one.change, **values))))


def open_need(need: NeedWords) -> None:
    """To the need itself, with its whole ranking."""
    with st.container(horizontal=True):
        st.button(
            t("match_page.one_by_one_there"),
            key=f"match.to_one.{need.need_id}",
            icon=":material/person_search:",
            type="tertiary",
            on_click=draft.to_one_need,
            args=(need.need_id,),
        )
        need_links.go("needs", need.need_id, t("map.card.open"), icon=":material/open_in_new:")
