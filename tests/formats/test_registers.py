"""The small registers of tests/data: exactly these rows are refused, warned of, to be verified."""
# ruff: noqa: E501  (rows of registers stand on one line)

import json
from datetime import date, datetime

import pytest
import shapely
from shapely.geometry import shape

from dashboard.core.errors import Invalid
from dashboard.core.geo import Datum, distance_m
from dashboard.core.intake_times import COUNTY_TIME
from dashboard.core.words import Level, Urgency
from dashboard.formats.files import open_bytes, open_path
from dashboard.formats.geojson import GridRow, parse_grids
from dashboard.formats.needs import NeedRow, parse_needs
from dashboard.formats.parsed import Parsed, Severity
from dashboard.formats.sites import SiteRow, parse_sites
from dashboard.formats.volunteers import VolunteerRow, parse_volunteers
from tests.formats.around import (
    BOUNDARY,
    CATEGORY_KEYS,
    DATA,
    HOURS,
    SKILL_KEYS,
    VILLAGES,
    a_table,
    told,
)

TODAY = date(2026, 11, 28)
R, W, V = Severity.REFUSED, Severity.WARNING, Severity.VERIFY


def sites() -> Parsed[SiteRow]:
    return parse_sites(open_path(DATA / "sites.xlsx").tables, VILLAGES, BOUNDARY)


def grids(file: str = "grids.geojson") -> Parsed[GridRow]:
    return parse_grids(open_path(DATA / file), VILLAGES, BOUNDARY)


def volunteers() -> Parsed[VolunteerRow]:
    return parse_volunteers(open_path(DATA / "volunteers.csv").tables, VILLAGES, HOURS, SKILL_KEYS, TODAY)


def needs(file: str = "needs.xlsx", today: date = TODAY) -> Parsed[NeedRow]:
    return parse_needs(open_path(DATA / file).tables, VILLAGES, BOUNDARY, CATEGORY_KEYS, today)


@pytest.mark.parametrize("read", [sites, grids, volunteers, needs])
def test_the_same_file_gives_the_same_answer(read) -> None:  # type: ignore[no-untyped-def]
    assert read() == read()


def test_a_site_register_tells_exactly_its_problems() -> None:
    parsed = sites()
    assert told(parsed, R) == {11: ["repeated_site"], 12: ["unknown_parent"]}
    assert told(parsed, W) == {
        7: ["swapped_coordinates"],
        8: ["missing_coordinates"],
        9: ["malformed_phone"],
        10: ["same_name_elsewhere"],
    }
    assert [row.number for row in parsed.rows] == list(range(4, 13))
    assert dict(parsed.skipped) == {1: "title", 2: "title", 3: "title", 13: "total"}


def test_sites_know_their_level_place_and_division() -> None:
    rows = {row.number: row.value for row in sites().rows}
    station = rows[5]
    assert station is not None
    assert (station.level, station.town_code, station.village_code) == (Level.STATION, "520326001", "520326001001")
    centre = rows[4]
    assert centre is not None and centre.lon is not None and centre.lat is not None
    # Copied from a phone map: half a kilometre away from where it stands in WGS-84.
    assert 500 < float(distance_m(107.891137, 28.517457, centre.lon, centre.lat)) < 620
    swapped = rows[7]
    assert swapped is not None and swapped.lon is not None and swapped.lon > 107


def test_the_datum_is_proposed_by_the_heading_and_may_be_chosen() -> None:
    assert (sites().datum, sites().datum_reason) == (Datum.GCJ02, "heading")
    chosen = parse_sites(open_path(DATA / "sites.xlsx").tables, VILLAGES, BOUNDARY, datum=Datum.WGS84)
    centre = chosen.rows[0].value
    assert centre is not None and (chosen.datum_reason, centre.lon, centre.lat) == ("chosen", 107.891137, 28.517457)


