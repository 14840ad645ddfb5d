"""Hours that can be believed: totals by grade, odd and disputed entries, a certificate, whom to ask again."""

from dashboard.core.permissions import Action
from dashboard.ui import hours_follow_ups, hours_held, hours_odd, hours_one, hours_parts, hours_sheet, printing
from dashboard.ui.session import guard

who = guard(Action.SEE_TEAMS)
printing.style()
if hours_sheet.is_open():
    hours_sheet.sheet()
else:
    view = hours_parts.view(who)
    if view == "follow_ups":
        hours_follow_ups.waiting()
    elif view == "held":
        hours_held.waiting()
    else:
        span = hours_parts.days()
        if view == "totals":
            hours_parts.totals(span)
        elif view == "odd":
            hours_odd.odd(span)
        else:
            hours_one.one(who, span)
