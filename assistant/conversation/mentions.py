"""What a text names (documents, identifiers, bodies, regions, years) and what it lists, found by its form alone.

It knows neither the index nor the documents in it: "国家指南（2024版）" is a document because it is written like
one. Pure functions over strings, in Chinese and English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.checking.numerals import CHINESE_NUMBER, value_of
from assistant.marks import without_marks

Kind = Literal["document", "number", "body", "region", "year", "part"]

# What a question can be about; a year or a part of a document is a circumstance.
ENTITIES: frozenset[Kind] = frozenset(("document", "number", "body", "region"))

_CJK = r"\u4e00-\u9fff"
# Nothing longer than this is looked at; a question is shorter, and of an answer the beginning is enough.
_READ = 4000
# Words that stand before a name and are none of it; blanked first, so that a name begins behind them.
_BEFORE_NAME = re.compile(
    r"根据|依据|按照|依照|参照|(?<!数)据|比较|对比|请问|介绍|列出|说明|总结|告诉我|为什么|什么|怎么样?|怎样|如何|多少|哪些|哪个|哪份|"
    r"发布|印发|出台|添加|上传|下载|编写|起草|提交|查看|删除|那么|还有|以及|换成|改成|相比|关于|现在"
)
# What a Chinese name is made of: none of the characters that join words.
_NAME_ZH = r"[A-Za-z0-9/·\-\u4e00-\u9fff]"
_JOINING = r"[的在和与及跟同对把由从是有请那这该各每些哪吗呢了谁几要]"
_RUN = rf"(?:(?!{_JOINING}){_NAME_ZH})"
# A Chinese name begins at the beginning of a word, and its first characters are not all Latin ones.
_BEGIN = rf"(?<![A-Za-z0-9])(?=[A-Za-z0-9/·\-]{{0,12}}[{_CJK}])"
_TYPE_ZH = (
    r"(?:指南|指导意见|意见|报告|办法|条例|通知|规定|规划|方案|标准体系|白皮书|手册|细则|纲要|章程|公约|宣言"
    r"|倡议|框架|准则)"
)
_EDITION = r"[ \u00a0]?[（(](?:\d{4}[^（()）]{0,12}|试行|暂行|征求意见稿|草案|修订版?|trial|draft[^（()）]{0,12})[）)]"
_NO_TITLE_WORD = (
    r"(?!(?:What|Which|Who|When|Where|Why|How|Does|Do|Did|Is|Are|Was|Were|Has|Have|Can|Could|Should|And|But|The|An?|In|Of|By|For|Then|If|I"
    r"|Under|According|Compare|List|Give|Tell|Show|Explain|Summari[sz]e|Name)\b)"
)
_TYPE_EN = (
    r"(?:Guide|Guidelines?|Opinions?|Report|Act|Framework|Handbook|Policy|Plan|Strategy|Regulations?|Law|Charter|Agreement"
    r"|Notice|Measures|Manual|Rules|Directive|Convention)"
)
_BODY_EN = (
    r"(?:Committee|Hub|Institute|Union|Organi[sz]ation|Association|Agency|Conference|Ministry|Commission|Cent(?:er|re)"
    r"|Laboratory|Council|Administration)"
)
_WORD_EN = rf"{_NO_TITLE_WORD}[A-Z][\w.&'-]*"
_REGIONS_ZH = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西"
    "|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|深圳|广州|杭州|南京|苏州|成都|武汉|长三角|京津冀|粤港澳大湾区"
    "|中国|美国|英国|欧盟|欧洲|日本|韩国|德国|法国|俄罗斯|印度|新加坡|加拿大|澳大利亚|巴西|全球南方"
)
_REGIONS_EN = (
    "Beijing|Tianjin|Shanghai|Chongqing|Hebei|Shanxi|Liaoning|Jilin|Heilongjiang|Jiangsu|Zhejiang|Anhui|Fujian|Jiangxi"
    "|Shandong|Henan|Hubei|Hunan|Guangdong|Hainan|Sichuan|Guizhou|Yunnan|Shaanxi|Gansu|Qinghai|Taiwan|Inner Mongolia"
    "|Guangxi|Tibet|Ningxia|Xinjiang|Hong Kong|Macao|Shenzhen|Guangzhou|Hangzhou|Nanjing|China|United States|USA?"
    "|United Kingdom|UK|European Union|EU|Europe|Japan|South Korea|Germany|France|Russia|India|Singapore"
    "|Canada|Australia|Brazil|Global South|Yangtze River Delta"
)
# Capitals that are the name of nothing in particular.
_NO_BODY = r"(?!(?:AI|IT|PDF|CSV|URL|API|JSON|HTML|II|III|IV|OK|PC|ID|FAQ|MB|AM|PM)(?![A-Za-z0-9]))"

# In this order; what one has found, the next does not see.
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("document", re.compile(rf"《[^《》\n]{{1,100}}》(?:{_EDITION})?")),
    ("number", re.compile(rf"[{_CJK}]{{2,12}}\s?[〔\[(（]\d{{4}}[〕\])）]\s?第?\d{{1,5}}号")),
    ("document", re.compile(rf"{_BEGIN}(?:{_RUN}{{2,30}}{_TYPE_ZH}(?:{_EDITION})?|{_RUN}{{2,30}}{_EDITION})")),
    (
        "document",
        re.compile(
            rf"(?:{_WORD_EN} (?:(?:of|on|for|and) (?:the )?)?){{1,6}}{_TYPE_EN}\b(?:{_EDITION})?"
            rf"|(?:{_WORD_EN} ?){{1,5}}{_EDITION}"
        ),
    ),
    (
        "number",
        re.compile(
            r"(?<![A-Za-z])[A-Z]{2,8}(?:/[A-Z]{1,5}){0,2}(?:-[A-Z]{1,2})?(?: [A-Z]{2})?[ -]?(?:[A-Z]\.)?\d{3,}[\d.]*"
            r"(?:[:—–-]\d{4})?(?!\d)|(?<![A-Za-z])[A-Z]/\d{3,}"
        ),
    ),
    (
        "body",
        re.compile(
            rf"{_BEGIN}{_RUN}{{2,20}}(?:委员会|标委会|工信部|网信办|工作组|办公室|研究院|研究所|协会|学会|管理局|信息化厅|信息化部|改革委|联盟|大学|标准组织)"
            rf"|(?:{_WORD_EN} (?:(?:of|on|for|and) (?:the )?)?){{1,6}}{_BODY_EN}\b"
        ),
    ),
    ("region", re.compile(rf"(?:{_REGIONS_ZH})(?:省|市|自治区|特别行政区)?|\b(?:{_REGIONS_EN})\b(?! [A-Z][a-z])")),
    ("body", re.compile(rf"(?:{_NO_TITLE_WORD}[A-Z][a-z][\w-]* ){{1,4}}[A-Z][a-z][\w-]*")),
    (
        "body",
        re.compile(
            rf"(?<![A-Za-z]){_NO_BODY}[A-Z][A-Z0-9]+(?:[/-][A-Z0-9]+)*(?: JTC \d{{1,2}}/[A-Z]+)?(?: \d{{1,3}}\b)?"
        ),
    ),
    ("year", re.compile(r"(?<!\d)(?:19|20)\d\d(?:年(?!版))?(?!\d)")),
    (
        "part",
        re.compile(
            r"第[一二三四五六七八九十百\d]+[章条节款部]分?|附[件录][一二三四五六七八九十\d]?"
            r"|(?:part|module|annex|chapter|area) [A-Z\d]\b",
            re.I,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: `text[start:end]`."""

    kind: Kind
    text: str
    start: int
    end: int


