"""The map that folium composes: constant, without anybody's words, and wholly from our own files."""

import hashlib
import re
from typing import Any

import pytest
import streamlit_folium

from dashboard.draw.maps import STATIC, STATIC_URL, CountyLayers, county_map, static_url

VENDOR = STATIC / "vendor"


def sent(monkeypatch: pytest.MonkeyPatch, name: str) -> dict[str, Any]:
    """What streamlit-folium would send to the browser for a map."""
    caught: dict[str, Any] = {}
    monkeypatch.setattr(streamlit_folium, "_component_func", lambda **words: caught.update(words))
    streamlit_folium.st_folium(county_map(name), key=name, returned_objects=[], use_container_width=True)
    return {key: value for key, value in caught.items() if key != "on_change"}


def test_the_map_is_the_same_byte_for_byte_in_every_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sent(monkeypatch, "map.county") == sent(monkeypatch, "map.county")


def test_two_maps_of_a_page_take_their_messages_from_different_desks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'civicMap.start(map_div, "match.plan")' in sent(monkeypatch, "match.plan")["script"]
    assert sent(monkeypatch, "match.plan")["key"] != sent(monkeypatch, "map.county")["key"]


def test_every_script_and_style_is_ours_and_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    words = sent(monkeypatch, "map.county")
    links = [*words["js_links"], *words["css_links"]]
    assert len(links) == 7
    for link in links:
        path, _, digest = link.removeprefix(STATIC_URL).partition("?v=")
        assert link.startswith(STATIC_URL)
        assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest().startswith(digest)
    assert "//" not in words["script"] + words["header"] + words["html"]


def test_the_page_folium_would_write_names_no_other_machine() -> None:
    assert [] == re.findall(r"(?:https?:)?//[a-z]", county_map("map.county").get_root().render())


def test_a_changed_file_gets_another_address() -> None:
    assert re.fullmatch(r"/app/static/map\.js\?v=[0-9a-f]{12}", static_url("map.js"))
    assert static_url("map.js") != static_url("map.css").replace(".css", ".js")


@pytest.mark.parametrize("name", ["Map", "map county", "map'", "{{1}}", "", "map..x", "地图"])
def test_only_plain_names_written_by_us_name_a_map(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        CountyLayers(name)


def test_the_shipped_scripts_are_those_of_the_packages() -> None:
    told = re.findall(r"^([0-9a-f]{64})  (\S+)$", (VENDOR / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {path for _, path in told} == {
        str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.suffix in (".js", ".css")
    }
    for digest, path in told:
        assert digest == hashlib.sha256((VENDOR / path).read_bytes()).hexdigest(), path
        assert (VENDOR / path).parent.joinpath("LICENSE").is_file()


@pytest.mark.parametrize("path", sorted(STATIC.glob("map*.js")), ids=lambda path: path.name)
def test_our_scripts_never_read_words_as_markup(path: Any) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", source)
