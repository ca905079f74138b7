"""Runs the server: the folder is held, the samples are indexed, the page and the API are up."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.access import LOOPBACK
from assistant.settings import Settings, revealed
from assistant.wiring import Workplace
from corpus.errors import BadSetting

if TYPE_CHECKING:
    from fastapi import FastAPI
    from rich.console import Console

Mount = Callable[["FastAPI", Workplace], "FastAPI"]


def run(
    settings: Settings, mount: Mount, console: Console, language: str, progress: Callable[[str, int], None]
) -> None:
    """Serves until it is told to stop; `mount` puts the page on the API.

    Raises `BadSetting` for a port that is taken, `Held`, `Corrupt`.
    """
    import uvicorn

    listener = _listen(settings.host, settings.port)
    try:
        workplace = Workplace(settings)
    except BaseException:
        listener.close()
        raise
    try:
        if workplace.reranker is not None:  # what is wrong with it is said now, and not to the first who asks
            workplace.reranker.loaded()
        workplace.add_samples(progress)
        server = uvicorn.Server(
            uvicorn.Config(_app(workplace, mount), log_level="warning", timeout_graceful_shutdown=5)
        )
        address = f"http://{_shown(settings.host)}:{settings.port}"
        workplace.folder.announce(address)
        _greet(console, address, settings, language)
        server.run(sockets=[listener])
    finally:
        listener.close()
        workplace.close()


def _app(workplace: Workplace, mount: Mount) -> FastAPI:
    from assistant.api.app import build_app

    settings = workplace.settings
    app = build_app(
        workplace.assistant,
        workplace.ingester(),
        api_key=revealed(settings.api_key),
        most_bytes=settings.max_file_mb * 2**20,
        local_only=settings.host in LOOPBACK and settings.api_key is None,
        rebuilder=workplace.rebuilder,
        feedback=workplace.feedback,
        conversations=workplace.conversations,
        images=workplace.images,
    )
    return mount(app, workplace)


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, opened before anything slow, so that a taken port is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        en = "it is taken by another program" if taken else str(error.strerror or error)
        zh = "已被其他程序占用" if taken else str(error.strerror or error)
        raise BadSetting(
            f"can't listen on {host}:{port}: {en}; choose another with --port or YIJU_PORT",
            f"无法监听 {host}:{port}：{zh}；请用 --port 或 YIJU_PORT 另选端口",
        ) from error
    return listener


def _shown(host: str) -> str:
    """An address that a browser on this machine can open."""
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _greet(console: Console, address: str, settings: Settings, language: str) -> None:
    zh = language == "zh"
    console.print(f"Yiju 依据  {'页面' if zh else 'page'} [bold]{address}[/]")
    console.print(f"          {'接口文档' if zh else 'API '} [bold]{address}/docs[/]")
    console.print(
        f"          {'数据' if zh else 'data'} {settings.data}   {'Ctrl-C 停止' if zh else 'Ctrl-C stops it'}"
    )
    if settings.host not in LOOPBACK and settings.api_key is None:
        console.print(
            "任何能访问此地址的人都能使用；请设置 YIJU_API_KEY。"
            if zh
            else "Anyone who can reach this address can use it; set YIJU_API_KEY.",
            style="yellow",
        )
