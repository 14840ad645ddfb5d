"""Words of hand-overs 转交: of a coordinator's hold, and of a volunteer's order."""

WORDS: dict[str, tuple[str, str]] = {
    # a hold: asking and answering
    "hand_overs.ask_hold": ("请对方转交给我", "Ask for it"),
    "hand_overs.asked_hold": (
        "已请 {who} 转交 {code}，{until} 前答复。",
        "{who} is asked to hand {code} over, and has until {until} to answer.",
    ),
    "hand_overs.wants": (
        "{who} 请您转交 {code} {title}：{reason}",
        "{who} asks you to hand over {code} {title}: {reason}",
    ),
    "hand_overs.left": (
        "还有 {minutes} 分钟答复，不答复就不转交",
        "{minutes} min left to answer; silence keeps it yours",
    ),
    "hand_overs.grant": ("转交", "Hand over"),
    "hand_overs.refuse": ("不转交", "Keep it"),
    "hand_overs.withdraw": ("撤回请求", "Take back"),
    "hand_overs.granted": ("{code} 已转交给 {who}。", "{code} is with {who} now."),
    "hand_overs.refused": ("已告知 {who} 不转交 {code}。", "{who} is told that you keep {code}."),
    "hand_overs.withdrawn": ("已撤回对 {code} 的请求。", "You no longer ask for {code}."),
    "hand_overs.you_asked": ("已请 {who} 转交，{until} 前答复。", "You asked {who}; answer by {until}."),
    "hand_overs.other_asked": ("{asker} 已请 {who} 转交，{until} 前答复。", "{asker} asked {who}; answer by {until}."),
    # what a coordinator is told
    "hand_overs.notice.granted": (
        "{who} 已把 {code} {title} 转交给您。",
        "{who} handed {code} {title} over to you.",
    ),
    "hand_overs.notice.refused": (
        "{who} 没有转交 {code} {title}：{answer}",
        "{who} keeps {code} {title}: {answer}",
    ),
    "hand_overs.notice.lapsed": (
        "{who} 没有按时答复，{code} {title} 没有转交。",
        "{who} did not answer in time; {code} {title} was not handed over.",
    ),
    "hand_overs.notice.unanswered": (
        "{who} 请您转交 {code} {title}，您没有按时答复，没有转交。",
        "{who} asked for {code} {title}; you did not answer in time and it was not handed over.",
    ),
    "hand_overs.notice.overtaken": (
        "您请 {who} 转交的 {code} {title} 已派出或已放开，请打开看看。",
        "{code} {title}, which you asked {who} for, was dispatched or let go meanwhile; open it to see.",
    ),
    "hand_overs.notice.hold_over": (
        "您对 {code} {title} 的保留已到时，别人可以派了。",
        "Your hold on {code} {title} is over; others may dispatch it.",
    ),
    "hand_overs.seen": ("知道了", "Got it"),
    "hand_overs.seen_done": ("已收起。", "Put away."),
    "hand_overs.open": ("打开", "Open"),
    # an order
    "hand_overs.ask_order": ("转交给…", "Hand over to…"),
    "hand_overs.order_lead": (
        "对方会收到派单，答应后才换人；谢绝或过时不答，仍由 {volunteer} 去。",
        "The other gets an offer. Only her yes changes hands; after a no or silence {volunteer} still goes.",
    ),
    "hand_overs.who": ("由谁接手", "Who takes it over"),
    "hand_overs.by_name": ("姓名、拼音首字母或手机尾号", "Name, pinyin initials or end of the phone"),
    "hand_overs.why": ("为什么转交", "Why"),
    "hand_overs.send": ("请对方接手", "Ask"),
    "hand_overs.asked_order": (
        "已请 {volunteer} 接手 {who} 的 {code}，{until} 前答复；答应前仍由 {who} 去。",
        "{volunteer} is asked to take {code} over from {who} by {until}; until she says yes {who} still goes.",
    ),
    "hand_overs.in_place_of": ("接替 {volunteer}", "to take over from {volunteer}"),
    "hand_overs.waits_for": ("已请 {volunteer} 接手", "{volunteer} was asked to take over"),
    # in the history
    "hand_overs.handed_over": ("转交给答应接手的志愿者", "handed over to the volunteer who said yes"),
    "hand_overs.not_needed": ("原志愿者自己去，不用接手了", "the first volunteer goes herself; no need to take over"),
    # refusals
    "hand_overs.not_held": ("{code} 现在没有人保留，您可以直接派。", "Nobody holds {code}; you can dispatch it."),
    "hand_overs.yours_already": ("{code} 就在您手上。", "You hold {code} yourself."),
    "hand_overs.asked_already": (
        "{who} 已请对方转交 {code}，请等答复。",
        "{who} has asked for {code} already; wait for the answer.",
    ),
    "hand_overs.no_such": ("没有这个转交请求。请刷新。", "There is no such request. Reload the page."),
    "hand_overs.not_you": ("这个请求不是给您的。", "This request is not yours to answer."),
    "hand_overs.ended": (
        "这个转交请求已经结束（答复、撤回、过时，或需求已派出）。请刷新。",
        "This request has ended (answered, taken back, over, or the need was dispatched). Reload the page.",
    ),
    "hand_overs.too_late": ("答复时间已过，没有转交。", "The time to answer is over; nothing was handed over."),
    "hand_overs.still_waiting": ("还在等答复。", "Still waiting for an answer."),
    "hand_overs.not_accepted": (
        "只有已接单、还没开始服务的单子能转交。",
        "Only an order that was accepted and not begun can be handed over.",
    ),
    "hand_overs.to_herself": ("不能转交给本人。", "It is hers already; choose somebody else."),
    "hand_overs.order_asked_already": (
        "已经请人接手，{until} 前答复。要换人请先撤回那个派单。",
        "Somebody was asked already and has until {until}. Withdraw that offer before asking another.",
    ),
    "hand_overs.does_not_fit": (
        "{volunteer} 不符合这条需求的派单条件，不能请来接手。",
        "{volunteer} does not fit the rules for this need and can't be asked to take it over.",
    ),
}
