"""The Accounts page's parts: search, table, the card that changes an account, the form that makes one."""

import pandas as pd
import streamlit as st

from dashboard.core.words import Role
from dashboard.services import accounts
from dashboard.services.accounts import AccountPage, AccountRow, Place
from dashboard.ui import show
from dashboard.ui.act import act, act_key, notify
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, language, t

#: Roles from the daily work outwards.
ROLES = (Role.COORDINATOR, Role.STATION_WORKER, Role.LEADER, Role.ADMIN)
WHOLE_COUNTY = 0


def search() -> dict[str, str]:
    """The filter row: words and role, as values for the question."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    words = left.text_input(
        t("accounts.search"),
        key="accounts.words",
        placeholder=t("accounts.search_hint"),
        icon=":material/search:",
        on_change=_first_page,
    )
    role = right.pills(
        t("accounts.role"),
        ROLES,
        format_func=_role_names().__getitem__,
        key="accounts.filter_role",
        on_change=_first_page,
    )
    return {"words": words, "role": str(role or "")}


def page_number() -> int:
    return int(st.session_state.get("accounts.page", 1)) - 1


def table(found: AccountPage) -> AccountRow | None:
    """The accounts of one page; the one picked, None for none."""
    if not found.rows:
        st.info(t("accounts.none"), icon=":material/search_off:")
        return None
    tongue = language()
    frame = pd.DataFrame(
        {
            "username": [row.username for row in found.rows],
            "name": [row.display_name for row in found.rows],
            "role": [_role_names()[row.role] for row in found.rows],
            "place": [row.place or t("app.whole_county") for row in found.rows],
            "state": [_state(row) for row in found.rows],
            "seen": [
                show.datetime_(tongue, row.last_sign_in) if row.last_sign_in else t("accounts.never")
                for row in found.rows
            ],
        }
    )
    picked = st.dataframe(
        frame,
        key="accounts.table",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={column: t(f"accounts.column_{column}") for column in frame.columns},
    )
    pages = -(-found.total // accounts.PAGE_ROWS)
    if pages > 1:
        st.pagination(pages, key="accounts.page")
    st.caption(t("accounts.count", count=found.total))
    rows = picked["selection"]["rows"]
    return found.rows[rows[0]] if rows and rows[0] < len(found.rows) else None


def editor(row: AccountRow, places: tuple[Place, ...]) -> None:
    """Change an account: name, role and place; switch; new password."""
    own = row.id == actor().account_id
    stamp = f"{row.id}.{row.version}"
    with st.container(border=True, key="accounts.card"):
        st.subheader(plain(row.display_name), anchor=False)
        st.caption(f"{plain(row.username)} · {t('accounts.since', date=show.date(language(), row.created_at))}")
        with st.form(f"accounts.form.{stamp}", border=False):
            st.text_input(t("accounts.display_name"), row.display_name, key=f"accounts.name.{stamp}", max_chars=60)
            st.selectbox(
                t("accounts.role"),
                ROLES,
                ROLES.index(row.role),
                format_func=_role_names().__getitem__,
                key=f"accounts.role.{stamp}",
                disabled=own,
            )
            _place(places, row.site_id, f"accounts.place.{stamp}", disabled=own)
            if own:
                st.caption(t("accounts.own"))
            st.text_input(t("accounts.reason"), key=f"accounts.reason.{stamp}", max_chars=200)
            st.form_submit_button(
                t("accounts.save"), type="primary", key=f"accounts.save.{stamp}", on_click=_save, args=(row,)
            )
        with st.container(horizontal=True):
            if not own:
                st.button(
                    t("accounts.switch_off" if row.active else "accounts.switch_on"),
                    key=f"accounts.switch.{stamp}",
                    icon=":material/block:" if row.active else ":material/check_circle:",
                    on_click=_switch,
                    args=(row,),
                )
            _new_password(row, stamp)


def creator(places: tuple[Place, ...]) -> None:
    """Make an account. Each account made gives the form new keys, so that it is empty again."""
    form = _form()
    with st.popover(
        t("accounts.new"), icon=":material/person_add:", key="accounts.new", type="primary", width="stretch"
    ):
        st.text_input(t("accounts.username"), key=f"{form}.username", max_chars=60)
        st.text_input(t("accounts.display_name"), key=f"{form}.name", max_chars=60)
        st.selectbox(t("accounts.role"), ROLES, format_func=_role_names().__getitem__, key=f"{form}.role")
        _place(places, None, f"{form}.place", asked=True)
        _password_field(f"{form}.password")
        st.button(
            t("accounts.create"),
            type="primary",
            key="accounts.create",
            on_click=_create,
            args=(act_key("accounts.create"),),
        )


def _form() -> str:
    """The beginning of the keys of the form for the next account."""
    return f"accounts.new.{st.session_state.get('accounts.made', 0)}"


def _place(
    places: tuple[Place, ...], chosen: int | None, key: str, *, disabled: bool = False, asked: bool = False
) -> None:
    """The part of the county: the whole of it for those who have the whole, then the sites in the order of the tree.
    `asked`: nothing is chosen beforehand, for who overlooks the field must not give the whole county away."""
    names = {WHOLE_COUNTY: t("app.whole_county")} if actor().site_id is None else {}
    names |= {place.site_id: _indented(place) for place in places}
    options = list(names)
    st.selectbox(
        t("accounts.place"),
        options,
        None if asked else options.index(chosen or WHOLE_COUNTY) if (chosen or WHOLE_COUNTY) in options else 0,
        format_func=names.__getitem__,
        key=key,
        disabled=disabled,
        placeholder=t("accounts.place_choose"),
    )


def _indented(place: Place) -> str:
    return "\u3000" * max(place.path.strip("/").count("/"), 0) + place.name


def _password_field(key: str) -> None:
    """A password field that starts with a safe one. It is the widget's default: a popover mounts only when opened."""
    slot = f"{key}.suggested"
    if slot not in st.session_state:
        st.session_state[slot] = accounts.suggested_password()
    help_ = t("accounts.password_help")
    st.text_input(t("accounts.password"), st.session_state[slot], key=key, max_chars=128, help=help_)


