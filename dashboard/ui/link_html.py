"""The pages of short links as plain HTML: no script needed, two languages, a phone's width.

No Streamlit here: web/links.py serves them. Every word that was not written by us passes `html.escape`.
"""

from collections.abc import Iterable
from html import escape

from dashboard.core.words import Outcome
from dashboard.services.link_pages import OrderWords, ResidentPage, VolunteerPage
from dashboard.text import text
from dashboard.ui import show

#: Why somebody can't come; text: links.why_<name>.
REASONS = ("time", "far", "ill", "skill", "other")
#: States of a need in which its resident may say how it was, and those in which she may say that it is not settled.
ASKED, OVER = ("done", "confirmed"), ("rated", "closed")
_STYLES = ("/app/static/signin.css", "/app/static/link.css")


def volunteer(language: str, page: VolunteerPage, message: str = "") -> str:
    """An offer with its two answers; later signing in and out, and what became of it."""
    when = show.span(language, page.start, page.end)
    body = [_notice(message), _order(language, page.order, [("when", when)])]
    compose = {
        "offered": _offered,
        "accepted": _accepted,
        "in_service": _in_service,
        "done": _served,
        "confirmed": _served,
    }
    if page.state in compose:
        body.append(compose[page.state](language, page))
    else:
        body.append(_lead(language, "links.handed_over" if page.handed_over else f"links.state_{page.state}"))
    return _page(language, "links.volunteer_title", "".join(body), page.order)


def resident(language: str, page: ResidentPage, message: str = "") -> str:
    """Where the order stands, and the question how it was."""
    wanted = "；".join(show.span(language, start, end) for start, end in page.wanted[:3])
    body = [_notice(message), _order(language, page.order, [("when", wanted)])]
    if page.state in ("cancelled", "unmet"):
        body.append(_lead(language, f"links.{page.state}"))
    else:
        body.append(_steps(language, page))
    if page.state in ASKED or page.state in OVER and page.answered_at is None:
        body.append(_question(language))
    elif page.state in OVER:
        body.append(_thanks(language, page) + _still_not(language))
    elif page.outcome == Outcome.NOT:
        body.append(_lead(language, "links.reopened"))
    return _page(language, "links.resident_title", "".join(body), page.order)


def refusal(language: str, message: str) -> str:
    """A link that opens nothing, in words."""
    return _page(language, "links.order", _notice(message), None)


# -- the volunteer


def _offered(language: str, page: VolunteerPage) -> str:
    until = show.datetime_(language, page.answer_by)
    by = "" if page.answer_by is None else _lead(language, "links.answer_by", at=until)
    taken = _lead(language, "links.in_place") if page.in_place else ""
    why = f"{_reasons(language)}{_button(language, 'links.send_no', 'plain')}"
    yes, no = _form("accept", _button(language, "links.accept")), _folded(language, "links.decline", "decline", why)
    return taken + by + yes + no


def _reasons(language: str) -> str:
    reasons = "".join(
        f'<label class="pick"><input type="radio" name="reason" value="{name}"{" required" if not at else ""}>'
        f"{_t(language, f'links.why_{name}')}</label>"
        for at, name in enumerate(REASONS)
    )
    return f"<p>{_t(language, 'links.why')}</p>{reasons}"


def _accepted(language: str, page: VolunteerPage) -> str:
    form = _form("arrive", _position(language) + _button(language, "links.arrive"), located=True)
    said, hint = _lead(language, "links.state_accepted"), _hint(language, "links.cant_after_all")
    return said + form + _handing_over(language, page) + _consent(language, page) + hint


