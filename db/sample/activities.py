"""Activities the teams held, with the people who served at them and how many they reached."""

import random
from datetime import datetime, timedelta

from db.models import Activity, Service
from db.sample import words
from db.sample.chance import skewed
from db.sample.clock import local, local_day
from db.sample.orders import to_minute
from db.sample.world import World

#: Category -> what is held, how many people it usually reaches, and how many hours it lasts.
_HELD: dict[str, tuple[float, str, int, tuple[int, ...]]] = {
    "lecture": (26, "党的理论宣讲进院坝 移风易俗宣讲 反诈骗宣传 消防安全讲座 健康知识讲座", 260, (60, 90, 120)),
    "culture": (24, "仡佬盘歌展演 花灯戏巡演 广场舞教学 露天电影 写春联送祝福 乡村篮球赛", 900, (120, 150, 180)),
    "environment": (22, "爱国卫生大扫除 河道清理 寨子绿化 垃圾分类入户", 140, (120, 180, 240)),
    "companionship": (12, "敬老院慰问 重阳节陪伴 留守儿童陪伴日", 80, (120, 150)),
    "tutoring": (6, "四点半课堂 假期公益课堂", 60, (90, 120)),
    "nursing": (5, "义诊进村 血压血糖免费测", 220, (120, 180)),
    "farming": (5, "茶园管理培训 果树修剪现场课", 90, (120, 180)),
}
_MONTHS = {1: 1.5, 2: 1.1, 3: 1.4, 4: 0.9, 5: 0.9, 6: 0.9, 7: 1.0, 8: 0.9, 9: 1.1, 10: 1.4, 11: 1.0, 12: 1.1}


def make_activities(world: World) -> None:
    """Queue the activities with their services; the people reached add up to at least the size's number."""
    chance = world.stream("activities")
    teams = _by_zeal(world, chance)
    moments = sorted(_moment(world, chance) for _ in range(world.size.activities))
    reached = [_reached(chance) for _ in moments]
    kinds = [chance.choices(list(_HELD), [held[0] for held in _HELD.values()])[0] for _ in moments]
    counts = [0 if share is None else share * _HELD[kind][2] for share, kind in zip(reached, kinds, strict=True)]
    scale = world.size.reached / sum(counts)
    for number, (start, kind, count) in enumerate(zip(moments, kinds, counts, strict=True)):
        people = None if reached[number] is None else int(count * scale) + 1
        _hold(world, chance, number, skewed(chance, teams, 2), kind, start, people)


def _by_zeal(world: World, chance: random.Random) -> list[int]:
    """Teams with members who may serve, the zealous ones first."""
    willing = [team for team, members in world.team_members.items() if any(world.crowd.may_serve[i] for i in members)]
    chance.shuffle(willing)
    return willing


def _moment(world: World, chance: random.Random) -> datetime:
    """Most are held at weekends and before the festivals."""
    days = (world.end - world.begin).days
    while True:
        day = local_day(world.begin) + timedelta(days=chance.randrange(days))
        if chance.random() < _MONTHS[day.month] / 1.6 * (1.0 if day.weekday() >= 5 else 0.5):
            return local(day, chance.choice((8, 9, 9, 14, 15, 19)) * 60)


def _reached(chance: random.Random) -> float | None:
    """How many times as many as usual came; None when nobody counted."""
    return None if chance.random() < 0.03 else chance.lognormvariate(-0.3, 0.8)


def _hold(
    world: World, chance: random.Random, number: int, team: int, code: str, start: datetime, people: int | None
) -> None:
    _, names, _, lengths = _HELD[code]
    end = start + timedelta(minutes=chance.choice(lengths))
    grid = _ground(world, chance, team)
    site_id = world.team_sites[team]
    activity = world.rows.add(
        Activity,
        code=f"A{local_day(start):%y%m%d}-{number + 1}",
        name=chance.choice(names.split()),
        category_id=world.kinds[code].id,
        team_id=team,
        site_id=site_id,
        grid_id=grid + 1,
        start=start,
        end=end,
        people_reached=people,
        lon=world.grids[grid].lon,
        lat=world.grids[grid].lat,
    )
    grade = chance.choices((words.GRADE_A, words.GRADE_B, words.GRADE_C), (50, 20, 30))[0]
    recorded = min(to_minute(world.clock.after(end, chance.uniform(20, 900))), world.end - timedelta(minutes=1))
    pause = 30 if end - start >= timedelta(hours=3) else 0
    for i in _hands(world, chance, team, start, end):
        late, early = chance.randrange(0, 15), chance.randrange(0, 20)
        came, left = start + timedelta(minutes=late), end - timedelta(minutes=early)
        world.take(i, start, end)
        world.rows.add(
            Service,
            volunteer_id=i + 1,
            activity_id=activity,
            team_id=team,
            site_id=site_id,
            grid_id=grid + 1,
            start=came,
            end=left,
            break_minutes=pause,
            minutes=int((left - came) / timedelta(minutes=1)) - pause,
            grade=grade,
            recorded_at=max(recorded, left),
            recorded_by=world.accounts["sample-station"],
        )


def _ground(world: World, chance: random.Random, team: int) -> int:
    """A grid of the team's own area."""
    site = world.team_sites[team]
    for village in world.villages:
        if village.site_id == site:
            return chance.choice(village.grids)
    for town in world.towns:
        if town.site_id == site:
            return chance.choice(world.villages[chance.choice(town.villages)].grids)
    return chance.randrange(len(world.grids))


def _hands(world: World, chance: random.Random, team: int, start: datetime, end: datetime) -> list[int]:
    """Members who came: registered by then, with consent, in nobody else's service at that time; the keen ones most."""
    members = world.team_members[team]
    wanted = min(len(members), 3 + int(chance.expovariate(1 / 14)))
    chosen: dict[int, None] = {}
    for _ in range(3 * wanted):
        if len(chosen) == wanted:
            break
        i = skewed(chance, members, 2)
        there = world.joined[i, team] <= local_day(start)
        if there and world.crowd.may_serve[i] and world.is_free(i, start, end):
            chosen[i] = None
    return list(chosen)