def mentions(text: str) -> tuple[Mention, ...]:
    """The names in a text, in its order; none lies in another."""
    left = _BEFORE_NAME.sub(lambda match: " " * len(match[0]), text[:_READ])
    found: list[Mention] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(left):
            start, end = match.start(), match.start() + len(match[0].rstrip())
            found.append(Mention(kind, text[start:end], start, end))
        left = pattern.sub(lambda match: "\0" * len(match[0]), left)
    return tuple(sorted(found, key=lambda mention: mention.start))


_ITEM_LINE = re.compile(r"\s*(?:[-*•·]|[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[）).、．])\s*(?P<item>\S.*)")
_HEAD = re.compile(
    r"^.*?(?:[：:]|(?:分别)?(?:是|为|包括|包含)(?!什么|否)|\b(?:are|is|includes?|into|namely)\b)\s*", re.S
)
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_LAST_AND_ZH = re.compile(r"(?:以及|和|及)")
_COUNTED = re.compile(r"(\d{1,2})\s*(?:[项个类种部份条大]|[a-z])")


def listed(text: str) -> tuple[str, ...]:
    """The items of the list that an answer gives: its numbered or bulleted lines, else what one of its sentences
    strings together, else its lines where there are several; none where it lists nothing. Citation marks are
    left out."""
    lines = [line for each in text[:_READ].splitlines() if (line := without_marks(each).strip())]
    marked = [match["item"] for line in lines if (match := _ITEM_LINE.fullmatch(line))]
    if len(marked) > 1:
        return tuple(_short(item) for item in marked)
    if headed := _headed(lines):
        return headed
    strung = max((_strung(sentence[0]) for line in lines for sentence in _SENTENCE.finditer(line)), key=len, default=())
    if len(strung) > 2:
        return strung
    return tuple(_short(line) for line in lines) if len(lines) > 1 else strung


