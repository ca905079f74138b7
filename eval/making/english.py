"""Questions from English sentences of a plain build: a subject, a verb that is known here, and a value. English
moves the asking word to the front, so what is not of such a build is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.dates import exact, parse
from corpus.document import Document
from eval.making.english_verbs import verbs
from eval.making.listing import listed
from eval.making.proposals import Corpus, Proposal, gold_spans, language, masked, prose, within

_WORDS = "three four five six seven eight nine ten eleven twelve".split()
_COUNT = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?|{'|'.join(_WORDS)})"
_LOOSE = (
    r"(?:(?:more|fewer|less) than|at least|at most|up to|about|around|some|nearly|over|only|no more than|not more than)"
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(
    rf"\b(?:on|in|since|from)\s+(?P<date>(?:\d{{1,2}}\s+)?(?:{_MONTH})(?:\s+\d{{1,2}},)?\s+(?:19|20)\d\d|(?:19|20)\d\d)\b"
)
QUANTITY = re.compile(
    rf"(?<![\w./:–-])(?:(?P<loose>{_LOOSE})\s+)?(?P<number>{_COUNT})(?![\w%/:-]|\.\d|,\d)(?P<after>\s+or\s+(?:more|less|fewer))?",
    re.I,
)
_MODAL = r"(?P<aux>must|shall|may|should|will|can|has|have|had)"
_STOP = (
    r"(?:by|in|on|from|to|for|at|under|before|after|during|within|since|as|with"
    r"|into|together|each|per|a|an|every|using)"
)
_SUBJECT = re.compile(r"(?:(?:The|An?|Each|Every|All)\s+)?[\w□][\w□'’./&() -]{1,70}")
_NO_SUBJECT = re.compile(
    r"\b(?:It|They|This|These|That|Those|He|She|We|You|There|Which|Who|Its|Their|Both|Such|Some|Here|If|When|Where|While|And|But|For|By"
    r"|In|On|At|To|With|Of|From|After|Before|Since|As|It|Not|Note|See|However|Among|Also|Although|Though|Because|Unlike|Despite|During|Until|\w+ly)\b",
    re.I,
)
# What is no item of a list but the rest of a sentence, and what no list is of.
_NO_ITEM = re.compile(
    r"^(?:which|that|who|while|but|where|whereas|so|it|not|is|are|of|from|in|on|at|by|for|to|with|along|home|also|as"
    r"|including|such|than|when|the (?:first|last))\b|\b(?:whom|which|who|that (?:is|are|has|have))\b"
)
_NO_LISTER = re.compile(r"\b(?:that|there|which|who)\b")
# What shows that the words before a value are more than a subject and what it does.
_TOO_MUCH = re.compile(
    r"\b(?:was|were|is|are|be|been|that|which|who|as|since|its|their|the|these|those|and)$|\b(?:was|were|is|are|that|which|who|as)\b|[’']s?$"
)
_LEAD = re.compile(r"(?P<lead>(?:According to|Under|In|By|For|Within|From)\s[^,;:]{2,60}),\s+(?P<rest>.+)", re.S)
_DEFINES = re.compile(
    r"[“\"]?(?P<term>[^,.;:“”\"]{2,50}?)[”\"]?(?:\s\([^()]*\))?,?\s+"
    r"(?P<verb>means|refers to|is defined as)\s+(?P<meaning>[^;:]{8,140}?)[.;]?$"
)
_NUMBERED_LIST = re.compile(
    rf"(?P<subject>[^,;:]{{3,80}}?)\s(?P<verb>has|have|names?|lists?|covers?|sets?)\s(?P<np>{_COUNT}\s[^,;:]{{3,50}}):\s(?P<items>[^;:]+?)\.?$"
)
_ARE = re.compile(
    rf"(?P<subject>(?:The|Its)\s(?:{_COUNT}\s)?[^,;:]{{4,90}}?)\s(?P<verb>are|were)(?::|\s)\s?(?P<items>[^;:]+?)\.?$"
)
_VERB_LIST = re.compile(
    r"(?P<subject>[^,;:]{3,70}?)\s(?P<verb>includes?|contains?|covers?|comprises?|consists? of)\s(?P<items>[^;:]+?)\.?$"
)


def from_english(corpus: Corpus) -> Iterator[Proposal]:
    """All that can be asked of the corpus's English sentences."""
    for document in corpus.documents:
        if language(document) != "en" or corpus.title(document) is None:
            continue
        for _, start, end in prose(document):
            if end - start <= 400:
                sentence = _Sentence(corpus, document, start, end)
                yield from sentence.definition() or sentence.enumeration() or sentence.number() or sentence.date()


