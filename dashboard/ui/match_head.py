"""The head of a plan: which draft, how good it is and how that is known, what it reaches; undo, send."""

import hashlib

import streamlit as st

from dashboard.services import match_drafts, match_page
from dashboard.services.match_desk import Head
from dashboard.services.match_drafts import DraftRow
from dashboard.ui import match_draft as draft
from dashboard.ui import match_say as say
from dashboard.ui import plan_parts, show
from dashboard.ui.act import notify
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, database, language, t

#: So much of a digest is shown; all of it is in the popover.
SHORT = 10
_CHECKED = "match.plan.checked"


def head(found: Head) -> None:
    """Everything above the views."""
    _bar(found)
    plan_parts.numbers(found)
    st.caption(plain(_came_from(found), 400))
    _warnings(found)


# -- which draft, and what to do with it


def name_of(row: DraftRow | Head) -> str:
    """A draft's name; one without has its number."""
    if row.of is None:
        return t("match_page.a_run", number=row.run_id)
    return row.name or t("match_page.draft_number", number=row.run_id)


def _bar(found: Head) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="match.draft_row"):
        _chooser(found)
        _more(found)
        with st.container(horizontal=True, vertical_alignment="center", key="match.proof", width="content"):
            _badges(found)
            _proof(found)
        st.space("stretch")
        if found.open:
            st.button(
                t("match_page.undo"),
                key="match.undo",
                icon=":material/undo:",
                shortcut="Alt+Z",
                disabled=not found.edits,
                on_click=draft.undo,
                args=(found.run_id, found.version),
            )
            _send(found)


def _chooser(found: Head) -> None:
    """One's own drafts; and what is looked at, where it is another's or over."""
    rows = {row.run_id: row for row in draft.own()}
    names = {run_id: _choice(row) for run_id, row in rows.items()}
    names.setdefault(found.run_id, _choice(found))
    # The browser keeps the words chosen, not the number: other words, another field.
    words = "\n".join((str(found.run_id), *names.values()))
    key = f"match.draft.{hashlib.sha256(words.encode()).hexdigest()[:12]}"
    st.selectbox(
        t("match_page.draft"),
        list(names),
        index=list(names).index(found.run_id),
        format_func=names.__getitem__,
        key=key,
        label_visibility="collapsed",
        width=235,
        on_change=lambda: draft.look_at(st.session_state[key]),
    )


def _choice(row: DraftRow | Head) -> str:
    """One line a draft, never the same for two."""
    at = f"{show.short_date(language(), row.at)} {show.clock(row.at)}"
    key = "match_page.choice_named" if row.name else "match_page.choice"
    return t(key, number=row.run_id, name=name_of(row), at=at)


def _more(found: Head) -> None:
    """Copy, rename, drop."""
    with st.popover(t("match_page.more"), key="match.more"):
        st.text_input(t("match_page.name"), value=found.name, key=f"match.name.{found.run_id}", max_chars=60)
        st.button(
            t("match_page.copy"),
            key="match.copy",
            icon=":material/content_copy:",
            width="stretch",
            on_click=_copy,
            args=(found.run_id, found.name),
        )
        if not found.open:
            return
        seen = {"run_id": found.run_id, "version": found.version}
        st.button(
            t("match_page.rename"),
            key="match.rename",
            icon=":material/edit:",
            width="stretch",
            on_click=_rename,
            kwargs=seen,
        )
        st.button(
            t("matches.drop_plan"),
            key="match.drop",
            icon=":material/delete:",
            width="stretch",
            on_click=draft.command,
            args=(match_drafts.drop_draft,),
            kwargs={"then": "close", **seen},
        )


def _copy(run_id: int, name: str) -> None:
    """A copy takes the name that was typed in for it, not that of the draft it is made of."""
    typed = str(st.session_state.get(f"match.name.{run_id}", ""))
    draft.command(match_drafts.copy_draft, then="open", run_id=run_id, name="" if typed == name else typed)


def _rename(run_id: int, version: int) -> None:
    name = str(st.session_state.get(f"match.name.{run_id}", ""))
    draft.command(match_drafts.rename_draft, run_id=run_id, version=version, name=name)


def _send(found: Head) -> None:
    """All of it, in one transaction; asked once more, because hundreds of people are told."""
    count = say.number(found.filled)
    with st.popover(
        t("match_page.send", count=count),
        key="match.send_open",
        type="primary",
        icon=":material/send:",
        disabled=not found.filled,
    ):
        st.markdown(t("match_page.send_lead", count=count))
        st.button(
            t("match_page.send_now", count=count),
            key="match.send_plan",
            type="primary",
            on_click=draft.commit,
            args=(found.run_id, found.version, draft.commit_key()),
        )


