"""An urgent need nobody can take: who could be freed from a promise, and the named person who accepts that (F42)."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.words import Urgency
from dashboard.services import displace, displace_ask
from dashboard.services.displace_ask import Proposal
from dashboard.ui import match_say as say
from dashboard.ui import show
from dashboard.ui.act import act_key, notify, renew_key
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, database, language, t

#: Proposals of one need.
MOST = 6


def proposals(need_id: int, role_id: int, urgency: str) -> None:
    """For an urgent need: who could be freed, the gentlest first. Looked for only when asked: it tries everybody."""
    if urgency != Urgency.URGENT:
        return
    key = f"match.displace.{role_id}"
    with st.expander(t("match_more.displace"), icon=":material/emergency:", key=f"{key}.open"):
        st.caption(t("match_more.displace_lead"))
        if not st.checkbox(t("match_more.displace_look"), key=f"{key}.look"):
            return
        try:
            with st.spinner(t("match_page.trying")):
                found = ask(displace_ask.proposals, need_id=need_id, role_id=role_id, limit=MOST)
        except DashboardError as error:
            st.caption(t(error.key, **error.values))
            return
        if found.free:
            st.info(t("match_more.displace_free", count=found.free))
        elif not found.rows:
            st.caption(t("match_more.displace_nobody"))
        else:
            _choose(need_id, role_id, found.rows, key)


def _choose(need_id: int, role_id: int, rows: Sequence[Proposal], key: str) -> None:
    names = [t(f"match_more.column_{name}") for name in ("freed", "leaves", "substitute", "distance")]
    lines = [_line(one) for one in rows]
    picked = st.dataframe(
        pd.DataFrame(lines, columns=names),
        hide_index=True,
        key=f"{key}.rows",
        on_select="rerun",
        selection_mode="single-row",
        height="content",
    )
    chosen = [rows[at] for at in picked["selection"]["rows"] if at < len(rows)]
    if not chosen:
        st.caption(t("match_more.displace_tick"))
        return
    _accept(need_id, role_id, chosen[0], key)


def _line(one: Proposal) -> tuple[str, ...]:
    said = language()
    accepted = t("words.dispatch_state.accepted" if one.accepted else "words.dispatch_state.offered")
    leaves = f"{one.displaced.title} · {show.span(said, one.displaced_start, one.displaced_end)} · {accepted}"
    substitute = one.substitute.name if one.substitute else t("match_more.escalate")
    exact = one.who.precision == "point"
    return one.who.name, leaves, substitute, say.metres(one.metres, exact=exact)


def _accept(need_id: int, role_id: int, one: Proposal, key: str) -> None:
    """Who accepts it is asked by name: without a name nothing happens."""
    with st.form(f"{key}.form", border=True):
        words = t("match_more.displace_what", who=one.who.name, code=one.displaced.code, title=one.displaced.title)
        st.markdown(plain(words, 300))
        if one.substitute is None:
            st.caption(f":orange[{t('match_more.escalate_lead')}]")
        name, role = st.columns(2)
        name.text_input(t("match_more.accepted_by"), key=f"{key}.by", max_chars=60)
        role.text_input(t("match_more.accepted_role"), key=f"{key}.role", max_chars=60)
        st.text_input(t("needs.act.reason"), key=f"{key}.reason", max_chars=200)
        st.form_submit_button(
            t("match_more.displace_do"),
            key=f"{key}.do",
            type="primary",
            on_click=_displace,
            args=(need_id, role_id, one.dispatch_id, key, act_key(f"{key}.do")),
        )


def _displace(need_id: int, role_id: int, dispatch_id: int, key: str, deed_key: str) -> None:
    """Take the promise back and send her (a callback)."""
    said = {name: str(st.session_state.get(f"{key}.{name}", "")) for name in ("by", "role", "reason")}
    try:
        done = displace.displace(
            database(),
            actor(),
            need_id=need_id,
            role_id=role_id,
            dispatch_id=dispatch_id,
            accepted_by=said["by"],
            accepted_role=said["role"],
            reason=said["reason"],
            now=datetime.now(UTC),
            key=deed_key,
        )
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return
    finally:
        renew_key(deed_key)
    values = {"volunteer": done.volunteer, "code": done.code, "displaced_code": done.displaced_code}
    if done.escalated:
        notify("warning", "displace.escalated", **values)
    else:
        notify("success", "displace.done", substitute=done.substitute, **values)
