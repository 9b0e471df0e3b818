"""Whether what a sentence says lies in the future, and is no scheduled event: a forecast, a guess, a hypothesis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from service.scan import Hit, Scan

_MODAL_FUTURE: Final = frozenset("pourra pourront devra devront faudra".split())  # what a rule allows or demands
_SUBORDINATE_SUBJECTS: Final = frozenset(("qui", "s'", "si"))
_EPISTEMIC: Final = frozenset(
    "être avoir indiquer signifier expliquer suggérer laisser provenir venir résulter constituer représenter "
    "témoigner traduire refléter correspondre montrer sembler concerner dépasser atteindre compter agir".split()
)
_RISKING: Final = ("risque", "risquent", "risquerait", "risqueraient")
_FUTURES: Final = frozenset("sera seront fera feront aura auront".split())
_SOMETIME: Final = frozenset("bientôt inévitablement immanquablement finira finiront inéluctablement forcément".split())
_DATED: Final = frozenset(
    ("precision-date-complete", "precision-date-jour", "precision-date-jour-date", "precision-date-mois")
)
_OBJECTS: Final = frozenset(
    "le la les l' un une des son sa ses leur leurs ce cet cette ces deux trois quatre dix".split()
)
_TIMES: Final = frozenset(
    "an année ans semaine mois jour jours soir matin nuit heures minutes trimestre siècle fois printemps été automne "
    "hiver lundi mardi mercredi jeudi vendredi samedi dimanche".split()
)
_CAUSED: Final = frozenset(
    "lié liée liés liées dû due dus dues causé causée attribué attribuée expliqué expliquée".split()
)
# How a sentence opens that says what may come; after the second kind only where a future follows.
_GUESS: Final = re.compile(
    r"(?:\W{0,3}[\w'’ -]{0,40}, )?(?:il y a (?:fort|gros) à parier|on s'attend\b|il se pourrait qu)"
)
_GUESS_OF_A_FUTURE: Final = re.compile(
    r"(?:\W{0,3}[\w'’ -]{0,40}, )?"
    r"(?:il (?:est|paraît|semble) (?:probable|vraisemblable) qu|rien n'exclut qu|tout porte à croire qu)"
)
_GUESS_HINTS: Final = frozenset("parier attend pourrait probable vraisemblable exclut porte".split())
_GUESS_WITHIN: Final = 20  # tokens
# What is only expected, or worded as an outcome. The first group stands without more, the second needs a time ahead.
_EXPECTED: Final = re.compile(
    r"(?:est|sont|reste|restent|était|étaient) (?:\w{2,12} ){0,2}?(?:attendue?s?|espérée?s?|à craindre|à prévoir|"
    r"à redouter|promise?s? à|vouée?s? à|(?:bien )?parti(?:e|s|es)? pour|inévitables?|inéluctables?|envisageables?)\b"
    r"(?! (?:par|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|ce|le \d)\b)|"
    r"(?:paraît|paraissent|semble|semblent) (?:\w{2,12} ){0,2}?(?:inévitables?|inéluctables?|envisageables?|"
    r"peu probables?|vouée?s? à|promise?s? à|compromise?s?)\b|"
    r"(?:se dirige|s'achemine|se dirigent|s'acheminent) vers |(?:a|ont) toutes les chances de |"
    r"laissent? (?:augurer|présager) |promet(?:tent)? d'être |"
    r"(?:sera|seront) (?:de courte durée|décisi|crucia|déterminant|difficile|compliqué|rude|long\b|longue)|"
    r"prendr(?:a|ont) (?:\w{1,12} ){0,4}(?:années|mois|semaines)\b|fera (?:encore )?parler d|"
    r"se (?:jouera|joueront) |aur(?:a|ont) (?:\w{2,10} ){0,2}(?:du mal|de la peine) à "
)
_EXPECTED_BY_THEN: Final = re.compile(
    r"(?:(?:est|sont|paraît|paraissent|semble|semblent) (?:\w{2,12} ){0,2}?(?:im)?probables?|"
    r"(?:n'est|ne sont|n'était|n'étaient) (?:pas|toutefois pas|donc pas) exclue?s?|"
    r"aur(?:a|ont) (?:\w{2,10} ){0,2}?"
    r"(?:disparu|perdu|doublé|triplé|fermé|fondu|gagné|atteint|dépassé|baissé|augmenté))\b"
)
_AHEAD: Final = re.compile(
    r"\b(?:avant|d'ici|à venir|prochaine?s?|demain|l'an prochain|dans (?:\w{2,8} ){1,2}(?:ans|jours|semaines|mois)|"
    r"(?:en|vers) 20\d\d|démission|ouverture|fermeture|remaniement|report|accord|reprise|hausse|baisse|retour)\b"
)
# A word of each alternative of both: where none stands, they are not tried.
_EXPECTED_HINTS: Final = frozenset(
    "attendu attendue attendus attendues espéré espérée espérés espérées craindre prévoir redouter promis promise "
    "promises voué vouée voués vouées parti partie partis parties inévitable inévitables inéluctable inéluctables "
    "envisageable envisageables probable probables improbable improbables compromis compromise compromises dirige "
    "dirigent achemine acheminent chances augurer présager promet promettent sera seront prendra prendront fera jouera "
    "joueront exclu exclue exclus exclues aura auront".split()
)
_EXPECTED_WITHIN: Final = 120  # characters: further on, what is expected is a detail of a claim
# How a sentence opens whose future or conditional is the outcome of something.
_OUTCOME_OF: Final = re.compile(
    r"(?:\W{0,3}(?:mais|et|or) )?(?:à ce rythme|à terme|tôt ou tard|si rien n|faute de \w|dès demain|un jour\b|"
    r"sans (?!aucun|surprise|doute|nul|attendre|précise|plus\b)[^,]{3,50},|dans (?:\w{2,12}) (?:ans|décennies)\b|"
    r"d'ici (?:\d{4}|peu|là|quelques|une|dix|vingt|trente)\b)"
)
_OUTCOME_OPENINGS: Final = frozenset("mais et or à tôt si faute dès un sans dans d'".split())  # or a mark before them
_SUPPOSED: Final = re.compile(
    r"(?:\W{0,3}(?:mais|et|or) )?(?:(?:un|une|de) tel(?:le|s|les)? |pareil(?:le|s|les)? |avec (?:ce|cet|cette|une?) |"
    r"dans l'hypothèse |\w{2,14}(?:er|ir|re|oir) (?:l[ae']|les|ce|cet|cette|ces|un|une|son|sa)\b)"
)
_SUPPOSITIONS: Final = frozenset(
    "mesure initiative réforme projet programme plan taxe loi fermeture scénario proposition suppression remplacement "
    "changement embargo dissolution issue".split()
)
_AUXILIARY_CONDITIONALS: Final = frozenset(
    "serait seraient aurait auraient devrait devraient pourrait pourraient".split()
)
_MAX_SUPPOSITION: Final = 14  # tokens from what is supposed to its effect
_HAD: Final = frozenset("avait avaient était étaient".split())
_CONDITION: Final = 25  # tokens that a condition before its comma may take


def is_prediction(scan: Scan, start: int, end: int, hits: Sequence[Hit], framed: bool) -> bool:
    """Whether the first finite verb of the content is a future, or a modal about what may come."""
    if start >= end:
        return False
    verbs, forms = scan.verbs, scan.forms
    if _opens_a_guess(scan, start, end) or _is_expected(scan, start, end) or _is_outcome(scan, start, end):
        return True
    is_verbal = verbs.is_verbal
    for token in range(start, end):
        form = forms[token]
        if form in ("annonce", "annoncent") and token > start and forms[token - 1] == "s'":
            return True  # "le vote s'annonce serré"
        if not is_verbal(form) and form not in _RISKING:
            continue
        if token > start and _SUBORDINATE_SUBJECTS.intersection(forms[max(start, token - 2) : token]):
            continue  # "ceux qui vivent ici", "s'il venait à partir": the main verb is further on
        if scan.capitals[token] and (token > start or any(scan.capitals[token + 1 : token + 2])):
            continue  # "Marie Roux"
        position = _next_infinitive_at(scan, token, end, 5) if form in ("va", "vont") else -1
        if position >= 0:
            if _is_speculative(scan, start, end, hits):
                return True
            following = forms[position + 1 : min(end, position + 4)]
            acts = any(word in _OBJECTS or word.isdigit() for word in following[:1])
            acts = acts and _TIMES.isdisjoint(following[1:])  # "va tomber l'an prochain"
            dated = any(hit.entry.id in _DATED for hit in hits)
            # "la banque va supprimer 74 postes" is announced, "le régime va tomber" is a guess
            return not (framed or dated or acts)
        if form in ("devrait", "devraient"):
            position = _next_infinitive_at(scan, token, end, 6)
            if (
                position >= 0
                and forms[position] in ("être", "avoir")
                and forms[position + 1 : position + 2] != ["lieu"]
            ):
                passive = forms[position] == "être" and any(
                    map(verbs.is_past_participle, forms[position + 1 : end][:1])
                )
                return passive and not framed
            return True
        if form in ("pourrait", "pourraient"):
            return _is_about_to_come(scan, token, end)
        if form in _RISKING and forms[token + 1 : token + 2] in (["de"], ["d'"]) and not scan.is_noun_here(token):
            return True
        if form in _MODAL_FUTURE:
            return False
        if verbs.is_future(form) or form in _FUTURES:
            return _is_speculative(scan, start, end, hits)
        if form not in _RISKING:
            return False
    return False


def _opens_a_guess(scan: Scan, start: int, end: int) -> bool:
    """Whether the content opens as a guess: "Il y a fort à parier que…", "S'il y parvient, il battra le record"."""
    forms = scan.forms
    if not _GUESS_HINTS.isdisjoint(forms[start : min(end, start + _GUESS_WITHIN)]):
        begin, limit = scan.starts[start], scan.ends[end - 1]
        if _GUESS.match(scan.text, begin, limit):
            return True
        if _GUESS_OF_A_FUTURE.match(scan.text, begin, limit):
            return any(map(scan.verbs.is_future, forms[start:end]))
    if forms[start : start + 1] not in (["si"], ["s'"]):
        return False
    comma = next((token for token in range(start + 1, min(end, start + _CONDITION)) if forms[token] == ","), end)
    main = next((token for token in range(comma, end) if scan.verbs.is_verbal(forms[token])), -1)
    if any(form in _HAD and scan.participle_after(start + at, comma) > 0 for at, form in enumerate(forms[start:comma])):
        return False  # "s'il avait plu, le pont aurait cédé" tells what did not happen
    return main >= 0 and (
        scan.verbs.is_future(forms[main]) or forms[main] in _FUTURES or scan.verbs.is_conditional(forms[main])
    )


def _is_expected(scan: Scan, start: int, end: int) -> bool:
    """Whether something is only expected: "un accord paraît inévitable", "la détente sera de courte durée"."""
    if _EXPECTED_HINTS.isdisjoint(scan.forms[start:end]):
        return False
    begin = scan.starts[start]
    text = scan.text[begin : min(scan.ends[end - 1], begin + _EXPECTED_WITHIN)]
    if _EXPECTED.search(text):
        return True
    return bool(_EXPECTED_BY_THEN.search(text)) and bool(_AHEAD.search(scan.text, begin, scan.ends[end - 1]))


def _is_outcome(scan: Scan, start: int, end: int) -> bool:
    """Whether it is said what would come of something: "à ce rythme, …", "une telle taxe coûterait"."""
    verbs, forms = scan.verbs, scan.forms
    begin, limit = scan.starts[start], scan.ends[end - 1]
    effect = -1
    if "rai" in scan.text[begin:limit]:  # cheaper than a look at every form
        effect = next((token for token in range(start, end) if _is_effect(scan, forms[token])), -1)
    if effect >= 0:
        if _SUPPOSED.match(scan.text, begin, limit):
            return True
        before = forms[start : min(effect, start + _MAX_SUPPOSITION)]
        if not _SUPPOSITIONS.isdisjoint(before[1:]) and not any(map(verbs.is_finite_unambiguous, before)):
            return True
    opening = forms[start]
    if (opening[0].isalpha() and opening not in _OUTCOME_OPENINGS) or not _OUTCOME_OF.match(scan.text, begin, limit):
        return False
    return effect >= 0 or any(verbs.is_future(form) or form in _FUTURES for form in forms[start:end])


def _is_effect(scan: Scan, form: str) -> bool:
    """Whether a form is a conditional that may tell an effect: "coûterait", not "serait", which may be hearsay."""
    if not form.endswith(("rait", "raient")) or form in _AUXILIARY_CONDITIONALS:  # cheaper than the verb table
        return False
    return scan.verbs.is_conditional(form)


def _is_speculative(scan: Scan, start: int, end: int, hits: Sequence[Hit]) -> bool:
    """Whether a future is a guess: most futures of the press are announced ("ouvrira le 3 mars", "sera jugé")."""
    if any("hedge" in hit.entry.categories for hit in hits):
        return True
    return not _SOMETIME.isdisjoint(scan.forms[start:end])


def _is_about_to_come(scan: Scan, token: int, end: int) -> bool:
    """Whether "pourrait" speaks of what may come ("pourrait céder", "pourrait être voté"), not of what may be so."""
    position = _next_infinitive_at(scan, token, end, 14)
    if position < 0:
        return False
    if scan.forms[position] == "être" and position + 1 < end:
        following = scan.forms[position + 1]
        return scan.verbs.is_past_participle(following) and following not in _CAUSED
    if scan.forms[position : position + 2] == ["avoir", "lieu"]:
        return True
    if scan.forms[position] == "avoir":
        ahead = scan.forms[position : min(end, position + 12)]
        return any(pair == ("d'", "ici") for pair in pairwise(ahead))  # "pourraient avoir disparu d'ici à 2060"
    return scan.forms[position] not in _EPISTEMIC


def _next_infinitive_at(scan: Scan, token: int, end: int, reach: int) -> int:
    for position in range(token + 1, min(end, token + 1 + reach)):
        if scan.verbs.is_infinitive(scan.forms[position]):
            return position
    return -1
