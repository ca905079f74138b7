"""The words of the source panel, the corpus page, the map and the quality page, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from ui.texts import Language


@dataclass(frozen=True, slots=True)
class SourceWords:
    """The source panel."""

    title: str
    cited: str
    previous: str
    next: str
    page: str
    dated: str
    effective: str
    until: str
    as_text: str
    as_page: str
    how_shown: str
    page_back: str
    page_on: str
    zoom_in: str
    zoom_out: str
    page_of: str
    choose: str
    up: str
    picture: str
    drawing: str
    no_picture: str
    blocks_only: str
    inside: str
    exact: str
    rows_above: str
    rows_below: str
    empty: str
    copy: str
    copied: str


@dataclass(frozen=True, slots=True)
class CorpusWords:
    """The corpus page."""

    drop: str
    choose: str
    kinds: str
    waiting: str
    sending: str
    reading: str
    offline: str
    twin: str
    search: str
    listed: str
    none_found: str
    none_yet: str
    not_searched: str
    columns: tuple[str, ...]
    earlier: str
    later: str
    range: str
    back: str
    about: str
    edit: str
    hint: str
    save: str
    saved: str
    nothing_changed: str
    read_from: str
    sources: dict[str, str]
    fields: dict[str, str]
    unknown: str
    versions: str
    this_version: str
    current: str
    replaced: str
    only_current: str
    remove: str
    remove_sure: str
    remove_yes: str
    remove_no: str
    removed: str
    how_read: str
    outline: str
    no_headings: str
    tables: str
    no_tables: str
    table: str
    more_rows: str
    left_out: str
    nothing_left_out: str
    kinds_of: dict[str, str]
    passages: str
    passage_head: tuple[str, ...]
    page: str
    notes: str
    open: str
    characters: str


@dataclass(frozen=True, slots=True)
class MapWords:
    """The map of the field."""

    document: str
    drawn_by: str
    by_headings: str
    by_table: str
    beside: str
    nothing_beside: str
    legend: str
    no_documents: str
    flat: str
    whole: str
    zoom: str
    parts: str
    correspond: str
    method: str
    same: str
    alike: str
    possible: str
    links: str
    no_links: str
    unlinked: str
    sureness: str
    as_table: str
    path: str
    map_of: str


@dataclass(frozen=True, slots=True)
class QualityWords:
    """The quality page."""

    heading: str
    none_title: str
    none_text: str
    broken: str
    facts: tuple[str, ...]
    unfinished: str
    figures: str
    measure: str
    value: str
    questions: str
    measures: dict[str, str]
    how: str
    report: str
    no_report: str
    too_big: str


SOURCE_ZH = SourceWords(
    title="原文",
    cited="引文",
    previous="上一条引文",
    next="下一条引文",
    page="第 {} 页",
    dated="日期",
    effective="自 {} 起施行",
    until="有效至 {}",
    as_text="文本",
    as_page="页面",
    how_shown="查看方式",
    page_back="上一页",
    page_on="下一页",
    zoom_in="放大",
    zoom_out="缩小",
    page_of="第 {} / {} 页",
    up="返回",
    choose="选择左侧的标题、表格行或段落，在此查看原文。",
    picture="《{}》的页面图像，所引文字已框出：{}",
    drawing="正在绘制页面……",
    no_picture="无法显示页面，请看文本。",
    blocks_only="未能逐字定位，框出的是其所在段落。",
    inside="只在此文件中提问",
    exact="原文",
    rows_above="上方还有 {} 行",
    rows_below="下方还有 {} 行",
    empty="点击回答中的编号，在此查看所引原文及其上下文。",
    copy="复制引文及出处",
    copied="已复制",
)
SOURCE_EN = SourceWords(
    title="Source",
    cited="Citation",
    previous="Previous citation",
    next="Next citation",
    page="page {}",
    dated="dated",
    effective="in force from {}",
    until="until {}",
    as_text="Text",
    as_page="Page",
    how_shown="Show as",
    page_back="Previous page",
    page_on="Next page",
    zoom_in="Larger",
    zoom_out="Smaller",
    page_of="Page {} of {}",
    up="Back",
    choose="Choose a heading, a row or a passage to see it here, in its place in the document.",
    picture="Picture of a page of “{}”, the words cited boxed: {}",
    drawing="Drawing the page …",
    no_picture="The page can't be shown; see the text.",
    blocks_only="The words could not be placed exactly; their paragraph is boxed.",
    inside="Ask inside this document",
    exact="Exact words",
    rows_above="{} rows above",
    rows_below="{} rows below",
    empty="Choose a number in an answer to see the cited words here, in their place in the document.",
    copy="Copy the quote and its source",
    copied="Copied",
)
SOURCE: dict[Language, SourceWords] = {"zh": SOURCE_ZH, "en": SOURCE_EN}

_FIELDS_ZH = (
    "title 标题 language 语言 issuers 发布单位 called 简称 number 文号 date 成文日期 effective 施行日期 "
    "expires 失效日期 edition 版本 status 状态 region 地区 url 网址 tags 标签 supersedes 取代的文件"
)
_KINDS_ZH = "contents 目录 chrome 页眉页脚与网页装饰 table_header 表头"

CORPUS_ZH = CorpusWords(
    drop="将文件拖到这里，或",
    choose="选择文件",
    kinds="可读取：{}。每个文件不超过 {} MiB。",
    waiting="等待中",
    sending="正在上传",
    reading="正在读取并建立索引",
    offline="服务没有响应；请检查连接后重新添加。",
    twin="与库中另一文件内容完全相同",
    search="按标题、文号、发布单位或文件名查找",
    listed="共 {} 份文件",
    none_found="没有文件符合“{}”。请换个词，或清空查找框。",
    none_yet="还没有文件。请将文件拖到上方，或在终端运行 yiju ingest 路径。",
    not_searched="不参与检索",
    columns=("标题", "文号", "发布单位", "日期", "状态", "段落", "语言"),
    earlier="上一页",
    later="下一页",
    range="第 {}–{} 份",
    back="返回文件库",
    about="文件信息",
    edit="修改信息",
    hint="清空某一项并保存，即恢复为从文件中读到的值。多个发布单位或标签用逗号分开。",
    save="保存",
    saved="已保存。",
    nothing_changed="没有改动。",
    read_from="来源：{}",
    sources={
        "text": "正文",
        "place": "正文第 {}–{} 字",
        "front matter": "文件头",
        "file properties": "文件属性",
        "file name": "文件名",
        "sidecar": "附属说明文件",
        "set by hand": "人工填写",
    },
    fields=dict(zip(_FIELDS_ZH.split()[::2], _FIELDS_ZH.split()[1::2], strict=True)),
    unknown="未注明",
    versions="版本",
    this_version="正在查看",
    current="现行版本",
    replaced="旧版本",
    only_current="这是旧版本，只能查看；信息请在现行版本中修改。",
    remove="移除文件",
    remove_sure="确定移除《{}》及其全部版本吗？移除后，引用它的旧回答将无法再打开原文。此操作不能撤销。",
    remove_yes="确定移除",
    remove_no="不移除",
    removed="已移除《{}》。",
    how_read="读取情况",
    outline="标题结构",
    no_headings="没有识别出标题。",
    tables="表格（{}）",
    no_tables="没有识别出表格。",
    table="表 {}",
    more_rows="还有 {} 行，见 /documents/{}/tables",
    left_out="未参与检索的部分（{}）",
    nothing_left_out="全部内容都参与检索。",
    kinds_of=dict(zip(_KINDS_ZH.split()[::2], _KINDS_ZH.split()[1::2], strict=True)),
    passages="检索段落（{}）",
    passage_head=("序号", "位置", "页", "词元", "原文"),
    page="第 {} 页",
    notes="读取说明",
    open="查看原文",
    characters="{} 字",
)
_FIELDS_EN = (
    "title Title language Language issuers Issuers called Short_names number Number date Date_of_issue "
    "effective In_force_from expires Expires_on edition Edition status Status region Region url Address "
    "tags Tags supersedes Supersedes"
)
_FIELD_NAMES_EN = _FIELDS_EN.replace("_", "\u00a0").split(" ")

CORPUS_EN = CorpusWords(
    drop="Drop files here, or",
    choose="choose files",
    kinds="Read: {}. At most {} MiB a file.",
    waiting="waiting",
    sending="sending",
    reading="being read and indexed",
    offline="The server did not answer; check the connection and add it again.",
    twin="has the same content as another document here",
    search="Find by title, number, issuer or file name",
    listed="{} documents",
    none_found="No document matches “{}”. Try another word, or clear the box.",
    none_yet="There are no documents yet. Drop some above, or run: yiju ingest PATH",
    not_searched="not searched",
    columns=("Title", "Number", "Issuer", "Date", "Status", "Passages", "Language"),
    earlier="Earlier",
    later="Later",
    range="{}–{}",
    back="Back to the documents",
    about="About this document",
    edit="Edit",
    hint="Empty a field and save to go back to what was read from the file. Several issuers or tags are "
    "separated by commas.",
    save="Save",
    saved="Saved.",
    nothing_changed="Nothing was changed.",
    read_from="from: {}",
    sources={"place": "text, characters {}–{}", "sidecar": "the file beside it"},
    fields=dict(zip(_FIELD_NAMES_EN[::2], _FIELD_NAMES_EN[1::2], strict=True)),
    unknown="unknown",
    versions="Versions",
    this_version="shown here",
    current="current",
    replaced="replaced",
    only_current="This is an earlier version, to be read only. Edit the current one.",
    remove="Remove",
    remove_sure="Remove “{}” with all its versions? Earlier answers that cite it can't show their source "
    "any more. This can't be undone.",
    remove_yes="Remove it",
    remove_no="Keep it",
    removed="“{}” was removed.",
    how_read="How it was read",
    outline="Headings",
    no_headings="No headings were found.",
    tables="Tables ({})",
    no_tables="No tables were found.",
    table="Table {}",
    more_rows="{} more rows: see /documents/{}/tables",
    left_out="Left out of the search ({})",
    nothing_left_out="All of it is searched.",
    kinds_of={"contents": "contents page", "chrome": "page furniture", "table_header": "table header"},
    passages="Passages ({})",
    passage_head=("No.", "Place", "Page", "Tokens", "Text"),
    page="page {}",
    notes="Notes on reading",
    open="Show in the text",
    characters="{} characters",
)
CORPUS: dict[Language, CorpusWords] = {"zh": CORPUS_ZH, "en": CORPUS_EN}

MAP_ZH = MapWords(
    document="文件",
    drawn_by="按什么绘制",
    by_headings="标题结构",
    by_table="表：{}",
    beside="与另一文件对照",
    nothing_beside="不对照",
    legend="方块越大，内容越多。点击方块，在旁边打开原文；点“⤢”只看这一部分。",
    no_documents="还没有文件。请先在“文件”页添加。",
    flat="没有识别出可绘制的标题或表格。请选择另一文件。",
    whole="全文",
    zoom="只看：{}",
    parts="{} 个部分",
    correspond="《{}》与《{}》的对应",
    method="由程序按标题和正文用词的相似程度推断，供查找之用，并非文件自身的说法。",
    same="标题相同",
    alike="很相似",
    possible="可能对应",
    links="{} 处对应",
    no_links="没有找到相似的部分。",
    unlinked="没有找到对应的部分（{}）",
    sureness="把握",
    as_table="以表格列出",
    path="所在位置",
    map_of="《{}》结构图",
)
MAP_EN = MapWords(
    document="Document",
    drawn_by="Drawn by",
    by_headings="its headings",
    by_table="table: {}",
    beside="Beside another document",
    nothing_beside="none",
    legend="The more it holds, the larger. Choose a part to open its passage; ⤢ shows that part alone.",
    no_documents="There are no documents yet. Add some under Documents.",
    flat="No headings or tables to draw were found. Choose another document.",
    whole="Whole document",
    zoom="Only: {}",
    parts="{} parts",
    correspond="How “{}” and “{}” correspond",
    method="Inferred by the program from how alike titles and words are: a help for finding, not something "
    "the documents say.",
    same="same title",
    alike="much alike",
    possible="possibly",
    links="{} links",
    no_links="No parts that are alike were found.",
    unlinked="Parts without a counterpart ({})",
    sureness="How sure",
    as_table="As a table",
    path="Where you are",
    map_of="Structure of “{}”",
)
MAP: dict[Language, MapWords] = {"zh": MAP_ZH, "en": MAP_EN}

QUALITY_ZH = QualityWords(
    heading="最近一次评测",
    none_title="还没有评测结果",
    none_text="在终端运行下面的命令，对样例题目做一次评测，并生成报告。完成后重新打开此页。",
    broken="最近一次评测的文件无法读取，请重新运行评测。",
    facts=("评测集", "题数", "系统", "完成时间", "程序版本", "机器"),
    unfinished="未完成：已答 {} 题",
    figures="主要指标",
    measure="指标",
    value="数值",
    questions="题数",
    measures={
        "evidence": "标准证据在所用段落中的比例",
        "nuggets": "答案说出的要点比例",
        "citation_recall": "有引文支持的语句比例",
        "resolves": "引文与原文完全一致的比例",
        "uncited": "没有引文的语句比例",
        "false_answer": "该拒答而作答的比例",
        "false_refusal": "可回答而拒答的比例",
        "ms": "每题平均毫秒数",
    },
    how="各题平均；区间、图表和每道题的回答见报告。",
    report="完整报告",
    no_report="这次评测还没有报告。请运行：",
    too_big="报告过大（{} MiB），请直接打开文件：",
)
QUALITY_EN = QualityWords(
    heading="The latest evaluation",
    none_title="No evaluation yet",
    none_text="Run these commands in a terminal to ask the questions about the samples and to write a report. "
    "Then open this page again.",
    broken="The files of the latest evaluation can't be read; run it again.",
    facts=("Set", "Questions", "System", "Finished", "Program", "Machine"),
    unfinished="unfinished: {} asked so far",
    figures="Main figures",
    measure="Measure",
    value="Value",
    questions="Questions",
    measures={
        "evidence": "gold evidence among the passages used",
        "nuggets": "facts of a right answer that were said",
        "citation_recall": "statements that what they cite supports",
        "resolves": "citations that are word for word in the document",
        "uncited": "statements without a citation",
        "false_answer": "unanswerable questions answered all the same",
        "false_refusal": "answerable questions refused",
        "ms": "mean milliseconds an answer",
    },
    how="Means over the questions. The report has the intervals, the plots, and every answer.",
    report="The whole report",
    no_report="This run has no report yet. Write one with:",
    too_big="The report is too large to show here ({} MiB); open the file:",
)
QUALITY: dict[Language, QualityWords] = {"zh": QUALITY_ZH, "en": QUALITY_EN}
