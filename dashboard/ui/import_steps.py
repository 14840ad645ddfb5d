"""The steps of an import: choose a register, say what its columns are, look at what it would do, store it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.geo import Datum
from dashboard.core.permissions import Actor
from dashboard.core.words import ImportKind, Subject
from dashboard.services import import_words, imports
from dashboard.services.commands import revisions
from dashboard.services.imports import Choices, Prepared, Register
from dashboard.ui import show
from dashboard.ui.act import act, act_key, notify
from dashboard.ui.ask import ask
from dashboard.ui.session import actor, database, language, sentence, t

#: Rows of the preview, and of the list of problems, that go to the browser.
PREVIEW_ROWS = 100
PROBLEM_ROWS = 500
#: Registers kept open while somebody works on them: reading one again takes seconds.
KEPT = 4


def all_steps() -> None:
    """One below the other, as far as they can be gone: on page Imports and in an action cell of a notebook."""
    register = choose_file(choose_kind())
    if register is None:
        return
    wanted = choices(register)
    prepared = prepare(register, wanted)
    if prepared is None:
        return
    mapping = choose_columns(register, prepared)
    if mapping is not None:
        wanted = replace(wanted, mapping=mapping)
        prepared = prepare(register, wanted)
        if prepared is None:
            return
    counts(prepared)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        commit(register, prepared, wanted)
        refused(register, prepared)
    problems(prepared)
    preview(prepared)


def choose_kind() -> ImportKind:
    """Which register."""
    names = {kind: t(f"words.import_kind.{kind}") for kind in ImportKind}
    chosen = st.segmented_control(
        t("imports.page.kind"),
        list(ImportKind),
        default=ImportKind.SITES,
        required=True,
        format_func=names.__getitem__,
        key="imports.kind",
    )
    return ImportKind(chosen)


def choose_file(kind: ImportKind) -> Register | None:
    """The uploaded file, opened; a refusal in words ends here."""
    types = ["geojson", "json"] if kind is ImportKind.GRIDS else ["xlsx", "xls", "csv", "txt"]
    upload = st.file_uploader(t("imports.page.file"), type=types, key=f"imports.file.{kind}", max_upload_size=50)
    if upload is None:
        return None
    try:
        return _opened(kind, upload.getvalue(), upload.name)
    except DashboardError as error:
        st.error(sentence(error), icon=":material/block:")
        return None


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _opened(kind: ImportKind, data: bytes, name: str) -> Register:
    return imports.open_register(kind, data, name)


def choices(register: Register) -> Choices:
    """Datum and today; columns come with `choose_columns`."""
    first, second = st.columns(2)
    options: list[Datum | None] = [None, *Datum]
    names = {None: t("imports.page.guessed")} | {datum: t(f"imports.datum.{datum}") for datum in Datum}
    datum: Datum | None = None
    if register.kind is not ImportKind.VOLUNTEERS:
        datum = second.selectbox(
            t("imports.page.datum"), options, format_func=names.__getitem__, key=f"imports.datum.{register.kind}"
        )
    today = first.date_input(t("imports.page.today"), _today(), format="YYYY-MM-DD", key="imports.today")
    return Choices(today if isinstance(today, date) else _today(), None, datum)


def _today() -> date:
    return datetime.now(UTC).astimezone(show.COUNTY_TIME).date()


def prepare(register: Register, wanted: Choices) -> Prepared | None:
    """The register held against the database, or the refusal in words."""
    who = actor()
    with database().read() as session:
        seen = revisions(session, who.county, tuple(Subject))
    mapping = tuple(sorted((wanted.mapping or {}).items())) if wanted.mapping is not None else None
    asked = (register.kind, register.digest, mapping, wanted.datum, wanted.today, who.county, str(database().url))
    try:
        return _prepared((*asked, *seen), register, wanted, who)
    except DashboardError as error:
        st.error(sentence(error), icon=":material/block:")
        return None


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _prepared(asked: tuple[Any, ...], _register: Register, _wanted: Choices, _who: Actor) -> Prepared:
    """Kept under what it depends on: the file, the choices, and every revision of the county."""
    return imports.prepare(database(), _who, _register, _wanted, datetime.now(UTC))


def choose_columns(register: Register, prepared: Prepared) -> dict[str, str] | None:
    """What each column is: as guessed, as kept under a name, or as corrected here. None: as guessed."""
    guessed = t("imports.page.guessed")
    kept = ask(import_words.saved_mappings, kind=register.kind)
    file = register.digest[:8]
    with st.expander(t("imports.page.mapping"), icon=":material/view_column:"):
        name = st.selectbox(
            t("imports.page.saved_mapping"), [guessed, *kept], key=f"imports.mapping.{register.kind}.{file}"
        )
        start = kept.get(name, dict(prepared.parsed.mapping))
        fields = ["", *imports.FIELDS[register.kind]]
        names = {field: t(f"imports.field.{field}") for field in fields if field} | {"": t("imports.page.not_used")}
        chosen = {}
        places = st.columns(4)
        for place, heading in enumerate(prepared.parsed.headings):
            before = start.get(heading, "")
            chosen[heading] = places[place % 4].selectbox(
                heading,
                fields,
                index=fields.index(before) if before in fields else 0,
                format_func=names.__getitem__,
                key=f"imports.column.{file}.{name}.{place}",
            )
        _keep_mapping(register.kind, chosen)
    used = {heading: field for heading, field in chosen.items() if field}
    return None if used == dict(prepared.parsed.mapping) else used


def _keep_mapping(kind: ImportKind, chosen: Mapping[str, str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(t("imports.page.mapping_name"), key=f"imports.mapping_name.{kind}", max_chars=60)
        st.button(
            t("imports.page.save_mapping"),
            key=f"imports.save_mapping.{kind}",
            icon=":material/save:",
            disabled=not name.strip(),
            on_click=act,
            args=(import_words.save_mapping,),
            kwargs={
                "key": act_key(f"imports.save_mapping.{kind}"),
                "done": "imports.page.mapping_saved",
                "kind": kind,
                "name": name,
                "mapping": dict(chosen),
            },
        )


def counts(prepared: Prepared) -> None:
    """The numbers of the preflight, the datum used, what was left out."""
    report = prepared.report
    names = ("rows", "stored", "unchanged", "refused", "linked", "warnings", "to_verify")
    for place, name in zip(st.columns(len(names)), names, strict=True):
        place.metric(t(f"imports.page.{name}"), show.number(language(), getattr(report, name)), border=True)
    parsed = report.parsed
    if parsed.datum:
        datum, reason = t(f"imports.datum.{parsed.datum}"), t(f"imports.datum.{parsed.datum_reason}")
        st.caption(t("imports.datum.used", datum=datum, reason=reason))
    for note in parsed.notes:
        st.warning(t(f"imports.note.{note.key}", **note.values), icon=":material/pin_drop:")
    if parsed.skipped:
        st.caption(t("imports.page.skipped", count=len(parsed.skipped)))


def problems(prepared: Prepared) -> None:
    """Classes of problems with their counts, then each problem with row, column, value and remedy."""
    report = prepared.report
    st.subheader(t("imports.page.problems"), anchor=False)
    if not report.problems:
        st.success(t("imports.page.no_problems"), icon=":material/check_circle:")
        return
    classes = [
        {
            "severity": t(f"imports.severity.{severity}"),
            "message": t(key, **dict.fromkeys(("other", "parent", "words", "percent", "value"), "…")),
            "count": count,
        }
        for (severity, key), count in report.classes.items()
    ]
    table(classes, "imports.classes")
    told = sorted(report.problems, key=lambda problem: (problem.severity != "refused", problem.row))
    lines = [
        {
            "severity": t(f"imports.severity.{problem.severity}"),
            "row": problem.row,
            "column": problem.column,
            "value": problem.value,
            "message": t(problem.key, **problem.values),
            "fix": t(problem.fix, **problem.values),
        }
        for problem in told[:PROBLEM_ROWS]
    ]
    table(lines, "imports.problems")


def preview(prepared: Prepared) -> None:
    """The first rows as they will be stored."""
    st.subheader(t("imports.page.preview"), anchor=False)
    rows = [row for row in prepared.parsed.rows if row.value is not None][:PREVIEW_ROWS]
    shown = [{t("imports.page.row"): row.number} | _stored(row.value) for row in rows]
    if shown:
        st.dataframe(pd.DataFrame(shown), hide_index=True, key="imports.preview")


def _stored(value: Any) -> dict[str, str]:
    """A row's values in words, without those that only the machine needs."""
    hidden = ("raw", "geometry", "digest", "occurrence", "name_key", "free", "spans")
    plain = {name: part for name, part in vars(value).items() if name not in hidden}
    if plain.get("told", "") is None:
        # Only a visit sheet has something to say here.
        del plain["told"]
    if "spans" in vars(value):
        plain["spans"] = " / ".join(show.span(language(), start, end) for start, end in value.spans)
    if "free" in vars(value):
        plain["free"] = spans_words(value.free.spans)
    return {t(f"imports.value.{name}"): _word(part) for name, part in plain.items()}