def _handing_over(language: str, page: VolunteerPage) -> str:
    """Ask somebody she knows by name and phone to go instead; or who was asked, and that she goes herself after all."""
    if page.asked:
        until = show.datetime_(language, page.asked_until)
        waits = _lead(language, "links.hand_over_waits", who=page.asked, at=until)
        return waits + _form("keep", _button(language, "links.keep", "plain"))
    fields = (
        f"<p>{_t(language, 'links.hand_over_lead')}</p>"
        f"<label>{_t(language, 'links.hand_over_name')}"
        '<input name="whom" maxlength="60" autocomplete="off" required></label>'
        f"<label>{_t(language, 'links.hand_over_phone')}"
        '<input name="number" type="tel" inputmode="tel" maxlength="30" autocomplete="off" required></label>'
    )
    send = _button(language, "links.hand_over_send", "plain")
    return _folded(language, "links.hand_over", "hand_over", fields + _reasons(language) + send)


def _in_service(language: str, page: VolunteerPage) -> str:
    since = _lead(language, "links.state_in_service", at=show.clock(page.arrived_at))
    if page.arrived_at is None:
        return since  # begun at the desk: it is ended there too
    fields = (
        f"<label>{_t(language, 'links.break')}"
        '<input name="break_minutes" type="number" inputmode="numeric" min="0" max="600" value="0"></label>'
        f'<label>{_t(language, "links.report")}<textarea name="report" rows="3" maxlength="500"></textarea></label>'
    )
    form = _form("leave", fields + _position(language) + _button(language, "links.leave"), located=True)
    return since + _where(language, page) + form + _consent(language, page)


def _where(language: str, page: VolunteerPage) -> str:
    """Whether a position was given is said, never guessed."""
    if page.off_m is not None:
        return _hint(language, "links.position_off", distance=show.distance(language, page.off_m))
    return _hint(language, "links.position_given" if page.position_given else "links.position_none")


def _served(language: str, page: VolunteerPage) -> str:
    said = _lead(language, "links.state_done")
    if page.held:
        said += _lead(language, f"links.hours_{page.held}")
        said += f'<p class="hint">{escape(page.answer)}</p>' if page.answer else ""
    if page.held in ("waiting", "struck"):
        return said
    if page.minutes is None:
        return said + _hint(language, "links.no_hours") + _consent(language, page)
    said += _hint(language, "links.minutes", length=show.duration(language, page.minutes))
    if page.held:
        return said
    words = f"<p>{_t(language, 'links.correct_lead')}</p>{_words(language)}{_button(language, 'links.correct_send')}"
    return said + _folded(language, "links.correct", "correct", words)


def _consent(language: str, page: VolunteerPage) -> str:
    if page.consents:
        return _hint(language, "links.consent_given")
    return _form("consent", _button(language, "links.consent", "plain"))


def _position(language: str) -> str:
    """The box is shown by the script: without one there is no position to give."""
    return (
        f'<label class="pick position" hidden><input type="checkbox" name="with_position">'
        f"{_t(language, 'links.give_position')}</label>"
        '<input type="hidden" name="lon"><input type="hidden" name="lat">'
    )


# -- the resident


def _steps(language: str, page: ResidentPage) -> str:
    sent = _t(language, "links.step_sent", people=page.people) if page.people else _t(language, "links.step_waiting")
    over = page.state in ("confirmed", *OVER)
    due = "" if page.close_due_at is None else _t(language, "links.due", at=show.datetime_(language, page.close_due_at))
    coming = escape("；".join(show.span(language, start, end) for start, end in page.coming[:3]))
    steps = [
        (_t(language, "links.step_registered"), escape(show.datetime_(language, page.registered_at)), True),
        (sent, "", page.people > 0),
        (_t(language, "links.step_accepted", people=page.accepted), coming, page.accepted > 0),
        (_t(language, "links.step_served"), "", page.served > 0),
        (_t(language, "links.step_over"), escape(show.datetime_(language, page.closed_at)) if over else due, over),
    ]
    lines = (
        f'<li class="{"past" if past else "ahead"}">{words}<small>{beside}</small></li>'
        for words, beside, past in steps
    )
    return f'<ol class="steps">{"".join(lines)}</ol>'


