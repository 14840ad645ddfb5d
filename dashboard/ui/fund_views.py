"""The fund on page Rules: balance, what is unpaid, deposits and payments."""

from collections.abc import Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.services import funds
from dashboard.services.funds import Due, Entry, Ledger
from dashboard.ui import price_words as say
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.session import language, t


def view(who: Actor) -> None:
    """The whole fund."""
    found = ask(funds.ledger)
    whole = who.site_path == WHOLE_COUNTY
    _numbers(found, whole)
    if whole:
        _deposit()
    else:
        st.info(t("prices.fund.county_only"), icon=":material/lock:")
    _due(found, whole)
    _entries(found.entries)


def _numbers(found: Ledger, whole: bool) -> None:
    tiles = [("payments", found.payments_fen, found.payments), ("due", found.due_fen, found.due_count)]
    sums = [("balance", found.balance_fen), ("deposits", found.deposits_fen)] if whole else []
    columns = st.columns(len(sums) + len(tiles))
    for column, (name, fen) in zip(columns, sums, strict=False):
        column.metric(t(f"prices.fund.{name}"), say.yuan(fen), border=True)
    for column, (name, fen, count) in zip(columns[len(sums) :], tiles, strict=True):
        label = f"{t(f'prices.fund.{name}')} · {t('prices.fund.needs', count=show.number(language(), count))}"
        column.metric(label, say.yuan(fen), border=True)


def _deposit() -> None:
    amount, why, button = st.columns([2, 5, 2], vertical_alignment="bottom")
    amount.number_input(
        t("prices.fund.amount"), 0.0, funds.MOST_DEPOSIT / 100, 0.0, 100.0, key="rules.fund.amount", format="%.2f"
    )
    why.text_input(t("prices.fund.from"), key="rules.fund.reason", max_chars=200)
    button.button(
        t("prices.fund.deposit"),
        key="rules.fund.deposit",
        icon=":material/savings:",
        width="stretch",
        on_click=_deposited,
        args=(act_key("rules.fund.deposit"),),
    )


def _deposited(key: str) -> None:
    """Money came in (a callback)."""
    act(
        funds.deposit,
        key=key,
        done="prices.fund.deposited",
        amount_fen=round(100 * float(st.session_state.get("rules.fund.amount", 0))),
        reason=str(st.session_state.get("rules.fund.reason", "")),
    )


def _due(found: Ledger, whole: bool) -> None:
    """What is unpaid; the chosen ones are paid, or else the oldest as far as the money goes."""
    st.subheader(t("prices.fund.due_list"), anchor=False)
    if not found.due:
        st.caption(t("prices.fund.nothing_due"))
        return
    names = ("code", "service", "served_on", "fund", "state")
    lines = [
        (
            one.code,
            one.item,
            show.date(language(), one.served_on),
            say.yuan(one.fund_fen),
            t("prices.fund.ready" if one.payable else "prices.fund.waits"),
        )
        for one in found.due
    ]
    table = pd.DataFrame(lines, columns=[t(f"prices.column.{name}") for name in names])
    if not whole:
        st.dataframe(table, hide_index=True, key="rules.fund.listed", height=_height(lines))
        return
    picked = st.dataframe(
        table,
        hide_index=True,
        key="rules.fund.due",
        height=_height(lines),
        on_select="rerun",
        selection_mode="multi-row",
    )
    rows = [row for row in picked["selection"]["rows"] if row < len(found.due)]
    chosen = [found.due[row] for row in rows] or affordable(found.due, found.balance_fen)
    if not chosen:
        return
    amount = say.yuan(sum(one.fund_fen for one in chosen))
    deed(
        t("prices.fund.pay_chosen" if rows else "prices.fund.pay_oldest", count=len(chosen), amount=amount),
        funds.pay,
        key="rules.fund.pay",
        done="prices.fund.paid",
        icon=":material/payments:",
        kind="primary",
        need_ids=tuple(one.need_id for one in chosen),
    )


def affordable(due: Sequence[Due], balance_fen: int) -> list[Due]:
    """The oldest that can be paid, one after the other, until the money doesn't reach for the next."""
    found: list[Due] = []
    for one in due:
        if not one.payable:
            continue
        balance_fen -= one.fund_fen
        if balance_fen < 0:
            break
        found.append(one)
    return found


def _height(lines: Sequence[object]) -> Literal["content"] | int:
    return "content" if len(lines) < 10 else 380


def _entries(entries: Sequence[Entry]) -> None:
    if not entries:
        return
    st.subheader(t("prices.fund.entries"), anchor=False)
    lines = [
        (
            show.datetime_(language(), one.at),
            t(f"prices.fund.entry.{one.kind}", code=one.code),
            say.yuan(one.amount_fen if one.kind == funds.DEPOSIT else -one.amount_fen),
            one.by or t("audit.system"),
            one.reason,
        )
        for one in entries
    ]
    headings = [t(f"prices.column.{name}") for name in ("at", "what", "amount", "by", "why")]
    st.dataframe(
        pd.DataFrame(lines, columns=headings),
        hide_index=True,
        key="rules.fund.entries",
        height=_height(lines),
    )