# -- how good it is


def _badges(found: Head) -> None:
    """Proven, or how far from it at most. Where crews, choice of times or ways make it hard, only ever a bound."""
    if say.is_proven(found):
        st.badge(t("match_page.proven"), icon=":material/verified:", color="green")
    elif found.proven:
        st.badge(t("match_page.gap_none"), icon=":material/straighten:", color="green")
    else:
        st.badge(t("match_page.gap", gap=say.gap(found.gap)), icon=":material/straighten:", color="orange")
    if found.kinds:
        st.badge(t("match_page.kinds", kinds=say.kinds(found.kinds)), icon=":material/extension:", color="blue")
    if not found.mine:
        st.badge(plain(t("match_page.of_another", who=found.by)), icon=":material/person:", color="violet")
    if found.state != "solved":
        st.badge(t(f"match_page.state_{found.state}"), icon=":material/done_all:", color="gray")


def _proof(found: Head) -> None:
    """The numbers behind the badge, and a check of the plan as it stands, for whoever wants it."""
    with st.popover(t("match_page.proof"), icon=":material/fact_check:", type="tertiary", key="match.proof_open"):
        lines = [
            (t("match_page.objective"), say.number(found.objective)),
            (t("match_page.bound"), say.number(found.bound)),
            (t("match_page.gap_name"), f"{say.gap(found.gap)}{_gap_in_tiers(found)}"),
            (t("match_page.pairs"), say.number(found.pairs)),
            (t("match_page.digest"), found.digest),
            (t("match_page.certificate"), _checked(found)),
        ]
        st.markdown("  \n".join(f":gray[{label}] {plain(value, 300)}" for label, value in lines))
        seen = (found.run_id, found.version)
        st.button(t("match_page.check"), key="match.check", icon=":material/policy:", on_click=_check, args=seen)
        st.caption(t("match_page.check_lead"))


def _gap_in_tiers(found: Head) -> str:
    if found.proven:
        return ""
    return t("match_page.gap_most", cost=say.parts(found.gap_most))


def _checked(found: Head) -> str:
    """Whether the independent check stands by exactly this plan."""
    kept = st.session_state.get(_CHECKED)
    if kept == [found.run_id, found.version] or not found.edits:
        return t("match_page.checked")
    return t("match_page.checked_run")


def _check(run_id: int, version: int) -> None:
    """Let the checker go over the draft (a callback)."""
    flaws = match_page.check(database(), actor(), run_id=run_id)
    if flaws:
        notify("error", "match_page.check_failed", count=flaws)
        return
    st.session_state[_CHECKED] = [run_id, version]
    notify("success", "match_page.check_passed")


def _came_from(found: Head) -> str:
    """Who, when, by which rules, how long, out of what."""
    said = language()
    parts = [
        t("match_page.solved_by", who=found.by or t("audit.system"), at=show.datetime_(said, found.solved_at)),
        t("match_page.took", seconds=show.number(said, found.seconds, 1)),
        t("match_page.rules_version", version=found.rule_version),
        t("match_page.people_pairs", people=say.number(found.people), pairs=say.number(found.pairs)),
        t("match_page.digest_short", digest=found.digest[:SHORT]),
        t("match_page.certificate_short") if not found.edits else "",
        _scope(found),
        t("match_page.ended", who=found.ended_by, at=show.datetime_(said, found.ended_at)) if found.ended_at else "",
    ]
    return " · ".join(part for part in parts if part)


def _scope(found: Head) -> str:
    """What the run was asked to match, when not everything."""
    words = say.scope(dict(found.asked))
    if found.some_needs:
        words.append(t("match_page.some_needs", count=found.some_needs))
    return t("match_page.scope", scope=t("show.comma").join(words)) if words else ""


# -- what it reaches


def _warnings(found: Head) -> None:
    """Pins that can't be kept, crews that stay short."""
    for pin in found.refused_pins:
        need = say.need(pin.need) if pin.need else str(pin.role_id)
        words = t("matches.refused_pin", volunteer=pin.volunteer, need=need, reason=say.pin_refused(pin.reason))
        st.warning(plain(words, 300), icon=":material/push_pin:")
    if found.short_crews:
        words = t("match_page.short_crews", count=len(found.short_crews), needs=say.needs(found.short_crews[:5]))
        st.warning(plain(words, 400), icon=":material/groups:")
