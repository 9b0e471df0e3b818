"""A party to an article, and what its words alone tell of it: whom it may stand for, and its gender."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from service.bearers import Mention
from service.subjects import Pronoun

CARRYING: Final = frozenset(("document", "outlet"))  # kinds that carry somebody's words
# Words that take up a person just named rather than bring in another.
STAND_INS: Final = frozenset(
    "candidat candidate champion championne joueur joueuse athlète artiste chanteur chanteuse auteur autrice "
    "écrivain intéressé intéressée élu élue responsable dirigeant dirigeante homme femme suspect prévenu "
    "prévenue accusé accusée quinquagénaire quadragénaire trentenaire sexagénaire septuagénaire chef "
    "avocat avocate réalisateur réalisatrice entraîneur entraîneuse sélectionneur ministre président présidente "
    "cinéaste compositeur compositrice photographe peintre écrivaine essayiste philosophe historien historienne "
    "économiste humoriste présentateur présentatrice animateur animatrice journaliste lauréat lauréate perdant "
    "perdante vainqueur vainqueure buteur attaquant défenseur gardien officier commandant magistrat magistrate "
    "condamné condamnée bourgmestre gouverneur éditeur éditrice fondateur fondatrice entrepreneur entrepreneuse "
    "socialiste écologiste centriste communiste travailliste frontiste macroniste indépendantiste libérale libéral "
    "démocrate républicain républicaine conservatrice insoumis insoumise natif native "
    "édile généraliste monarque souverain pontife opposant opposante rival rivale "
    "maire préfet préfète député députée sénateur sénatrice procureur procureure patron patronne directeur "
    "directrice banquier milliardaire militant militante chercheur chercheuse scientifique professeur médecin "
    "intervenant romancier romancière comédien comédienne acteur actrice pilote coureur navigateur "
    "skieur skieuse nageur nageuse capitaine général colonel".split()
)
# Nouns that take up a body just named: "le groupe", "l'institut".
_BODIES: Final = frozenset(
    "groupe organisation institut agence entreprise organisme assureur opérateur institution société compagnie firme "
    "fabricant constructeur établissement autorité association ong fédération club syndicat enseigne plateforme "
    "instance régulateur juridiction collectif parti formation banque distributeur avionneur équipementier laboratoire "
    "multinationale réseau mutuelle université hôpital armateur exploitant géant éditeur brasseur".split()
)
_OUTLETS: Final = frozenset("journal chaîne quotidien hebdomadaire magazine site média agence radio".split())
TAKE_UP: Final = ((_BODIES, "institution"), (_OUTLETS, "outlet"))
# Gender of bodies whose article does not show it: "l'armée".
_FEMININE_BODIES: Final = frozenset(
    "académie accusation administration agence alliance ambassade anse armée assemblée association autorité "
    "commission compagnie confédération cour école église enseigne enquête entreprise équipe fédération "
    "fondation france institution ligue mairie municipalité ong onu opposition organisation préfecture "
    "présidence société union université".split()
)
_MASCULINE_BODIES: Final = frozenset(
    "élysée état exécutif exploitant hebdomadaire hôpital hospice hôtel insee inserm institut observatoire office "
    "opérateur organisme ordre orchestre éditeur émetteur employeur établissement armateur assureur".split()
)


@dataclass(slots=True, eq=False)
class Party:
    """A party to the article: ``named`` in these sentences; a source once it ``spoke`` in any."""

    party: Mention | Pronoun
    kind: str
    head: str
    named: list[int]
    spoke: list[int] = field(default_factory=list)
    id: str = ""  # of a source: s1, s2… in order of their first claim
    relayed: bool = False  # an identifiable outlet reported what it says

    @property
    def last(self) -> int:
        """The last sentence that it spoke in or was named in; -1 if none."""
        return max(self.spoke[-1:] + self.named[-1:], default=-1)

    @property
    def gender(self) -> str:
        """ "f", "m" or "", by its article, or for a body by its noun."""
        if self.party.gender or self.kind != "institution":
            return self.party.gender
        return "f" if self.head in _FEMININE_BODIES else "m" if self.head in _MASCULINE_BODIES else ""
