"""The stored words this room writes, in one place: db imports none of the other rooms.

`tests/db/test_sample.py` holds each list against the enumeration it comes from (dashboard/core/words.py).
"""

COUNTY_LEVEL, TOWN_LEVEL, VILLAGE_LEVEL = "county", "town", "village"
CENTRE, INSTITUTE, STATION, POINT = "centre", "institute", "station", "point"
SITE_KINDS = ("practice", "eldercare", "meal_point", "school", "culture", "scenic", "enterprise", "other")
GRID_COMMUNITY, GRID_VILLAGE_GROUP = "community", "village_group"
AT_POINT, AT_GRID, AT_VILLAGE, NOWHERE = "point", "grid", "village", "none"
FEMALE, MALE = "female", "male"
ACTIVE, PAUSED, LEFT = "active", "paused", "left"
GIVEN, REFUSED, UNKNOWN = "given", "refused", "unknown"
TOWN_TEAMS = ("party", "youth", "women", "red_vest", "silver")
COUNTY_TEAM, TRADE_TEAM, OTHER_TEAM = "county", "trade", "other"
#: What squads are for; a squad for all else comes last.
ASPECTS = ("elders", "children", "health", "mind", "repair", "errands", "law", "culture", "all_else")
CHANNELS = ("visit", "courtyard_meeting", "group_chat", "hotline", "mailbox", "walk_in", "device", "online")
URGENT, SOON, NORMAL = "urgent", "soon", "normal"
ANY_OF = "any_of"

DRAFT, TO_VERIFY, OPEN, IN_SERVICE, DONE = "draft", "to_verify", "open", "in_service", "done"
CONFIRMED, RATED, CLOSED, CANCELLED, UNMET = "confirmed", "rated", "closed", "cancelled", "unmet"
#: A dispatch has these and four of the above.
OFFERED, ACCEPTED, DECLINED, EXPIRED = "offered", "accepted", "declined", "expired"

PREFERRED, EXCLUDED = "preferred", "excluded"
GRADE_A, GRADE_B, GRADE_C = "A", "B", "C"
OUTCOME_DONE, OUTCOME_PARTLY, OUTCOME_NOT = "done", "partly", "not"
COORDINATOR, STATION_WORKER, LEADER, ADMIN = "coordinator", "station_worker", "leader", "admin"
EXTREME_HARDSHIP, LOW_INCOME, LOW_INCOME_EDGE = "extreme_hardship", "low_income", "low_income_edge"
SEVERE_DISABILITY, LIVING_ALONE = "severe_disability", "living_alone"
#: Entitlements of the first two of the product's price tiers.
FREE, FOR_MATERIAL = (EXTREME_HARDSHIP,), (LOW_INCOME, LOW_INCOME_EDGE, SEVERE_DISABILITY)
#: States of an order that is confirmed as served.
SERVED_WELL = (CONFIRMED, RATED, CLOSED)
DEPOSIT, PAYMENT = "deposit", "payment"
SUBJECTS = (
    "places",
    "people",
    "catalogue",
    "needs",
    "services",
    "rules",
    "accounts",
    "plans",
    "messages",
    "notebooks",
    "fund",
)
