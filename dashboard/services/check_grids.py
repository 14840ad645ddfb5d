"""Are the grids sound polygons, apart from each other and inside the county, and does every point lie where it says?"""

from datetime import date

from shapely.geometry import shape
from sqlalchemy import func, select

from dashboard.core.checks import clashes, strays
from dashboard.formats.geojson import INSIDE_SHARE
from dashboard.services.check_look import POINTED, Fault, Look, asked, listed
from dashboard.services.county import setting
from db.models import Grid, Site, UnplacedPoint


def grid_code(look: Look) -> Fault:
    """Grids that begin to hold while an earlier one of the same code still does."""
    until = func.coalesce(Grid.valid_to, date.max)
    held_until = func.max(until).over(partition_by=Grid.code, order_by=(Grid.valid_from, Grid.id), rows=(None, -1))
    spans = (
        select(Grid.code, Grid.valid_from, held_until.label("held_until")).where(Grid.county == look.county).subquery()
    )
    return asked(look, select(spans.c.code).where(spans.c.valid_from < spans.c.held_until))


def grid_shape(look: Look) -> Fault:
    """Grids whose geometry is no valid polygon."""
    return listed(list(look.bad_grids))


def grid_overlap(look: Look) -> Fault:
    """Pairs of grids that hold on a common day and overlap by more than 1 % of the smaller."""
    return listed([f"{one.code}/{other.code}" for one, other in clashes(look.outlines)])


def grid_outside(look: Look) -> Fault:
    """Grids that lie outside the county by the importer's rule; none where no boundary is set."""
    boundary = setting(look.session, look.county, "boundary")
    if boundary is None:
        return Fault()
    return listed([outline.code for outline in strays(look.outlines, shape(boundary), INSIDE_SHARE)])


def point_unlisted(look: Look) -> Fault:
    """Exact points outside every grid that are not on the list of such points."""
    outside = {(one.subject, one.row_id) for one in look.placed if one.bound and one.lies is None}
    return listed(_called(outside - _on_the_list(look)))


def point_listed(look: Look) -> Fault:
    """Points on the list that have no business there: the row is gone, not exact, or lies in a grid."""
    outside = {(one.subject, one.row_id) for one in look.placed if one.lies is None}
    return listed(_called(_on_the_list(look) - outside))


def _on_the_list(look: Look) -> set[tuple[str, int]]:
    rows = select(UnplacedPoint.subject, UnplacedPoint.row_id).where(UnplacedPoint.county == look.county)
    return {(row.subject, row.row_id) for row in look.session.execute(rows)}


def _called(rows: set[tuple[str, int]]) -> list[str]:
    return [f"{subject} #{row_id}" for subject, row_id in rows]


def point_grid(look: Look) -> Fault:
    """Volunteers and needs with an exact point that say another grid than the one the point lies in."""
    has_grid = {subject for subject, table in POINTED if table is not Site}
    bound = (one for one in look.placed if one.bound and one.subject in has_grid)
    wrong = {(one.subject, one.row_id) for one in bound if one.says != one.lies}
    return listed(_called(wrong))
