"""Registers come in whole or not at all; the same file twice changes nothing; every value knows where it came from."""
# ruff: noqa: E501  (rows of registers stand on one line)

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select, update

from dashboard.core.errors import Conflict, Forbidden, Invalid
from dashboard.core.intake import blank
from dashboard.core.permissions import system_actor
from dashboard.core.words import ImportKind, Role
from dashboard.services import imports
from dashboard.services.commands import perform
from dashboard.services.import_words import history, save_mapping, save_word, saved_mappings, unplaced, word_rules
from dashboard.services.imports import Choices, Report, open_register, run_import
from dashboard.services.questions import answer
from db.county import ensure_county
from db.engine import Database
from db.models import (
    Audit,
    AuditPersonal,
    Availability,
    Base,
    Grid,
    ImportBatch,
    ImportChange,
    Membership,
    Need,
    NeedEvent,
    NeedRole,
    NeedSkill,
    Person,
    Site,
    Team,
    UnplacedPoint,
    Volunteer,
    VolunteerSkill,
)
from tests.builders import COUNTY, an_actor

DATA = Path(__file__).resolve().parents[1] / "data"
NOW = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
CHOICES = Choices(date(2026, 11, 28))
FILES = {
    ImportKind.SITES: "sites.xlsx",
    ImportKind.GRIDS: "grids.geojson",
    ImportKind.VOLUNTEERS: "volunteers.csv",
    ImportKind.NEEDS: "needs.xlsx",
}
#: What telling the same thing again may add to.
JOURNAL = {"import_batches", "audit", "revisions", "commands", "access_log"}


@pytest.fixture
def empty(any_database: Database) -> Database:
    """A county with its divisions and words, and nothing else; on both databases."""
    any_database.write(lambda session: ensure_county(session, now=NOW))
    return any_database


@pytest.fixture
def light(database: Database) -> Database:
    """The same on SQLite only, for rules that no database can bend."""
    database.write(lambda session: ensure_county(session, now=NOW))
    return database


def bring(database: Database, kind: ImportKind, data: bytes | str | None = None, **more: Any) -> Report:
    source = (DATA / FILES[kind]).read_bytes() if data is None else data.encode() if isinstance(data, str) else data
    choices = more.pop("choices", CHOICES)
    register = open_register(kind, source, FILES[kind])
    return run_import(database, system_actor(COUNTY), register, choices, now=more.pop("now", NOW), **more)


def bring_all(database: Database) -> dict[ImportKind, Report]:
    return {kind: bring(database, kind) for kind in ImportKind}


def counted(report: Report) -> tuple[int, int, int, int]:
    return report.rows, report.stored, report.unchanged, report.refused


def contents(database: Database) -> Mapping[str, list[Any]]:
    """Every row of every table that an import may change."""
    with database.read() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in JOURNAL]
        return {table.name: _rows(session, table) for table in tables}


def _rows(session: Any, table: Table) -> list[Any]:
    order = list(table.primary_key.columns)
    return [tuple(row) for row in session.execute(select(table).order_by(*order))]


def test_the_four_registers_come_into_an_empty_county_and_the_second_time_nothing_changes(empty: Database) -> None:
    first = bring_all(empty)
    assert {kind: counted(report) for kind, report in first.items()} == {
        ImportKind.SITES: (9, 7, 0, 2),
        ImportKind.GRIDS: (12, 4, 0, 8),
        ImportKind.VOLUNTEERS: (12, 12, 0, 0),
        ImportKind.NEEDS: (14, 11, 0, 3),
    }
    assert {kind: (report.linked, report.warnings, report.to_verify) for kind, report in first.items()} == {
        ImportKind.SITES: (0, 4, 0),
        ImportKind.GRIDS: (0, 0, 0),
        ImportKind.VOLUNTEERS: (0, 11, 0),
        ImportKind.NEEDS: (2, 1, 4),
    }
    before = contents(empty)
    second = bring_all(empty)
    assert [(report.stored, report.unchanged, report.linked) for report in second.values()] == [
        (0, 7, 0), (0, 4, 0), (0, 12, 0), (0, 11, 0),
    ]  # fmt: skip
    assert contents(empty) == before


