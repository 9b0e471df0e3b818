"""Who stands behind what: from a document to the analysed `Article`.

Attribution, kinds of source, pronouns and short names, quotations that go on, and the links between sentences.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import Final

from service.article import Article, Cue, Link
from service.attribution import AttributionFinder
from service.bearers import Mention
from service.incises import INCISE, SIGNATURE
from service.kinds import kind_of
from service.lexicon import Lexicon
from service.links import Statement, find_links
from service.matching import scan
from service.mentions import MentionFinder
from service.quotes import Quotation, find_quotations, is_speech
from service.resolution import Registry, independent
from service.scan import Hit, Scan
from service.subjects import Attribution, Pronoun
from service.text import Document
from service.wording import weighed, wording_of

_MIN_QUESTIONS: Final = 3  # blocks that ask, or speak to somebody ("Vous écrivez que…"): fewer are no interview
_QUOTED_WEIGHT: Final = 0.5  # a hedge inside somebody's quotation is the speaker's, not the article's
_DETAIL_WEIGHT: Final = 0.5  # a hedge in a subordinate detail leaves the main claim standing
_FRAMING: Final = frozenset(("attribution", "hedge", "conditional", "disclaimer"))
_SHORT_QUESTION: Final = 20  # tokens of a question without a mark
_YOU: Final = frozenset(("vous", "votre", "vos"))
_SPAN: Final = attrgetter("start", "end")
_END: Final = attrgetter("hit.end")
_IN_THEIR_VIEW: Final = "a-ses-yeux"  # the cue that takes up who spoke last: "à ses yeux", "à l'en croire"
_NEXT_TO: Final = 30  # characters between an attribution and the quotation it introduces or follows
_DETAIL_MIN_TOKENS: Final = 8  # a detail follows a main claim of at least so many tokens


def analyse(document: Document, lexicon: Lexicon, *, words: bool = False) -> Article:
    """Cues, sources, links and kinds of every sentence; time is linear in the length of the text.

    With ``words`` those that features count by themselves are named too, for contributions.
    """
    return _Analysis(scan(document, lexicon), lexicon).article(words)


class _Analysis:
    """One document on its way to an `Article`."""

    def __init__(self, scanned: Scan, lexicon: Lexicon) -> None:
        self.scan = scanned
        self.lexicon = lexicon
        self.mentions = MentionFinder(scanned, lexicon.reporting_forms, lexicon.forenames).find()
        finder = AttributionFinder(scanned)
        self.attributions = [finder.find(index, found) for index, found in enumerate(self.mentions)]
        self.quotations = find_quotations(scanned)
        self.attributions = [self._outermost(found) for found in self.attributions]
        self.registry = Registry(scanned)
        self.cues: list[list[Cue]] = [[] for _ in self.mentions]
        self.speakers: list[dict[str, None]] = [{} for _ in self.mentions]  # in order, each once
        self.same_source: list[Link] = []
        self._spoken: list[set[int]] = [set() for _ in self.mentions]
        self._framing: list[set[int]] = [set() for _ in self.mentions]  # tokens of attributions and hedges
        self._particulars: list[set[int]] = [set() for _ in self.mentions]

    def article(self, words: bool) -> Article:
        """Run the steps in order and put the result together."""
        document = self.scan.document
        speech = self._speech()
        for index in range(len(document.sentences)):
            self._attribute(index)
            self._mark(index)
        self._quote(speech)
        self._inherit(speech)
        self._answer()
        speakers = tuple(map(tuple, self.speakers))
        quoted: list[list[Quotation]] = [[] for _ in document.sentences]
        for quotation in speech:
            for index in range(quotation.first, quotation.last + 1):
                quoted[index].append(quotation)
        kinds = tuple(
            [
                kind_of(self.scan, index, self.attributions[index], quoted[index], bool(speakers[index]))
                for index in range(len(document.sentences))
            ]
        )
        for index, kind in enumerate(kinds):
            if kind == "prediction":
                self._drop_effects(index)
        by_sentence = tuple([tuple(sorted(cues, key=_SPAN)) for cues in self.cues])
        statements = [
            Statement(speakers[index], kinds[index], by_sentence[index], bounds)
            for index, bounds in enumerate(self.scan.bounds)
        ]
        links = [*find_links(self.scan, statements), *self.same_source]
        sources = self.registry.sources()
        leanings = self.lexicon.leanings
        frames = [spoken | framing for spoken, framing in zip(self._spoken, self._framing, strict=True)]
        held = self._particulars
        return Article(
            document=document,
            cues=tuple(chain.from_iterable(by_sentence)),
            sources=sources,
            links=tuple(sorted(set(links), key=lambda link: (link.sentence, link.target, link.type))),
            speakers=speakers,
            kinds=kinds,
            independent_sources=independent(sources),
            by_sentence=by_sentence,
            wording=tuple(
                [
                    wording_of(self.scan, index, frame, held[index], self.mentions[index], leanings)
                    for index, frame in enumerate(frames)
                ]
            ),
            weighed=tuple(
                [weighed(self.scan, index, frame, held[index], leanings) for index, frame in enumerate(frames)]
            )
            if words
            else (),
        )

    def _drop_effects(self, index: int) -> None:
        """In a prediction a simple conditional tells an effect ("la taxe coûterait"), not what is only said."""
        effects = {
            self.scan.original(hit.start, hit.end)[0]
            for hit in self.scan.hits[index]
            if hit.entry.category == "conditional" and hit.group and not hit.group.compound
            if hit.group.lemma not in ("être", "avoir")
        }
        if effects:
            self.cues[index] = [c for c in self.cues[index] if c.category != "conditional" or c.start not in effects]

    def _outermost(self, attributions: list[Attribution]) -> list[Attribution]:
        """Without those inside a quotation of somebody: "« On nous a dit d'attendre », raconte Paul Brun"."""
        if len(attributions) == 1 and self._is_nobodys(attributions[0]):
            hit = attributions[0].hit
            begin = self.scan.spans[hit.sentence][0]
            if any(q.start < begin and hit.end < q.end for q in self._quotations_near(hit.start)):
                return []  # the quotation began before, and is somebody's
        if len(attributions) < 2:
            return attributions
        outer = [attribution for attribution in attributions if not self._is_quoted(attribution.hit)]
        return outer or attributions

    @staticmethod
    def _is_nobodys(attribution: Attribution) -> bool:
        parties = [party for party, _ in attribution.sources]
        return bool(parties) and all(isinstance(party, Pronoun) and party.nobody for party in parties)

    def _is_quoted(self, hit: Hit) -> bool:
        around = self._quotations_near(hit.start)
        return any(quotation.start < hit.start and hit.end < quotation.end for quotation in around)

    # --- sources
    # ----------------------------------------------------------------------------------------------------------

    def _attribute(self, index: int) -> None:
        """Cues and sources of the attributions of one sentence, and the mentions that later short names refer to."""
        spoken: set[Mention] = set()
        for attribution in self.attributions[index]:
            if attribution.hit.entry.id == _IN_THEIR_VIEW and (entry := self.registry.latest(index)):
                source, target = self.registry.go_on(entry, index)  # without being named
                self.speakers[index][source] = None
                self._take_up(index, target)
            for party, role in attribution.sources:
                if isinstance(party, Pronoun):
                    self.registry.open(self.mentions[index], party.token)
                elif party in spoken:
                    continue
                self._source(index, party, role)
                if isinstance(party, Mention):
                    spoken.add(party)
        self.registry.relay(self.speakers[index])
        for mention in self.mentions[index]:
            if not spoken or mention not in spoken:  # hashing a mention costs more than asking
                self.registry.name(mention)

    def _take_up(self, index: int, target: int | None) -> None:
        """Link a sentence to the one whose source speaks again in it."""
        if target is not None and target != index:
            self.same_source.append(Link("same_source", index, target))

    def _source(self, index: int, party: Mention | Pronoun, role: str) -> None:
        source, kind, target = self.registry.speak(party, index)
        if isinstance(party, Pronoun) and source in self.speakers[index]:
            return  # "La présidence rejette cette thèse, qu'elle juge insultante": one span a source
        if role == "speaker":
            self.speakers[index][source] = None
        self._take_up(index, target)
        first, last = (party.token, party.token) if isinstance(party, Pronoun) else (party.first, party.last)
        self._spoken[index].update(range(first, last + 1))
        entry = (party.entry or "nom-propre") if isinstance(party, Mention) else "pronom"
        self._add(index, "source", first, last, entry, source_kind=kind, source=source, role=role)

    # --- spans
    # ------------------------------------------------------------------------------------------------------------

    def _mark(self, index: int) -> None:
        """Cues of the lexicon hits; an attribution counts only where it really attributes."""
        hits = [hit for hit in self.scan.hits[index] if hit.entry.category != "source"]
        attributing: set[int] = set()
        for attribution in self.attributions[index]:
            attributing.add(id(attribution.hit))
            if attribution.hit.entry is INCISE:
                hits.append(attribution.hit)
        for hit in hits:
            entry = hit.entry
            if (
                entry.category == "precision"
                and entry.id.startswith("precision-lieu")
                and not self._spoken[index].isdisjoint(range(hit.first, hit.last + 1))
            ):
                continue  # the place belongs to the name of a source
            if entry.category == "subjective" and self._is_name(hit):
                continue  # "Claire Vial", "Mantes-la-Jolie"
            for category in entry.categories:
                if category == "attribution" and (entry.unmarked or id(hit) not in attributing):
                    continue
                weight = entry.weight
                if category in _FRAMING:
                    self._framing[index].update(range(hit.first, hit.last + 1))
                if category in ("hedge", "conditional"):
                    weight *= self._scope_weight(hit)
                elif category == "subjective" and self._is_inside_quotation(hit):
                    weight *= _QUOTED_WEIGHT
                self._add(index, category, hit.first, hit.last, entry.id, weight=weight)
            if entry.category == "precision":
                self._particulars[index].update(range(hit.first, hit.last + 1))

    def _is_name(self, hit: Hit) -> bool:
        """Whether a single word stands with a capital inside a sentence, or before another capital at its beginning."""
        capitals, token = self.scan.capitals, hit.first
        if hit.last > token or not capitals[token] or self.scan.word(token).isupper():
            return False
        begin, end = self.scan.bounds[hit.sentence]
        if token > begin:
            return self.scan.forms[token - 1] not in ("«", "“", '"', ":", "—", "–")
        return token + 1 < end and capitals[token + 1]

    def _scope_weight(self, hit: Hit) -> float:
        scanned = self.scan
        begin = scanned.bounds[hit.sentence][0]
        if self._is_inside_quotation(hit):
            return _QUOTED_WEIGHT
        for position in range(hit.first - 1, max(begin + _DETAIL_MIN_TOKENS, hit.first - 8), -1):
            form = scanned.forms[position]
            if form in ("qui", "que", "qu'", "dont", "où") and scanned.forms[position - 1] in (
                ",",
                "ce",
                "après",
                "alors",
            ):
                return _DETAIL_WEIGHT
        return 1.0

    def _is_inside_quotation(self, hit: Hit) -> bool:
        return any(quotation.start <= hit.start < quotation.end for quotation in self._quotations_near(hit.start))

    def _quotations_near(self, position: int) -> Sequence[Quotation]:
        low, high = 0, len(self.quotations)
        while low < high:
            middle = (low + high) // 2
            if self.quotations[middle].end <= position:
                low = middle + 1
            else:
                high = middle
        return self.quotations[low : low + 1]

    def _add(
        self,
        index: int,
        category: str,
        first: int,
        last: int,
        cue: str,
        *,
        source_kind: str | None = None,
        source: str | None = None,
        role: str | None = None,
        weight: float = 1.0,
    ) -> None:
        start, end = self.scan.original(self.scan.starts[first], self.scan.ends[last])
        text = self.scan.document.text[start:end]
        self.cues[index].append(Cue(category, index, start, end, text, cue, source_kind, source, role, weight))

    # --- quotations
    # -------------------------------------------------------------------------------------------------------

    def _speech(self) -> list[Quotation]:
        """Quotations that are speech."""
        return [q for q in self.quotations if is_speech(self.scan, q, self._is_attributed(q), self._is_told(q))]

    def _is_told(self, quotation: Quotation) -> bool:
        """Whether somebody speaks in the one sentence in which the quotation stands."""
        attributions = self.attributions[quotation.first] if quotation.first == quotation.last else ()
        return any(attribution.sources for attribution in attributions)

    def _is_attributed(self, quotation: Quotation) -> bool:
        """Whether an attribution stands next to the quotation: just before it, or right after."""
        for index in range(quotation.first, quotation.last + 1):
            attributions = self.attributions[index]
            first = bisect_left(attributions, quotation.start - _NEXT_TO, key=_END)
            for attribution in attributions[first:]:
                hit = attribution.hit
                if hit.start > quotation.end + _NEXT_TO:
                    break
                if abs(hit.start - quotation.end) <= _NEXT_TO or abs(quotation.start - hit.end) <= _NEXT_TO:
                    return True
        return False

    def _quote(self, speech: Sequence[Quotation]) -> None:
        """A `quote` cue for every sentence's part of a quotation."""
        text = self.scan.document.text
        for quotation in speech:
            for index in range(quotation.first, quotation.last + 1):
                begin, limit = self.scan.spans[index]
                start, end = max(begin, quotation.start), min(limit, quotation.end)
                if start < end:
                    start, end = self.scan.original(start, end)
                    while start < end and (text[start].isspace() or text[start] in '«“"'):
                        start += 1
                    while end > start and (text[end - 1].isspace() or text[end - 1] in '»”"'):
                        end -= 1
                    if start < end:
                        self.cues[index].append(Cue("quote", index, start, end, text[start:end], "citation"))

    def _inherit(self, speech: Sequence[Quotation]) -> None:
        """A quotation that goes on, or stands alone after its speaker or over a signature, keeps the speaker."""
        for quotation in speech:
            sentences = range(quotation.first, quotation.last + 1)
            signed = quotation.last + 1
            if signed < len(self.attributions) and any(a.hit.entry is SIGNATURE for a in self.attributions[signed]):
                around = [*sentences, signed]
            else:
                around = [*sentences, quotation.first - 1]
            owner = next((index for index in around if index >= 0 and self.speakers[index]), None)
            if owner is None:
                continue
            nearest = owner  # the sentence in which the source spoke last
            for index in sentences:
                if not self.speakers[index] and self._covers(quotation, index):
                    self.speakers[index] = dict(self.speakers[owner])
                    self.same_source.append(Link("same_source", index, nearest))
                    nearest = max(nearest, index)

    def _answer(self) -> None:
        """In an interview whoever is asked answers: paragraphs between the questions have the first person named."""
        document = self.scan.document
        if document.text.count("?") < _MIN_QUESTIONS - 1:
            return
        asks = self._asking()
        if sum(asks) < _MIN_QUESTIONS:
            return
        first_question = asks.index(True)
        person = self.registry.first_person()
        if person is None:
            return
        before = None
        for sentence in document.sentences:
            index = sentence.index
            if sentence.block > first_question and not asks[sentence.block] and not self.speakers[index]:
                source, target = self.registry.go_on(person, index)
                self.speakers[index] = {source: None}
                if (nearest := before if before is not None else target) is not None:
                    self.same_source.append(Link("same_source", index, nearest))
                before = index

    def _asking(self) -> list[bool]:
        """Whether each block only asks: a question, or among two of them a short sentence that speaks to somebody."""
        document = self.scan.document
        asks = [True] * len(document.blocks)
        speaks_to = [False] * len(document.blocks)
        for sentence in document.sentences:
            asks[sentence.block] = asks[sentence.block] and sentence.text.rstrip(" »").endswith("?")
        if sum(asks) < _MIN_QUESTIONS - 1:
            return asks
        counts = Counter(sentence.block for sentence in document.sentences)
        for sentence in document.sentences:
            first, end = self.scan.bounds[sentence.index]
            if counts[sentence.block] == 1 and end - first <= _SHORT_QUESTION:
                speaks_to[sentence.block] = not _YOU.isdisjoint(self.scan.forms[first:end])
        return [one or other for one, other in zip(asks, speaks_to, strict=True)]

    def _covers(self, quotation: Quotation, index: int) -> bool:
        """Whether the sentence begins inside the quotation, or is for the most part inside it."""
        begin, end = self.scan.spans[index]
        if quotation.start < begin < quotation.end:
            return True
        inside = min(end, quotation.end) - max(begin, quotation.start)
        return 2 * inside > end - begin
