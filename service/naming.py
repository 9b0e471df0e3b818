"""Names by their capitals: where one starts, how far it reaches, and whom it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from service.bearers import ARTICLES, Mention
from service.heads import is_agent
from service.names import LINKS, OVER_A_PREPOSITION, PARTICLES, TITLES, kind_of_name, plain, surname_at
from service.phrases import OF, STOP, PhraseReader
from service.scan import Scan

_PLACES: Final = frozenset(
    "parc rue place avenue boulevard quai square pont tour stade lycée collège aéroport gare quartier camp île mont "
    "lac impasse allée route chemin forêt".split()
)
# Capitalised at the beginning of a sentence without being a name.
NOT_NAMES: Final = (
    ARTICLES
    | STOP
    | frozenset(
        "plusieurs certains certaines quelques chaque aucun aucune tout tous toute toutes deux trois "
        "quatre cinq six sept huit neuf dix onze douze quinze vingt trente cent mille moins environ outre "
        "certes enfin ensuite plutôt voici voilà malgré face suite grâce quant près loin hormis sauf "
        "suivant durant parmi derrière devant hors jusqu' jusque parce puisqu' puisque lorsqu' quoi quel "
        "quelle quels quelles comment pourquoi combien celui celle ceux celles mes mon ma ton votre notre "
        "nos vos ses c' j' t' m' qu' n' s' l' d' peut faut hélas heureusement malheureusement cette rien "
        "personne beaucoup peu trop assez monsieur madame premier première autre autres d'autres d'abord "
        "bref reste récemment désormais maintenant demain actuellement officiellement interrogé "
        "interrogée contacté contactée sollicité sollicitée joint jointe cité citée selon d'après "
        "résultat nombre fin début nul nulle chacun chacune".split()
    )
)
_BEFORE_VERB: Final = frozenset(("a", "avait", "est", "était", "n'", "n", "ne", "s'", "se", "l'"))
_MAX_NAME: Final = 24  # tokens; without an end, initials and hyphens would be searched again and again
_FORENAMES: Final = frozenset("aimé aimée désiré désirée marine prosper rose".split())  # spelled like forms of verbs
_KIN: Final = frozenset("mère père fille fils sœur frère étudiant étudiante élève maman papa veuve".split())


class NameReader:
    """Reads the names of one document. ``surnames`` collects those met with a first name, for their later short forms;
    ``known`` are the words met with a capital inside a sentence.
    """

    def __init__(
        self,
        scan: Scan,
        is_verb: Callable[[str], bool],
        phrases: PhraseReader,
        surnames: set[str],
        forenames: Mapping[str, str],
    ) -> None:
        self.scan = scan
        self.surnames = surnames
        self.known: set[str] = set()
        self._is_verb = is_verb
        self._phrases = phrases
        self._forenames = forenames

    def is_forename_of(self, token: int, end: int) -> bool:
        """Whether what may be a body ("la marine") is the first name of somebody: "Marine Vial"."""
        capitals = self.scan.capitals
        return self.scan.forms[token] in _FORENAMES and capitals[token] and token + 1 < end and capitals[token + 1]

    def starts(self, token: int, first: int, end: int) -> bool:
        """Whether a name starts at ``token`` of the sentence that begins at ``first``."""
        scan, form = self.scan, self.scan.forms[token]
        if not scan.capitals[token] or (form in NOT_NAMES and form not in TITLES):
            return False
        if form in TITLES:
            return token + 1 < end and (scan.capitals[token + 1] or scan.forms[token + 1] == ".")
        if token > first and scan.forms[token - 1] not in ("«", '"', "“", "—", "–", "-", ":"):
            return True
        if scan.word(token).isupper() and len(form) > 1 and not form.endswith("'"):
            return True
        following = token + 1
        if self._goes_on(following, end):
            return form not in scan.verbs.forms
        if following + 1 < end and scan.forms[following] == "-" and scan.capitals[following + 1]:
            return scan.starts[following] == scan.ends[token]  # "Jean-Marc"
        if following < end and (scan.capitals[following] or form in self.known):
            return form not in scan.verbs.forms or form in _FORENAMES
        if form in self.known:
            return True
        if following >= end:
            return False
        # "Nestlé dément", "Airbus a livré": a capital that no article precedes, right before a verb.
        after = scan.forms[following]
        if after in ("«", "“") or (after == "," and scan.forms[following + 1 : following + 2] in (["qui"], ["dont"])):
            return form not in scan.verbs.forms  # "Airbus « coopère pleinement »", "Swissmem, qui…"
        return after in _BEFORE_VERB or (self._is_verb(after) and form not in scan.verbs.forms)

    def _goes_on(self, token: int, end: int) -> bool:
        """Whether a particle and a surname follow a first name that opens a sentence: "Ursula von der Leyen"."""
        forms, name = self.scan.forms, surname_at(self.scan, token, end)
        if name < 0 or forms[token] == "-":
            return False
        if forms[token] not in OF:
            return forms[token] not in LINKS
        # "Charles de Courson a déclaré", but "Retour de Lyon": a name is followed by what it does.
        after = forms[name + 1] if name + 1 < end else ""
        return after in _BEFORE_VERB or self._is_verb(after)

    def read(self, index: int, token: int, end: int) -> Mention | None:
        """The name that starts at ``token`` of sentence ``index``; None where it is a place's ("le parc Colbert")."""
        scan, forms = self.scan, self.scan.forms
        begin = scan.bounds[index][0]
        if token > begin and forms[token - 1] in _PLACES and not scan.capitals[token - 1]:
            return None  # "dans le parc Colbert"
        last, position, titled = token, token + 1, forms[token] in TITLES
        end_of_name = min(end, token + _MAX_NAME)
        while position < end_of_name:
            form = forms[position]
            if form == "-" and self._is_hyphenated(position, end_of_name):
                last = position = position + 3  # "Marche-en-Famenne"
            elif scan.capitals[position] and (form not in ARTICLES or scan.starts[position] > scan.ends[position - 1]):
                last = position
            elif form == "." and ((titled and position == token + 1) or len(forms[position - 1]) == 1):
                pass
            elif (
                form not in PARTICLES
                or position - last > 2
                or (form == "-" and scan.starts[position] > scan.ends[position - 1])
            ):
                break
            position += 1
        names = tuple(
            plain(forms[p])
            for p in range(token, last + 1)
            if scan.capitals[p] and forms[p] not in TITLES and len(forms[p]) > 1
        )
        if not names:
            return None
        first = token
        determiner = forms[token - 1] if token > begin else ""
        if determiner in ("le", "la") and scan.capitals[token - 1] and len(names) == 1 and names[0] in self.surnames:
            first, determiner = token - 1, ""  # "Le Pen" after "Marine Le Pen"
        kind = "person" if titled else kind_of_name(scan, token, last, names, determiner, self.surnames)
        if kind == "institution" and determiner not in ARTICLES and self._is_first_name(index, last, end, names):
            kind = "role"  # "Mickaël, affûteur", "Awa, 31 ans": nobody could find them by that
        sex = self.sex(names) if (kind == "role" or (kind == "person" and len(names) > 1)) and not titled else ""
        found = list(names)
        if determiner in ARTICLES and kind == "institution":
            first -= 1
            if forms[last + 1 : last + 2] and forms[last + 1] in OF:
                last = self._phrases.complements(last, end, found)  # "la Fondation du patrimoine"
        if kind == "person" and (len(names) > 1 or titled):
            self.surnames.add(names[-1])
        is_bare = len(names) == 1
        named = tuple(map(plain, found))
        determiner = forms[token] if titled else determiner
        return Mention(index, first, last, token, kind, named, "", determiner, is_bare, sex=sex)

    def sex(self, names: Sequence[str]) -> str:
        """What the first name of somebody tells: "f", "m" or ""."""
        return self._forenames.get(names[0], "") if names else ""

    def _is_hyphenated(self, position: int, end: int) -> bool:
        """Whether a hyphen joins the name to its next capital over a preposition: "Marche-en-Famenne"."""
        forms = self.scan.forms
        if position + 3 >= end or forms[position + 1] not in OVER_A_PREPOSITION:
            return False
        return forms[position + 2] == "-" and self.scan.capitals[position + 3]

    def _is_first_name(self, index: int, last: int, end: int, names: Sequence[str]) -> bool:
        """Whether a first name stands alone: a common one, or one that an age or a trade follows after a comma."""
        forms, after = self.scan.forms, last + 2
        if len(names) == 1 and names[0] in self._forenames and not self.scan.word(last).isupper():
            return True
        if after + 1 >= end or forms[last + 1] != ",":
            return False
        if forms[after][0].isdigit():
            return forms[after + 1] == "ans"
        if forms[after] in _KIN:
            return True
        if self.scan.capitals[after] or not is_agent(forms[after]) or forms[after] == "géant":
            return False
        hits, place = self.scan.hits[index], self.scan.hit_from(index, after)
        return place == len(hits) or hits[place].first > after or hits[place].entry.source_kind != "institution"
