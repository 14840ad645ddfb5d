"""Sentences of matching from file to file: mistakes in a problem file, what is wrong with a plan, the two commands."""

WORDS: dict[str, tuple[str, str]] = {
    # the two commands
    "match_files.help.problem": (
        "问题文件（JSON）：不用数据库，从文件到文件",
        "problem file (JSON): file to file, no database",
    ),
    "match_files.help.out": ("方案写到这个文件", "the file the plan is written to"),
    "match_files.help.workers": (
        "分到多个进程或机器上求解：local:N 或 tcp://主机:端口",
        "solve on several processes or machines: local:N or tcp://HOST:PORT",
    ),
    "match_files.help.plan": ("要验证的方案文件", "the plan file to be proven"),
    "match_files.help.within": (
        "也接受已证明与最优相差不超过百分之几的方案",
        "also accept a plan whose proven gap is at most so many per cent",
    ),
    "match_files.needs_out": ("--problem 和 --out 要一起用", "--problem and --out go together"),
    "match_files.no_mix": (
        "--scope、--dry-run、--commit 针对数据库，不能和 --problem 一起用；--workers 只用于 --problem",
        "--scope, --dry-run and --commit are about the database and don't go with --problem; --workers goes only with it",
    ),
    "match_files.same_file": ("--out 不能是问题文件本身", "--out can't be the problem file itself"),
    "match_files.cannot_read": ("读不了 {path}：{reason}", "{path} cannot be read: {reason}"),
    "match_files.cannot_write": ("写不了 {path}：{reason}", "{path} cannot be written: {reason}"),
    "match_files.step.read": ("已读入问题", "problem read"),
    "match_files.step.solved": ("已求解", "solved"),
    "match_files.step.written": ("方案已写入", "plan written"),
    "match_files.solved": (
        "需求 {needs} 项、席位 {seats} 个：派出 {filled} 个，空 {empty} 个；总代价 {objective}，下界 {bound}。{verdict}",
        "{needs} needs with {seats} seats: {filled} filled, {empty} empty; cost {objective}, bound {bound}. {verdict}",
    ),
    "match_files.best": ("已证明没有更好的方案。", "Proven: no plan is better."),
    "match_files.within": (
        "与最优的差距不超过 {gap}%（{kinds}），是否最优未证明。",
        "At most {gap} % from the best ({kinds}); whether it is the best is not proven.",
    ),
    "match_files.kind_crew": ("整组到齐", "whole crews"),
    "match_files.kind_windows": ("多个时段任选", "a choice of times"),
    "match_files.kind_chain": ("连续任务的路程", "ways between tasks"),
    "match_files.pin_refused": (
        "固定的一对没有采用：需求 {need} 与志愿者 {volunteer}（{reason}）",
        "A pin is refused: need {need} with volunteer {volunteer} ({reason})",
    ),
    # other processes and machines
    "match_files.no_distributed": (
        "--workers 需要另行安装：pip install -r requirements.txt 之外再装 distributed（见 pyproject.toml 的 workers）",
        "--workers needs an optional install: distributed (the extra “workers” in pyproject.toml)",
    ),
    "match_files.no_scheduler": ("连不上调度器 {address}", "the scheduler {address} cannot be reached"),
    "match_files.no_workers": ("调度器 {address} 上没有工作进程", "the scheduler {address} has no workers"),
    "match_files.workers_lost": (
        "工作进程或调度器中断，求解没有完成；请重试或减少每台机器的进程",
        "Workers or their scheduler were lost, so nothing was solved; try again, or with fewer workers a machine",
    ),
    "match_files.workers_differ": (
        "工作进程上的程序与这里不同：{reason}",
        "The workers run another program than this one: {reason}",
    ),
    "match_files.proven": ("方案成立：代价 {objective}，下界 {bound}。", "Proven: cost {objective}, bound {bound}."),
    "match_files.proven_within": (
        "方案可行，与最优的差距已证明不超过 {gap}%：代价 {objective}，下界 {bound}。",
        "Feasible, and proven to be within {gap} % of the best: cost {objective}, bound {bound}.",
    ),
    "match_files.not_proven": ("方案未被证明，问题 {count} 处：", "Not proven. What is wrong ({count}):"),
    "match_files.more": ("……另有 {count} 处", "... and {count} more"),
    # mistakes in a file
    "match_files.refused": (
        "{path} 有 {count} 处错误，没有采用：",
        "{path} is not taken. Mistakes: {count}",
    ),
    "match_files.mistake": ("{place}：{words}", "{place}: {words}"),
    "match_files.whole_file": ("（整个文件）", "(the file)"),
    "match_files.empty": ("文件是空的", "the file is empty"),
    "match_files.too_big": ("文件超过 {limit} MB", "the file is larger than {limit} MB"),
    "match_files.too_many_values": ("文件里超过 {limit} 个值", "the file holds more than {limit} values"),
    "match_files.other_encoding": ("文件是 {encoding} 编码，须用 UTF-8", "the file is {encoding}; it must be UTF-8"),
    "match_files.not_utf8": (
        "第 {line} 行（第 {byte} 字节）{value} 不是 UTF-8",
        "line {line} (byte {byte}): {value} is not UTF-8",
    ),
    "match_files.not_json": (
        "第 {line} 行第 {column} 列起不是合法的 JSON，附近：{value}",
        "not JSON from line {line}, column {column} on, near {value}",
    ),
    "match_files.too_deep": ("JSON 嵌套太深", "the JSON is nested too deeply"),
    "match_files.no_number": ("{value} 不是数", "{value} is no number"),
    "match_files.huge_number": ("数太大：{value}", "the number is too large: {value}"),
    "match_files.key_twice": ("键 {value} 出现两次", "the key {value} appears twice"),
    "match_files.half_character": (
        "{value} 里有半个字符（孤立的代理项）",
        "{value} holds half a character (a lone surrogate)",
    ),
    "match_files.missing": ("缺少 {name}", "{name} is missing"),
    "match_files.unknown_key": ("没有 {value} 这个键，可用：{allowed}", "there is no key {value}; allowed: {allowed}"),
    "match_files.unknown_key_like": (
        "没有 {value} 这个键，是不是 {close}？可用：{allowed}",
        "there is no key {value}; did you mean {close}? Allowed: {allowed}",
    ),
    "match_files.wrong_type": ("{value} 的类型不对，须是{types}", "{value} is of the wrong type; it must be {types}"),
    "match_files.type_or": ("或", " or "),
    "match_files.type_object": ("对象", "an object"),
    "match_files.type_array": ("列表", "a list"),
    "match_files.type_string": ("文字", "text"),
    "match_files.type_integer": ("整数", "a whole number"),
    "match_files.type_number": ("数", "a number"),
    "match_files.type_boolean": ("true 或 false", "true or false"),
    "match_files.type_null": ("null", "null"),
    "match_files.not_among": ("{value} 不行，须是其中之一：{allowed}", "{value} is not allowed; one of: {allowed}"),
    "match_files.too_small": ("{value} 太小，最小 {least}", "{value} is too small; at least {least}"),
    "match_files.too_large": ("{value} 太大，最大 {most}", "{value} is too large; at most {most}"),
    "match_files.too_few": ("至少要有 {least} 项", "it must have at least {least} entries"),
    "match_files.too_many": ("最多 {most} 项", "it may have at most {most} entries"),
    "match_files.too_short": ("文字不能少于 {least} 个字", "the text must have at least {least} characters"),
    "match_files.too_long": ("文字不能超过 {most} 个字", "the text may have at most {most} characters"),
    "match_files.not_a_time": (
        "{value} 不是带时区的时间，例如 2026-11-30T09:00+08:00",
        "{value} is no time with its offset, such as 2026-11-30T09:00+08:00",
    ),
    "match_files.not_a_date": ("{value} 不是日期，例如 2026-11-30", "{value} is no date, such as 2026-11-30"),
    "match_files.id_twice": ("编号 {value} 已在 {first} 用过", "the id {value} is used already at {first}"),
    "match_files.unknown_id": ("{list} 里没有编号 {value}", "there is no {value} in {list}"),
    "match_files.not_an_arc": (
        "{value} 须是三项的列表：[需求, 志愿者, 代价]",
        "{value} must be a list of three: [need, volunteer, cost]",
    ),
    "match_files.pair_twice": ("{value} 这一对已在 {first} 出现过", "the pair of {value} is there already at {first}"),
    "match_files.no_penalty": (
        "没有 unmet_penalty，整个文件也没有给出共同的 unmet_penalty",
        "no unmet_penalty here, and none for the whole file",
    ),
    "match_files.sum_too_large": (
        "总代价可能达到 {value}，须小于 {most}：请缩小代价或人数",
        "the cost could come to {value} and must stay below {most}: use smaller costs or fewer people",
    ),
    "match_files.ends_first": ("结束 {value} 不晚于开始 {start}", "the end {value} is not after the start {start}"),
    "match_files.kept_more": (
        "kept 是 {value}，不能多于 asked（{asked}）",
        "kept is {value} and can't be more than asked ({asked})",
    ),
    "match_files.no_licence": (
        "技能 {skill} 没有在 skills 里标为 licence，valid_until 没有意义",
        "skill {skill} is not marked as a licence in skills, so valid_until means nothing",
    ),
    "match_files.beside_roles": ("有 roles 时不能再写 {name}", "{name} can't stand beside roles"),
    "match_files.too_many_starts": (
        "可以开始服务的时刻共 {value} 个，最多 {most} 个：请缩短 windows",
        "services could begin at {value} times, at most {most} are allowed: use shorter windows",
    ),
    "match_files.too_many_languages": (
        "语言有 {value} 种，最多 {most} 种",
        "{value} languages; at most {most} are allowed",
    ),
    "match_files.only_keep_free": ("{name} 只用于 keep_free", "{name} is for keep_free only"),
    "match_files.not_keep_free": ("keep_free 是对人的，没有 {name}", "keep_free is about a person and has no {name}"),
    "match_files.no_today": ("有 expires 就要写 today", "with expires the file must say today"),
    "match_files.which_role": ("要写明 role：{roles}", "say which role: {roles}"),
    "match_files.too_much": (
        "人数与分值合起来超出求解器的范围：请减少需求或缩小 weights",
        "seats and points together are beyond the solver's numbers: use fewer needs or smaller weights",
    ),
    # what is wrong with a plan of explicit arcs
    "match_files.flaw_digest": (
        "方案不是为这个问题求的：摘要写 {stated}…，实为 {found}…",
        "the plan is of another problem: its digest says {stated}..., the problem's is {found}...",
    ),
    "match_files.flaw_no_arc": (
        "需求 {need} 与志愿者 {volunteer} 之间没有弧",
        "there is no arc between need {need} and volunteer {volunteer}",
    ),
    "match_files.flaw_positions": ("方案里有不存在的弧", "the plan takes arcs that are not there"),
    "match_files.flaw_cost": (
        "需求 {need} 与志愿者 {volunteer} 的代价写 {stated}，实为 {found}",
        "the cost of need {need} with volunteer {volunteer} says {stated} and is {found}",
    ),
    "match_files.flaw_repeated": ("同一对出现两次", "a pair appears twice"),
    "match_files.flaw_overfilled": (
        "需求 {need} 派了 {count} 人，只要 {room} 人",
        "need {need} has {count} people for {room} seats",
    ),
    "match_files.flaw_overused": (
        "志愿者 {volunteer} 派了 {count} 次，最多 {room} 次",
        "volunteer {volunteer} has {count} tasks and takes {room}",
    ),
    "match_files.flaw_dual": (
        "duals 的 {list} 里这一项不成立：{entry}",
        "no price of this problem in duals, {list}: {entry}",
    ),
    "match_files.flaw_prices": ("影子价格不是合适的整数", "the dual prices are no suitable whole numbers"),
    "match_files.flaw_need_price": (
        "需求 {need} 的影子价格 {price} 高于空席的代价",
        "the price {price} of need {need} is above what an empty seat costs",
    ),
    "match_files.flaw_volunteer_price": (
        "志愿者 {volunteer} 的影子价格 {price} 小于 0",
        "the price {price} of volunteer {volunteer} is below 0",
    ),
    "match_files.flaw_objective": ("总代价写 {stated}，实为 {found}", "the objective says {stated} and is {found}"),
    "match_files.flaw_gap": (
        "没有证明：下界 {bound} 低于代价 {found}",
        "not proven: the bound {bound} is below the cost {found}",
    ),
    "match_files.flaw_stated": ("方案里的 {field} 与实际不符", "what the plan says of {field} is not so"),
    # what is wrong with a plan of people and needs
    "match_files.flaw_unknown_pair": (
        "问题里没有需求 {need} 或志愿者 {volunteer}，或角色不对",
        "the problem has no such need {need}, role or volunteer {volunteer}",
    ),
    "match_files.flaw_pair_said": (
        "需求 {need} 与志愿者 {volunteer} 的时间或代价不可能",
        "need {need} with volunteer {volunteer}: that time or cost is not possible",
    ),
    "match_files.flaw_refused_pin": (
        "固定的一对 {line} 与 {person} 不应以“{reason}”为由拒绝",
        "the pinned pair {line} with {person} is not rightly refused for “{reason}”",
    ),
    "match_files.flaw_rows_ids": ("方案的编号与问题不符", "the plan's ids are not those of the problem"),
    "match_files.flaw_rows_repeated": ("同一对出现两次", "a pair appears twice"),
    "match_files.flaw_rows_pair": (
        "需求 {line} 派给 {person} 违反规则",
        "need {line} with volunteer {person} breaks a rule",
    ),
    "match_files.flaw_rows_score": (
        "需求 {line} 与志愿者 {person} 的时间或代价不符",
        "time or cost of need {line} with volunteer {person} are not right",
    ),
    "match_files.flaw_rows_pin": (
        "固定的一对 {line} 与 {person} 不在方案里",
        "the pinned pair of need {line} and volunteer {person} is missing",
    ),
    "match_files.flaw_rows_forbidden": (
        "禁派的一对 {line} 与 {person} 在方案里",
        "the forbidden pair of need {line} and volunteer {person} is there",
    ),
    "match_files.flaw_rows_overfilled": ("需求 {line} 人数超过席位", "need {line} has more people than seats"),
    "match_files.flaw_rows_overused": (
        "志愿者 {person} 的任务时间冲突、路程来不及或超过上限",
        "volunteer {person} has tasks that clash, leave no time for the way, or exceed their caps",
    ),
    "match_files.flaw_rows_crew": ("需求 {need} 的小组没有到齐", "the crew of need {need} is not complete"),
    "match_files.flaw_rows_times": (
        "需求 {need} 的人不在同一时间到",
        "the people of need {need} don't come at one time",
    ),
    "match_files.flaw_rows_prices": ("影子价格不合法", "the dual prices are not allowed"),
    "match_files.flaw_rows_block": (
        "志愿者 {person} 的时段价格包含了并不互斥的任务",
        "a block price of volunteer {person} is for tasks that don't exclude each other",
    ),
    "match_files.flaw_rows_objective": (
        "总代价写 {stated}，实为 {found}",
        "the objective says {stated} and is {found}",
    ),
    "match_files.flaw_rows_gap": ("下界写 {found}，实为 {bound}", "the bound says {found} and is {bound}"),
    "match_files.flaw_rows_tiers": ("各级数值写 {stated}，实为 {found}", "the tiers say {stated} and are {found}"),
}
