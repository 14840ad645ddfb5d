"""Words of the map that plays: a figure by month and town."""

WORDS: dict[str, tuple[str, str]] = {
    "lapse.figure.needs_open": ("月底待服务的需求", "Needs open at the month's end"),
    "lapse.figure.needs_registered": ("当月登记的需求", "Needs registered in the month"),
    "lapse.figure.needs_closed": ("当月办结的需求", "Needs closed in the month"),
    "lapse.figure.services": ("当月的服务", "Services in the month"),
    "lapse.unit.needs_open": ("件", "needs"),
    "lapse.unit.needs_registered": ("件", "needs"),
    "lapse.unit.needs_closed": ("件", "needs"),
    "lapse.unit.services": ("人次", "services"),
    "lapse.known.then": ("当时所知", "As known then"),
    "lapse.known.now": ("现在所知", "As known now"),
    "lapse.note.needs_open": ("月底待服务的需求。", "Needs that waited for people at the end of the month."),
    "lapse.note.needs_registered": ("当月登记的需求，草稿不计。", "Needs registered in the month, drafts left out."),
    "lapse.note.needs_closed": ("当月办结的需求。", "Needs closed in the month."),
    "lapse.note.services": (
        "当月开始的服务，一人一次计一次。",
        "Services that began in the month, one a person and time.",
    ),
    "lapse.note.then": ("只用当月底前已经记录的。", "Only what was recorded by the end of the month."),
    "lapse.note.now": ("含后来补记、但发生在当月底前的。", "What was recorded later of that time is included."),
    "lapse.note.places": ("所在乡镇按现在登记的。", "Towns are those on record now."),
    "lapse.small": ("* 小于 {most} 或可推出，不显示", "* below {most} or deducible: not shown"),
    "lapse.total": ("全县 {count} {unit}", "County: {count} {unit}"),
    "lapse.total_of_part": ("本辖区 {count} {unit}", "This area: {count} {unit}"),
    "lapse.so_far": ("截至 {day}", "up to {day}"),
    "lapse.nowhere": ("不在任何乡镇", "In no town"),
    "lapse.town": ("乡镇", "Town"),
    "lapse.month": ("月份", "Month"),
    "lapse.alt": (
        "{title}，按乡镇分月的地图。{totals}。{month}：{last}。",
        "{title}, a map by town and month. {totals}. {month}: {last}.",
    ),
    "lapse.pictures": ("各月图片", "Pictures"),
    "lapse.table": ("各月数字", "The numbers of all months"),
    "lapse.no_towns": ("还没有乡镇，画不出分月地图。", "There are no towns yet, so there is no map by month."),
    "lapse.no_outlines": (
        "乡镇没有边界，画不出地图；数字见表。",
        "The towns have no outlines, so no map can be drawn; the table has the numbers.",
    ),
    "lapse.bad_figure": (
        "单元 {name}（第 {number} 个）：没有“{figure}”这个可以分月放映的指标。",
        "Cell {name} (number {number}): there is no figure “{figure}” to be played by month.",
    ),
    "lapse.bad_months": (
        "单元 {name}（第 {number} 个）：月数要在 {fewest} 到 {most} 之间。",
        "Cell {name} (number {number}): there can be {fewest} to {most} months.",
    ),
    "lapse.bad_until": (
        "单元 {name}（第 {number} 个）：截至日写作 2026-11-05 或 ago:30（30 天前），空着就是今天。",
        "Cell {name} (number {number}): its last day is written 2026-11-05 or ago:30, or left empty for today.",
    ),
    "lapse.bad_known": (
        "单元 {name}（第 {number} 个）：只有当时所知（then）和现在所知（now）。",
        "Cell {name} (number {number}): it is as known then or now.",
    ),
}
