"""The words of a question that say what is asked for: 参数 in 它有多少参数, "licence" in "under which licence".

The term is question answering's (Harabagiu et al. 2000, "FALCON: Boosting Knowledge for Answer Engines"). Rules over
the words beside the asking word, in both languages. Words that any answer could be called by (部分, "date") are no
focus, and what no rule finds has none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from indexing.tokeniser import fold

# A Chinese character that a noun may have; blanks, marks, figures, and words that join or ask end it.
_ENDS = (
    "，。？！、；：,.?!;:“”\"'《》（）()★的了吗呢啊吧么是有会在和与跟被将把为到从按由能要都才多少几哪什谁各一这那没不只"
)
_NOUN = rf"[^\s\da-z{_ENDS}]"
_MEASURE = (
    "项个家类种条款部份次倍名分级颗层位席座册页台件篇章步方点环届处块组支只头匹张本辆架艘枚幅首栋间根片对双套批群株棵所"
)
_WHICH = "多少|谁|哪位|几号|什么时候|哪一?[天年月]"
_ZH = (
    re.compile(rf"(?:多少|几)(?![人号月日年点])[百千万亿]*[大小]?[{_MEASURE}]?+({_NOUN}{{2,4}})"),
    re.compile(rf"({_NOUN}{{2,4}})(?:[是为](?:{_WHICH})|有?(?:{_WHICH})(?=[?。,，]|$))"),
    re.compile(rf"({_NOUN}{{2,4}})[里中][都还]?有(?:谁|什么|哪些)"),
    re.compile(rf"由(?:谁|哪[家个]?(?:单位|机构|部门|公司|企业)?)来?({_NOUN}{{2,4}})"),
    re.compile(rf"({_NOUN}{{2,4}})由(?:谁|哪)"),
    re.compile(rf"(?:哪[个家]|什么)({_NOUN}{{2,4}})"),
    re.compile(rf"(?:哪[天年月]|几月份?+)({_NOUN}{{2,4}})"),
    re.compile(rf"(?:最[高低大小长短多少]|平均|每年|人均)({_NOUN}{{2,4}})"),
)
_VERB = r"does|do|did|is|are|was|were|has|have|had|can|will|would|should|must|went|go|goes|get|got|take|took|make|made"
_EN = (
    re.compile(rf"how many ((?:[a-z-]+ ){{0,2}}?[a-z-]+)(?= (?:{_VERB}|in|on|of|for|the|by|to|that|which|at|a|an)\b)"),
    re.compile(r"what (?:is|was|are|were) the ((?:[a-z-]+ ){0,3}?[a-z-]+)(?= (?:of|for|in|that|set|at|on|under|a)\b)"),
    re.compile(r"\b(?:maximum|minimum|highest|lowest|largest|longest|average|annual|yearly|monthly) ([a-z-]+)"),
    re.compile(rf"(?:what|which) ([a-z-]+(?: [a-z-]+)?)(?= (?:{_VERB})\b)"),
)
# What anything that answers may be called, and so need not be called in the text; and words that count nothing.
_ANYTHING_ZH = re.compile(
    "意思|情况|东西|时候|样子|区别|差别|差异|不同|异同|部分|类型|类别|种类|方面|原因|理由|属于|颗星|目标|内容|标准|问题|地方|领域|要求|文件|指南"
    "|报告|单位|机构|部门|公司|企业|组织|层次|级别|名称|名字|全称|简称|时间|日期|数量|总数|小类|中类|大类|加起|总共|编号|文号|代号|职能|作用|体系"
    "|关系|好处|特点|方法|办法|步骤|间隔|希望|计划|打算|国家|方向|行业|主题|事项|条件|规定|措施|任务|工作|性质|状态|说法|意义|用途|阶段|国籍|区域"
    "|下面|里面|旗下|地区|位置|地点|颜色|事情|别名|称号|头衔|职位|职务|职业|时期|年代|朝代|季节|语言|民族|宗教|学科|专业|人物|作品|比例|份额|占比|身体|物理量"
    "|子类|大块|小块|路数|路子|思路|做法|打法|态度|立场|模式|取向|侧重|重点|特色"
    "|大约|大概|一共|具体|落款|门类|地步|程度|起来|目前|现在|曾经|分别|到底|究竟|主要|最后|最早|其中|主意|建议|主张"
)
_ANYTHING_EN = re.compile(
    r"\b(?:thing|way|part|section|kind|type|area|subject|topic|reason|method|period|date|year|day|month|time|name|number|"
    r"standard|document|guide|report|body|bodie|compan(?:y|ie)|firm|organi[sz]ation|set|run|lead|led|made|make|aim|goal|"
    r"target|role|each|categor(?:y|ie)|class|classe|piece|item|step|point|countr(?:y|ie)|total|one|two|share|percentage|"
    r"element|component|aspect|feature|technolog(?:y|ie)|value|entr(?:y|ie)|star|row|line|meaning|purpose|title|field|industr(?:y|ie)|sector|provision|rule|principle|level|group|difference|location|"
    r"ai|does|did|came|come|goes|go|got|get|saving|until|what|which|relationship|status|condition|measure|task|place|theme|direction|more|less|other|main|"
    r"new|big|first|last|people|person|colou?r|nationality|language|religion|stage|phase|era|season|event|cit(?:y|ie)|"
    r"region|state|term|word|object|substance|animal|school|universit(?:y|ie)|book|work)s?\b"
)
_ANYTHING_FIRST = re.compile(rf"^(?:{_ANYTHING_EN.pattern} )+")
_BODIES = re.compile("(?:单位|企业|公司|机构|组织|部门)$")
_CHINESE = re.compile("[一-鿿]")


@lru_cache(maxsize=256)
def focus(question: str) -> tuple[str, ...]:
    """The words that say what is asked for, folded; empty where there are none, or any answer may be called so."""
    text = fold(question)
    chinese = bool(_CHINESE.search(text))
    found = (match[1] for pattern in (_ZH if chinese else _EN) if (match := pattern.search(text)))
    left = (_chinese(words) if chinese else _english(words) for words in found)
    return tuple(dict.fromkeys(words for words in left if words))


def _chinese(words: str) -> str:
    """成员 of 成员单位; nothing of 单位 or 落款日期."""
    words = _BODIES.sub("", words)
    return "" if len(words) < 2 or _ANYTHING_ZH.search(words) else words


def _english(words: str) -> str:
    """What is left of "countries attended" is "attended"; of "countries" and "model companies" it is nothing."""
    words = _ANYTHING_FIRST.sub("", words)
    return "" if _ANYTHING_EN.search(words) else words
