"""A mention, and what joins several into one: a function with its bearer, a spokesperson with the body."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from service.scan import Hit, Scan

ARTICLES: Final = frozenset(
    "le la les l' un une des du au aux ce cet cette ces son sa ses leur leurs notre nos votre vos mon ma mes".split()
)
OFFICES: Final = frozenset("ministre procureur procureure".split())  # they speak for theirs when nobody is named
_SETTING: Final = frozenset("dans devant avec sans contre chez après face lors auprès malgré".split())
_FEMININE: Final = frozenset(("mme", "mmes", "mlle", "madame", "la", "une", "cette", "sa"))
_DEFINITE: Final = frozenset(("le", "la", "les", "l'", "ce", "cet", "cette", "ces", "du", "au", "aux"))
_PLURAL: Final = frozenset("les des aux ces plusieurs certains certaines ses leurs de deux".split())
_HOLDS: Final = frozenset(("le", "la", "l'", "son", "sa", "leur", "notre"))
_WHOSE: Final = frozenset(("son", "sa", "leur"))
_BEFORE_DUTY: Final = frozenset("à au aux en pour chez du de des d' chargé chargée".split())
_MASCULINE: Final = frozenset(("m", "mm", "monsieur", "le", "un", "ce", "cet", "du", "au"))
# Begins another party of a list.
_LISTED: Final = frozenset("un une des plusieurs certains quelques deux trois".split())

_SAY: Final = frozenset(("selon", "d'après", "après", "pour"))  # the last token before the source

_FIRST: Final = attrgetter("first")
_OBJECT_FOLLOWS: Final = frozenset(
    ("que", "qu'", "le", "la", "les", "l'", "un", "une", "des", "ce", "cet", "cette", "ces")
)
_MAX_FUNCTION: Final = 10  # tokens between a function and the name of who holds it
_MAX_APPOSITION: Final = 5  # tokens of it: ", l'ancienne olympienne"
_FEW: Final = 8  # so few mentions are searched one by one
_NEAR: Final = 60  # tokens: no party stands farther from the words that attribute to it


@dataclass(slots=True, eq=False, init=False)  # cheaper than a named tuple, see service.scan
class Mention:
    """A noun phrase at tokens ``first``…``last``; ``head`` is the token that decides the kind.

    ``bare`` says that it has no complement of its own; ``names`` are the folded capitalised words in it; ``entry`` is
    the lexicon entry of its head ("" for a name); ``determiner`` the article or title it begins with.
    """

    sentence: int
    first: int
    last: int
    head: int
    kind: str
    names: tuple[str, ...]
    entry: str
    determiner: str
    bare: bool
    is_same: bool = False  # "la même source"
    sex: str = ""  # of a person, by the first name: "f", "m"

    def __init__(
        self,
        sentence: int,
        first: int,
        last: int,
        head: int,
        kind: str,
        names: tuple[str, ...],
        entry: str,
        determiner: str,
        bare: bool,
        is_same: bool = False,
        sex: str = "",
    ) -> None:
        self.sentence = sentence
        self.first = first
        self.last = last
        self.head = head
        self.kind = kind
        self.names = names
        self.entry = entry
        self.determiner = determiner
        self.bare = bare
        self.is_same = is_same
        self.sex = sex

    @property
    def definite(self) -> bool:
        """Whether it takes up something known ("le rapport", "cette source")."""
        return not self.entry or self.is_same or self.determiner in _DEFINITE

    @property
    def plural(self) -> bool:
        """Whether its determiner is a plural; before a name "de" is none ("l'atelier de Monia Gharsallah")."""
        return self.determiner in _PLURAL and (bool(self.entry) or self.determiner != "de")

    @property
    def gender(self) -> str:
        """ "f", "m" or "", as far as the determiner, the title or the first name shows it."""
        return self.sex or ("f" if self.determiner in _FEMININE else "m" if self.determiner in _MASCULINE else "")


def near(mentions: Sequence[Mention], hit: Hit) -> Sequence[Mention]:
    """Those close enough to be parties of ``hit``; a text of one endless sentence still takes linear time."""
    if len(mentions) <= _FEW:
        return mentions
    first, last = hit.first - _NEAR, hit.last + _NEAR
    return mentions[bisect_left(mentions, first, key=_FIRST) : bisect_right(mentions, last, key=_FIRST)]


class Joiner:
    """Joins the mentions of one sentence; surnames that it meets are added to ``surnames``."""

    def __init__(self, scan: Scan, surnames: set[str], is_verb: Callable[[str], bool]) -> None:
        self.scan = scan
        self.surnames = surnames
        self._is_verb = is_verb

    def join(self, mentions: Sequence[Mention], heads: Mapping[int, Hit]) -> list[Mention]:
        """The mentions put together; ``heads`` holds the sentence's known heads by token."""
        joined = self._joined(mentions) if len(mentions) > 1 else mentions
        return [self._spokesperson(mention, heads) if mention.kind == "role" else mention for mention in joined]

    def _joined(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Join a function with its bearer: "le ministre Jean Roux", "Marie Durand, préfète du Gard"."""
        joined: list[Mention] = []
        forms = self.scan.forms
        for mention in mentions:
            previous = joined[-1] if joined else None
            if previous is not None and mention.first - previous.last <= (
                _MAX_FUNCTION + 1 if mention.kind == "person" else 2
            ):
                gap = forms[previous.last + 1 : mention.first] if mention.first - previous.last <= 2 else [""]
                # Between them may stand the body: "le directeur de l'épidémiologie au ministère de la Santé, Paul Brun"
                function = next((m for m in (previous, *joined[-2:-1]) if self._bears(m, mention)), None)
                if function is not None:
                    person = replace(mention, first=function.first, determiner=function.determiner, bare=False)
                    while joined and joined[-1].first >= function.first:
                        joined.pop()
                    joined.append(person)
                    self.surnames.add(person.names[-1])
                    continue
                if not gap and previous.kind == "person" and self._governs(mention):
                    continue
                if previous.kind == "person" and gap == ["("] and forms[mention.last + 1 : mention.last + 2] == [")"]:
                    joined[-1] = replace(previous, last=mention.last + 1)  # "Mme Chételat (PS)"
                    continue
                if (
                    gap in ([], [","])
                    and self._is_bearer_of(previous, mention)
                    and not (gap and mention.kind != "person" and self._is_list(mention))
                    and not (gap and previous.kind != "person" and self._is_setting(previous))
                    and not (gap and self._has_its_say(previous, mention))
                ):
                    person = previous if previous.kind == "person" else mention
                    joined[-1] = replace(
                        person,
                        first=previous.first,
                        last=mention.last,
                        determiner=previous.determiner if previous.gender else mention.determiner,
                        bare=False,
                    )
                    self.surnames.add(person.names[-1])
                    continue
                if not gap and previous.kind == "role" and mention.kind == "institution" and len(mention.names) == 1:
                    if mention.first == mention.head and not self.scan.word(mention.head).isupper():
                        # "le maire Dupont": a bare surname after a function
                        joined[-1] = replace(mention, kind="person", first=previous.first, bare=False)
                        self.surnames.add(mention.names[-1])
                        continue
            joined.append(mention)
        return joined

    def _governs(self, mention: Mention) -> bool:
        """Whether what looks like a function is the verb of what follows: "Mme Durand juge que…", "guide les…"."""
        forms, token = self.scan.forms, mention.first
        is_verb = token == mention.last and self.scan.verbs.is_finite(forms[token])
        return is_verb and not _OBJECT_FOLLOWS.isdisjoint(forms[token + 1 : token + 2])

    def _is_bearer_of(self, previous: Mention, mention: Mention) -> bool:
        """Whether one of two mentions is a person and the other a function."""
        person, function = (previous, mention) if previous.kind == "person" else (mention, previous)
        if person.kind != "person":
            return False
        return function.kind == "role" or (function.kind == "institution" and self.scan.forms[function.head] in OFFICES)

    def _bears(self, function: Mention, person: Mention) -> bool:
        """Whether a name after a comma is of who holds the function: "l'adjoint aux travaux, Jean-Luc Bros"."""
        if person.kind != "person" or person.first != person.head or len(person.names) < 2:
            return False
        forms = self.scan.forms
        gap = forms[function.last + 1 : person.first]
        if function.kind == "role" and (self._is_apposition(gap) or (len(gap) == 2 and gap[0] == "en")):
            return True  # "le chercheur en biologie Yanis Bel"
        if not 0 < len(gap) <= _MAX_FUNCTION or gap[-1] != "," or "," in gap[:-1]:
            return False
        # "Juriste à l'Urssaf, Eva Bo…"
        opens = function.first == function.head == self.scan.bounds[function.sentence][0]
        if not (opens or function.determiner in _HOLDS):
            return False
        if not (function.kind == "role" or forms[function.head] in OFFICES):
            return False
        if len(gap) == 1:
            return function.kind == "institution"  # a role and its name are joined anyway
        if gap[0] not in _BEFORE_DUTY:
            return False
        duty = range(function.last + 1, person.first)
        return not any(self._is_verb(forms[token]) and not self.scan.capitals[token] for token in duty)  # "du Jura"

    def _is_apposition(self, gap: Sequence[str]) -> bool:
        """Whether a second function stands before the name: "son adversaire, l'universitaire Branko Blagojević"."""
        if not 2 < len(gap) <= _MAX_APPOSITION or gap[0] != "," or gap[1] not in ("le", "la", "l'"):
            return False
        return all(form.isalpha() for form in gap[2:]) and not any(map(self._is_verb, gap[2:]))

    def _is_setting(self, mention: Mention) -> bool:
        """Whether a phrase before a comma only sets the scene: "devant la juge, Bilal Haddou jurait…"."""
        forms, begin = self.scan.forms, self.scan.bounds[mention.sentence][0]
        if mention.first == begin or forms[mention.first - 1] not in _SETTING:
            return False
        return forms[mention.first - 2 : mention.first] != ["d'", "après"]

    def _spokesperson(self, mention: Mention, heads: Mapping[int, Hit]) -> Mention:
        """A role that speaks for a body that is named, here or before ("une porte-parole"), speaks as that body."""
        if self.scan.forms[mention.head] != "porte":
            return mention
        whose = mention.determiner in _WHOSE  # "assure son porte-parole": the body before
        bodies = (heads[token] for token in range(mention.head + 1, mention.last + 1) if token in heads)
        # "le porte-parole militaire du roi"
        described = mention.determiner in _HOLDS and mention.last > mention.head + 2
        if (
            mention.bare
            or mention.names
            or whose
            or described
            or any(hit.entry.source_kind == "institution" for hit in bodies)
        ):
            return replace(mention, kind="institution")
        return mention

    def _has_its_say(self, previous: Mention, mention: Mention) -> bool:
        """Whether a source ends at the comma and a clause begins: "selon l'entourage du roi, Luc Bois serait parti", or
        "…, Luc Bois, 31 ans, serait parti".
        """
        forms, end = self.scan.forms, self.scan.bounds[mention.sentence][1]
        if not previous.first or forms[previous.first - 1] not in _SAY:
            return False
        after = mention.last + 1
        if forms[after : after + 1] == [","] and after + 1 < end:
            return forms[after + 1].isdigit()  # "d'après un témoin, Luc Bois, 31 ans, a fui"
        following = forms[after : min(after + 2, end)]
        return any(map(self._is_verb, following)) or any(map(self.scan.verbs.is_verbal, following))

    def _is_list(self, mention: Mention) -> bool:
        """Whether a role after a comma is another party of a list rather than an apposition."""
        return self.scan.forms[mention.first] in _LISTED
