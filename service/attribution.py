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
# What "on" may do and yet be a source nobody can name: "on craint", "apprend-on". "On dénombre" is the author's own voice.
_NOBODY_SAYS = frozenset(
    "dire craindre redouter murmurer apprendre soupçonner penser croire estimer raconter chuchoter accuser reprocher "
    "prêter évoquer parler affirmer assurer laisser supposer prétendre".split()
)
_SPEAKERS_THEMSELVES = frozenset("je j' tu nous vous".split())  # their own quotation has its speaker elsewhere
_NOBODY = frozenset(("on", "ce", "cela", "ça", "c'", "ceci"))
_GOVERNING = frozenset(
    "à au aux de du d' par pour avec sans dans en sur contre chez vers entre sous depuis devant selon "
    "malgré après avant lors face".split()
)
_TIME = frozenset(
    "lundi mardi mercredi jeudi vendredi samedi dimanche hier aujourd' hui ce cet cette matin soir après "
    "midi - également aussi encore ainsi notamment alors enfin déjà dans en fin de la journée soirée "
    "matinée immédiatement aussitôt, récemment officiellement clairement toutefois cependant pour sa leur "
    "part à nouveau toujours au contraire revanche même temps".split()
)
_OPENERS = frozenset(("«", '"', "“", "„"))
_CLOSERS = frozenset(("»", '"', "”", ",", "!", "?", "…", "—", "–"))
_BEFORE_INFINITIVE = frozenset("de d' à ne n' avoir être s' se".split())
_TO_INFINITIVE = frozenset("de d' à ne n' pas s' se en y l' le la".split())
_LIST_WORDS = frozenset((",", "et", "d'", "de", "par", "selon"))
_QUOTE_STARTS = frozenset(("«", "“", "„", '"'))
_SAYING = frozenset(
    "savoir remarquer observer valoir entendre part état mention connaître".split()
)  # "fait savoir la mairie"
_EXPLICIT = frozenset("explicite clair claire formel formelle catégorique ferme direct directe cash".split())
_DATE_WORDS = _TIME | frozenset(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)
_COPULAS = frozenset("est sont était étaient sera seront serait fut reste semble va vont".split())
# What somebody publishes or sends to speak through it.
_PUBLISHED = frozenset(
    "communiqué communiqués lettre courrier courriel tweet message post tribune livre rapport déclaration note entretien "
    "interview discours article billet mémoires vidéo étude document avis décision texte".split()
)
_QUOTE_ENDS = frozenset(("»", "”", '"'))
# The verb of an incise that the lexicon does not know as a verb of saying.
INCISE = CueEntry("incise", "attribution", categories=("attribution",))
_SUBORDINATING = frozenset(
    "dès alors après avant tandis bien parce afin sans depuis pendant plus moins autre même ainsi tant lors puis maintenant "
    "aussi outre ne n' pour".split()
)
_BEFORE_PARTY = ARTICLES | {"«", '"', "“", "même"}
_MAX_SUBJECT_GAP = 40  # tokens between a subject and its verb


class Pronoun(NamedTuple):
    """A pronoun in the place of a source: token, gender and number; ``nobody`` for "on", "il se dit"."""

    token: int
    gender: str
    plural: bool
    nobody: bool = False


Parties = tuple[tuple[Mention | Pronoun, str], ...]


class Attribution(NamedTuple):
    """One attributing expression and the sources found for it; ``role`` is speaker, recipient or medium."""

    hit: Hit
    sources: Parties
    frame: str  # clause | quote | incise | infinitive | object | agent | frame (a preposition)


def _with(attribution: Attribution, mention: Mention, role: str) -> Attribution:
    return attribution._replace(sources=(*attribution.sources, (mention, role)))


