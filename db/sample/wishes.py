"""What residents ask for: who, where, what, when, how urgently, and through which channel."""

import random
from collections import deque
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from db.sample import words
from db.sample.chance import shares, skewed
from db.sample.clock import local, local_day
from db.sample.names import phone_number
from db.sample.orders import Span, Wish
from db.sample.people import add_person
from db.sample.world import Kind, World

#: How often each category is asked for; what people say; hours at which it is usually wanted; heads (fewest, most).
_ASKED: dict[str, tuple[float, str, tuple[int, ...], tuple[int, int]]] = {
    "companionship": (16, "陪老人聊天 老人独居想有人说说话 陪老人晒太阳 探望卧床老人", (9, 10, 14, 15), (1, 2)),
    "haircut": (11, "上门理发 老人行动不便想理发 给卧床老人剪头发", (9, 10, 14, 15, 16), (1, 1)),
    "tutoring": (9, "作业辅导 小孩放学没人管 数学跟不上 假期看孩子读书", (9, 14, 16, 18, 19), (1, 2)),
    "mediation": (6, "邻里矛盾 宅基地边界说不拢 噪音纠纷 赡养老人意见不合", (9, 10, 14, 19), (1, 2)),
    "appliance": (7, "电视机没图像 电饭煲坏了 洗衣机不转 冰箱不制冷", (9, 10, 14, 15, 18), (1, 1)),
    "legal": (4, "法律问题 想问土地流转合同 工资被拖欠 遗产怎么分", (9, 10, 14, 15), (1, 1)),
    "cleaning": (11, "打扫卫生 老人家里没人收拾 换洗被褥 搬动旧家具", (8, 9, 14, 15), (1, 4)),
    "utilities": (8, "灯不亮了 水管漏水 厨房下水堵了 换插座", (9, 10, 14, 16, 18), (1, 1)),
    "nursing": (6, "换药护理 量血压 导尿管护理 术后康复", (9, 10, 15), (1, 1)),
    "counselling": (3, "心理疏导 孩子厌学 老伴走了想不开", (10, 15, 19), (1, 1)),
    "meals": (5, "送餐 腿脚不便做不了饭 手术后没人做饭", (10, 11, 16, 17), (1, 2)),
    "transport": (4, "接送就医 去县医院复查 接老人回家", (7, 8, 13), (1, 1)),
    "errands": (5, "代办医保 代买米油 代取药 代交电费", (9, 10, 14, 15), (1, 1)),
    "digital": (3, "不会用手机挂号 养老认证不会弄 想和外地儿子视频", (9, 10, 15, 19), (1, 1)),
    "farming": (2, "茶树长虫 果树不结果 想学养蜂", (8, 9, 14), (1, 2)),
    "culture": (3, "寨上想办文艺活动 广场舞没人教 办春联会", (14, 18, 19), (2, 8)),
    "lecture": (2, "想请人讲政策 办反诈讲座 讲讲新农合", (9, 15, 19), (1, 2)),
    "environment": (4, "河边垃圾没人清 村道落石 打扫公共厕所 清理水沟", (8, 9, 14), (3, 10)),
}
_ADDED = ("", "", "请尽快联系", "独居", "家里老人行动不便", "白天家里没人，请先打电话", "子女在外务工", "路窄不通车")
_AGES = (71, 74, 78, 82, 66, 58, 45, 38)
_CHANNELS = {
    "visit": 24,
    "courtyard_meeting": 12,
    "group_chat": 16,
    "hotline": 20,
    "mailbox": 4,
    "walk_in": 8,
    "device": 6,
    "online": 10,
}
#: Chances of urgency when nothing else speaks for one.
_URGENCY = {words.URGENT: 0.12, words.SOON: 0.28, words.NORMAL: 0.60}
#: Days from the call to the wanted day: the most, by urgency.
_DAYS_AHEAD = {words.URGENT: 1, words.SOON: 4, words.NORMAL: 11}
_PLACES = {words.AT_GRID: 52, words.AT_POINT: 30, words.AT_VILLAGE: 18}
#: A second call about the same thing within this time is a repeat.
_REPEATED_WITHIN = timedelta(days=13)


