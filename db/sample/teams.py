"""Teams and who is in them, the contact cards of the grids, and the accounts of the sample."""

import random
from datetime import date, timedelta

from db.models import Account, GridContact, Membership, Team
from db.sample import words
from db.sample.chance import shares, skewed
from db.sample.names import phone_number
from db.sample.people import add_person
from db.sample.world import World

_TOWN_TEAMS = {"party": "党员", "youth": "青年", "women": "巾帼", "red_vest": "红马甲", "silver": "银龄"}
#: Which squad a town's team is, in one town after the other: no town has all of them yet.
_TOWN_SQUADS = {
    "party": ("all_else",),
    "youth": ("mind", "culture", "law"),
    "women": ("children", "health"),
    "red_vest": ("errands", "repair"),
    "silver": ("elders",),
}
#: Teams of the whole county: name, kind, the aspect they are the squad of, the skills their members bring, shared with
#: every town.
_COUNTY_TEAMS = (
    ("县医疗卫生志愿服务队", words.TRADE_TEAM, "health", ("nursing", "first_aid", "counselling")),
    ("县法律服务志愿服务队", words.TRADE_TEAM, "law", ("legal", "mediation")),
    ("县水电家电维修志愿服务队", words.TRADE_TEAM, "repair", ("electrician", "plumbing_wiring", "appliance_repair")),
    ("县文艺志愿服务队", words.TRADE_TEAM, "culture", ("performing", "calligraphy", "media")),
    ("县直机关“仡乡小哥”志愿服务队", words.COUNTY_TEAM, "all_else", ()),
)
_DUTIES = ("网格长", "网格员", "党员联系户", "“仡乡小哥”", "卫生联络员", "治安联络员", "妇女小组长", "寨老")
#: Everybody's way in while the data are a sample: username, name, role, which site.
_ACCOUNTS = (
    ("sample-coordinator", "示例调度员", words.COORDINATOR, "county"),
    ("sample-town", "示例调度员（镇）", words.COORDINATOR, "town"),
    ("sample-station", "示例站点工作人员", words.STATION_WORKER, "village"),
    ("sample-leader", "示例领导", words.LEADER, "county"),
    ("sample-admin", "示例管理员", words.ADMIN, "county"),
)


def make_accounts(world: World) -> None:
    """One account a role, without a password: only the buttons of a sample database let them in."""
    sites = {"county": None, "town": world.towns[0].site_id, "village": world.villages[0].site_id}
    for username, name, role, place in _ACCOUNTS:
        world.accounts[username] = world.rows.add(
            Account, username=username, display_name=name, role=role, site_id=sites[place], created_at=world.begin
        )


def make_teams(world: World) -> None:
    """Teams of the county, of every town by kind, and of villages while there are any left; then their members."""
    chance = world.stream("teams")
    for name, kind, aspect, skills in _COUNTY_TEAMS:
        team = _team(world, chance, name, kind, world.centre_id, aspect, shared=True)
        for skill in skills or ("",):
            world.trade_teams[skill] = team
    for number, town in enumerate(world.towns):
        for kind in words.TOWN_TEAMS:
            name = f"{town.name}{_TOWN_TEAMS[kind]}志愿服务队"
            shared = chance.random() < 0.15
            squad = _TOWN_SQUADS[kind][number % len(_TOWN_SQUADS[kind])]
            world.town_teams[number, kind] = _team(world, chance, name, kind, town.site_id, squad, shared=shared)
    left = world.size.teams - len(world.rows.tables["teams"])
    for number, village in enumerate(world.villages[:left]):
        name = f"{village.name}“仡乡小哥”志愿服务队"
        aspect = words.ASPECTS[number % len(words.ASPECTS)]
        world.village_teams[number] = _team(
            world, chance, name, words.OTHER_TEAM, village.site_id, aspect, shared=False
        )
    _join(world, chance)
    _lead(world, chance)


def _team(
    world: World, chance: random.Random, name: str, kind: str, site_id: int, aspect: str | None, *, shared: bool
) -> int:
    number = len(world.rows.tables["teams"]) + 1
    founded = world.begin.date() - timedelta(days=chance.randrange(30, 2500))
    values = {"name": name, "name_key": name, "kind": kind, "site_id": site_id, "shared": shared, "founded_on": founded}
    team = world.rows.add(Team, code=f"T{number:03d}", aspect=aspect, **values)
    world.team_sites[team] = site_id
    world.team_members[team] = []
    return team


