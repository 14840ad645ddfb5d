"""Change the deadlines: see what holds, try other numbers on the last twelve months, publish them from a day on."""

from dashboard.core.permissions import Action
from dashboard.services import deadline_rules
from dashboard.ui import office_rules
from dashboard.ui.ask import ask
from dashboard.ui.session import guard

who = guard(Action.EDIT_RULES)
held = ask(deadline_rules.held)

office_rules.now_held(held)
typed = office_rules.numbers(held)
if typed is not None:
    office_rules.tried(ask(deadline_rules.trial, working=typed.working, hours=typed.hours))
    office_rules.publish(who, held, typed)
office_rules.history(held)
