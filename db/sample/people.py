"""The volunteers: who they are, where, what they can do and when; skewed as life is.

A few skills are rare, weekday mornings are scarce, some villages have hardly anybody, families share a phone, of some
nobody knows when they are free, and certificates run out.
"""

import random
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.county_words import AVAILABILITY, SKILLS
from db.models import Availability, Certificate, Leave, Person, Volunteer, VolunteerSkill
from db.sample import words
from db.sample.clock import local
from db.sample.names import initials, person_name, phone_number
from db.sample.world import Crowd, World

_SKILL_NAMES = {skill.code: skill.name for skill in SKILLS}
#: Ways of life: (name, share, youngest, oldest).
_LIVES = (
    ("retired", 0.19, 58, 76),
    ("employed", 0.35, 24, 58),
    ("farming", 0.22, 30, 68),
    ("student", 0.14, 16, 24),
    ("elsewhere", 0.10, 20, 50),
)
#: Share of the volunteers who have a skill, and how many times as many (more or fewer) in some ways of life.
_PREVALENCE: dict[str, tuple[float, dict[str, float]]] = {
    "companionship": (0.27, {"retired": 1.5, "farming": 1.2}),
    "cleaning": (0.24, {"student": 1.3}),
    "cooking": (0.15, {"farming": 1.4, "student": 0.3}),
    "tutoring": (0.07, {"student": 2.6, "farming": 0.2}),
    "mediation": (0.06, {"retired": 2.2, "student": 0.0}),
    "haircut": (0.022, {"student": 0.2}),
    "appliance_repair": (0.018, {"student": 0.3}),
    "plumbing_wiring": (0.026, {"farming": 1.6, "student": 0.1}),
    "electrician": (0.010, {"student": 0.0}),
    "nursing": (0.024, {"student": 0.1, "farming": 0.2}),
    "first_aid": (0.045, {"employed": 1.6}),
    "counselling": (0.007, {"student": 0.0}),
    "legal": (0.008, {"student": 0.0, "farming": 0.2}),
    "driving": (0.13, {"employed": 1.6, "student": 0.2}),
    "digital_help": (0.08, {"student": 2.5, "retired": 0.2, "farming": 0.3}),
    "lecturing": (0.035, {"retired": 1.8}),
    "performing": (0.06, {"retired": 1.6}),
    "media": (0.028, {"student": 1.8}),
    "calligraphy": (0.016, {"retired": 2.0}),
    "farming": (0.05, {"farming": 3.0, "student": 0.0}),
    "gelao_language": (0.035, {"retired": 1.6}),
    "sign_language": (0.0014, {}),
}
#: What the register says about free time, by way of life.
_FREE_WORDS: dict[str, dict[str, int]] = {
    "retired": {"工作日白天": 24, "每天上午": 20, "每天下午": 14, "随时": 8, "周二、周四下午": 8, "": 16, "不定": 10},
    "employed": {"周一至周五晚上": 18, "晚上7点后": 14, "周末全天": 18, "周六上午": 12, "周日下午": 8, "": 30},
    "farming": {"节假日": 10, "每天下午": 8, "晚上": 20, "周日上午": 8, "随时": 4, "": 34, "看情况": 16},
    "student": {"周末全天": 34, "节假日": 26, "周六下午": 14, "": 20, "不定": 6},
    "elsewhere": {"节假日": 22, "周末": 8, "": 50, "看情况": 20},
}
_METRES = ((2000, 20), (3000, 25), (5000, 28), (8000, 14), (10_000, 8), (15_000, 5))
_OUTING = ("外出探亲", "住院", "外出务工", "学校考试", "照顾家人")


def make_people(world: World) -> None:
    """Queue persons, volunteers, skills, certificates, free time and leave; sets `world.crowd`."""
    numbers, chance = world.array_stream("people"), world.stream("people")
    count = world.size.volunteers
    grid = _homes(world, numbers, count)
    lives = numbers.choice(len(_LIVES), count, p=[life[1] for life in _LIVES])
    youngest, oldest = (np.array([life[at] for life in _LIVES])[lives] for at in (2, 3))
    female = numbers.random(count) < 0.57
    born = world.today.year - numbers.integers(youngest, oldest + 1)
    days = np.minimum(numbers.gamma(2.2, 620, count), 8 * 365).astype(int) + 3
    consent = numbers.choice([words.GIVEN, words.UNKNOWN, words.REFUSED], count, p=[0.83, 0.14, 0.03])
    status = numbers.choice([words.ACTIVE, words.PAUSED, words.LEFT], count, p=[0.90, 0.07, 0.03])
    cap_day, cap_week, metres = _limits(numbers, count, world.size.reach)
    skills, valid_until = _skills(world, numbers, lives)
    said = [_free_word(chance, _LIVES[life][0]) for life in lives.tolist()]
    precision, lon, lat = _addresses(world, numbers, grid)
    world.crowd = Crowd(
        village=np.array([place.village for place in world.grids])[grid],
        lon=lon,
        lat=lat,
        max_metres=metres,
        cap_day=cap_day,
        cap_week=cap_week,
        may_serve=(consent == words.GIVEN) & (status == words.ACTIVE) & (precision != words.NOWHERE),
        female=female,
        born=born,
        registered=[world.end.date() - timedelta(days=int(day)) for day in days],
        skills=skills,
        valid_until=valid_until,
        free=_free_time(world, said),
        away=_leave(world, count),
        team=[None] * count,
        phones=_persons(world, chance, female, born, grid),
    )
    for i in range(count):
        _volunteer(world, chance, i, int(grid[i]), (str(precision[i]), str(consent[i]), str(status[i]), said[i]))


