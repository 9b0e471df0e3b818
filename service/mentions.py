"""Noun phrases that may name a source: heads known to the lexicon, and capitalised names.

A mention is only a candidate.  `service.sources` decides which ones stand behind a claim.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from itertools import compress
from typing import Final

from service.bearers import ARTICLES, OFFICES, Joiner, Mention
from service.heads import BEFORE_HEAD, OPEN_HEAD, QUOTE_ENDS, is_agent, open_heads
from service.names import BODIES, DOMAINS, PARTICLES, plain
from service.naming import NOT_NAMES, NameReader
from service.phrases import AT, OF, PhraseReader
from service.scan import Hit, Scan

_BEFORE_BARE: Final = frozenset("et ou , : ( « selon par entre de d' pour dont chez comme contre ni".split())
# After "certains" these tell nobody from others, as other nouns do ("certains avocats").
_UNTOLD: Final = frozenset("experts observateurs analystes spécialistes médias commentateurs économistes".split())
_SEVERAL_BODIES: Final = frozenset(
    "assureurs associations banques collectivités communes entreprises fédérations ong organisations partis sociétés "
    "syndicats".split()
)
_WHOEVER: Final = frozenset(("certains", "certaines", "beaucoup", "nombreux"))
_GROUPS: Final = frozenset(
    "commentateurs critiques détracteurs historiens économistes opposants partisans scientifiques spécialistes".split()
)
# Heads that are a body when written with a capital.
_BODY_HEADS: Final = frozenset(
    "conseil défense service services mission communauté juridiction producteurs bureau".split()
)
_CALLED: Final = frozenset("site portail hebdomadaire quotidien mensuel magazine journal média blog webzine".split())
_CLOSING: Final = QUOTE_ENDS | {","}
_SAME: Final = frozenset(("même", "mêmes"))
_NO: Final = frozenset(("aucun", "aucune", "nul", "nulle"))
_OF_A_FIELD: Final = frozenset(
    "étudiant étudiante chercheur chercheuse professeur professeure expert experte spécialiste ingénieur ingénieure "
    "docteur doctorant doctorante technicien technicienne consultant consultante".split()
)
_SAYINGS: Final = frozenset(
    "annonce annonces déclaration déclarations propos récit version aveux communication révélation révélations "
    "information".split()
)
_TOLLS: Final = frozenset(("bilan", "bilans", "rapports"))  # with nothing but "dernier", "premiers": of nobody known
_PROVISIONAL: Final = frozenset(("provisoire", "provisoires"))
_LISTENERS: Final = frozenset(("presse", "médias", "journalistes"))
_MANY: Final = frozenset(("des", "les", "plusieurs"))
_SOME: Final = frozenset(("un", "une", "des", "plusieurs"))


class MentionFinder:
    """Finds the mentions of one document; names met with a first name are remembered for their later short forms."""

    def __init__(self, scan: Scan, reporting_forms: frozenset[str], forenames: Mapping[str, str]) -> None:
        self.scan = scan
        self._reporting = reporting_forms
        self.surnames: set[str] = set()
        self._joiner = Joiner(scan, self.surnames, self._is_verb)
        self._phrases = PhraseReader(scan, self._is_verb)
        self._names = NameReader(scan, self._is_verb, self._phrases, self.surnames, forenames)
        self._capital_tokens = list(compress(range(len(scan.capitals)), scan.capitals))

    def find(self) -> list[list[Mention]]:
        """Mentions of every sentence in reading order, not overlapping."""
        self._names.known = self._mid_sentence_capitals()
        return [self._sentence(index) for index in range(len(self.scan.bounds))]

    def _capitals(self, first: int, end: int) -> list[int]:
        tokens = self._capital_tokens
        return tokens[bisect_left(tokens, first) : bisect_left(tokens, end)]

    def _is_verb(self, form: str) -> bool:
        return form in self._reporting or self.scan.verbs.is_finite_unambiguous(form)

    def _mid_sentence_capitals(self) -> set[str]:
        """Words met with a capital inside a sentence; the second of two in a row is taken for a surname."""
        scan, found = self.scan, set()
        forms = scan.forms
        for first, end in scan.bounds:
            previous = first - 2  # the last capitalised token
            for token in self._capitals(first, end):
                if forms[token] in NOT_NAMES:
                    continue
                if token > first and forms[token - 1] not in ("«", '"', "“", "—", "–", ":", "."):
                    found.add(forms[token])
                gap = forms[previous + 1 : token]  # of a hyphen alone: "Renault-Nissan", "Jean-Marc"
                if previous >= first and token - previous <= 3 and gap != ["-"] and PARTICLES.issuperset(gap):
                    if (
                        forms[previous - 1 : previous] not in (["l'"], ["la"], ["le"], ["les"])
                        and not scan.word(token).isupper()
                    ):
                        self.surnames.add(plain(forms[token]))
                previous = token
        return found

    def _sentence(self, index: int) -> list[Mention]:
        first, end = self.scan.bounds[index]
        heads = {hit.first: hit for hit in self.scan.hits[index] if hit.entry.category == "source"}
        for hit in self.scan.hits[index]:
            if hit.group is not None and hit.group.compound and hit.last in heads:
                del heads[hit.last]  # "a relevé" holds no record
        heads |= open_heads(self.scan, index, heads)
        self._phrases.outlets = {token for token, hit in heads.items() if hit.entry.source_kind == "outlet"}
        mentions: list[Mention] = []
        done = first
        for token in sorted({*heads, *self._capitals(first, end)}):
            if token < done:
                continue
            mention = None
            if token in heads and not self._names.is_forename_of(token, end):
                mention = self._headed(index, heads[token], heads)
            elif self._names.starts(token, first, end):
                mention = self._names.read(index, token, end)
            if mention is not None:
                mentions.append(mention)
                done = mention.last + 1
        return self._joiner.join(mentions, heads)

    # --- heads -------------------------------------------------------------------------------------------------

    def _headed(self, index: int, hit: Hit, heads: dict[int, Hit]) -> Mention | None:
        forms = self.scan.forms
        head, last, kind, entry = hit.first, hit.last, hit.entry.source_kind, hit.entry.id
        begin, end = self.scan.bounds[index]
        first = head
        while first > begin and forms[first - 1] in BEFORE_HEAD and head - first < 4:
            first -= 1
        if first > begin and forms[first - 1] in ARTICLES:
            first -= 1
        while first < head and forms[first] in ("de", "d'", "-") and forms[first + 1] != "autres":
            first += 1
        # "l'un d'eux" has its article in itself
        if first == head and first > begin and not self.scan.capitals[head] and forms[head] not in ARTICLES:
            before = forms[head - 1]
            if kind == "document" and before in _CLOSING and self.scan.capitals[head + 1 : head + 2] == [True]:
                return None  # "», note Paul Brun": the verb
            if kind == "institution" and before not in _BEFORE_BARE:
                return None  # "faisant parti des favoris": a body has its article
            is_name = self.scan.capitals[head - 1] and head - 1 > begin
            if kind == "role" and before.isalpha() and not is_name and before not in _BEFORE_BARE:
                return None  # "la course femme", "il n'est pas membre du parti": it describes; "En défense, Me Brun"
        if kind == "outlet" and hit.entry.cased and first > begin + 1 and forms[first - 1] in _CALLED:
            first -= 2 if forms[first - 2] in ARTICLES else 0  # "le site Hespress"
        if kind != "anonymous" and first > begin and forms[first - 1] in _NO:
            return None  # "aucun texte n'interdit": nobody speaks
        if kind == "role" and forms[head] in _OF_A_FIELD and forms[last + 1 : last + 2] == ["en"] and last + 2 < end:
            last += 2 if forms[last + 2].isalpha() and not self.scan.capitals[last + 2] else 0  # "étudiante en droit"
        start_last = last
        names: list[str] = []
        if entry.startswith("source-media-generique") and last + 1 in heads and heads[last + 1].entry.cased:
            last = heads[last + 1].last  # "le journal Le Bien public"
            names.extend(forms[head : last + 1])
        elif kind == "anonymous" and self._hears(first, last) and self.scan.capitals[last + 1 : last + 2] == [True]:
            pass  # "a expliqué à la presse Clothilde Roux": somebody else
        elif not hit.entry.cased:  # the name of an outlet is complete in itself
            last = self._phrases.complements(last, end, names)
        else:
            names.extend(forms[head : last + 1])
        if kind == "institution":
            last = self._phrases.to_acronym(last, end)
        if entry == "source-informations" and names:
            kind = "institution"  # "selon les chiffres de l'Insee": the body that gives them speaks
        if kind == "document" and any(
            heads[token].entry.source_kind == "outlet" for token in range(head + 1, last + 1) if token in heads
        ):
            kind = "outlet"  # "un article de Bloomberg": the outlet speaks
        if kind == "role" and names and forms[first] not in _MANY:
            bearer = self._bearer(head, last)
            if bearer:
                kind, names = "person", bearer
                self.surnames.add(bearer[-1])
        if kind == "role" and (
            (self.scan.capitals[head] and forms[head] in _BODY_HEADS) or (forms[head] in OFFICES and last > start_last)
        ):
            kind = "institution"  # "le Conseil du café-cacao"; "la ministre des Transports" speaks for the ministry
        is_some = forms[first] in _MANY and forms[first] != "les"
        if hit.entry is OPEN_HEAD and kind == "role" and names and not is_some and not is_agent(forms[head]):
            kind = "institution"  # "le secrétariat du prix Femina"
        if hit.entry is OPEN_HEAD and kind == "role" and forms[head] in _SAYINGS:
            inner = (heads[token].entry for token in range(head + 1, last + 1) if token in heads)
            kind = next((source.source_kind for source in inner), kind)  # "selon l'annonce du gouvernement"
        if entry == "source-anonyme-groupe" and self._is_described(first, head, last):
            kind = "role"
        elif kind == "institution" and (
            (forms[first] in ("un", "une") and not self._is_of_body(heads, head, last))
            or (forms[head] in _SEVERAL_BODIES and not names)
        ):
            kind = "role"  # "une autorité sanitaire": described, not identifiable
        elif kind == "outlet" and not hit.entry.cased and not names and forms[first] in _SOME:
            kind = "anonymous"  # "un quotidien", "une chaîne locale"
        elif kind == "document" and (
            (forms[first] in ("des", "d'") and last == start_last)
            or (forms[head] in ("sondage", "sondages") and not names and forms[first] not in ("le", "ce"))
            or (forms[head] in _TOLLS and ((last == start_last and head - first > 1) or forms[last] in _PROVISIONAL))
        ):
            kind = "anonymous"  # "selon des rapports", "tous les sondages", "un premier bilan"
        is_same = head > first + 1 and not _SAME.isdisjoint(forms[first:head])
        # "la ministre Martin": one name may be a surname
        sex = self._names.sex(names) if kind == "person" and len(names) > 1 else ""
        return Mention(
            index, first, last, head, kind, tuple(names), entry, forms[first], last == start_last, is_same, sex
        )

    def _hears(self, first: int, last: int) -> bool:
        """Whether a group is told something: "à la presse", "aux médias"."""
        forms = self.scan.forms
        return forms[last] in _LISTENERS and (
            forms[first] == "aux" or (first > 0 and forms[first - 1] in ("à", "devant"))
        )

    def _is_of_body(self, heads: dict[int, Hit], head: int, last: int) -> bool:
        """Whether the body is a part of one that is named: "une commission d'enquête du Sénat"."""
        return any(
            heads[token].entry.source_kind == "institution" and self.scan.capitals[token]
            for token in range(head + 1, last + 1)
            if token in heads
        )

    def _is_described(self, first: int, head: int, last: int) -> bool:
        """Whether a group is told from others: "les partisans du report", "beaucoup de Tangérois"."""
        forms = self.scan.forms
        if forms[head] in _WHOEVER:
            if last == head:
                return False
            following = forms[head + 1]  # not "certains au sein du parti", "certains experts"
            return following in OF if forms[head] == "beaucoup" else following not in AT | _UNTOLD
        if last > head and forms[head + 1] in OF and any(self.scan.capitals[head + 2 : last + 1]):
            return True  # "des experts de l'Ifremer"
        return forms[head] in _GROUPS and forms[first] in ("les", "ses", "leurs", "ces", "nos")

    def _bearer(self, head: int, last: int) -> list[str]:
        """The name at the end of a function, unless it belongs to a complement: "la ministre de la Culture Anne
        Morel".
        """
        scan = self.scan
        first = last
        while first > head and (
            scan.capitals[first]
            or scan.forms[first] == "-"
            or (scan.forms[first] in OF and first < last and self._is_forename(first - 1, head))  # "Charles d'Aubrac"
        ):
            first -= 1
        if first == last:
            return []
        if scan.forms[first] in OF or scan.forms[first] in ARTICLES or scan.forms[first] in AT:
            return self._after_complement(first + 1, last)
        bearer = [plain(scan.forms[token]) for token in range(first + 1, last + 1) if scan.capitals[token]]
        if scan.word(last).isupper() and scan.word(first + 1).isupper():
            return []  # "l'opposition N-VA", "la sénatrice LR"
        words = sum(
            1 for token in range(first + 1, last + 1) if scan.forms[token] != "-" and scan.forms[token - 1] != "-"
        )
        in_complement = any(scan.forms[token] in OF for token in range(head + 1, first + 1))
        return [] if in_complement and words < 2 else bearer  # "un médecin de l'hôpital Sud" names a place

    def _is_forename(self, token: int, head: int) -> bool:
        return token > head and self.scan.capitals[token] and not self.scan.word(token).isupper()

    def _after_complement(self, first: int, last: int) -> list[str]:
        """The name after a complement that begins with a capital: "le sénateur de la Sarthe Étienne Brossard"."""
        forms, apart = self.scan.forms, OF | ARTICLES | {"-"}
        words = [t for t in range(first, last + 1) if forms[t] not in apart and (t == first or forms[t - 1] != "-")]
        if len(words) != 3 or not OF.isdisjoint(forms[first : words[1] + 1]):
            return []  # "Charles de Courson" may stand there, "la Santé de Paris" may not
        names = [plain(forms[token]) for token in range(words[1], last + 1) if forms[token] != "-"]
        if not (BODIES - DOMAINS).isdisjoint((plain(forms[first]), *names)) or not DOMAINS.isdisjoint(names):
            return []
        if any(self.scan.word(t).isupper() for t in words):
            return []
        return names