def without_leads(answer: str) -> str:
    """An answer without the lines that only lead in what follows: 《…》中共 3 项："""
    return "\n".join(line for line in answer.splitlines() if not line.rstrip().endswith(("：", ":")))


def _headed(lines: list[str]) -> tuple[str, ...]:
    """The items below a line that ends with a colon: the lines that follow, or what a single one sets apart by
    semicolons."""
    heads = [n for n, line in enumerate(lines) if line.endswith(("：", ":"))]
    if not heads:
        return ()
    below = lines[heads[-1] + 1 :]
    if len(below) == 1:
        below = [item.strip() for item in re.split(r"[；;]", below[0]) if item.strip()]
    return tuple(_short(line) for line in below) if len(below) > 1 else ()


def _strung(sentence: str) -> tuple[str, ...]:
    """The items that a sentence strings together: 甲、乙和丙; one, two and three."""
    head = _HEAD.match(sentence)
    rest = (sentence[head.end() :] if head else sentence).strip().rstrip(".。;；")
    by_comma = [item.strip() for item in re.split(r"[，,]", rest) if item.strip()]
    if "、" in rest and len(by_comma) > 1 and _said_count(sentence) == len(by_comma):
        items = by_comma  # 三项原则是：甲、乙，丙、丁，戊、己
    elif "、" in rest:
        items = [item for piece in rest.split("、") if (item := piece.strip())]
        items[-1] = re.split(r"[，；;]|等(?:$|[\d一-九])", items[-1])[0]
        parts = _LAST_AND_ZH.split(items[-1])
        if len(parts) == 2 and all(parts) and _said_count(sentence) != len(items):
            items[-1:] = parts
    elif head and rest.count(",") > 1:
        items = [item for piece in re.split(r",\s*(?:and |or )?| and (?=[^,]*$)", rest) if (item := piece.strip())]
    else:
        return ()
    return tuple(_short(item) for item in items)


def _said_count(sentence: str) -> int | None:
    """How many items a sentence says that there are: 四项原则, 7 parts."""
    if counted := _COUNTED.search(sentence):
        return int(counted[1])
    chinese = CHINESE_NUMBER.search(sentence)
    return value_of(chinese[0]) if chinese else None


def _short(item: str) -> str:
    """An item's name: what stands before its explanation."""
    return re.split(r"[：:。]|——", item, maxsplit=1)[0].strip().rstrip(".;；，,")[:80]
