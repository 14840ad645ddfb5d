"""How big a sample county is: the published size of Wuchuan, and a small one for tests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Counts that the sample meets exactly, except `reached` (at least)."""

    name: str
    #: Codes of the towns that take part, none for all; and how many villages of each, none for all.
    towns: tuple[str, ...]
    villages_each: int | None
    points: int
    grids: int
    contacts: int
    teams: int
    volunteers: int
    #: How many times as far as usual people go: fewer of them live in the same outline.
    reach: int
    items: int
    activities: int
    #: Person-times over all activities.
    reached: int
    #: Needs that went through the whole life cycle; needs that ended otherwise; needs alive today.
    closed: int
    ended_otherwise: int
    alive: int

    @property
    def needs(self) -> int:
        return self.closed + self.ended_otherwise + self.alive


#: 1 centre, 16 institutes, 124 stations, 8 points ... as the newspaper counts Wuchuan.
FULL = Size(
    name="full",
    towns=(),
    villages_each=None,
    points=8,
    grids=1453,
    contacts=6700,
    teams=209,
    volunteers=50_000,
    reach=1,
    items=6000,
    activities=2100,
    reached=1_000_000,
    closed=3020,
    ended_otherwise=160,
    alive=420,
)

#: 1 centre, 3 institutes, 12 stations, 2 points; the same outline in fewer, larger pieces.
SMALL = Size(
    name="small",
    towns=("520326002", "520326101", "520326204"),
    villages_each=4,
    points=2,
    grids=60,
    contacts=280,
    teams=20,
    volunteers=600,
    reach=5,
    items=200,
    activities=60,
    reached=25_000,
    closed=130,
    ended_otherwise=12,
    alive=58,
)

SIZES = {size.name: size for size in (FULL, SMALL)}
