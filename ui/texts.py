"""Every word of the interface, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.feedback import Why

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """The interface in one language."""

    promise: str
    ask_placeholder: str
    ask: str
    new: str
    you: str
    working: str
    refusal: str
    nearest: str
    also: str
    error: str
    page: str
    welcome: str
    on_file: str
    samples_on_file: str
    try_one: str
    nothing_title: str
    nothing_text: str
    blank: str
    too_long: str
    footer: str
    open_source: str
    show_all: str
    tab_ask: str
    tab_compare: str
    tab_documents: str
    tab_map: str
    tab_quality: str
    stop: str
    stopped: str
    retry: str
    edit: str
    editing: str
    cancel: str
    searched: str
    edit_searched: str
    partly: str
    unsupported: str
    interrupted: str
    copy: str
    copied: str
    good: str
    bad: str
    thanks: str
    what_was_wrong: str
    comment: str
    send: str
    this_citation: str
    history: str
    find: str
    no_history: str
    nothing_found: str
    not_kept: str
    current: str
    more: str
    rename: str
    save: str
    delete: str
    really: str
    share: str
    share_hint: str
    export: str
    read_only: str
    references: str
    narrow: str
    within: str
    documents: str
    issuer: str
    region: str
    status: str
    as_of: str
    as_of_hint: str
    text_language: str
    any_language: str
    tags: str
    ask_inside: str
    clear: str
    compare_title: str
    compare_hint: str
    aspects: str
    aspects_hint: str
    compare: str
    compared: str
    choose_documents: str
    choose_aspects: str
    not_mentioned: str
    aspect: str
    side: str
    theme: str
    keys: str
    back: str


ZH = Words(
    promise="有据可查：每一句回答都给出原文",
    ask_placeholder="请输入问题，回车发送",
    ask="提问",
    new="新对话",
    you="问",
    working="正在查阅文件……",
    refusal="文件中没有说明",
    nearest="最接近的段落",
    also="另见：{}",
    error="无法回答",
    page="第 {} 页",
    welcome="向文件提问",
    on_file="已收录 {} 份文件",
    samples_on_file="目前收录的是 {} 份样例；添加您自己的文件后，样例不再参与检索",
    try_one="可以这样问",
    nothing_title="还没有文件",
    nothing_text="请在“文件”页添加，或在终端导入文件或文件夹：",
    blank="请先输入问题。",
    too_long="问题过长（{} 字），最多 {} 字，请缩短后再问。",
    footer="回答由程序根据文件原文自动生成，引用前请核对所附原文。",
    open_source="查看引文 {}",
    show_all="全部 {} 份",
    tab_ask="问答",
    tab_compare="对比",
    tab_documents="文件",
    tab_map="图谱",
    tab_quality="质量",
    stop="停止",
    stopped="已停止。以上是停止前已核对的内容。",
    retry="重新回答",
    edit="修改问题",
    editing="正在修改第 {} 个问题；发送后，其后的问答将被替换。",
    cancel="取消",
    searched="实际检索的问题",
    edit_searched="修改后重新检索",
    partly="所引原文仅部分支持",
    unsupported="所引原文未支持",
    interrupted="语言模型没有完成回答",
    copy="复制",
    copied="已复制",
    good="有帮助",
    bad="有问题",
    thanks="已记录，谢谢",
    what_was_wrong="哪里有问题？",
    comment="补充说明（可不填）",
    send="提交",
    this_citation="这条引文",
    history="对话",
    find="查找对话",
    no_history="您在此浏览器中的对话会列在这里。",
    nothing_found="没有找到含有这些词的对话。",
    not_kept="此服务不保存对话。",
    current="当前对话",
    more="更多操作",
    rename="改名",
    save="保存",
    delete="删除",
    really="确定删除？",
    share="只读链接",
    share_hint="打开只读页面；可以打开本服务的人都能凭此链接阅读",
    export="导出",
    read_only="只读",
    references="引用",
    narrow="检索范围",
    within="检索范围：{}",
    documents="文件",
    issuer="发布机构",
    region="地区",
    status="状态",
    as_of="截至日期",
    as_of_hint="例如 2025-12-31",
    text_language="文件语言",
    any_language="不限",
    tags="标签",
    ask_inside="只在此文件中提问",
    clear="清除条件",
    compare_title="对比几份文件",
    compare_hint="选 2 至 5 份文件，写出要比较的方面。每一格都在该文件之内检索，写出原句与引文；"
    "文件没有说到的，写“未提及”。",
    aspects="比较的方面",
    aspects_hint="每行一个，例如：\n发展目标\n重点任务",
    compare="开始对比",
    compared="文件（2 至 5 份）",
    choose_documents="请选择 2 至 5 份文件。",
    choose_aspects="请写出 1 至 8 个方面，每行一个，每个不超过 200 字。",
    not_mentioned="未提及",
    aspect="方面",
    side="对话与检索范围",
    theme="切换深浅色",
    keys="← → 切换引文，Esc 返回回答",
    back="返回回答",
)

EN = Words(
    promise="Every sentence shows the words it rests on",
    ask_placeholder="Write a question, and Enter",
    ask="Ask",
    new="New conversation",
    you="Question",
    working="Looking through the documents …",
    refusal="The documents do not say",
    nearest="The nearest passages",
    also="Also in: {}",
    error="No answer",
    page="page {}",
    welcome="Ask the documents",
    on_file="{} documents on file",
    samples_on_file="{} samples on file; once you add documents of your own, they are no longer searched",
    try_one="You could ask",
    nothing_title="No documents yet",
    nothing_text="Add some under Documents, or files and folders in a terminal:",
    blank="Write a question first.",
    too_long="The question has {} characters; at most {} are read. Shorten it and ask again.",
    footer="Answers are put together by a machine from the documents' own words. "
    "Check the source before you rely on one.",
    open_source="Show citation {}",
    show_all="All {}",
    tab_ask="Ask",
    tab_compare="Compare",
    tab_documents="Documents",
    tab_map="Map",
    tab_quality="Quality",
    stop="Stop",
    stopped="Stopped. What stands above was checked before that.",
    retry="Answer again",
    edit="Edit question",
    editing="Editing question {}; what follows it will be replaced when you send it.",
    cancel="Cancel",
    searched="Searched as",
    edit_searched="Edit and search again",
    partly="Supported in part only by the words cited",
    unsupported="Not supported by the words cited",
    interrupted="The language model did not finish",
    copy="Copy",
    copied="Copied",
    good="Helpful",
    bad="Something is wrong",
    thanks="Noted, thank you",
    what_was_wrong="What is wrong?",
    comment="Anything to add (optional)",
    send="Send",
    this_citation="This citation",
    history="Conversations",
    find="Find a conversation",
    no_history="Your conversations in this browser will be listed here.",
    nothing_found="No conversation has these words.",
    not_kept="This server keeps no conversations.",
    current="This conversation",
    more="More actions",
    rename="Rename",
    save="Save",
    delete="Delete",
    really="Really delete?",
    share="Read-only link",
    share_hint="Opens a page for reading only; whoever may open this server can read it with the link",
    export="Export",
    read_only="Read only",
    references="References",
    narrow="Where to search",
    within="Searching: {}",
    documents="Documents",
    issuer="Issuer",
    region="Region",
    status="Status",
    as_of="As of",
    as_of_hint="such as 2025-12-31",
    text_language="Language of the documents",
    any_language="any",
    tags="Tags",
    ask_inside="Ask inside this document",
    clear="Clear",
    compare_title="Compare documents",
    compare_hint="Choose 2 to 5 documents and write what to compare. Each cell is searched inside its document and has "
    "that document's sentence with its citation; where a document is silent, it says so.",
    aspects="Aspects",
    aspects_hint="One a line, such as:\ntargets\nkey tasks",
    compare="Compare",
    compared="Documents (2 to 5)",
    choose_documents="Choose 2 to 5 documents.",
    choose_aspects="Write 1 to 8 aspects, one a line, each of at most 200 characters.",
    not_mentioned="not mentioned",
    aspect="Aspect",
    side="Conversations and where to search",
    theme="Light or dark",
    keys="← → other citations · Esc back to the answer",
    back="Back to the answer",
)

WORDS: dict[Language, Words] = {"zh": ZH, "en": EN}

# What may be wrong with an answer, under the names that feedback is kept by.
WHY: dict[Language, dict[Why, str]] = {
    "zh": {
        "wrong": "内容不对",
        "unsupported": "引文不支持这句话",
        "incomplete": "不完整",
        "outdated": "已过时",
        "refused_wrongly": "文件其实有说明",
        "other": "其他",
    },
    "en": {
        "wrong": "It is wrong",
        "unsupported": "The citation does not support it",
        "incomplete": "Something is missing",
        "outdated": "It is out of date",
        "refused_wrongly": "The documents do say",
        "other": "Something else",
    },
}

# Questions about the samples, which answer them.
EXAMPLES: dict[Language, tuple[str, ...]] = {
    "zh": (
        "国家指南（2024版）要求到2026年新制定多少项国家标准和行业标准？",
        "江苏指南到2027年的目标有哪些？",
        "工信部联科〔2024〕113号是哪份文件的文号？",
        "什么是具身智能？",
        "怎么添加我自己的文档？",
    ),
    "en": (
        "How many new national and industry standards does the National Guide want by 2026?",
        "What are the 7 parts of the National Guide (2024)?",
        "What does NIST do about AI standards?",
        "What does a citation show?",
        "How do I add my own documents?",
    ),
}


def language_of(accept_language: str) -> Language:
    """The interface's language for a browser that says which languages its user reads."""
    return "zh" if accept_language.strip().lower().startswith("zh") else "en"
