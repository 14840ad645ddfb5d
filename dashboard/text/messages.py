"""Words of the messages to volunteers and residents, and of the page that lists them.

A message is short: with usual titles at most 70 Chinese characters, one SMS.
"""

WORDS: dict[str, tuple[str, str]] = {
    # what volunteers are told
    "messages.volunteer.offered": (
        "您好，{title}（{code}），{spot}，能来吗？请{by}前答复。",
        "Hello, {title} ({code}), {spot}: can you come? Please answer by {by}.",
    ),
    "messages.volunteer.expired": (
        "您好，{title}（{code}）已过答复时间，这次不用来了，下次再请您。",
        "Hello, the time to answer for {title} ({code}) is over; no need to come this time.",
    ),
    "messages.volunteer.cancelled": (
        "您好，{title}（{code}），{spot}，已取消，您不用来了，谢谢！",
        "Hello, {title} ({code}), {spot}, is cancelled; no need to come. Thank you!",
    ),
    "messages.volunteer.taken_over": (
        "您好，因有更急的事，{title}（{code}），{when}，您不用去了，新任务另行通知，谢谢！",
        "Hello, something more urgent came up: no need to go to {title} ({code}), {when}. "
        "The new task comes separately. Thank you!",
    ),
    "messages.volunteer.handed_over": (
        "您好，{title}（{code}），{when}，已有人接手，您不用去了，谢谢！",
        "Hello, somebody else has taken over {title} ({code}), {when}; no need to go. Thank you!",
    ),
    "messages.volunteer.took_over": (
        "您好，{title}（{code}），{spot}，已由您接手，请准时去，谢谢！",
        "Hello, you have taken over {title} ({code}), {spot}. Please be there in time. Thank you!",
    ),
    "messages.volunteer.kept": (
        "您好，{title}（{code}），{spot}，没有人接手，还请您去。来不了请马上来电。",
        "Hello, nobody took over {title} ({code}), {spot}: please go. Call us at once if you can't.",
    ),
    # what residents are told
    "messages.resident.accepted": (
        "您好，您的{title}（{code}）由志愿者{who}接单，{spot}，请留意。",
        "Hello, volunteer {who} will come for your {title} ({code}), {spot}.",
    ),
    "messages.resident.taken_back": (
        "您好，您的{title}（{code}）还没定下志愿者，我们正在联系，定了再告诉您。",
        "Hello, nobody is settled yet for your {title} ({code}); we are asking and will tell you.",
    ),
    "messages.resident.cancelled": (
        "您好，{title}（{code}）原定{when}，志愿者来不了，我们正另找人，抱歉！",
        "Hello, the volunteer for {title} ({code}), {when}, can't come; we are looking for somebody else. Sorry!",
    ),
    "messages.resident.taken_over": (
        "您好，因有更急的事，{title}（{code}）原定{when}，要换人来，我们正在安排，抱歉！",
        "Hello, something more urgent came up: somebody else is to come for {title} ({code}), {when}; "
        "we are arranging it. Sorry!",
    ),
    "messages.resident.need_cancelled": (
        "您好，您的{title}（{code}）已取消，志愿者不来了。有需要请再联系我们。",
        "Hello, your {title} ({code}) is cancelled and nobody will come. Call us whenever you need help.",
    ),
    "messages.resident.need_unmet": (
        "您好，很抱歉，您的{title}（{code}）这次没有找到能来的志愿者。",
        "Hello, we are sorry: we found no volunteer for your {title} ({code}) this time.",
    ),
    "messages.resident.done": (
        "您好，志愿者{who}已完成{title}（{code}）的服务，其他志愿者随后，谢谢！",
        "Hello, volunteer {who} has finished with {title} ({code}); others follow. Thank you!",
    ),
    "messages.resident.asked_to_rate": (
        "您好，您的{title}（{code}）已服务完，办得怎么样？请告诉我们，谢谢！",
        "Hello, your {title} ({code}) is done. How was it? Please tell us. Thank you!",
    ),
    # their parts
    "messages.untitled": ("志愿服务", "voluntary service"),
    "messages.moment": ("{month}月{day}日{clock}", "{month}-{day} {clock}"),
    "messages.when": ("{start}-{end}", "{start} to {end}"),
    "messages.spot": ("{when}，{place}", "{when}, {place}"),
    "messages.with_link": ("{words}{link}", "{words} {link}"),
    "messages.link.answer": ("答复请点：{link}", "Answer here: {link}"),
    "messages.link.rate": ("评价请点：{link}", "Say it here: {link}"),
    "messages.link.follow": ("查看请点：{link}", "See how it stands: {link}"),
    # the page
    "messages.tab": ("看哪些", "Which"),
    "messages.tab_waiting": ("待发", "Waiting"),
    "messages.tab_sent": ("已发", "Sent"),
    "messages.tab_failed": ("未送到", "Failed"),
    "messages.tab_dropped": ("不必再发", "No longer needed"),
    "messages.party": ("发给谁", "To whom"),
    "messages.party_any": ("所有人", "Everybody"),
    "messages.party_volunteer": ("志愿者", "Volunteers"),
    "messages.party_resident": ("居民", "Residents"),
    "messages.lead": (
        "复制文字，用微信或短信发给对方，再点“已发出”。每次变动每人只有一条。",
        "Copy the words, send them by WeChat or SMS, then press “Sent it”. Each change makes one message a person.",
    ),
    "messages.none_waiting": ("没有待发的消息。", "No message is waiting."),
    "messages.none_sent": ("还没有发出的消息。", "No message was sent yet."),
    "messages.none_failed": ("没有送不到的消息。", "No message failed."),
    "messages.none_dropped": ("没有作废的消息。", "No message was dropped."),
    "messages.to_volunteer": ("志愿者 {name} {phone}", "Volunteer {name} {phone}"),
    "messages.to_resident": ("居民 {name} {phone}", "Resident {name} {phone}"),
    "messages.no_phone": ("（无电话）", "(no phone)"),
    "messages.act.link": ("附上链接", "Add a link"),
    "messages.done.link": (
        "已附上链接；链接只在这里出现一次，请马上复制。",
        "The link is in the words; it is shown here once only, copy it now.",
    ),
    "messages.made": ("{when} 产生", "made {when}"),
    "messages.made_sent": ("{made} 产生，{sent} {how}", "made {made}, {how} {sent}"),
    "messages.how_sent": ("自动发出", "sent by the program"),
    "messages.how_copied": ("人工发出", "sent by hand"),
    "messages.tried": ("试过 {tries} 次", "tried {tries} times"),
    "messages.sending": ("正在自动发送……", "Being sent now…"),
    "messages.stuck": (
        "自动发送中断了，不知道对方是否收到。请问一下对方，没收到就重发。",
        "Sending was interrupted and may have arrived. Ask, and send again if it did not.",
    ),
    "messages.outdated": (
        "情况已变或时间已过，不用再发。",
        "Things have changed or the time is past: no need to send this.",
    ),
    "messages.counts": (
        "待发 {waiting} · 已发 {sent} · 未送到 {failed} · 不必再发 {dropped}",
        "{waiting} waiting · {sent} sent · {failed} failed · {dropped} no longer needed",
    ),
    "messages.kind.offered": ("请答复", "Offer"),
    "messages.kind.expired": ("过期", "Expired"),
    "messages.kind.cancelled": ("取消", "Cancelled"),
    "messages.kind.taken_over": ("调往急单", "Taken for an emergency"),
    "messages.kind.handed_over": ("已转交", "Handed over"),
    "messages.kind.took_over": ("接手", "Took over"),
    "messages.kind.kept": ("没有换人", "Not taken over"),
    "messages.kind.accepted": ("已接单", "Accepted"),
    "messages.kind.taken_back": ("接单撤销", "Acceptance undone"),
    "messages.kind.done": ("部分完成", "Partly done"),
    "messages.kind.asked_to_rate": ("请评价", "Asked to rate"),
    "messages.act.copied": ("已发出", "Sent it"),
    "messages.act.unreached": ("没送到", "Not reached"),
    "messages.act.wrong_number": ("号码不对", "Wrong number"),
    "messages.act.retry": ("重发", "Send again"),
    "messages.act.let_go": ("移到“不必再发”", "Move to those no longer needed"),
    "messages.done.let_go": ("已移到“不必再发”。", "Moved to those no longer needed."),
    "messages.still_wanted": (
        "这条消息现在仍然该发；请发出，或记为没送到。",
        "This message still makes sense: send it, or say that it did not arrive.",
    ),
    "messages.done.copied": ("已记为发出。", "Noted as sent."),
    "messages.done.failed": ("已记为未送到。", "Noted as not reached."),
    "messages.done.retry": ("已放回待发。", "Back among those that wait."),
    "messages.failure.no_phone": ("没有电话号码", "there is no phone number"),
    "messages.failure.unreached": ("没送到", "not reached"),
    "messages.failure.wrong_number": ("号码不对", "wrong number"),
    "messages.failure.other": ("发送未成功（{code}）", "sending failed ({code})"),
    # refusals
    "messages.no_such": (
        "没有这条消息，或不在您负责的范围内。",
        "There is no such message, or it lies outside your part.",
    ),
    "messages.moved_on": (
        "这条消息刚被别人处理过，请刷新。",
        "Somebody has dealt with this message meanwhile; reload the page.",
    ),
    "messages.unknown_failure": ("不认识这个原因。", "This reason is not known."),
    "messages.no_outbox": (
        "还没说消息写到哪个文件：请设置环境变量 DASHBOARD_OUTBOX_FILE 或县设置 outbox。",
        "No file is named for the messages: set DASHBOARD_OUTBOX_FILE or the county's setting `outbox`.",
    ),
    "messages.outbox_closed": (
        "写不了消息文件 {file}：{reason}。",
        "The file {file} for the messages can't be written: {reason}.",
    ),
    "messages.no_address": (
        "“{address}”不是网址：请写成 https://主机名 的样子。",
        "“{address}” is no address: write it as https://host.",
    ),
    "messages.no_such_sender": (
        "没有名为 {name} 的发送方式，可用：{known}。",
        "There is no sender {name}; there are: {known}.",
    ),
    # the shell
    "messages.delivered": (
        "发出 {sent} 条；没有电话 {no_phone} 条，不必再发 {dropped} 条，未成功 {refused} 条，还有 {waiting} 条待发。",
        "{sent} sent; {no_phone} without a phone, {dropped} no longer needed, {refused} not taken, {waiting} still wait.",
    ),
}
