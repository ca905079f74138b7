"""How an assistant that answers from documents bears up: RGB's four abilities, and whether it answers alike what
means the same.

After Chen, Lin, Han & Sun 2023, "Benchmarking Large Language Models in Retrieval-Augmented Generation",
arXiv:2309.01431 (RGB: noise robustness, negative rejection, information integration, counterfactual robustness).
RGB hands a model passages and looks at the model; here documents are indexed and the whole assistant is asked,
its retrieval included. So noise is documents beside, not passages in the prompt; documents are withheld, not
passages; and a changed value is to be said as the document has it, where RGB asks the model to notice that the
document is wrong: whoever asks what a document says must not be told what a model remembers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from assistant.answers import Filters
from assistant.core import NO_FILTERS
from assistant.wiring import Workplace
from corpus.document import Document
from eval.measures.robustness import (
    Alike,
    Change,
    documents_cited,
    follows,
    holds,
    paraphrases,
    recall,
    refused,
    translations,
)
from eval.questions import GoldQuestion, GoldSet, normal
from eval.robustness.corpus import Altered, File, alter, files_of, similar, unrelated, without_answer
from eval.robustness.results import Asked, Finding, Remark, Robustness
from eval.runner import Advance
from eval.runs import Row, commit, machine, now, program
from eval.statistics import Estimate, estimate, estimate_of
from eval.systems.base import LocalSystem

# Distractors for each document of the set, and at most.
_EACH, _MOST = 4, 200


def assess(
    questions: GoldSet,
    workplace: Workplace,
    corpus: Path | None,
    *,
    top_k: int = 8,
    distractors: int | None = None,
    advance: Advance,
) -> Robustness:
    """Runs every test on the assistant of a workplace in which `corpus` (or the samples) and nothing else is
    indexed. `distractors` is how many documents of either kind are put beside them; without a number four for
    each document, and at most 200. The workplace is left as it was found."""
    began = now()
    bench = _Bench(questions, workplace, corpus, top_k, advance)
    count = min(_MOST, _EACH * len(bench.files)) if distractors is None else distractors
    clean = bench.ask("clean", questions.questions)
    bench.judge_integration(clean)
    bench.judge_alike(clean)
    bench.withhold(clean)
    bench.change(clean)
    bench.disturb(clean, count)
    settings = workplace.settings
    return Robustness(
        set_name=questions.name,
        set_sha256=questions.sha256,
        questions=len(questions.questions),
        corpus=str(corpus or "samples"),
        system=LocalSystem.name,
        conditions={
            "top_k": top_k,
            "distractors": count,
            "embedder": settings.embedder,
            "llm": settings.llm_model,
        },
        commit=commit(),
        program=program(),
        machine=machine(),
        began=began,
        finished=now(),
        findings=tuple(bench.findings),
        remarks=tuple(bench.remarks),
        asked=tuple(bench.asked),
    )


class _Bench:
    """The tests, one after the other, and what they found."""

    def __init__(
        self, questions: GoldSet, workplace: Workplace, corpus: Path | None, top_k: int, advance: Advance
    ) -> None:
        self.findings: list[Finding] = []
        self.remarks: list[Remark] = []
        self.asked: list[Asked] = []
        self.files = files_of(corpus, workplace.settings.max_file_mb * 2**20)
        self._questions = questions.questions
        self._workplace = workplace
        self._ingester = workplace.ingester("sample" if corpus is None else "own")
        self._assistant = workplace.assistant
        self._top_k = top_k
        self._advance = advance
        documents = [self._assistant.document(d.id) for d in self._assistant.documents()]
        self._documents: list[tuple[Document, str]] = [(d, normal(d.text)) for d in documents]

    def ask(self, test: str, golds: Sequence[GoldQuestion], filters: Filters = NO_FILTERS) -> list[Row]:
        system = LocalSystem(self._assistant, top_k=self._top_k, filters=filters)
        rows = []
        for gold in golds:
            rows.append(Row(gold=gold, response=system.ask(gold), scores={}))
            self._advance(f"{test} {gold.id}", None)
        return rows

    def judge_integration(self, clean: Sequence[Row]) -> None:
        """Questions with evidence in several documents."""
        rows = [r for r in clean if r.gold.answerable and len({e.source for e in r.gold.evidence}) > 1]
        if not rows:
            self._remark("integration", "no question has evidence in several documents", "没有问题的证据分布在多份文件")
            return
        clusters = [row.gold.cluster for row in rows]
        cited = [documents_cited(row.gold, row.response) for row in rows]
        self._find("integration", "nuggets", "nuggets in the answer", "答案要点召回", map(recall, rows), clusters)
        self._find("integration", "documents_cited", "gold documents cited", "引用的证据文件", cited, clusters)
        self._keep("integration", rows, [{"documents_cited": share} for share in cited])

    def judge_alike(self, clean: Sequence[Row]) -> None:
        """Questions that mean the same, within a language and between both."""
        for test, groups, en, zh in (
            ("paraphrase", paraphrases(clean), "in one language", "同一语言中"),
            ("language", translations(clean), "in both languages", "两种语言中"),
        ):
            if not groups:
                self._remark(test, f"no questions {en} share a `meaning`", f"{zh}没有 meaning 相同的问题")
                continue
            self._find_alike(test, groups)
        self._keep("clean", clean, [{} for _ in clean])

    def _find_alike(self, test: str, groups: Sequence[Alike]) -> None:
        clusters = [group.cluster for group in groups]
        pairs, worst = [group.pairs for group in groups], [group.worst for group in groups]
        self._find(
            test, "alike", "pairs answered alike (mean over groups)", "回答一致的问题对（各组平均）", pairs, clusters
        )
        self._find(test, "worst", "least nugget recall in a group (mean)", "组内最低要点召回（平均）", worst, clusters)

    def withhold(self, clean: Sequence[Row]) -> None:
        """Every answerable question without the documents that answer it."""
        rows: list[Row] = []
        left: list[float] = []
        golds = [row.gold for row in clean if row.gold.answerable and row.gold.nuggets]
        for gold in golds:
            known = without_answer(gold, self._documents)
            languages = {d.metadata.language for d, _ in self._documents if d.id in known}
            if gold.lang not in languages:
                continue
            # Not checked: the API's limit on the number of documents in a filter is none of this index's.
            rows += self.ask("rejection", [gold], Filters.model_construct(documents=known))
            left.append(len(known) / len(self._documents))
        if len(rows) < len(golds):
            n = len(golds) - len(rows)
            self._remark(
                "rejection",
                f"left out: {n} of {len(golds)} questions, for no document in their language is without an answer",
                f"{len(golds)} 个问题中略去 {n} 个：与其语言相同的文件都含有答案",
            )
        if rows:
            clusters = [row.gold.cluster for row in rows]
            refusals = [refused(row.response) for row in rows]
            self._find(
                "rejection", "refused", "refused without its documents", "缺少依据文件时拒答", refusals, clusters
            )
            self._find("rejection", "left", "documents left to search", "可检索的文件比例", left, clusters, better=None)
            self._keep("rejection", rows, [{"refused": value} for value in refusals])

    def change(self, clean: Sequence[Row]) -> None:
        """Every question with a value that can be replaced, with that value replaced in all documents."""
        texts = {document.uri: text for document, text in self._documents}
        files = [file for file in self.files if file.uri in texts]
        before = {row.gold.id: row for row in clean}
        rows: list[Row] = []
        scores: list[dict[str, float]] = []
        unchanged: list[float] = []
        golds = [row.gold for row in clean if row.gold.answerable and row.gold.nuggets]
        for gold in golds:
            altered = alter(gold, files, texts)
            if altered is None:
                continue
            with self._swapped(altered) as took:
                if took:
                    rows += self.ask("counterfactual", [gold])
                    scores.append(follows(rows[-1].response, altered.change))
                    as_it_was = Change(altered.change.new, altered.change.old)
                    unchanged.append(follows(before[gold.id].response, as_it_was)["right"])
        self._remark(
            "counterfactual",
            f"{len(rows)} of {len(golds)} answerable questions have a value that can be replaced",
            f"{len(golds)} 个可答问题中有 {len(rows)} 个含可替换的数值",
        )
        if rows:
            clusters = [row.gold.cluster for row in rows]
            for key, en, zh, better in (
                ("right", "the changed value said and cited, not the old", "说出并引用改后的值，未说旧值", "higher"),
                ("said", "the changed value said", "说出改后的值", "higher"),
                ("old", "the old value said", "说出旧值", "lower"),
            ):
                self._find("counterfactual", key, en, zh, [s[key] for s in scores], clusters, better=better)
            name = ("the same questions right, documents as they are", "文件未改时同样问题答对")
            self._find("counterfactual", "unchanged", *name, unchanged, clusters)
            self._keep("counterfactual", rows, scores)

    @contextmanager
    def _swapped(self, altered: Altered) -> Iterator[bool]:
        """The files of a question in their other version while it is asked; whether the reader then sees the new
        value and not the old one."""
        try:
            self._add(altered.after)
            wanted = {file.uri for file in altered.after}
            read = [self._assistant.document(s.id) for s in self._assistant.documents() if s.uri in wanted]
            seen = normal("\n".join(document.text for document in read))
            has_new, has_old = (
                any(holds(seen, f) for f in forms) for forms in (altered.change.new, altered.change.old)
            )
            yield has_new and not has_old
        finally:
            self._add(altered.before)

    def disturb(self, clean: Sequence[Row], count: int) -> None:
        """Every answerable question again, with documents beside that do not answer it."""
        rows = [row for row in clean if row.gold.answerable and row.gold.nuggets]
        if not rows or not count:
            self._remark("noise", "nothing to disturb", "没有可加干扰的问题")
            return
        clusters = [row.gold.cluster for row in rows]
        quiet = [recall(row) for row in rows]
        self._find("noise", "clean", "nuggets, without noise", "无干扰时的要点召回", quiet, clusters)
        kinds = (
            ("noise_unrelated", "unrelated", "无关", unrelated(count)),
            ("noise_similar", "similar", "相似", similar([d for d, _ in self._documents], self._questions, count)),
        )
        for test, en, zh, files in kinds:
            added = self._add(files)
            noisy = self.ask(test, [row.gold for row in rows])
            for known in added:
                self._workplace.index.remove(known)
            values = [recall(row) for row in noisy]
            beside, beside_zh = f"{len(files)} {en} documents beside", f"另有 {len(files)} 份{zh}文件时"
            self._find(test, "nuggets", f"nuggets, {beside}", f"{beside_zh}的要点召回", values, clusters)
            self._find_kept(test, f"nuggets kept, {beside}", f"{beside_zh}保留的要点", quiet, values, clusters)
            self._keep(test, noisy, [{"nuggets": value} for value in values])

    def _find_kept(
        self, test: str, en: str, zh: str, quiet: Sequence[float], noisy: Sequence[float], clusters: Sequence[str]
    ) -> None:
        """The ratio of both means. A resample in which nothing was said even in quiet has none."""
        a, b = np.array(quiet), np.array(noisy)
        if a.sum() > 0:
            made = estimate_of(lambda rows: b[rows].sum() / a[rows].sum() if a[rows].sum() else np.nan, clusters)
            self._append(test, "kept", en, zh, "higher", made)

    def _add(self, files: Sequence[File]) -> list[str]:
        results = [self._ingester.add(file.data, uri=file.uri, source=file.source) for file in files]
        return [result.document_id for result in results if result.document_id is not None]

    def _find(
        self,
        test: str,
        key: str,
        en: str,
        zh: str,
        values: Sequence[float] | Iterator[float],
        clusters: Sequence[str],
        *,
        better: str | None = "higher",
    ) -> None:
        self._append(test, key, en, zh, better, estimate(list(values), clusters))

    def _append(self, test: str, key: str, en: str, zh: str, better: str | None, made: Estimate) -> None:
        figures = {"value": made.value, "low": made.low, "high": made.high, "n": made.n, "clusters": made.clusters}
        self.findings.append(Finding(test=test, key=key, en=en, zh=zh, better=better, **figures))

    def _remark(self, test: str, en: str, zh: str) -> None:
        self.remarks.append(Remark(test=test, en=en, zh=zh))

    def _keep(self, test: str, rows: Sequence[Row], scores: Sequence[dict[str, float]]) -> None:
        for row, its in zip(rows, scores, strict=True):
            slim = row.response.model_copy(update={"found": ()})
            self.asked.append(Asked(test=test, id=row.gold.id, response=slim, scores=its))
