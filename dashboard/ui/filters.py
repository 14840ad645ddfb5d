"""The one filter of map, lists and exports: kept in the session, written into the URL, offered in a popover.

The URL is read when it says something else than the session (a link was opened, or Back pressed), else the session is
written into it: so a filter goes along from page to page, and a copied address shows the same rows.
"""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from dashboard.core.filters import NAMES, Filters, parse, query
from dashboard.core.words import SiteKind, Urgency
from dashboard.services import filter_choices
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

_KEPT = "filters"
_SHOWN_URL = "filters.url"


def current() -> Filters:
    """The filter now in force. Call once at the top of a page that is filtered."""
    asked = {name: st.query_params[name] for name in NAMES if name in st.query_params}
    kept = st.session_state.get(_KEPT, {})
    if asked and asked != st.session_state.get(_SHOWN_URL):
        kept = query(parse(asked))
    _keep(parse(kept))
    return parse(kept)


def show(filters: Filters) -> None:
    """The filter as a popover with a count of what is set."""
    found = ask(filter_choices.choices, town=filters.town, language=language())
    title = t("filters.count", count=len(query(filters))) if filters else t("filters.title")
    with st.popover(title, icon=":material/filter_alt:", key="filters.popover"):
        _select("town", filters, found.towns)
        _select("village", filters, found.villages, disabled=filters.town is None)
        _select("category", filters, found.categories)
        _select("urgency", filters, [(word.value, t(f"words.urgency.{word}")) for word in Urgency])
        _select("kind", filters, [(word.value, t(f"words.site_kind.{word}")) for word in SiteKind])
        since, until = st.columns(2)
        with since:
            _day("since", filters)
        with until:
            _day("until", filters)
        st.button(t("filters.clear"), key="filters.clear", on_click=set_to, args=(Filters(),), disabled=not filters)


def set_to(filters: Filters) -> None:
    """Put another filter in force (a callback)."""
    _keep(filters)


def _keep(filters: Filters) -> None:
    words = query(filters)
    st.session_state[_KEPT] = words
    if {name: st.query_params[name] for name in NAMES if name in st.query_params} != words:
        for name in NAMES:
            if name in st.query_params and name not in words:
                del st.query_params[name]
        st.query_params.update(words)
    st.session_state[_SHOWN_URL] = words


def _select(name: str, filters: Filters, choices: Sequence[tuple[str, str]], *, disabled: bool = False) -> None:
    labels = dict(choices)
    value = query(filters).get(name)
    if value is not None and value not in labels:
        labels[value] = value
    key = f"filters.{name}"
    st.session_state[key] = value
    st.selectbox(
        t(f"filters.{name}"),
        list(labels),
        index=None,
        format_func=_named(labels),
        key=key,
        placeholder=t("filters.any"),
        on_change=_changed,
        args=(name,),
        disabled=disabled,
    )


def _named(labels: dict[str, str]) -> Callable[[str], str]:
    return lambda code: labels.get(code, code)


def _day(name: str, filters: Filters) -> None:
    key = f"filters.{name}"
    st.session_state[key] = getattr(filters, name)
    st.date_input(t(f"filters.{name}"), key=key, on_change=_changed, args=(name,), format="YYYY-MM-DD")


def _changed(name: str) -> None:
    value = st.session_state[f"filters.{name}"]
    words = value.isoformat() if isinstance(value, date) else value
    _keep(parse(st.session_state.get(_KEPT, {})).with_value(name, words))