class _Sentence:
    """A sentence to be asked about; in `plain` what stands in brackets is blotted out."""

    def __init__(self, corpus: Corpus, document: Document, start: int, end: int) -> None:
        self.corpus, self.document, self.start = corpus, document, start
        self.text = document.text[start:end]
        self.plain = masked(self.text)

    def definition(self) -> list[Proposal]:
        match = _DEFINES.match(self.text)
        if match is None or _NO_SUBJECT.match(match["term"]) or "\n" in match["meaning"]:
            return []
        term = re.sub(r"^(?:(?:The )?(?:term|name|word|phrase)|A|An|The)\s+", "", match["term"].strip())
        asked = f"What does “{term}” mean?"
        if sum(term.lower() in d.text.lower() for d in self.corpus.documents) > 1:
            asked = f"What does “{term}” mean in {self.corpus.title(self.document)}?"
        meaning = re.split(r",\s(?=such as|for example|including|whether)", match["meaning"])[0]
        begin = match.start("meaning")
        return [self._proposal("definition", asked, ((meaning,),), (match.start("term"), begin + len(meaning)))]

    def enumeration(self) -> list[Proposal]:
        """The seven parts of X are A, B and C; X has seven parts: A, B and C; X includes A, B and C."""
        if match := _NUMBERED_LIST.match(self.text):
            auxiliary, base = verbs().get(match["verb"], ("do", match["verb"]))
            subject = _subject(match["subject"])
            asked = (
                f"What are the {match['np']} of {subject}?"
                if base == "have"
                else f"Which {match['np']} {auxiliary} {subject} {base}?"
            )
        elif (match := _ARE.match(self.text)) and re.search(rf" of |\b{_COUNT}\b", match["subject"]):
            subject = _subject(match["subject"])
            asked = f"What {match['verb']} {subject}?"
        elif match := _VERB_LIST.match(self.text):
            verb, _, of = match["verb"].partition(" ")
            auxiliary, base = verbs()[verb]
            subject = _subject(match["subject"])
            asked = f"What {auxiliary} {subject} {base}{' of' if of else ''}?"
        else:
            return []
        said = re.sub(r",?\s(?:among others|and so on|etc\.?)$", "", match["items"])
        items = listed(_comma_before_and(said), "en")
        whole = not any(_NO_ITEM.search(item) for item in items) and " as well as " not in said
        if not items or not whole or not subject or _NO_LISTER.search(match["subject"]):
            return []
        first, last = match.span("items")
        return [self._proposal("list", self._scoped(asked), tuple((item,) for item in items), (first, last))]

    def number(self) -> list[Proposal]:
        """How many things there are, of a sentence with a subject, a known verb and a count."""
        lead, offset = self._lead()
        for match in QUANTITY.finditer(self.plain, offset):
            first, last = within(self.plain, match.start(), match.end())
            month = rf"\s*(?:{_MONTH})"
            if first not in (0, offset) or re.fullmatch(r"(?:1\d|20)\d\d", match["number"]):
                continue
            if re.match(month, self.plain[match.end() :]) or re.search(rf"{month}\s*$", self.plain[: match.start()]):
                continue
            if re.match(r",\s(?!with|which|of|while)[\w\s,-]{2,60}?\sand\s", self.plain[last:]):
                continue  # what is counted goes on after the comma
            before = re.sub(r"\s(?:just|only|about)$", "", self.text[offset : match.start()].strip())
            if re.search(rf"\b(?:{_COUNT}\s(?:to|and|or)|between)$", before):
                continue
            thing, rest = self._thing(match.end(), last)
            asked = thing and self._how_many(before, thing, rest)
            if not asked:
                continue
            asked = f"{lead}, {asked[0].lower()}{asked[1:]}" if lead else asked
            return [self._proposal("number", self._scoped(asked), (self._counts(match, thing),), (first, last))]
        return []

    def _counts(self, match: re.Match[str], thing: str) -> tuple[str, ...]:
        """How a count of things may be said: with and without "about" and "or more", with the word after it and
        with the noun, in words and in figures. A short figure never stands alone: 8 is in 18."""
        begin, following = match.start("loose") if match["loose"] else match.start("number"), self._next(match.end())
        whole, number = self.text[begin : match.end()], match["number"]
        other = number
        if number.lower() in _WORDS:
            other = str(_WORDS.index(number.lower()) + 3)
        elif number.isdigit() and 3 <= int(number) <= 12:
            other = _WORDS[int(number) - 3]
        noun = re.split(r"\s(?:of|that|who|which)\s|\s[（(]", thing)[0].split()[-1]
        ways = [whole + following, number + following, other + following, f"{number} {noun}", f"{other} {noun}"]
        ways += [way for way in (whole, number) if len(way) > 3]
        return tuple(dict.fromkeys(way for way in ways if following or len(way) > 2))

    def _next(self, at: int) -> str:
        """The word after a count, with the blank before it: 8 is in 18, "8 classes" is not."""
        word = re.match(r"\s+[\w-]+", self.text[at:])
        return word[0] if word else ""

    def _lead(self) -> tuple[str, int]:
        """An adverbial at the head of the sentence (According to X, …), and where the rest begins."""
        match = _LEAD.match(self.plain)
        return (self.text[: match.end("lead")], match.start("rest")) if match else ("", 0)

    def _thing(self, begin: int, last: int) -> tuple[str, str]:
        """What is counted, and what the clause goes on with."""
        after = self.text[begin:last].strip()
        if re.match(rf"(?:{_STOP}|to|of|and|or|but|around|about|which|who|that|there)\b", after):
            return "", ""
        if after.count("(") != after.count(")"):
            return "", ""
        if "\n" in after or not re.match(r"[a-zA-Z]", after):
            return "", ""
        words = re.split(r"\s+", after)
        relative = next((i for i, word in enumerate(words) if word in ("that", "who", "which")), len(words))
        stop = next(
            (i for i, word in enumerate(words[:relative]) if re.fullmatch(_STOP, word) or (i and QUANTITY.match(word))),
            len(words),
        )
        thing = " ".join(words[:stop]).rstrip(".")
        rest = " ".join(words[stop:]).rstrip(".")
        if thing.endswith(" and"):
            thing, rest = thing.removesuffix(" and"), ""
        if " and for " in f" {rest} ":
            return "", ""
        if (cut := QUANTITY.search(rest)) and not re.fullmatch(r"(?:19|20)\d\d", cut["number"]):
            rest = ""
        if re.match(r"(?:to|for|as|with|into|together)\b", rest) and len(rest.split()) > 14:
            return "", ""
        return (thing, rest) if 0 < len(thing.split()) <= 12 and not thing.startswith("of ") else ("", "")

    def _how_many(self, before: str, thing: str, rest: str) -> str | None:
        rest = f" {rest}" if rest else ""
        if match := re.fullmatch(rf"(?P<subject>.+?)\s{_MODAL}(?P<middle>(?:\s[^,]+)?)", before):
            subject = _subject(match["subject"])
            alone = match["aux"] in ("has", "have", "had") and not match["middle"]
            if not subject or alone or _TOO_MUCH.search(subject):
                match = None
            elif inside := re.fullmatch(r"(?P<done>.*?)\s(?P<how>within|for|after|at|every|until)", match["middle"]):
                if rest and not rest.startswith((" of", " after", " before", " from")):
                    return None
                return f"{inside['how'].capitalize()} how many {thing}{rest} {match['aux']} {subject}{inside['done']}?"
            else:
                return f"How many {thing} {match['aux']} {subject}{match['middle']}{rest}?"
        for verb in re.finditer(r"\s([a-z]+)(?=\s|$)", before):
            if verb[1] in verbs():
                auxiliary, base = verbs()[verb[1]]
                subject = _subject(before[: verb.start()])
                middle = before[verb.end() :]
                second = any(word in verbs() for word in re.findall(r"\band\s+(\w+)", middle))
                if subject and not second and not _TOO_MUCH.search(subject) and not _TOO_MUCH.search(middle):
                    return f"How many {thing} {auxiliary} {subject} {base}{middle}{rest}?"
                return None
        return None

    def date(self) -> list[Proposal]:
        """When something was done or happened."""
        for match in DATE.finditer(self.plain):
            first, last = within(self.plain, match.start(), match.end())
            before, after = self.text[: match.start()].strip(), self.text[match.end() : last].strip().rstrip(".")
            if (
                first
                or len(after.split()) > 14
                or (after and not re.match(r"(?:by|in|to|for|at|with|under|between|during|of)\b", after))
            ):
                continue
            if (asked := _when(before, f" {after}" if after else "")) and not DATE.search(asked):
                asked = (
                    asked
                    if match["date"][0].isalpha() or len(match["date"]) > 4
                    else asked.replace("When", "In which year", 1)
                )
                return [self._proposal("temporal", self._scoped(asked), (_ways(match["date"]),), (first, last))]
        return []

    def _scoped(self, asked: str) -> str:
        """The question with the document's title, where no name in it says what it is about."""
        named = re.search(r"\s(?:[A-Z][\w/.-]*[A-Z\d]|[A-Z][a-z]+)", asked.split(" ", 1)[-1])
        if named or len(self.corpus.documents) == 1:
            return asked
        return f"According to {self.corpus.title(self.document)}, {asked[0].lower()}{asked[1:]}"

    def _lowered(self, asked: str) -> str:
        """The question with the sentence's first word in small letters, where the document has it so elsewhere."""
        first = re.match(r"[A-Z][a-z]+\b", self.text)
        if first is None or not re.search(rf"\b{first[0].lower()}\b", self.document.text):
            return asked
        return re.sub(rf"(?<=\s){first[0]}\b", first[0].lower(), asked, count=1)

    def _proposal(
        self, type_: str, asked: str, nuggets: tuple[tuple[str, ...], ...], span: tuple[int, int]
    ) -> Proposal:
        places = gold_spans(self.document, self.start, self.text, nuggets, span)
        asked = self._lowered(asked)
        return Proposal(
            type_, "en", " ".join(asked.replace(" also ", " ").split()), nuggets, places, (self.document.id, self.start)
        )


