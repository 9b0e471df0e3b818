"""How a sentence is worded where no cue stands: names, public acts and events, or general talk.

A cue is evidence by itself and is shown as such; the words counted here only lean one way or the other, each a little.
The lists hold common words by what they usually do in news; they are our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from itertools import compress
from typing import Final

from service.article import Weighed, Wording
from service.bearers import Mention
from service.conjugation import conjugate
from service.scan import Scan

_FIRST_PERSON: Final = frozenset("je j' me m' moi mon ma mes nous notre nos".split())
# What is filed, published, voted, judged, counted or won can be found again, whoever tells it.
_RECORDS: Final = frozenset(
    "amende amendement arrêt arrêté arrêtés audience audiences audit autopsie cadastre circulaire consultation "
    "décret décrets délibération enquête enquêtes expertise facture factures inspection journal jugement "
    "jugements jury licence loi lois mandat motion ordonnance parquet perquisition plainte plaintes procès "
    "rapport rapports recensement registre registres relevé relevés règlement référendum saisi saisie sanction "
    "scrutin statistiques sursis traité tribunal vote élection élections élu élue élues élus étude études "
    "communiqué communiqués acquitté acquittée adopté adoptée adoptés adoptées condamné condamnée condamnés "
    "condamnées déposé déposée déposés déposées enregistré enregistrée enregistrés homologué homologuée inauguré "
    "inaugurée inculpé inculpée interpellé interpellée interpellés nommé nommée perquisitionné promulgué "
    "promulguée publié publiée publiés publiées ratifié ratifiée recensé recensés relaxé relaxée signé signée "
    "signés voté votée votés votées remporte remportent remporté remportée remportés vainqueur vainqueure médaille "
    "médailles podium finale classement match tournoi buts suffrages ballottage".split()
)
# Tolls, shares and crowds: somebody must have counted (annotation guideline, section 3 a).
_COUNTS: Final = frozenset(
    "bilan bilans morts mortes blessé blessés blessée blessées victimes tués tuées disparus disparues rescapés "
    "survivants sinistrés évacués évacuées interpellations interpellation interpellés gardes arrestations manifestants "
    "participants visiteurs spectateurs personnes foyers habitants taux proportion pourcentage recensé recensés "
    "recensées dénombré dénombrés".split()
)
# What weighs, compares and generalises: talk about a thing rather than the thing.
_GENERAL: Final = frozenset(
    "autant beaucoup bien ça chose choses déjà difficile encore guère jamais mal mieux pire plus pourquoi quelqu' quoi "
    "rien si simplement surtout tellement toujours très trop vite voilà vraiment vous votre vos".split()
)
# Verbs of acts that end: in the present of narration and in the simple past they tell an event, as the compound past of
# any verb does.
_DONE: Final = (
    "abandonner abattre aboutir accoster accoucher accueillir acheter achever acquérir acquitter adjuger adopter "
    "affronter agresser amerrir amputer annuler apparaître approuver arracher arrêter arriver assaillir assassiner "
    "atteindre atterrir attribuer autoriser battre blesser bloquer bombarder bousculer braquer brûler cambrioler "
    "capituler capturer casser céder choisir chuter clore commencer commettre conclure condamner confier confisquer "
    "conquérir convoquer couler couronner créer descendre devancer débarquer débuter décapiter décerner décéder "
    "déchirer déclencher décoller découvrir décréter décrocher déferler défoncer démanteler démarrer démettre "
    "démissionner démolir dépasser déployer déposer dérailler dérober désigner détourner détrôner détruire dévaliser "
    "dévoiler disparaître dissoudre distancer distribuer doubler effondrer embarquer empoisonner emporter emprisonner "
    "encaisser encercler endommager enfoncer enfuir engager enlever enregistrer enterrer entrer envahir envoyer "
    "escalader exécuter expirer exploser expulser extraire écarter échapper échouer éclater écoper écraser égaliser "
    "égorger élever éliminer élire éteindre étrangler évacuer évader éventrer faucher fermer finir fonder fouiller "
    "franchir frapper fuir fusiller fusionner gagner gifler heurter hospitaliser inaugurer incarcérer incendier "
    "inculper infliger inscrire installer intercepter interdire interpeller interrompre intervenir investir jaillir "
    "lancer larguer libérer licencier limoger livrer lyncher marquer massacrer mettre monter mordre mourir mutiler "
    "naître nommer noyer obtenir octroyer offrir ouvrir partir parvenir percuter perdre perquisitionner piller placer "
    "poignarder prendre promulguer prononcer publier pulvériser qualifier quitter racheter rafler rallier ramener "
    "rassembler ratifier ravager ravir rebondir recevoir reconduire redresser regagner rejoindre relaxer relâcher "
    "relever remettre remplacer remporter rendre renverser repartir repêcher replier reprendre retirer retomber "
    "retrouver revenir réaliser récolter récupérer réélire réintégrer répandre résilier réunir réussir révoquer "
    "riposter rompre rouvrir saisir sauver sceller secourir séquestrer signer sombrer sortir submerger succéder "
    "succomber surgir survenir suspendre terminer télécharger tirer tomber torpiller toucher transférer transmettre "
    "traverser trébucher triompher tuer vaincre verser violer voler voter"
).split()
_TOLD: Final = ("indicative-present", "simple-past")
_THIRD: Final = slice(2, 6, 3)  # persons of the paradigm, singular and plural
_AUXILIARIES: Final = frozenset("a ai avons ont avait avaient est sont était étaient fut furent".split())
_SETTING: Final = 10  # tokens before who acts: "Lundi matin, le Sénat…"
_BEFORE_ACTOR: Final = frozenset((",", "—", "–", "-", ":", ".", "matin", "soir"))
_ACT_WITHIN: Final = 5  # tokens from who acts to the verb
_ON, _RECORD, _IS_GENERAL, _AUXILIARY, _OWN_VOICE, _COUNT, _ACT = (1 << bit for bit in range(7))
_COLUMN_OF: Final = {_ON: "generic_on", _RECORD: "record", _IS_GENERAL: "general", _COUNT: "count_unsourced"}
_TELLING: Final = 15  # hundredths of a level from which a word that leans is named
DOUBT: Final = 3  # words that lean nowhere, beside those of the sentence: two words say less than twenty


def _classes() -> dict[str, int]:
    """The classes of every form that has any, as bits."""
    classes: dict[str, int] = {}
    for bit, forms in (
        (_ON, ("on",)),
        (_RECORD, _RECORDS),
        (_IS_GENERAL, _GENERAL),
        (_AUXILIARY, _AUXILIARIES),
        (_OWN_VOICE, _FIRST_PERSON),
        (_COUNT, _COUNTS),
        (_ACT, [form for verb in _DONE for mood in _TOLD for form in conjugate(verb)[mood][_THIRD]]),
    ):
        for form in forms:
            classes[form] = classes.get(form, 0) | bit
    return classes


_CLASSES: Final = _classes()


def wording_of(
    scan: Scan,
    index: int,
    frame: Set[int],
    held: Set[int],
    mentions: Sequence[Mention],
    leanings: Mapping[str, int],
) -> Wording:
    """Wording of sentence ``index``.

    ``frame`` holds the tokens of its sources, attributions and hedges, which count by themselves; ``held`` those of its
    particulars; ``mentions`` are the parties that it may name; ``leanings`` tells which way common words lean, in
    hundredths of a level.
    """
    first, end = scan.bounds[index]
    forms = scan.forms
    on = records = general = events = counts = 0
    first_person = False
    for token in range(first, end):
        bits = _CLASSES.get(forms[token], 0)
        if not bits:
            continue
        first_person = first_person or bits & _OWN_VOICE > 0
        if token in frame:
            continue
        on += bits & _ON > 0
        records += bits & _RECORD > 0
        counts += bits & _COUNT > 0
        general += bits & _IS_GENERAL > 0
        events += _event_end(scan, token, end, bits) >= token
    acts = bool(mentions) and _acts(scan, index, mentions[0])
    counted = frame | held  # tokens that count by themselves
    capitals = list(compress(range(first + 1, end), scan.capitals[first + 1 : end]))
    # The leaning, in levels, of words that are neither names nor counted.
    lean = list(map(leanings.get, forms[first:end]))
    for token in (*counted, *capitals):
        if first <= token < end:  # a caller's boundary may cut a word
            lean[token - first] = None
    leaning = sum(filter(None, lean)) / (100 * (len(lean) - lean.count(None) + DOUBT))
    # Words of names that nothing holds: the "who" that a reader can look up.
    names = [token for token in capitals if token not in counted and len(forms[token]) > 1]
    if names and scan.document.sentences[index].text.isupper():
        names = []
    return Wording(len(names), first_person, on, records, general, events, acts, counts, leaning)


def weighed(
    scan: Scan, index: int, frame: Set[int], held: Set[int], leanings: Mapping[str, int]
) -> tuple[Weighed, ...]:
    """The words that `wording_of` counts, names apart, and of those that lean the ones that lean much.

    Apart from it, since only an answer with contributions wants them.
    """
    first, end = scan.bounds[index]
    limit = scan.spans[index][1]  # a caller's boundary may cut a word
    forms, words = scan.forms, []

    def add(column: str, token: int, last: int, leaning: int = 0) -> None:
        words.append(Weighed(column, *scan.original(scan.starts[token], min(scan.ends[last], limit)), leaning))

    for token in range(first, end):
        if token in frame:
            continue
        bits = _CLASSES.get(forms[token], 0)
        for bit, column in _COLUMN_OF.items():
            if bits & bit:
                add(column, token, token)
        if (last := _event_end(scan, token, end, bits)) >= token:
            add("event", token, last)
        leaning = leanings.get(forms[token], 0)
        if abs(leaning) >= _TELLING and token not in held and not (scan.capitals[token] and token > first):
            add("leaning", token, token, leaning)
    return tuple(words)


def _event_end(scan: Scan, token: int, end: int, bits: int) -> int:
    """Last token of the event told from ``token`` on, a word of the classes ``bits``; -1 where none is."""
    if bits & _AUXILIARY:
        return scan.participle_after(token, end)
    if bits & _ACT and scan.verbs.is_finite_unambiguous(scan.forms[token]):
        return token
    return -1


def _acts(scan: Scan, index: int, mention: Mention) -> bool:
    """Whether somebody named, or a known body, opens the sentence as the subject of a verb: "Le Sénat a adopté…"."""
    first, end = scan.bounds[index]
    if mention.kind != "person" and not (mention.kind == "institution" and mention.entry):
        return False
    if mention.first > first and (
        mention.first - first > _SETTING or scan.forms[mention.first - 1] not in _BEFORE_ACTOR
    ):
        return False
    return any(map(scan.verbs.is_verbal, scan.forms[mention.last + 1 : min(end, mention.last + 1 + _ACT_WITHIN)]))
