"""Places that people tell apart: regions and cities of China, other countries and unions of countries, each with what
it is called in English. China itself goes without saying.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# Regions and cities of China, with their English names in lower case.
REGIONS = {
    "北京": "beijing", "天津": "tianjin", "上海": "shanghai", "重庆": "chongqing", "河北": "hebei", "山西": "shanxi",
    "辽宁": "liaoning", "吉林": "jilin", "黑龙江": "heilongjiang", "江苏": "jiangsu", "浙江": "zhejiang",
    "安徽": "anhui", "福建": "fujian", "江西": "jiangxi", "山东": "shandong", "河南": "henan", "湖北": "hubei",
    "湖南": "hunan", "广东": "guangdong", "广西": "guangxi", "海南": "hainan", "四川": "sichuan", "贵州": "guizhou",
    "云南": "yunnan", "西藏": "tibet", "陕西": "shaanxi", "甘肃": "gansu", "青海": "qinghai", "宁夏": "ningxia",
    "新疆": "xinjiang", "内蒙古": "inner mongolia", "香港": "hong kong", "澳门": "macao", "台湾": "taiwan",
    "深圳": "shenzhen", "广州": "guangzhou", "杭州": "hangzhou", "南京": "nanjing", "苏州": "suzhou", "武汉": "wuhan",
    "成都": "chengdu", "西安": "xi'an", "青岛": "qingdao", "宁波": "ningbo", "厦门": "xiamen", "合肥": "hefei",
    "济南": "jinan", "郑州": "zhengzhou", "长沙": "changsha", "福州": "fuzhou", "南昌": "nanchang", "沈阳": "shenyang",
    "大连": "dalian", "长春": "changchun", "哈尔滨": "harbin", "石家庄": "shijiazhuang", "太原": "taiyuan",
    "昆明": "kunming", "贵阳": "guiyang", "南宁": "nanning", "兰州": "lanzhou", "银川": "yinchuan", "西宁": "xining",
    "拉萨": "lhasa", "乌鲁木齐": "urumqi", "呼和浩特": "hohhot", "三亚": "sanya", "珠海": "zhuhai", "佛山": "foshan",
    "东莞": "dongguan", "惠州": "huizhou", "汕头": "shantou", "无锡": "wuxi", "常州": "changzhou",
    "南通": "nantong", "徐州": "xuzhou", "扬州": "yangzhou", "镇江": "zhenjiang", "盐城": "yancheng", "泰州": "taizhou",
    "温州": "wenzhou", "嘉兴": "jiaxing", "绍兴": "shaoxing", "金华": "jinhua", "芜湖": "wuhu", "泉州": "quanzhou",
    "烟台": "yantai", "潍坊": "weifang", "洛阳": "luoyang", "宜昌": "yichang", "绵阳": "mianyang", "雄安": "xiong'an",
}  # fmt: skip
# What other places and their people are called in English; a form with a capital is told by it (US is not us).
_ABROAD = {
    "美国": "united states|USA|US|american|america", "英国": "united kingdom|UK|british|britain|england",
    "德国": "germany|german", "法国": "france|french", "日本": "japan|japanese", "韩国": "south korea|korea|korean",
    "朝鲜": "north korea", "俄罗斯": "russia|russian", "印度": "india|indian", "加拿大": "canada|canadian",
    "澳大利亚": "australia|australian", "新西兰": "new zealand", "新加坡": "singapore",
    "马来西亚": "malaysia|malaysian",
    "印度尼西亚": "indonesia|indonesian", "泰国": "thailand|thai", "越南": "vietnam|viet nam|vietnamese",
    "菲律宾": "philippines|philippine", "巴基斯坦": "pakistan", "孟加拉国": "bangladesh", "斯里兰卡": "sri lanka",
    "哈萨克斯坦": "kazakhstan", "沙特": "saudi arabia|saudi", "阿联酋": "united arab emirates|UAE|emirates",
    "以色列": "israel|israeli", "伊朗": "iran|iranian", "土耳其": "Turkey|turkish|türkiye", "埃及": "egypt|egyptian",
    "南非": "south africa|south african", "尼日利亚": "nigeria|nigerian", "肯尼亚": "kenya|kenyan",
    "卢旺达": "rwanda", "摩洛哥": "morocco|moroccan", "埃塞俄比亚": "ethiopia|ethiopian", "加纳": "ghana",
    "巴西": "brazil|brazilian", "阿根廷": "argentina|argentine", "智利": "Chile|chilean", "秘鲁": "peru|peruvian",
    "墨西哥": "mexico|mexican", "哥伦比亚": "Colombia|colombian", "意大利": "italy|italian",
    "西班牙": "spain|spanish", "葡萄牙": "portugal|portuguese", "荷兰": "netherlands|dutch",
    "比利时": "belgium|belgian",
    "瑞士": "switzerland|swiss", "奥地利": "austria|austrian", "瑞典": "sweden|swedish", "挪威": "norway|norwegian",
    "丹麦": "denmark|danish", "芬兰": "finland|finnish", "冰岛": "iceland", "爱尔兰": "ireland|irish",
    "波兰": "poland|Polish", "捷克": "czech|czechia", "匈牙利": "hungary|hungarian", "希腊": "greece|greek",
    "乌克兰": "ukraine|ukrainian", "罗马尼亚": "romania|romanian", "爱沙尼亚": "estonia|estonian",
    "卢森堡": "luxembourg", "加利福尼亚": "california|californian", "科罗拉多": "colorado",
    "欧盟": "european union|EU|european|europe", "联合国": "united nations|UN", "非洲": "africa|african",
    "东盟": "asean", "东南亚": "southeast asia",
}  # fmt: skip
# What some are called in Chinese, too.
_ALSO = {
    "沙特": ("沙特阿拉伯",), "加利福尼亚": ("加州",), "欧盟": ("欧洲",), "非洲": ("非盟", "非裔"),
    "韩国": ("南韩",), "法国": ("法语", "法文"), "德国": ("德语", "德文"), "日本": ("日语", "日文"),
    "俄罗斯": ("俄语", "俄国"),
}  # fmt: skip
# Words in which a place's characters only happen to stand: 今日本市, 立法国家, 复合肥, 大连接, 经济南部.
_BY_CHANCE = (
    r"(?<![今当本同每即次近往](?=日本))(?<![立司执宪](?=法国))(?<!道(?=德国))(?<![复混配](?=合肥))(?<!经(?=济南))(?<!第(?=三亚))"
    r"(?!大连[接续贯锁]|南通[道过往信]|太原[始来理]|无锡焊|长春[花藤])"
)
_FORMS: dict[str, tuple[str, ...]] = {
    **{place: (place, english) for place, english in REGIONS.items()},
    **{place: (place, *_ALSO.get(place, ()), *english.split("|")) for place, english in _ABROAD.items()},
}
_OF_FORM = {form: place for place, forms in _FORMS.items() for form in forms}
_LONGEST_FIRST = sorted(_OF_FORM, key=len, reverse=True)
_FOLDED = {form.lower(): place for form, place in _OF_FORM.items()}


def _any_of(forms: Iterable[str]) -> str:
    return "|".join(map(re.escape, forms))


CHINESE_PLACE = re.compile(_BY_CHANCE + f"(?:{_any_of(f for f in _LONGEST_FIRST if not f[0].isascii())})")
_IN_ENGLISH = re.compile(
    rf"\b(?:{_any_of(f for f in _LONGEST_FIRST if f[0].isascii() and not f.islower())}"
    rf"|(?i:{_any_of(f for f in _LONGEST_FIRST if f[0].isascii() and f.islower())}))\b"
)


def mentions_of_places(text: str) -> tuple[tuple[str, str], ...]:
    """The places that a text names in either language: each as it is written, and by its Chinese name."""
    found = [(match.start(), match[0]) for pattern in (CHINESE_PLACE, _IN_ENGLISH) for match in pattern.finditer(text)]
    return tuple((form, _FOLDED[form.lower()]) for _, form in sorted(found))


def places_in(text: str) -> tuple[str, ...]:
    """The places that a text names, each once by its Chinese name, in their order."""
    return tuple(dict.fromkeys(place for _, place in mentions_of_places(text)))


def names_place(folded: str, place: str) -> bool:
    """Whether a text, folded as search terms are, names one of these places in either language."""
    chinese, english = _forms(place)
    return any(form in folded for form in chinese) or english.search(folded) is not None


@lru_cache(maxsize=256)
def _forms(place: str) -> tuple[tuple[str, ...], re.Pattern[str]]:
    forms = _FORMS[place]
    chinese = tuple(form for form in forms if not form[0].isascii())
    return chinese, re.compile(rf"\b(?:{_any_of(form.lower() for form in forms if form[0].isascii())})\b")