def test_without_a_word_about_it_the_fit_decides_else_it_is_assumed() -> None:
    heads = ("阵地名称", "级别", "经纬度")
    plain = parse_sites(a_table(heads, ("中心", "中心", "107.89,28.51")), VILLAGES, BOUNDARY)
    assert (plain.datum, plain.datum_reason) == (Datum.GCJ02, "assumed")
    # A point that lies in the county only when it is read as GPS: 100 m inside the border.
    inner = shape(BOUNDARY).buffer(-0.001)
    near = inner.exterior.coords if inner.geom_type == "Polygon" else inner.geoms[0].exterior.coords
    fits = [
        parse_sites(a_table(heads, ("中心", "中心", f"{lon:.6f},{lat:.6f}")), VILLAGES, BOUNDARY).datum_reason
        for lon, lat in near[:: max(1, len(near) // 12)]
    ]
    assert "fit" in fits


def test_a_tree_may_stand_upside_down_and_its_orphans_are_refused_with_their_children() -> None:
    heads = ("阵地名称", "级别", "上级阵地")
    rows = [
        ("甲站", "站", "甲所"),
        ("甲所", "所", "县中心"),
        ("县中心", "中心", ""),
        ("乙站", "站", "乙所"),
        ("乙所", "所", "无此中心"),
    ]
    assert told(parse_sites(a_table(heads, *rows), VILLAGES, None), R) == {5: ["unknown_parent"], 6: ["unknown_parent"]}


def test_parents_already_stored_count_and_two_of_one_name_are_unclear() -> None:
    heads = ("阵地名称", "级别", "上级阵地")
    table = a_table(heads, ("甲点", "点", "甲站"), ("乙点", "点", "乙站"), ("丙点", "点", ""))
    known = {("", "县中心"), ("县中心", "甲站"), ("县中心", "乙站"), ("另一所", "乙站")}
    assert told(parse_sites(table, VILLAGES, None, known), R) == {3: ["several_parents"], 4: ["missing_parent"]}


def test_a_grid_register_tells_exactly_its_problems() -> None:
    parsed = grids()
    assert told(parsed, R) == {
        4: ["self_crossing"],
        5: ["repeated_code"],
        6: ["overlap"],
        8: ["grid_outside_county"],
        9: ["swapped"],
        10: ["unclosed"],
        11: ["missing_code"],
        12: ["no_geometry"],
    }
    assert told(parsed, W) == {}
    good = [row.value for row in parsed.rows if row.value is not None]
    assert [grid.code for grid in good] == ["G1", "G2", "G3", "SLIVER"]
    assert [grid.households for grid in good] == [30, 70, None, None]
    assert good[2].village_code == "520326001001" and good[0].town_code == "520326001"
    assert good[0].area_m2 == pytest.approx(1_085_000, rel=0.01)


def test_what_the_grids_leave_open_is_told() -> None:
    (note,) = grids().notes
    assert note.key == "gaps" and note.values["count"] == 1 and 99 < float(str(note.values["percent"])) < 100
    whole = shapely.geometry.mapping(BOUNDARY)
    collection = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"code": "A"}, "geometry": whole}],
    }
    assert parse_grids(open_bytes(json.dumps(collection).encode()), VILLAGES, BOUNDARY).notes == ()


def test_a_stored_grid_stands_before_the_file_s_and_may_come_again() -> None:
    g2 = next(row.value for row in grids().rows if row.value is not None and row.value.code == "G2")
    stored = {"OLD": shape(g2.geometry)}
    parsed = parse_grids(open_path(DATA / "grids.geojson"), VILLAGES, BOUNDARY, stored)
    assert told(parsed, R)[2] == ["overlap"]
    again = parse_grids(open_path(DATA / "grids.geojson"), VILLAGES, BOUNDARY, {"G2": shape(g2.geometry)})
    assert 2 not in told(again, R)


