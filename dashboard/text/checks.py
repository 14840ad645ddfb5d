"""What `python -m dashboard check` says: of each check what holds, and how to mend it where it doesn't."""

WORDS: dict[str, tuple[str, str]] = {
    "checks.all_ok": (
        "数据自洽：{count} 项检查全部通过。",
        "The data agree with themselves: all {count} checks passed.",
    ),
    "checks.some": ("{count} 项检查中有 {bad} 项发现问题。", "{bad} of {count} checks found something."),
    "checks.line.ok": ("✓ {what}", "✓ {what}"),
    "checks.line.found": ("✗ {what}：{found} 处不符{names}。{mend}", "✗ {what}: {found} at fault{names}. {mend}"),
    "checks.names": ("（{names}）", " ({names})"),
    "checks.names_more": ("（{names} 等）", " ({names}, ...)"),
    "checks.schema": ("数据库结构是最新版本", "The schema is up to date"),
    "checks.schema.mend": (
        "请运行 python -m dashboard migrate；其余检查须在此之后进行。",
        "Run `python -m dashboard migrate`; the other checks can be asked only then.",
    ),
    "checks.walls": (
        "数据库内的防线（不重派、不超派、记录和会议稿不可改）都在",
        "The walls inside the database stand (nobody sent twice, no need overfilled, history and frozen decks not rewritten)",
    ),
    "checks.walls.mend": (
        "有人删掉或关闭了它们：先处理其余问题，再运行 migrate，防线会重建，数据不动。",
        "Somebody removed them: mend the other faults, then `migrate` builds them anew; no row is touched.",
    ),
    "checks.need_state": ("需求的状态就是其最后一条记录", "The state of each need is the last word of its events"),
    "checks.need_state.mend": (
        "状态被绕过系统改动：以记录为准，把状态改回最后一条记录的状态。",
        "The state was changed past the commands: the events are right, set the state to the last of them.",
    ),
    "checks.need_history": ("需求的记录首尾相接，每一步都合规", "The events of each need form a chain of legal moves"),
    "checks.need_history.mend": (
        "记录只能追加：查审计中该需求的操作，从备份找回缺失的记录。",
        "Events can only be appended: look the need up in the audit and bring the missing ones back from a backup.",
    ),
    "checks.dispatch_state": (
        "派单的状态就是其最后一条记录",
        "The state of each dispatch is the last word of its events",
    ),
    "checks.dispatch_state.mend": (
        "状态被绕过系统改动：以记录为准，把派单的状态改回最后一条记录的状态。",
        "The state was changed past the commands: the events are right, set the dispatch to the last of them.",
    ),
    "checks.dispatch_history": (
        "派单的记录首尾相接，每一步都合规",
        "The events of each dispatch form a chain of legal moves",
    ),
    "checks.dispatch_history.mend": (
        "记录只能追加：查审计中该派单的操作，从备份找回缺失的记录。",
        "Events can only be appended: look the dispatch up in the audit and bring the missing ones back from a backup.",
    ),
    "checks.event_need": ("派单的记录都记在它所属的需求下", "Events of a dispatch stand under the dispatch's own need"),
    "checks.event_need.mend": (
        "记录被绕过系统写入：从备份找回这些需求的记录。",
        "They were written past the commands: bring the events of these needs back from a backup.",
    ),
    "checks.dispatch_role": ("派单的岗位属于同一条需求", "Each dispatch goes to a role of its own need"),
    "checks.dispatch_role.mend": (
        "打开这些需求，撤回派单后重新派。",
        "Open these needs, withdraw the dispatch and send anew.",
    ),
    "checks.two_places": ("没有人同时被派到两处", "Nobody is sent to two places at once"),
    "checks.two_places.mend": (
        "打开这些需求，与志愿者核实后撤回其中一单。",
        "Open these needs, ask the volunteer and withdraw one of the two.",
    ),
    "checks.hand_over": (
        "请人接手的派单与转交请求一一对应",
        "Each offer to take an order over has its request, and each request its offer and its order",
    ),
    "checks.hand_over.mend": (
        "打开这些需求，撤回请人接手的派单，再重新转交。",
        "Open these needs, withdraw the offer to take over, and hand over anew.",
    ),
    "checks.overfilled": ("没有岗位超派", "No role has more people than seats"),
    "checks.overfilled.mend": (
        "打开这些需求，撤回多派的人，或增加人数。",
        "Open these needs and withdraw somebody, or raise the number of people.",
    ),
    "checks.open_incomplete": (
        "待派和服务中的需求都有岗位、时间、地点和类别",
        "Needs that take people have a role, a time, a place and a category",
    ),
    "checks.open_incomplete.mend": (
        "打开这些需求补全；补不全的转回待核实。",
        "Open these needs and complete them; what can't be known goes back to be verified.",
    ),
    "checks.flow": (
        "近 30 天：期初 {opening} + 新来 {come} = 办结 {ended} + 未结 {still}",
        "Last 30 days: alive before {opening} + come {come} = ended {ended} + alive now {still}",
    ),
    "checks.flow.mend": (
        "差额是状态与记录不符的需求：先处理上面关于需求状态和记录的问题。",
        "The difference are needs whose state and events disagree: mend what is said of them above.",
    ),
    "checks.site_path": ("站点路径 = 上级路径 + 本站编号", "The path of each site is its parent's and its own id"),
    "checks.site_path.mend": (
        "权限按路径判断：先核对上级站点，再按上级改正路径，从上往下。",
        "Rights follow the path: make sure of the parent, then set the path from the parent's, top down.",
    ),
    "checks.site_level": ("中心、所、站、点的层级不颠倒", "No site stands under one of a lower level"),
    "checks.site_level.mend": (
        "改正这些站点的层级或上级，再导入站点台账。",
        "Correct level or parent of these sites in the register and import it.",
    ),
    "checks.site_circle": ("站点的上级关系不成环", "No site stands above itself"),
    "checks.site_circle.mend": (
        "其中至少一个站点的上级有误：改正上级与路径。",
        "At least one of them has a wrong parent: correct it, then the paths.",
    ),
    "checks.site_root": ("只有一个最上级站点", "The tree of sites has exactly one root"),
    "checks.site_root.mend": (
        "给多出来的站点填上级；一个都没有时，检查站点是否成环或中心是否已撤销。",
        "Give all but one a parent; where there is none, look for a circle or for a centre that was ended.",
    ),
    "checks.site_sum": (
        "每个站点的待派需求和志愿者数 = 本站 + 各下级之和",
        "Open needs and volunteers of each site are its own and its children's together",
    ),
    "checks.site_sum.mend": (
        "按路径数与按上级数不一致：先处理站点路径的问题。",
        "Counting by path and counting by parent differ: mend the paths first.",
    ),
    "checks.village_town": (
        "站点、网格、需求的村（社区）都属于其乡镇",
        "The village of each site, grid and need lies in its town",
    ),
    "checks.village_town.mend": (
        "村（社区）或乡镇填错，乡镇合计会与各村之和不等：改正后重新导入，需求可直接修改。",
        "One of the two is wrong, and a town not the sum of its villages: correct it and import, or edit the need.",
    ),
    "checks.grid_code": ("同一网格编号同一天只有一个网格", "A grid code means one grid on any day"),
    "checks.grid_code.mend": (
        "给较早的一版填失效日期，不晚于新一版的生效日期。",
        "End the earlier version no later than the newer one begins.",
    ),
    "checks.grid_shape": ("网格边界都是合法的多边形", "The border of each grid is a valid polygon"),
    "checks.grid_shape.mend": (
        "在制图软件中改正后重新导入这些网格。",
        "Correct these grids in a map editor and import them.",
    ),
    "checks.grid_overlap": (
        "同期网格重叠不超过较小者的 1%",
        "Grids of the same days overlap by no more than 1 % of the smaller",
    ),
    "checks.grid_overlap.mend": (
        "在制图软件中分清这些网格的边界后重新导入。",
        "Draw these borders apart in a map editor and import them.",
    ),
    "checks.grid_outside": ("网格都在县界之内", "The grids lie inside the county"),
    "checks.grid_outside.mend": (
        "多半是坐标系选错：选对坐标系后重新导入这些网格。",
        "Mostly a wrong datum: import these grids with the right one.",
    ),
    "checks.point_unlisted": (
        "不在任何网格内的点都在“未落格”清单里",
        "Points outside every grid are on the list of such points",
    ),
    "checks.point_unlisted.mend": (
        "重新导入任意一份台账即会重建清单。",
        "Importing any register, also an unchanged one, makes the list anew.",
    ),
    "checks.point_listed": ("“未落格”清单里没有多余的点", "The list of points outside every grid holds no others"),
    "checks.point_listed.mend": (
        "重新导入任意一份台账即会重建清单。",
        "Importing any register, also an unchanged one, makes the list anew.",
    ),
    "checks.point_grid": (
        "有准确位置的志愿者和需求都归在所在网格",
        "Volunteers and needs belong to the grid their point lies in",
    ),
    "checks.point_grid.mend": (
        "重新导入任意一份台账即会重新落格。",
        "Importing any register, also an unchanged one, places every point anew.",
    ),
    "checks.service_minutes": ("服务分钟数 = 结束 − 开始 − 休息", "Minutes served are end less start less break"),
    "checks.service_minutes.mend": (
        "与志愿者核对起止时间后改正该条服务记录。",
        "Ask the volunteer for the times and correct the record.",
    ),
    "checks.service_overlap": ("同一志愿者的服务时间不重叠", "Nobody's services overlap"),
    "checks.service_overlap.mend": (
        "两条记录中必有一条时间有误：与志愿者核对后改正。",
        "One of the two records has wrong times: ask the volunteer and correct it.",
    ),
    "checks.duty_overlap": ("没有人同一时间有两班小区值班", "Nobody is on two duties at one hour"),
    "checks.duty_overlap.mend": (
        "在“包户与定期”的小区轮值里，把此人从其中一班撤下。",
        "Take the person off one of the two duties on page Rounds.",
    ),
    "checks.service_consent": ("没有同意的志愿者没有时长", "Nobody has hours without having consented"),
    "checks.service_consent.mend": (
        "征得同意并登记，否则删除这些时长。",
        "Ask for consent and note it on the profile, else the hours must go.",
    ),
    "checks.service_dispatch": (
        "服务记录与其派单是同一需求、同一人",
        "Each service is of the need and the person of its dispatch",
    ),
    "checks.service_dispatch.mend": (
        "以派单为准，改正服务记录的需求或志愿者。",
        "The dispatch is right: correct need or volunteer of the record.",
    ),
    "checks.rating_answer": ("有评分或结果的评单都有回答时间", "Each answered rating says when it was given"),
    "checks.rating_answer.mend": (
        "查审计中该评单的时间补上，否则按未回答处理。",
        "Take the time from the audit, else empty the answer: nobody gave it.",
    ),
    "checks.run_plan": (
        "匹配记录里存的方案与其指纹一致",
        "The plan stored with each matching run is the one its digest was taken of",
    ),
    "checks.run_plan.mend": (
        "方案被绕过系统改动：从备份找回这一行；派出的单以派单记录为准。",
        "The plan was changed past the commands: bring the row back from a backup; what was sent stands in the dispatches.",
    ),
    "checks.displacement": (
        "为急单调人的记录与派单一致：原单已撤回，新单和接替各归其需求",
        "Each displacement agrees with its dispatches: the old one withdrawn, the new ones at the needs they say",
    ),
    "checks.displacement.mend": (
        "打开这些需求，核对谁去了哪里；原单若又占了名额，请撤回。",
        "Open these needs and see who went where; a withdrawn dispatch that holds its seat again is to be withdrawn.",
    ),
    "checks.person_digest": (
        "电话、地址、证件号与其摘要和尾号一致",
        "Phones, addresses and ID numbers agree with their digests and tails",
    ),
    "checks.person_digest.mend": (
        "查不到、认不出这些人：若全部不符，是摘要密钥被换，请恢复原密钥；否则重新保存其电话或地址。",
        "Search misses them. Everybody: the digest key was changed, restore it. A few: enter their values anew.",
    ),
    "checks.sign_in_open": (
        "停用的账号没有仍然有效的登录（已过期的不计）",
        "No account that was switched off is still signed in (expired sign-ins don't count)",
    ),
    "checks.sign_in_open.mend": (
        "系统每次都会拒绝它们；把账号启用再停用一次即可结束这些登录。",
        "They are refused at every look; switch the account on and off again to end them.",
    ),
    "checks.audit_batch": (
        "审计中的每个批次都有其导入，反之亦然",
        "Each batch of the audit has its import and each import its audit",
    ),
    "checks.audit_batch.mend": (
        "导入记录或审计被绕过系统删改：从备份核对这些批次。",
        "Somebody removed one of the two: compare these batches with a backup.",
    ),
    "checks.import_counts": (
        "导入行数 = 存入 + 未变 + 退回",
        "Rows of each import are those stored, unchanged and refused",
    ),
    "checks.import_counts.mend": (
        "重新导入同一文件：已存的行不会改变，缺的会补上。",
        "Import the same file again: what is stored stays, what is missing comes.",
    ),
    "checks.revisions": ("有数据的主题都有版本号", "Every subject with rows has a revision"),
    "checks.revisions.mend": (
        "数据被绕过系统写入，页面可能显示旧内容：通过系统做任意一次修改，再重启服务。",
        "Rows came past the commands, so pages may show old ones: change anything of it in the app and restart it.",
    ),
    "checks.other_county": ("没有一个县的数据指向另一个县", "No row of one county points at a row of another"),
    "checks.other_county.mend": (
        "改正这些行的引用，或其县代码。",
        "Correct the reference of these rows, or their county.",
    ),
}
