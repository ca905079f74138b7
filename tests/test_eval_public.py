"""Public sets are read from local files, and a bad record is named by its file and place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from corpus.errors import BadInput
from eval.public.files import pooled, read_alce, read_crud, read_retrieval, read_rgb, read_squad
from eval.public.sets import read_folder

DOCUMENTS = (
    ("d1", "The depot opens at six.", "Depot"),
    ("d2", "The canteen serves soup.", ""),
    ("d3", "Parking is free.", ""),
)
QUERIES = (("q1", "When does the depot open?"), ("q2", "What does the canteen serve?"), ("q3", "Is parking free?"))


def write(path: Path, *records: object) -> Path:
    text = "\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, "utf-8")
    return path


def beir(folder: Path) -> Path:
    write(folder / "corpus.jsonl", *({"_id": i, "text": text, "title": title} for i, text, title in DOCUMENTS))
    write(folder / "queries.jsonl", *({"_id": i, "text": text, "metadata": {}} for i, text in QUERIES))
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td3\t0\nq2\tgone\t1\n", "utf-8"
    )
    return folder


def test_a_beir_folder_is_read_with_its_grades_and_queries_that_nothing_answers_are_not_judged(tmp_path: Path) -> None:
    found = read_folder(beir(tmp_path / "depot"))
    assert (found.name, [d.id for d in found.documents], found.documents[0].title) == (
        "depot",
        ["d1", "d2", "d3"],
        "Depot",
    )
    assert found.qrels == {"q1": {"d1": 2, "d3": 0}, "q2": {"gone": 1}}
    assert [q.id for q in found.judged()] == ["q1", "q2"]
    assert found.clusters() == {"q1": "d1", "q2": "gone"}


def test_of_several_splits_one_must_be_named(tmp_path: Path) -> None:
    folder = beir(tmp_path)
    (folder / "qrels" / "dev.tsv").write_text("q3\td3\t1\n", "utf-8")
    with pytest.raises(BadInput, match="--split"):
        read_folder(folder)
    assert read_folder(folder, "dev").qrels == {"q3": {"d3": 1}}


def test_miracls_topics_judgements_and_shards_are_read_wherever_they_lie(tmp_path: Path) -> None:
    for number, (i, text, title) in enumerate(DOCUMENTS):
        write(tmp_path / "corpus" / f"docs-{number}.jsonl.gz", {"docid": i, "text": text, "title": title})
    (tmp_path / "topics").mkdir()
    (tmp_path / "qrels").mkdir()
    (tmp_path / "topics" / "topics.made-up-dev.tsv").write_text("\n".join("\t".join(q) for q in QUERIES), "utf-8")
    (tmp_path / "qrels" / "qrels.made-up-dev.tsv").write_text("q1\tQ0\td1\t1\nq3 Q0 d3 1\nq3 Q0 d1 0\n", "utf-8")
    found = read_folder(tmp_path)
    assert [q.text for q in found.judged()] == [QUERIES[0][1], QUERIES[2][1]]
    assert found.relevant("q3") == ("d3",)
    assert len(found.documents) == 3


def test_our_own_form_has_answers_groups_and_what_to_withhold(tmp_path: Path) -> None:
    write(
        tmp_path / "corpus.jsonl.gz", *({"id": i, "text": text, "lang": "en", "group": "g"} for i, text, _ in DOCUMENTS)
    )
    write(tmp_path / "queries.jsonl.gz", *({"id": i, "text": text, "lang": "en"} for i, text in QUERIES))
    write(tmp_path / "answers.jsonl.gz", {"id": "q1", "answers": ["six"]})
    write(tmp_path / "withheld.json", {"withheld_docs": ["d2"], "how": "by hand"})
    write(tmp_path / "meta.json", {"name": "depot rules"})
    (tmp_path / "qrels.tsv").write_text("q1\td1\t1\nq2\td2\t1\nq3\td3\t1\n", "utf-8")
    found = read_retrieval(tmp_path)
    assert (found.name, found.withheld, found.queries[0].answers) == ("depot rules", {"d2"}, ("six",))
    assert set(found.clusters().values()) == {"g"}
    assert len(found.sha256) == 64


def squad(question: str = "几点开门？", answer: str = "六点") -> dict[str, object]:
    def paragraph(context: str, *ids: str) -> dict[str, object]:
        answers = [{"text": answer, "answer_start": 0}, {"text": answer, "answer_start": 0}]
        return {"context": context, "qas": [{"id": i, "question": question, "answers": answers} for i in ids]}

    never = {"id": "4", "question": "?", "answers": [], "is_impossible": True}
    last = {"context": "停车免费。", "qas": [never]}
    articles = [
        {"title": "仓库", "paragraphs": [paragraph("仓库六点开门。", "1"), paragraph("食堂供应热汤。", "2")]},
        {"title": "停车", "paragraphs": [paragraph("仓库六点开门。", "3"), last]},
    ]
    return {"version": "1.1", "data": articles}


def test_squads_form_gives_paragraphs_once_and_their_questions(tmp_path: Path) -> None:
    found = read_retrieval(write(tmp_path / "drcd.json", squad()))
    assert [(d.text, d.title, d.group) for d in found.documents] == [
        ("仓库六点开门。", "仓库", "0"),
        ("食堂供应热汤。", "仓库", "0"),
        ("停车免费。", "停车", "1"),
    ]
    assert found.qrels == {"1": {"0-0": 1}, "2": {"0-1": 1}, "3": {"0-0": 1}}
    assert found.queries[0].answers == ("六点",)


def test_xquad_is_asked_in_one_language_of_documents_in_another(tmp_path: Path) -> None:
    documents, questions = (
        write(tmp_path / "xquad.zh.json", squad()),
        write(tmp_path / "xquad.en.json", squad("When?", "six")),
    )
    found = read_squad(documents, questions)
    assert (found.name, {q.text for q in found.queries}) == ("xquad.en→xquad.zh", {"When?"})
    assert found.queries[0].answers == ("六点",)


def test_cmrcs_own_form_is_a_list_of_paragraphs(tmp_path: Path) -> None:
    qas = [{"query_id": "T_1_Q_0", "query_text": "几点开门？", "answers": ["六点", "早上六点", "六点"]}]
    records = [
        {"context_id": f"T_{n}", "context_text": f"第{n}仓库六点开门。", "title": "仓库", "qas": qas if n == 1 else []}
        for n in range(3)
    ]
    found = read_retrieval(write(tmp_path / "cmrc.json", records))
    assert found.queries[0].answers == ("六点", "早上六点")
    assert [d.text for d in found.documents] == [f"第{n}仓库六点开门。" for n in range(3)]


def test_rgb_tells_texts_that_answer_from_noise_and_from_what_is_wrong(tmp_path: Path) -> None:
    plain = {
        "id": 0,
        "query": "几点开门？",
        "answer": ["六点", ["6:00", "6点"]],
        "positive": ["六点开门。"],
        "negative": ["供应热汤。"],
    }
    parts = plain | {"id": 1, "answer": "六点", "positive": [["六点开门。"], ["八点关门。"]], "negative": []}
    wrong = plain | {"id": 2, "positive_wrong": ["五点开门。"], "fakeanswer": "五点"}
    first, second, third = read_rgb(write(tmp_path / "zh.json", plain, parts, wrong))
    assert first.answers == (("六点",), ("6:00", "6点"))
    assert [c.kind for c in first.contexts] == ["relevant", "noise"]
    assert ([c.text for c in second.contexts], second.answers) == (["六点开门。", "八点关门。"], (("六点",),))
    assert ([c.text for c in third.contexts if c.kind == "counterfactual"], third.wrong) == (["五点开门。"], ("五点",))


def test_rgb_mixed_for_one_trial_says_whether_it_can_be_answered(tmp_path: Path) -> None:
    record = {"id": "a", "query": "几点？", "answers": [["六点"]], "contexts": ["供应热汤。"], "answerable": False}
    (found,) = read_rgb(write(tmp_path / "rgb.jsonl.gz", record))
    assert (found.answerable, found.contexts[0].kind) == (False, "unlabelled")


def test_crud_rag_gives_questions_over_its_articles_which_can_be_searched_together(tmp_path: Path) -> None:
    one = {"ID": "a", "event": "开门", "news1": "仓库六点开门。", "questions": "几点开门？", "answers": "六点。"}
    two = one | {"ID": "b", "news2": "食堂七点开门。"}
    path = write(
        tmp_path / "split_merged.json", {"questanswer_1doc": [one], "questanswer_2docs": [two], "event_summary": [{}]}
    )
    assert read_crud(path)[0].reference == "六点。"
    together = pooled("crud", [*read_crud(path), *read_crud(path, "questanswer_2docs")])
    assert [d.text for d in together.documents] == ["仓库六点开门。", "食堂七点开门。"]
    assert (len(together.relevant("a")), len(together.relevant("b"))) == (1, 2)
    with pytest.raises(BadInput, match="questanswer_3docs"):
        read_crud(path, "questanswer_3docs")


def test_alces_three_sets_give_short_answers_lists_or_claims(tmp_path: Path) -> None:
    docs = [{"id": "7", "title": "Depot", "text": "It opens at six.", "score": 1.0}]
    asqa = {
        "sample_id": "s",
        "question": "When?",
        "answer": "At six.",
        "docs": docs,
        "qa_pairs": [{"short_answers": ["six", "6"]}],
    }
    qampari = {"id": "p", "question": "Which?", "answer": "a, b", "docs": docs, "answers": [["a"], ["b", "bee"]]}
    eli5 = {"question": "Why?", "answer": "So.", "docs": docs, "claims": ["It opens early."]}
    first, second, third = read_alce(write(tmp_path / "alce.json", [asqa, qampari, eli5]))
    assert (first.id, first.answers, first.contexts[0].title) == ("s", (("six", "6"),), "Depot")
    assert second.answers == (("a",), ("b", "bee"))
    assert (third.id, third.claims, third.answers) == ("3", ("It opens early.",), ())
    with pytest.raises(BadInput, match="says which of its texts"):
        pooled("alce", [first])


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("corpus.jsonl", '{"_id": "d1", "text": "x"}\n{"_id": "d2"}\n', "corpus.jsonl, line 2"),
        ("queries.jsonl", '{"_id": "q1", "text": "x"}\n\nnonsense\n', "queries.jsonl, line 3"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\tmuch\n", "test.tsv, line 2"),
        ("qrels/test.tsv", "q1\td1\n", "test.tsv, line 1"),
        ("qrels/test.tsv", "q9\td1\t1\n", "no query is judged"),
    ],
)
def test_a_bad_record_in_a_folder_is_named_by_file_and_line(tmp_path: Path, name: str, text: str, place: str) -> None:
    folder = beir(tmp_path)
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(BadInput) as error:
        read_folder(folder)
    assert place in error.value.en
    assert error.value.zh.isascii() is False


def test_a_bad_record_in_a_file_is_named_by_its_place(tmp_path: Path) -> None:
    missing = squad()
    missing["data"][1]["paragraphs"][0]["qas"][0].pop("question")  # type: ignore[index]
    with pytest.raises(BadInput, match=r"bad\.json.*data\.1\.paragraphs\.0\.qas\.0\.question"):
        read_squad(write(tmp_path / "bad.json", missing))
    with pytest.raises(BadInput, match=r"rgb\.jsonl, line 2"):
        read_rgb(
            write(
                tmp_path / "rgb.jsonl",
                {"id": 1, "query": "?", "answer": "x", "positive": [], "negative": []},
                {"id": 2},
            )
        )
    with pytest.raises(BadInput, match=r"alce\.json, question 1"):
        read_alce(write(tmp_path / "alce.json", [{"question": "?"}]))


def test_files_that_are_missing_torn_or_not_text_are_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no retrieval set"):
        read_folder(tmp_path)
    with pytest.raises(BadInput, match="there is no"):
        read_retrieval(tmp_path / "nowhere.json")
    folder = beir(tmp_path / "torn")
    whole = gzip.compress((folder / "corpus.jsonl").read_bytes())
    (folder / "corpus.jsonl").unlink()
    (folder / "corpus.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=r"corpus\.jsonl\.gz can't be read"):
        read_folder(folder)
