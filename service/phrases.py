"""How far a noun phrase reaches: adjectives, complements, a name in quotation marks, the rest before an acronym."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from service.bearers import ARTICLES
from service.names import ABBREVIATED_TITLES, FOREIGN, surname_at
from service.scan import Scan

OF: Final = frozenset("de du des d'".split())
AT: Final = frozenset("à au aux en sur chez auprès sous".split())
_BEFORE_COMPLEMENT: Final = ARTICLES | {"de"}
_NO_VERB_AFTER: Final = OF | ARTICLES | {"haut", "bien", "mal"}  # "l'agence de presse", "une source haut placée"
_NOUNS: Final = frozenset("pouvoir devoir savoir dîner déjeuner rire souvenir être".split())  # spelled like infinitives
_PUNCTUATION: Final = frozenset(("", ",", ".", ":", ";", "!", "?", "…", "»", "”", "(", ")", "–", "—"))
STOP: Final = frozenset(
    "qui que qu' dont où et ou mais or ni car donc ne n' se s' y il elle ils elles on je j' me m' nous vous tu ce "
    "cela ça lui a ont est sont avait avaient était étaient sera seront aura auront va vont par pour avec sans dans "
    "contre entre selon après avant depuis pendant lors comme si lorsque quand puis alors aussi également ainsi "
    "pourtant toutefois cependant encore déjà pas plus jamais très bien hier lundi mardi mercredi jeudi vendredi "
    "samedi dimanche aujourd' peu tôt tard ensuite enfin vers dès ci là non oui même - à au aux en sur chez sous "
    "auprès de du des d' le la les l' un une ayant étant matin soir notamment tandis afin fin janvier février mars "
    "avril mai juin juillet août septembre octobre novembre décembre leur leurs son sa ses cette cet ces".split()
)
_MAX_REST: Final = 9  # tokens of a name between where its complements end and its acronym


class PhraseReader:
    """Reads on from the head of a noun phrase; ``outlets`` holds the tokens of the sentence at which an outlet's name
    begins.
    """

    def __init__(self, scan: Scan, is_verb: Callable[[str], bool]) -> None:
        self.scan = scan
        self._is_verb = is_verb
        self.outlets: set[int] = set()

    def to_acronym(self, last: int, end: int) -> int:
        """The rest of a long name that its acronym closes: "… de la statistique et des études économiques (Insee)"."""
        scan, forms = self.scan, self.scan.forms
        limit = min(end - 2, last + _MAX_REST)
        if "(" not in forms[last + 1 : limit]:
            return last
        for position in range(last + 1, limit):
            if forms[position] == "(":
                is_acronym = scan.capitals[position + 1] and forms[position + 2] == ")"
                return position - 1 if is_acronym else last
            if not forms[position][0].isalpha() or self._is_verb(forms[position]):
                return last
        return last

    def complements(self, last: int, end: int, names: list[str]) -> int:
        """Last token of a noun phrase whose head ends at ``last``: adjectives, then "de …", "à …", quoted names."""
        forms, scan = self.scan.forms, self.scan
        following = forms[last + 1] if last + 1 < end else ""
        is_joined = following == "-" and scan.starts[last + 1] == scan.ends[last]  # "le comédien-humoriste"
        if is_joined or (following not in STOP and following not in _PUNCTUATION):
            last = self._adjectives(last, end, names, 2)
        for _ in range(4):
            position = last + 1
            if position >= end:
                break
            if forms[position] == "et" and self._goes_on_with(position, end):
                position += 1  # "la ministre de la Culture et des Sports"
            if forms[position] in OF or (
                forms[position] in AT and self._place_follows(position, end) and position + 1 not in self.outlets
            ):
                position += 1
                while position < end and forms[position] in _BEFORE_COMPLEMENT:
                    position += 1
                if position < end and scan.verbs.is_infinitive(forms[position]) and forms[position] not in _NOUNS:
                    break  # "l'ONG continue d'affirmer que…"
                inner = self._adjectives(position - 1, end, names, 4)
                if inner < position:
                    break
                last = inner
            elif forms[position] in ("«", '"', "“") and position + 1 < end and scan.capitals[position + 1]:
                closing = next(
                    (p for p in range(position + 2, min(end, position + 8)) if forms[p] in ("»", '"', "”")), 0
                )
                if not closing or any(not scan.capitals[p] for p in range(position + 1, closing)):
                    break
                names.extend(forms[position + 1 : closing])
                last = closing
            else:
                break
        return last

    def _goes_on_with(self, position: int, end: int) -> bool:
        """Whether "et" joins a second duty written with a capital to a first: "de la Culture et des Sports"."""
        forms, capitals = self.scan.forms, self.scan.capitals
        if not capitals[position - 1] or position + 2 >= end or forms[position + 1] not in OF:
            return False
        following = position + (3 if forms[position + 2] in ARTICLES else 2)
        return following < end and capitals[following] and self.scan.forms[following] not in ABBREVIATED_TITLES

    def _is_in_name(self, position: int, end: int) -> bool:
        """Whether an article is a part of a name, as its capital and its neighbours' say: "Bruno Le Roux"."""
        capitals = self.scan.capitals
        return (
            self.scan.forms[position] in ARTICLES
            and capitals[position - 1]
            and capitals[position + 1 : position + 2] == [True]
        )

    def _place_follows(self, position: int, end: int) -> bool:
        """Whether a place follows that tells which: "le parquet à Dole", not "le parquet sur Telegram"."""
        if position + 1 >= end:
            return False
        on_the_spot = self.scan.forms[position + 1] == "place"
        return on_the_spot or (self.scan.capitals[position + 1] and self.scan.forms[position] != "sur")

    def _adjectives(self, last: int, end: int, names: list[str], limit: int) -> int:
        """Go on over words that can belong to the phrase: no verb, no function word, no punctuation."""
        scan, forms = self.scan, self.scan.forms
        position = start = last + 1
        while position < end and limit:
            form = forms[position]
            if form == "-" and position + 1 < end and scan.starts[position] == scan.ends[position - 1]:
                position += 2
                continue
            if scan.capitals[position] and form in ABBREVIATED_TITLES:
                break  # "à la presse Me Aubertin": somebody else
            if scan.capitals[position] and (form not in STOP or self._is_in_name(position, end)):
                names.append(form)
                last = position
                position += 1
                continue
            is_verb = self._is_verb(form) and forms[position - 1] not in _NO_VERB_AFTER
            if form in STOP or not form[0].isalpha() or form.endswith("'") or is_verb:
                break
            if (
                form in FOREIGN
                and position > start
                and scan.capitals[position - 1]
                and surname_at(scan, position, end) > 0
            ):
                position += 1
                continue
            if position - 1 > start and scan.capitals[position - 1] and scan.capitals[position - 2]:
                break  # "le maire Luc Bois quitte": no adjective follows a full name
            if form.endswith("ment") and not form.endswith("nement"):
                break
            last, limit = position, limit - 1
            position += 1
        return min(max(last, position - 1 if forms[position - 2 : position - 1] == ["-"] else last), end - 1)