def test_sites_stand_in_their_tree(light: Database) -> None:
    bring(light, ImportKind.SITES)
    with light.read() as session:
        sites = {site.id: site for site in session.scalars(select(Site))}
        for site in sites.values():
            above = sites[site.parent_id].path if site.parent_id else "/"
            assert site.path == f"{above}{site.id}/"
        station = next(site for site in sites.values() if site.village_code == "520326001001")
        assert [sites[int(part)].level for part in station.path.strip("/").split("/")] == [
            "centre",
            "institute",
            "station",
        ]


def test_volunteers_have_their_skills_hours_team_and_home(light: Database) -> None:
    bring(light, ImportKind.SITES)
    bring(light, ImportKind.VOLUNTEERS)
    with light.read() as session:
        people = {p.name: p for p in session.scalars(select(Person))}
        by_person = {v.person_id: v for v in session.scalars(select(Volunteer))}
        he_si = by_person[people["何思"].id]
        assert (he_si.precision, he_si.location_source, he_si.availability_known) == (
            "village",
            "village station",
            True,
        )
        assert he_si.lon is not None and session.get_one(Site, he_si.site_id).village_code == "520326001001"
        assert session.scalar(select(func.count()).where(VolunteerSkill.volunteer_id == he_si.id)) == 1
        assert session.scalar(select(func.count()).where(Availability.volunteer_id == he_si.id)) == 5
        team = session.scalars(select(Team).join(Membership).where(Membership.volunteer_id == he_si.id)).one()
        assert (team.name, team.kind, session.get_one(Site, team.site_id).level) == (
            "丹砂街道青年志愿服务队",
            "youth",
            "institute",
        )
        lost = by_person[people["杨国浩"].id]
        assert (lost.precision, lost.lon, lost.village_code) == ("none", None, None)
        silent = by_person[people["王贵"].id]
        assert (silent.availability_known, silent.consent, silent.registered_on) == (False, "unknown", None)
        assert people["王贵"].phone is None and people["田光思"].phone == "133511530"
        assert people["高大"].phone_digest == people["刘燕大"].phone_digest and people["高大"].phone_tail == "8658"
        assert people["高大"].initials == "gd"


def test_needs_are_open_or_to_verify_with_their_clock_seats_and_first_event(empty: Database) -> None:
    bring_all(empty)
    with empty.read() as session:
        needs = session.scalars(select(Need).order_by(Need.id)).all()
        assert [need.state for need in needs].count("to_verify") == 5
        assert all((need.take_up_due_at is None) == (need.state == "to_verify") for need in needs)
        events = session.scalars(select(NeedEvent)).all()
        assert {(e.need_id, e.from_state, e.to_state) for e in events} == {(n.id, None, n.state) for n in needs}
        assert all(event.happened_at < event.recorded_at for event in events)
        seats = {role.need_id: role.head_count for role in session.scalars(select(NeedRole))}
        assert sorted(seats.values()) == [1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 10]
        nursing = [need.id for need in needs if need.title == "换药护理"]
        assert session.scalar(select(func.count()).where(NeedSkill.need_id.in_(nursing))) == 2
        past = [need for need in needs if need.state == "open" and need.close_due_at and need.close_due_at < NOW]
        assert past, "a wanted time already past stays open and overdue"
        # Names and phones are the persons'; the raw text holds none.
        assert not any("13859865600" in str(need.raw) or "敖奶奶" in str(need.raw) for need in needs)


def test_repeats_are_linked_to_the_earlier_need_and_nothing_is_deleted(light: Database) -> None:
    bring(light, ImportKind.NEEDS)
    with light.read() as session:
        needs = {need.id: need for need in session.scalars(select(Need))}
        pairs = [
            (n.registered_at.day, needs[n.earlier_need_id].registered_at.day)
            for n in needs.values()
            if n.earlier_need_id
        ]
    # In county time: the 11th repeats the 8th though it stands above it; the twin repeats its twin.
    assert sorted(pairs) == [(8, 8), (10, 7)]
    assert len(needs) == 11


HEADS = "登记日期,村,姓名,类别,希望时间,人数\n"


