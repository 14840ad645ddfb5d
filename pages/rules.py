"""Change the rules: see what holds, try others on the last twelve months, publish them from a day on."""

from dashboard.core.permissions import Action
from dashboard.ui import rule_kinds
from dashboard.ui.session import guard

who = guard(Action.EDIT_RULES)
rule_kinds.KINDS[rule_kinds.pick()](who)
