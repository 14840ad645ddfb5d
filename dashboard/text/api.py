"""Words of the intake API: its refusals, its document, and the command that makes keys and devices."""

WORDS: dict[str, tuple[str, str]] = {
    # titles of problems, by the last word of their type
    "api.title_request": ("请求读不懂", "The request can't be read"),
    "api.title_key": ("需要有效的密钥", "A valid key is wanted"),
    "api.title_right": ("没有权限", "Not allowed"),
    "api.title_unknown": ("没有找到", "Not found"),
    "api.title_method": ("方法不对", "Wrong method"),
    "api.title_conflict": ("与别人的修改冲突", "Somebody else was first"),
    "api.title_size": ("内容太大", "Too large"),
    "api.title_media": ("内容类型不对", "Wrong content type"),
    "api.title_content": ("内容有误", "The content can't be taken"),
    "api.title_other_body": ("幂等键已用于别的内容", "The idempotency key was used with something else"),
    "api.title_rate": ("请求太频繁", "Too many requests"),
    "api.title_fault": ("系统出错", "A fault of ours"),
    "api.title_away": ("暂时不可用", "Away for a moment"),
    # details
    "api.no_key": (
        "请在请求头 Authorization 中写 Bearer 和有效的密钥。密钥可能写错或已停用。",
        "Send the header Authorization with Bearer and a valid key. The key may be mistyped or revoked.",
    ),
    "api.no_idempotency_key": (
        "请在请求头 Idempotency-Key 中给每个诉求写一个不重复的编号，1 到 {most} 个可见英文字符。",
        "Send the header Idempotency-Key, one for each order: 1 to {most} visible ASCII characters.",
    ),
    "api.not_json_type": (
        "请用 Content-Type: application/json 发送。",
        "Send it with Content-Type: application/json.",
    ),
    "api.no_json": ("请求体不是 UTF-8 编码的 JSON。", "The body is no JSON in UTF-8."),
    "api.too_large": ("请求体最多 {kilobytes} KB。", "A body has at most {kilobytes} KB."),
    "api.too_many": (
        "这个密钥每分钟最多 {most} 次请求，请 {seconds} 秒后再试。",
        "This key may make {most} requests a minute. Try again in {seconds} seconds.",
    ),
    "api.bad_body": ("有字段不对，见 errors。", "Some fields can't be taken; see errors."),
    "api.other_body": (
        "这个 Idempotency-Key 已用于另一份内容。新的诉求请用新的编号。",
        "This Idempotency-Key was used with another content. Use a new one for a new order.",
    ),
    "api.no_such_path": ("没有这个地址。", "There is no such address."),
    "api.wrong_method": ("这个地址不接受这种方法。", "This address doesn't take that method."),
    "api.fault": (
        "系统出错，没有保存任何内容。请稍后用同一个 Idempotency-Key 重试。",
        "Something failed and nothing was stored. Try again later with the same Idempotency-Key.",
    ),
    "api.away": ("数据库暂时连不上，请稍后重试。", "The database is away for a moment. Try again later."),
    "api.no_such_device": (
        "没有这个呼叫器，或已停用，或不在这个密钥的范围内。",
        "There is no such device, it is switched off, or it lies outside the key's part.",
    ),
    # what is wrong with a field
    "api.unknown_code": ("没有编号 {code}。", "There is no code {code}."),
    "api.flaw.required": ("缺少这个字段。", "This field is missing."),
    "api.flaw.unexpected": ("没有这个字段。", "There is no such field."),
    "api.flaw.type": ("类型应为 {types}。", "This should be of type {types}."),
    "api.flaw.enum": ("只能是：{options}。", "This is one of: {options}."),
    "api.flaw.minimum": ("不能小于 {limit}。", "At least {limit}."),
    "api.flaw.maximum": ("不能大于 {limit}。", "At most {limit}."),
    "api.flaw.minlength": ("至少 {limit} 个字符。", "At least {limit} characters."),
    "api.flaw.maxlength": ("最多 {limit} 个字符。", "At most {limit} characters."),
    "api.flaw.maxitems": ("最多 {limit} 项。", "At most {limit} entries."),
    "api.flaw.format": (
        "应为 RFC 3339 时间，例如 2026-11-20T09:00:00+08:00。",
        "This should be a time by RFC 3339, such as 2026-11-20T09:00:00+08:00.",
    ),
    "api.flaw.pattern": ("格式不对，村代码是 12 位数字。", "Wrong form: a village code has 12 digits."),
    "api.flaw.person": ("姓名、电话至少写一个。", "Give at least a name or a phone."),
    "api.flaw.together": (
        "category 与 item、people 与 roles 各只能写一个。",
        "Give either category or item, and either people or roles.",
    ),
    "api.flaw.character": ("含有不能保存的字符。", "It holds a character that can't be stored."),
    "api.flaw.other": ("这里不对。", "This is wrong."),
    # the document
    "api.doc_title": ("派单台接入接口", "Intake API of the dispatch desk"),
    "api.doc_about": (
        "其他系统报送诉求和呼叫器呼叫，并查询办理进度。不返回个人信息。",
        "Other systems send orders and calls of devices, and read how they stand. No personal data is answered.",
    ),
    "api.doc_key": ("管理员用 python -m dashboard key add 生成。", "Made by an admin: python -m dashboard key add."),
    "api.doc_send_in": ("报送诉求", "Send an order"),
    "api.doc_show_need": ("查询一条需求", "Read a need"),
    "api.doc_press": ("呼叫器呼叫", "A call of a device"),
    "api.doc_show_document": ("本文档", "This document"),
    "api.doc_taken": ("已登记；同一 Idempotency-Key 重发得到同样的回答", "Taken; sent again, the same answer"),
    "api.doc_need": ("状态、时限、人数", "State, deadlines, people"),
    "api.doc_called": ("新的紧急需求", "A new urgent need"),
    "api.doc_called_again": ("归入仍在办的需求", "It belongs to a need that is still open"),
    "api.doc_location": ("需求的地址", "The address of the need"),
    "api.doc_code": ("需求编号", "Code of the need"),
    "api.doc_device": ("呼叫器编号", "Code of the device"),
    "api.doc_idempotency": ("每个诉求一个，重发不变", "One for each order; the same when it is sent again"),
    # keys and devices in the shell
    "api.bad_key_name": (
        "请写密钥用于哪个系统，1 到 60 个字。",
        "Name the system the key is for, in 1 to 60 characters.",
    ),
    "api.bad_per_minute": (
        "每分钟次数要在 1 到 {most} 之间。",
        "Requests a minute lie between 1 and {most}.",
    ),
    "api.no_such_site": ("没有编号为 {code} 的站点。", "There is no site with the code {code}."),
    "api.no_such_key": ("没有以 {prefix} 开头的密钥。", "There is no key that begins with {prefix}."),
    "api.revoked_already": ("密钥 {prefix} 已经停用。", "The key {prefix} was revoked before."),
    "api.key_made": (
        "密钥只显示这一次，请现在交给对方保存：\n{key}",
        "The key is shown only now; hand it over to be kept:\n{key}",
    ),
    "api.key_revoked": ("{name} 的密钥 {prefix} 已停用。", "The key {prefix} of {name} is revoked."),
    "api.key_line": (
        "{prefix}  {name}  站点 {site}  每分钟 {per_minute}  最近使用 {used}  停用 {revoked}",
        "{prefix}  {name}  site {site}  a minute {per_minute}  last used {used}  revoked {revoked}",
    ),
    "api.bad_device_code": (
        "呼叫器编号用 1 到 40 个英文字母、数字、点、横线，以字母或数字开头。",
        "A device's code has 1 to 40 letters, digits, dots, dashes or underscores and begins with a letter or digit.",
    ),
    "api.device_there_already": ("已有编号为 {code} 的呼叫器。", "There is a device with the code {code} already."),
    "api.device_without_place": (
        "请写呼叫器的位置：--lon 和 --lat，或 --grid。",
        "Say where the device is: --lon and --lat, or --grid.",
    ),
    "api.need_without_resident": (
        "没有编号为 {code} 的需求，或它没有登记居民。",
        "There is no need {code}, or it names no resident.",
    ),
    "api.device_added": ("已登记呼叫器 {code}。", "The device {code} is on record."),
    "api.device_on": ("呼叫器 {code} 已启用。", "The device {code} is on."),
    "api.device_off": ("呼叫器 {code} 已停用。", "The device {code} is off."),
}
