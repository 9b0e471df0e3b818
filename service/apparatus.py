"""What stands around the news and asserts nothing: credit lines, datelines, and headings that only announce."""

from __future__ import annotations

import re
from typing import Final

from service.opinions import COPULAS
from service.scan import Scan

_CREDIT: Final = re.compile(
    r"[(*] ?(?:reportage|version française|rédigée?|éditée?|traduite?|traduction)\b[^.]{1,160}$|"
    r"\W{0,3}(?:(?:photos?|crédits?|illustration|vidéo|source|sources|texte|lire|voir)(?: photo)? ?[:/]|photo dr\b|"
    r"photos? (?:d'|de )?archives?\b|photo [\w' .-]{3,40}, archives?\b|vue d'artiste|captures? d'écran|"
    r"(?:reportage|rédigé|édité|traduit|adapté|version française|enquête) (?:de|d'|par|réalisée? par) ?"
    r"(?!.{3,80}, (?:l[ae]s? |l'|une? |ce |cette |ils? |elles? ))[a-zà-ÿ .,;'-]{3,100}\)?$|"
    r"contact presse|propos recueillis|entretien réalisé|par la rédaction\b|"
    r"communiqué de presse|lire aussi|à lire|voir aussi|avec (?:afp|reuters)|"
    r"par [a-zà-ÿ .-]{3,40}$|publié le|(?:dernière |première )?mise? à jour|©|"
    r"avec (?:notre|nos) (?:envoyée?s?|correspondant)|"
    r"(?:ce contenu|cet article|cette dépêche|ce texte) a (?:été|d'abord) (?:initialement |d'abord )?"
    r"(?:relu|publié|traduit|rédigé|mis)|\[\d{1,2}\]|"
    r"(?:plus d'informations?|pour tout renseignement|renseignements?|contacts?|infos?) ?:|merci (?:à|aux) \w|"
    r"\(?(?:afp|reuters|belga|ats|ap)\b[^.]{0,40}$|retrouvez|abonnez|suivez|partagez|"
    r"[\w' -]{3,30}, (?:de notre|de nos|notre) (?:envoyée?s? spécia|correspondant))"
)
_DATELINE: Final = re.compile(
    r"[^a-z]{0,6}(?:[\w' -]{2,30}[,(–-] ?)?\(?(?:\w{2,12}[ ,]{1,2})?"
    r"\d{1,2}(?:er)?[ /.-][\wéû]{1,10}(?:[ /.-]\d{2,4})?\W{0,3}(?:\d{1,2} ?[h:] ?\d{0,2})?"
    r"(?:\([\w ,]{2,20}\))?\W{0,4}$"
)
_CLOCK: Final = re.compile(r"\W{0,2}\d{1,2} ?[h:.] ?\d{0,2}(?: ?(?:tu|gmt|utc))?\W{0,4}(?:[\w'-]{2,20}\W{0,3}){0,2}$")
CREDIT_LENGTH: Final = 120  # characters: credit lines and datelines are short
# How a heading opens that announces an answer and gives none.
_ANNOUNCING: Final = (["ce", "que"], ["ce", "qu'"], ["ce", "qui"], ["ce", "dont"], ["d'", "où"], ["à", "quoi"])
# Who hides it is said by the way: "Ce que la mairie vous cache".
_HIDING: Final = frozenset("cache cachent dissimule dissimulent tait taisent chuchote chuchotent vous personne".split())
_ONE_OF: Final = (["un"], ["une"], ["des"])
_THEME: Final = 7  # tokens of a heading that says what a part is about
_PLACING: Final = frozenset("à au aux par dans en lors après avant près devant".split())  # what an event has beside it


def is_apparatus(scan: Scan, first: int, end: int, text: str) -> bool:
    """Whether a short sentence is a credit line, a dateline, thanks or an address, or a clock with a word or two."""
    if _CREDIT.match(text) or _DATELINE.fullmatch(text):
        return True
    return _CLOCK.match(text) is not None and not any(map(scan.verbs.is_verbal, scan.forms[first:end]))


def only_announces(scan: Scan, first: int, end: int, block: str) -> bool:
    """Whether a heading only says what will be told: "Ce que dit l'arrêt"; or over a part of the text what it is about:
    "Un chiffre contesté", "Des élus qui doutent", no event: "Un homme tué à Sète".
    """
    forms = scan.forms[first:end]
    body = forms[forms.index(":") + 1 :] if ":" in forms else forms
    while body and not body[0][0].isalpha():
        body = body[1:]  # a clock before it
    if body[:2] in _ANNOUNCING:
        return COPULAS.isdisjoint(body[2:]) and _HIDING.isdisjoint(body[2:])
    if block != "heading" or ":" in forms or body[:1] not in _ONE_OF or len(body) > _THEME:
        return False
    before = next((at for at, form in enumerate(body) if form in ("qui", "que", "qu'")), len(body))
    verbs = scan.verbs
    if any(map(verbs.is_verbal, body[:before])):
        return False
    if any(verbs.is_finite(form) and not verbs.is_past_participle(form) for form in body[2:before]):
        return False  # "Un batelier doute"
    return not any(map(verbs.is_past_participle, body[:before])) or _PLACING.isdisjoint(body[:before])
