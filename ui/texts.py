"""Every word of the interface, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
    source_title: str
    source_empty: str
    cited: str
    previous: str
    next: str
    page: str
    dated: str
    effective: str
    until: str
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
    add: str
    adding: str
    added: str
    replaced: str
    updated: str
    unchanged: str
    failed: str


ZH = Words(
    promise="有据可查：每一句回答都给出原文",
    ask_placeholder="请输入问题，例如：到2026年要制定多少项国家标准和行业标准？",
    ask="提问",
    new="新对话",
    you="问",
    working="正在查阅文件……",
    refusal="文件中没有说明",
    nearest="最接近的段落",
    also="另见：{}",
    error="无法回答",
    source_title="原文",
    source_empty="点击回答中的编号，在此查看所引原文及其上下文。",
    cited="引文",
    previous="上一条引文",
    next="下一条引文",
    page="第 {} 页",
    dated="日期",
    effective="自 {} 起施行",
    until="有效至 {}",
    welcome="向文件提问",
    on_file="已收录 {} 份文件",
    samples_on_file="目前收录的是 {} 份样例。导入您自己的文件后，样例将不再参与检索：",
    try_one="可以这样问",
    nothing_title="还没有文件",
    nothing_text="请点击“添加文件”，或在终端导入文件或文件夹：",
    blank="请先输入问题。",
    too_long="问题过长（{} 字），最多 {} 字，请缩短后再问。",
    footer="回答由程序根据文件原文自动生成，引用前请核对所附原文。",
    open_source="查看引文 {}",
    show_all="全部 {} 份",
    add="添加文件",
    adding="正在读取 {}（{} / {}）……",
    added="已添加",
    replaced="已更新",
    updated="元数据已更新",
    unchanged="已在库中",
    failed="未添加",
)

EN = Words(
    promise="Every sentence shows the words it rests on",
    ask_placeholder="Ask a question, e.g. How many standards by 2026?",
    ask="Ask",
    new="New conversation",
    you="Question",
    working="Looking through the documents …",
    refusal="The documents do not say",
    nearest="The nearest passages",
    also="Also in: {}",
    error="No answer",
    source_title="Source",
    source_empty="Choose a number in an answer to see the cited words here, in their place in the document.",
    cited="Citation",
    previous="Previous citation",
    next="Next citation",
    page="page {}",
    dated="Date",
    effective="in force from {}",
    until="until {}",
    welcome="Ask the documents",
    on_file="{} documents on file",
    samples_on_file="These are {} samples. Once you add documents of your own, they are no longer searched:",
    try_one="You could ask",
    nothing_title="No documents yet",
    nothing_text="Choose “Add documents”, or add files and folders in a terminal:",
    blank="Write a question first.",
    too_long="The question has {} characters; at most {} are read. Shorten it and ask again.",
    footer="Answers are put together by a machine from the documents' own words. "
    "Check the source before you rely on one.",
    open_source="Show citation {}",
    show_all="All {}",
    add="Add documents",
    adding="Reading {} ({} of {}) …",
    added="added",
    replaced="replaced",
    updated="new metadata",
    unchanged="already on file",
    failed="not added",
)

WORDS: dict[Language, Words] = {"zh": ZH, "en": EN}

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
