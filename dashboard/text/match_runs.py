"""Sentences of the record of matching runs."""

WORDS: dict[str, tuple[str, str]] = {
    "match_runs.no_such": (
        "没有这次匹配或这个方案，或不在您负责的范围内。",
        "There is no such run or draft, or it lies outside your part.",
    ),
    "match_runs.inputs_gone": (
        "这次匹配已超过 30 天且没有派出，求解数据已清除，不能重放或修改。请重新求解。",
        "This run is older than 30 days and nothing of it was sent, so what it solved was let go: it can't be replayed "
        "or changed. Solve again.",
    ),
    "match_runs.other_format": (
        "这次匹配是旧版本程序记录的，不能在这里重放或修改。请重新求解。",
        "This run was recorded by another version of the program and can't be replayed or changed here. Solve again.",
    ),
    "match_runs.no_plan_stored": (
        "这个方案没有派出，没有存下可比对的结果。",
        "This draft was not sent, so no plan of it is stored to compare with.",
    ),
}
