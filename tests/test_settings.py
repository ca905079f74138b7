from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.settings import PREFIX, Settings, read_settings
from corpus.errors import BadSetting

ROOT = Path(__file__).parents[1]


def test_a_flag_wins_over_the_environment_over_the_file_over_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert read_settings({}).port == 8000
    (tmp_path / "yiju.toml").write_text("port = 8001\nsamples = 'never'\n")
    assert (read_settings({}).port, read_settings({}).samples) == (8001, "never")
    monkeypatch.setenv("YIJU_PORT", "8002")
    assert read_settings({}).port == 8002
    assert read_settings({"port": 8003, "host": None}).port == 8003


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("YIJU_PORT", "high", "YIJU_PORT"),
        ("YIJU_PORT", "70000", "YIJU_PORT"),
        ("YIJU_SAMPLES", "sometimes", "YIJU_SAMPLES"),
        ("YIJU_EMBEDER", "x", "did you mean YIJU_EMBEDDER"),
    ],
)
def test_a_setting_that_can_t_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=said):
        read_settings({})


@pytest.mark.parametrize("text", ["port = ", "colour = 'red'"])
def test_a_file_that_can_t_be_used_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "yiju.toml").write_text(text)
    with pytest.raises(BadSetting):
        read_settings({})


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        read_settings({}).port = 1


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_setting_and_command_is_in_the_readme_and_nothing_it_links_to_is_missing(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    for name, field in Settings.model_fields.items():
        row = re.search(rf"\| `{PREFIX}{name.upper()}` \| (.+?) \|", text)
        assert row, name
        if field.default is not None and field.default != "" and field.default_factory is None:
            assert str(field.default) in row[1], name
        assert field.description
    for command in ("serve", "ingest", "ask", "search", "documents", "doctor", "eval run"):
        assert f"yiju {command}" in text or f"make {command}" in text
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


def test_every_module_is_in_both_file_maps() -> None:
    packages = ("assistant", *(f"assistant/{p.parent.name}" for p in (ROOT / "assistant").glob("*/__init__.py")))
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text("utf-8")
        for package in (*packages, "corpus", "indexing", "ui", "eval"):
            part = text.split(f"| **`{package}/`**")[1].split("\n| **")[0]
            for module in (ROOT / package).glob("*.py"):
                names = (f"`{module.name}`", f"`{package}/{module.name}`")
                assert module.name.startswith("__") or any(n in part for n in names), (readme, package, module.name)
