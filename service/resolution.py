"""Across sentences: which mentions and pronouns are one and the same source."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from service.article import IDENTIFIABLE, Source
from service.attribution import Pronoun
from service.matching import Scan
from service.mentions import ARTICLES, Mention

_REACH = 60  # how many sources back a short name or a pronoun may reach: keeps resolution linear in the text
_SPOKESPERSONS = frozenset(("porte", "parole"))
_PUBLICATIONS = frozenset(("article", "dépêche", "enquête", "étude", "rapport", "reportage"))
_GENERIC = frozenset("de du des d' la le les l' et - « » \" à au en".split())


def independent(sources: Iterable[Source]) -> int:
    """Distinct groups of sources that a reader could go back to: a body and its spokesperson count once."""
    kinds = IDENTIFIABLE | {"role"}
    return len({source.group for source in sources if source.kind in kinds})


@dataclass(slots=True, eq=False)
class _Entry:
    """A source while the article is read."""

    id: str
    party: Mention | Pronoun
    kind: str
    head: str
    n_names: int
    gender: str
    plural: bool
    relayed: bool = False  # an identifiable outlet reported what it says
    spoke: list[int] = field(default_factory=list)
    named: list[int] = field(default_factory=list)


class Registry:
    """The sources of one article in order of appearance.

    `speak` is called for every mention or pronoun that stands behind a claim, in reading order; `name` for every other
    mention, so that a later pronoun or short name finds it.
    """

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self._entries: list[_Entry] = []
        self._by_key: dict[tuple[str, ...], _Entry] = {}
        self._by_id: dict[str, _Entry] = {}
        self._recent: deque[_Entry] = deque(maxlen=_REACH)  # speakers, the latest last

    def name(self, mention: Mention) -> None:
        """Remember a mention that does not speak here; a common noun for a body ("la ville") is taken up by nothing."""
        if mention.kind == "institution" and not mention.names:
            return
        keys = self._keys(mention)
        known = self._known(mention, keys)
        entry = known[0] if known else None
        if entry is None and (mention.kind != "anonymous" or not mention.definite):
            entry = self._add(mention, keys)
        if entry:
            entry.named.append(mention.sentence)

    def speak(self, party: Mention | Pronoun, sentence: int) -> tuple[str, str, int | None]:
        """Id and kind of the source behind ``party``, and the sentence it takes up (None when it stands alone)."""
        takes_up = True
        if isinstance(party, Pronoun):
            entry = self._antecedent(party)
            if entry is None:
                entry = self._unnamed(party)
                takes_up = False
        else:
            keys = self._keys(party)
            known = self._known(party, keys)
            entry, takes_up = known if known else (self._add(party, keys), False)
        target = self._target(entry, sentence) if takes_up else None
        if not entry.spoke or entry.spoke[-1] != sentence:
            entry.spoke.append(sentence)
        if entry in self._recent:
            self._recent.remove(entry)
        self._recent.append(entry)
        return entry.id, entry.kind, target

    def relay(self, sources: Iterable[str]) -> None:
        """Sources that speak in one sentence: an outlet among them relays the others, here and later."""
        entries = [self._by_id[source] for source in sources]
        if any(entry.kind == "outlet" for entry in entries):
            for entry in entries:
                entry.relayed = entry.relayed or entry.kind == "anonymous"

    def target(self, source: str, sentence: int) -> int | None:
        """Nearest sentence before ``sentence`` in which the source speaks, else names it."""
        return self._target(self._by_id[source], sentence)

    def kind(self, source: str) -> str:
        """Kind of the source with this id."""
        return self._by_id[source].kind

    def sources(self) -> tuple[Source, ...]:
        """Sources that speak, renumbered s1, s2… in order of their first claim; see `renumbered`."""
        names, groups = self.renumbered(), self._groups()
        spoken = [entry for entry in self._entries if entry.spoke]
        return tuple(
            Source(names[entry.id], self._name(entry), entry.kind, tuple(entry.spoke), groups[entry.id], entry.relayed)
            for entry in sorted(spoken, key=lambda entry: int(names[entry.id][1:]))
        )

    def renumbered(self) -> dict[str, str]:
        """Public ids by internal id."""
        spoken = sorted((entry for entry in self._entries if entry.spoke), key=lambda entry: entry.spoke[0])
        return {entry.id: f"s{number}" for number, entry in enumerate(spoken, 1)}

    # --- identity
    # --------------------------------------------------------------------------------------------------------

    def _known(self, mention: Mention, keys: list[tuple[str, ...]]) -> tuple[_Entry, bool] | None:
        """The entry a mention refers to, and whether it takes it up by a shorter or standing-in name."""
        for key in keys:
            if key in self._by_key:
                entry = self._by_key[key]
                shorter = len(mention.names) < entry.n_names and mention.kind == "person"
                return entry, shorter
        if (
            mention.kind in ("role", "anonymous", "document", "institution")
            and mention.definite
            and not self._full(mention)
        ):
            standing_in = self._same_head(mention)
            if standing_in:
                return standing_in, True
        return None

    def _full(self, mention: Mention) -> bool:
        return bool(mention.names) or (not mention.bare and mention.kind in ("role", "institution"))

    def _same_head(self, mention: Mention) -> _Entry | None:
        head = self._head(mention)
        candidates = list(reversed(self._recent)) + self._entries[: -_REACH - 1 : -1]
        for entry in candidates:
            if entry.head == head and (entry.kind == mention.kind or mention.kind in ("role", "document")):
                if entry.plural == mention.plural:
                    return entry
        if mention.kind == "anonymous" and head == "source":  # "cette source" after "un responsable"
            for entry in candidates:
                if entry.spoke and entry.kind in ("anonymous", "role") and entry.plural == mention.plural:
                    return entry
        if mention.kind == "document" and mention.bare:
            for entry in candidates:
                if entry.kind == "document" or (entry.kind == "outlet" and entry.head in _PUBLICATIONS):
                    return entry
        if mention.kind == "role" and "même" in self.scan.forms[mention.first : mention.head]:
            for entry in candidates:
                if entry.kind in ("role", "person"):
                    return entry
        return None

    def _head(self, mention: Mention) -> str:
        form = self.scan.forms[mention.head]
        return form[:-1] if form.endswith("s") and len(form) > 4 else form

    def _keys(self, mention: Mention) -> list[tuple[str, ...]]:
        if mention.kind == "person":
            return [("person", mention.names[-1])] if mention.names else []
        words = tuple(
            w for w in self.scan.forms[mention.head : mention.last + 1] if w not in _GENERIC and w not in ARTICLES
        )
        if mention.kind in ("institution", "outlet") and words:
            return [("body", *words)]
        if mention.kind in ("role", "document") and mention.definite and not mention.bare:
            return [(mention.kind, *words)]
        return []

    def _add(self, mention: Mention, keys: list[tuple[str, ...]]) -> _Entry:
        scan = self.scan
        entry = _Entry(
            f"e{len(self._entries)}",
            mention,
            mention.kind,
            self._head(mention),
            len(mention.names),
            mention.gender,
            mention.plural,
            named=[mention.sentence],
        )
        self._remember(entry)
        for key in keys:
            self._by_key.setdefault(key, entry)
        if mention.kind == "institution":
            following = scan.forms[mention.last + 1 : mention.last + 4]
            if len(following) == 3 and following[0] == "(" and following[2] == ")":
                self._by_key.setdefault(("body", following[1]), entry)
        return entry

    def _remember(self, entry: _Entry) -> None:
        self._entries.append(entry)
        self._by_id[entry.id] = entry

    # --- what is said of a source
    # ------------------------------------------------------------------------------------------

    def _name(self, entry: _Entry) -> str:
        """The words of the first mention, without its article."""
        scan, party = self.scan, entry.party
        if isinstance(party, Pronoun):
            first = last = party.token
        else:
            first, last = party.first, party.last
            while first < party.head and scan.forms[first] in ARTICLES | {"de", "d'"}:
                first += 1
        start, end = scan.original(scan.starts[first], scan.ends[last])
        return scan.document.text[start:end]

    def _groups(self) -> dict[str, str]:
        """Group by internal id of those who speak: a spokesperson is not independent of the body."""
        spoken = [entry for entry in self._entries if entry.spoke]
        words = {entry.id: self._words(entry) for entry in spoken}
        groups = {entry.id: entry.id for entry in spoken}
        bodies = [entry for entry in spoken if entry.kind == "institution" and entry.head not in _SPOKESPERSONS]
        for entry in spoken:
            if words[entry.id] & _SPOKESPERSONS:
                body = next((b for b in bodies[-_REACH:] if words[b.id] & words[entry.id] - _SPOKESPERSONS), None)
                if body is not None and body is not entry:
                    groups[entry.id] = body.id
        return groups

    def _words(self, entry: _Entry) -> set[str]:
        if isinstance(entry.party, Pronoun):
            return set()
        forms = self.scan.forms[entry.party.first : entry.party.last + 1]
        return {form for form in forms if len(form) > 3}

    # --- pronouns
    # --------------------------------------------------------------------------------------------------------

    def _antecedent(self, pronoun: Pronoun) -> _Entry | None:
        if pronoun.nobody:
            return None
        named = self._entries[:-13:-1]
        people = [entry for entry in named if entry.kind == "person"]
        for candidates in (list(self._recent)[:-7:-1], people, named):
            entry = self._agreeing(candidates, pronoun)
            if entry:
                return entry
        return None

    def _agreeing(self, candidates: Iterable[_Entry], pronoun: Pronoun) -> _Entry | None:
        for entry in candidates:
            if entry.plural == pronoun.plural and (not entry.gender or entry.gender == pronoun.gender):
                return entry
        return None

    def _unnamed(self, pronoun: Pronoun) -> _Entry:
        """A pronoun that stands for nobody the article names: "on" is anonymous, "il" a person we cannot place."""
        kind = "anonymous" if pronoun.nobody else "role"
        entry = _Entry(f"e{len(self._entries)}", pronoun, kind, "", 0, pronoun.gender, pronoun.plural)
        self._remember(entry)
        return entry

    def _target(self, entry: _Entry, sentence: int) -> int | None:
        for sentences in (entry.spoke, entry.named):
            before = [index for index in sentences if index < sentence]
            if before:
                return max(before)
        return None
