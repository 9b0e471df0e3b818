"""Within one sentence: which words attribute, and which mention or pronoun they attribute to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.lexicon import CueEntry
from service.matching import Hit, Scan, VerbGroup
from service.mentions import ARTICLES, Mention

PRONOUNS = {
    "il": "m",
    "elle": "f",
    "ils": "m",
    "elles": "f",
    "lui": "m",
    "eux": "m",
    "celui": "m",
    "celle": "f",
    "dernier": "m",
    "dernière": "f",
}
_PLURAL_PRONOUNS = frozenset(("ils", "elles", "eux"))
_NOBODY = frozenset(("on", "ce", "cela", "ça", "c'", "ceci"))
_GOVERNING = frozenset(
    "à au aux de du d' par pour avec sans dans en sur contre chez vers entre sous depuis devant selon "
    "malgré après avant lors face".split()
)
_TIME = frozenset(
    "lundi mardi mercredi jeudi vendredi samedi dimanche hier aujourd' hui ce cet cette matin soir après "
    "midi - également aussi encore ainsi notamment alors enfin déjà dans en fin de la journée soirée "
    "matinée immédiatement aussitôt, récemment officiellement clairement toutefois cependant pour sa leur "
    "part à nouveau toujours".split()
)
_OPENERS = frozenset(("«", '"', "“", "„"))
_CLOSERS = frozenset(("»", '"', "”", ",", "!", "?", "…", "—", "–"))
_BEFORE_INFINITIVE = frozenset("de d' à ne n' avoir être s' se".split())
_TO_INFINITIVE = frozenset("de d' à ne n' pas s' se en y l' le la".split())
_LIST_WORDS = frozenset((",", "et", "d'", "de", "par", "selon"))
_QUOTE_ENDS = frozenset(("»", "”", '"'))
# The verb of an incise that the lexicon does not know as a verb of saying.
INCISE = CueEntry("incise", "attribution", categories=("attribution",))
_BEFORE_PARTY = ARTICLES | {"«", '"', "“", "même"}
_MAX_SUBJECT_GAP = 40  # tokens between a subject and its verb


class Pronoun(NamedTuple):
    """A pronoun in the place of a source: token, gender and number; ``nobody`` for "on", "il se dit"."""

    token: int
    gender: str
    plural: bool
    nobody: bool = False


class Attribution(NamedTuple):
    """One attributing expression and the sources found for it; ``role`` is speaker or recipient."""

    hit: Hit
    sources: tuple[tuple[Mention | Pronoun, str], ...]
    frame: str  # clause | quote | incise | infinitive | object | agent | frame (a preposition)


class AttributionFinder:
    """Finds the attributions of one sentence at a time."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan

    def find(self, index: int, mentions: Sequence[Mention]) -> list[Attribution]:
        """Attributions of sentence ``index`` whose expression really attributes, in reading order."""
        found: list[Attribution] = []
        for hit in self.scan.hits[index]:
            if "attribution" not in hit.entry.categories:
                continue
            if found and found[-1].hit.first == hit.first and found[-1].hit.last == hit.last:
                continue  # another entry of the same verb already fits the frame
            if hit.entry.kind == "claim" and self._is_told(hit, found):
                continue  # an act told by somebody: "selon Reuters, X a proposé…" has Reuters as its source
            attribution = self._verbal(hit, mentions, found) if hit.group else self._prepositional(hit, mentions)
            if attribution:
                found.append(attribution)
        begin, limit = self.scan.spans[index]
        if any(self.scan.text.find(mark, begin, limit) >= 0 for mark in _QUOTE_ENDS):
            found += self._incises(index, mentions, found)
            found.sort(key=lambda attribution: attribution.hit.first)
        return found

    def _incises(self, index: int, mentions: Sequence[Mention], found: Sequence[Attribution]) -> Iterator[Attribution]:
        """Any verb right after a quotation with its subject behind it speaks: "», soupire une ouvrière", "»,
        lâche-t-elle".
        """
        scan, forms, verbs = self.scan, self.scan.forms, self.scan.verbs
        begin, end = scan.bounds[index]
        taken = {token for attribution in found for token in range(attribution.hit.first, attribution.hit.last + 1)}
        for token in range(begin, end - 1):
            if forms[token] not in _QUOTE_ENDS:
                continue
            verb = token + 1
            while verb < end - 1 and forms[verb] in (",", "l'", "s'", "se", "lui", "leur"):
                verb += 1
            if verb in taken or not verbs.is_finite(forms[verb]):
                continue
            last = verb
            if forms[verb] in ("a", "ont", "avait", "avaient", "est", "s'est") and verb + 1 < end:
                if not verbs.is_past_participle(forms[verb + 1]):
                    continue
                last = verb + 1
            group = VerbGroup(verb, last, "", frozenset(("indicative-present",)), "active", False)
            hit = Hit(INCISE, index, verb, last, scan.starts[verb], scan.ends[last], group)
            subject = self._inverted(hit) or self._right(hit, mentions)
            if subject is not None and (isinstance(subject, Pronoun) or subject.kind != "document"):
                parties = self._coordinated(mentions, subject) if isinstance(subject, Mention) else [subject]
                yield Attribution(hit, tuple((party, "speaker") for party in parties), "incise")

    def _is_told(self, hit: Hit, found: Sequence[Attribution]) -> bool:
        """Whether an act is part of what somebody else reports, rather than joined to it by "et"."""
        if not any(attribution.frame in ("frame", "clause") for attribution in found):
            return False
        return "et" not in self.scan.forms[max(found[-1].hit.last + 1, hit.first - 6) : hit.first]

    # --- "selon X", "d'après X", "de source policière" --------------------------------------------------------------

    def _prepositional(self, hit: Hit, mentions: Sequence[Mention]) -> Attribution | None:
        entry = hit.entry
        if entry.direction == "sentence":  # needs no source: "apprend-on"
            return Attribution(hit, (), "frame")
        if entry.direction == "backward":
            subject = self._left(hit, hit.first, mentions)
            return Attribution(hit, ((subject, "speaker"),), "object") if subject else None
        after = hit.last + 1
        limit = self.scan.bounds[hit.sentence][1]
        forms = self.scan.forms
        start = after
        while after < limit and forms[after] in _BEFORE_PARTY and after - start < 3:
            after += 1
        parties = self._parties(mentions, start, after) or self._parties(mentions, hit.first + 1, hit.last)
        if parties:
            return Attribution(hit, tuple((party, "speaker") for party in parties), "frame")
        if after < limit and (forms[after] in PRONOUNS or forms[start] in PRONOUNS):
            token = after if forms[after] in PRONOUNS else start
            return Attribution(hit, ((self._pronoun(token), "speaker"),), "frame")
        return None

    def _parties(self, mentions: Sequence[Mention], start: int, head: int) -> list[Mention]:
        """The mention that begins here, with those coordinated to it ("selon Reuters et l'AFP")."""
        parties: list[Mention] = []
        listed: list[Mention] = []  # after a comma: parties only once an "et" closes the list
        for mention in mentions:
            if not parties and (start <= mention.first <= head or mention.first < start <= mention.head):
                parties.append(mention)
            elif parties and mention.first > parties[-1].last:
                gap = self.scan.forms[(listed or parties)[-1].last + 1 : mention.first]
                if "et" in gap and len(gap) <= 3 and all(form in ARTICLES or form in _LIST_WORDS for form in gap):
                    parties += [*listed, mention]
                    listed = []
                elif gap in ([","], [",", "de"], [",", "d'"]):
                    listed.append(mention)
                else:
                    break
        return parties

    # --- verbs
    # ---------------------------------------------------------------------------------------------------------

    def _verbal(self, hit: Hit, mentions: Sequence[Mention], earlier: Sequence[Attribution]) -> Attribution | None:
        group = hit.group
        assert group is not None
        frames = hit.entry.frames
        if group.voice in ("bare", "passive"):
            agents = self._agents(hit, mentions)
            if agents:
                relayed = [m for m in mentions if m.last == group.first - 1 and m.kind in ("anonymous", "role")]
                return Attribution(hit, tuple((party, "speaker") for party in (*relayed, *agents)), "agent")
            if group.voice == "bare" or "agent" not in frames:
                return None
            return Attribution(hit, (), "agent")
        frame = self._frame(hit, mentions)
        subject = self._inverted(hit) or (self._right(hit, mentions) if frame == "incise" else None)
        if (subject is None and frame != "incise") or (subject is None and self._left_adjacent(hit, mentions)):
            subject = self._left(hit, group.first, mentions)
        if frames and frame not in frames:
            return None
        if frame == "object" and subject is None:
            return None
        parties: list[Mention | Pronoun] = []
        if isinstance(subject, Mention):
            parties = list(self._coordinated(mentions, subject))
        elif subject is not None:
            parties = [subject]
        elif earlier and not group.negated and self._continues(earlier[-1], group.first):
            parties = [party for party, role in earlier[-1].sources if role == "speaker"]
        recipients = self._recipients(hit, mentions)
        parties = [party for party in parties if party not in recipients]
        sources = [(party, "speaker") for party in parties] + [(party, "recipient") for party in recipients]
        return Attribution(hit, tuple(sources), frame)

    def _frame(self, hit: Hit, mentions: Sequence[Mention]) -> str:
        """How the reported content stands to the verb."""
        scan, forms = self.scan, self.scan.forms
        begin, end = scan.bounds[hit.sentence]
        assert hit.group is not None
        first = hit.group.first
        if self._inverted(hit):
            return "incise"
        after = hit.last + 1
        while after < end and after - hit.last < 12 and (forms[after] in _TIME or forms[after].endswith("ment")):
            after += 1
        following = forms[after] if after < end else ""
        before = forms[first - 1] if first > begin else ""
        if before in _CLOSERS and any(after - 6 <= m.first <= after + 1 and m.first > hit.last for m in mentions):
            if not self._left_adjacent(hit, mentions) and following not in ("que", "qu'"):
                return "incise"
        if before == "l'" and first - 1 > begin and forms[first - 2] == "comme":
            return "incise"
        near = forms[hit.last + 1 : min(end, hit.last + 14)]
        that = next((position for position, form in enumerate(near) if form in ("que", "qu'")), -1)
        if that >= 0 and not any(map(scan.verbs.is_finite_unambiguous, near[:that])):
            return "clause"
        if ":" in forms[after : min(end, after + 16)] or not _OPENERS.isdisjoint(forms[after : min(end, after + 8)]):
            return "quote"
        if following in _BEFORE_INFINITIVE:
            position = after
            while position < end and forms[position] in _TO_INFINITIVE:
                position += 1
            if position < end and scan.verbs.is_infinitive(forms[position]):
                return "infinitive"
        if following and scan.verbs.is_infinitive(following):
            return "infinitive"
        if before in ("»", "”", '"') or (before == "," and first - 1 > begin and forms[first - 2] in ("»", "”", '"')):
            return "incise"
        return "object"

    def _inverted(self, hit: Hit) -> Pronoun | None:
        """The pronoun of "a-t-il dit", "précise-t-elle"."""
        forms = self.scan.forms
        assert hit.group is not None
        end = self.scan.bounds[hit.sentence][1]
        for position in range(hit.group.first + 1, min(end, hit.last + 5)):  # "précise", "-", "t", "-", "elle"
            if forms[position - 1] == "-" and (forms[position] in PRONOUNS or forms[position] == "on"):
                return self._pronoun(position)
        return None

    def _right(self, hit: Hit, mentions: Sequence[Mention]) -> Mention | None:
        """The subject after the verb of an incise: "a déclaré mardi la préfète"."""
        forms, last = self.scan.forms, hit.last
        for mention in mentions:
            if mention.first <= last:
                continue
            gap = forms[last + 1 : mention.first]
            if mention.kind == "outlet" and (gap[-1:] in (["à"], ["auprès"]) or forms[mention.first] in ("au", "aux")):
                last = mention.last  # "a déclaré à l'AFP la préfète": the recipient stands before the subject
                continue
            if len(gap) <= 6 and all(form in _TIME or form in ARTICLES or form in _OPENERS for form in gap):
                return mention
            return None
        return None

    def _left_adjacent(self, hit: Hit, mentions: Sequence[Mention]) -> bool:
        assert hit.group is not None
        return any(mention.last == hit.group.first - 1 for mention in mentions)

    def _left(self, hit: Hit, first: int, mentions: Sequence[Mention]) -> Mention | Pronoun | None:
        """The subject before the verb: past clitics, appositions between commas, and "qui"."""
        forms = self.scan.forms
        begin = self.scan.bounds[hit.sentence][0]
        position = first - 1
        while position >= begin and forms[position] in (
            "l'",
            "le",
            "la",
            "les",
            "lui",
            "leur",
            "y",
            "en",
            "ne",
            "n'",
            "se",
            "s'",
            "eux",
            "elle",
            "elles",
            "-",
            "même",
            "mêmes",
        ):
            if forms[position] in ("elle", "elles") and forms[position + 1] != "-":
                return self._pronoun(position)
            position -= 1
        if position < begin:
            return None
        form = forms[position]
        if form in _NOBODY:
            return Pronoun(position, "", plural=False, nobody=True)
        if form in PRONOUNS:
            return self._pronoun(position)
        relative = form == "qui"
        if relative:
            position -= 1
            if position >= begin and forms[position] == ",":
                position -= 1
        best: Mention | None = None
        for mention in reversed(mentions):
            if mention.first > position or position - mention.last > _MAX_SUBJECT_GAP:
                continue
            adjacent = mention.last >= position or (relative and mention.last >= position - 1)
            if self._is_governed(mention, begin) and not (relative and adjacent):
                continue
            if adjacent:
                return mention
            between = forms[mention.last + 1 : position + 1]
            if any(form in (";", ":", "»", "«") for form in between):
                break
            best = mention
            if not any(form == "," for form in between) or between.count(",") >= 2 or between[0] == ",":
                break
        if best is None:
            for token in range(position, max(begin, position - 14) - 1, -1):
                if forms[token] in ("il", "elle", "ils", "elles"):
                    return self._pronoun(token)
        return best

    def _is_governed(self, mention: Mention, begin: int) -> bool:
        forms = self.scan.forms
        if forms[mention.first] in ("du", "au", "aux"):
            return True
        return mention.first > begin and forms[mention.first - 1] in _GOVERNING

    def _coordinated(self, mentions: Sequence[Mention], subject: Mention) -> list[Mention]:
        """The subject and those joined to it on its left by "et" or a comma list ending in "et"."""
        forms = self.scan.forms
        parties = [subject]
        for mention in reversed(mentions):
            if mention.last < parties[0].first:
                gap = forms[mention.last + 1 : parties[0].first]
                if gap in (["et"], ["et", "de"]) or (len(parties) > 1 and gap == [","]):
                    parties.insert(0, mention)
                else:
                    break
        return parties

    def _agents(self, hit: Hit, mentions: Sequence[Mention]) -> list[Mention]:
        """After a passive: "cité par CNN", "confirmé mardi par le parquet"."""
        forms = self.scan.forms
        end = self.scan.bounds[hit.sentence][1]
        for position in range(hit.last + 1, min(end, hit.last + 7)):
            if forms[position] == "par":
                return self._parties(mentions, position + 1, position + 3)
            if forms[position] not in _TIME and not forms[position].endswith("ment"):
                break
        return []

    def _recipients(self, hit: Hit, mentions: Sequence[Mention]) -> list[Mention]:
        """Outlets that merely received the words: "a déclaré à l'AFP", "au micro de RTL"."""
        forms = self.scan.forms
        begin = self.scan.bounds[hit.sentence][0]
        found = []
        for mention in mentions:
            if mention.kind != "outlet" or not 0 < mention.first - hit.last < 10:
                continue
            before = " ".join(forms[max(begin, mention.first - 3) : mention.first + 1])
            if forms[mention.first] in ("au", "aux") or any(
                mark in f" {before} "
                for mark in (" à ", " auprès de ", " auprès d' ", " micro de ", " antenne de ", " au ", " par ")
            ):
                found.append(mention)
        return found

    def _continues(self, earlier: Attribution, first: int) -> bool:
        """Whether a verb without subject goes on with the speaker of the one before: "a nié et a assuré que"."""
        return first - earlier.hit.last <= _MAX_SUBJECT_GAP

    def _pronoun(self, token: int) -> Pronoun:
        form = self.scan.forms[token]
        return Pronoun(token, PRONOUNS.get(form, ""), form in _PLURAL_PRONOUNS, nobody=form in _NOBODY)
