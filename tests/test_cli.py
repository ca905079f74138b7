"""The command line, as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
TEXT = "# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效。\n"


@pytest.fixture
def yiju(tmp_path: Path) -> Run:
    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "YIJU_DATA": str(tmp_path / "data"), "LANG": "C.UTF-8", "LC_ALL": "", **environment}
        command = [sys.executable, "-m", "assistant", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=env, cwd=tmp_path, timeout=120, check=False)

    return run


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_documents_are_ingested_asked_searched_shown_and_removed(yiju: Run, ferry: Path) -> None:
    assert "added 1, replaced 0, unchanged 0, failed 0" in yiju("ingest", ferry).stdout
    said = yiju("ask", "船票多少天内有效？").stdout
    assert "船票自购买之日起30天内有效。 [1]" in said
    assert "渡轮办法 › 一、票务" in said
    answer = json.loads(yiju("ask", "船票多少天内有效？", "--json").stdout)
    assert answer["citations"][0]["quote"] == "船票自购买之日起30天内有效。"
    hits = json.loads(yiju("search", "船票", "-k", "3", "--json").stdout)["hits"]
    assert [h["source"] for h in hits] == ["ferry.md"]
    document = json.loads(yiju("documents", "list", "--json").stdout)["documents"][0]["id"]
    assert "渡轮办法" in yiju("documents").stdout
    assert "一、票务" in yiju("documents", "show", document).stdout
    assert yiju("documents", "remove", document).returncode == 0
    missing = yiju("documents", "remove", document)
    assert (missing.returncode, "documents list" in missing.stderr) == (1, True)


def test_a_bad_file_makes_exit_1_and_the_others_are_indexed(yiju: Run, ferry: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\0\1")
    run = yiju("ingest", ferry, tmp_path / "bad.txt", LANG="zh_CN.UTF-8")
    assert run.returncode == 1
    assert "bad.txt: 这是二进制文件" in run.stderr
    assert "新增 1，更新 0，未变 0，失败 1" in run.stdout
    rows = json.loads(yiju("ingest", ferry, tmp_path / "bad.txt", "--json").stdout)["results"]
    assert [(r["outcome"], bool(r["reason"])) for r in rows] == [("unchanged", False), ("failed", True)]


def test_documents_whose_files_are_gone_are_removed_on_request_only(yiju: Run, tmp_path: Path) -> None:
    folder = tmp_path / "文件 夹"
    folder.mkdir()
    for name in ("甲", "乙"):
        (folder / f"{name}.md").write_text(f"# {name}\n\n内容。\n", encoding="utf-8")
    (tmp_path / "other.md").write_text(TEXT, encoding="utf-8")
    yiju("ingest", folder, tmp_path / "other.md")
    (folder / "甲.md").unlink()
    (tmp_path / "other.md").unlink()

    def sources() -> set[str]:
        return {d["source"] for d in json.loads(yiju("documents", "list", "--json").stdout)["documents"]}

    yiju("ingest", folder)
    assert sources() == {"甲.md", "乙.md", "other.md"}
    assert "removed 甲.md" in yiju("ingest", folder, "--prune").stderr
    assert sources() == {"乙.md", "other.md"}


def test_a_newcomer_s_first_question_is_answered_from_the_samples(yiju: Run) -> None:
    run = yiju("ask", "How do I add my own documents?")
    assert run.returncode == 0
    assert "yiju ingest PATH" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (("ask", " "), {}, "the question is empty"),
        (("ask", " "), {"LANG": "zh_CN.UTF-8"}, "问题为空"),
        (("documents", "show", "nobody"), {}, "there is no document 'nobody'"),
        (("doctor",), {"YIJU_PORT": "x"}, "YIJU_PORT"),
        (("ask", "a"), {"YIJU_EMBEDDER": "/nowhere/at/all"}, "YIJU_EMBEDDER=none"),
        (("ask", "a"), {"YIJU_DATA": "/proc/yiju"}, "--data"),
    ],
)
def test_an_error_is_one_line_with_what_to_do(
    yiju: Run, arguments: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    run = yiju(*arguments, **environment)
    assert run.returncode == 1
    assert said in run.stderr
    assert "Traceback" not in run.stderr
    assert len([line for line in run.stderr.splitlines() if line.startswith("yiju:")]) == 1


def test_a_broken_data_folder_names_the_way_out(yiju: Run, ferry: Path, tmp_path: Path) -> None:
    yiju("ingest", ferry)
    for file in (tmp_path / "data" / "index-1").rglob("*.json"):
        file.write_text("garbage")
    run = yiju("ask", "船票")
    assert (run.returncode, "yiju ingest --rebuild" in run.stderr) == (1, True)
    assert yiju("ingest", "--rebuild").returncode == 0
    assert "30天" in yiju("ask", "船票多少天内有效？").stdout
    (tmp_path / "data" / "catalogue.sqlite").write_bytes(b"garbage" * 500)
    run = yiju("ask", "船票")
    assert (run.returncode, "move the data folder away" in run.stderr) == (1, True)


def test_doctor_says_what_there_is(yiju: Run, ferry: Path) -> None:
    assert "0 documents of your own" in yiju("doctor").stdout
    yiju("ingest", ferry)
    run = yiju("doctor", YIJU_API_KEY="secret words")
    assert (run.returncode, "1 documents of your own" in run.stdout) == (0, True)
    assert "secret words" not in run.stdout + run.stderr


@pytest.mark.parametrize("command", [["--help"], ["ask", "标准"]])
def test_quick_commands_do_not_pay_for_what_they_do_not_use(tmp_path: Path, command: list[str]) -> None:
    script = (
        "import sys; sys.argv = ['yiju', *sys.argv[1:]]\n"
        "from assistant.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "slow = {'torch', 'sentence_transformers', 'gradio', 'fastapi', 'qdrant_client', 'openai'}\n"
        "print('SLOW', sorted(slow & set(sys.modules)), 'llama_index.core' in sys.modules)"
    )
    env = {**os.environ, "YIJU_DATA": str(tmp_path / "data")}
    run = subprocess.run(
        [sys.executable, "-c", script, *command], capture_output=True, text=True, env=env, timeout=60, check=True
    )
    assert run.stdout.splitlines()[-1] == "SLOW [] False"