def test_a_grid_half_over_the_border_is_told_and_grids_in_another_datum_are_moved() -> None:
    west, south, *_ = BOUNDARY.bounds
    point = min(
        (p for part in getattr(BOUNDARY, "geoms", [BOUNDARY]) for p in part.exterior.coords), key=lambda p: p[0]
    )
    ring = [[point[0] - 0.002, point[1] - 0.05], [point[0] + 0.1, point[1] - 0.05], [point[0] + 0.1, point[1] + 0.05]]
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A"},'
    text += f'"geometry":{{"type":"Polygon","coordinates":[{[*ring, ring[0]]}]}}}}]}}'
    opened = open_bytes(text.encode())
    assert told(parse_grids(opened, VILLAGES, BOUNDARY))[1] == ["grid_over_the_border"]
    moved = parse_grids(opened, VILLAGES, BOUNDARY, datum=Datum.GCJ02).rows[0].value
    assert moved is not None
    assert 400 < float(distance_m(*ring[0], *shape(moved.geometry).exterior.coords[0])) < 700


def test_grids_need_features_and_tables_need_a_table() -> None:
    with pytest.raises(Invalid) as refused:
        parse_grids(open_path(DATA / "volunteers.csv"), VILLAGES, BOUNDARY)
    assert refused.value.key == "imports.needs_features"
    with pytest.raises(Invalid) as refused:
        parse_sites(open_path(DATA / "grids.geojson").tables, VILLAGES, BOUNDARY)
    assert refused.value.key == "imports.needs_table"


def test_a_volunteer_register_tells_exactly_its_problems() -> None:
    parsed = volunteers()
    assert parsed.encoding == "gb18030"
    assert told(parsed, R) == {}
    assert {row: sorted(keys) for row, keys in told(parsed, W).items()} == {
        6: ["unknown_skill", "unknown_village"],
        7: ["impossible_date", "missing_phone", "unknown_availability"],
        8: ["impossible_date", "malformed_phone", "unknown_availability"],
        9: ["impossible_date", "shared_phone"],
        13: ["unknown_skill"],
    }


def test_volunteers_keep_their_words_and_gain_values() -> None:
    rows = {row.number: row.value for row in volunteers().rows}
    third, rare, formula = rows[4], rows[10], rows[12]
    assert third is not None and (third.phone, third.free.known) == ("19814447820", True)
    assert rare is not None and (rare.name, rare.raw["备注"]) == ("𬭛㛃", '=HYPERLINK("x","领奖")')
    assert formula is not None and formula.registered_on == date(2023, 3, 15)
    assert all(row is not None and not {"姓名", "手机号码"} & set(row.raw) for row in rows.values())


def test_the_same_person_twice_is_told_or_refused_when_the_rows_disagree() -> None:
    heads = ("姓名", "手机", "特长", "可服务时间")
    same, other = ("张三", "13800000000", "保洁", "随时"), ("张 三", "138-0000-0000", "理发", "随时")
    parsed = parse_volunteers(a_table(heads, same, same, other), VILLAGES, HOURS, SKILL_KEYS, TODAY)
    assert told(parsed) == {3: ["repeated_person"], 4: ["repeated_person_differs"]}


def test_an_id_number_that_became_a_number_refuses_the_row() -> None:
    heads = ("姓名", "手机", "身份证号")
    rows = [
        ("甲", "13800000001", "522126199001011232(!)"),
        ("乙", "13800000002", "5.22126E+17"),
        ("丙", "13800000003", "12"),
    ]
    parsed = parse_volunteers(a_table(heads, *rows), VILLAGES, HOURS, SKILL_KEYS, TODAY)
    assert told(parsed) == {2: ["numeric_id"], 3: ["numeric_id"], 4: ["malformed_id"]}


def test_somebody_without_a_phone_is_known_by_name_and_village() -> None:
    heads = ("姓名", "手机", "所在村")
    parsed = parse_volunteers(
        a_table(heads, ("张三", "", "洪渡社区"), ("张三", "", "杨村社区"), ("张三", "", "洪渡社区")),
        VILLAGES, HOURS, SKILL_KEYS, TODAY,
    )  # fmt: skip
    assert told(parsed)[4] == ["missing_phone", "repeated_person"]


