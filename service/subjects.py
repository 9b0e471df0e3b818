"""The subject of an attributing verb: a mention or a pronoun, before the verb or after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, NamedTuple

from service.bearers import ARTICLES, Mention
from service.heads import QUOTE_STARTS, before_relative, phrase_before
from service.phrases import OF
from service.scan import Hit, Scan

PRONOUNS: Final = {
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
    "derniers": "m",
    "dernières": "f",
}
_PLURAL_PRONOUNS: Final = frozenset(("ils", "elles", "eux", "derniers", "dernières"))
_NOBODY: Final = frozenset(("on", "ce", "cela", "ça", "c'", "ceci"))
GOVERNING: Final = frozenset(
    "à au aux de du d' par pour avec sans dans en sur contre chez vers entre sous depuis devant selon "
    "malgré après avant lors face".split()
)
_SIDES: Final = frozenset(("chez", "côté", "entourage", "cabinet"))
_CLITICS: Final = frozenset(
    "l' le la les lui leur y en ne n' se s' eux elle elles - même mêmes ci là m' me t' te nous vous".split()
)
# No adverbial between the verb of an incise and its subject holds these: "a déclaré le mois dernier la préfète".
_JOINS: Final = (["et"], ["et", "de"], ["ainsi", "que"], [",", "ainsi", "que"], [",", "dont"])
_LIST_WORDS: Final = frozenset((",", "et", "d'", "de", "par", "selon"))
BOUNDARIES: Final = frozenset((",", ";", ":", "que", "qu'", "«", "»", ".", "et", "mais", "qui"))
_POINTING: Final = frozenset(("ce", "cette", "ces"))
_OPENINGS: Final = (["«"], ["“"], ['"'])
_RELATIVE: Final = frozenset(("qui", "dont", "que", "à", "où"))  # how a relative clause in an aside begins
_MAX_ADVERBIAL: Final = 6  # tokens of such an adverbial
_SINGULAR: Final = frozenset(("a", "avait", "est", "aura"))
_PLURAL: Final = frozenset(("les", "des", "ces", "ses", "leurs", "plusieurs", "quelques"))
_MAX_APPOSITION: Final = 25  # tokens of who somebody is, where the sentence opens with the name
_MAX_SUBJECT_GAP: Final = 40  # tokens between a subject and its verb


class Pronoun(NamedTuple):
    """A pronoun in the place of a source: token, gender and number; ``nobody`` for "on", "il se dit"."""

    token: int
    gender: str
    plural: bool
    nobody: bool = False


Parties = tuple[tuple[Mention | Pronoun, str], ...]


@dataclass(slots=True, eq=False)  # cheaper than a named tuple, see service.scan
class Attribution:
    """One attributing expression and the sources found for it; ``role`` is speaker, recipient or medium."""

    hit: Hit
    sources: Parties
    frame: str  # clause | quote | incise | infinitive | object | agent | frame (a preposition)


def _are_alike(one: Mention, other: Mention) -> bool:
    """Whether two may stand in one list: "selon les sondages, la Ligue et le Front reculent" holds no list of three."""
    return (one.kind in ("document", "anonymous")) == (other.kind in ("document", "anonymous"))


class SubjectFinder:
    """Finds the subjects of the verbs of one document."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan

    def inverted(self, hit: Hit) -> Pronoun | None:
        """The pronoun of "a-t-il dit", "précise-t-elle"."""
        forms = self.scan.forms
        assert hit.group is not None
        after, end = hit.group.first + 1, min(self.scan.bounds[hit.sentence][1], hit.last + 5)
        if "-" not in forms[after - 1 : end]:
            return None
        for position in range(after, end):  # "précise", "-", "t", "-", "elle"
            if forms[position - 1] == "-" and (forms[position] in PRONOUNS or forms[position] == "on"):
                return self.pronoun(position)
        return None

    def right(self, hit: Hit, mentions: Sequence[Mention]) -> Mention | None:
        """The subject after the verb of an incise: "a déclaré mardi la préfète"."""
        forms, last = self.scan.forms, hit.last
        for mention in mentions:
            if mention.first <= last:
                continue
            gap = forms[last + 1 : mention.first]
            is_told = mention.kind in ("outlet", "anonymous") and (
                gap[-1:] in (["à"], ["auprès"]) or gap[-2:] in (["auprès", "de"], ["auprès", "d'"])
            )
            if is_told or forms[mention.first] in ("au", "aux"):  # no subject begins so, whatever its kind
                last = mention.last  # "a déclaré à l'AFP la préfète": the recipient stands before the subject
                continue
            is_beside = gap[-1:] in (["devant"], ["chez"]) or (gap[-1:] == ["sur"] and mention.kind != "outlet")
            if is_beside and mention.kind != "person":
                last = mention.last  # "a résumé devant les médias la ministre"
                continue
            if gap[-1:] in (["à"], ["en"], ["depuis"]) and not mention.entry and mention.bare and len(gap) <= 3:
                last = mention.last  # "a annoncé mardi à Yamoussoukro le ministre"
                continue
            if gap in _OPENINGS and mention.kind == "outlet":
                return mention  # "révèle « De Tijd »"
            if len(gap) > 2 and gap[0] == gap[-1] == ",":
                gap = gap[1:-1]  # "glisse, laconique, le trésorier"
            if forms[hit.group.first if hit.group else hit.first] in _SINGULAR and forms[mention.first] in _PLURAL:
                return None  # "a officiellement annoncé les candidats"
            if (
                len(gap) <= _MAX_ADVERBIAL
                and BOUNDARIES.isdisjoint(gap)
                and not any(map(self.scan.verbs.is_verbal, gap))
            ):
                return mention
            return None
        return None

    def is_adjacent(self, hit: Hit, mentions: Sequence[Mention]) -> bool:
        assert hit.group is not None
        return any(mention.last == hit.group.first - 1 for mention in mentions)

    def is_before(self, hit: Hit, mentions: Sequence[Mention]) -> bool:
        """Whether the verb follows its subject, at once or after an apposition or an aside between commas."""
        assert hit.group is not None
        if self.is_adjacent(hit, mentions):
            return True
        forms, first = self.scan.forms, hit.group.first
        if forms[first - 1] != ",":
            return False
        begin = self.scan.bounds[hit.sentence][0]
        if any(m.first == begin and m.last == first - 2 and "," in forms[begin : m.last] for m in mentions):
            return True  # "La ministre, Anne Morel, a refusé…"
        subject = self.left(hit, first, mentions)
        if not isinstance(subject, Mention):
            return False
        if self._ends_in(subject, first - 1):
            return True
        if forms[subject.last + 1] != ",":
            return False
        aside = forms[subject.last + 2 : first - 1]
        if not aside or "," in aside:
            return False
        is_relative = not _RELATIVE.isdisjoint(aside[:1])
        return is_relative or not any(map(self.scan.verbs.is_verbal, aside))  # else a clause of its own

    def left(self, hit: Hit, first: int, mentions: Sequence[Mention]) -> Mention | Pronoun | None:
        """The subject before the verb: past clitics, appositions between commas, and "qui"."""
        forms = self.scan.forms
        begin = self.scan.bounds[hit.sentence][0]
        position = first - 1
        while position >= begin and forms[position] in _CLITICS:
            if forms[position] in ("elle", "elles") and forms[position + 1] != "-":
                return self.pronoun(position)
            position -= 1
        if position < begin:
            return None
        form = forms[position]
        if form in _NOBODY:
            return Pronoun(position, "", plural=False, nobody=True)
        if self.is_pronoun(position):
            opening = position - (forms[position - 1] in _POINTING)
            if opening <= begin or forms[opening - 1] not in OF:
                return self.pronoun(position)
            position = opening - 2  # "le chef de cabinet de ce dernier"
        position = before_relative(self.scan, begin, position)
        form = forms[position]
        relative = form == "qui"
        if relative and position > begin and forms[position - 1] == "ce":
            return None  # "Il aime le gras, ce qui explique son succès"
        if relative:
            position -= 1
            if position >= begin and forms[position] == ",":
                position -= 1
        if form == "," and (introduced := self._before_aside(mentions, position)):
            return introduced
        opening = phrase_before(self.scan, begin, position)
        if opening >= 0 and not any(mention.last >= opening and mention.first <= position for mention in mentions):
            return None  # "Depuis que la mairie tarde, les rives accusent…": its subject is no mention
        best: Mention | None = None
        within = self._opening_of_title(begin, position)
        for mention in reversed(mentions):
            if mention.first > min(position, within) or position - mention.last > _MAX_SUBJECT_GAP:
                continue
            adjacent = mention.last >= position or (relative and mention.last >= position - 1)
            if self._is_governed(mention, begin) and not (relative and adjacent):
                continue
            if adjacent:
                return mention
            between = forms[mention.last + 1 : position + 1]
            if self._is_titled(mention, between):
                return mention
            if between in (["«"], ["“"], ['"']):
                return mention  # "Ce texte « rappelle que… »"
            if between == [","] and self.scan.verbs.is_finite(forms[mention.first - 1]) and mention.first > begin:
                continue  # "un logiciel rédige la note, propose un diagnostic"
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
                if forms[token] in ("il", "elle", "ils", "elles") or (form == "," and self._is_latter(token, begin)):
                    return self.pronoun(token)
        return best

    def _is_latter(self, token: int, begin: int) -> bool:
        """Whether "cette dernière" opens a clause and an aside: "Cette dernière, également prévenue, …"."""
        forms = self.scan.forms
        if not forms[token].startswith("dern") or token == begin or not self.is_pronoun(token):
            return False
        return forms[token + 1] == "," and (token - 2 < begin or forms[token - 2] not in GOVERNING)

    def _opening_of_title(self, begin: int, position: int) -> int:
        """The mark that opens the title that ends at ``position``: "parue dans « The Lancet »"; else ``position``."""
        forms = self.scan.forms
        if forms[position] not in ("»", "”"):
            return position
        marks = (
            token
            for token in range(position - 1, max(begin, position - _MAX_SUBJECT_GAP), -1)
            if forms[token] in QUOTE_STARTS
        )
        opening = next(marks, begin)
        return opening if opening > begin and forms[opening - 1] in GOVERNING else position

    def _is_titled(self, mention: Mention, between: Sequence[str]) -> bool:
        """Whether a title ends the subject: "une étude parue en 2022 dans « The Lancet » avait montré"."""
        if between[-1] not in ("»", "”"):
            return False
        if not any(map(self.scan.verbs.is_past_participle, (self.scan.forms[mention.last], between[0]))):
            return False
        return between.count("»") + between.count("”") == 1 and not any(form in (",", ";", ":") for form in between)

    def _past_participial(self, token: int, comma: int) -> int:
        """The comma after a participle and its complements, else ``token``: "une équipe menée par le CNRS, à Lyon,"."""
        forms, verbs = self.scan.forms, self.scan.verbs
        if token >= comma or not verbs.is_past_participle(forms[token]):
            return token
        closing = next((position for position in range(token, comma) if forms[position] == ","), token)
        return token if any(map(verbs.is_finite_unambiguous, forms[token + 1 : closing])) else closing

    def _ends_in(self, mention: Mention, comma: int) -> bool:
        """Whether an apposition goes on to ``comma``: "Yannick Bois, candidat EELV à la présidentielle, a affirmé"."""
        forms = self.scan.forms
        opening = mention.last + 1
        if mention.kind != "person" or opening >= comma or "," not in forms[mention.first : opening]:
            return False
        rest = forms[opening:comma]
        opens = mention.first == self.scan.bounds[mention.sentence][0]  # nobody else can be meant
        is_short = len(rest) <= _MAX_ADVERBIAL and BOUNDARIES.isdisjoint(rest)
        if not is_short and not (opens and len(rest) <= _MAX_APPOSITION and "," not in rest and rest[0] != "et"):
            return False
        return not any(map(self.scan.verbs.is_verbal, rest))

    def _before_aside(self, mentions: Sequence[Mention], comma: int) -> Mention | None:
        """The subject before an aside that ends at ``comma``: "Amnesty International, qui suit le dossier, demande"."""
        forms, verbs = self.scan.forms, self.scan.verbs
        for mention in mentions:
            opening = self._past_participial(mention.last + 1, comma)
            if self._ends_in(mention, comma):
                return mention
            if (
                opening < comma
                and forms[opening] == ","
                and not self._is_governed(mention, self.scan.bounds[mention.sentence][0])
            ):
                aside = forms[opening + 1 : comma]
                verb = aside[1:2] if aside[:1] in (["n'"], ["ne"]) else aside[:1]  # ", n'ayant que peu d'informations,"
                relative = not _RELATIVE.isdisjoint(aside[:1]) or (bool(verb) and verb[0].endswith("ant"))
                # "Paul Brun, 46 ans, ingénieur à Brest, affirme que…"
                several = mention.kind == "person" and mention.first == self.scan.bounds[mention.sentence][0]
                if "," not in aside and relative:
                    return mention
                if ("," not in aside or several) and not any(map(verbs.is_verbal, aside)):
                    return mention
        return None

    def side(self, hit: Hit, mentions: Sequence[Mention], inverted: bool) -> Mention | None:
        """Whom "on" stands for: "du côté de la CSC, on se dit prêt", or, ``inverted``, "assure-t-on chez Airbus"."""
        forms, begin = self.scan.forms, self.scan.bounds[hit.sentence][0]
        for place, mention in enumerate(mentions):
            follows = mention.first > hit.last
            if follows and not inverted:
                return None  # "on prête au ministre": whom it concerns
            if not follows and place:
                continue  # before the verb only the first may open the sentence so
            opening = forms[hit.last + 1 if follows else begin : mention.first + 1]
            if len(opening) > (_MAX_ADVERBIAL + 2 if follows else 5):
                return None
            if not follows and any(map(self.scan.verbs.is_finite_unambiguous, opening)):
                return None  # "son nom circule à Nabeul, où l'on parle d'un rachat"
            # "au ministère, on répond"; "à Bangui, on s'attend" names nobody
            at_body = opening[-1] in ("au", "aux") or (opening[-2:-1] == ["à"] and opening[-1] in ARTICLES)
            if not _SIDES.isdisjoint(opening) or (at_body and mention.kind == "institution"):
                return mention
            if forms[mention.head] in _SIDES and "dans" in opening:
                return mention  # "dans l'entourage du préfet"
        return None

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
        if forms[mention.first] == "des" and mention.first - 2 >= begin and forms[mention.first - 2] in ARTICLES:
            return forms[mention.first - 1] not in ("un", "une")  # "la rue des Italiens", not "l'un des témoins"
        before = mention.first - 1
        if before > begin and forms[before] == "(" and forms[mention.last + 1 : mention.last + 2] == [")"]:
            return True  # "à Chambéry (Savoie)"
        return before >= begin and forms[before] in GOVERNING

    def parties(self, mentions: Sequence[Mention], start: int, head: int) -> list[Mention]:
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
                elif gap in ([","], [",", "de"], [",", "d'"]) and _are_alike(parties[0], mention):
                    listed.append(mention)
                elif gap == [",", "dont"]:  # "selon plusieurs experts, dont Rita Bos"
                    parties.append(mention)
                else:
                    break
        return parties

    def joined(self, hit: Hit, mentions: Sequence[Mention], subject: Mention) -> list[Mention]:
        """The subject and those joined to it: before the verb on its left, after a plural on its right ("ont annoncé
        la préfecture et le parquet").
        """
        if subject.first < hit.first:
            return self.coordinated(mentions, subject)
        assert hit.group is not None
        is_plural = self.scan.forms[hit.group.first].endswith("nt")
        return self.parties(mentions, subject.first, subject.first) if is_plural else [subject]

    def coordinated(self, mentions: Sequence[Mention], subject: Mention) -> list[Mention]:
        """The subject and those joined to it on its left by "et", "ainsi que", "dont" or a comma list that ends so."""
        forms = self.scan.forms
        parties = [subject]
        for mention in reversed(mentions):
            if mention.last < parties[0].first:
                gap = forms[mention.last + 1 : parties[0].first]
                if gap == ["et"] and self._is_governed(mention, self.scan.bounds[mention.sentence][0]):
                    break  # "de la part de la Russie et les démocrates ont demandé"
                if gap in _JOINS or (len(parties) > 1 and gap == [","]):
                    parties.insert(0, mention)
                else:
                    break
        # "Plusieurs organisations, dont la Ligue des droits de l'homme, observent"
        if subject.plural and forms[subject.last + 1 : subject.last + 3] == [",", "dont"]:
            aside = takewhile(lambda form: form != ",", forms[subject.last + 3 : subject.last + 3 + _MAX_APPOSITION])
            if any(map(self.scan.verbs.is_finite_unambiguous, aside)):
                return parties  # "les élus, dont le maire conteste le vote, affirment"
            parties += [mention for mention in mentions if subject.last + 3 <= mention.first <= subject.last + 4]
        return parties

    def is_pronoun(self, token: int) -> bool:
        """Whether a pronoun stands here: "ce dernier", but not "ses derniers jeux"."""
        form = self.scan.forms[token]
        if form.startswith("dern"):
            return form in PRONOUNS and self.scan.forms[token - 1] in _POINTING
        return form in PRONOUNS

    def pronoun(self, token: int) -> Pronoun:
        form = self.scan.forms[token]
        return Pronoun(token, PRONOUNS.get(form, ""), form in _PLURAL_PRONOUNS, nobody=form in _NOBODY)
