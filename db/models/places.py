"""Places: divisions, the tree of practice sites, the tree of grids, and who answers for each grid."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Division(Base):
    """An official statistical division: the county, its towns, its villages and communities."""

    __tablename__ = "divisions"
    __table_args__ = (UniqueConstraint("county", "code"), Index(None, "county", "level", "name"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    parent_code: Mapped[str | None] = mapped_column(String(12))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    #: GeoJSON geometry in WGS-84, for outlines on the map.
    geometry: Mapped[dict[str, Any] | None]


class Site(Base):
    """A practice site 中心/所/站/点.

    `path` is "/<id>/<id>/" from the root to this site; rights compare its beginning.
    """

    __tablename__ = "sites"
    __table_args__ = (
        UniqueConstraint("county", "code"),
        UniqueConstraint("county", "parent_id", "name_key"),
        Index(None, "county", "path"),
        Index(None, "county", "level"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20), default="practice")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    path: Mapped[str] = mapped_column(String(200), default="/")
    town_code: Mapped[str | None] = mapped_column(String(12))
    village_code: Mapped[str | None] = mapped_column(String(12))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    precision: Mapped[str] = mapped_column(String(10), default="none")
    source: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    contact_person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    opening: Mapped[str] = mapped_column(String(120), default="")
    raw: Mapped[dict[str, Any] | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class Grid(Base):
    """A grid 网格: the smallest area somebody answers for. Polygons hold from `valid_from` up to before `valid_to`."""

    __tablename__ = "grids"
    __table_args__ = (
        UniqueConstraint("county", "code", "valid_from"),
        Index(None, "county", "town_code"),
        Index(None, "county", "village_code"),
        Index(None, "county", "site_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20), default="village_group")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id", ondelete="RESTRICT"))
    town_code: Mapped[str | None] = mapped_column(String(12))
    village_code: Mapped[str | None] = mapped_column(String(12))
    #: The station or institute whose people serve this grid; rights over needs in it follow that site.
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    #: GeoJSON geometry in WGS-84.
    geometry: Mapped[dict[str, Any]]
    lon: Mapped[float]
    lat: Mapped[float]
    area_m2: Mapped[float] = mapped_column(default=0.0)
    households: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(40), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class GridContact(Base):
    """A posted contact card: a person who answers for a grid."""

    __tablename__ = "grid_contacts"
    __table_args__ = (Index(None, "county", "grid_id"), Index(None, "county", "person_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    duty: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Setting(Base):
    """A named setting of a county: its boundary, neighbours, review number of the map, whether it is sample data."""

    __tablename__ = "settings"
    __table_args__ = (UniqueConstraint("county", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: "" for settings of the whole database (which county it serves, the digest key).
    county: Mapped[str] = mapped_column(String(6))
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime | None]


class UnplacedPoint(Base):
    """未落格: a row whose point lies outside every grid, listed for somebody to place, never dropped."""

    __tablename__ = "unplaced_points"
    __table_args__ = (UniqueConstraint("county", "subject", "row_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    subject: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[int]
    lon: Mapped[float]
    lat: Mapped[float]
    note: Mapped[str] = mapped_column(Text, default="")