def _volunteer(world: World, chance: random.Random, i: int, grid: int, facts: tuple[str, str, str, str]) -> None:
    """Queue the row of a volunteer; `facts` are (precision, consent, status, words about free time)."""
    precision, consent, status, said = facts
    crowd, home = world.crowd, world.villages[world.grids[grid].village]
    known, asked = precision != words.NOWHERE, consent != words.UNKNOWN
    since = local(crowd.registered[i], 600)
    world.rows.add(
        Volunteer,
        code=f"V{i + 1:06d}",
        person_id=i + 1,
        site_id=home.site_id if chance.random() < 0.9 else world.towns[home.town].site_id,
        village_code=home.code if known else None,
        grid_id=grid + 1 if precision in (words.AT_GRID, words.AT_POINT) else None,
        lon=float(crowd.lon[i]) if known else None,
        lat=float(crowd.lat[i]) if known else None,
        precision=precision,
        location_source="sample" if known else "",
        location_at=since if known else None,
        status=status,
        cap_day=int(crowd.cap_day[i]),
        cap_week=int(crowd.cap_week[i]),
        max_distance_m=int(crowd.max_metres[i]),
        languages=_languages(chance, crowd.skills[i]),
        availability_known=crowd.free[i] is not None,
        availability_raw=said,
        skills_raw="、".join(_SKILL_NAMES[code] for code in sorted(crowd.skills[i])),
        consent=consent,
        consent_at=since if asked else None,
        consent_channel=chance.choice(("online", "walk_in", "visit")) if asked else "",
        registered_on=crowd.registered[i],
    )


def _homes(world: World, numbers: np.random.Generator, count: int) -> NDArray[np.int64]:
    """The grid each volunteer lives in: many where many live and people are willing, hardly any in some villages."""
    weight = np.array([grid.households * world.villages[grid.village].help for grid in world.grids])
    weight *= numbers.lognormal(0, 0.4, len(weight))
    return np.asarray(numbers.choice(len(weight), count, p=weight / weight.sum()), dtype=np.int64)


def _persons(
    world: World, chance: random.Random, female: NDArray[np.bool_], born: NDArray[np.int64], grid: NDArray[np.int64]
) -> list[str | None]:
    """The persons behind the volunteers; says their phones. One in eight uses the phone of somebody next door."""
    phones: list[str | None] = []
    last_in: dict[int, str] = {}
    for i in range(len(female)):
        home = int(grid[i])
        phone = _phone(world, chance, last_in.get(home))
        if phone:
            last_in[home] = phone
        add_person(world, chance, bool(female[i]), int(born[i]), phone, world.grids[home].village)
        phones.append(phone)
    return phones


def _phone(world: World, chance: random.Random, shared: str | None) -> str | None:
    draw = chance.random()
    if draw < 0.012:
        return None
    if draw < 0.13 and shared:
        return shared
    world.phone_serial += 1
    return phone_number(world.phone_serial)


def add_person(
    world: World,
    chance: random.Random,
    female: bool,
    born: int,
    phone: str | None,
    village: int,
    address: tuple[str, str] | None = None,
) -> int:
    """Queue an invented person. `address` is (what may be shown of it, the rest)."""
    name = person_name(chance, female, born)
    return world.rows.add(
        Person,
        name=name,
        initials=initials(name),
        gender=words.FEMALE if female else words.MALE,
        birth_year=born,
        village_code=world.villages[village].code,
        **world.rows.private("phone", phone, phone[-4:] if phone else None),
        **world.rows.private("address", "".join(address) if address else None, address[0] if address else None),
    )


def _limits(numbers: np.random.Generator, count: int, reach: int) -> tuple[NDArray[np.int64], ...]:
    """(tasks a day, tasks a week, metres) each is willing to take."""
    cap_day = numbers.choice([1, 2, 3], count, p=[0.82, 0.15, 0.03])
    cap_week = np.maximum(cap_day, numbers.choice([1, 2, 3, 4, 5], count, p=[0.42, 0.3, 0.15, 0.08, 0.05]))
    weight = np.array([share for _, share in _METRES], dtype=float)
    metres = numbers.choice([metre for metre, _ in _METRES], count, p=weight / weight.sum())
    return cap_day, cap_week, metres * reach