def _question(language: str) -> str:
    outcomes = _radios("outcome", ((name, _t(language, f"links.outcome_{name}")) for name in Outcome), required=True)
    scores = [("", _t(language, "links.score_none")), *((str(n), str(n)) for n in range(1, 6))]
    return f"<h2>{_t(language, 'links.ask')}</h2>" + _form(
        "rate",
        f"{outcomes}<p>{_t(language, 'links.score')}</p>{_radios('score', scores)}"
        f"{_words(language)}{_button(language, 'links.send')}",
    )


def _still_not(language: str) -> str:
    send = _button(language, "links.still_not", "plain")
    fields = f"<p>{_t(language, 'links.still_lead')}</p>{_words(language)}{send}"
    return _folded(language, "links.still_not", "not_settled", fields)


def _thanks(language: str, page: ResidentPage) -> str:
    if page.outcome is None:
        return ""
    score = "" if page.score is None else text(language, "links.points", score=page.score)
    return _lead(language, "links.thanks", outcome=text(language, f"links.outcome_{page.outcome}"), score=score)


def _words(language: str) -> str:
    return f'<label>{_t(language, "links.words")}<textarea name="words" rows="3" maxlength="500"></textarea></label>'


def _radios(name: str, choices: Iterable[tuple[str, str]], *, required: bool = False) -> str:
    """One row of choices; `choices` are (value, escaped words)."""
    need = " required" if required else ""
    options = (
        f'<label class="pick"><input type="radio" name="{name}" value="{escape(value)}"{need}>{words}</label>'
        for value, words in choices
    )
    return f'<div class="picks">{"".join(options)}</div>'


# -- both


def _order(language: str, order: OrderWords, more: list[tuple[str, str]]) -> str:
    """The order in a few lines; the station's telephone is a link."""
    lines = [("order", order.title), ("place", order.place), *more, ("station", order.site), ("code", order.code)]
    shown = "".join(
        f"<dt>{_t(language, f'links.{name}')}</dt><dd>{escape(value)}</dd>" for name, value in lines if value
    )
    call = ""
    if order.phone:
        number = "".join(sign for sign in order.phone if sign.isdigit() or sign == "+")
        call = f'<p><a href="tel:{number}">{_t(language, "links.call", phone=order.phone)}</a></p>'
    return f"<dl>{shown}</dl>{call}"


def _form(do: str, fields: str, *, located: bool = False) -> str:
    kind = " data-located" if located else ""
    return f'<form method="post"{kind}><input type="hidden" name="do" value="{do}">{fields}</form>'


def _folded(language: str, key: str, do: str, fields: str) -> str:
    """A form behind a button that opens it."""
    return f"<details><summary>{_t(language, key)}</summary>{_form(do, fields)}</details>"


def _button(language: str, key: str, kind: str = "main") -> str:
    return f'<button class="{kind}">{_t(language, key)}</button>'


def _lead(language: str, key: str, **values: object) -> str:
    return f'<p class="said">{_t(language, key, **values)}</p>'


def _hint(language: str, key: str, **values: object) -> str:
    return f'<p class="hint">{_t(language, key, **values)}</p>'


def _notice(message: str) -> str:
    return f'<p class="notice bad" role="alert">{escape(message)}</p>' if message else ""


def _t(language: str, key: str, **values: object) -> str:
    return escape(text(language, key, **values))


def _page(language: str, title: str, body: str, order: OrderWords | None) -> str:
    other = "en" if language == "zh" else "zh"
    styles = "".join(f'<link rel="stylesheet" href="{style}">' for style in _STYLES)
    private = _hint(language, "links.private") if order is not None else ""
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_t(language, title)} · {_t(language, 'app.name')}</title>"
        f'<link rel="icon" href="/app/static/icon.png">{styles}</head><body>'
        f'<header><img src="/app/static/icon.png" alt="" width="32" height="32"><span>{_t(language, "app.name")}</span>'
        f'<form method="get"><input type="hidden" name="lang" value="{other}">'
        f'<button class="plain" lang="{other}">{_t(language, "links.other_language")}</button></form></header>'
        f'<main><div class="card"><h1>{_t(language, title)}</h1>{body}{private}</div></main>'
        '<script src="/app/static/link.js" defer></script></body></html>'
    )
