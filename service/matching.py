"""One pass over a document with the cue lexicon: tokens, verb groups, cue hits.

Every context check looks at a bounded window, so the whole pass is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from operator import attrgetter
from typing import Final

from service.conjugation import conjugate
from service.entries import WINDOW
from service.entry import CueEntry, Phrase, VerbTrigger
from service.lexicon import Lexicon
from service.scan import Hit, Scan, VerbGroup, tokenize
from service.text import Document

_NEGATIONS: Final = frozenset(
    "nul nulle pas plus jamais aucun aucune guère rien nullement point ni aucunement personne".split()
)
_ITSELF: Final = frozenset(("se", "s'"))  # "il s'alarme"; but "il m'assure", "il nous confie"
_REFLEXIVES: Final = frozenset(("se", "s'", "me", "m'", "te", "t'"))
_CLITICS: Final = _REFLEXIVES | frozenset("ne n' y en l' le la les lui leur nous vous".split())
# Words that may stand between an auxiliary and its participle, beside adverbs in -ment.
_BETWEEN: Final = _NEGATIONS | frozenset(
    "toujours encore déjà aussi bien ainsi donc pourtant toutefois cependant même tous tout toute toutes "
    "souvent longtemps hier aujourd' hui d' ailleurs en outre effet par lui elle eux elles ici là alors ensuite "
    "enfin peu très quant vite depuis - t il on ils je nous vous mieux trop assez presque quasi sitôt aussitôt "
    "tantôt également auparavant revanche conséquent son sa tour côté nouveau dernier part lundi mardi mercredi "
    "jeudi vendredi samedi dimanche matin soir midi de à leur récemment dit clairement aussitôt immédiatement "
    "publiquement sitôt tôt tard tort raison pour contre contraire abord néanmoins quand".split()
)
_MAX_ASIDE: Final = 14  # tokens of an aside between commas: "a, lors de l'émission de jeudi, accusé"
_ETRE_VERBS: Final = frozenset(
    "aller venir revenir devenir parvenir intervenir arriver partir repartir entrer rentrer sortir naître "
    "mourir décéder tomber rester monter descendre retourner passer apparaître".split()
)
_ETRE_PARTICIPLES: Final = frozenset(conjugate(verb)["past-participle"][0] for verb in _ETRE_VERBS)
_DIGIT: Final = re.compile("[0-9]")
_CONDITIONAL_ENDING: Final = re.compile(r"r(?:ait|aient|ais|ions|iez)(?!\w)")
_CAPITAL_WITHIN: Final = 7  # a pattern that minds capitals is tried only where one follows within so many tokens
_AVOIR: Final = frozenset(("a", "ont", "avait", "avaient", "ai", "avons"))
_PRESENT: Final = frozenset(("indicative-present",))
_MAX_SHARED: Final = 30  # tokens back to an auxiliary that two participles share
_MAX_THEN: Final = 3  # tokens between a verb and the word that completes it
_MAX_GAP: Final = 5  # tokens between auxiliary and participle


_READING_ORDER: Final = attrgetter("first", "last")


def scan(document: Document, lexicon: Lexicon) -> Scan:
    """Tokens and cue hits of a document; hits of one category never overlap within it, pseudo-cues are gone."""
    result = tokenize(document, lexicon.verbs)
    result.hits = _Matcher(result, lexicon).hits()
    return result


class _Matcher:
    """Matches one document; holds what every sentence needs."""

    def __init__(self, scan: Scan, lexicon: Lexicon) -> None:
        self.scan = scan
        self.lexicon = lexicon
        self.verbs = lexicon.verbs
        self._auxiliaries = lexicon.auxiliaries
        self.at_number = lexicon.starters["#"].patterns if "#" in lexicon.starters else []

    def hits(self) -> list[list[Hit]]:
        """Hits of every sentence in reading order, after pseudo-cues and overlaps are settled."""
        scan, forms = self.scan, self.scan.forms
        found: list[Hit] = []
        phrases: list[Hit] = []
        sentence_of = [-1] * len(forms)  # no sentence holds what stands between two
        for index, (first, end) in enumerate(scan.bounds):
            sentence_of[first:end] = [index] * (end - first)
        following = [*forms[1:], ""]
        starters = self.lexicon.starters
        for token, form in enumerate(forms):
            starter = starters.get(form)
            if starter is None or (index := sentence_of[token]) < 0:
                continue
            if starter.words:
                self._words(index, token, starter.words, found)
            if starter.verbs:
                self._verbs(index, token, starter.verbs, found)
            if starter.patterns:
                self._patterns(index, token, starter.patterns, found)
            if following[token] in starter.phrases:
                self._phrases(index, token, starter.phrases[following[token]], phrases)
        found += phrases
        for match in _DIGIT.finditer(scan.initials):
            token = match.start()
            if (index := sentence_of[token]) >= 0:
                self._patterns(index, token, self.at_number, found)
        for match in _CONDITIONAL_ENDING.finditer(scan.text):
            token = bisect_left(scan.ends, match.end())
            if self.verbs.is_conditional(forms[token]) and (index := sentence_of[token]) >= 0:
                self._conditional(index, token, found)
        found.sort(key=_READING_ORDER)
        by_sentence: list[list[Hit]] = [[] for _ in scan.bounds]
        unsettled: set[int] = set()  # sentences with a pseudo-cue or with overlapping hits
        reached: dict[str, int] = {}
        for hit in found:
            category = hit.entry.category
            if hit.entry.pseudo or (category in reached and hit.first <= reached[category]):
                unsettled.add(hit.sentence)
            reached[category] = hit.last
            by_sentence[hit.sentence].append(hit)
        for index in unsettled:
            by_sentence[index] = _settle(by_sentence[index])
        return by_sentence

    def _words(self, index: int, token: int, words: list[Phrase], hits: list[Hit]) -> None:
        """Forms of one token."""
        for _, written, entry in words:
            if not written or self._same_case(token, written):
                if not entry.context or self._context_holds(entry, index, token, token):
                    hits.append(Hit(entry, index, token, token, self.scan.starts[token], self.scan.ends[token]))

    def _phrases(self, index: int, token: int, by_third: dict[str, list[Phrase]], hits: list[Hit]) -> None:
        """Forms of several tokens; the first two are known to be there, the third chooses among them."""
        forms, end = self.scan.forms, self.scan.bounds[index][1]
        third = forms[token + 2] if token + 2 < end else ""
        for words, written, entry in (*by_third.get("", ()), *(by_third.get(third, ()) if third else ())):
            last = token + len(words) - 1
            if last < end and (last <= token + 2 or tuple(forms[token : last + 1]) == words):
                if not written or self._same_case(token, written):
                    self._add(index, entry, token, last, None, hits)

    def _same_case(self, token: int, written: tuple[str, ...]) -> bool:
        words = [self.scan.word(token + offset).replace("’", "'") for offset in range(len(written))]
        return all(
            word == form or word.isupper() or form in ("Le", "La", "Les", "L'")
            for word, form in zip(words, written, strict=True)
        )

    def _patterns(self, index: int, token: int, entries: list[CueEntry], hits: list[Hit]) -> None:
        scan = self.scan
        start, limit = scan.starts[token], scan.spans[index][1]
        has_capital = True in scan.capitals[token : token + _CAPITAL_WITHIN]
        for entry in entries:
            if entry.compiled is None or (entry.cased and not has_capital):
                continue
            text = scan.cased if entry.cased else scan.text
            match = entry.compiled.match(text, start, min(limit, start + WINDOW))
            if match and match.end() > start:
                last = max(bisect_left(scan.starts, match.end()) - 1, token)
                if scan.ends[last] == match.end():  # never half a word
                    self._add(index, entry, token, last, None, hits)

    def _verbs(self, index: int, token: int, triggers: list[VerbTrigger], hits: list[Hit]) -> None:
        for trigger in triggers:
            group = self._group(index, token, trigger)
            if group.first == token and "infinitive" not in group.moods and self.scan.is_noun_here(token):
                continue
            for entry in trigger.entries:
                if _fits(entry, group):
                    self._add(index, entry, group.first, token, group, hits)

    def _extended(self, hit: Hit) -> Hit:
        """The hit up to the word that completes it: "a également fait savoir"."""
        forms, end = self.scan.forms, self.scan.bounds[hit.sentence][1]
        for token in range(hit.last + 1, min(end, hit.last + 1 + _MAX_THEN)):
            if forms[token] in hit.entry.then:
                return replace(hit, last=token, end=self.scan.ends[token])
        return hit

    def _conditional(self, index: int, token: int, hits: list[Hit]) -> None:
        """Cues on any conditional: the group reaches to the participle of a compound ("aurait aussi perçu")."""
        if not self.lexicon.any_conditional:
            return
        lemma = self.verbs.conditional_lemma(self.scan.forms[token]) or ""
        if lemma in self.lexicon.never_hearsay:
            return
        last, passive = token, False
        if lemma in ("avoir", "être"):
            last, passive = self._participle(index, token)
        first, negated = self._clitics(index, token, last)
        voice = "passive" if passive or (lemma == "être" and last > token) else "active"
        # "serait parti" is a compound, "serait arrêté" the passive of a simple form.
        compound = last > token and (lemma == "avoir" or self._is_etre_participle(token, last))
        group = VerbGroup(first, last, lemma, frozenset(("conditional",)), voice, negated, compound)
        for entry in self.lexicon.any_conditional:
            if _fits(entry, group):
                self._add(index, entry, first, last, group, hits)

    def _is_etre_participle(self, token: int, last: int) -> bool:
        forms = self.scan.forms
        return _bare(forms[last]) in _ETRE_PARTICIPLES or (token > 0 and forms[token - 1] in _REFLEXIVES)

    def _participle(self, index: int, token: int) -> tuple[int, bool]:
        """Last token of a compound tense that begins with the auxiliary ``token``, and whether "été" is in it."""
        forms, last, passive = self.scan.forms, token, False
        for position in range(token + 1, min(self.scan.bounds[index][1], token + _MAX_GAP + 2)):
            form = forms[position]
            if form == "été":
                last, passive = position, True
            elif self.verbs.is_past_participle(form) and form not in _BETWEEN:
                return position, passive
            elif form not in _BETWEEN and not form.endswith("ment"):
                break
        return last, passive

    def _group(self, index: int, token: int, trigger: VerbTrigger) -> VerbGroup:
        """The verb group whose main verb stands at ``token``."""
        begin = self.scan.bounds[index][0]
        first, moods, voice, compound = token, trigger.moods, "active", False
        if trigger.is_participle:
            auxiliary, passive = self._auxiliary(begin, token)
            if auxiliary >= 0:
                first, compound = auxiliary, True
                moods, is_etre = self._auxiliaries[self.scan.forms[auxiliary]]
                if is_etre and auxiliary > begin and self.scan.forms[auxiliary - 1] in _ITSELF:
                    voice = "pronominal"
                elif passive or (is_etre and trigger.lemma not in _ETRE_VERBS):
                    voice = "passive"
            elif len(moods) == 1 or self.scan.forms[token + 1 : token + 2] == ["par"]:
                if self._shares_auxiliary(begin, token):
                    moods, compound = _PRESENT, True
                else:
                    voice = "bare"
        if voice == "active" and first > begin and self.scan.forms[first - 1] in _ITSELF:
            voice = "pronominal"
        first, negated = self._clitics(index, first, token)
        return VerbGroup(first, token, trigger.lemma, moods, voice, negated, compound)

    def _shares_auxiliary(self, begin: int, token: int) -> bool:
        """Whether a participle goes on with the auxiliary of another: "a nié les faits et parlé d'un montage"."""
        forms = self.scan.forms
        if token - 1 <= begin or forms[token - 1] not in ("et", "puis", "mais"):
            return False
        for position in range(token - 2, max(begin, token - _MAX_SHARED), -1):
            if forms[position] in _AVOIR and self.verbs.is_past_participle(forms[position + 1]):
                return True
        return False

    def _auxiliary(self, begin: int, token: int) -> tuple[int, bool]:
        """Token of the auxiliary left of the participle ``token`` (-1 if none), and whether "été" stands between."""
        forms, passive = self.scan.forms, False
        if token - 1 > begin and forms[token - 1] == ",":
            aside = range(token - 3, max(begin, token - _MAX_ASIDE) - 1, -1)
            opening = next((position for position in aside if forms[position] == ","), -1)
            if opening > begin and forms[opening - 1] in self._auxiliaries:
                return opening - 1, False
            return -1, False
        for position in range(token - 1, max(begin, token - _MAX_GAP - 1) - 1, -1):
            form = forms[position]
            if form == "été":
                passive = True
            elif form in self._auxiliaries:
                return position, passive
            elif form not in _BETWEEN and not form.endswith("ment"):
                break
        return -1, passive

    def _clitics(self, index: int, first: int, last: int) -> tuple[int, bool]:
        """Group start with its "ne" and "se", and whether the group is negated."""
        forms = self.scan.forms
        begin, end = self.scan.bounds[index]
        start, has_ne = first, False
        position = first - 1
        while position >= max(begin, first - 4) and forms[position] in _CLITICS:
            if forms[position] in ("ne", "n'"):
                start, has_ne = position, True
            elif forms[position] in _REFLEXIVES:
                start = position
            position -= 1
        if position >= begin and forms[position] in ("sans", "ni") and (has_ne or forms[position] == "sans"):
            return start, True
        if not has_ne:
            return start, False
        # "n'a pas démenti"; "nul ne dément", "aucune autorité ne confirme".
        around = (*forms[max(begin, first - 9) : start], *forms[first : min(end, last + 4)])
        return start, not _NEGATIONS.isdisjoint(around)

    def _add(
        self, index: int, entry: CueEntry, first: int, last: int, group: VerbGroup | None, hits: list[Hit]
    ) -> None:
        if not entry.context or self._context_holds(entry, index, first, last):
            hit = Hit(entry, index, first, last, self.scan.starts[first], self.scan.ends[last], group)
            hits.append(self._extended(hit) if entry.then else hit)

    def _context_holds(self, entry: CueEntry, index: int, first: int, last: int) -> bool:
        scan, forms = self.scan, self.scan.forms
        begin, end = scan.bounds[index]
        for pattern, is_before, is_near, is_negative, window, tokens, words in entry.context:
            # What stands beside the match; "" is in no list of tokens.
            if is_before:
                beside = forms[first - 1] if first > begin else ""
            else:
                beside = forms[last + 1] if last + 1 < end else ""
            if tokens and beside not in tokens:
                found = False
            elif beside in words:
                found = True
            elif is_before:
                low = scan.spans[index][0]
                stop = scan.ends[first - 1] if beside else low
                found = pattern.search(scan.text, max(low, stop - window), stop) is not None
            else:
                high = scan.spans[index][1]
                start = scan.starts[last + 1] if beside else high
                look = pattern.search if is_near else pattern.match
                found = look(scan.text, start, min(high, start + window)) is not None
            if found == is_negative:
                return False
        return True


def _bare(participle: str) -> str:
    """A participle without the marks of gender and number."""
    return participle.removesuffix("s").removesuffix("e")


def _fits(entry: CueEntry, group: VerbGroup) -> bool:
    """Whether a verb group meets the grammatical conditions of an entry."""
    if entry.mood and group.moods.isdisjoint(entry.mood):
        return False
    if entry.negated is not None and entry.negated != group.negated:
        return False
    if entry.tense and (entry.tense == "compound") != group.compound:
        return False
    return not entry.voice or group.voice in entry.voice


def _settle(hits: list[Hit]) -> list[Hit]:
    """Drop what pseudo-cues silence; of overlapping hits of one category keep the longest."""
    blocked: dict[str, set[int]] = {}
    for hit in hits:
        if hit.entry.pseudo:
            for category in hit.entry.blocks:
                blocked.setdefault(category, set()).update(range(hit.first, hit.last + 1))
    by_category: dict[str, list[Hit]] = {}
    for hit in hits:
        entry = hit.entry
        category = entry.category
        if entry.pseudo or (category in blocked and not blocked[category].isdisjoint(range(hit.first, hit.last + 1))):
            continue
        if category in by_category:
            by_category[category].append(hit)
        else:
            by_category[category] = [hit]
    kept: list[Hit] = []
    for same in by_category.values():
        kept += _longest(same) if len(same) > 1 else same
    kept.sort(key=_READING_ORDER)
    return kept


def _longest(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits of one category the longest; each run of overlaps is settled by itself."""
    kept: list[Hit] = []
    run: list[Hit] = []
    reach = -1
    for hit in hits:  # in reading order
        if hit.first > reach:
            kept += run if len(run) < 2 else _settle_run(run)
            run = [hit]
            reach = hit.last
        else:
            run.append(hit)
            reach = max(reach, hit.last)
    return kept + (run if len(run) < 2 else _settle_run(run))


def _settle_run(run: list[Hit]) -> list[Hit]:
    if len(run) == 2:  # nearly every run: the same without the books
        first, second = run
        if _differ_in_frames(first, second):
            return run
        return [second if _longest_first(second) < _longest_first(first) else first]
    kept: list[Hit] = []
    taken: dict[int, Hit] = {}  # what was kept, by token: a run may be as long as the text
    for hit in sorted(run, key=_longest_first):
        # What is kept is at least as long: where it overlaps, it holds the first or the last token.
        others = (taken.get(hit.first), taken.get(hit.last))
        if all(other is None or _differ_in_frames(hit, other) for other in others):
            kept.append(hit)
            taken.update(dict.fromkeys(range(hit.first, hit.last + 1), hit))
    return kept


def _longest_first(hit: Hit) -> tuple[int, int]:
    return hit.first - hit.last, hit.first


def _differ_in_frames(hit: Hit, other: Hit) -> bool:
    """Readings of one verb that differ in their frames are settled where frames are known (service.attribution)."""
    return bool(hit.entry.frames and other.entry.frames) and (hit.first, hit.last) == (other.first, other.last)
