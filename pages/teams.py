"""What the volunteer teams do: all of them side by side, two compared, one opened, their squads, any two dimensions
crossed."""

from dashboard.core.permissions import Action
from dashboard.services import teams
from dashboard.ui import figure_views, squad_views, team_compare, team_one, team_views
from dashboard.ui.ask import ask
from dashboard.ui.session import guard

who = guard(Action.SEE_TEAMS)
board = ask(teams.board, today=team_views.today())
view = team_views.view()

if view == "all":
    team_views.headline(board)
    team_views.all_teams(board)
elif view == "compare":
    team_compare.compare(board)
elif view == "one":
    team_one.open_team(who, board)
elif view == "squads":
    squad_views.board(who)
elif view == "pivot":
    team_compare.crossed(board)
else:
    figure_views.all_figures(who)
team_views.write_url()