class Residents:
    """People who ask, a few of them again and again; made when the first of a grid asks."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self._world, self._chance = world, chance
        weights = [grid.households * (2 - min(1.0, world.villages[grid.village].help)) for grid in world.grids]
        self._grids = shares(max(4 * len(weights), 2000), weights)
        self._grid_pool = [grid for grid, times in enumerate(self._grids) for _ in range(times)]
        self._by_grid: dict[int, list[Resident]] = {}

    def ask(self) -> "Resident":
        """Somebody who asks."""
        chance = self._chance
        grid = chance.choice(self._grid_pool)
        known = self._by_grid.setdefault(grid, [])
        if known and chance.random() < 0.45:
            return skewed(chance, known)
        place = self._world.grids[grid]
        town = self._world.towns[self._world.villages[place.village].town]
        village = self._world.villages[place.village]
        address = f"{town.name}{village.name}", f"{chance.randrange(1, place.households + 1)}号"
        self._world.phone_serial += 1
        phone = None if chance.random() < 0.05 else phone_number(self._world.phone_serial)
        if known and phone and chance.random() < 0.12:
            phone = known[0].phone
        female, born = chance.random() < 0.6, self._world.today.year - chance.choice(_AGES)
        person = add_person(self._world, chance, female, born, phone, place.village, address)
        known.append(Resident(person, grid, phone))
        return known[-1]


@dataclass(frozen=True)
class Resident:
    """Somebody who asks: person id, grid (position), phone."""

    person_id: int
    grid: int
    phone: str | None


class Wishes:
    """Makes wishes, one stream of chance for all."""

    def __init__(self, world: World, topic: str) -> None:
        self.world, self.chance = world, world.stream(topic)
        self._residents = Residents(world, self.chance)
        self._kinds = list(_ASKED)
        self._weights = [_ASKED[code][0] for code in self._kinds]
        self._told: deque[tuple[Wish, int]] = deque(maxlen=60)

    def urgency(self) -> str:
        """How urgent, when nothing else speaks for one."""
        return self.chance.choices(list(_URGENCY), list(_URGENCY.values()))[0]

    def wish(
        self, registered: datetime, *, wanted: date | None = None, urgency: str | None = None, people: int | None = None
    ) -> Wish:
        """Something wanted on a day soon after it is registered, or on the day `wanted`."""
        recent = [told for told in self._told if timedelta() < registered - told[0].registered <= _REPEATED_WITHIN]
        if recent and people is None and self.chance.random() < 0.035:
            return self._again(*self.chance.choice(recent), registered, wanted)
        world, chance = self.world, self.chance
        resident = self._residents.ask()
        kind = world.kinds[chance.choices(self._kinds, self._weights)[0]]
        _, said, _, heads = _ASKED[kind.code]
        title, added = chance.choice(said.split()), chance.choice(_ADDED)
        village, urgent = world.grids[resident.grid].village, urgency or self.urgency()
        return Wish(
            kind=kind,
            village=village,
            person_id=resident.person_id,
            reported_by_id=None,
            title=title,
            detail=f"{title}，{added}" if added else title,
            channel=self._channel(),
            urgency=urgent,
            people=people or self._heads(heads),
            spans=self._spans(kind, registered, wanted, urgent),
            registered=registered,
            item_id=self._item(village, kind),
            extra=self._extra(),
            **self._place(resident.grid),
        )

    def told(self, wish: Wish, need_id: int) -> None:
        """Remember who asked for what: somebody may call again."""
        self._told.append((wish, need_id))

    def _again(self, wish: Wish, need_id: int, registered: datetime, wanted: date | None) -> Wish:
        """The same person about the same thing, some days later, more urgently."""
        urgency = words.URGENT if wish.urgency == words.SOON else words.SOON
        return replace(
            wish,
            detail=f"{wish.title}，再次来电",
            channel=self._channel(),
            urgency=urgency,
            spans=self._spans(wish.kind, registered, wanted, urgency),
            registered=registered,
            earlier_need_id=need_id,
            extra=self._extra(),
        )

    def _channel(self) -> str:
        return self.chance.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]

    def _place(self, grid: int) -> dict[str, Any]:
        """How exactly the place is known: by grid, by house, or only by village."""
        place = self.world.grids[grid]
        village = self.world.villages[place.village]
        precision = self.chance.choices(list(_PLACES), list(_PLACES.values()))[0]
        lon, lat = place.lon, place.lat
        if precision == words.AT_VILLAGE:
            lon, lat = village.lon, village.lat
        elif precision == words.AT_POINT:
            lon, lat = self.world.house(grid, (self.chance.random(), self.chance.random()))
        coarse = precision == words.AT_VILLAGE
        where = {"grid": None if coarse else grid, "place_text": village.name if coarse else place.name}
        return where | {"lon": lon, "lat": lat, "precision": precision}

    def _heads(self, heads: tuple[int, int]) -> int:
        """Mostly the fewest, seldom the most."""
        fewest, most = heads
        return fewest + int((most - fewest + 0.999) * self.chance.random() ** 2)

    def _spans(self, kind: Kind, registered: datetime, wanted: date | None, urgency: str) -> tuple[Span, ...]:
        hours = _ASKED[kind.code][2]
        chance = self.chance
        day = wanted or local_day(registered) + timedelta(days=1 + int(chance.random() * _DAYS_AHEAD[urgency]))
        first = self._span(kind, day, chance.choice(hours))
        if chance.random() < 0.8:
            return (first,)
        return (first, self._span(kind, day + timedelta(days=chance.randrange(1, 4)), chance.choice(hours)))

    def _span(self, kind: Kind, day: date, hour: int) -> Span:
        """Half of the spans are just as long as the work, the others leave an hour or two of choice."""
        start = local(day, hour * 60)
        return start, start + timedelta(minutes=kind.minutes + self.chance.choice((0, 0, 30, 60, 120)))

    def _item(self, village: int, kind: Kind) -> int | None:
        items = self.world.items.get((village, kind.code), [])
        return self.chance.choice(items) if items and self.chance.random() < 0.5 else None

    def _extra(self) -> dict[str, Any]:
        chance = self.chance
        gender = chance.choice((words.FEMALE, words.MALE)) if chance.random() < 0.08 else None
        language = chance.choice(("仡佬语", "西南官话", "西南官话")) if chance.random() < 0.05 else None
        said = chance.choice(("上午", "下午", "最好早点", "周末也行")) if chance.random() < 0.3 else ""
        return {"gender_wish": gender, "language": language, "time_text": said}
