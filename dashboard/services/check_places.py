"""Do the trees of sites and divisions hold, and do counts on a parent equal the sum over its children?"""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select, union_all
from sqlalchemy.orm import aliased

from dashboard.core.checks import HEIGHT
from dashboard.core.permissions import WHOLE_COUNTY
from dashboard.core.words import DivisionLevel, VolunteerStatus
from dashboard.services.check_look import Fault, Look, asked
from dashboard.services.figures import in_force
from dashboard.services.filtering import county_day, is_open
from db.models import Division, Grid, Need, Site, Volunteer

Parent = aliased(Site, name="parent")


def site_path(look: Look) -> Fault:
    """Sites whose path is not their parent's and their own id."""
    right = func.coalesce(Parent.path, WHOLE_COUNTY) + cast(Site.id, String) + "/"
    return asked(
        look,
        select(Site.code)
        .outerjoin(Parent, Parent.id == Site.parent_id)
        .where(Site.county == look.county, Site.path != right),
    )


def site_level(look: Look) -> Fault:
    """Sites under a site of a lower level: an institute under a station."""
    return asked(
        look,
        select(Site.code)
        .join(Parent, Parent.id == Site.parent_id)
        .where(Site.county == look.county, _height(Site.level) > _height(Parent.level)),
    )


def _height(level: Any) -> ColumnElement[int]:
    return case({str(name): height for name, height in HEIGHT.items()}, value=level, else_=-1)


def site_circle(look: Look) -> Fault:
    """Sites from which no way leads up to a root: somebody above stands under them."""
    reached = select(Site.id).where(Site.county == look.county, Site.parent_id.is_(None)).cte("reached", recursive=True)
    reached = reached.union(select(Site.id).join(reached, Site.parent_id == reached.c.id))
    return asked(look, select(Site.code).where(Site.county == look.county, Site.id.not_in(select(reached.c.id))))


def site_root(look: Look) -> Fault:
    """Every root in force where there is more than one; 1 where there are sites and none is the root."""
    here = (Site.county == look.county, in_force(Site, county_day(look.now)))
    roots = asked(look, select(Site.code).where(*here, Site.parent_id.is_(None)))
    if roots.found > 1:
        return roots
    sites = look.session.scalar(select(func.count()).select_from(Site).where(*here))
    return Fault(1) if sites and not roots.found else Fault()


def site_sum(look: Look) -> Fault:
    """Sites whose part of the tree, found by path as rights do, counts other open needs or active volunteers than its
    own rows and its children's parts together."""
    own = union_all(
        select(Need.site_id.label("site_id"), func.count().label("needs"), func.sum(0).label("volunteers"))
        .where(Need.county == look.county, is_open())
        .group_by(Need.site_id),
        select(Volunteer.site_id, func.sum(0), func.count())
        .where(Volunteer.county == look.county, Volunteer.status == VolunteerStatus.ACTIVE)
        .group_by(Volunteer.site_id),
    ).cte("own")
    upper, lower = aliased(Site, name="upper_site"), aliased(Site, name="lower_site")
    part = (
        select(upper.id, func.sum(own.c.needs).label("needs"), func.sum(own.c.volunteers).label("volunteers"))
        .join(lower, and_(lower.county == upper.county, lower.path.startswith(upper.path)))
        .join(own, own.c.site_id == lower.id)
        .where(upper.county == look.county)
        .group_by(upper.id)
    ).cte("part")
    below = (
        select(Site.parent_id, func.sum(part.c.needs).label("needs"), func.sum(part.c.volunteers).label("volunteers"))
        .join(part, part.c.id == Site.id)
        .where(Site.county == look.county)
        .group_by(Site.parent_id)
    ).cte("below")
    here = (
        select(own.c.site_id, func.sum(own.c.needs).label("needs"), func.sum(own.c.volunteers).label("volunteers"))
        .group_by(own.c.site_id)
        .cte("here")
    )

    def differs(column: str) -> ColumnElement[bool]:
        known = [func.coalesce(table.c[column], 0) for table in (part, here, below)]
        return known[0] != known[1] + known[2]

    return asked(
        look,
        select(Site.code)
        .outerjoin(part, part.c.id == Site.id)
        .outerjoin(here, here.c.site_id == Site.id)
        .outerjoin(below, below.c.parent_id == Site.id)
        .where(Site.county == look.county, or_(differs("needs"), differs("volunteers"))),
    )


def village_town(look: Look) -> Fault:
    """Sites, grids and needs whose village is unknown or lies in another town: a town's count would not be the sum of
    its villages'."""
    found = [
        select(table.code.label("code"))
        .outerjoin(
            Division,
            and_(
                Division.county == table.county,
                Division.code == table.village_code,
                Division.level == DivisionLevel.VILLAGE,
            ),
        )
        .where(
            table.county == look.county,
            table.village_code.is_not(None),
            or_(Division.id.is_(None), Division.parent_code.is_distinct_from(table.town_code)),
        )
        for table in (Site, Grid, Need)
    ]
    return asked(look, select(union_all(*found).subquery().c.code))
