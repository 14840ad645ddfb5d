"""What a need with a price costs, on its card: the tier with its evidence, both amounts, and the evidence on record."""

from datetime import UTC, date, datetime

import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.permissions import Action, Actor
from dashboard.core.prices import OLDEST
from dashboard.services import charges, entitlements
from dashboard.services.charges import NeedPrice, OnRecord, Parts
from dashboard.services.need_card import NeedCard
from dashboard.ui import price_words as say
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import with_reason
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t


def price(who: Actor, need: NeedCard) -> None:
    """Nothing for a free service."""
    found = ask(charges.of_need, need_id=need.id) if need.item_id is not None else None
    if found is None:
        return
    market = t("prices.card.market", item=found.item, amount=say.yuan(found.market_fen))
    if found.parts is None:
        st.markdown(f":gray[{t('prices.card')}] {plain(market)} :gray[· {t('prices.card.hidden')}]")
        return
    parts = found.parts
    both = t("prices.card.parts", resident=say.yuan(parts.resident_fen), fund=say.yuan(parts.fund_fen))
    because = plain(say.evidence_words(parts.evidence))
    st.markdown(
        f":gray[{t('prices.card')}] {plain(market)}  \n"
        f":blue-badge[{plain(say.tier_words(parts.tier))}] **{plain(both)}**  \n"
        f":gray[{t('prices.card.why')}] {because} :gray[· {plain(_settled(parts))}]"
    )
    if found.person_id is not None and who.may(Action.EDIT_NEED):
        _records(found)


def _settled(parts: Parts) -> str:
    """Is it an estimate, or settled, and has the fund paid?"""
    if not parts.kept:
        return t("prices.card.estimated")
    number = parts.rule_version
    version = t("prices.card.version", version=number) if number else t("prices.card.usual")
    said = t("prices.card.kept", day=show.date(language(), parts.served_on), version=version)
    if not parts.fund_fen:
        return said
    return f"{said} · {t('prices.card.paid' if parts.paid else 'prices.card.unpaid')}"


def _records(found: NeedPrice) -> None:
    """The resident's entitlements, and one more."""
    label = t("prices.card.entitlements", count=len(found.on_record))
    with st.expander(label, icon=":material/badge:", key="needs.entitlements"):
        for one in found.on_record:
            words, button = st.columns([4, 1], vertical_alignment="center")
            words.markdown(plain(_record(one)))
            with button:
                with_reason(
                    t("prices.card.withdraw"),
                    entitlements.withdraw,
                    key=f"needs.entitlement.{one.id}.withdraw",
                    done="prices.card.withdrawn",
                    need_id=found.need_id,
                    entitlement_id=one.id,
                )
        _enter(found)
        _born(found)


def _record(one: OnRecord) -> str:
    parts = [
        say.kind_words(one.kind),
        t("prices.card.tail", tail=one.tail) if one.tail else "",
        t("prices.card.since", day=show.date(language(), one.valid_from)),
        t("prices.card.until", day=show.date(language(), one.valid_to)) if one.valid_to else "",
        "" if one.holds else t("prices.card.over"),
    ]
    return " · ".join(part for part in parts if part)


def _enter(found: NeedPrice) -> None:
    key = f"needs.entitlement.{found.need_id}"
    kind, paper = st.columns(2)
    kind.selectbox(t("prices.card.kind"), found.kinds, format_func=say.kind_words, key=f"{key}.kind")
    paper.text_input(t("prices.card.document"), key=f"{key}.document", max_chars=entitlements.LONGEST)
    since, until, button = st.columns(3, vertical_alignment="bottom")
    today = datetime.now(UTC).astimezone(COUNTY_TIME).date()
    since.date_input(t("prices.card.from"), today, key=f"{key}.from", format="YYYY-MM-DD")
    until.date_input(t("prices.card.to"), None, key=f"{key}.to", format="YYYY-MM-DD")
    button.button(
        t("prices.card.enter"),
        key=f"{key}.enter",
        icon=":material/add:",
        width="stretch",
        on_click=_entered,
        args=(found.need_id, key, act_key(f"{key}.enter")),
    )


def _entered(need_id: int, key: str, deed_key: str) -> None:
    """Evidence goes on record (a callback)."""
    since, until = (st.session_state.get(f"{key}.{name}") for name in ("from", "to"))
    act(
        entitlements.enter,
        key=deed_key,
        done="prices.card.entered",
        need_id=need_id,
        kind=str(st.session_state.get(f"{key}.kind", "")),
        document=str(st.session_state.get(f"{key}.document", "")),
        valid_from=since if isinstance(since, date) else datetime.now(UTC).astimezone(COUNTY_TIME).date(),
        valid_to=until if isinstance(until, date) else None,
    )


def _born(found: NeedPrice) -> None:
    key = f"needs.born.{found.need_id}"
    this_year = datetime.now(UTC).astimezone(COUNTY_TIME).year
    year, button = st.columns([2, 1], vertical_alignment="bottom")
    year.number_input(
        t("prices.card.birth_year"), this_year - OLDEST, this_year, found.birth_year, key=f"{key}.year", format="%d"
    )
    button.button(
        t("prices.card.save_year"), key=key, width="stretch", on_click=_saved, args=(found, key, act_key(key))
    )


def _saved(found: NeedPrice, key: str, deed_key: str) -> None:
    """A year of birth (a callback)."""
    act(
        entitlements.set_birth_year,
        key=deed_key,
        done="prices.card.year_saved",
        need_id=found.need_id,
        seen=found.birth_year,
        birth_year=int(st.session_state.get(f"{key}.year") or 0),
    )
