"""The menu 菜单: what each site offers, thousands of items over the categories of the county."""

from datetime import timedelta

from db.models import CatalogueItem
from db.sample.world import World

#: Category -> services as they stand on a menu, a space between them.
_SERVICES: dict[str, str] = {
    "companionship": "陪独居老人聊天 陪空巢老人过节 为老人读报 陪老人散步晒太阳 探望失能老人 关爱留守儿童陪伴",
    "haircut": "上门为失能老人理发 站点集中义务理发 为行动不便者修剪指甲 校园义剪",
    "tutoring": "小学作业辅导 初中数学辅导 英语口语角 四点半课堂 假期阅读陪伴 留守儿童功课辅导",
    "mediation": "邻里纠纷调解 家庭矛盾疏导 婚姻家庭调解 土地边界协商 院坝议事会",
    "appliance": "小家电义务维修 电视机检修 电饭煲维修 洗衣机检修 农机具维修",
    "legal": "法律咨询 遗嘱与继承咨询 劳动权益咨询 合同条款讲解 反诈骗咨询 法律援助指引",
    "cleaning": "上门打扫卫生 擦窗除尘 换洗被褥 厨房清洁 独居老人家庭整理",
    "utilities": "水管抢修 换灯换开关 线路安全检查 疏通下水道 太阳能热水器检修 燃气安全检查",
    "nursing": "上门换药 血压血糖测量 导尿管护理 康复训练指导 慢病随访 压疮护理",
    "counselling": "心理疏导 青少年心理陪伴 丧亲陪伴 产后情绪支持 心理健康讲座",
    "meals": "为高龄老人送餐 上门做饭 节日包粽子 营养餐指导",
    "transport": "接送就医 陪诊取药 接送办事 学生上下学护送",
    "errands": "代办医保手续 代缴水电费 代购生活用品 代取快递 代办养老认证 代写书信",
    "digital": "教老人用手机 手机挂号指导 电脑入门 防网络诈骗讲解 直播带货入门",
    "farming": "茶园管理技术指导 果树修剪指导 病虫害防治 养蜂技术交流 测土配方讲解",
    "culture": "仡佬盘歌展演 花灯戏演出 广场舞教学 书法班 乡村篮球赛 露天电影 非遗手工体验",
    "lecture": "党的理论宣讲 政策进院坝 移风易俗宣讲 家风家训分享 健康知识讲座 消防安全讲座",
    "environment": "爱国卫生大扫除 河道清理 寨子绿化 垃圾分类指导 道路清障",
}
_SEASONS = ("", "", "", "", "spring", "summer", "autumn", "winter")


def make_catalogue(world: World) -> None:
    """Queue the items, spread over all sites; remembers which open items each village's station offers."""
    chance = world.stream("catalogue")
    sites = [row["id"] for row in world.rows.tables["sites"]]
    village_of = {village.site_id: number for number, village in enumerate(world.villages)}
    teams: dict[int, list[int]] = {}
    for team, site in world.team_sites.items():
        teams.setdefault(site, []).append(team)
    menu = [(code, service) for code, services in _SERVICES.items() for service in services.split()]
    chosen = {site: iter(chance.sample(menu, len(menu))) for site in sites}
    for number in range(world.size.items):
        site = sites[number % len(sites)]
        code, service = next(chosen[site])
        kind = world.kinds[code]
        retired = chance.random() < 0.04
        item = world.rows.add(
            CatalogueItem,
            code=f"I{number + 1:05d}",
            name=service,
            category_id=kind.id,
            site_id=site,
            team_id=chance.choice(teams[site]) if site in teams and chance.random() < 0.6 else None,
            required_skills=list(kind.skills),
            duration_minutes=kind.minutes if chance.random() < 0.8 else kind.minutes + 30,
            season=chance.choice(_SEASONS),
            retired_on=world.end.date() - timedelta(days=chance.randrange(1, 600)) if retired else None,
        )
        if site in village_of and not retired:
            world.items.setdefault((village_of[site], code), []).append(item)
