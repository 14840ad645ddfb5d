"""Sentences of the write path."""

WORDS: dict[str, tuple[str, str]] = {
    "commands.changed_meanwhile": (
        "您打开之后，别人已经改过这{kind_key}（{name}）。请刷新后再改。",
        "Somebody changed {kind_key} {name} after you opened it. Reload and try again.",
    ),
    "commands.changed_meanwhile_unnamed": (
        "您打开之后，别人已经改过这{kind_key}。请刷新后再改。",
        "Somebody changed {kind_key} after you opened it. Reload and try again.",
    ),
    "commands.kind.accounts": ("个账号", "the account"),
    "commands.kind.catalogue_items": ("项菜单", "the item of the menu"),
    "commands.kind.categories": ("个类别", "the category"),
    "commands.kind.contracts": ("项包户", "the household contract"),
    "commands.kind.dispatches": ("张派单", "the dispatch"),
    "commands.kind.duties": ("个班次", "the duty"),
    "commands.kind.freezes": ("份会议稿", "the deck"),
    "commands.kind.grid_contacts": ("张网格联系卡", "the contact card"),
    "commands.kind.grids": ("个网格", "the grid"),
    "commands.kind.match_runs": ("份派单方案", "the plan"),
    "commands.kind.meal_drops": ("个送餐点", "the stop"),
    "commands.kind.meal_rounds": ("条送餐路线", "the meal round"),
    "commands.kind.messages": ("条消息", "the message"),
    "commands.kind.needs": ("条需求", "the need"),
    "commands.kind.notebooks": ("个笔记本", "the notebook"),
    "commands.kind.rotas": ("份小区轮值", "the rota"),
    "commands.kind.rule_sets": ("份规则", "the rules"),
    "commands.kind.saved_mappings": ("份列对应", "the column mapping"),
    "commands.kind.series": ("项定期服务", "the series of visits"),
    "commands.kind.services": ("条时长", "the hours"),
    "commands.kind.sites": ("个站点", "the site"),
    "commands.kind.teams": ("支服务队", "the team"),
    "commands.kind.volunteers": ("位志愿者的资料", "the volunteer's record"),
    "commands.kind.word_rules": ("条用词规则", "the word rule"),
    "commands.volunteer_taken": (
        "这位志愿者在该时段刚刚被派出，未派单。请选其他人。",
        "This volunteer has just been sent elsewhere for that time. Nothing was dispatched; choose somebody else.",
    ),
    "commands.need_full": (
        "这条需求的人数刚刚已派满，未派单。",
        "This need has just been filled. Nothing was dispatched.",
    ),
    "commands.key_of_another": (
        "这次提交与另一项操作的编号相同（{key}），未执行。请刷新页面后重试。",
        "This submission carries the number of another deed ({key}). Nothing was done; reload the page and try again.",
    ),
}
