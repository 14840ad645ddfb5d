"""A chart cell edited: by picking columns, or by a spec that begins as the one those columns make."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard.core.chart_spec import against, parse, pretty, tidy
from dashboard.core.chart_types import Refused
from dashboard.core.frames import Frame
from dashboard.core.notebook import Mark
from dashboard.ui.session import t

#: The last results of queries by their names.
Columns = Mapping[str, Frame]
_PICKED = ("mark", "x", "y", "series")
_WAYS = ("columns", "spec")


def form(
    number: int,
    cell: Mapping[str, str],
    key: str,
    columns: Columns,
    field: Callable[[str], None],
    put: Callable[[dict[str, str]], None],
) -> None:
    """The fields of chart cell `number`; `field` draws one of them, `put` sets some."""
    for name in ("title", "source"):
        field(name)
    source = str(st.session_state.get(f"{key}.source", cell.get("source", "")) or "")
    frame = columns.get(source)
    way = st.radio(
        t("chart_spec.way"),
        _WAYS,
        1 if cell.get("spec") else 0,
        format_func=lambda one: t(f"chart_spec.way.{one}"),
        key=f"{key}.way",
        horizontal=True,
        on_change=_turned,
        args=(cell, key, frame, put),
    )
    if way == "columns":
        for name in _PICKED:
            field(name)
        return
    words = st.text_area(t("notebook.field.spec"), cell.get("spec", ""), key=f"{key}.spec", height=300)
    _say(number, str(st.session_state.get(f"{key}.name", cell["name"])), words, frame)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("chart_spec.format"),
            key=f"{key}.format",
            icon=":material/format_indent_increase:",
            type="tertiary",
            on_click=_formatted,
            args=(f"{key}.spec",),
        )
        listed = {"source": source, "columns": ", ".join(f"`{one}`" for one in frame.columns) if frame else ""}
        st.caption(t("chart_spec.columns" if frame else "chart_spec.no_columns", **listed), width="content")
    with st.expander(t("chart_spec.help"), icon=":material/help:", key=f"{key}.help"):
        st.markdown(t("chart_spec.help_words"))
        for name, spec in _examples(*_likely(frame)).items():
            st.caption(t(f"chart_spec.example.{name}"))
            st.code(pretty(spec), language="json")


def _say(number: int, name: str, words: str, frame: Frame | None) -> None:
    """What is wrong with a spec, before it is saved."""
    if not words.strip():
        st.warning(t("chart_spec.empty"))
        return
    try:
        spec = parse(words)
        if frame is not None:
            against(spec, frame.columns)
    except Refused as error:
        st.error(t(error.key, path=error.place, number=number, name=name, **error.values))


def _turned(cell: Mapping[str, str], key: str, frame: Frame | None, put: Callable[[dict[str, str]], None]) -> None:
    """The other way was chosen (a callback). A spec that is left is there again when one comes back to it."""
    kept = f"{key}.kept"
    if st.session_state[f"{key}.way"] == "columns":
        st.session_state[kept] = st.session_state.get(f"{key}.spec", cell.get("spec", ""))
        put({"spec": ""})
        return
    picked = {name: str(st.session_state.get(f"{key}.{name}", cell.get(name, "")) or "") for name in _PICKED}
    put({"spec": st.session_state.get(kept) or pretty(_of_picked(picked, frame))})


def _formatted(key: str) -> None:
    """A spec in lines; what is no JSON stays as it was typed (a callback)."""
    try:
        st.session_state[key] = tidy(str(st.session_state[key]))
    except Refused:
        # What is wrong is said below the field.
        return


def _of_picked(picked: Mapping[str, str], frame: Frame | None) -> dict[str, Any]:
    """The spec of the columns that were picked; those nobody picked are likely ones."""
    words, number = _likely(frame)
    encoding: dict[str, Any] = {
        "x": {"field": picked["x"] or words, "type": "nominal"},
        "y": {"field": picked["y"] or number, "type": "quantitative"},
    }
    if picked["series"]:
        encoding["color"] = {"field": picked["series"], "type": "nominal"}
    mark = {"type": "line", "point": True} if picked["mark"] == Mark.LINES else "bar"
    return {"mark": mark, "encoding": encoding}


def _likely(frame: Frame | None) -> tuple[str, str]:
    """A column of words and one of numbers."""
    if frame is None or not frame.columns:
        return t("chart_spec.x"), t("chart_spec.y")
    numbers = [
        name
        for at, name in enumerate(frame.columns)
        if any(isinstance(row[at], int | float) for row in frame.rows) and not name.endswith("_id")
    ]
    words = [name for name in frame.columns if name not in numbers and not name.endswith("_id")]
    return (words or list(frame.columns))[0], (numbers or list(frame.columns))[-1]


def _examples(words: str, number: str) -> dict[str, dict[str, Any]]:
    return {
        "bars": {
            "layer": [
                {"mark": "bar"},
                {"mark": {"type": "text", "align": "left", "dx": 4}, "encoding": {"text": {"field": number}}},
            ],
            "encoding": {"y": {"field": words, "sort": "-x"}, "x": {"field": number, "type": "quantitative"}},
        },
        "lines": {
            "layer": [
                {
                    "mark": {"type": "line", "point": True},
                    "encoding": {"x": {"field": words}, "y": {"field": number, "type": "quantitative"}},
                },
                {"mark": {"type": "rule", "color": "#a3262a", "strokeDash": [4, 4]}, "encoding": {"y": {"datum": 10}}},
            ]
        },
    }
