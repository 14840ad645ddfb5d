"""What a county starts with: skills, the upper level of the catalogue, deadlines, weights, and the words of registers.

Plain rows that an office edits later; nothing here is looked up once the county is set up (`db.county.ensure_county`).
"""

from typing import Any, NamedTuple


class SkillRow(NamedTuple):
    """A skill; `licence`: only with a certificate valid on the day of service."""

    code: str
    name: str
    name_en: str
    licence: bool = False


class CategoryRow(NamedTuple):
    """A category of the catalogue with what a need of its kind starts with; `aspect`: whose squad it goes to first."""

    code: str
    name: str
    name_en: str
    required_skills: tuple[str, ...]
    duration_minutes: int
    aspect: str | None = None
    licence: bool = False


SKILLS: tuple[SkillRow, ...] = (
    SkillRow("companionship", "陪伴老人", "Keeping elders company"),
    SkillRow("cleaning", "保洁", "Cleaning"),
    SkillRow("cooking", "烹饪", "Cooking"),
    SkillRow("tutoring", "课业辅导", "Tutoring"),
    SkillRow("mediation", "调解", "Mediation"),
    SkillRow("haircut", "理发", "Haircutting"),
    SkillRow("appliance_repair", "家电维修", "Appliance repair"),
    SkillRow("plumbing_wiring", "水电维修", "Plumbing and wiring"),
    SkillRow("electrician", "电工作业", "Electrician's work", licence=True),
    SkillRow("nursing", "医疗护理", "Nursing", licence=True),
    SkillRow("first_aid", "急救", "First aid"),
    SkillRow("counselling", "心理咨询", "Counselling"),
    SkillRow("legal", "法律咨询", "Legal advice"),
    SkillRow("driving", "驾驶", "Driving", licence=True),
    SkillRow("digital_help", "手机电脑", "Phones and computers"),
    SkillRow("lecturing", "理论宣讲", "Lecturing"),
    SkillRow("performing", "文艺表演", "Performing"),
    SkillRow("media", "摄影直播", "Photography and livestreams"),
    SkillRow("calligraphy", "书法", "Calligraphy"),
    SkillRow("farming", "农业技术", "Farming skills"),
    SkillRow("gelao_language", "仡佬语", "Gelao language"),
    SkillRow("sign_language", "手语", "Sign language"),
)

CATEGORIES: tuple[CategoryRow, ...] = (
    CategoryRow("companionship", "陪伴老人", "Company for elders", ("companionship",), 120, "elders"),
    CategoryRow("haircut", "上门理发", "Haircut at home", ("haircut",), 60, "elders"),
    CategoryRow("tutoring", "作业辅导", "Homework help", ("tutoring",), 120, "children"),
    CategoryRow("mediation", "邻里调解", "Mediation between neighbours", ("mediation",), 120, "law"),
    CategoryRow("appliance", "家电维修", "Appliance repair", ("appliance_repair",), 90, "repair"),
    CategoryRow("legal", "法律咨询", "Legal advice", ("legal",), 60, "law"),
    CategoryRow("cleaning", "打扫卫生", "Cleaning at home", ("cleaning",), 150, "elders"),
    CategoryRow("utilities", "水电抢修", "Water and wiring repair", ("plumbing_wiring",), 90, "repair"),
    CategoryRow("nursing", "换药护理", "Dressings and nursing", ("nursing",), 60, "health", licence=True),
    CategoryRow("counselling", "心理疏导", "Counselling", ("counselling",), 60, "mind"),
    CategoryRow("meals", "送餐做饭", "Meals", ("cooking",), 90, "errands"),
    CategoryRow("transport", "接送代步", "Rides", ("driving",), 120, "errands", licence=True),
    CategoryRow("errands", "代办跑腿", "Errands", (), 60, "errands"),
    CategoryRow("digital", "手机电脑帮教", "Phone and computer lessons", ("digital_help",), 60),
    CategoryRow("farming", "农技服务", "Farming advice", ("farming",), 180),
    CategoryRow("culture", "文体活动", "Culture and sport", (), 150, "culture"),
    CategoryRow("lecture", "理论宣讲", "Talks", (), 90, "culture"),
    CategoryRow("environment", "环境整治", "Clean-up of places", (), 180),
)

#: The rule row "deadlines": working spans of a working day, and hours [to take a need up, to close it] by urgency.
DEADLINES: dict[str, Any] = {
    "working": [["08:30", "12:00"], ["13:30", "18:00"]],
    "hours": {"urgent": [1, 24], "soon": [8, 40], "normal": [16, 80]},
}

