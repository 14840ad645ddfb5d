"""Messages: who is still to be told that a dispatch has changed, in words to paste into WeChat or an SMS; and what the
desk itself is told."""

from dashboard.core.permissions import Action
from dashboard.services import messages
from dashboard.ui import desk_notices, hand_over_lines, inbox
from dashboard.ui.ask import ask
from dashboard.ui.session import guard

who = guard(Action.RECORD_SERVICE)
hand_over_lines.told(who)
which = inbox.tab()
if which == desk_notices.TAB:
    desk_notices.listed()
else:
    inbox.listed(which, ask(messages.inbox, **inbox.wanted(which)))
