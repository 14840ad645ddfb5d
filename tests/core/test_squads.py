"""The climb of a need: the lowest level that can, the squad for all else only after every squad of its aspect."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.squads import LEVELS, Cannot, Climb, climb
from dashboard.core.words import Aspect, Level

ANSWERS = st.one_of(st.none(), st.sampled_from(Cannot))
#: What each squad of a county would say; two in three can't, so that climbs are long.
COUNTIES = st.fixed_dictionaries({(level, aspect): ANSWERS for level in LEVELS for aspect in Aspect})
ASPECTS = st.one_of(st.none(), st.sampled_from(Aspect))
TREES = st.sets(st.sampled_from(Level))
County = dict[tuple[Level, Aspect], Cannot | None]


def climbed(county: County, aspect: Aspect | None, levels: set[Level]) -> Climb:
    return climb(aspect, levels, lambda level, wanted: county[level, wanted])


@given(COUNTIES, ASPECTS, TREES)
def test_never_a_higher_level_while_a_lower_one_can(county: County, aspect: Aspect | None, levels: set[Level]) -> None:
    taken = climbed(county, aspect, levels).taken
    if taken is None:
        return
    below = [level for level in LEVELS[: LEVELS.index(taken.level)] if level in levels]
    assert county[taken.level, taken.aspect] is None
    assert all(county[level, taken.aspect] is not None for level in below)


@given(COUNTIES, ASPECTS, TREES)
def test_all_else_takes_it_only_when_no_squad_of_the_aspect_can(
    county: County, aspect: Aspect | None, levels: set[Level]
) -> None:
    taken = climbed(county, aspect, levels).taken
    if taken is None or aspect is None or taken.aspect is aspect:
        return
    assert taken.aspect is Aspect.ALL_ELSE
    assert all(county[level, aspect] is not None for level in LEVELS if level in levels)


@given(COUNTIES, ASPECTS, TREES)
def test_nobody_takes_it_only_when_no_squad_of_either_can(
    county: County, aspect: Aspect | None, levels: set[Level]
) -> None:
    able = [
        level
        for level in LEVELS
        if level in levels and None in (county[level, aspect or Aspect.ALL_ELSE], county[level, Aspect.ALL_ELSE])
    ]
    assert (climbed(county, aspect, levels).taken is None) == (not able)


@given(COUNTIES, ASPECTS, TREES)
def test_the_path_says_why_each_squad_before_could_not_and_asks_no_further(
    county: County, aspect: Aspect | None, levels: set[Level]
) -> None:
    asked = []

    def look(level: Level, wanted: Aspect) -> Cannot | None:
        asked.append((level, wanted))
        return county[level, wanted]

    found = climb(aspect, levels, look)
    assert asked == [(step.level, step.aspect) for step in found.steps]
    assert len(asked) == len(set(asked))
    assert all(step.cannot is county[step.level, step.aspect] for step in found.steps)
    assert all(step.cannot is not None for step in found.steps[:-1])


def test_the_path_of_a_need_that_ends_with_the_county_s_squad_for_all_else() -> None:
    county: County = {(level, aspect): Cannot.NO_SQUAD for level in LEVELS for aspect in Aspect}
    county[Level.INSTITUTE, Aspect.ELDERS] = Cannot.NOBODY
    county[Level.CENTRE, Aspect.ALL_ELSE] = None
    found = climbed(county, Aspect.ELDERS, set(LEVELS))
    assert [(str(step.level), str(step.aspect), step.cannot) for step in found.steps] == [
        ("station", "elders", Cannot.NO_SQUAD),
        ("institute", "elders", Cannot.NOBODY),
        ("centre", "elders", Cannot.NO_SQUAD),
        ("station", "all_else", Cannot.NO_SQUAD),
        ("institute", "all_else", Cannot.NO_SQUAD),
        ("centre", "all_else", None),
    ]


def test_a_need_of_no_aspect_and_a_place_of_no_level() -> None:
    county: County = {(level, aspect): None for level in LEVELS for aspect in Aspect}
    assert [step.aspect for step in climbed(county, None, set(Level)).steps] == [Aspect.ALL_ELSE]
    assert climbed(county, Aspect.LAW, {Level.POINT}).taken is None
