"""How urgent a need is and what it is about, changed without asking for the whole order again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from dashboard.core.errors import Invalid
from dashboard.core.permissions import Action
from dashboard.core.registers import checked
from dashboard.core.words import Subject
from dashboard.services import need_life as life
from dashboard.services import need_writing as writing
from dashboard.services.catalogue_edits import active_category
from dashboard.services.commands import Work, command
from dashboard.services.needs import follow_edit, require_editable
from db.models import CatalogueItem, Need, NeedSkill


@command(Action.EDIT_NEED, Subject.NEEDS)
def grade(work: Work, *, need_id: int, version: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change urgency and category of a need that isn't served yet; its clocks follow. Skills nobody named follow the
    category; those that were named stay."""
    told = checked("needs", values)
    need = life.need_for(work, need_id)
    require_editable(need)
    before = writing.snapshot(work, need)
    work.at_version(need, version)
    changed = {name: value for name, value in told.items() if value != getattr(need, name)}
    if not changed:
        raise Invalid("rules.nothing_changed")
    need.urgency = told.get("urgency", need.urgency)
    if "category_id" in changed:
        _recategorise(work, need, changed["category_id"])
    follow_edit(work, need)
    work.audit("need", need.id, before=before, after=writing.snapshot(work, need))
    return {"need_id": need.id, "code": need.code, "state": need.state}


def _recategorise(work: Work, need: Need, category_id: int) -> None:
    category = active_category(work, category_id)
    usual = {skill.skill_id for skill in writing.usual_skills(work, need)}
    mine = (NeedSkill.county == need.county, NeedSkill.need_id == need.id)
    asked = set(work.session.scalars(select(NeedSkill.skill_id).where(*mine)))
    need.category_id = category.id
    if need.item_id is not None and work.session.get_one(CatalogueItem, need.item_id).category_id != category.id:
        need.item_id = None
    need.to_verify = [key for key in need.to_verify if key != "no_category"]
    if asked == usual:
        work.session.execute(delete(NeedSkill).where(*mine))
        work.session.add_all(
            NeedSkill(county=need.county, need_id=need.id, skill_id=skill.skill_id)
            for skill in writing.usual_skills(work, need)
        )
    work.session.flush()
