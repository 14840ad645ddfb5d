"""Sentences of the limits on open tasks."""

WORDS: dict[str, tuple[str, str]] = {
    "claims.person_full": (
        "{volunteer} 手上已有 {open} 单未完成，达到每人上限 {most} 单，不能再派。",
        "{volunteer} has {open} open tasks and the limit is {most} a person; no more can be dispatched.",
    ),
    "claims.team_full": (
        "{volunteer} 所在的{team}共有 {open} 单未完成，达到每队上限 {most} 单，不能再派。",
        "{team}, the team of {volunteer}, has {open} open tasks and the limit is {most} a team; no more can be "
        "dispatched.",
    ),
    "claims.person_no": (
        "手上已有 {open} 单未完成，达到每人上限 {most} 单",
        "Has {open} open tasks; the limit is {most} a person",
    ),
    "claims.person_change": ("完成或撤回一单，或由管理员提高上限", "Finish or withdraw one, or have the limit raised"),
    "claims.team_no": (
        "所在的{team}共有 {open} 单未完成，达到每队上限 {most} 单",
        "{team} has {open} open tasks; the limit is {most} a team",
    ),
    "claims.team_change": (
        "这支队伍完成或撤回一单，或由管理员提高上限",
        "That team finishes or withdraws one, or the limit is raised",
    ),
    "claims.line": ("未完成 {open} 单（上限 {most}）", "{open} open tasks (limit {most})"),
    "claims.line_no_limit": ("未完成 {open} 单", "{open} open tasks"),
    "claims.team_line": ("{team} 未完成 {open} 单（上限 {most}）", "{team}: {open} open tasks (limit {most})"),
}