def _somebody(sources: Parties) -> Parties:
    """Without the "on" of "apprend-on de source judiciaire": the sentence has a source."""
    return tuple([(party, role) for party, role in sources if not (isinstance(party, Pronoun) and party.nobody)])


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
            if attribution and self._is_said(attribution):
                found.append(attribution)
        if any(isinstance(party, Mention) for attribution in found for party, _ in attribution.sources):
            found = [attribution._replace(sources=_somebody(attribution.sources)) for attribution in found]
        begin, limit = self.scan.spans[index]
        if any(self.scan.text.find(mark, begin, limit) >= 0 for mark in _QUOTE_ENDS):
            found += self._incises(index, mentions, found)
            found.sort(key=lambda attribution: attribution.hit.first)
        if not found and any(self.scan.text.find(mark, begin, limit) >= 0 for mark in _QUOTE_STARTS):
            found += self._quoting(index, mentions)
        if not found:
            found += self._announcing(index, mentions)
        self._media(mentions, found)
        return found

    def _announcing(self, index: int, mentions: Sequence[Mention]) -> Iterator[Attribution]:
        """A sentence that ends with a colon hands over to the words that follow: "Le ministre est plus explicite :"."""
        scan, forms = self.scan, self.scan.forms
        begin, end = scan.bounds[index]
        if forms[end - 1] != ":" or not mentions:
            return
        for token in range(mentions[0].last + 1, end - 1):
            if scan.verbs.is_verbal(forms[token]) and not scan.capitals[token]:
                if forms[token] in _COPULAS and _EXPLICIT.isdisjoint(forms[token:end]):
                    return
                group = VerbGroup(token, token, "", frozenset(("indicative-present",)), "active", False)
                hit = Hit(INCISE, index, token, token, scan.starts[token], scan.ends[token], group)
                subject = self._left(hit, token, mentions)
                if isinstance(subject, Mention) and subject.kind in ("person", "institution", "role"):
                    yield Attribution(hit, ((subject, "speaker"),), "quote")
                return

    def _is_said(self, attribution: Attribution) -> bool:
        """Whether somebody else speaks: not the author ("on dénombre", "rappelons que") nor a speaker about himself."""
        group = attribution.hit.group
        if group is None:
            return True
        forms = self.scan.forms
        first = group.first
        if first and forms[first - 1] in _SPEAKERS_THEMSELVES:
            if forms[first - 1] not in ("nous", "vous") or forms[first].endswith(("ons", "ez")):
                return False  # "Migros nous a répondu" has Migros as its subject
        parties = [party for party, _ in attribution.sources]
        if not parties:
            return not forms[group.last].endswith(("ons", "ez"))
        nobody = all(isinstance(party, Pronoun) and party.nobody for party in parties)
        return not nobody or group.lemma in _NOBODY_SAYS

    def _quoting(self, index: int, mentions: Sequence[Mention]) -> Iterator[Attribution]:
        """A verb that the lexicon does not know, between somebody and the words quoted after it: "a enjoint au ministre
        de « prendre des mesures »".
        """
        scan, forms = self.scan, self.scan.forms
        begin, end = scan.bounds[index]
        opening = next((token for token in range(begin + 2, end) if forms[token] in _QUOTE_STARTS), -1)
        if opening < 0 or opening + 3 >= end or any(form in _QUOTE_ENDS for form in forms[opening + 1 : opening + 5]):
            return
        for token in range(begin + 1, opening):
            last = token
            if forms[token] in ("a", "ont", "avait", "avaient"):
                last = next(
                    (t for t in range(token + 1, min(opening, token + 5)) if scan.verbs.is_past_participle(forms[t])),
                    -1,
                )
                if last < 0 or "été" in forms[token : last + 1]:
                    return
            elif not scan.verbs.is_verbal(forms[token]) or scan.capitals[token]:
                continue
            if forms[token] in _COPULAS:
                return
            group = VerbGroup(token, last, "", frozenset(("indicative-present",)), "active", False)
            hit = Hit(INCISE, index, token, last, scan.starts[token], scan.ends[last], group)
            subject = self._left(hit, token, mentions)
            if isinstance(subject, Pronoun) and not subject.nobody:
                yield Attribution(hit, ((subject, "speaker"),), "quote")
            elif isinstance(subject, Mention) and subject.kind != "anonymous":
                parties = self._coordinated(mentions, subject)
                yield Attribution(hit, tuple([(party, "speaker") for party in parties]), "quote")
            return

    def _media(self, mentions: Sequence[Mention], found: list[Attribution]) -> None:
        """Where the words were said, added to the first attribution that has a speaker: "dans un communiqué", "sur LCI"."""
        forms = self.scan.forms
        place = next((i for i, a in enumerate(found) if any(role == "speaker" for _, role in a.sources)), -1)
        if place < 0:
            return
        used = {party for attribution in found for party, _ in attribution.sources}
        for mention in mentions:
            if mention in used or mention.kind not in ("outlet", "document") or not mention.first:
                continue
            before = forms[mention.first - 1]
            if mention.kind == "outlet" and before in ("sur", "dans", "chez"):
                found[place] = _with(found[place], mention, "recipient")
            elif mention.kind == "document" and (before in ("dans", "via") or (before == "par" and mention.bare)):
                if forms[mention.head] in _PUBLISHED:
                    found[place] = _with(found[place], mention, "medium")

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
            if forms[verb] in ("a", "ont", "avait", "avaient", "est") and verb + 1 < end:
                if forms[verb] == "est" and forms[verb - 1] != "s'":
                    continue
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
        if entry.party == "named":
            parties = parties or self._parties(mentions, start, after + 1)  # "pour le navigateur Loïc Peyrat"
            parties = [party for party in parties if self._is_named(party)]
        if parties:
            return Attribution(hit, tuple((party, "speaker") for party in parties), "frame")
        if after < limit and (forms[after] in PRONOUNS or forms[start] in PRONOUNS):
            token = after if forms[after] in PRONOUNS else start
            return Attribution(hit, ((self._pronoun(token), "speaker"),), "frame")
        return None

    def _is_named(self, party: Mention) -> bool:
        if party.kind == "person":
            return len(party.names) > 1
        return party.kind in ("institution", "outlet") and (bool(party.names) or self.scan.capitals[party.head])

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
            if following not in ("que", "qu'") and not self._has_subject_before(hit, mentions):
                return "incise"
        if before == "l'" and first - 1 > begin and forms[first - 2] == "comme":
            return "incise"
        near = forms[hit.last + 1 : min(end, hit.last + 14)]
        that = next((i for i, form in enumerate(near) if form in ("que", "qu'") and (not i or near[i - 1] not in _SUBORDINATING)), -1)
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
            if len(gap) <= 6 and all(
                form in _TIME or form in ARTICLES or form in _SAYING or form in _OPENERS for form in gap
            ):
                return mention
            return None
        return None

    def _has_subject_before(self, hit: Hit, mentions: Sequence[Mention]) -> bool:
        """Whether the verb follows its subject, at once or after an apposition or an aside between commas."""
        assert hit.group is not None
        if self._left_adjacent(hit, mentions):
            return True
        subject = self._left(hit, hit.group.first, mentions)
        return (
            isinstance(subject, Mention)
            and self.scan.forms[hit.group.first - 1] == ","
            and self.scan.forms[subject.last + 1] == ","
            and subject.last + 1 < hit.group.first - 1
        )

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
            if between[0] != "," and any(form in (";", ":", "»", "«") for form in between):
                if form == ",":
                    continue  # inside an apposition: "Claire Roux, figure « modérée » du parti, affirme"
                break
            if any(map(self.scan.verbs.is_finite_unambiguous, between)) and not self._is_certain(hit):
                break  # "ses médecins avaient annoncé un état critique"
            best = mention
            if not any(form == "," for form in between) or between.count(",") >= 2 or between[0] == ",":
                break
        if best is None:
            for token in range(position, max(begin, position - 14) - 1, -1):
                if forms[token] in ("il", "elle", "ils", "elles"):
                    return self._pronoun(token)
        return best

    def _is_certain(self, hit: Hit) -> bool:
        """Whether the verb can be nothing but a verb, or has its auxiliary."""
        group = hit.group
        return (
            group is None
            or group.compound
            or "infinitive" in group.moods
            or self.scan.verbs.is_finite_unambiguous(self.scan.forms[group.last])
        )

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
        for position in range(hit.last + 1, min(end, hit.last + 8)):
            if forms[position] == "par":
                return self._parties(mentions, position + 1, position + 3)
            form = forms[position]
            if form not in _DATE_WORDS and not form.isdigit() and not form.endswith("ment"):
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
