"""Across sentences: which mentions and pronouns are one and the same source."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from service.antecedents import antecedent
from service.article import IDENTIFIABLE, Source
from service.bearers import ARTICLES, Mention
from service.parties import CARRYING, STAND_INS, TAKE_UP, Party
from service.scan import Scan
from service.subjects import Pronoun

_REACH: Final = 60  # how many sources back a short name or a pronoun may reach: keeps resolution linear in the text
_NAMED, _SPOKE = 12, 6  # parties back, named or speaking, for whom a pronoun may stand
_NEAR: Final = 3  # sentences back to the person that a general word ("le candidat") stands for
_MAX_SETTING: Final = 8  # tokens before the subject that a place or a day may take
_POINTING: Final = frozenset(("ce", "cet", "cette"))
_FORMER: Final = frozenset(("ancien", "ancienne", "ex"))
_SPOKESPERSONS: Final = frozenset(("porte", "parole"))
_PUBLICATIONS: Final = frozenset(("article", "dépêche", "enquête", "étude", "rapport", "reportage"))
_EMPTY: Final = ARTICLES | frozenset("de du des d' et - « » \" à au en".split())
_TO_STRIP: Final = ARTICLES | {"de", "d'"}

Key = tuple[str, ...]


def independent(sources: Iterable[Source]) -> int:
    """Distinct groups of sources that a reader could go back to: a body and its spokesperson count once."""
    kinds = IDENTIFIABLE | {"role"}
    return len({source.group for source in sources if source.kind in kinds})


class Registry:
    """The sources of one article in order of appearance.

    `speak` is called for every mention or pronoun that stands behind a claim, in reading order; `name` for every other
    mention, so that a later pronoun or short name finds it.
    """

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self._entries: list[Party] = []
        self._by_key: dict[Key | None, Party] = {}
        self._sources: list[Party] = []
        self._recent: deque[Party] = deque(maxlen=_REACH)  # speakers, the latest last
        self._opened: tuple[int, Party] | None = None  # who opens a sentence, and which

    def name(self, mention: Mention) -> None:
        """Remember a mention that does not speak here; a common noun for a body ("la ville") is taken up by nothing."""
        if mention.kind == "institution" and mention.bare and not mention.names:
            return
        key = self._key(mention)
        known = self._known(mention, key)
        if known:
            entry = known[0]
        elif mention.kind != "anonymous" or not mention.definite:
            entry = self._add(mention, key)
        else:
            return
        entry.named.append(mention.sentence)
        if self._opens(mention):
            self._opened = mention.sentence, entry

    def open(self, mentions: Iterable[Mention], before: int) -> None:
        """Name the first of the mentions of a sentence if it opens it, for a pronoun at token ``before``."""
        first = next(iter(mentions), None)
        if first is None or first.last >= before or (self._opened and self._opened[0] == first.sentence):
            return
        if self._opens(first):
            self.name(first)

    def _opens(self, mention: Mention) -> bool:
        """Whether a mention opens its sentence: as its first words, or after a setting ("À Dole, la maire…")."""
        begin = self.scan.bounds[mention.sentence][0]
        if mention.first == begin:
            return True
        is_first = self._opened is None or self._opened[0] != mention.sentence
        return is_first and mention.first - begin < _MAX_SETTING and self.scan.forms[mention.first - 1] == ","

    def speak(self, party: Mention | Pronoun, sentence: int) -> tuple[str, str, int | None]:
        """Id and kind of the source behind ``party``, and the sentence it takes up (None when it stands alone).

        Sources are numbered s1, s2… in order of their first claim.
        """
        takes_up = True
        if isinstance(party, Pronoun):
            entry = self._antecedent(party, sentence)
            if entry is None:
                entry = self._unnamed(party)
                takes_up = False
        else:
            key = self._key(party)
            entry, takes_up = self._known(party, key) or (self._add(party, key), False)
        target = self._target(entry, sentence) if takes_up else None
        self._speaks(entry, sentence)
        return entry.id, entry.kind, target

    def _speaks(self, entry: Party, sentence: int) -> None:
        if not entry.id:
            self._sources.append(entry)
            entry.id = f"s{len(self._sources)}"
        if not entry.spoke or entry.spoke[-1] != sentence:
            entry.spoke.append(sentence)
        if entry in self._recent:
            self._recent.remove(entry)
        self._recent.append(entry)

    def latest(self, sentence: int) -> Party | None:
        """Who spoke last, if that was just before ``sentence``."""
        entry = self._recent[-1] if self._recent else None
        return entry if entry and entry.spoke[-1] >= sentence - _NEAR else None

    def _teller(self, entry: Party) -> Party:
        """Who spoke last where ``entry`` did: not the statement that carried the words."""
        together = (other for other in reversed(self._recent) if other.spoke[-1] == entry.spoke[-1])
        return next((other for other in together if other.kind not in CARRYING), entry)

    def first_person(self) -> Party | None:
        """The first person that the article names."""
        return next((entry for entry in self._entries if entry.kind == "person"), None)

    def go_on(self, entry: Party, sentence: int) -> tuple[str, int | None]:
        """Id of a source that goes on speaking without being named again, and the sentence it takes up."""
        target = self._target(entry, sentence)
        self._speaks(entry, sentence)
        return entry.id, target

    def relay(self, sources: Collection[str]) -> None:
        """Sources that speak in one sentence: an outlet among them relays the others, here and later."""
        if len(sources) < 2:
            return
        entries = [self._source(source) for source in sources]
        if any(entry.kind == "outlet" for entry in entries):
            for entry in entries:
                entry.relayed = entry.relayed or entry.kind == "anonymous"

    def target(self, source: str, sentence: int) -> int | None:
        """Nearest sentence before ``sentence`` in which the source speaks, else names it."""
        return self._target(self._source(source), sentence)

    def kind(self, source: str) -> str:
        """Kind of the source with this id."""
        return self._source(source).kind

    def _source(self, source: str) -> Party:
        return self._sources[int(source[1:]) - 1]

    def sources(self) -> tuple[Source, ...]:
        """Those who speak, in order of their first claim."""
        return tuple(
            [
                Source(
                    entry.id,
                    self._name(entry),
                    entry.kind,
                    tuple(sorted(entry.spoke)),
                    self._group(entry),
                    entry.relayed,
                )
                for entry in self._sources
            ]
        )

    # --- identity

    def _known(self, mention: Mention, key: Key | None) -> tuple[Party, bool] | None:
        """The entry a mention refers to, and whether it takes it up by a shorter or standing-in name."""
        if key in self._by_key:
            entry = self._by_key[key]
            shorter = mention.kind == "person" and len(mention.names) < len(getattr(entry.party, "names", ()))
            return entry, shorter
        if mention.kind != "person" and mention.definite and not self._full(mention):
            standing_in = self._same_head(mention)
            if standing_in:
                return standing_in, True
        if mention.kind == "role" and mention.definite and not mention.plural:
            bearer = self._bearer(mention) if self._tells_who(mention) else self._pointed_at(mention)
            if bearer:
                return bearer, True
        return None

    def _pointed_at(self, mention: Mention) -> Party | None:
        """The person just named whom a demonstrative describes: "cet ancien notaire", "cette docteure en droit"."""
        return self._just_named(mention) if mention.determiner in _POINTING else None

    def _just_named(self, mention: Mention) -> Party | None:
        return next((entry for entry in self._people(mention) if self._is_near(entry, mention)), None)

    def _people(self, mention: Mention) -> Iterator[Party]:
        """The people named, the latest first, whom a mention may stand for by its gender."""
        for entry in self._entries[: -_REACH - 1 : -1]:
            if entry.kind == "person" and self._may_be(entry, mention):
                yield entry

    def _is_near(self, entry: Party, mention: Mention) -> bool:
        return entry.last >= mention.sentence - _NEAR

    def _tells_who(self, mention: Mention) -> bool:
        """Whether a function has but an adjective ("la dirigeante allemande") or was somebody's ("l'ancien maire")."""
        forms = self.scan.forms
        if not _FORMER.isdisjoint(forms[mention.first : mention.head]):
            return True
        return not mention.names and 0 < mention.last - mention.head <= 1 and forms[mention.last] not in _EMPTY

    def _full(self, mention: Mention) -> bool:
        return bool(mention.names) or (not mention.bare and mention.kind in ("role", "institution"))

    def _same_head(self, mention: Mention) -> Party | None:
        head = self._head(mention)
        candidates = list(reversed(self._recent)) + self._entries[: -_REACH - 1 : -1]
        for entry in candidates:
            if entry.head == head and (entry.kind == mention.kind or mention.kind in ("role", "document")):
                if entry.party.plural == mention.plural and not self._is_another(entry, mention):
                    return self._named_since(entry, mention) or entry
        if mention.kind == "anonymous" and head == "source":  # "cette source" after "un responsable"
            for entry in candidates:
                if entry.spoke and entry.kind in ("anonymous", "role") and entry.party.plural == mention.plural:
                    if not self._is_another(entry, mention):
                        return entry
            if mention.is_same and not mention.plural and (latest := self.latest(mention.sentence)):
                return self._teller(latest)  # "la même source" after the prosecutor's office
        if mention.last == mention.head and not mention.plural and (body := self._body(mention, candidates)):
            return body
        if mention.kind == "document" and mention.bare:
            for entry in candidates:
                if entry.kind == "document" or (entry.kind == "outlet" and entry.head in _PUBLICATIONS):
                    return entry
                if isinstance(entry.party, Mention) and entry.party.entry == "source-document":
                    return entry  # "le texte" of a message from nobody
        if mention.kind == "role" and not mention.plural and (bearer := self._bearer(mention)):
            return bearer
        if mention.kind == "role" and "même" in self.scan.forms[mention.first : mention.head]:
            for entry in candidates:
                if entry.kind in ("role", "person"):
                    return entry
        return None

    def _is_another(self, entry: Party, mention: Mention) -> bool:
        """Whether both say which sources they are, and not the same: "des sources officielles", "les sources
        militaires".
        """
        party, forms = entry.party, self.scan.forms
        if mention.kind != "anonymous" or mention.bare or not isinstance(party, Mention) or party.bare:
            return False
        return forms[party.head : party.last + 1] != forms[mention.head : mention.last + 1]

    def _body(self, mention: Mention, candidates: Iterable[Party]) -> Party | None:
        """The body or outlet just named that a common noun takes up: "le groupe", "l'institut", "le journal"."""
        noun = self.scan.forms[mention.head]
        kinds = [kind for nouns, kind in TAKE_UP if noun in nouns]
        if not kinds:
            return None
        for entry in candidates:
            if entry.spoke and entry.kind in kinds and self._is_near(entry, mention) and self._is_named(entry):
                if self._may_be(entry, mention):
                    return entry
        return None

    def _is_named(self, entry: Party) -> bool:
        """Whether a body or an outlet has a name: "l'Insee", "la société Camrail", not "la mairie"."""
        party = entry.party
        return isinstance(party, Mention) and (bool(party.names) or self.scan.capitals[party.head])

    def _named_since(self, entry: Party, mention: Mention) -> Party | None:
        """The person who was introduced by the function after it stood alone: "Le maire démissionne", says a heading,
        and the article "Le maire de Dole, Luc Bois, …".
        """
        if entry.kind != "role" or mention.kind != "role" or mention.plural:
            return None
        person = self._introduced(mention)
        return person if person and person.last >= entry.last else None

    def _introduced(self, mention: Mention) -> Party | None:
        """The last person introduced by the function."""
        forms = self.scan.forms
        function = forms[mention.head]
        for entry in self._people(mention):
            party = entry.party
            if isinstance(party, Mention) and function in forms[party.first : party.last + 1]:
                return entry
        return None

    def _bearer(self, mention: Mention) -> Party | None:
        """The person that "le candidat" or "la préfète" stands for: introduced by that function, else the last one."""
        if introduced := self._introduced(mention):
            return introduced
        return self._just_named(mention) if self.scan.forms[mention.head] in STAND_INS else None

    def _may_be(self, entry: Party, mention: Mention) -> bool:
        return not entry.gender or not mention.gender or entry.gender == mention.gender

    def _head(self, mention: Mention) -> str:
        form = self.scan.forms[mention.head]
        return form[:-1] if form.endswith("s") and len(form) > 4 else form

    def _key(self, mention: Mention) -> Key | None:
        """What two mentions of one party have in common, if it can be told from the words alone."""
        kind = mention.kind
        if kind == "person":
            return ("person", mention.names[-1]) if mention.names else None
        is_body = kind in ("institution", "outlet")
        if not is_body and (kind not in ("role", "document") or mention.bare or not mention.definite):
            return None
        words = [w for w in self.scan.forms[mention.head : mention.last + 1] if w not in _EMPTY]
        if is_body:
            return ("body", *words) if words else None
        return (kind, *words)

    def _add(self, mention: Mention, key: Key | None) -> Party:
        entry = Party(mention, mention.kind, self._head(mention), [mention.sentence])
        self._entries.append(entry)
        if key:
            self._by_key.setdefault(key, entry)
        if mention.kind == "institution":
            forms, after = self.scan.forms, mention.last + 1
            if forms[after : after + 1] == ["("] and forms[after + 2 : after + 3] == [")"]:
                self._by_key.setdefault(("body", forms[after + 1]), entry)
        return entry

    # --- what is said of a source

    def _name(self, entry: Party) -> str:
        """The words of the first mention, without its article."""
        scan, party = self.scan, entry.party
        if isinstance(party, Pronoun):
            first = last = party.token
        else:
            first, last = party.first, party.last
            while first < party.head and scan.forms[first] in _TO_STRIP:
                first += 1
        start, end = scan.original(scan.starts[first], scan.ends[last])
        return scan.document.text[start:end]

    def _group(self, entry: Party) -> str:
        """Id of the body that a spokesperson speaks for, if it speaks as well: the two are not independent."""
        words = self._words(entry)
        if not _SPOKESPERSONS.isdisjoint(words):
            for body in self._sources[-_REACH:]:
                if body.kind == "institution" and body.head not in _SPOKESPERSONS and body is not entry:
                    if any(len(word) > 3 and word not in _SPOKESPERSONS for word in words & self._words(body)):
                        return body.id
        return entry.id

    def _words(self, entry: Party) -> set[str]:
        party = entry.party
        return set() if isinstance(party, Pronoun) else set(self.scan.forms[party.first : party.last + 1])

    # --- pronouns

    def _antecedent(self, pronoun: Pronoun, sentence: int) -> Party | None:
        if pronoun.nobody:
            return None
        opening = None
        if self._opened and self._opened[1].kind in ("person", "role", "institution"):
            opened, entry = self._opened
            # "Luc Bois se tait depuis lundi. Il dit attendre.", "Luc Bois quitte la mairie, a-t-il annoncé."
            if opened == sentence - 1 or (opened == sentence and not self.latest(sentence)):
                opening = entry
        named, spoke = self._entries[: -_NAMED - 1 : -1], list(self._recent)[: -_SPOKE - 1 : -1]
        return antecedent(self.scan, pronoun, sentence, opening, spoke, named)

    def _unnamed(self, pronoun: Pronoun) -> Party:
        """A pronoun that stands for nobody the article names: "on" is anonymous, "il" a person we cannot place."""
        kind = "anonymous" if pronoun.nobody else "role"
        entry = Party(pronoun, kind, "", [])
        self._entries.append(entry)
        return entry

    def _target(self, entry: Party, sentence: int) -> int | None:
        for sentences in (entry.spoke, entry.named):
            before = [index for index in sentences if index < sentence]
            if before:
                return max(before)
        return None
