"""Who carried the words of a source: the outlet that heard them, the document in which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from service.bearers import Mention
from service.phrases import OF
from service.scan import Hit, Scan
from service.subjects import Attribution

_AT_THE_OUTLET: Final = (" micro de ", " antenne de ", " ondes de ", " colonnes de ", " colonnes du ", " caméras de ")
_TO_THE_OUTLET: Final = (*_AT_THE_OUTLET, " à ", " auprès de ", " auprès d' ", " auprès du ", " au ", " par ")
_MAX_TO_RECIPIENT, _MAX_TO_OUTLET = 10, 25  # tokens from the verb to the outlet that heard the words
_TALKS: Final = frozenset(("entretien", "entrevue", "interview"))
_PROGRAMMES: Final = frozenset(
    "journal jt matinale plateau micro antenne ondes studio studios émission caméras colonnes »".split()
)
# What is sent to an outlet or said to it: "un courriel adressé à Reuters", "dans un entretien au Figaro".
_SENT: Final = frozenset(
    form + ending
    for form in (
        "transmis adressé envoyé confié accordé communiqué remis donné livré parvenu transféré fourni interrogé"
    ).split()
    for ending in ("", "e", "s", "es")
) | frozenset("entretien entrevue interview propos déclaration déclarations tribune confidences message".split())
# Of a poll or an inquiry: for whom it was made.
_MADE: Final = frozenset(
    form + ending for form in "mené réalisé commandé effectué conduit".split() for ending in ("", "e", "s", "es")
)
# Verbs of who puts a document forward: "exhibe les procès-verbaux", "renvoie au registre", "s'appuie sur une photo".
_SHOWING: Final = frozenset(
    "invoquer renvoyer brandir exhiber produire citer présenter opposer appuyer baser fonder référer".split()
)
_MAX_TO_SHOWN: Final = 4  # tokens from such a verb to the document
_BACKED: Final = ["à", "l'", "appui"]  # "facture à l'appui"
_WHICH: Final = frozenset(("que", "qu'", "dont"))  # "un gérant que Var-Matin a rencontré"
_OUTLET_HAS: Final = frozenset(("a", "avait", "ont", "avaient"))
_MAX_TO_SENT: Final = 9  # tokens back from the outlet to what it was sent
_MAX_TO_AUTHOR: Final = 10  # tokens from a document to the "par" before who made it
_MAX_TO_TELLER: Final = 8  # tokens from "les informations" to the verb of whose they are
_CONFIDED: Final = "informations-confiees"  # the cue of "que le procureur a confiées"
_ENDS_PHRASE: Final = frozenset(("par", ",", ";", ":", ".", "qui", "que", "et", "»", "«"))
_MESSAGES: Final = frozenset(("message", "messages", "sms"))  # passed on by whoever likes to
_AUTHORS: Final = frozenset(("person", "institution", "role", "outlet"))
_MAX_TO_PROGRAMME: Final = 4  # tokens back from the outlet to what it broadcasts
# What somebody publishes or sends to speak through it.
_PUBLISHED: Final = frozenset(
    "communiqué communiqués lettre courrier courriel tweet message post tribune livre rapport déclaration note "
    "discours article billet mémoires vidéo étude document avis décision texte arrêt "
    "jugement ordonnance mémoire essai ouvrage bilan audit enquête réquisitoire autobiographie "
    "réponse réponses décisions déclarations estimation estimations observations aveux bulletin point conclusions "
    "requête".split()
)


def add_media(scan: Scan, mentions: Sequence[Mention], found: list[Attribution]) -> None:
    """Where the words were said, added to the first attribution with a speaker: "dans un communiqué", "sur LCI"."""
    carriers = [mention for mention in mentions if mention.kind in ("outlet", "document") and mention.first]
    if not carriers or not found:
        return
    forms = scan.forms
    place = next((i for i, a in enumerate(found) if any(role == "speaker" for _, role in a.sources)), -1)
    if place < 0:
        return
    used = {party for attribution in found for party, _ in attribution.sources}
    for mention in carriers:
        if mention in used:
            continue
        before = forms[mention.first - 1]
        if mention.kind == "outlet" and (
            before in ("sur", "dans", "chez")
            or _is_heard(forms, mention.first)
            or _is_told(forms, mention)
            or _has_met(forms, mention)
        ):
            found[place] = _with(found[place], mention, "recipient")
        elif mention.kind == "document" and (before in ("dans", "via") or (before == "par" and mention.bare)):
            if forms[mention.head] in _PUBLISHED:
                found[place] = _with(found[place], mention, "medium")
        elif mention.kind == "document" and _is_shown(forms, mention, found):
            found[place] = _with(found[place], mention, "medium")


def _is_shown(forms: Sequence[str], mention: Mention, found: Sequence[Attribution]) -> bool:
    """Whether somebody puts the document forward: "renvoie aux permis de construire", "facture à l'appui"."""
    if mention.last == mention.head and forms[mention.last + 1 : mention.last + 4] == _BACKED:
        return True
    return any(
        attribution.hit.group is not None
        and attribution.hit.group.lemma in _SHOWING
        and 0 < mention.first - attribution.hit.last <= _MAX_TO_SHOWN
        and OF.isdisjoint(forms[attribution.hit.last + 1 : mention.first])  # "la confidentialité de ses avis"
        for attribution in found
    )


def add_authors(scan: Scan, mentions: Sequence[Mention], found: list[Attribution]) -> None:
    """Who made the document that speaks, added to its attribution: "selon le bilan présenté mardi par le parquet"; an
    image that somebody named has made is a document, a message of nobody is anonymous.
    """
    used = {party for attribution in found for party, _ in attribution.sources}
    for place, attribution in enumerate(found):
        for party, role in attribution.sources:
            if not isinstance(party, Mention) or role != "speaker":
                continue
            if party.entry == "source-document":
                author = _author(scan, mentions, party)
                if author is not None and author not in used:
                    found[place] = _with(found[place], author, "speaker")
                    used.add(author)
                elif author is None and not party.names and not party.definite and scan.forms[party.head] in _MESSAGES:
                    party.kind = "anonymous"
            elif party.entry == "source-image" and _author(scan, mentions, party):
                party.kind = "document"  # "des images prises par la société Maxar"


def without_vessel(attribution: Attribution, found: Sequence[Attribution]) -> Attribution:
    """Without "les informations" where it is told whose they are: "selon les informations que le procureur a confiées",
    "selon les renseignements livrés par une source".
    """
    for pair in attribution.sources if attribution.hit.group is None else ():
        party = pair[0]
        if isinstance(party, Mention) and party.entry == "source-informations":
            if any(_tells_whose(other, party) for other in found):
                return replace(attribution, sources=tuple(kept for kept in attribution.sources if kept != pair))
    return attribution


def _tells_whose(attribution: Attribution, vessel: Mention) -> bool:
    hit = attribution.hit
    is_near = hit.group is not None and 0 < hit.first - vessel.last <= _MAX_TO_TELLER
    return is_near and bool(attribution.sources) and (attribution.frame == "agent" or hit.entry.id == _CONFIDED)


def _author(scan: Scan, mentions: Sequence[Mention], text: Mention) -> Mention | None:
    forms, after = scan.forms, text.last + 1
    if forms[after : after + 1] == [","] and any(map(scan.verbs.is_past_participle, forms[after + 1 : after + 2])):
        after += 1  # "une vidéo, publiée sur Telegram par l'armée"
    by = next((t for t in range(after, min(after + _MAX_TO_AUTHOR, len(forms))) if forms[t] in _ENDS_PHRASE), -1)
    if by < 0 or forms[by] != "par":
        return None
    if not any(map(scan.verbs.is_past_participle, (forms[text.last], *forms[after : after + 1]))):
        return None
    return next((m for m in mentions if by < m.first <= by + 2 and m.kind in _AUTHORS), None)


def _is_heard(forms: Sequence[str], first: int) -> bool:
    """Whether the outlet that begins at ``first`` had somebody on: "en entretien avec RTL", "invité du journal de"."""
    near = forms[max(0, first - _MAX_TO_PROGRAMME) : first]
    if forms[first - 1] == "avec":
        return not _TALKS.isdisjoint(near)
    return forms[first - 1] in ("de", "d'") and not _PROGRAMMES.isdisjoint(near)


def _is_told(forms: Sequence[str], mention: Mention) -> bool:
    """Whether something was sent or said to the outlet, or made for it: "transmis à Reuters", "mené pour La Presse"."""
    first, before = mention.first, forms[mention.first - 1]
    near = forms[max(0, first - _MAX_TO_SENT) : first]
    if before == "pour":
        return not _MADE.isdisjoint(near)
    is_to = before in ("à", "auprès") or forms[first] in ("au", "aux")
    return is_to and not _SENT.isdisjoint(near)


def _has_met(forms: Sequence[str], mention: Mention) -> bool:
    """Whether a relative clause tells what the outlet has seen or whom it has met: "que Var-Matin a rencontré"."""
    first, after = mention.first, mention.last + 1
    if not mention.names:
        return False  # "que sa chaîne avait été lavée"
    if forms[first - 1] in ("«", "“", '"'):
        first, after = first - 1, after + 1
    return first > 0 and forms[first - 1] in _WHICH and not _OUTLET_HAS.isdisjoint(forms[after : after + 1])


def recipients(scan: Scan, hit: Hit, mentions: Sequence[Mention]) -> list[Mention]:
    """Outlets that merely received the words: "a déclaré à l'AFP", "au micro de RTL"."""
    forms = scan.forms
    begin = scan.bounds[hit.sentence][0]
    found = []
    for mention in mentions:
        distance = mention.first - hit.last
        if mention.kind != "outlet" or not 0 < distance < _MAX_TO_OUTLET:
            continue
        before = f" {' '.join(forms[max(begin, mention.first - 3) : mention.first + 1])} "
        marks = _AT_THE_OUTLET if distance >= _MAX_TO_RECIPIENT else _TO_THE_OUTLET
        if any(map(before.__contains__, marks)) or (
            distance < _MAX_TO_RECIPIENT and forms[mention.first] in ("au", "aux")
        ):
            found.append(mention)
    return found


def _with(attribution: Attribution, mention: Mention, role: str) -> Attribution:
    return replace(attribution, sources=(*attribution.sources, (mention, role)))
