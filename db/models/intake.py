"""The intake API: the keys of the systems that send us orders, one-key call devices, and their calls."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class ApiKey(Base):
    """A key of another system. Only the digest of its secret is kept: who reads this table can use none of them.

    It acts within its site's part of the tree; without a site, in the whole county.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("prefix"),
        Index(None, "county", "site_id"),
        CheckConstraint("per_minute >= 1", name="per_minute"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(60))
    #: The first part of the key: names it in lists and finds its row. No secret.
    prefix: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]
    created_by: Mapped[int]
    revoked_at: Mapped[datetime | None]
    #: To the minute.
    last_used_at: Mapped[datetime | None]
    #: Requests it may make in a minute.
    per_minute: Mapped[int] = mapped_column(default=60)


class Device(Base):
    """A one-key call device: whose it is, where it hangs, and the category its calls are of."""

    __tablename__ = "devices"
    __table_args__ = (
        UniqueConstraint("county", "code"),
        Index(None, "county", "person_id"),
        Index(None, "county", "site_id"),
        CheckConstraint("(lon is null) = (lat is null)", name="point"),
        # A call is open at once, and an open need has a place.
        CheckConstraint("lon is not null or grid_id is not null", name="located"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id", ondelete="RESTRICT"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    place_text: Mapped[str] = mapped_column(String(200), default="")
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id", ondelete="RESTRICT"))
    active: Mapped[bool] = mapped_column(default=True)


class DeviceCall(Base):
    """One press of a device, and the need it belongs to. Calls are counted apart from needs and people."""

    __tablename__ = "device_calls"
    __table_args__ = (Index(None, "county", "device_id"), Index(None, "county", "need_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id", ondelete="RESTRICT"))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    #: Made anew while its need was still open; further presses of the same moment are no repeats.
    is_repeat: Mapped[bool] = mapped_column(default=False)
