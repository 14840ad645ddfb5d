"""The ranking of one need as somebody would write it in pandas: the same filters, terms and ties, on warm frames.

Every filter narrows the frame before the next, lists are long frames read once, skills are wide columns: what favours
pandas was chosen.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.core.geo import EARTH_M
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import TERMS, Policy
from dashboard.core.matching.words import NEVER, TOP_LEVEL
from dashboard.core.spans import DAY_MINUTES, LOCAL_MINUTES


@dataclass(frozen=True)
class Frames:
    """People as frames: one row a person; wide levels and last valid days; long spans."""

    people: pd.DataFrame
    level: pd.DataFrame
    valid: pd.DataFrame
    free: pd.DataFrame
    busy: pd.DataFrame
    keep: pd.DataFrame


def frames_of(people: People) -> Frames:
    """The same facts as frames."""
    table = pd.DataFrame.from_records(people.table)
    owner = np.repeat(np.arange(people.count), people.table.skill_to - people.table.skill_from)
    level = np.zeros((people.count, people.skill_count), dtype=np.int8)
    valid = np.full((people.count, people.skill_count), NEVER)
    level[owner, people.skills.skill] = people.skills.level
    valid[owner, people.skills.skill] = people.skills.valid_until
    spans = pd.DataFrame.from_records(people.spans)
    long = {}
    for kind in ("free", "busy", "keep"):
        begin, end = people.table[f"{kind}_from"], people.table[f"{kind}_to"]
        rows = np.concatenate([np.arange(a, b) for a, b in zip(begin, end, strict=True)])
        part = spans.iloc[rows].reset_index(drop=True)
        part.insert(0, "person", np.repeat(np.arange(people.count), end - begin))
        part["day"] = (part["start"] + LOCAL_MINUTES) // DAY_MINUTES
        long[kind] = part
    return Frames(table, pd.DataFrame(level), pd.DataFrame(valid), **long)


def _metres(here: pd.DataFrame, line: np.record) -> pd.Series:
    x, y, z = here["x"] - line.x, here["y"] - line.y, here["z"] - line.z
    chord = np.sqrt(x * x + y * y + z * z)
    h = (chord / (2 * EARTH_M)) ** 2
    return (chord * (1.0 + h * (1.0 / 6.0 + h * 0.075)) + 0.5).fillna(-1).astype("int64")


def _pair_filters(frames: Frames, lines: Lines, line: np.record) -> pd.DataFrame:
    people = frames.people
    found = people[people["active"] & (people["in_scope"] | people["shared"]) & people["known"] & people["lon"].notna()]
    for ask in lines.skills[line.skill_from : line.skill_to]:
        found = found[frames.level.loc[found.index, ask.skill] >= ask.level]
    found = found.assign(metres=_metres(found, line))
    found = found[found["metres"] <= found["max_distance_m"]]
    if line.language_hard and line.languages:
        found = found[(found["languages"] & line.languages) != 0]
    if line.gender_hard and line.gender:
        found = found[found["gender"] == line.gender]
    for kind in ("excluded", "forbidden", "taken"):
        found = found[~found["id"].isin(lines.names[line[f"{kind}_from"] : line[f"{kind}_to"]])]
    return found


def _at_slot(
    frames: Frames, lines: Lines, line: np.record, found: pd.DataFrame, start: int, end: int, policy: Policy
) -> pd.DataFrame:
    last_day = (end - 1 + LOCAL_MINUTES) // DAY_MINUTES
    for ask in lines.skills[line.skill_from : line.skill_to]:
        found = found[frames.valid.loc[found.index, ask.skill] >= last_day]
    free = frames.free[frames.free["person"].isin(found.index)]
    found = found[found.index.isin(free.loc[(free["start"] <= start) & (free["end"] >= end), "person"])]
    keep = frames.keep[frames.keep["person"].isin(found.index)]
    found = found[~found.index.isin(keep.loc[(keep["start"] < end) & (keep["end"] > start), "person"])]
    busy = frames.busy[frames.busy["person"].isin(found.index)]
    metres = _metres(busy, line)
    travel = -(-metres // policy.settings.metres_per_minute)
    travel = travel.where(metres >= 0, policy.settings.unplaced_minutes)
    clash = (busy["end"] + travel > start) & (end + travel > busy["start"])
    day = (start + LOCAL_MINUTES) // DAY_MINUTES
    monday = (day + 3) // 7 * 7 - 3
    day_tasks = busy.loc[busy["day"] == day, "person"].value_counts()
    week_tasks = busy.loc[(busy["day"] >= monday) & (busy["day"] < monday + 7), "person"].value_counts()
    found = found[~found.index.isin(busy.loc[clash, "person"])]
    found = found.assign(
        start=start,
        day_tasks=day_tasks.reindex(found.index, fill_value=0),
        week_tasks=week_tasks.reindex(found.index, fill_value=0),
        slot_day=day,
    )
    return found[(found["day_tasks"] < found["cap_day"]) & (found["week_tasks"] < found["cap_week"])]


def _points(frames: Frames, lines: Lines, line: np.record, found: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    setting = policy.settings
    required = lines.skills.skill[line.skill_from : line.skill_to]
    wished = lines.skills.skill[line.wish_from : line.wish_to]
    level = frames.level.loc[found.index]
    has, had = level[required].sum(axis=1), (level[wished] > 0).sum(axis=1)
    preferred = found["id"].isin(lines.names[line.preferred_from : line.preferred_to])
    rested = (found["slot_day"] - found["last_day"]).clip(0, setting.rested_days) * 100 // setting.rested_days
    kept = found["kept"] * 100 // found["asked"].clip(lower=1)
    return pd.DataFrame(
        {
            "distance": (100 * (setting.far_m - found["metres"]) // setting.far_m).clip(lower=0),
            "skill": has * 100 // (TOP_LEVEL * len(required)) if len(required) else 0,
            "preferred_skill": had * 100 // len(wished) if len(wished) else 0,
            "continuity": preferred * 100,
            "language": ((found["languages"] & line.languages) != 0) * 100,
            "gender": ((found["gender"] == line.gender) & (line.gender != 0)) * 100,
            "week_load": (100 * (setting.full_week - found["week_tasks"]) // setting.full_week).clip(lower=0),
            "load_90": (100 * (setting.full_90 - found["load_90"]) // setting.full_90).clip(lower=0),
            "last_served": rested.where(found["last_day"] != NEVER, 100),
            "reliability": kept.where(found["asked"] >= setting.least_asked, setting.unknown_points),
        },
        index=found.index,
    )


def ranked(frames: Frames, lines: Lines, row: int, policy: Policy, limit: int = 20) -> pd.DataFrame:
    """The best `limit` people of a line in which any one slot will do: id, score, metres, start and the points."""
    line = lines.table[row]
    left = _pair_filters(frames, lines, line)
    parts = []
    for slot in lines.slots[line.slot_from : line.slot_to]:
        fit = _at_slot(frames, lines, line, left, int(slot.start), int(slot.end), policy)
        parts.append(fit)
        left = left.drop(fit.index)
    found = pd.concat(parts) if parts else left.iloc[:0].assign(start=0, week_tasks=0, slot_day=0)
    points = _points(frames, lines, line, found, policy)
    score = points @ pd.Series(policy.weights, index=[term.name for term in TERMS])
    found = found.assign(score=score).sort_values(["score", "metres", "id"], ascending=[False, True, True]).head(limit)
    return found[["id", "score", "metres", "start"]].join(points)