def test_a_register_of_needs_tells_exactly_its_problems() -> None:
    parsed = needs()
    assert told(parsed, R) == {12: ["head_count_below_one"], 13: ["head_count_below_one"], 14: ["no_head_count"]}
    assert told(parsed, V) == {5: ["vague_time"], 7: ["no_place"], 9: ["vague_time"], 11: ["vague_people", "no_time"]}
    assert told(parsed, W) == {8: ["unknown_village"]}
    checks = {row.number: row.value.to_verify for row in parsed.rows if row.value and row.value.to_verify}
    assert checks == {
        5: ("vague_time",),
        7: ("no_place",),
        8: ("unknown_village",),
        9: ("vague_time",),
        11: ("no_time", "no_people"),
    }


def test_needs_have_their_values() -> None:
    rows = {row.number: row.value for row in needs().rows}
    first, two = rows[3], rows[10]
    assert first is not None and two is not None
    assert first.spans[0][0] == datetime(2026, 11, 6, 9, 0, tzinfo=COUNTY_TIME)
    village = VILLAGES.find("乐园村")
    assert village is not None and first.village_code == village.code
    assert (first.urgency, first.category) == (Urgency.URGENT, "mediation")
    assert (two.head_count, two.people_text) == (2, "两人")
    assert two.spans[0][0] == datetime(2026, 11, 7, 8, 0, tzinfo=COUNTY_TIME)


def test_a_missing_year_comes_from_today() -> None:
    def registered(today: date) -> date | None:
        row = needs(today=today).rows[1].value
        return row.registered_on if row else None

    assert registered(date(2026, 11, 23)) == date(2026, 11, 11)
    assert registered(date(2027, 1, 5)) == date(2026, 11, 11)
    assert registered(date(2025, 11, 23)) == date(2025, 11, 11)


def test_equal_rows_are_told_apart_by_their_occurrence() -> None:
    twins = [row.value for row in needs().rows][-2:]
    assert twins[0] is not None and twins[1] is not None
    assert twins[0].digest == twins[1].digest
    assert [twin.occurrence for twin in twins if twin] == [0, 1]


def test_other_wordings_another_order_and_merged_villages_are_read() -> None:
    rows = [row.value for row in needs("needs_merged.xlsx").rows]
    assert [row.place_text for row in rows if row] == ["乐园村", "龙潭村", "龙潭村", "龙潭村"]
    assert [row.head_count for row in rows if row] == [1, 10, 1, 1]


def test_a_need_without_a_column_for_people_wants_one() -> None:
    heads, row = ("登记日期", "类别", "村", "希望时间"), ("2026-11-05", "理发", "洪渡社区", "明天下午")
    parsed = parse_needs(a_table(heads, row), VILLAGES, BOUNDARY, CATEGORY_KEYS, TODAY)
    assert parsed.rows[0].value is not None and parsed.rows[0].value.head_count == 1
    assert parsed.problems == ()


def test_an_impossible_day_is_unknown_and_an_unknown_category_is_asked_about() -> None:
    heads = ("登记日期", "类别", "村", "希望时间")
    rows = [
        ("去年", "理发", "洪渡社区", "11月30日上午"),
        ("2026-11-05", "修飞船", "洪渡社区", "明天下午"),
        ("2026-12-30", "理发", "洪渡社区", "明天上午"),
    ]
    parsed = parse_needs(a_table(heads, *rows), VILLAGES, BOUNDARY, CATEGORY_KEYS, TODAY)
    assert told(parsed) == {2: ["impossible_date"], 3: ["unknown_category"], 4: ["future_date"]}
    assert [row.value.to_verify for row in parsed.rows if row.value] == [(), ("no_category",), ()]
