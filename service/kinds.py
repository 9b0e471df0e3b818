"""What a sentence does: claim, opinion, prediction or none, by rules over its verbs, frames and cues."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from service.apparatus import CREDIT_LENGTH, is_apparatus, only_announces
from service.bearers import ARTICLES, Mention
from service.incises import SIGNATURE
from service.opinions import COPULAS, SHORT, is_judgement, is_opinion
from service.outlook import is_prediction
from service.phrases import OF
from service.quotes import Quotation
from service.scan import Hit, Scan
from service.subjects import GOVERNING, Attribution

_CONTENT_FOLLOWS: Final = frozenset(("que", "qu'", ":"))
_HARDLY_VERBS: Final = frozenset("- contre double porte moyenne face place fin entre distance légende seconde".split())
_IN: Final = frozenset("en à au aux l' la".split())
# A sentence without a verb that denies says so: "Rien d'illégal.", "Pas question de payer."
_NONE_OF: Final = frozenset("aucun aucune pas rien nul nulle jamais personne non".split())
# What is set for a day needs no verb.
_DUE: Final = frozenset(
    "jugement verdict délibéré décision audience réponse prochain prochaine salles kiosque librairie ouverture "
    "fermeture reprise clôture départ arrivée dépouillement inauguration livraison entrée sortie".split()
)
_DAYS: Final = frozenset(
    ("precision-date-complete", "precision-date-jour", "precision-date-jour-date", "precision-date-relatif")
)
_NONE_IN_A_HEADING: Final = (["aucun"], ["aucune"], ["pas"])
_STATES: Final = frozenset(
    "deuil grève colère feu flammes tête crise danger arrêt sec sommet urnes quai chute hausse baisse finale demi "
    "vente alerte ruine panne prison garde liberté fuite berne suspens péril manque peine lutte pouvoir".split()
)
# What a sentence without a verb may hold.
_WHEN_AND_WHERE: Final = ("precision-date", "precision-heure", "precision-lieu")
_NOMINAL: Final = 12  # tokens: what is longer says something even without a verb
_OPENING: Final = ("«", "“", '"', "‘")
# What stands before the subject of a clause that says a detail: "s'il juge", "un plan qu'elle juge « bancal »".
_SUBORDINATING: Final = frozenset("que qu' dont où si s' lequel laquelle".split())
_IMPERATIVES: Final = frozenset("faites dites soyez ayez".split())
_BEFORE_IMPERATIVE: Final = frozenset((",", ":", ".", "ne", "alors", "donc", "puis"))
_IMPERATIVE_HINTS: Final = ("ez", "ons", "faites", "dites")  # cheaper than a look at every verb
_FOLLOWING: Final = frozenset("suivant suivante suivants suivantes voici ainsi".split())
_WEIGHING: Final = ("c'est ", "?", "!", "je trouve ")  # what makes a judgement even of figures
_AUXILIARIES: Final = frozenset("a ont est sont avait avaient était étaient".split())


def kind_of(
    scan: Scan, index: int, attributions: Sequence[Attribution], speech: Sequence[Quotation], has_speaker: bool
) -> str:
    """Kind of sentence ``index`` by the guideline's section 1; ``speech`` is the direct speech in it.

    A frame ("X a déclaré que…") gives way to what it reports; some frames say themselves what they do (*juger* reports
    an opinion, *prévoir* a prediction, *promettre* is a claim that the promise was made).
    """
    first, end = scan.bounds[index]
    begin, limit = scan.spans[index]
    text = scan.text[begin:limit]
    block = scan.document.blocks[scan.document.sentences[index].block].kind
    hits = scan.hits[index]
    framed = bool(attributions)
    if not any(map(str.isalpha, scan.initials[first:end])) or any(a.hit.entry is SIGNATURE for a in attributions):
        return "none"
    if scan.forms[end - 1] == ":" and not _tells(scan, first, end, hits, attributions):
        return "none"  # a frame cut off before its content
    if scan.forms[end - 1] == "," and framed and all(attribution.hit.group is None for attribution in attributions):
        if not any(map(scan.verbs.is_verbal, scan.forms[first:end])):
            return "none"  # "Selon le ministère,"
    if text.rstrip().endswith("?") and text[:1] not in _OPENING:
        return "none"  # "Les distributeurs ont-ils communiqué leurs pertes ?"
    if not framed and text.rstrip(' »”")').endswith("?"):
        return "none"
    if limit - begin <= CREDIT_LENGTH and all(attribution.hit.group is None for attribution in attributions):
        if is_apparatus(scan, first, end, text):
            return "none"
    if block in ("title", "heading") and only_announces(scan, first, end, block):
        return "none"
    if not _asserts(scan, first, end, block, hits, framed):
        return "opinion" if block == "paragraph" and end - first <= SHORT and any(map(is_judgement, hits)) else "none"
    frame = next((a for a in attributions if _is_main(scan, a)), None)
    if frame is not None and frame.hit.entry.kind and not _quotes_a_fact(scan, frame, hits, speech):
        return frame.hit.entry.kind
    return _content_kind(scan, first, end, text, attributions, hits, speech, has_speaker)


def _tells(scan: Scan, first: int, end: int, hits: Sequence[Hit], attributions: Sequence[Attribution]) -> bool:
    """Whether a sentence says what happened, with a particular or at length, before a colon that only adds to it."""
    forms = scan.forms
    if attributions:  # "selon X, les délits ont augmenté :" says it; "X a déclaré :" does not
        told = all(attribution.hit.group is None for attribution in attributions)
        return told and any(map(scan.verbs.is_verbal, forms[first:end]))
    if not _FOLLOWING.isdisjoint(forms[first:end]):
        return False
    if end - first <= _NOMINAL and all(hit.entry.category != "precision" for hit in hits):
        return False
    if forms[end - 2] in COPULAS:
        return False  # "Les dix finalistes qui ont été retenus sont :"
    return any(
        forms[token] in _AUXILIARIES and forms[token - 1] != "qui" and scan.participle_after(token, end) > 0
        for token in range(first, end - 1)
    )


def _asserts(scan: Scan, first: int, end: int, block: str, hits: Sequence[Hit], framed: bool) -> bool:
    """Whether there is a predicate: a finite verb, or in a heading a participle or a figure."""
    verbs = scan.verbs
    forms = scan.forms[first:end]
    if not framed and _is_exhortation(scan, first, end):
        return False
    if framed or any(
        verbs.is_verbal(scan.forms[token]) and (token == first or not _is_proper(scan, token))
        for token in range(first, end)
    ):
        return True
    is_heading = block in ("title", "heading", "caption")
    for hit in hits:
        if hit.entry.category in ("conditional", "denial"):
            return True
        if hit.entry.category == "precision" and not hit.entry.id.startswith(_WHEN_AND_WHERE):
            return True
    if is_heading:
        body = forms[forms.index(":") + 1 :] if ":" in forms else forms
        if body[:1] in _NONE_IN_A_HEADING:
            return True  # "Pas d'accord entre Sète et Dole"
        if any(before in _IN and state in _STATES for before, state in pairwise(forms)):
            return True  # "Les Russes au sommet"
        return any(_may_assert(scan, token) for token in range(end - len(body) + 1, end))
    if len(forms) > _NOMINAL or not _NONE_OF.isdisjoint(forms):
        return True  # "Aucune liaison vers Arlon.", "Pas de blessés."
    if forms[0] not in ARTICLES and not _DUE.isdisjoint(forms[:3]) and any(hit.entry.id in _DAYS for hit in hits):
        return True  # "Jugement le 22 mai.", "Prochain conseil mardi."
    return any(_may_assert(scan, token) for token in range(first, end))


def _may_assert(scan: Scan, token: int) -> bool:
    """Whether a word can be the predicate of a sentence that has no certain verb."""
    if _is_participle(scan, token):
        return True
    if not _may_be_finite(scan, scan.forms[token]) or (scan.is_noun_here(token) and not _has_object(scan, token)):
        return False
    if _opens_phrase(scan, token):
        return OF.isdisjoint(scan.forms[token + 1 : token + 2])  # "Annulation du sommet"
    return not _is_proper(scan, token)


def _has_object(scan: Scan, token: int) -> bool:
    """Whether what looks like the article of a noun is the object of a verb: "Leur patron le conteste"."""
    if token < 2 or scan.forms[token - 1] not in ("le", "la", "les", "l'"):
        return False
    before = scan.forms[token - 2]
    return len(before) > 3 and before.isalpha() and before not in GOVERNING


def _is_proper(scan: Scan, token: int) -> bool:
    """Whether a word is a name by its capital, as far as its sentence is not all capitals."""
    return scan.capitals[token] and not scan.word(token).isupper()


def _opens_phrase(scan: Scan, token: int) -> bool:
    """Whether a word opens the text, a line, or what follows a colon."""
    return token == 0 or scan.forms[token - 1] in (":", ".", "!", "?") or scan.text[scan.starts[token] - 1] == "\n"


def _is_participle(scan: Scan, token: int) -> bool:
    """Whether a form is a past participle, and no noun with its article: "La montée du drapeau", "L'arrivée"."""
    forms = scan.forms
    if not scan.verbs.is_past_participle(forms[token]) or (token and forms[token - 1] in ARTICLES):
        return False
    if token and scan.text[scan.starts[token] - 1] == "-":
        return False  # "Etats-Unis", "déjà-vu"
    # "Levée du blocus", "Arrivée de la flamme"
    return not _opens_phrase(scan, token) or OF.isdisjoint(forms[token + 1 : token + 2])


def _is_main(scan: Scan, attribution: Attribution) -> bool:
    """Whether an attribution frames the sentence: no participle ("dénonçant…"), no relative clause ("qui
    critique…", "un mur que la ville juge laid").
    """
    group = attribution.hit.group
    if group is None:
        return True
    if "present-participle" in group.moods or scan.forms[group.first - 1] == "qui":
        return False
    if attribution.frame in ("incise", "agent") or not attribution.sources:
        return True
    party = attribution.sources[0][0]
    before = (party.first if isinstance(party, Mention) else party.token) - 1
    if before >= 0 and scan.forms[before] == "l'":
        before -= 1  # "où l'on redoute"
    return before < 0 or before > group.first or scan.forms[before] not in _SUBORDINATING


def _quotes_a_fact(scan: Scan, frame: Attribution, hits: Sequence[Hit], speech: Sequence[Quotation]) -> bool:
    """Whether the words that somebody sighs or scorns tell a fact with its particulars: "« Ils sont venus deux fois en
    mars », peste-t-elle."
    """
    if frame.hit.entry.kind != "opinion" or frame.frame != "incise":
        return False
    said = [hit for hit in hits if any(quotation.start <= hit.start < quotation.end for quotation in speech)]
    if any(hit.entry.category == "subjective" for hit in said):
        return False
    if any(mark in scan.text[quotation.start : quotation.end] for quotation in speech for mark in _WEIGHING):
        return False
    return any(hit.entry.category == "precision" and not hit.entry.id.startswith("precision-lieu") for hit in said)


def _may_be_finite(scan: Scan, form: str) -> bool:
    if form.endswith("es") and len(form) > 4 and form not in _IMPERATIVES:
        return False  # no news says "tu": "infractions occultes", "Des cartes et des dates"
    return scan.verbs.is_finite(form) and form not in _HARDLY_VERBS


def _is_exhortation(scan: Scan, first: int, end: int) -> bool:
    """Whether the first verb is an imperative: it opens the sentence, or stands after a comma, a colon or "ne"."""
    forms = scan.forms
    if not any(map(scan.text[scan.starts[first] : scan.ends[end - 1]].__contains__, _IMPERATIVE_HINTS)):
        return False
    token = next((t for t in range(first, end) if scan.verbs.is_verbal(forms[t]) or forms[t] in _IMPERATIVES), end)
    if token == end or end - token < 2:
        return False
    if forms[token] not in _IMPERATIVES and not (
        forms[token].endswith(("ez", "ons")) and scan.verbs.is_finite(forms[token])
    ):
        return False
    if not {"nous", "vous"}.isdisjoint(forms[max(first, token - 3) : token]) and forms[token - 2 : token] != [
        "ne",
        "vous",
    ]:
        return False  # "nous ne nommerons personne"
    if token > first and forms[token - 1] not in _BEFORE_IMPERATIVE and forms[token - 2 : token] != ["ne", "vous"]:
        return False
    following = forms[token + 1 : token + 6]
    if following[:2] == ["-", "vous"] and any(map(scan.verbs.is_verbal, following[2:3])):
        return False  # "Rendez-vous est pris"
    if ":" in following or (following[0] not in ARTICLES and not _CONTENT_FOLLOWS.isdisjoint(following)):
        return False  # "rappelons que…", "suivez l'argent : …" assert what follows; "faisons le calcul que…" does not
    return forms[token + 1] != "-" or forms[token + 2 : token + 3] in (["nous"], ["vous"])


def _content_kind(
    scan: Scan,
    first: int,
    end: int,
    text: str,
    attributions: Sequence[Attribution],
    hits: Sequence[Hit],
    speech: Sequence[Quotation],
    has_speaker: bool,
) -> str:
    start = first
    for attribution in attributions:
        if attribution.frame in ("clause", "infinitive", "quote") and attribution.hit.last - first < 25:
            start = attribution.hit.last + 1
            break
    if is_prediction(scan, start, end, hits, bool(attributions)):
        return "prediction"
    if is_opinion(scan, start, end, text, hits, speech, has_speaker):
        return "opinion"
    return "claim"
