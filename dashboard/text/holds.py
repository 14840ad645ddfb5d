"""Sentences of holds."""

WORDS: dict[str, tuple[str, str]] = {
    "holds.held_by": (
        "{who} 正在派 {code}，保留到 {until}。请等一下或与对方联系。",
        "{who} is working on {code} until {until}. Wait, or speak with them.",
    ),
    "holds.already_yours": ("这条需求已由您保留到 {until}。", "You hold this need until {until} already."),
    "holds.extended_once": ("保留只能延长一次。", "A hold can be extended once only."),
    "holds.not_yours": ("您没有保留这条需求，或保留已到时。", "You don't hold this need, or the hold is over."),
    "holds.taken": ("已为您保留 {code} 到 {until}。", "{code} is held for you until {until}."),
    "holds.extended": ("保留已延长到 {until}。", "Held until {until}."),
    "holds.released": ("已放开 {code}，别人可以派了。", "{code} is free for others."),
}
