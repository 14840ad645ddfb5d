"""Sentences of rights."""

WORDS: dict[str, tuple[str, str]] = {
    "permissions.page": (
        "您的角色（{role}）不能打开这一页。",
        "Your role ({role}) may not open this page.",
    ),
    "permissions.role": (
        "您的角色不能做这件事。",
        "Your role may not do this.",
    ),
    "permissions.scope": (
        "这里不在您负责的范围内。",
        "This place lies outside your part of the county.",
    ),
    "permissions.action.see_map": ("看地图", "See the map"),
    "permissions.action.see_needs": ("看需求", "See needs"),
    "permissions.action.edit_need": ("登记和修改需求", "Enter and change needs"),
    "permissions.action.see_match": ("看匹配", "See matching"),
    "permissions.action.dispatch": ("派单", "Dispatch"),
    "permissions.action.undo": ("撤销上一步", "Undo one's own last step"),
    "permissions.action.undo_any": ("撤销别人的上一步", "Undo anybody's last step"),
    "permissions.action.record_service": ("登记服务", "Record services"),
    "permissions.action.see_teams": ("看服务队", "See teams"),
    "permissions.action.see_volunteers": ("看志愿者", "See volunteers"),
    "permissions.action.edit_volunteer": ("修改志愿者", "Change volunteers"),
    "permissions.action.edit_team": ("修改服务队", "Change teams"),
    "permissions.action.reveal": ("查看个人信息", "Look at personal data"),
    "permissions.action.call_contact": ("拨打联系人", "Call contacts"),
    "permissions.action.import": ("导入", "Import"),
    "permissions.action.export": ("导出", "Export"),
    "permissions.action.manage_accounts": ("管理账号", "Manage accounts"),
    "permissions.action.see_audit": ("看审计", "Read the audit"),
    "permissions.action.set_targets": ("定目标", "Set targets"),
    "permissions.action.edit_rules": ("修改规则", "Change rules"),
    "permissions.action.run_queries": ("查询数据", "Ask the data in SQL"),
    "permissions.action.own_account": ("自己的账号", "One's own account"),
}