def test_a_repeat_of_a_stored_need_is_linked_in_either_direction(light: Database) -> None:
    bring(light, ImportKind.NEEDS, HEADS + "2026-11-10,洪渡社区,敖奶奶,理发,11月12日上午,1\n")
    later = bring(light, ImportKind.NEEDS, HEADS + "2026-11-15,洪渡社区,敖奶奶,理发,11月16日上午,1\n")
    earlier = bring(light, ImportKind.NEEDS, HEADS + "2026-11-05,洪渡社区,敖奶奶,理发,11月6日上午,1\n")
    unlike = bring(light, ImportKind.NEEDS, HEADS + "2026-11-05,洪渡社区,敖奶奶,打扫卫生,11月6日上午,1\n")
    assert (later.linked, earlier.linked, unlike.linked) == (1, 1, 0)
    with light.read() as session:
        links = dict(session.execute(select(Need.id, Need.earlier_need_id)).all())
    assert links == {1: 3, 2: 1, 3: None, 4: None}


def test_a_dry_run_counts_the_same_and_writes_nothing(empty: Database) -> None:
    before = contents(empty)
    tried = bring(empty, ImportKind.VOLUNTEERS, dry_run=True)
    assert contents(empty) == before
    assert tried.batch_id is None
    assert counted(bring(empty, ImportKind.VOLUNTEERS)) == counted(tried)


def test_every_value_knows_its_batch_and_row_and_there_is_one_audit_row(empty: Database) -> None:
    report = bring(empty, ImportKind.SITES)
    changed = (DATA / "volunteers.csv").read_bytes().decode("gb18030").replace("13350007002", "13350007999")
    bring(empty, ImportKind.VOLUNTEERS)
    moved = bring(empty, ImportKind.VOLUNTEERS, changed.replace("随时", "周六上午"))
    with empty.read() as session:
        made = session.scalars(select(ImportChange).where(ImportChange.batch_id == report.batch_id)).all()
        assert {(c.table_name, c.column) for c in made} == {("sites", "*")}
        assert sorted(c.row_number for c in made) == [4, 5, 6, 7, 8, 9, 10]
        batch = session.get_one(ImportBatch, moved.batch_id)
        assert batch.counts["rows"] == 12 and batch.mapping["姓名"] == "name"
        audits = session.scalars(select(Audit).where(Audit.batch_id == batch.id)).all()
        assert len(audits) == 1 and audits[0].after is not None and audits[0].after["rows"] == 12
        values = {
            (c.column, str(c.before), str(c.after))
            for c in session.scalars(
                select(ImportChange).where(ImportChange.batch_id == batch.id, ImportChange.table_name == "volunteers")
            )
        }
        assert ("availability_raw", "{'value': '随时'}", "{'value': '周六上午'}") in values


def test_a_changed_phone_is_another_person_without_a_number_and_the_same_with_one(light: Database) -> None:
    heads = "志愿者编号,姓名,手机\n"
    bring(light, ImportKind.VOLUNTEERS, heads + "V1,张三,13800000001\n")
    report = bring(light, ImportKind.VOLUNTEERS, heads + "V1,张三,13800000002\n", confirmed=True)
    assert (report.stored, report.changed) == (1, 1)
    taken = bring(light, ImportKind.VOLUNTEERS, heads + "V1,李四,13800000002\n")
    assert [problem.key for problem in taken.problems] == ["import_problems.person_is_taken"]
    with light.read() as session:
        person = session.scalars(select(Person)).one()
        assert (person.phone, person.phone_tail) == ("13800000002", "0002")
        kept = session.scalars(select(AuditPersonal)).one()
        assert (kept.field, kept.before, kept.after) == ("phone", "13800000001", "13800000002")
        changes = session.scalars(select(ImportChange).where(ImportChange.column == "phone")).one()
        assert "13800000002" not in str(changes.after) and "digest" in str(changes.after)
    bring(light, ImportKind.VOLUNTEERS, "姓名,手机\n张三,13800000003\n")
    with light.read() as session:
        assert session.scalar(select(func.count(Person.id))) == 2


def test_blank_cells_erase_nothing(light: Database) -> None:
    bring(light, ImportKind.SITES)
    bare = "阵地名称,级别,上级阵地,地址,联系电话,经纬度\n务川仡佬族苗族自治县新时代文明实践中心,中心,,,,\n"
    report = bring(light, ImportKind.SITES, bare)
    assert counted(report) == (1, 0, 1, 0)


