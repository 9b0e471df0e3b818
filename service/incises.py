"""Attributions by position: a verb next to a quotation speaks, even if the lexicon knows it as no verb of saying."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from service.bearers import Mention, near
from service.entry import CueEntry
from service.heads import AUXILIARIES, COPULAS, QUOTE_ENDS, QUOTE_STARTS, incise_verb
from service.scan import Hit, Scan, VerbGroup
from service.subjects import GOVERNING, Attribution, Pronoun, SubjectFinder

# The verb of an incise that the lexicon does not know as a verb of saying.
INCISE: Final = CueEntry("incise", "attribution", categories=("attribution",))
# What attributes but is no word to mark: a colon or a bracket, and the dash before a name under the words.
COLON: Final = CueEntry("deux-points", "attribution")
SIGNATURE: Final = CueEntry("signature", "attribution")
_EXPLICIT: Final = frozenset("explicite clair claire formel formelle catégorique ferme direct directe cash".split())
_BEING: Final = COPULAS | {"est"}
_DASHES: Final = frozenset(("—", "–", "-"))
_LABEL: Final = 4  # tokens: so few quoted words may only colour the verb
_SIGNATURE: Final = 12  # tokens of a name and what its bearer is


class IncisesFinder:
    """Finds what speaks next to a quotation, one sentence at a time."""

    def __init__(self, scan: Scan, subjects: SubjectFinder) -> None:
        self.scan = scan
        self.subjects = subjects

    def incises(self, index: int, mentions: Sequence[Mention], found: Sequence[Attribution]) -> Iterator[Attribution]:
        """Any verb right after a quotation with its subject behind it speaks: "», soupire une ouvrière", "»,
        lâche-t-elle".
        """
        scan, forms = self.scan, self.scan.forms
        begin, end = scan.bounds[index]
        taken = {token for attribution in found for token in range(attribution.hit.first, attribution.hit.last + 1)}
        for token in range(begin, end - 1):
            incise = incise_verb(scan, begin, token, end) if forms[token] in QUOTE_ENDS else None
            if incise is None or incise[0] in taken:
                continue
            hit = self._spoken(index, *incise)
            nearby = near(mentions, hit)
            subject = self.subjects.inverted(hit) or self.subjects.right(hit, nearby)
            if subject is not None and (isinstance(subject, Pronoun) or subject.kind != "document"):
                parties = self.subjects.joined(hit, nearby, subject) if isinstance(subject, Mention) else [subject]
                yield Attribution(hit, tuple((party, "speaker") for party in parties), "incise")

    def _spoken(self, index: int, first: int, last: int) -> Hit:
        """The hit of a verb that the lexicon does not know; its mood does not matter where its place says it all."""
        group = VerbGroup(first, last, "", frozenset(("indicative-present",)), "active", False)
        return Hit(INCISE, index, first, last, self.scan.starts[first], self.scan.ends[last], group)

    def _by_mark(self, entry: CueEntry, index: int, token: int, mention: Mention, frame: str) -> list[Attribution]:
        """What a mark at ``token`` attributes without a verb."""
        hit = Hit(entry, index, token, token, self.scan.starts[token], self.scan.ends[token])
        return [Attribution(hit, ((mention, "speaker"),), frame)]

    def quoting(self, index: int, mentions: Sequence[Mention]) -> Iterator[Attribution]:
        """A verb that the lexicon does not know, between somebody and the words quoted after it: "a enjoint au ministre
        de « prendre des mesures »".
        """
        scan, forms = self.scan, self.scan.forms
        begin, end = scan.bounds[index]
        opening = next((token for token in range(begin + 2, end) if forms[token] in QUOTE_STARTS), -1)
        if opening < 0 or opening + 3 >= end or any(form in QUOTE_ENDS for form in forms[opening + 1 : opening + 5]):
            return
        if forms[opening + 1] in ("[", "…", "..."):
            return  # words cut out of their sentence
        if forms[opening - 1] in ("de", "d'", "du") and not scan.verbs.is_infinitive(forms[opening + 1]):
            return  # "a gardé son titre d'« homme le plus rapide du monde »"
        for token in range(begin + 1, opening):
            last = token
            if forms[token] in AUXILIARIES:
                last = next(
                    (t for t in range(token + 1, min(opening, token + 5)) if scan.verbs.is_past_participle(forms[t])),
                    -1,
                )
                if last < 0 or "été" in forms[token : last + 1]:
                    return
            elif not scan.verbs.is_verbal(forms[token]) or scan.capitals[token] or forms[token].endswith("es"):
                continue  # in -es it is "tu" or an adjective: "les lettres de familles inquiètes"
            if forms[token] in _BEING or "qui" in forms[last + 1 : opening]:
                return  # "a reçu un prix qui récompense un « journalisme courageux »"
            if scan.verbs.conditional_lemma(forms[token]) in ("avoir", "être"):
                return  # "n'aurait pas touché « 500 000 euros brut »"
            if any(map(scan.verbs.is_verbal, forms[last + 1 : opening])):
                return  # "sortait de la mairie quand un homme a crié « … »": another verb is nearer
            hit = self._spoken(index, token, last)
            subject = self.subjects.left(hit, token, mentions)
            if isinstance(subject, Pronoun) and not subject.nobody:
                yield Attribution(hit, ((subject, "speaker"),), "quote")
            elif isinstance(subject, Mention) and subject.kind != "anonymous":
                parties = self.subjects.coordinated(mentions, subject)
                yield Attribution(hit, tuple([(party, "speaker") for party in parties]), "quote")
            return

    def titled(self, index: int, mentions: Sequence[Mention]) -> list[Attribution]:
        """A name, a colon and its words: "Claire Roux : « Le pont tiendra »"."""
        forms, (begin, end) = self.scan.forms, self.scan.bounds[index]
        for mention in mentions[:2]:
            colon = mention.last + 1
            if mention.first > begin and forms[mention.first - 1] in GOVERNING:
                continue  # "Séisme à Sète : «…"
            if mention.kind in ("person", "institution") and mention.names and colon + 1 < end:
                if forms[colon] == ":" and forms[colon + 1] in QUOTE_STARTS:
                    return self._by_mark(COLON, index, colon, mention, "quote")
        return []

    def half_quoted(self, index: int, mentions: Sequence[Mention]) -> list[Attribution]:
        """Somebody whose own words go on as the sentence: "La mairie « regrette vivement ce choix »"."""
        forms, (begin, end) = self.scan.forms, self.scan.bounds[index]
        if not mentions:
            return []
        mention = mentions[0]
        opening = mention.last + 1
        if mention.kind in ("outlet", "document", "anonymous") or opening + 2 >= end:
            return []
        if mention.first > begin and forms[mention.first - 1] in GOVERNING:
            return []
        if forms[opening] not in QUOTE_STARTS or not QUOTE_ENDS.isdisjoint(forms[opening + 1 : opening + _LABEL]):
            return []  # "Le champion « dépose » son frère"
        verb = opening + (2 if forms[opening + 1] in ("ne", "n'", "se", "s'") else 1)
        if self.scan.verbs.is_finite(forms[verb]) and not self.scan.capitals[verb]:
            return self._by_mark(COLON, index, opening, mention, "quote")
        return []

    def signing(self, index: int, mentions: Sequence[Mention]) -> list[Attribution]:
        """Who stands under the words quoted before: "— Élodie Marchand, riveraine"."""
        forms, (begin, end) = self.scan.forms, self.scan.bounds[index]
        if not index or not mentions or forms[begin] not in _DASHES or end - begin > _SIGNATURE:
            return []
        before = self.scan.bounds[index - 1]
        if QUOTE_ENDS.isdisjoint(forms[before[1] - 2 : before[1]]) or mentions[0].first > begin + 3:
            return []
        if any(map(self.scan.verbs.is_verbal, forms[mentions[0].last + 1 : end])):
            return []
        return self._by_mark(SIGNATURE, index, begin, mentions[0], "quote")

    def bracketed(self, index: int, mentions: Sequence[Mention]) -> list[Attribution]:
        """Who stands in brackets where the sentence ends: "trois millions d'euros (mairie de Sète)."."""
        forms, end = self.scan.forms, self.scan.bounds[index][1]
        closing = end - 1 if forms[end - 1] == ")" else end - 2
        if not mentions or closing < 2 or forms[closing] != ")":
            return []
        mention = mentions[-1]
        opening = mention.first - 1
        if opening <= self.scan.bounds[index][0]:
            return []  # "(Belga)" alone is a credit
        if mention.last != closing - 1 or forms[opening] != "(" or not (mention.entry and mention.names):
            return []  # a name alone may be the acronym of what stands before
        return self._by_mark(COLON, index, opening, mention, "frame")

    def announcing(self, index: int, mentions: Sequence[Mention]) -> Iterator[Attribution]:
        """A sentence that ends with a colon hands over to the words that follow: "Le ministre est plus explicite :"."""
        scan, forms = self.scan, self.scan.forms
        end = scan.bounds[index][1]
        if forms[end - 1] != ":" or not mentions:
            return
        for token in range(mentions[0].last + 1, end - 1):
            if scan.verbs.is_verbal(forms[token]) and not scan.capitals[token]:
                if forms[token] in _BEING and _EXPLICIT.isdisjoint(forms[token:end]):
                    return
                hit = self._spoken(index, token, token)
                subject = self.subjects.left(hit, token, mentions)
                if isinstance(subject, Mention) and subject.kind in ("person", "institution", "role"):
                    yield Attribution(hit, ((subject, "speaker"),), "quote")
                return
