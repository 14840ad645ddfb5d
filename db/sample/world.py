"""What the makers of the sample share: the county as it grows, from places to people to needs."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import shapely
from numpy.typing import NDArray

from db.sample import chance
from db.sample.clock import WorkClock
from db.sample.rows import Rows
from db.sample.sizes import Size


@dataclass(frozen=True)
class Kind:
    """A category of the catalogue as the makers need it."""

    id: int
    code: str
    name: str
    minutes: int
    skills: tuple[str, ...]


@dataclass
class Town:
    code: str
    name: str
    site_id: int = 0
    lon: float = 0.0
    lat: float = 0.0
    villages: list[int] = field(default_factory=list)


@dataclass
class Village:
    """A village or community; `help`: how willing its people are to volunteer (1 is usual, 0.1 is far from help)."""

    code: str
    name: str
    town: int
    urban: bool
    help: float
    site_id: int = 0
    lon: float = 0.0
    lat: float = 0.0
    grids: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class GridPlace:
    """A grid: row id, village (position), middle, outline, households."""

    id: int
    name: str
    village: int
    lon: float
    lat: float
    shape: shapely.Geometry
    households: int


@dataclass
class Crowd:
    """The volunteers as arrays: position i is row id i + 1 (and person id i + 1)."""

    village: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    max_metres: NDArray[np.int64]
    cap_day: NDArray[np.int64]
    cap_week: NDArray[np.int64]
    may_serve: NDArray[np.bool_]
    female: NDArray[np.bool_]
    born: NDArray[np.int64]
    registered: list[date]
    #: Skills held (with a certificate where one is required) and, for those, the last day of the certificate.
    skills: list[frozenset[str]]
    valid_until: dict[tuple[int, str], tuple[date, date]]
    #: Weekly spans (weekday, first minute, end minute); None: nobody knows.
    free: list[tuple[tuple[int, int, int], ...] | None]
    away: dict[int, tuple[datetime, datetime]]
    team: list[int | None]
    phones: list[str | None]


@dataclass
class World:
    """Everything so far. `end` is midnight at the start of today: all of the past lies before it."""

    size: Size
    seed: int
    today: date
    begin: datetime
    end: datetime
    rows: Rows
    clock: WorkClock
    skills: dict[str, int]
    licences: frozenset[str]
    kinds: dict[str, Kind]
    towns: list[Town] = field(default_factory=list)
    villages: list[Village] = field(default_factory=list)
    grids: list[GridPlace] = field(default_factory=list)
    centre_id: int = 0
    accounts: dict[str, int] = field(default_factory=dict)
    team_sites: dict[int, int] = field(default_factory=dict)
    team_members: dict[int, list[int]] = field(default_factory=dict)
    town_teams: dict[tuple[int, str], int] = field(default_factory=dict)
    village_teams: dict[int, int] = field(default_factory=dict)
    trade_teams: dict[str, int] = field(default_factory=dict)
    items: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    #: Time each volunteer (position) already gave or promised.
    busy: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    #: Since when a volunteer (position) is in a team.
    joined: dict[tuple[int, int], date] = field(default_factory=dict)
    phone_serial: int = 0
    _crowd: Crowd | None = None

    @property
    def crowd(self) -> Crowd:
        if self._crowd is None:
            raise LookupError("the volunteers aren't made yet")
        return self._crowd

    @crowd.setter
    def crowd(self, made: Crowd) -> None:
        self._crowd = made

    def stream(self, topic: str) -> random.Random:
        return chance.stream(self.seed, topic)

    def array_stream(self, topic: str) -> np.random.Generator:
        return chance.array_stream(self.seed, topic)

    def house(self, grid: int, draw: Sequence[float]) -> tuple[float, float]:
        """A point (lon, lat) inside a grid: `draw` are two numbers from 0 to 1."""
        place = self.grids[grid]
        west, south, east, north = place.shape.bounds
        lon, lat = west + (east - west) * draw[0], south + (north - south) * draw[1]
        # Towards the middle until it lies inside: every grid contains its middle.
        while not shapely.contains_xy(place.shape, lon, lat):
            lon, lat = (lon + place.lon) / 2, (lat + place.lat) / 2
        return round(lon, 6), round(lat, 6)

    def is_free(self, volunteer: int, start: datetime, end: datetime) -> bool:
        """Has this volunteer given that time to nothing else?"""
        return all(until <= start or end <= since for since, until in self.busy.get(volunteer, ()))

    def team_on(self, volunteer: int, day: date) -> int | None:
        """The team she serves for, if she was in it on that day."""
        team = self.crowd.team[volunteer]
        return team if team is not None and self.joined[volunteer, team] <= day else None

    def take(self, volunteer: int, start: datetime, end: datetime) -> None:
        """Keep that time of hers."""
        self.busy.setdefault(volunteer, []).append((start, end))
