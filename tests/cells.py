"""Any notebook, for property tests."""

import json

from hypothesis import strategies as st

from dashboard.core.figures import BY_KEY
from dashboard.core.lapse import LapseFigure
from dashboard.core.notebook import FIELDS, Cell, Deed, Kind, Mark
from dashboard.core.registers import REGISTERS
from dashboard.core.replay import Known

names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)

INPUTS = (
    {"type": "text"},
    {"type": "town"},
    {"type": "category"},
    {"type": "day", "value": "2026-02-28"},
    {"type": "range", "value": "2026-02-28/2026-03-01"},
    {"type": "range", "value": "last:30"},
    {"type": "range", "value": ""},
)

SPECS = (
    "",
    '{"mark": "bar", "encoding": {"x": {"field": %s}}}',
    '{\n  "mark": "line",\n  "encoding": {"y": {"field": %s, "aggregate": "mean"}}\n}\n',
)


@st.composite
def books(draw: st.DrawFn) -> tuple[Cell, ...]:
    """Cells of every kind, their words anything that may be typed."""
    found = []
    deeds = draw(st.permutations(list(Deed)))
    for name in draw(st.lists(names, unique=True, max_size=8)):
        kind = draw(st.sampled_from(Kind))
        fields = {field: draw(words) for field in FIELDS[kind]}
        if kind is Kind.FIGURE:
            fields["keys"] = " ".join(draw(st.lists(st.sampled_from(sorted(BY_KEY)), max_size=3)))
        if kind is Kind.ACTION:
            if not deeds:
                continue
            fields["deed"] = deeds.pop().value
        if kind is Kind.CHART:
            fields["mark"] = draw(st.sampled_from(Mark)).value
            # Words of a spec are checked, and come back as they were typed.
            fields["spec"] = draw(st.sampled_from(SPECS)).replace("%s", json.dumps(draw(words.filter(bool))))
        if kind is Kind.LAPSE:
            fields |= {"figure": draw(st.sampled_from(LapseFigure)).value, "known": draw(st.sampled_from(Known)).value}
            fields |= {"months": str(draw(st.integers(2, 24))), "until": draw(st.sampled_from(("", "2026-02-28")))}
        if kind is Kind.EDITOR:
            fields["register"] = draw(st.sampled_from(sorted(REGISTERS)))
        if kind is Kind.INPUT:
            fields |= draw(st.sampled_from(INPUTS))
        found.append(Cell(name, kind, fields))
    return tuple(found)
