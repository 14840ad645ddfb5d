"""Score bars on a page."""

from collections.abc import Sequence

import streamlit as st

from dashboard.draw import score_bar
from dashboard.services.match_view import Term
from dashboard.services.matches import Candidate
from dashboard.ui.session import t


def legend(terms: Sequence[Term]) -> None:
    """Which colour is which term; terms that count nothing are left out."""
    labels = [t(term.label) for term in terms if term.weight]
    st.altair_chart(score_bar.legend(labels), theme=None, key="match.legend", alt=t("matches.why"))


def score(one: Candidate, *, key: str) -> None:
    """The score of a candidate, term by term."""
    counted = [term for term in one.terms if term.weight]
    parts = [
        score_bar.Part(t(term.label), term.value, t("matches.how", points=term.points, weight=term.weight))
        for term in counted
    ]
    titles = score_bar.Titles(t("matches.term"), t("matches.value"), t("matches.points"))
    words = t("matches.score", score=one.score, top=one.top_score)
    st.altair_chart(score_bar.bar(parts, one.top_score, titles), theme=None, key=key, alt=words)
