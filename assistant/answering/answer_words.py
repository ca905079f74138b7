"""The words that no answer to a question can do without: who asks for a penalty is answered by what speaks of one, who
asks how to apply by what speaks of applying, who asks for the end of a term by what says until when.

A table of pairs in both languages: how a thing is asked for, and every way that it would be spoken of. Only things that
have few names are in it; what is not in it needs no words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexing.tokeniser import fold

# How it is asked for, and how it would be spoken of: in Chinese and in English, in folded text.
_PAIRS = (
    # The end of a term
    (
        r"有效期|为止|(?:截止|截至)到?是?(?:什么|哪|几|何)|(?:啥时候|什么时候|何时)截"
        r"|\bdeadline\b|expir|valid until\b|until (?:when|what|which)",
        r"有效[期至到]|止|截至|施行至|期限|前[,，。；;]|[之以]前|直[到至]|结束|expir|valid"
        r"|until|till\b|deadline|before|no later|\bby\b|\bends?\b",
    ),
    # An office, and what someone does
    (r"秘书处|secretariat", r"秘书处|secretariat"),
    (
        r"(?:谁|哪[家个些几]?(?:单位|公司|企业|机构|部门)?)[^,，。]{0,6}(?:起草|编写|执笔|牵头)"
        r"|(?:起草|编写|执笔|牵头)[^,，。]{0,8}(?:是谁|是哪)|\blead drafter|who drafted",
        r"起草|编写|执笔|撰|牵头|编制|主导|制定单位|负责|承担|draft|wr[io]t|\bled\b|lead|author|prepared",
    ),
    (
        r"出席|参会|到会|与会|^who attended|members who attended|participants who attended",
        r"出席|参加|参会|与会|到会|到场|attend|participa|present|gather|delegate|guest|audience|crowd|visit",
    ),
    (r"弃权|赞成票|反对票|\babstain(?!\w* from)|voted (?:for|against)", r"票|表决|弃权|\bvot|abstain|elect"),
    (r"外审|审稿|同行评议|peer[- ]review", r"外审|审稿|评议|评审|专家|\breview"),
    # Penalties, exceptions and remedies
    (
        r"处罚|罚款|罚多少|受罚|被罚|问责|什么后果|\b(?:penalt|punishable|fine[ds]?\b)"
        r"|what happens to (?:an?|the) (?:[\w-]+ ){0,3}(?:company|firm|provider|business|person|applicant)[^?]* "
        r"(?:ignore|fail|violat|breach|refuse|break|miss|does not|doesn't)"
        r"|(?:不够|没完成|没通过|不遵守|不执行|不按|没达到|违反|未达|不达标|不备案)[^?]{0,30}"
        r"(?:怎样|怎么样|怎么办|后果|怎么处理|会被)",
        r"罚|处分|责令|追究|(?<!可)问责|吊销|撤销|取消|警告|整改|约谈|违反|违法|通报|没收|(?:法律|刑事|民事|行政|赔偿|违约)责任|penalt|punish"
        r"|\bfine|revok|sanction|liab|withdraw|suspen|prison|jail|sentence|offen[cs]e",
    ),
    (
        r"申诉|复议|投诉|异议|\bappeal (?:procedure|process|against|if)\b|complain|objection",
        r"申诉|复议|投诉|上诉|异议|反对|抗议|质疑|不服|举报|批评|不满|appeal|complain|object|protest|critici|oppos|denounc"
        r"|dissatisf",
    ),
    (r"豁免|免予|\bexempt|\bwaive", r"豁免|免|不适用|除外|不受|不必|无需|不需|exempt|waiv|except|not apply|without"),
    # Applying
    (
        r"(?:怎么|如何|怎样|在哪|去哪|到哪)[^,，。?些]{0,6}(?:申请|报名|申报|领取?(?![域导])|办理|加入|投诉|提交|注册)"
        r"|(?:申请|报名|申报|办理|加入)[^。?]{0,16}(?:流程|手续|材料|程序)"
        r"|how (?:do|can|to|should|does|would) (?:\w+ ){0,3}(?:apply\b|enrol|register|join\b|submit|sign up)",
        r"申请|申报|报名|领取|办理|登记|注册|提交|报送|加入|投诉|填写|\bappl(?:y|ic|ied)|enrol|regist"
        r"|submit|\bjoin|sign up",
    ),
    (r"登记|备案|\bregist(?:er|ration|ered)\b", r"登记|备案|注册|登录|\bregist|record"),
    (
        r"什么资格|(?:什么|哪些|何种|啥)条件|on what condition|what conditions|eligib",
        r"条件|资格|符合|满足|应当|必须|须|具备|具有|凡|可以|eligib|condition|requir|qualif|must|provided|\bif\b|only|need",
    ),
    (
        r"举个?例子?|give (?:me |us )?an example|name (?:an|one) example",
        r"例|如|示范|案|example|such as|includ|instance|\bcase",
    ),
    (r"下载|\bdownload", r"下载|download|https?:|www|网"),
    (r"英文版|译本|英译本|official (?:english |chinese )?translation", r"译|英文|英语|translat|english"),
    # Money
    (r"补助|补贴|津贴|subsid", r"补|津贴|资助|资金|奖励|扶持|subsid|grant|fund|allowance|pay|paid|money"),
    (r"工资|薪[水酬资]|[年月]薪|salar|\bwages\b", r"薪|工资|报酬|待遇|收入|元|salar|wage|paid|pay|earn"),
    (r"租金|租[^,，。]{0,16}多少钱|\brent(?:al)?\b", r"租|rent|lease"),
    (
        r"售价|价格|卖多少|买[^,，。]{0,16}多少钱|定价|在哪[里儿]?买|\bprice\b",
        r"售|卖|价(?!值)|收费|买|购|\d ?元|[$€£]|price|s[eo]l[dl]|fee|charg|worth|buy|bought|cost",
    ),
    (
        r"(?:营收|营业收入|产值|利润|投资额|总投资|销售额|gdp)[^?]{0,6}多少"
        r"|what (?:was|is|were) (?:[\w'’-]+ ){0,5}(?:revenue|turnover|profit)",
        r"元|[$€£¥镑]|dollar|euro|million|billion",
    ),
    # What is counted
    (
        r"(?:阅读|浏览|点击|访问|播放|转发)量",
        r"阅读|浏览|点击|访问|播放|转发|流量|人次|收看|收听|view|click|visit|watch",
    ),
    (r"专利|\bpatent", r"专利|patent"),
    (
        r"(?:怎么|如何|怎样)[^,，。]{0,4}(?:计算|算出|核算|测算|折算)|计算(?:方法|公式|方式)"
        r"|\bhow (?:is|are|was|were) [^?]{2,60}(?:calculated|computed|worked out)",
        r"公式|除以|之比|计算(?:方法|公式|方式|为)|按[^,，。]{1,20}[计算]|折算|测算|核算|利率|×|等于|calculat|formula|comput|divid"
        r"|multipl|based on|\bsum\b",
    ),
    (
        r"多久[^,，。]{0,10}一[次回]|几[年个][^,，。]{0,2}一[次回]|每隔多|how often|how frequently",
        r"每|一[次回]|[年月周天日季]一|定期|不定期|年度|季度|适时|经常|every|annual|\bonce\b|twice|times|\bper\b|dai|week|monthly"
        r"|quarter|regular|yearly|frequen|seldom|rare|often|always|never|usual|percent",
    ),
    # A place, and a body by its name
    (
        r"在哪[个座里儿]?(?:城市|市)?[^,，。?]{0,4}(?:举[办行]|召开|开的|签的|签署)"
        r"|(?:which|what) city [^?]*\bheld\b|where (?:was|is|were|will) [^?]{3,60} (?:held|take place)",
        r"[在于][^,，。]{1,14}[举召开签办]|市(?![场值])|\b(?:in|at) [a-z]",
    ),
    (
        r"哪[一几些]?[个所家]?(?:大学|高校)(?!专业|课)"
        r"|(?:which|what) universit(?:ies|y (?:is|was|did|does|has|will|[a-z]+e[ds]))\b",
        r"[一-鿿](?:大学|学院)|universit|college",
    ),
    (r"哪[一几些]?[个所家]?医院|(?:which|what) hospital", r"医院|hospital|clinic"),
    (r"哪[一几些]?[个所家]?(?:法院|法庭)|(?:which|what) court\b(?! case)", r"法院|法庭|court"),
    (r"哪[一几些]?[个所家]?银行|(?:which|what) bank", r"银行|bank"),
)
_WORDS = tuple((re.compile(asked), re.compile(said)) for asked, said in _PAIRS)


def spoken_of(question: str, texts: Sequence[str]) -> bool:
    """Whether some texts speak of all that a question asks for, as far as the table knows."""
    asked = re.sub(r"\s+", " ", fold(question))  # a document's name taken out of it leaves blanks
    named = [said for pattern, said in _WORDS if pattern.search(asked)]
    if not named:  # folding the texts takes time
        return True
    told = fold("\n".join(texts))
    return all(said.search(told) for said in named)
