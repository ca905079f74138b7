"""Every setting, in one frozen table: its name, its default, what it does. Read once, by the CLI.

A setting comes from a command-line flag, else from the environment (`YIJU_PORT`), else from the file
`yiju.toml` in the working directory (`port = 8080`), else from its default here. The README's table
is checked against this one.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from corpus.errors import BadSetting

PREFIX = "YIJU_"


def default_data_folder() -> Path:
    """`$XDG_DATA_HOME/yiju`, or `~/.local/share/yiju`."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "yiju"


def default_readers() -> int:
    """One a processor, and four at most: each takes some 40 MiB."""
    return min(4, os.cpu_count() or 1)


class Settings(BaseSettings):
    """The settings; a setting's description is its documentation."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file="yiju.toml", frozen=True, extra="forbid")

    data: Path = Field(default_factory=default_data_folder, description="folder that holds all that is stored")
    host: str = Field("127.0.0.1", description="address to listen on; any other than loopback should have an api_key")
    port: int = Field(8000, ge=1, le=65535, description="port of the page and the API")
    api_key: SecretStr | None = Field(None, description="one shared key for the page and the API; unset: none asked")
    samples: Literal["auto", "always", "never"] = Field(
        "auto", description="search the samples: auto (until there are documents of your own), always, never"
    )
    embedder: str = Field(
        "builtin",
        description="embedding model: builtin, a name or folder, openai:MODEL or tei at embedder_url, or none",
    )
    embedder_url: str | None = Field(None, description="endpoint of the embedder, such as http://localhost:11434/v1")
    embedder_api_key: SecretStr | None = Field(None, description="key of the embedder's endpoint")
    embedder_dimension: int | None = Field(
        None, ge=1, description="values of a vector that are kept (Matryoshka models); unset: all; needs --rebuild"
    )
    embedder_backend: Literal["torch", "onnx", "openvino"] = Field(
        "torch", description="what runs a sentence-transformers model"
    )
    embedder_batch: int = Field(32, ge=1, le=4096, description="texts that the embedder is given at a time")
    embedder_window: int | None = Field(
        None,
        ge=64,
        description="tokens that openai:MODEL reads of a text; unset: what is known of the model, else 8191",
    )
    reranker: str = Field(
        "none",
        min_length=1,
        description="cross-encoder (name or folder) that orders the best hits again; endpoint or endpoint:MODEL, at "
        "reranker_url; or none",
    )
    reranker_url: str | None = Field(None, description="address of a /rerank endpoint (TEI; with MODEL Jina, Cohere)")
    reranker_api_key: SecretStr | None = Field(None, description="key of the reranker's endpoint")
    reranker_top: int = Field(30, ge=2, le=200, description="how many of the best passages the reranker reads")
    llm: str = Field(
        "none",
        pattern=r"^[a-z_]+$",
        description="what reaches the language model that writes answers: openai_like, another llama-index integration "
        "that is installed (ollama, dashscope, deepseek …), or none: the documents' own sentences",
    )
    llm_url: str | None = Field(
        None, description="endpoint of the language model; unset: http://127.0.0.1:11434/v1, or the integration's own"
    )
    llm_model: str = Field("", description="name of the language model at the endpoint")
    llm_api_key: SecretStr | None = Field(None, description="key of the endpoint")
    llm_context: int = Field(8192, ge=2048, description="the language model's window in tokens")
    llm_tokens: int = Field(1024, ge=64, description="most tokens of an answer, a model's thinking included")
    llm_timeout: float = Field(60, gt=0, description="seconds that the language model may be silent")
    on_unsupported: Literal["remove", "mark"] = Field(
        "remove", description="sentences of a language model without support: remove, or mark: shown with the reason"
    )
    verifier: str = Field(
        "builtin",
        min_length=1,
        description="what checks a written sentence: builtin (rules), or with a model's judgement too: nli:MODEL, or "
        "judge:URL#MODEL with llm_api_key",
    )
    qdrant_url: str | None = Field(None, description="Qdrant server, such as http://localhost:6333; unset: built in")
    qdrant_api_key: SecretStr | None = Field(None, description="key of the Qdrant server")
    qdrant_collection: str = Field("yiju", min_length=1, description="collection on the Qdrant server")
    passage_tokens: int = Field(300, ge=64, le=4000, description="most tokens in a passage; needs --rebuild")
    abstention: Path | None = Field(
        None, description="file of `yiju eval calibrate` that says when to refuse; unset: the one that comes with it"
    )
    max_question: int = Field(2000, ge=1, le=100_000, description="most characters in a question")
    max_file_mb: int = Field(32, ge=1, le=2048, description="largest file that is read, in MiB")
    url_hosts: str = Field(
        "", description="hosts that documents may be fetched from: www.example.org, *.example.org; unset: none"
    )
    url_private: bool = Field(False, description="whether these hosts may be inside this network")
    readers: int = Field(
        default_factory=default_readers, ge=0, le=64, description="processes that read files; 0: none of their own"
    )
    read_seconds: float = Field(120, gt=0, le=86_400, description="most seconds to read one file in")
    originals: Literal["pdf", "none"] = Field(
        "pdf", description="files that are kept for page images: pdf, or none; takes effect as files are ingested"
    )
    conversations: Literal["keep", "none"] = Field(
        "keep", description="what is asked and answered over the API: keep it in the data folder, or none"
    )
    producer: str = Field(
        "yiju",
        min_length=1,
        max_length=200,
        description="who provides this service: its name or code in the AIGC label",
    )
    read_mb: int = Field(2048, ge=256, description="most memory to read one file in, in MiB, where it can be limited")

    @classmethod
    def settings_customise_sources(  # the signature is the library's
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(flags: Mapping[str, object]) -> Settings:
    """The settings; flags that are None count as not given. Raises `BadSetting` naming the setting."""
    _refuse_unknown(os.environ)
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(str(part) for part in problem["loc"]) or "?"
        given, message = problem.get("input"), problem["msg"]
        raise BadSetting(
            f"setting {name} ({PREFIX}{name.upper()}) can't be {given!r}: {message}",
            f"设置 {name}（{PREFIX}{name.upper()}）不能为 {given!r}：{message}",
        ) from error
    except ValueError as error:  # yiju.toml is no TOML
        raise BadSetting(f"yiju.toml can't be read: {error}", f"无法读取 yiju.toml：{error}") from error


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint_en, hint_zh = (f"; did you mean {near[0]}?", f"；是否想写 {near[0]}？") if near else ("", "")
            raise BadSetting(f"there is no setting {name}{hint_en}", f"没有名为 {name} 的设置{hint_zh}")


def revealed(secret: SecretStr | None) -> str | None:
    """A setting that is not to be shown, to be used."""
    return secret.get_secret_value() if secret else None
