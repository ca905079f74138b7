"""What each measure means, in one sentence for a reader of a report, in both languages. The measures' own
docstrings (and docs/evaluation.md) hold the definitions in full, with their sources.
"""

from __future__ import annotations

import inspect

from eval.measures.abstention import SetMeasure
from eval.measures.base import Group, Measure
from eval.report.plots import Both

GROUPS: dict[Group, Both] = {
    "retrieval": Both("Retrieval", "检索"),
    "answer": Both("Answer", "答案"),
    "grounding": Both("Grounding", "依据"),
    "abstention": Both("Abstention", "拒答"),
    "cost": Both("Cost", "开销"),
}

_DEFINITIONS: dict[str, Both] = {
    "evidence": Both(
        "Share of the gold quotes that stand in the first 3,600 characters of the passages the system worked from.",
        "标准引文出现在系统所用段落前 3600 个字符中的比例。",
    ),
    "evidence@5": Both("Share of the gold quotes inside the first 5 passages.", "标准引文出现在前 5 个段落中的比例。"),
    "evidence@8": Both("Share of the gold quotes inside the first 8 passages.", "标准引文出现在前 8 个段落中的比例。"),
    "evidence@20": Both(
        "Share of the gold quotes inside the first 20 passages.", "标准引文出现在前 20 个段落中的比例。"
    ),
    "ndcg@10": Both(
        "Normalised discounted cumulative gain of the first 10 passages: gold evidence counts more the higher it "
        "is ranked; 1 is the best possible order. A passage is relevant where it holds a gold quote.",
        "前 10 个段落的归一化折损累计增益：标准证据排名越靠前得分越高，1 为最佳排序；含标准引文的段落为相关段落。",
    ),
    "recall@1": Both("Share of the gold evidence found in the first passage.", "第 1 个段落中找到的标准证据比例。"),
    "recall@5": Both("Share of the gold evidence found in the first 5 passages.", "前 5 个段落中找到的标准证据比例。"),
    "recall@10": Both(
        "Share of the gold evidence found in the first 10 passages.", "前 10 个段落中找到的标准证据比例。"
    ),
    "recall@20": Both(
        "Share of the gold evidence found in the first 20 passages.", "前 20 个段落中找到的标准证据比例。"
    ),
    "mrr@10": Both(
        "One over the rank of the first passage with gold evidence among the first 10; 0 where there is none.",
        "前 10 个段落中首个含标准证据段落的名次倒数；没有则为 0。",
    ),
    "nuggets": Both(
        "Share of the facts a right answer holds (nuggets) that the answer says, found by string alternatives; a "
        "refusal says none (TREC AutoNuggetizer, “all”).",
        "正确答案应含要点中，答案说出的比例（按候选写法匹配）；拒答计为 0（TREC AutoNuggetizer 的 all）。",
    ),
    "nuggets_vital": Both(
        "Share of the vital nuggets, those a right answer must hold, that the answer says (TREC AutoNuggetizer, "
        "“vital”).",
        "正确答案必须含有的关键要点中，答案说出的比例（TREC AutoNuggetizer 的 vital）。",
    ),
    "nuggets_judged": Both(
        "Share of the nuggets that the answer bears out, as the run's support function judges it; only where that "
        "is a model.",
        "答案所支持的要点比例，由本次评测的支持判定模型评判；仅在使用模型时给出。",
    ),
    "value": Both(
        "Share of the nuggets with a number, date or identifier whose value occurs in the answer as that value: "
        "150 is no 50.",
        "含数值、日期或编号的要点中，其值原样出现在答案里的比例：150 不算 50。",
    ),
    "list_recall": Both("For lists: share of the gold items that the answer says.", "列举题：答案说出的标准条目比例。"),
    "list_precision": Both(
        "For lists: share of the answer's statements that say a gold item.", "列举题：答案语句中说出标准条目的比例。"
    ),
    "language": Both(
        "Whether the text around the quotes, or the refusal, is in the asker's language.",
        "引文以外的文字（或拒答文字）是否使用提问者的语言。",
    ),
    "length": Both("Characters of an answer; refusals are left out.", "答案的字符数；不含拒答。"),
    "citation_recall": Both(
        "Share of the statements that all they cite, taken together, supports (ALCE).",
        "语句中，其全部引文合起来能够支持该语句的比例（ALCE）。",
    ),
    "citation_precision": Both(
        "Share of the citations that are needed: a citation counts as irrelevant where it alone does not support "
        "the statement and the others do without it (ALCE).",
        "必要引文的比例：单独不能支持语句、去掉后其余引文仍能支持的引文视为无关（ALCE）。",
    ),
    "verbatim": Both(
        "Share of the statements that stand word for word in what they cite.", "逐字见于其引文的语句比例。"
    ),
    "uncited": Both("Share of the statements without a citation.", "没有引文的语句比例。"),
    "tightness": Both(
        "How much of a citation's quote is gold evidence: characters of the gold quote over characters of the quote, "
        "where one holds the other.",
        "引文的紧凑程度：标准引文字符数与所引原文字符数之比（二者互相包含时）。",
    ),
    "contradiction": Both("Share of the statements that what they cite denies.", "与其引文相矛盾的语句比例。"),
    "resolves": Both(
        "Share of the citations whose quote is exactly what stands at its place in the document.",
        "引文与文档相应位置的原文完全一致的比例。",
    ),
    "false_answer": Both(
        "Share of the questions the documents do not answer that were answered all the same.",
        "文档无法回答的问题中，仍被作答的比例。",
    ),
    "false_refusal": Both(
        "Share of the questions the documents do answer that were refused.", "文档可以回答的问题中，被拒答的比例。"
    ),
    "refuse_precision": Both(
        "Share of the refused questions that the documents do not answer.", "被拒答的问题中，文档确实无法回答的比例。"
    ),
    "refuse_recall": Both(
        "Share of the questions the documents do not answer that were refused.", "文档无法回答的问题中，被拒答的比例。"
    ),
    "refuse_f1": Both("The harmonic mean of precision and recall of refusing.", "拒答精确率与召回率的调和平均。"),
    "auroc": Both(
        "The chance that an answerable question gets a higher confidence than an unanswerable one; 0.5 is a coin.",
        "可回答问题的置信度高于无法回答问题的概率；0.5 相当于抛硬币。",
    ),
    "refuse_recall_at_5": Both(
        "Share of the unanswerable questions refused at the confidence threshold that refuses at most 5 % of the "
        "answerable ones.",
        "在最多误拒 5% 可回答问题的置信度阈值下，被拒答的无法回答问题的比例。",
    ),
    "aurc": Both(
        "The mean of the risk over all coverages of the risk–coverage curve (Geifman & El-Yaniv 2017).",
        "风险—覆盖率曲线在各覆盖率上的平均风险（Geifman & El-Yaniv 2017）。",
    ),
    "accuracy_at_50": Both(
        "1 − the risk of the half of the questions that the system is surest of.", "系统最有把握的一半问题的 1 − 风险。"
    ),
    "accuracy_at_80": Both(
        "1 − the risk of the 80 % of the questions that the system is surest of.",
        "系统最有把握的 80% 问题的 1 − 风险。",
    ),
    "ece": Both(
        "Mean distance between a confidence and the share of answerable questions at it, in bins of equal size "
        "(Guo et al. 2017).",
        "置信度与该置信度下可回答问题比例之间的平均差距，按等量分箱（Guo 等 2017）。",
    ),
    "ms": Both(
        "Milliseconds from question to answer, as the asker waits.", "从提问到得到答案的毫秒数（提问者等待的时间）。"
    ),
    "ms_retrieve": Both("Milliseconds of it spent searching.", "其中用于检索的毫秒数。"),
    "ms_answer": Both("Milliseconds of it spent answering.", "其中用于作答的毫秒数。"),
    "tokens": Both(
        "Tokens of the passages and the answer together, as a language model would count them.",
        "段落与答案合计的词元数（按语言模型计）。",
    ),
}


def definition(measure: Measure | SetMeasure) -> Both:
    """What a measure means. Of one that is not described here: the first paragraph of its docstring, which
    is English, beside its name."""
    if measure.key in _DEFINITIONS:
        return _DEFINITIONS[measure.key]
    of = measure.of if isinstance(measure, Measure) else measure.statistic
    text = " ".join((inspect.getdoc(of) or measure.en).split("\n\n")[0].split())
    return Both(text, f"{measure.zh}（{text}）")
