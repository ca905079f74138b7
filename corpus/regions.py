"""The region that an authority speaks for: the nation, a province, a city, or more than one nation."""

from __future__ import annotations

import re

NATIONAL, INTERNATIONAL = "国家", "international"
# The short names of provinces that begin their document numbers; those that cities share are left out.
_PROVINCES = {
    "京": "北京市", "津": "天津市", "沪": "上海市", "渝": "重庆市", "冀": "河北省", "晋": "山西省", "辽": "辽宁省",
    "苏": "江苏省", "浙": "浙江省", "皖": "安徽省", "闽": "福建省", "赣": "江西省", "鲁": "山东省", "豫": "河南省",
    "鄂": "湖北省", "湘": "湖南省", "粤": "广东省", "桂": "广西壮族自治区", "琼": "海南省", "川": "四川省",
    "黔": "贵州省", "滇": "云南省", "陕": "陕西省",
}  # fmt: skip
_MINISTRIES = (
    "工业和信息化|工信|科学技术|科技|教育|财政|公安|国家安全|民政|司法|人力资源和?社会保障|自然资源|生态环境|住房和?城乡建设"
    "|交通运输|水利|农业农村|商务|文化和?旅游|退役军人事务|应急管理|外交|国防"
)
_NATIONAL = re.compile(
    rf"国务院|国家|全国|中共中央|中央|中华人民共和国|中国|最高人民|(?:{_MINISTRIES})部|海关总署|审计署"
    r"|(?:Ministry of .+|State Council).*(?:China|PRC)"
)
_NATIONAL_NUMBER = re.compile(rf"国[办发函令科标市]|中办|中发|(?:{_MINISTRIES})部|发改|财[办会税]|市监|网信办")
_INTERNATIONAL = re.compile(
    r"国际|世界|联合国|欧洲联盟|欧盟|经济合作与发展组织|二十国集团|金砖"
    r"|(?:United Nations|World|International|European (?:Union|Commission)|OECD|ISO|IEC|ITU|IEEE|UNESCO|G20)\b"
)
_PLACE = re.compile(
    r"[一-鿿]{1,6}?(?:省|自治区|特别行政区)|[一-鿿]{1,6}?(?:市(?!场)|自治州|自治县|县(?!级)|区(?!域|块))"
)
_TITLE_PLACE = re.compile(r"[一-鿿]{1,6}?(?:省|自治区|特别行政区)|[一-鿿]{1,4}?市(?!场)")
_TITLE_NATIONAL = re.compile(r"国家|全国|中华人民共和国")
# "本市", "各省" and "智慧城市" are no names; 盐城市 is one.
_NO_NAME = re.compile(r"[各本全该我省市区县大小]|关于|(?:.*[^一-鿿])|..+城市|..+地区|城市|地市|社区|园区")


def of_organisation(name: str) -> str | None:
    """The region that an organisation's name begins with."""
    name = re.sub("^中共(?!中央)", "", name)
    if _NATIONAL.match(name):
        return NATIONAL
    if _INTERNATIONAL.match(name):
        return INTERNATIONAL
    return _place(name, _PLACE)


def of_title(title: str) -> str | None:
    """The region that a document's title begins with; "国际" and "中国" there are only its subject."""
    title = title.lstrip("《（(“\"' ")
    return NATIONAL if _TITLE_NATIONAL.match(title) else _place(title, _TITLE_PLACE)


def of_number(number: str) -> str | None:
    """The region that a document number's first characters stand for."""
    if _NATIONAL_NUMBER.match(number):
        return NATIONAL
    return _PROVINCES.get(number[:1]) if re.match(r"[一-鿿]{2,14}〔", number) else None


def _place(words: str, pattern: re.Pattern[str]) -> str | None:
    place = pattern.match(words)
    return place[0] if place and not _NO_NAME.match(place[0]) else None
