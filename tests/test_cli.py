"""The command line, as a person types it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

import pytest

from assistant.cli import main
from eval.generated import Heading, Paragraph, as_pdf

Run = Callable[..., subprocess.CompletedProcess[str]]
TEXT = "# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效。\n"


def surroundings(folder: Path, **environment: str) -> dict[str, str]:
    return {**os.environ, "YIJU_DATA": str(folder / "data"), "LANG": "C.UTF-8", "LC_ALL": "", **environment}


@pytest.fixture
def yiju(tmp_path: Path) -> Run:
    """Runs a command in this process, which loads the libraries once for all of them."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        said, complained = io.StringIO(), io.StringIO()
        command, code = ["yiju", *map(str, arguments)], 0
        with (
            mock.patch.dict(os.environ, surroundings(tmp_path, **environment), clear=True),
            mock.patch.object(sys, "argv", command),
            contextlib.chdir(tmp_path),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(complained),
        ):
            try:
                main()
            except SystemExit as error:
                code = int(error.code or 0)
        return subprocess.CompletedProcess(command, code, said.getvalue(), complained.getvalue())

    return run


@pytest.fixture
def process(tmp_path: Path) -> Run:
    """Runs a command in a process of its own, as a person does."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        env = surroundings(tmp_path, **environment)
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


def test_fields_are_set_by_hand_and_versions_listed(yiju: Run, ferry: Path, tmp_path: Path) -> None:
    yiju("ingest", ferry)
    document = json.loads(yiju("documents", "list", "--json").stdout)["documents"][0]["id"]
    assert "set status, number" in yiju("documents", "set", document, "status=试行", "number=甲发[2020]1号").stdout
    shown = yiju("documents", "show", document).stdout
    assert "status: trial  [set by hand]" in shown
    assert "title: 渡轮办法  [text 0–4]" in shown
    assert "甲发〔2020〕1号  试行" in yiju("documents", "list", LANG="zh_CN.UTF-8").stdout
    refused = yiju("documents", "set", document, "status", LANG="zh_CN.UTF-8")
    assert (refused.returncode, "字段=值" in refused.stderr) == (1, True)
    ferry.write_text(TEXT + "\n另行通知。\n", encoding="utf-8")
    (tmp_path / "copy.md").write_bytes(ferry.read_bytes())
    (tmp_path / "copy.md.meta.yaml").write_text("region: 某市\n", encoding="utf-8")
    assert "copy.md: the same bytes as" in yiju("ingest", ferry, tmp_path / "copy.md").stderr
    (tmp_path / "copy.meta.yaml").write_text("colour: red\n", encoding="utf-8")
    (tmp_path / "copy.md.meta.yaml").unlink()
    assert (
        "line 1 of the sidecar copy.meta.yaml: there is no field 'colour'"
        in yiju("ingest", tmp_path / "copy.md").stderr
    )
    listed = yiju("documents", "list", "--versions").stdout
    assert listed.count("earlier version") == 1
    assert "100%" in yiju("documents", "list", "--similar").stdout


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


def test_a_newcomer_s_first_question_is_answered_from_the_samples(process: Run) -> None:
    run = process("ask", "How do I add my own documents?")
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


class Site(BaseHTTPRequestHandler):
    """A web site of one page."""

    def do_GET(self) -> None:
        body = (
            f"<html><head><title>渡轮办法</title></head><body><main><h1>渡轮办法</h1><p>{WEB}</p></main></body></html>"
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


WEB = "船票自购买之日起60天内有效。"


def test_a_web_address_is_indexed_where_its_host_is_allowed(yiju: Run, ferry: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{site.server_port}/rules"
        refused = yiju("ingest", ferry, url)
        assert refused.returncode == 1
        assert "added 1, replaced 0, unchanged 0, failed 1" in refused.stdout
        assert "YIJU_URL_HOSTS=127.0.0.1" in refused.stderr
        assert "YIJU_URL_PRIVATE" in yiju("ingest", url, YIJU_URL_HOSTS="127.0.0.1").stderr
        allowed = {"YIJU_URL_HOSTS": "example.org, 127.0.0.1", "YIJU_URL_PRIVATE": "true"}
        assert "added 1" in yiju("ingest", url, **allowed).stdout
        assert "unchanged 1" in yiju("ingest", url, **allowed).stdout
        site.shutdown()
    answer = json.loads(yiju("ask", "船票60天内有效吗？", "--json").stdout)
    assert (answer["citations"][0]["quote"], answer["citations"][0]["source"]) == (WEB, "rules.html")


def test_the_terminal_says_the_page_and_what_holds_no_longer(yiju: Run, tmp_path: Path) -> None:
    (tmp_path / "ferry.pdf").write_bytes(as_pdf((Heading(0, "渡轮办法"), Paragraph("船票自购买之日起30天内有效。"))))
    (tmp_path / "ferry.pdf.meta.yaml").write_text("status: withdrawn\n", encoding="utf-8")
    yiju("ingest", tmp_path / "ferry.pdf")
    said = yiju("ask", "船票多少天内有效？", LANG="zh_CN.UTF-8").stdout
    assert "第 1 页" in said
    assert "! 废止" in said


def test_what_is_no_text_is_refused_in_one_line(yiju: Run, process: Run, ferry: Path) -> None:
    yiju("ingest", ferry)
    for arguments in (("ask", "船票\udcff"), ("documents", "set", "0", "title=\udcff")):
        run = process(*arguments)
        assert (run.returncode, len(run.stderr.splitlines())) == (1, 1)


def test_a_folder_that_is_gone_itself_is_not_emptied(yiju: Run, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    for name in ("a.md", "b.md"):
        (disk / name).write_text(TEXT, encoding="utf-8")
    yiju("ingest", disk)
    disk.rename(tmp_path / "away")
    gone = yiju("ingest", disk, "--prune")
    assert (gone.returncode, "there is no such file" in gone.stderr) == (1, True)
    assert yiju("documents").stdout.count("ferry") + yiju("documents").stdout.count("a.md") == 1
    (tmp_path / "away").rename(disk)
    (disk / "b.md").unlink()
    report = json.loads(yiju("ingest", disk, "--prune", "--json").stdout)
    assert [row["source"] for row in report["removed"]] == ["b.md"]


def test_what_is_skipped_is_said_by_its_kind(yiju: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.doc", "b.DOC", "c.wps", "~$open.docx", ".hidden"):
        (folder / name).write_bytes(b"x")
    (folder / "out").symlink_to(tmp_path)
    run = yiju("ingest", folder)
    assert (run.returncode, run.stderr) == (0, "")
    assert "skipped 4 that can't be read (.doc 2, .wps 1, links out of the folder 1)" in run.stdout


def test_watching_with_prune_removes_what_goes_away(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.md").write_text(TEXT, encoding="utf-8")
    env = {**os.environ, "YIJU_DATA": str(tmp_path / "data"), "LANG": "C.UTF-8", "LC_ALL": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "assistant", "ingest", str(folder), "--watch", "--prune", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as watching:
        assert watching.stdout is not None
        timer = threading.Timer(60, watching.kill)
        timer.start()
        assert json.loads(watching.stdout.readline())["results"][0]["outcome"] == "added"
        (folder / "a.md").rename(folder / "b.md")
        report = json.loads(watching.stdout.readline())
        timer.cancel()
        watching.kill()
    assert [row["source"] for row in report["results"]] == ["b.md"]
    assert [row["source"] for row in report["removed"]] == ["a.md"]
