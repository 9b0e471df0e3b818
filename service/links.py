"""Which sentence contests, backs or goes on with which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from service.article import Cue, Link
from service.scan import Scan

_BACK_REFERENCES: Final = frozenset(
    "informations information accusations accusation allégations allégation propos affirmations "
    "affirmation rumeurs rumeur chiffres chiffre version déclarations déclaration faits thèse hypothèse "
    "révélations témoignages bilan bilans présentation récit soupçons critiques reproches estimation "
    "estimations mises calcul résultats résultat cela ceci ça".split()
)
_MAX_TO_THAT: Final = 8  # tokens between "ce que" and the denial: "ce que l'entreprise conteste"
_REACH: Final = 40  # sentences that a denial may reach back or forward to
_REFERRING: Final = frozenset(("ces", "cette", "ce", "les", "toute", "l'", "en", "la"))
_THAT: Final = frozenset(("cela", "ceci", "ça", "ce"))
_THRESHOLD: Final = 0.3  # below it nothing in reach is close enough in words or place
_NEAR_REFERRED, _NEAR = 1.0, 0.5  # what standing just before a denial adds; two sentences before it, half of that
_RIVAL: Final = 0.75  # another doubtful sentence this close to the best is denied with it
_ACCUSATIONS: Final = frozenset("accusation accusations allégation allégations soupçons reproches reproche".split())
_ACCUSING_REACH: Final = 16  # sentences before a denial in which the accusations stand that it names
_ACCUSING: Final = re.compile("accus|soupçonn|reproch|dénonc")
_CHARGED: Final = re.compile("poursuivi|inculp|comparai|examen|prévenu|renvoyé")  # a plea answers these as well
_PLEA: Final = frozenset(("innocence", "coupable", "coupables"))
# A denial that says nothing of what it denies answers what was said just before.
_ANSWERING: Final = re.compile(
    r"\b(?:le|les|l') ?(?:conteste|dément|nie|réfute|contredi|récuse|"
    r"(?:a|ont) (?:contesté|démenti|nié|réfuté|contredit))|"
    r"\b(?:ses|leurs|ces) (?:propos|dires|affirmations|déclarations)\b|\bc'est (?:\w{2,14} )?faux\b|\ble contraire\b"
)
# Somebody else says otherwise, without a denial: "La directrice rétorque que…", "L'Office pense au contraire que…".
_CONTRADICTING: Final = re.compile(
    r"\b(?:au contraire|pourtant|à l'inverse|(?:rétorqu|répliqu)\w{1,5}|(?:bien|tout) (?:différente?s?|autre)|"
    r"(?:indiqu|affirm|assur|soutien|di[st]|précis|répon)\w{0,5} (?:ne (?:pas|jamais)|n'(?:avoir|être)))\b"
)
_CONTRADICTING_HINTS: Final = (
    "au contraire", "pourtant", "à l'inverse", "rétorqu", "répliqu", "différent", "autre", " ne pas", " ne jamais",
    " n'avoir", " n'être",
)  # fmt: skip
_COMMON: Final = frozenset(
    "être avoir faire dire cette leurs comme aussi également ainsi selon après avant depuis pour dans "
    "avec sans plus tout tous toute toutes elle elles sont était étaient avait avaient ont fait faits "
    "entre cela celui celle ceux dont mais notamment encore toujours alors pourrait aurait serait déclaré "
    "affirmé indiqué assuré ajouté précisé expliqué démenti confirmé annoncé formellement catégoriquement "
    "information informations accusation accusations".split()
)


class Statement(NamedTuple):
    """What linking needs to know of a sentence: its sources (own or inherited), its kind, its cues, its tokens."""

    speakers: tuple[str, ...]
    kind: str
    cues: Sequence[Cue]
    tokens: tuple[int, int]


def find_links(scan: Scan, statements: Sequence[Statement]) -> list[Link]:
    """`contests` and `corroborates` links, in reading order."""
    links: list[Link] = []
    linker = _Linker(scan, statements)
    for index, statement in enumerate(statements):
        categories = [cue.category for cue in statement.cues]
        if "denial" in categories:
            targets = linker.targets(index, contesting=True)
            links += [Link("contests", index, target) for target in targets]
        elif linker.contradicts(index):
            links.append(Link("contests", index, index - 1))
        if "corroboration" in categories:
            targets = linker.targets(index, contesting=False)
            links += [Link("corroborates", index, target) for target in targets[:1]]
    backed = {link.sentence: link.target for link in links if link.type == "corroborates"}
    # Who denies what a second source confirmed denies the first as well.
    denied = [link for link in links if link.type == "contests" and link.target in backed]
    first = [Link("contests", link.sentence, backed[link.target]) for link in denied]
    return links + [link for link in first if link.sentence != link.target]


class _Linker:
    """Finds the sentences that a sentence takes a stand on; content words are stemmed once, where they are needed."""

    def __init__(self, scan: Scan, statements: Sequence[Statement]) -> None:
        self.scan = scan
        self.statements = statements
        self._words: dict[int, frozenset[str]] = {}

    def _content(self, index: int) -> frozenset[str]:
        """Stems (five letters) of the words that carry the content of a sentence."""
        words = self._words.get(index)
        if words is None:
            statement = self.statements[index]
            candidates = {form for form in self.scan.forms[slice(*statement.tokens)] if len(form) > 3} - _COMMON
            # Who speaks is not what is said.
            names = " ".join([cue.text for cue in statement.cues if cue.category == "source"]).lower()
            words = frozenset([form[:5] for form in candidates if form not in names])
            self._words[index] = words
        return words

    def _accuses(self, index: int, plea: bool) -> bool:
        statement = self.statements[index]
        if statement.kind == "none" or any(cue.category == "denial" for cue in statement.cues):
            return False
        forms = self.scan.forms[slice(*statement.tokens)]
        return any(map(_ACCUSING.match, forms)) or (plea and any(map(_CHARGED.match, forms)))

    def contradicts(self, index: int) -> bool:
        """Whether a source says otherwise than another one did in the sentence before."""
        before, this = self.statements[index - 1], self.statements[index]
        if not index or not this.speakers or not before.speakers or set(before.speakers) & set(this.speakers):
            return False
        begin, end = self.scan.spans[index]
        if before.kind == "none" or not any(map(self.scan.text[begin:end].__contains__, _CONTRADICTING_HINTS)):
            return False
        return _CONTRADICTING.search(self.scan.text, begin, end) is not None

    def _answers(self, index: int) -> bool:
        """Whether a denial is nothing but an answer to another source just before: "Le bailleur réfute ses propos"."""
        before, this = self.statements[index - 1], self.statements[index]
        if before.kind == "none" or set(before.speakers) & set(this.speakers):
            return False
        begin, end = self.scan.spans[index]
        return _ANSWERING.search(self.scan.text, begin, end) is not None

    def _relative(self, index: int) -> int:
        """Token of the "ce que" whose clause denies; -1 where none does.

        At the head of a sentence it takes up the one before ("Ce que nie la société."), further on what the sentence
        itself says (", ce que conteste la mairie").
        """
        scan, first = self.scan, self.statements[index].tokens[0]
        for hit in scan.hits[index]:
            if hit.entry.category == "denial":
                for token in range(hit.first - 1, max(first, hit.first - _MAX_TO_THAT) - 1, -1):
                    if scan.forms[token] in ("que", "qu'") and token > first and scan.forms[token - 1] == "ce":
                        return token - 1
        return -1

    def targets(self, index: int, *, contesting: bool) -> list[int]:
        """Sentences whose claim sentence ``index`` takes a stand on: those of another source that share its content."""
        scan, statements = self.scan, self.statements
        if (
            not contesting
            and index
            and scan.forms[statements[index].tokens[0]] in _THAT
            and statements[index - 1].kind != "none"
        ):
            return [index - 1]  # "Cela a été confirmé par…"
        this, words = statements[index], self._content(index)
        first, end = this.tokens
        forms = scan.forms
        refers_back = any(
            token == first or forms[token - 1] in _REFERRING or len(forms[token]) < 5
            for token in range(first, end)
            if forms[token] in _BACK_REFERENCES
        )
        plea = not _PLEA.isdisjoint(forms[first:end])
        if contesting and (plea or (refers_back and not _ACCUSATIONS.isdisjoint(forms[first:end]))):
            accusations = [
                other
                for other in range(max(0, index - _ACCUSING_REACH), index)
                if self._accuses(other, plea) and not set(this.speakers) & set(statements[other].speakers)
            ]
            if accusations:
                return accusations
            before = index - 1
            if (
                before >= 0
                and statements[before].speakers
                and not set(this.speakers) & set(statements[before].speakers)
            ):
                return [before]  # what was said just before is what is called an accusation
        if contesting and (relative := self._relative(index)) >= 0:
            return [index - 1] if relative == first and index and statements[index - 1].kind != "none" else []
        if contesting and not refers_back and index and self._answers(index):
            return sorted({index - 1, *_same_claim(statements, index - 1, index)})
        scored: list[tuple[float, int]] = []
        for other in range(max(0, index - _REACH), min(len(statements), index + 4)):
            candidate = statements[other]
            if other == index or candidate.kind == "none" or set(this.speakers) & set(candidate.speakers):
                continue
            if (
                contesting
                and not refers_back
                and other < index
                and any(cue.category == "denial" for cue in candidate.cues)
            ):
                continue
            theirs = self._content(other)
            shared = len(words & theirs)
            score = 3 * shared / (3 + min(len(words), len(theirs)))
            if other < index:
                score += (_NEAR_REFERRED if refers_back else _NEAR) / (index - other)
            elif shared < 3:
                continue
            score += _deniability(candidate.cues)
            scored.append((score, other))
        best, target = max(scored, default=(0.0, -1))
        if best < _THRESHOLD:
            return []
        if not contesting:
            return [target]
        rivals = [
            other
            for score, other in scored
            if score >= max(_THRESHOLD, _RIVAL * best) and _deniability(statements[other].cues)
        ]
        return sorted({target, *rivals[-3:], *_same_claim(statements, target, index)})


def _deniability(cues: Sequence[Cue]) -> float:
    """How much a sentence looks like something that somebody would deny: an accusation, hearsay, an anonymous claim."""
    if any(cue.category == "attribution" and _ACCUSING.search(cue.text) for cue in cues):
        return 0.4
    doubtful = any(cue.category in ("conditional", "hedge") or cue.source_kind == "anonymous" for cue in cues)
    return 0.2 if doubtful else 0.0


def _same_claim(statements: Sequence[Statement], target: int, index: int) -> list[int]:
    """Neighbours of a contested sentence that state the same source's claim, without a gap."""
    found: list[int] = []
    speakers = set(statements[target].speakers)
    if not speakers:
        return found
    position = target - 1
    while position >= 0 and target - position < 6 and speakers & set(statements[position].speakers):
        found.append(position)
        position -= 1
    position = target + 1
    while position < index and speakers & set(statements[position].speakers):
        found.append(position)
        position += 1
    return found
