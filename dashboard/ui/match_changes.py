"""What a draft changes against the plan as it was solved: tier by tier, who moves, what stays empty; and its marks."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.services import draft_facts, draft_view
from dashboard.services.draft_facts import DraftDifference, SeatsRow
from dashboard.services.draft_view import EditRow
from dashboard.services.match_desk import Head
from dashboard.services.match_runs import Value
from dashboard.ui import match_draft as draft
from dashboard.ui import match_say as say
from dashboard.ui import plan_words
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

#: How a mark is taken off again.
_BACK = {"pin": "unpin", "forbid": "allow", "away": "back"}


def view(found: Head) -> None:
    """The whole of it."""
    if not found.edits:
        st.info(t("match_page.no_edits"), icon=":material/edit_off:")
        st.caption(t("match_page.no_edits_lead"))
        return
    changed = ask(draft_facts.difference_of, run_id=found.run_id, language=language())
    told = ask(draft_view.plan_page, run_id=found.run_id, size=1, language=language()).edits
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.markdown(f"**{t('match_page.tier_by_tier')}**")
        tier_table(changed.before, changed.after)
        _marks(found, told)
        _log(told)
    with right:
        _moves(changed)
        _seats("now_unmet", changed.now_unmet)
        _seats("now_met", changed.now_met)


def tier_table(before: Value, after: Value) -> None:
    """Every tier before and after, and the difference with its sign."""
    old, new = say.tiers(before), say.tiers(after)
    names = [t(f"match_page.column_{name}") for name in ("tier", "before", "after", "difference")]
    rows = [
        (t(f"match_page.tier_{name}"), say.number(old[name]), say.number(new[name]), say.signed(new[name] - old[name]))
        for name in say.TIERS
    ]
    st.dataframe(pd.DataFrame(rows, columns=names), hide_index=True, key="match.tiers", height="content")


def _moves(changed: DraftDifference) -> None:
    count = changed.moved_count + changed.gone_count + changed.came_count
    st.markdown(f"**{t('match_page.who_moves', count=count)}**")
    shown = (*changed.moved, *changed.gone, *changed.came)
    if not shown:
        st.caption(t("match_page.nothing_moves"))
        return
    names = [t(f"match_page.column_{name}") for name in ("who", "what", "from", "to")]
    kinds = ["moved"] * len(changed.moved) + ["gone"] * len(changed.gone) + ["came"] * len(changed.came)
    rows = [
        (one.who.name, t(f"match_page.kind_{kind}"), say.needs(one.before), say.needs(one.after))
        for one, kind in zip(shown, kinds, strict=True)
    ]
    height = say.tall(len(rows), 420)
    st.dataframe(pd.DataFrame(rows, columns=names), hide_index=True, key="match.moves", height=height)
    if len(shown) < count:
        st.caption(t("match_page.first_of", shown=len(shown), count=count))


def _seats(name: str, rows: Sequence[SeatsRow]) -> None:
    if not rows:
        return
    st.markdown(f"**{t(f'match_page.{name}')}**")
    names = [t("needs.column.title"), t("needs.column.urgency"), t("needs.column.place"), t("matches.column.empty")]
    lines = [(one.need.title, t(f"words.urgency.{one.need.urgency}"), one.need.place, one.seats) for one in rows]
    st.dataframe(pd.DataFrame(lines, columns=names), hide_index=True, key=f"match.{name}", height="content")


def _marks(found: Head, told: Sequence[EditRow]) -> None:
    """The marks that hold, each with who said it and why; those ticked can be taken off together."""
    holding = plan_words.holding(told)
    st.markdown(f"**{t('match_page.marks', count=len(holding))}**")
    if not holding:
        return
    names = [t(f"match_page.column_{name}") for name in ("mark", "who", "need", "by", "why")]
    rows = [_mark_line(one) for one in holding]
    picked = st.dataframe(
        pd.DataFrame(rows, columns=names),
        hide_index=True,
        key="match.marks",
        on_select="rerun",
        selection_mode="multi-row",
        height=say.tall(len(rows), 300),
    )
    ticked = [holding[at] for at in picked["selection"]["rows"] if at < len(holding)]
    if found.open:
        st.button(
            t("match_page.take_off", count=len(ticked)),
            key="match.take_off",
            icon=":material/ink_eraser:",
            disabled=not ticked,
            on_click=draft.edit,
            args=(
                found.run_id,
                found.version,
                tuple((_BACK[one.kind], one.role_id, one.volunteer_id) for one in ticked),
                "",
            ),
        )


def _mark_line(one: EditRow) -> tuple[str, ...]:
    need = say.need(one.need) if one.need else t("match_page.everything")
    return t(f"match_drafts.kind_{one.kind}"), one.volunteer, need, one.by, one.reason


def _log(told: Sequence[EditRow]) -> None:
    """Every edit in its order, taken off or not: what a replay repeats."""
    with st.expander(t("match_page.log", count=len(told)), icon=":material/history:", key="match.log"):
        names = [t(f"match_page.column_{name}") for name in ("number", "mark", "who", "need", "by", "why")]
        rows = [(one.number, *_mark_line(one)) for one in reversed(told)]
        st.dataframe(
            pd.DataFrame(rows, columns=names),
            hide_index=True,
            key="match.log.rows",
            height=say.tall(len(rows), 300),
        )
