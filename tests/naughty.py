"""Hostile and odd words in every name of a county: `infect(path)`.

`tests/data/naughty.txt` holds one JSON string a line: template and script marks, Markdown, addresses of other machines,
control and direction characters, formulas, SQL. They do no harm: what runs sets `window.naughty`, opens a dialog, asks
evil.example, or shows the product of 1234 and 4321.
"""

import json
import sqlite3
from pathlib import Path

LIST = Path(__file__).parent / "data" / "naughty.txt"
#: 1234 * 4321: on a page only if a template was run.
PRODUCT = str(1234 * 4321)
#: Every second row gets this many strings in a row, so that few rows hold them all.
TOGETHER = 12
COLUMNS = {
    "sites": ("name", "address", "opening"),
    "grids": ("name",),
    "divisions": ("name",),
    "persons": ("name", "address", "address_tail"),
    "volunteers": ("skills_raw", "availability_raw"),
    "teams": ("name",),
    "skills": ("name", "name_en"),
    "categories": ("name", "name_en"),
    "catalogue_items": ("name",),
    "activities": ("name",),
    "grid_contacts": ("duty",),
    "needs": ("title", "detail", "place_text", "time_text", "people_text"),
    "need_roles": ("name",),
    "ratings": ("comment",),
    "accounts": ("display_name",),
}


def strings() -> list[str]:
    return [json.loads(line) for line in LIST.read_text(encoding="utf-8").splitlines()]


def infect(path: Path) -> None:
    """Put the strings into every name, address, title and note of the SQLite file; and into the audit's reasons."""
    words = strings()
    with sqlite3.connect(path) as connection:
        for table, columns in COLUMNS.items():
            known = {row[1] for row in connection.execute(f"pragma table_info({table})")}
            ids = [row[0] for row in connection.execute(f"select id from {table} order by id")]
            for column in (column for column in columns if column in known):
                rows = [(_name(words, rank), row_id) for rank, row_id in enumerate(ids)]
                connection.executemany(f"update {table} set {column} = ? where id = ?", rows)
        connection.executemany(
            "insert into audit(county, at, actor_id, role, action, command, subject, subject_id, reason, before, after)"
            " select value ->> 'code', datetime('now'), 0, ?1, ?1, ?1, ?1, 1, ?1, ?2, ?3 from settings"
            " where key = 'county'",
            [(word[:200], json.dumps({word: word}), json.dumps({word: f"{word}!"})) for word in words],
        )
    connection.close()


def _name(words: list[str], rank: int) -> str:
    if rank % 2:
        return words[rank // 2 % len(words)]
    begin = rank // 2 * TOGETHER
    return " ".join(words[(begin + step) % len(words)] for step in range(TOGETHER))
