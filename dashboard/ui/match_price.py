"""What a candidate of one need would cost the last plan for all of them, before the click (N2)."""

from collections.abc import Sequence

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.services import match_page
from dashboard.services.match_page import Costs
from dashboard.services.matches import Ranked
from dashboard.ui import match_draft as draft
from dashboard.ui import match_say as say
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, database, t


def costs(found: Ranked, volunteer_ids: Sequence[int]) -> Costs | None:
    """The least each would cost the plan looked at last; None where there is none at hand that holds the role."""
    run_id = draft.current()
    if run_id is None:
        return None
    try:
        return match_page.costs_at_hand(
            database(), actor(), run_id=run_id, role_id=found.role_id, volunteer_ids=tuple(volunteer_ids)
        )
    except DashboardError:
        # Dropped, or out of reach meanwhile: one need is looked at without it.
        return None


def line(found: Costs | None, volunteer_id: int) -> None:
    """One line under a candidate."""
    if found is None:
        return
    name = found.name or t("match_page.draft_number", number=found.run_id)
    if volunteer_id in found.chosen:
        st.caption(f":green[{plain(t('matches.plan_sends_her', name=name))}]")
    elif volunteer_id in found.of:
        st.caption(plain(t("matches.plan_cost", name=name, cost=say.cost(found.of[volunteer_id]))))
