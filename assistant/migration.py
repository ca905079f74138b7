"""Moves the embedded index of a data folder to a Qdrant server. The embedded one stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from assistant.folder import DataFolder
from assistant.settings import Settings
from assistant.wiring import collection_name, index_folder
from corpus.catalogue import Catalogue
from corpus.errors import BadSetting, Corrupt, Unavailable
from indexing.migrate import copy, refuse_strangers, verify


@dataclass(frozen=True, slots=True)
class Moved:
    """What is on the server now: how many passages, in which collection, with which hash."""

    passages: int
    collection: str
    digest: str


def migrate(settings: Settings, url: str, api_key: str | None, progress: Callable[[int, int], None]) -> Moved:
    """Copies the index and compares the copy with it. May be interrupted and run again.

    Raises `Held` while another process has the folder, `BadSetting` where there is no embedded index or the
    collection is another one's, `Unavailable` where the server does not answer or stops answering, `Corrupt`
    where the copy is not the same.
    """
    from indexing.store_edge import EdgeStore
    from indexing.store_server import connect

    with ExitStack() as opened:
        opened.callback(DataFolder(settings.data).release)
        catalogue = Catalogue(settings.data / "catalogue.sqlite")
        opened.callback(catalogue.close)
        generation, identity = int(catalogue.about("generation") or 1), catalogue.about("identity")
        folder = index_folder(settings.data, generation)
        if identity is None or not folder.is_dir():
            raise BadSetting(
                f"there is no embedded index in {settings.data} to be moved; on a server one is built with: "
                "yiju ingest --rebuild",
                f"{settings.data} 中没有可迁移的内置索引；可在服务上重建索引：yiju ingest --rebuild",
            )
        dimension = json.loads(identity)["dimension"]
        source = EdgeStore(folder, dimension)
        opened.callback(source.close)
        collection = collection_name(settings, generation)
        place = f"{url} {collection}"
        try:
            target = connect(url, api_key, collection, dimension)
        except Corrupt as error:
            raise _taken(place, error) from error
        opened.callback(target.close)
        try:
            refuse_strangers(target, {version.id for version in catalogue.versions()}, place)
            copy(source, target, progress)
            passages, digest = verify(source, target, place)
            target.point(settings.qdrant_collection)
        except Unavailable as error:
            again = "the embedded index is as it was; run the same command again to go on"
            raise Unavailable(f"{error.en}; {again}", f"{error.zh}；内置索引未变，重新运行同一命令即可继续") from error
        return Moved(passages, collection, digest)


def _taken(place: str, error: Corrupt) -> BadSetting:
    return BadSetting(
        f"{place} is there already and was made for another model ({error.en}); remove that collection, or set "
        "YIJU_QDRANT_COLLECTION to another name",
        f"{place} 已存在，且为其他模型所建（{error.zh}）；请删除该集合，或将 YIJU_QDRANT_COLLECTION 设为其他名称",
    )