#: The rule row "matching": how much each term of the score counts, and the numbers it works with (docs/matching.md).
MATCHING: dict[str, Any] = {
    "weights": {
        "distance": 8,
        "skill": 3,
        "preferred_skill": 2,
        "continuity": 6,
        "language": 2,
        "gender": 2,
        "week_load": 3,
        "load_90": 2,
        "last_served": 1,
        "reliability": 1,
    },
    "settings": {
        "metres_per_minute": 300,
        "unplaced_minutes": 30,
        "far_m": 10_000,
        "full_week": 4,
        "full_90": 20,
        "rested_days": 90,
        "least_asked": 5,
        "unknown_points": 80,
    },
}

WORKDAYS, WEEKEND, ALL_DAYS = (0, 1, 2, 3, 4), (5, 6), (0, 1, 2, 3, 4, 5, 6)


def _spans(days: tuple[int, ...], start_hour: int, end_hour: int) -> list[list[int]]:
    return [[day, start_hour * 60, end_hour * 60] for day in days]


#: Words for free time -> [[weekday 0 Monday, first minute, end minute], ...] in county time; None: says nothing.
AVAILABILITY: dict[str, list[list[int]] | None] = {
    "随时": _spans(ALL_DAYS, 8, 21),
    "全天": _spans(ALL_DAYS, 8, 21),
    "每天": _spans(ALL_DAYS, 8, 21),
    "工作日白天": _spans(WORKDAYS, 9, 17),
    "工作日": _spans(WORKDAYS, 9, 17),
    "周一至周五": _spans(WORKDAYS, 9, 17),
    "周一至周五白天": _spans(WORKDAYS, 9, 17),
    "周一至周五晚上": _spans(WORKDAYS, 18, 21),
    "工作日晚上": _spans(WORKDAYS, 18, 21),
    "周末全天": _spans(WEEKEND, 8, 20),
    "周末": _spans(WEEKEND, 8, 20),
    "周六日": _spans(WEEKEND, 8, 20),
    "双休日": _spans(WEEKEND, 8, 20),
    "节假日": _spans(WEEKEND, 9, 18),
    "周六": _spans((5,), 8, 20),
    "周日": _spans((6,), 8, 20),
    "周六上午": _spans((5,), 8, 12),
    "周六下午": _spans((5,), 14, 18),
    "周日上午": _spans((6,), 8, 12),
    "周日下午": _spans((6,), 14, 18),
    "周二、周四下午": _spans((1, 3), 14, 18),
    "晚上7点后": _spans(ALL_DAYS, 19, 21),
    "晚上": _spans(ALL_DAYS, 18, 21),
    "每天上午": _spans(ALL_DAYS, 8, 12),
    "每天下午": _spans(ALL_DAYS, 14, 18),
    "上午": _spans(ALL_DAYS, 8, 12),
    "下午": _spans(ALL_DAYS, 14, 18),
    "不定": None,
    "不确定": None,
    "待定": None,
    "看情况": None,
}

#: Words in a need -> code of its category.
CATEGORY_WORDS: dict[str, str] = {
    "陪老人聊天": "companionship", "陪伴老人": "companionship", "陪聊": "companionship", "探望老人": "companionship",
    "上门理发": "haircut", "理发": "haircut",
    "作业辅导": "tutoring", "课业辅导": "tutoring", "辅导作业": "tutoring",
    "邻里矛盾": "mediation", "邻里调解": "mediation", "矛盾调解": "mediation", "纠纷调解": "mediation",
    "家电维修": "appliance", "修家电": "appliance",
    "法律问题": "legal", "法律咨询": "legal", "法律援助": "legal",
    "打扫卫生": "cleaning", "保洁": "cleaning", "家政": "cleaning",
    "水电抢修": "utilities", "水电维修": "utilities", "修水管": "utilities", "修灯": "utilities",
    "换药护理": "nursing", "护理": "nursing", "换药": "nursing", "量血压": "nursing",
    "心理疏导": "counselling", "心理咨询": "counselling",
    "送餐做饭": "meals", "送餐": "meals", "做饭": "meals",
    "接送代步": "transport", "接送": "transport", "陪诊": "transport",
    "代办跑腿": "errands", "代办": "errands", "代购": "errands", "跑腿": "errands",
    "手机电脑帮教": "digital", "教用手机": "digital",
    "农技服务": "farming", "农技指导": "farming",
    "文体活动": "culture", "文艺演出": "culture",
    "理论宣讲": "lecture", "政策宣讲": "lecture",
    "环境整治": "environment", "清理河道": "environment",
}  # fmt: skip
