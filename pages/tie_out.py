"""Tie out: identities between figures with the rows at fault, the rows behind any number, days gone by."""

from dashboard.core.permissions import Action
from dashboard.services import tie_out
from dashboard.ui import figure_list, figures_past, tie_out_lines
from dashboard.ui.ask import ask
from dashboard.ui.session import guard

who = guard(Action.SEE_TEAMS)
view = tie_out_lines.view()

if view == "lines":
    tie_out_lines.lines(who, ask(tie_out.lines))
elif view == "rows":
    figure_list.rows_of(who)
else:
    figures_past.past(who)
tie_out_lines.write_url()