def _new_password(row: AccountRow, stamp: str) -> None:
    key = f"accounts.reset.{stamp}"
    with st.popover(t("accounts.reset"), icon=":material/key:", key=f"{key}.open"):
        _password_field(key)
        st.button(t("accounts.reset_confirm"), key=f"{key}.confirm", type="primary", on_click=_reset, args=(row, key))


def _save(row: AccountRow) -> None:
    stamp = f"{row.id}.{row.version}"
    site = st.session_state[f"accounts.place.{stamp}"]
    act(
        accounts.change,
        done="accounts.saved",
        account_id=row.id,
        version=row.version,
        display_name=st.session_state[f"accounts.name.{stamp}"],
        role=str(st.session_state[f"accounts.role.{stamp}"]),
        site_id=site or None,
        reason=st.session_state[f"accounts.reason.{stamp}"],
    )


def _switch(row: AccountRow) -> None:
    done = "accounts.switched_off" if row.active else "accounts.switched_on"
    act(accounts.set_active, done=done, account_id=row.id, version=row.version, active=not row.active)


def _reset(row: AccountRow, key: str) -> None:
    password = st.session_state[key]
    act(
        accounts.reset_password,
        done="accounts.reset_done",
        done_values=_to_hand_over(password),
        account_id=row.id,
        version=row.version,
        password=password,
    )


def _to_hand_over(password: str) -> dict[str, object]:
    """The notice says the password that was set: the form holds the next one by then."""
    return {"password": plain(password)}


def _create(key: str) -> None:
    form = _form()
    password = str(st.session_state[f"{form}.password"])
    place = st.session_state[f"{form}.place"]
    if place is None:
        notify("error", "accounts.place_missing")
        return
    act(
        accounts.create,
        key=key,
        done="accounts.created",
        done_values=_to_hand_over(password),
        keep="accounts.created",
        username=st.session_state[f"{form}.username"],
        display_name=st.session_state[f"{form}.name"],
        role=str(st.session_state[f"{form}.role"]),
        site_id=place or None,
        password=password,
    )
    if st.session_state.pop("accounts.created", None):
        st.session_state["accounts.made"] = st.session_state.get("accounts.made", 0) + 1


def _first_page() -> None:
    st.session_state["accounts.page"] = 1


def _role_names() -> dict[Role, str]:
    return {role: t(f"words.role.{role}") for role in ROLES}


def _state(row: AccountRow) -> str:
    if not row.active:
        return t("accounts.off")
    return t("accounts.waits", clock=show.clock(row.waits_until)) if row.waits_until else t("accounts.active")
