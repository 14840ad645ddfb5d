"""Imports: bring a register in - look at what it would do, mend what is refused, store the rest."""

from dashboard.core.permissions import Action
from dashboard.ui import import_steps, import_tables
from dashboard.ui.session import guard

guard(Action.IMPORT)
which = import_tables.tab()

if which == "history":
    import_tables.history()
elif which == "unplaced":
    import_tables.unplaced()
elif which == "words":
    import_tables.words()
else:
    import_steps.all_steps()