def test_three_tenths_changed_asks_again(light: Database) -> None:
    rows = [f"阵地{n},点,县中心,地址{n}" for n in range(9)]
    heads = "阵地名称,级别,上级阵地,地址\n县中心,中心,,甲\n"
    bring(light, ImportKind.SITES, heads + "\n".join(rows))
    two = heads + "\n".join(row.replace("地址", "新址") if n < 2 else row for n, row in enumerate(rows))
    assert bring(light, ImportKind.SITES, two).changed == 2
    five = heads + "\n".join(row.replace("地址", "又址") if n < 3 else row for n, row in enumerate(rows))
    before = contents(light)
    with pytest.raises(Invalid) as asked:
        bring(light, ImportKind.SITES, five)
    assert asked.value.key == "imports.many_changes"
    assert contents(light) == before
    assert bring(light, ImportKind.SITES, five, confirmed=True).changed == 3


def test_nothing_half_saved_when_the_end_fails(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(empty)

    def fails(*_: object) -> int:
        raise RuntimeError("the light went out")

    monkeypatch.setattr(imports, "replace_points", fails)
    with pytest.raises(RuntimeError):
        bring(empty, ImportKind.VOLUNTEERS)
    assert contents(empty) == before
    with empty.read() as session:
        assert session.scalar(select(func.count(ImportBatch.id))) == 0


def test_what_was_prepared_before_somebody_changed_the_places_is_not_stored(light: Database) -> None:
    actor = system_actor(COUNTY)
    register = open_register(ImportKind.NEEDS, DATA / "needs.xlsx", "needs.xlsx")
    prepared = imports.prepare(light, actor, register, CHOICES, NOW)
    bring(light, ImportKind.SITES)
    with pytest.raises(Conflict) as refused:
        imports.store(light, actor, prepared, CHOICES, now=NOW)
    assert refused.value.key == "imports.moved"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_admin_imports(light: Database, role: Role) -> None:
    register = open_register(ImportKind.SITES, DATA / "sites.xlsx", "sites.xlsx")
    with pytest.raises(Forbidden):
        run_import(light, an_actor(role), register, CHOICES, now=NOW)


def test_points_outside_every_grid_are_listed_and_leave_the_list_when_a_grid_covers_them(light: Database) -> None:
    bring(light, ImportKind.SITES)
    assert answer(light, unplaced, system_actor(COUNTY)) == ()
    bring(light, ImportKind.GRIDS)
    outside = answer(light, unplaced, system_actor(COUNTY))
    assert len(outside) == 5 and {point.subject for point in outside} == {"sites"}
    x, y = outside[0].lon, outside[0].lat
    ring = [[x - 0.001, y - 0.001], [x + 0.001, y - 0.001], [x + 0.001, y + 0.001], [x - 0.001, y + 0.001]]
    feature = f'{{"type":"Feature","properties":{{"code":"NEW"}},"geometry":{{"type":"Polygon","coordinates":[{[*ring, ring[0]]}]}}}}'
    report = bring(light, ImportKind.GRIDS, f'{{"type":"FeatureCollection","features":[{feature}]}}')
    left = [point for point in outside if (point.lon, point.lat) != (x, y)]
    assert (report.stored, report.unplaced) == (1, len(left))
    with light.read() as session:
        assert session.scalar(select(func.count(UnplacedPoint.id))) == len(left) < len(outside)


def test_needs_and_volunteers_with_a_point_get_their_grid(light: Database) -> None:
    bring(light, ImportKind.GRIDS)
    heads = "登记日期,姓名,类别,希望时间,人数,经度(WGS-84),纬度(WGS-84)\n"
    bring(
        light,
        ImportKind.NEEDS,
        heads + "2026-11-10,敖奶奶,理发,11月12日上午,1,107.885,28.565\n2026-11-10,李,理发,11月12日上午,1,107.7,28.5\n",
    )
    with light.read() as session:
        grid = session.scalars(select(Grid).where(Grid.code == "G1")).one()
        needs = session.scalars(select(Need).order_by(Need.id)).all()
        assert [(need.grid_id, need.precision, need.state) for need in needs] == [
            (grid.id, "point", "open"), (None, "point", "open"),
        ]  # fmt: skip
        assert [point.row_id for point in session.scalars(select(UnplacedPoint))] == [needs[1].id]


def test_a_grid_whose_border_moved_gets_a_new_version_and_the_old_one_ends(empty: Database) -> None:
    square = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A","户数":%d},"geometry":'
    square += (
        '{"type":"Polygon","coordinates":[[[107.88,28.56],[%s,28.56],[%s,28.57],[107.88,28.57],[107.88,28.56]]]}}]}'
    )
    bring(empty, ImportKind.GRIDS, square % (30, 107.89, 107.89))
    bring(empty, ImportKind.GRIDS, square % (31, 107.89, 107.89), confirmed=True)
    later = Choices(date(2026, 12, 24))
    bring(empty, ImportKind.GRIDS, square % (31, 107.885, 107.885), confirmed=True, choices=later)
    with empty.read() as session:
        old, new = session.scalars(select(Grid).order_by(Grid.id)).all()
        assert (old.households, old.valid_from, old.valid_to) == (31, date(2026, 11, 28), date(2026, 12, 24))
        assert (new.valid_from, new.valid_to, new.households) == (date(2026, 12, 24), None, 31)
        assert new.area_m2 == pytest.approx(old.area_m2 / 2, rel=0.01)


def test_sites_that_come_later_give_homes_and_needs_their_place(light: Database) -> None:
    bring(light, ImportKind.VOLUNTEERS)
    bring(light, ImportKind.NEEDS, HEADS + "2026-11-10,洪渡社区,敖奶奶,理发,11月12日上午,1\n")
    bring(light, ImportKind.SITES)
    with light.read() as session:
        need = session.scalars(select(Need)).one()
        assert need.lon is not None and session.get_one(Site, need.site_id).village_code == "520326001001"
        homes = session.scalars(select(Volunteer).where(Volunteer.village_code == "520326001001")).all()
        assert len(homes) == 4 and {home.lon for home in homes} == {need.lon}


def test_a_need_nobody_was_sent_to_follows_its_register_and_a_finished_one_does_not(empty: Database) -> None:
    heads = "需求编号,登记日期,村,姓名,类别,希望时间,人数\n"
    bring(
        empty,
        ImportKind.NEEDS,
        heads + "D1,2026-11-10,洪渡社区,敖奶奶,理发,尽快,1\nD2,2026-11-10,洪渡社区,李,理发,尽快,1\n",
    )
    with empty.read() as session:
        ids = dict(session.execute(select(Need.code, Need.id)).all())
    empty.write(lambda session: session.execute(update(Need).where(Need.id == ids["D2"]).values(state="closed")))
    report = bring(
        empty, ImportKind.NEEDS, confirmed=True,
        data=heads + "D1,2026-11-10,洪渡社区,敖奶奶,理发,11月12日上午,2\nD2,2026-11-10,洪渡社区,李,理发,11月12日上午,2\n",
    )  # fmt: skip
    assert counted(report) == (2, 1, 0, 1)
    assert [problem.key for problem in report.problems if problem.row == 3] == ["import_problems.need_in_work"]
    with empty.read() as session:
        need = session.get_one(Need, ids["D1"])
        assert (need.state, need.to_verify, need.people_text) == ("open", [], "2") and need.close_due_at is not None
        assert session.scalar(select(NeedRole.head_count).where(NeedRole.need_id == need.id)) == 2
        steps = session.execute(
            select(NeedEvent.from_state, NeedEvent.to_state).where(NeedEvent.need_id == need.id).order_by(NeedEvent.id)
        ).all()
        assert [tuple(step) for step in steps] == [(None, "to_verify"), ("to_verify", "open")]


def test_words_get_a_meaning_and_the_same_file_then_says_more(light: Database) -> None:
    actor = system_actor(COUNTY)
    bring(light, ImportKind.VOLUNTEERS)
    perform(light, save_word, actor, now=NOW, kind="availability", word="不定", meaning=[[6, 480, 720]])
    assert ("不定", [[6, 480, 720]]) in answer(light, word_rules, actor, kind="availability")
    report = bring(light, ImportKind.VOLUNTEERS)
    assert (report.changed, report.warnings) == (1, 10)
    perform(light, save_word, actor, now=NOW, kind="category", word="修飞船", meaning="appliance")
    told = bring(light, ImportKind.NEEDS, HEADS + "2026-11-10,洪渡社区,敖奶奶,修飞船,11月12日上午,1\n")
    assert told.problems == ()


@pytest.mark.parametrize(
    ("kind", "word", "meaning"),
    [
        ("availability", "x", [[7, 0, 10]]),
        ("availability", "x", [[0, 10, 10]]),
        ("availability", "x", "周一"),
        ("availability", "x", []),
        ("availability", "", None),
        ("category", "x", "nothing"),
        ("colour", "x", None),
    ],
)
def test_a_meaning_that_is_none_is_refused(light: Database, kind: str, word: str, meaning: object) -> None:
    with pytest.raises(Invalid):
        perform(light, save_word, system_actor(COUNTY), now=NOW, kind=kind, word=word, meaning=meaning)


def test_a_mapping_is_kept_used_and_replaced(light: Database) -> None:
    actor = system_actor(COUNTY)
    mapping = {"甲": "name", "乙": "phone", "丙": ""}
    perform(light, save_mapping, actor, now=NOW, kind=ImportKind.VOLUNTEERS, name="镇里的", mapping={"甲": "phone"})
    perform(light, save_mapping, actor, now=NOW, kind=ImportKind.VOLUNTEERS, name="镇里的", mapping=mapping)
    kept = answer(light, saved_mappings, actor, kind=ImportKind.VOLUNTEERS)
    assert kept == {"镇里的": {"甲": "name", "乙": "phone"}}
    chosen = Choices(CHOICES.today, mapping=kept["镇里的"])
    assert bring(light, ImportKind.VOLUNTEERS, "甲,乙,丙\n张三,13800000001,x\n", choices=chosen).stored == 1
    with pytest.raises(Invalid):
        perform(light, save_mapping, actor, now=NOW, kind=ImportKind.VOLUNTEERS, name="x", mapping={"甲": "salary"})


#: From published lists of strings that break programs, and what templates would execute.
NAUGHTY = [
    "{{7*7}}", "{% raw %}", "${alert(1)}", "<script>alert(1)</script>", "'; DROP TABLE sites;--", "../../etc/passwd",
    "\u202etest", "Ω≈ç√∫˜µ", "𠜎𠜱𠝹", "表ポあA鷗", "👾🙇💁", "NaN", "1e1000", "0x0", "%s%s%n", "\\", "\ufeff", "=cmd|' /C calc'!A0",
]  # fmt: skip


def test_naughty_names_are_stored_as_they_are_and_come_again_unchanged(light: Database) -> None:
    names = [name for name in NAUGHTY if not blank(name)]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    sites = "阵地名称,级别,上级阵地\n县中心,中心,\n" + "\n".join(f"{name},点,县中心" for name in quoted)
    people = "姓名,手机,特长,备注\n" + "\n".join(f"{n},1380000{i:04},{n},{n}" for i, n in enumerate(quoted))
    needs = "登记日期,姓名,村,类别,需求内容,希望时间\n" + "\n".join(f"2026-11-10,{n},{n},{n},{n},{n}" for n in quoted)
    for kind, text in ((ImportKind.SITES, sites), (ImportKind.VOLUNTEERS, people), (ImportKind.NEEDS, needs)):
        first = bring(light, kind, text)
        assert first.refused == 0 and first.stored == first.rows
        again = bring(light, kind, text)
        assert (again.stored, again.unchanged) == (0, first.rows)
    with light.read() as session:
        stored = set(session.scalars(select(Site.name)))
        assert {"{{7*7}}", "${alert(1)}", "=cmd|' /C calc'!A0", "𠜎𠜱𠝹"} <= stored


def test_the_history_tells_what_came_in(light: Database) -> None:
    bring(light, ImportKind.SITES)
    (batch,) = answer(light, history, system_actor(COUNTY))
    assert (batch.kind, batch.file_name, batch.counts["stored"]) == (ImportKind.SITES, "sites.xlsx", 7)