def _subject(text: str) -> str:
    """A subject inside a question, "" where it is none by which a thing is found."""
    text = text.strip()
    if not _SUBJECT.fullmatch(masked(text)) or _NO_SUBJECT.match(text) or len(text.split()) > 12:
        return ""
    return re.sub(r"^(?:The|An?|Each|Every|All)\b", lambda article: article[0].lower(), text)


def _when(before: str, after: str) -> str | None:
    if match := re.fullmatch(
        r"(?P<subject>.+?)\s(?P<be>was|were|is|are)"
        r"(?P<done>\s(?:\w+ed|set up|held|built|made|put|given|turned)\b[^,;:]*)",
        before,
    ):
        subject = "" if " that " in match["subject"] else _subject(match["subject"])
        return f"When {match['be']} {subject}{match['done']}{after}?" if subject else None
    for verb in re.finditer(r"\s([a-z]+)(?=\s|$)", before):
        if verbs().get(verb[1], ("", ""))[0] == "did":
            subject = _subject(before[: verb.start()])
            middle = before[verb.end() :]
            if (
                subject
                and not re.search(r"\b(?:was|were|is|are|that)\b", subject)
                and not re.search(r"[,;:]|\b(?:that|which|and)\b", middle)
            ):
                return f"When did {subject} {verbs()[verb[1]][1]}{middle}{after}?"
            return None
    return None


def _ways(date: str) -> tuple[str, ...]:
    day = parse(date)
    if day is None or not exact(date):
        return (date,)
    chinese = f"{day.year}年{day.month}月{day.day}日"
    return tuple(
        dict.fromkeys(
            (date, f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}", day.isoformat(), chinese)
        )
    )


def _comma_before_and(items: str) -> str:
    """A list with the comma before its "and" that some writers leave out."""
    return items if re.search(r",\s+and\s", items) else re.sub(r"\s+and\s+(?=[^,]+$)", ", ", items)