def spans_words(spans: Sequence[tuple[int, int, int]]) -> str:
    """Weekly hours in the reader's words; days of the same hours stand together."""
    days: dict[tuple[int, int], list[str]] = {}
    for day, start, end in spans:
        days.setdefault((start, end), []).append(show.weekday(language(), day))
    return " / ".join(
        f"{' '.join(names)} {show.minute_of_day(start)}–{show.minute_of_day(end)}"
        for (start, end), names in days.items()
    )


def _word(part: object) -> str:
    if part is None:
        return ""
    return ", ".join(str(item) for item in part) if isinstance(part, tuple) else str(part)


def table(rows: Sequence[Mapping[str, object]], key: str) -> None:
    """Plain rows under their translated headings."""
    frame = pd.DataFrame(list(rows))
    config = {column: t(f"imports.page.{column}") for column in frame.columns}
    st.dataframe(frame, hide_index=True, key=key, column_config=config)


def commit(register: Register, prepared: Prepared, wanted: Choices) -> None:
    """The button that stores, and the question asked again when much would change."""
    report = prepared.report
    confirmed = True
    if report.asks_again:
        st.warning(t("imports.page.many", changed=report.changed, existing=report.existing), icon=":material/warning:")
        confirmed = st.checkbox(t("imports.page.confirm"), key=f"imports.confirm.{register.digest[:8]}")
    st.button(
        t("imports.page.import", count=report.stored),
        key="imports.store",
        type="primary",
        icon=":material/upload:",
        disabled=not confirmed or not report.stored,
        on_click=_store,
        args=(prepared, wanted, confirmed),
    )


def _store(prepared: Prepared, wanted: Choices, confirmed: bool) -> None:
    try:
        report = imports.store(database(), actor(), prepared, wanted, now=datetime.now(UTC), confirmed=confirmed)
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return
    notify("success", "imports.done", **report.counts)


def refused(register: Register, prepared: Prepared) -> None:
    """The refused rows to take home: a workbook, or GeoJSON for grids."""
    report = prepared.report
    if not report.refused:
        return
    headings = (t("imports.column.row"), t("imports.column.reason"), t("imports.column.fix"))

    def say(key: str, values: Mapping[str, object]) -> str:
        return t(key, **values)

    data = imports.refused_file(register, report, say, headings)
    suffix = "geojson" if register.kind is ImportKind.GRIDS else "xlsx"
    st.download_button(
        t("imports.page.download_refused"),
        data,
        file_name=f"{register.kind}-refused.{suffix}",
        key="imports.refused",
        icon=":material/download:",
        on_click="ignore",
    )