def _join(world: World, chance: random.Random) -> None:
    """Most are in the team of their village, many in one of their town, people with a trade in the county's."""
    crowd = world.crowd
    for i in range(world.size.volunteers):
        village = int(crowd.village[i])
        town = world.villages[village].town
        wanted = []
        if village in world.village_teams and chance.random() < 0.66:
            wanted.append(world.village_teams[village])
        if not wanted or chance.random() < 0.22:
            wanted.append(world.town_teams[town, _town_kind(world, chance, i)])
        trades = sorted({world.trade_teams[code] for code in crowd.skills[i] if code in world.trade_teams})
        if trades and chance.random() < 0.35:
            wanted.append(chance.choice(trades))
        elif chance.random() < 0.012:
            wanted.append(world.trade_teams[""])
        if chance.random() < 0.04:
            wanted = []
        for team in wanted:
            _member(world, chance, i, team)


def _town_kind(world: World, chance: random.Random, i: int) -> str:
    age = world.today.year - int(world.crowd.born[i])
    if age >= 58 and chance.random() < 0.6:
        return "silver"
    if age <= 30 and chance.random() < 0.6:
        return "youth"
    if world.crowd.female[i] and chance.random() < 0.45:
        return "women"
    return chance.choice(("party", "red_vest"))


def _member(world: World, chance: random.Random, i: int, team: int) -> None:
    since = world.crowd.registered[i] + timedelta(days=int(chance.expovariate(1 / 12)))
    last = world.end.date() - timedelta(days=1)
    since = min(since, last)
    until: date | None = None
    if chance.random() < 0.05:
        until = since + timedelta(days=1 + int(chance.random() * max(1, (last - since).days)))
    world.rows.add(Membership, team_id=team, volunteer_id=i + 1, valid_from=since, valid_to=until)
    if until is None:
        world.joined[i, team] = since
        world.team_members[team].append(i)
        if world.crowd.team[i] is None:
            world.crowd.team[i] = team


def _lead(world: World, chance: random.Random) -> None:
    """A leader each, long registered and willing; who stands first in a team's list also serves most."""
    for row in world.rows.tables["teams"]:
        members = world.team_members[row["id"]]
        chance.shuffle(members)
        willing = [i for i in members if world.crowd.may_serve[i]] or members
        willing.sort(key=lambda i: world.crowd.registered[i])
        row["leader_id"] = skewed(chance, willing[: max(1, len(willing) // 10)]) + 1 if willing else None


def make_contacts(world: World) -> None:
    """Contact cards: some grids have none, most a few, some many; nine in ten name a volunteer living near."""
    chance = world.stream("contacts")
    neighbours: dict[int, list[int]] = {}
    for i, village in enumerate(world.crowd.village.tolist()):
        if world.crowd.may_serve[i] and world.crowd.phones[i]:
            neighbours.setdefault(village, []).append(i)
    without = set(chance.sample(range(len(world.grids)), max(1, len(world.grids) * 4 // 100)))
    served = [grid for number, grid in enumerate(world.grids) if number not in without]
    cards = shares(world.size.contacts, [chance.lognormvariate(0, 0.35) for _ in served], least=1)
    for grid, count in zip(served, cards, strict=True):
        near = neighbours.get(grid.village, [])
        people = [i + 1 for i in chance.sample(near, min(len(near), count)) if chance.random() < 0.9]
        while len(people) < count:
            people.append(_cadre(world, chance, grid.village))
        for position, person in enumerate(people):
            since = world.begin.date() + timedelta(days=chance.randrange(0, 600))
            duty = _DUTIES[position] if position < 2 else chance.choice(_DUTIES[2:])
            world.rows.add(
                GridContact, grid_id=grid.id, person_id=person, duty=duty, position=position, valid_from=since
            )


def _cadre(world: World, chance: random.Random, village: int) -> int:
    """Somebody of the village who answers for the grid and is no registered volunteer."""
    world.phone_serial += 1
    female, born = chance.random() < 0.4, world.today.year - chance.randrange(28, 66)
    return add_person(world, chance, female, born, phone_number(world.phone_serial), village)
