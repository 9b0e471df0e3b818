"""Within one sentence: which words attribute, and which mention or pronoun they attribute to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from service.asides import past_aside, past_date, past_manner
from service.bearers import ARTICLES, Mention, near
from service.carriers import add_authors, add_media, recipients, without_vessel
from service.entry import CueEntry
from service.heads import QUOTE_ENDS, QUOTE_STARTS
from service.incises import IncisesFinder
from service.nobody import of_somebody, only_tells_which, says_nobody
from service.scan import Hit, Scan
from service.subjects import Attribution, Pronoun, SubjectFinder

# What "on" may do and be a source nobody can name: "on craint", "apprend-on". "On dénombre" is the author's own voice.
_NOBODY_SAYS: Final = frozenset(
    "dire craindre redouter murmurer apprendre soupçonner penser croire estimer raconter chuchoter accuser reprocher "
    "prêter évoquer parler affirmer assurer laisser supposer prétendre indiquer expliquer répondre confirmer promettre "
    "jurer attribuer seriner répéter signaler rapporter".split()
)
_SPEAKERS_THEMSELVES: Final = frozenset("je j' tu nous vous".split())  # their own quotation has its speaker elsewhere
_TIME: Final = frozenset(
    "lundi mardi mercredi jeudi vendredi samedi dimanche hier aujourd' hui ce cet cette matin soir après "
    "midi - également aussi encore ainsi notamment alors enfin déjà dans en fin de la journée soirée "
    "matinée immédiatement aussitôt récemment officiellement clairement toutefois cependant pour sa leur "
    "part à nouveau toujours au contraire revanche même temps pourtant néanmoins ensuite volontiers plutôt".split()
)
_DATE_WORDS: Final = _TIME | frozenset(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre depuis des années mois "
    "longtemps l' plusieurs semaines jours".split()
)
_CLOSERS: Final = frozenset(("»", '"', "”", ",", "!", "?", "…", "—", "–"))
_BEFORE_INFINITIVE: Final = frozenset("de d' à ne n' avoir être s' se".split())
_CLITIC_OBJECTS: Final = frozenset("lui leur les le la l' y en se s'".split())
_TO_INFINITIVE: Final = frozenset("de d' à ne n' pas plus jamais s' se en y l' le la les lui leur".split())
_INVERTING: Final = frozenset((("comme", "l'"), ("comme", "le"), ("ce", "qu'"), ("ce", "que")))  # the subject follows
_SUBORDINATING: Final = frozenset(
    "dès alors après avant tandis bien parce afin sans depuis pendant plus moins autre même ainsi tant lors puis "
    "maintenant aussi outre ne n' pour".split()
)
_ALSO: Final = frozenset(("aussi", "même", "maintenant"))
_DAY: Final = frozenset(("jour", "soir", "matin", "hui"))
_OTHER_CLAUSE: Final = frozenset(("où", "qui", "dont", ";"))  # a "que" after it does not belong to the verb before
_RELAYING: Final = frozenset("citer relayer interroger contacter joindre rencontrer".split())
_TO_WHOM: Final = frozenset(("nous", "vous", "lui", "leur", "m'", "t'"))
_BEFORE_PARTY: Final = ARTICLES | {"«", '"', "“", "même"}
_COORDINATING: Final = frozenset(("et", "mais", "puis"))
_MAX_CONTINUATION: Final = 40  # tokens between two verbs of one subject
# Between such a passive and its agent stands how it is judged: "jugé suffisant par", "classé comme « X » par".
_JUDGES: Final = frozenset(
    "juger qualifier considérer décrire présenter percevoir classer estimer évaluer chiffrer interpréter".split()
)
_MAX_JUDGEMENT: Final = 9  # tokens of it
_MAX_QUOTED: Final = 20  # tokens of it that are quoted


def _opens_another(words: Sequence[str]) -> bool:
    """Whether "que" after these words opens no content: "alors que", "avant même que"; but "dit aussi que" does."""
    if not words or words[-1] not in _SUBORDINATING:
        return False
    return words[-1] not in _ALSO or (words[-1] == "même" and len(words) > 1 and words[-2] not in _DAY)


def _may_be_subject(entry: CueEntry, parties: Sequence[Mention | Pronoun]) -> bool:
    """Whether the entry takes any subject, or one of ``parties`` is of a kind that it asks for; "il" is a person."""
    return not entry.subject or any(
        party.kind in entry.subject if isinstance(party, Mention) else "person" in entry.subject and not party.nobody
        for party in parties
    )


class AttributionFinder:
    """Finds the attributions of one sentence at a time."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self.subjects = SubjectFinder(scan)
        self.incises = IncisesFinder(scan, self.subjects)

    def find(self, index: int, mentions: Sequence[Mention]) -> list[Attribution]:
        """Attributions of sentence ``index`` whose expression really attributes, in reading order."""
        found: list[Attribution] = []
        told = False
        for hit in self.scan.hits[index]:
            if "attribution" not in hit.entry.categories and not hit.entry.frames:
                continue
            if found and found[-1].hit.first == hit.first and found[-1].hit.last == hit.last:
                continue  # another entry of the same verb already fits the frame
            if told and hit.entry.kind == "claim" and not self._is_joined(hit, found[-1]) and not self._inverts(hit):
                continue  # an act told by somebody: "selon Reuters, X a proposé…" has Reuters as its source
            if hit.entry.kind == "claim" and self._tells_which(hit):
                continue
            if hit.group is not None and says_nobody(self.scan, hit, hit.group):
                continue
            nearby = near(mentions, hit)
            attribution = self._verbal(hit, nearby, found) if hit.group else self._prepositional(hit, nearby)
            if attribution and self._is_said(attribution):
                found.append(attribution)
                told = told or (attribution.frame in ("frame", "clause") and not hit.entry.unmarked)
        if len(found) > 1:
            found = [attribution for attribution in found if not only_tells_which(attribution)] or found
        if any(isinstance(party, Mention) for attribution in found for party, _ in attribution.sources):
            told = any(attribution.frame == "frame" and attribution.sources for attribution in found)
            found = [of_somebody(attribution, told) for attribution in found]
            found = [without_vessel(attribution, found) for attribution in found]
        begin, end = self.scan.bounds[index]
        forms = self.scan.forms[begin:end]
        if not QUOTE_ENDS.isdisjoint(forms):
            found += self.incises.incises(index, mentions, found)
            found.sort(key=lambda attribution: attribution.hit.first)
        if not found and not QUOTE_STARTS.isdisjoint(forms):
            incises = self.incises
            found += (
                incises.titled(index, mentions)
                or incises.half_quoted(index, mentions)
                or incises.quoting(index, mentions)
            )
        if not found:
            found += self.incises.announcing(index, mentions)
            found += self.incises.signing(index, mentions) or self.incises.bracketed(index, mentions)
        add_media(self.scan, mentions, found)
        add_authors(self.scan, mentions, found)
        return found

    def _inverts(self, hit: Hit) -> bool:
        """Whether the subject follows, in a comparison of its own: "contrairement à ce qu'avait annoncé le maire"."""
        first = hit.first if hit.group is None else hit.group.first
        return first - 1 > self.scan.bounds[hit.sentence][0] and tuple(self.scan.forms[first - 2 : first]) in _INVERTING

    def _tells_which(self, hit: Hit) -> bool:
        """Whether an act only says who is meant ("la loi qui autorise…"), quoting nobody ("qui souhaite « … »")."""
        forms = self.scan.forms
        is_relative = hit.group is not None and forms[hit.group.first - 1] == "qui"
        return is_relative and QUOTE_STARTS.isdisjoint(forms[hit.last + 1 : hit.last + 2])

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
        if self._asks(attribution.hit, parties):
            return False
        if group.lemma in _NOBODY_SAYS:
            return True
        return not all(isinstance(party, Pronoun) and party.nobody for party in parties)

    def _asks(self, hit: Hit, parties: Sequence[Mention | Pronoun]) -> bool:
        """Whether the verb asks: "Les distributeurs ont-ils communiqué leurs pertes ?"."""
        if self.scan.forms[self.scan.bounds[hit.sentence][1] - 1] != "?":
            return False
        assert hit.group is not None
        return any(isinstance(party, Pronoun) and party.token >= hit.group.first for party in parties)

    def _is_joined(self, hit: Hit, before: Attribution) -> bool:
        """Whether an act is joined to an attribution by "et" rather than part of what is reported."""
        return "et" in self.scan.forms[max(before.hit.last + 1, hit.first - 6) : hit.first]

    # --- "selon X", "d'après X", "de source policière" --------------------------------------------------------------

    def _prepositional(self, hit: Hit, mentions: Sequence[Mention]) -> Attribution | None:
        entry = hit.entry
        if entry.direction == "sentence":  # needs no source: "apprend-on"
            return Attribution(hit, (), "frame")
        if entry.direction == "backward":
            subject = self.subjects.left(hit, hit.first, mentions)
            if subject is None or not _may_be_subject(entry, (subject,)):
                return None
            return Attribution(hit, ((subject, "speaker"),), "object")
        after = hit.last + 1
        limit = self.scan.bounds[hit.sentence][1]
        forms = self.scan.forms
        start = after
        if entry.party == "named" and forms[start : start + 1] in (["de"], ["d'"]):
            start = after = start + 1  # "les aveux de Paul Brun"
        while after < limit and forms[after] in _BEFORE_PARTY and after - start < 3:
            after += 1
        here = self.subjects.parties
        parties = here(mentions, start, after) or here(mentions, hit.first + 1, hit.last)
        if entry.party == "named":
            parties = parties or here(mentions, start, after + 1)  # "pour le navigateur Loïc Peyrat"
            parties = [party for party in parties if self._is_named(party) and _may_be_subject(entry, (party,))]
        if parties:
            return Attribution(hit, tuple((party, "speaker") for party in parties), "frame")
        token = next((t for t in (after, start) if t < limit and self.subjects.is_pronoun(t)), -1)
        if token >= 0:
            return Attribution(hit, ((self.subjects.pronoun(token), "speaker"),), "frame")
        return None

    def _is_named(self, party: Mention) -> bool:
        if party.kind == "person":
            return len(party.names) > 1
        if party.kind not in ("institution", "outlet") or not (party.names or self.scan.capitals[party.head]):
            return False
        # "Pour l'Italie, l'année fut bonne": a country may only be whom it concerns
        is_country = not party.entry and len(party.names) == 1 and party.determiner in ARTICLES
        return not is_country or self.scan.word(party.head).isupper()

    # --- verbs
    # ---------------------------------------------------------------------------------------------------------

    def _verbal(self, hit: Hit, mentions: Sequence[Mention], earlier: Sequence[Attribution]) -> Attribution | None:
        group = hit.group
        assert group is not None
        frames = hit.entry.frames
        if group.voice in ("bare", "passive"):
            agents = self._agents(hit, mentions)
            if agents:
                if not _may_be_subject(hit.entry, agents):
                    return None
                relayed = [
                    m
                    for m in mentions
                    if m.last == group.first - 1
                    and m.kind in ("anonymous", "role")
                    and m.entry != "source-informations"  # "les informations révélées par X" are X's
                    and (m.kind == "anonymous" or group.lemma in _RELAYING)  # "le maire, accusé par X", does not speak
                ]
                return Attribution(hit, tuple((party, "speaker") for party in (*relayed, *agents)), "agent")
            if "agent" not in frames:
                return None
            return Attribution(hit, (), "agent")
        frame = self._frame(hit, mentions)
        subject = self.subjects.inverted(hit) or (self.subjects.right(hit, mentions) if frame == "incise" else None)
        if subject is None and (frame != "incise" or self.subjects.is_adjacent(hit, mentions)):
            if not self._shares_subject(hit, mentions, earlier):
                subject = self.subjects.left(hit, group.first, mentions)
        if frames and frame not in frames:
            return None
        if frame == "object" and subject is None:
            if not earlier or self.scan.forms[group.first - 1] not in _COORDINATING:
                return None
        parties: list[Mention | Pronoun] = []
        if isinstance(subject, Pronoun) and subject.nobody:
            subject = self.subjects.side(hit, mentions, subject.token >= group.first) or subject
        if isinstance(subject, Mention):
            parties = list(self.subjects.joined(hit, mentions, subject))
        elif subject is not None:
            parties = [subject]
        elif earlier and not group.negated and self._continues(earlier[-1], group.first):
            parties = [party for party, role in earlier[-1].sources if role == "speaker"]
        if hit.entry.party:  # whom somebody cites speaks as well: "Reuters, qui cite un officier"
            parties += self.subjects.parties(mentions, hit.last + 1, hit.last + 4)
        if not _may_be_subject(hit.entry, parties):
            return None
        heard = recipients(self.scan, hit, mentions)
        parties = [party for party in parties if party not in heard]
        sources = [(party, "speaker") for party in parties] + [(party, "recipient") for party in heard]
        return Attribution(hit, tuple(sources), frame)

    def _frame(self, hit: Hit, mentions: Sequence[Mention]) -> str:
        """How the reported content stands to the verb."""
        scan, forms = self.scan, self.scan.forms
        begin, end = scan.bounds[hit.sentence]
        assert hit.group is not None
        first = hit.group.first
        if self.subjects.inverted(hit):
            return "incise"
        after = past_aside(scan, hit.last + 1, end)
        while after < end and after - hit.last < 12 and (forms[after] in _TIME or forms[after].endswith("ment")):
            after += 1
        following = forms[after] if after < end else ""
        before = forms[first - 1] if first > begin else ""
        if before in _TO_WHOM and first - 1 > begin:
            before = forms[first - 2]  # "Le tireur, nous apprend la Gazette, a fui"
        if before in QUOTE_ENDS and self.subjects.is_adjacent(hit, mentions):
            before = ""  # the mark ends the name of the subject: "l'agence « Bloomberg » a révélé"
        if before in _CLOSERS:
            after = past_date(scan, hit.sentence, past_manner(scan, after, end, mentions))
        if before in _CLOSERS and any(after - 6 <= m.first <= after + 1 and m.first > hit.last for m in mentions):
            says = following in ("que", "qu'") or scan.verbs.is_infinitive(following)  # what is said follows
            if not says and not self.subjects.is_before(hit, mentions):
                return "incise"
        if self._inverts(hit):
            return "incise"
        window = forms[hit.last + 1 : min(end, hit.last + 14)]
        window = window[: next((i for i, form in enumerate(window) if form in _OTHER_CLAUSE), len(window))]
        that = -1
        if "que" in window or "qu'" in window:
            that = next(
                (i for i, form in enumerate(window) if form in ("que", "qu'") and not _opens_another(window[:i])),
                -1,
            )
        if (
            that >= 0
            and not any(map(scan.verbs.is_finite_unambiguous, window[:that]))
            and not self._is_of_the_next(hit, hit.last + 1 + that)
        ):
            return "clause"
        if following in _BEFORE_INFINITIVE or following in _CLITIC_OBJECTS:
            position = after
            while position < end and forms[position] in _TO_INFINITIVE:
                position += 1
            if position < end and scan.verbs.is_infinitive(forms[position]):
                return "infinitive"
        if following and scan.verbs.is_infinitive(following):
            return "infinitive"
        content = forms[after : min(end, after + 16)]
        if ":" in content or not QUOTE_STARTS.isdisjoint(content[:8]):
            return "quote"
        if before in ("»", "”", '"') or (before == "," and first - 1 > begin and forms[first - 2] in ("»", "”", '"')):
            return "incise"
        return "object"

    def _is_of_the_next(self, hit: Hit, that: int) -> bool:
        """Whether another verb that attributes has the clause: "parle d'une erreur et fait valoir que…"."""
        hits = self.scan.hits[hit.sentence]
        for place in range(self.scan.hit_from(hit.sentence, hit.last + 1), len(hits)):
            other = hits[place]
            if other.first >= that:
                return False
            if other.group is not None and "attribution" in other.entry.categories:
                return True
        return False

    def _agents(self, hit: Hit, mentions: Sequence[Mention]) -> list[Mention]:
        """After a passive: "cité par CNN", "confirmé mardi par le parquet"."""
        forms = self.scan.forms
        end = self.scan.bounds[hit.sentence][1]
        judges = hit.group is not None and hit.group.lemma in _JUDGES
        after = hit.last + 1
        if judges:
            after = self._past_quotation(after, end)
        for position in range(after, min(end, after + (_MAX_JUDGEMENT if judges else 7))):
            form = forms[position]
            if form == "par":
                if judges and position > hit.last + 1 and self.scan.verbs.is_past_participle(forms[position - 1]):
                    break  # "présenté comme attiré par la lutte"
                return self.subjects.parties(mentions, position + 1, position + 3)
            if judges:
                if form in (",", ";", ":", "qui", "que"):
                    break
            elif self.scan.capitals[position] and forms[position - 1] in ("à", "en", "au"):
                continue  # "signalé à Dinant par le parquet"
            elif form not in _DATE_WORDS and form != "au" and not form.isdigit() and not form.endswith("ment"):
                break
        return []

    def _past_quotation(self, token: int, end: int) -> int:
        """The closing mark of what is quoted at ``token``, else ``token``: "décrit comme « équilibré, normal » par"."""
        forms = self.scan.forms
        opening = token + 1 if forms[token : token + 1] == ["comme"] else token
        if QUOTE_STARTS.isdisjoint(forms[opening : opening + 1]):
            return token
        limit = min(end, opening + _MAX_QUOTED)
        return next((position for position in range(opening + 1, limit) if forms[position] in QUOTE_ENDS), token)

    def _shares_subject(self, hit: Hit, mentions: Sequence[Mention], earlier: Sequence[Attribution]) -> bool:
        """Whether a verb after "et" has the subject of the one before: "se montre réservé et parle de deux ans"."""
        assert hit.group is not None
        first = hit.group.first
        if not earlier or not earlier[-1].sources or self.scan.forms[first - 1] not in _COORDINATING:
            return False
        before = earlier[-1].hit.last
        return earlier[-1].frame == "object" and not any(before < mention.first < first for mention in mentions)

    def _continues(self, earlier: Attribution, first: int) -> bool:
        """Whether a verb without subject goes on with the speaker of the one before: "a nié et a assuré que"."""
        return first - earlier.hit.last <= _MAX_CONTINUATION
