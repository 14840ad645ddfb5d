"""What every county starts with."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from dashboard.core.deadlines import DEFAULT_RULES
from dashboard.core.matching.policy import DEFAULT, TERMS, Policy
from dashboard.core.words import Aspect
from db.county import WUCHUAN, ensure_county, shipped_divisions, short_name
from db.county_words import AVAILABILITY, CATEGORIES, CATEGORY_WORDS, DEADLINES, MATCHING, SKILLS
from db.engine import Database
from db.models import Category, Division, RuleSet, Setting, Skill, WordRule

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def counted(database: Database) -> dict[str, int]:
    tables = (Division, Setting, Skill, Category, RuleSet, WordRule)
    with database.read() as session:
        return {t.__tablename__: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_a_county_is_set_up_once_however_often_it_is_asked_for(any_database: Database) -> None:
    any_database.write(lambda session: ensure_county(session, now=NOW))
    first = counted(any_database)
    any_database.write(lambda session: ensure_county(session))
    assert counted(any_database) == first
    assert first["divisions"] == 1 + 16 + 124
    assert first["rule_sets"] == 2
    assert first["word_rules"] == len(AVAILABILITY) + len(CATEGORY_WORDS)


def test_what_an_office_changed_stays(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))
    haircut = Category.code == "haircut"
    database.write(lambda session: session.execute(update(Category).where(haircut).values(duration_minutes=45)))
    database.write(lambda session: session.execute(WordRule.__table__.delete().where(WordRule.word == "随时")))
    database.write(lambda session: ensure_county(session))
    with database.read() as session:
        assert session.scalar(select(Category.duration_minutes).where(haircut)) == 45
        assert session.scalar(select(WordRule.value).where(WordRule.word == "随时")) == {"spans": AVAILABILITY["随时"]}


def test_another_county_starts_with_the_rules_but_without_wuchuans_map(database: Database) -> None:
    database.write(lambda session: ensure_county(session, "520327", now=NOW))
    assert counted(database)["divisions"] == 0
    assert counted(database)["skills"] == len(SKILLS)
    with pytest.raises(ValueError, match="520327"):
        database.write(lambda session: ensure_county(session, WUCHUAN))


def test_the_outline_has_neighbours_with_names(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))
    with database.read() as session:
        values = dict(session.execute(select(Setting.key, Setting.value).where(Setting.county == WUCHUAN)).all())
    assert values["boundary"]["type"] == "MultiPolygon"
    assert {f["properties"]["name"] for f in values["neighbours"]["features"]} >= {"正安县", "凤冈县", "德江县"}


def test_villages_go_by_their_everyday_names() -> None:
    assert short_name("洪渡社区居民委员会") == "洪渡社区"
    assert short_name("温泉村村民委员会") == "温泉村"
    names = [row["name"] for row in shipped_divisions() if row["level"] == "village"]
    assert len(set(names)) == 124
    assert all(name.endswith(("社区", "村")) for name in names)


def test_the_rules_a_county_starts_with_are_those_of_the_product() -> None:
    assert DEADLINES == DEFAULT_RULES
    assert Policy.build(0, MATCHING["weights"], MATCHING["settings"]) == DEFAULT
    assert set(MATCHING["weights"]) == {term.name for term in TERMS}


def test_words_and_categories_point_to_what_there_is() -> None:
    skills, categories = {skill.code for skill in SKILLS}, {category.code for category in CATEGORIES}
    assert all(set(category.required_skills) <= skills for category in CATEGORIES)
    assert set(CATEGORY_WORDS.values()) <= categories
    licences = {skill.code for skill in SKILLS if skill.licence}
    assert all(category.licence == bool(set(category.required_skills) & licences) for category in CATEGORIES)
    assert {category.aspect for category in CATEGORIES} == {None, *Aspect} - {Aspect.ALL_ELSE}
    for spans in AVAILABILITY.values():
        assert all(0 <= day <= 6 and 0 <= start < end <= 1440 for day, start, end in spans or ())