def _addresses(
    world: World, numbers: np.random.Generator, grid: NDArray[np.int64]
) -> tuple[NDArray[np.str_], NDArray[np.float64], NDArray[np.float64]]:
    """(precision, lon, lat): most are known by village, some by grid, a few by house."""
    count = len(grid)
    kinds = [words.AT_VILLAGE, words.AT_GRID, words.AT_POINT, words.NOWHERE]
    precision = numbers.choice(kinds, count, p=[0.655, 0.25, 0.085, 0.01])
    places = [(g.lon, g.lat) for g in world.grids]
    stations = [(world.villages[g.village].lon, world.villages[g.village].lat) for g in world.grids]
    by_village = (precision == words.AT_VILLAGE)[:, None]
    at = np.where(by_village, np.array(stations)[grid], np.array(places)[grid])
    houses = np.flatnonzero(precision == words.AT_POINT)
    for i in houses.tolist():
        at[i] = world.house(int(grid[i]), numbers.random(2).tolist())
    return precision, at[:, 0], at[:, 1]


def _skills(
    world: World, numbers: np.random.Generator, lives: NDArray[np.int64]
) -> tuple[list[frozenset[str]], dict[tuple[int, str], tuple[date, date]]]:
    """Who has which skill, at which level, and until when the certificate is good (some ran out, some will soon)."""
    held: list[set[str]] = [set() for _ in lives]
    valid: dict[tuple[int, str], tuple[date, date]] = {}
    today = world.today
    for code, (share, factors) in _PREVALENCE.items():
        factor = np.array([factors.get(life[0], 1.0) for life in _LIVES])[lives]
        holders = np.flatnonzero(numbers.random(len(lives)) < share * factor)
        levels = numbers.choice([1, 2, 3], len(holders), p=[0.52, 0.35, 0.13])
        draws = numbers.random((len(holders), 2))
        for i, level, (kept, span) in zip(holders.tolist(), levels.tolist(), draws.tolist(), strict=True):
            held[i].add(code)
            world.rows.add(VolunteerSkill, volunteer_id=i + 1, skill_id=world.skills[code], level=level)
            if code in world.licences and kept < 0.9:
                expires = _expiry(today, kept / 0.9, span)
                issued = expires - timedelta(days=5 * 365)
                valid[i, code] = (issued, expires)
                world.rows.add(
                    Certificate,
                    volunteer_id=i + 1,
                    skill_id=world.skills[code],
                    number=f"SAMPLE-{world.skills[code]:02d}-{i + 1:06d}",
                    issued_on=issued,
                    expires_on=expires,
                )
    return [frozenset(codes) for codes in held], valid


def _expiry(today: date, draw: float, span: float) -> date:
    """Eight in a hundred ran out in the last year, five run out within 30 days, the rest later."""
    if draw < 0.08:
        return today - timedelta(days=1 + int(span * 360))
    if draw < 0.13:
        return today + timedelta(days=int(span * 30))
    return today + timedelta(days=31 + int(span * 1700))


def _free_word(chance: random.Random, life: str) -> str:
    return chance.choices(list(_FREE_WORDS[life]), list(_FREE_WORDS[life].values()))[0]


def _languages(chance: random.Random, skills: frozenset[str]) -> list[str]:
    spoken = ["普通话"] + (["西南官话"] if chance.random() < 0.9 else [])
    if "gelao_language" in skills:
        spoken.append("仡佬语")
    return spoken + (["苗语"] if chance.random() < 0.02 else [])


def _free_time(world: World, free_words: list[str]) -> list[tuple[tuple[int, int, int], ...] | None]:
    """The weekly spans that the words mean, by the word table of the county."""
    free: list[tuple[tuple[int, int, int], ...] | None] = []
    for i, word in enumerate(free_words):
        spans = AVAILABILITY.get(word)
        free.append(None if spans is None else tuple((day, start, end) for day, start, end in spans))
        for day, start, end in spans or ():
            world.rows.add(Availability, volunteer_id=i + 1, weekday=day, start_minute=start, end_minute=end)
    return free


def _leave(world: World, count: int) -> dict[int, Any]:
    """One in forty is away some days of the coming weeks."""
    chance = world.stream("leave")
    away = {}
    for i in sorted(chance.sample(range(count), count // 40)):
        first = world.today + timedelta(days=chance.randrange(-5, 18))
        start, end = local(first, 0), local(first + timedelta(days=chance.randrange(1, 15)), 0)
        away[i] = (start, end)
        world.rows.add(Leave, volunteer_id=i + 1, start=start, end=end, reason=chance.choice(_OUTING))
    return away
