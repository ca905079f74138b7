"""Everything that can go wrong for a person, in one tree.

    YijuError                     status  who sees it
    ├── BadInput                  400     asker, developer: what was sent can't be used
    │   ├── UnreadableFile        400     whoever ingests: this file was not indexed, the others were
    │   │   └── UnsupportedType   415     likewise: there is no reader for this kind of file
    │   └── BadSetting            400     whoever keeps it running, at start
    ├── NotFound                  404     asker, developer
    ├── TooLarge                  413     asker, developer
    ├── Unresolved                409     asker, developer: a citation's words are not where it says
    ├── Held                      409     whoever keeps it running: another process has the data folder
    ├── Corrupt                   500     whoever keeps it running: the data folder must be rebuilt
    └── Unavailable               503     asker: something behind us does not answer
        ├── BadReply              502     likewise: it answers with an error, or with what can't be used
        └── TimedOut              504     likewise: it takes too long

An error says what is wrong, where, and what to do, in English and in Chinese. It carries its HTTP
status; `assistant/api/problems.py` renders it for the API, `assistant/cli.py` for the terminal, and
nothing else does. Faults of our own are not in this tree: they are never caught to be hidden.
"""

from __future__ import annotations


class YijuError(Exception):
    """An error meant for a person. `en` and `zh` are whole sentences with the next step in them."""

    status = 500

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def text(self, language: str) -> str:
        """The message in `language` ("zh" or anything else for English)."""
        return self.zh if language == "zh" else self.en


class BadInput(YijuError):
    """What was sent can't be used as it is."""

    status = 400


class UnreadableFile(BadInput):
    """A file that can't become a document; the run goes on with the others."""


class UnsupportedType(UnreadableFile):
    """A file of a kind that there is no reader for."""

    status = 415


class BadSetting(BadInput):
    """A setting that can't be used, found when the program starts."""


class NotFound(YijuError):
    """The document, conversation or route asked for is not here."""

    status = 404


class TooLarge(YijuError):
    """More than the limit that the settings give."""

    status = 413


class Unresolved(YijuError):
    """A citation whose words do not stand where it says, or in no document that is here."""

    status = 409


class Held(YijuError):
    """Another process holds the data folder."""

    status = 409


class Corrupt(YijuError):
    """The data folder can't be used; the message names the way to rebuild it."""

    status = 500


class Unavailable(YijuError):
    """Something this program depends on does not answer."""

    status = 503


class BadReply(Unavailable):
    """Something this program depends on answers with an error, or with what can't be used."""

    status = 502


class TimedOut(Unavailable):
    """Something this program depends on takes too long."""

    status = 504
