"""Imports: bring a register in - look at what it would do, mend what is refused, store the rest."""

from dataclasses import replace

import streamlit as st

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
    kind = import_steps.choose_kind()
    register = import_steps.choose_file(kind)
    if register is None:
        st.stop()
    wanted = import_steps.choices(register)
    prepared = import_steps.prepare(register, wanted)
    if prepared is None:
        st.stop()
    mapping = import_steps.choose_columns(register, prepared)
    if mapping is not None:
        wanted = replace(wanted, mapping=mapping)
        prepared = import_steps.prepare(register, wanted)
        if prepared is None:
            st.stop()
    import_steps.counts(prepared)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        import_steps.commit(register, prepared, wanted)
        import_steps.refused(register, prepared)
    import_steps.problems(prepared)
    import_steps.preview(prepared)
