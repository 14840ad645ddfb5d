"""The refused rows of a register: as they were, with the reason beside each, ready to mend and import again."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from dashboard.formats.files import Opened
from dashboard.formats.parsed import Parsed, Problem, Severity
from dashboard.formats.workbooks import Listing, to_xlsx

Say = Callable[[str, Mapping[str, object]], str]


def refused_workbook(
    parsed: Parsed[Any], problems: tuple[Problem, ...], say: Say, headings: tuple[str, str, str]
) -> bytes | None:
    """The workbook, or None when no row is refused. `headings`: row number, reason, how to mend it."""
    reasons: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.severity is Severity.REFUSED:
            reasons.setdefault(problem.row, []).append(problem)
    rows = []
    for row in parsed.rows:
        if row.number not in reasons:
            continue
        found = reasons[row.number]
        why = "；".join(f"{problem.column}: {say(problem.key, problem.values)}" for problem in found)
        mend = "；".join(dict.fromkeys(say(problem.fix, problem.values) for problem in found))
        rows.append([*(row.raw.get(heading, "") for heading in parsed.headings), row.number, why, mend])
    if not rows:
        return None
    return to_xlsx(Listing((), (*parsed.headings, *headings), rows))


def refused_features(
    opened: Opened, problems: tuple[Problem, ...], say: Say, headings: tuple[str, str, str]
) -> bytes | None:
    """The refused features as GeoJSON, with number, reason and advice among their properties; None without any."""
    reasons = {problem.row: problem for problem in reversed(problems) if problem.severity is Severity.REFUSED}
    features = []
    for feature in opened.features:
        problem = reasons.get(feature.number)
        if problem is None:
            continue
        said = (feature.number, say(problem.key, problem.values), say(problem.fix, problem.values))
        geometry = None if feature.polygons is None else {"type": "MultiPolygon", "coordinates": feature.polygons}
        properties = dict(feature.properties) | dict(zip(headings, said, strict=True))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    if not features:
        return None
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
