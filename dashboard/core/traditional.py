"""Traditional characters that registers mix in, and the simplified ones they stand for.

Only characters with one common simplified form, and none that a mainland name keeps on purpose (昇, 喆, 堃).
"""

_TRADITIONAL = (
    "務縣鄉鎮區節溫興龍鳳豐農業員會長東馬門時來個們國為學說對發電話號證報請無點線組織領導幹"
    "黨團婦聯隊誌願務愛親戶齡歲幫護醫療藥養護廣場車運動飯餐煙樹園橋溝灣壩嶺巖崗鋪店"
    "張陳劉楊黃趙吳孫鄭馮蕭許鄧葉蘇盧蔣賈譚鄒陸龔賴顏錢嚴賀湯萬顧龐顧鍾魯韋齊"
    "貴蘭紅軍強偉麗華麗英娟燕飛鵬輝濤剛義禮達進遠榮寶銀鐵鋼鋒銳鑫艷莊"
    "書記開關見觀現視覺讀寫語調試論設計該詳細約級給經續總練統網維編緊繫結縫"
    "錢財貨費買賣價資質購賬單據類頭項順須題願預領願風氣熱鍋爐燈機構權檢樓棟層廳"
    "體癱瘋殘癥腦臟腫髮剪聽聲職聯處備復雜從後應當實際專業變難離靜"
)
_SIMPLIFIED = (
    "务县乡镇区节温兴龙凤丰农业员会长东马门时来个们国为学说对发电话号证报请无点线组织领导干"
    "党团妇联队志愿务爱亲户龄岁帮护医疗药养护广场车运动饭餐烟树园桥沟湾坝岭岩岗铺店"
    "张陈刘杨黄赵吴孙郑冯萧许邓叶苏卢蒋贾谭邹陆龚赖颜钱严贺汤万顾庞顾钟鲁韦齐"
    "贵兰红军强伟丽华丽英娟燕飞鹏辉涛刚义礼达进远荣宝银铁钢锋锐鑫艳庄"
    "书记开关见观现视觉读写语调试论设计该详细约级给经续总练统网维编紧系结缝"
    "钱财货费买卖价资质购账单据类头项顺须题愿预领愿风气热锅炉灯机构权检楼栋层厅"
    "体瘫疯残症脑脏肿发剪听声职联处备复杂从后应当实际专业变难离静"
)

#: For `str.translate`: code point of the traditional character -> simplified character.
SIMPLIFIED: dict[int, str] = {ord(old): new for old, new in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if old != new}
