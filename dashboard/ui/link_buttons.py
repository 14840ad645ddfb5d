"""Making a short link at the desk: shown once, as an address, as text to paste and as a code to scan."""

import io
from urllib.parse import urlsplit

import segno
import streamlit as st

from dashboard.core.permissions import Action, Actor
from dashboard.services import links
from dashboard.services.links import LinkRow
from dashboard.services.need_card import NeedCard, Sent
from dashboard.ui import show
from dashboard.ui.act import act
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

_MADE = "links.made"


def for_volunteer(who: Actor, need: NeedCard, one: Sent) -> None:
    """A link for the volunteer of a dispatch that holds a seat."""
    if who.may(Action.RECORD_SERVICE):
        values = {"title": need.title, "place": need.place, "when": show.span(language(), one.start, one.end)}
        standing = [row for row in _standing(need) if row.dispatch_id == one.id]
        _door("volunteer", f"dispatch.{one.id}", standing, {"dispatch_id": one.id}, values)


def for_resident(who: Actor, need: NeedCard) -> None:
    """A link for the resident, once the order is more than a draft."""
    if who.may(Action.RECORD_SERVICE) and need.state not in ("draft", "cancelled"):
        values = {"title": need.title, "code": need.code}
        standing = [row for row in _standing(need) if row.dispatch_id is None]
        _door("resident", f"need.{need.id}", standing, {"need_id": need.id}, values)


def _standing(need: NeedCard) -> tuple[LinkRow, ...]:
    found: tuple[LinkRow, ...] = ask(links.links_of, need_id=need.id)
    return found


def _door(party: str, of: str, standing: list[LinkRow], ids: dict[str, int], values: dict[str, str]) -> None:
    make = links.make_for_volunteer if party == "volunteer" else links.make_for_resident
    key = f"links.{of}"
    with st.popover(t(f"links.make_{party}"), icon=":material/qr_code_2:", key=f"{key}.open"):
        for row in standing:
            st.caption(plain(_line(row), 200))
            deed(t("links.revoke"), links.revoke, key=f"{key}.revoke", done="links.revoked_now", link_id=row.id)
        # No idempotency key: what is kept under one would keep the token.
        st.button(
            t("links.make_again" if standing else "links.make"),
            key=f"{key}.make",
            type="primary",
            on_click=act,
            args=(make,),
            kwargs={"keep": f"{_MADE}.{of}", "done": "links.made", **ids},
        )
        made = st.session_state.get(f"{_MADE}.{of}")
        if made and standing:
            _once(party, made, standing[0], values)


def _once(party: str, made: dict[str, str], row: LinkRow, values: dict[str, str]) -> None:
    address = f"{origin()}/r/{made['token']}"
    st.caption(t("links.once", until=show.datetime_(language(), row.expires_at)))
    st.code(t(f"links.paste_{party}", url=address, **values), language=None, wrap_lines=True)
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="png", scale=4, border=2)
    st.image(picture.getvalue(), width=180)


def origin() -> str:
    """The address under which the reader sees this page is the one a phone can open."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _line(row: LinkRow) -> str:
    used = t("links.unused") if row.used_at is None else t("links.used", at=show.datetime_(language(), row.used_at))
    until = show.datetime_(language(), row.expires_at)
    return t("links.standing", at=show.datetime_(language(), row.created_at), by=row.by, until=until, used=used)
