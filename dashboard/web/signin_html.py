"""The sign-in and first set-up pages as plain HTML: no script, two languages, a phone's width.

Every word that was not written by us passes `html.escape`; the pages are served with a policy that runs no script.
"""

from collections.abc import Sequence
from html import escape

from dashboard.text import text

STYLE = "/app/static/signin.css"


def signin_page(
    language: str,
    *,
    county: str,
    doors: Sequence[str],
    wanted: str,
    message: str = "",
    good: bool = False,
    username: str = "",
) -> str:
    """The sign-in page. `doors`: the roles a newcomer may enter a sample county as; `wanted`: the page to go on to;
    `username`: what was typed before a refusal."""
    parts = [_notice(message, good)]
    if doors:
        parts.append(_doors(language, county, doors, wanted))
        parts.append(f'<p class="or"><span>{_t(language, "signin.or_account")}</span></p>')
    parts.append(
        f'<form method="post" action="/signin">{_hidden("next", wanted)}'
        f"{_field(language, 'username', value=username, autocomplete='username')}"
        f"{_field(language, 'password', kind='password', autocomplete='current-password')}"
        f'<button class="main">{_t(language, "signin.submit")}</button></form>'
    )
    return _page(language, _t(language, "signin.title"), county, "".join(parts), wanted)


def setup_page(
    language: str, *, county: str, ask_county: bool, message: str = "", kept: dict[str, str] | None = None
) -> str:
    """The first set-up. `kept` are the fields to fill in again after a refusal; passwords never."""
    values = kept or {}
    fields = [
        _field(language, "token", value=values.get("token", ""), autocomplete="off"),
        _field(language, "username", value=values.get("username", ""), autocomplete="username"),
        _field(language, "display_name", value=values.get("display_name", ""), autocomplete="name"),
    ]
    if ask_county:
        pattern = 'inputmode="numeric" pattern="[0-9]{6}" maxlength="6"'
        fields.append(_field(language, "county", value=values.get("county", ""), extra=pattern))
    fields.append(_field(language, "new_password", kind="password", autocomplete="new-password"))
    fields.append(f'<p class="hint">{_t(language, "signin.password_hint")}</p>')
    fields.append(_field(language, "repeat", kind="password", autocomplete="new-password"))
    body = (
        f'{_notice(message, False)}<p class="lead">{_t(language, "signin.setup_lead")}</p>'
        f'<form method="post" action="/signin/setup">{"".join(fields)}'
        f'<button class="main">{_t(language, "signin.create")}</button></form>'
    )
    return _page(language, _t(language, "signin.setup_title"), county, body, "/")


def _t(language: str, key: str, **values: str) -> str:
    return escape(text(language, key, **values))


def _notice(message: str, good: bool) -> str:
    kind = "good" if good else "bad"
    return f'<p class="notice {kind}" role="alert">{escape(message)}</p>' if message else ""


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _field(
    language: str, name: str, *, kind: str = "text", value: str = "", autocomplete: str = "off", extra: str = ""
) -> str:
    return (
        f'<label>{_t(language, f"signin.{name}")}<input name="{name}" type="{kind}" value="{escape(value)}" '
        f'autocomplete="{autocomplete}" autocapitalize="none" spellcheck="false" required maxlength="200" {extra}>'
        "</label>"
    )


def _doors(language: str, county: str, roles: Sequence[str], wanted: str) -> str:
    buttons = "".join(
        f'<button name="role" value="{escape(role)}"><b>{_t(language, f"signin.as_{role}")}</b>'
        f"<small>{_t(language, f'signin.as_{role}_note')}</small></button>"
        for role in roles
    )
    return (
        f"<section><h2>{_t(language, 'signin.sample_title')}</h2>"
        f'<p class="lead">{_t(language, "signin.sample_lead", county=county)}</p>'
        f'<form method="post" action="/signin/as" class="doors">{_hidden("next", wanted)}{buttons}</form>'
        f'<p class="hint">{_t(language, "signin.sample_note")}</p></section>'
    )


def _page(language: str, title: str, county: str, body: str, wanted: str) -> str:
    other = "en" if language == "zh" else "zh"
    name = _t(language, "app.name")
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} · {name}</title>"
        f'<link rel="icon" href="/app/static/icon.png"><link rel="stylesheet" href="{STYLE}"></head><body>'
        f'<header><img src="/app/static/icon.png" alt="" width="32" height="32"><span>{name}</span>'
        f'<form method="get" action="/signin">{_hidden("language", other)}{_hidden("next", wanted)}'
        f'<button class="plain" lang="{other}">{_t(language, "signin.other_language")}</button></form></header>'
        f'<main><div class="card"><h1>{title}</h1><p class="county">{escape(county)}</p>{body}</div>'
        f'<p class="foot">{_t(language, "signin.lead")}</p></main></body></html>'
    )
