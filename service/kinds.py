"""What a sentence does: claim, opinion, prediction or none, by rules over its verbs, frames and cues."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from service.bearers import ARTICLES
from service.incises import SIGNATURE
from service.quotes import Quotation
from service.scan import Hit, Scan
from service.subjects import Attribution

_CREDIT = re.compile(
    r"\W{0,3}(?:(?:photos?|crédits?|illustration|vidéo|source|sources|texte|lire|voir)(?: photo)? ?[:/]|photo dr\b|"
    r"contact presse|propos recueillis|entretien réalisé|par la rédaction\b|"
    r"communiqué de presse|lire aussi|à lire|voir aussi|avec (?:afp|reuters)|"
    r"par [a-zà-ÿ .-]{3,40}$|publié le|mis à jour|©|"
    r"\(?(?:afp|reuters|belga|ats|ap)\b[^.]{0,40}$|retrouvez|abonnez|suivez|partagez|"
    r"[\w' -]{3,30}, (?:de notre|de nos|notre) (?:envoyée?s? spécia|correspondant))"
)
_DATELINE = re.compile(
    r"[^a-z]{0,6}(?:[\w' -]{2,30}[,(–-] ?)?\(?(?:\w{2,12}[ ,]{1,2})?"
    r"\d{1,2}(?:er)?[ /.-][\wéû]{1,10}(?:[ /.-]\d{2,4})?\W{0,3}(?:\d{1,2} ?[h:] ?\d{0,2})?"
    r"(?:\([\w ,]{2,20}\))?\W{0,4}$"
)
_CLOCK = re.compile(r"\W{0,2}\d{1,2} ?[h:.] ?\d{0,2}(?: ?(?:tu|gmt|utc))?\W{0,4}(?:[\w'-]{2,20}\W{0,3}){0,2}$")
_MODAL_FUTURE = frozenset("pourra pourront devra devront faudra".split())  # what a rule allows or demands
_COPULAS = frozenset(
    "est était sont étaient c' serait reste devient semble paraît fut trouve trouvent juge être agit".split()
)
_CONTENT_FOLLOWS = frozenset(("que", "qu'", ":"))
_HARDLY_VERBS = frozenset("- contre double porte moyenne face place fin entre distance légende seconde".split())
_IN = frozenset("en à au aux l' la".split())
_STATES = frozenset(
    "deuil grève colère feu flammes tête crise danger arrêt sec sommet urnes quai chute hausse baisse finale demi "
    "vente alerte ruine panne prison garde liberté fuite berne suspens péril manque peine lutte pouvoir".split()
)
_WHEN_AND_WHERE = ("precision-date", "precision-heure", "precision-lieu")  # what a sentence without a verb may hold
_NOMINAL = 12  # tokens: what is longer says something even without a verb
_OPENING = ("«", "“", '"', "‘")
_IMPERATIVES = frozenset("faites dites soyez ayez".split())
_IMPERATIVE_HINTS = ("ez", "ons", "faites", "dites")  # cheaper than a look at every verb
_FOLLOWING = frozenset("suivant suivante suivants suivantes voici ainsi".split())
_AUXILIARIES = frozenset("a ont est sont avait avaient était étaient".split())
_CREDIT_LENGTH = 120  # characters: credit lines and datelines are short
_JUDGEMENT = 0.8  # weight from which an evaluative word can be a judgement by itself
_SPOKEN_JUDGEMENT = 0.4  # the same within direct speech
_SHORT_TEXT = 160  # characters: longer sentences say more than "c'est…"
_SHORT = 8  # tokens: in so short a sentence the evaluative word is the content
_SUBORDINATE_SUBJECTS = frozenset(("qui", "s'", "si"))
_EPISTEMIC = frozenset(
    "être avoir indiquer signifier expliquer suggérer laisser provenir venir résulter constituer représenter "
    "témoigner traduire refléter correspondre montrer sembler concerner dépasser atteindre compter agir".split()
)
_RISKING = ("risque", "risquent", "risquerait", "risqueraient")
_FUTURES = frozenset("sera seront fera feront aura auront".split())
_SOMETIME = frozenset("bientôt inévitablement immanquablement finira finiront inéluctablement forcément".split())
_DATED = frozenset(
    ("precision-date-complete", "precision-date-jour", "precision-date-jour-date", "precision-date-mois")
)
_CAUSED = frozenset("lié liée liés liées dû due dus dues causé causée attribué attribuée expliqué expliquée".split())
# "c'est une honte", "ce serait un coup de maître"; "c'est lui qui…" says who, and is no judgement.
_THAT_IS = re.compile(
    r"\W{0,3}(?:\w{1,12},? ){0,4}(?:c'est|c'était|ce serait|ce sera|ce n'est pas|ce n'était pas|voilà) "
    r"(?:(?!qui\b|que\b|qu'|là\b|dans\b|à\b|en\b|ce\b|pourquoi\b)[\w'’-]{1,20}[ .,!»]{1,3}){1,7}$"
)
_THAT_IS_HINTS = ("c'", "ce ", "voilà")  # cheaper than the pattern
_DEONTIC = re.compile(
    r"\b(?:il (?:faut|faudrait|faudra)(?! (?:\w{1,12} )?(?:voir|savoir|attendre|noter|rappeler|compter|dire))|"
    r"il est (?:temps|urgent|indispensable|inacceptable|scandaleux|regrettable|honteux)|"
    r"on (?:doit|devrait|ne peut (?:que|pas))|nous devons|c'est (?:un|une) (?:honte|scandale|désastre|catastrophe|"
    r"erreur|faute|aberration|bonne|mauvaise|victoire|échec|injustice))\b"
)
_DEONTIC_HINTS = ("il faut", "il faud", "il est ", "on d", "on ne ", "nous d", "c'est un")  # cheaper than the pattern
_DEONTIC_WITHIN = 60  # characters: further on, the duty is a detail of a claim
# How a sentence opens that says what may come; after the second kind only where a future follows.
_GUESS = re.compile(r"(?:\W{0,3}[\w'’ -]{0,40}, )?(?:il y a (?:fort|gros) à parier|on s'attend\b|il se pourrait qu)")
_GUESS_OF_A_FUTURE = re.compile(
    r"(?:\W{0,3}[\w'’ -]{0,40}, )?"
    r"(?:il (?:est|paraît|semble) (?:probable|vraisemblable) qu|rien n'exclut qu|tout porte à croire qu)"
)
_CONDITION = 25  # tokens that a condition before its comma may take
_FIRST_PERSON = frozenset("je j' nous mon ma mes notre nos moi".split())


def kind_of(
    scan: Scan, index: int, attributions: Sequence[Attribution], speech: Sequence[Quotation], has_speaker: bool
) -> str:
    """Kind of sentence ``index`` by the guideline's section 1.

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
    if text.rstrip().endswith("?") and text[:1] not in _OPENING:
        return "none"  # "Les distributeurs ont-ils communiqué leurs pertes ?"
    if not framed and text.rstrip(' »”")').endswith("?"):
        return "none"
    if limit - begin <= _CREDIT_LENGTH and all(attribution.hit.group is None for attribution in attributions):
        if _CREDIT.match(text) or _DATELINE.fullmatch(text):
            return "none"
        if _CLOCK.match(text) and not any(map(scan.verbs.is_verbal, scan.forms[first:end])):
            return "none"
    if not _asserts(scan, first, end, block, hits, framed):
        return "opinion" if block == "paragraph" and end - first <= _SHORT and any(map(_is_judgement, hits)) else "none"
    frame = next((a for a in attributions if _is_main(scan, a)), None)
    if frame is not None and frame.hit.entry.kind:
        return frame.hit.entry.kind
    return _content_kind(scan, first, end, text, attributions, hits, speech, has_speaker)


def _tells(scan: Scan, first: int, end: int, hits: Sequence[Hit], attributions: Sequence[Attribution]) -> bool:
    """Whether a sentence says what happened, with a particular, before a colon that only adds to it."""
    forms = scan.forms
    if attributions:  # "selon X, les délits ont augmenté :" says it; "X a déclaré :" does not
        told = all(attribution.hit.group is None for attribution in attributions)
        return told and any(map(scan.verbs.is_verbal, forms[first:end]))
    if not _FOLLOWING.isdisjoint(forms[first:end]) or all(hit.entry.category != "precision" for hit in hits):
        return False
    return any(
        forms[token] in _AUXILIARIES and any(map(scan.verbs.is_past_participle, forms[token + 1 : token + 5]))
        for token in range(first, end - 1)
    )


def _asserts(scan: Scan, first: int, end: int, block: str, hits: Sequence[Hit], framed: bool) -> bool:
    """Whether there is a predicate: a finite verb, or in a heading a participle or a figure."""
    verbs = scan.verbs
    forms = scan.forms[first:end]
    if not framed and _is_exhortation(scan, first, end):
        return False
    if framed or any(map(verbs.is_verbal, forms)):
        return True
    is_heading = block in ("title", "heading", "caption")
    for hit in hits:
        if hit.entry.category in ("conditional", "denial"):
            return True
        if hit.entry.category == "precision" and not hit.entry.id.startswith(_WHEN_AND_WHERE):
            return True
    if is_heading:
        body = forms[forms.index(":") + 1 :] if ":" in forms else forms
        if any(before in _IN and state in _STATES for before, state in pairwise(forms)):
            return True  # "Les Russes au sommet"
        return any(
            _is_participle(scan, token)
            or (_may_be_finite(scan, scan.forms[token]) and not scan.is_noun_here(token) and not scan.capitals[token])
            for token in range(end - len(body) + 1, end)
        )
    return len(forms) > _NOMINAL or any(
        _is_participle(scan, token) or _may_be_finite(scan, scan.forms[token]) for token in range(first, end)
    )


def _is_participle(scan: Scan, token: int) -> bool:
    """Whether a form is a past participle, and no noun with its article: "La montée du drapeau", "L'arrivée"."""
    return scan.verbs.is_past_participle(scan.forms[token]) and (token == 0 or scan.forms[token - 1] not in ARTICLES)


def _is_main(scan: Scan, attribution: Attribution) -> bool:
    """Whether an attribution frames the sentence: no participle ("dénonçant…"), no relative clause ("qui
    critique…").
    """
    group = attribution.hit.group
    if group is None:
        return True
    return "present-participle" not in group.moods and scan.forms[group.first - 1] != "qui"


def _is_judgement(hit: Hit) -> bool:
    """Whether a word judges by itself, even without a verb ("Risible.")."""
    return hit.entry.category == "subjective" and hit.entry.weight >= _JUDGEMENT


def _may_be_finite(scan: Scan, form: str) -> bool:
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
    if token > first and forms[token - 1] not in (",", ":", "ne") and forms[token - 2 : token] != ["ne", "vous"]:
        return False
    if not _CONTENT_FOLLOWS.isdisjoint(forms[token + 1 : token + 6]):
        return False  # "rappelons que…", "suivez l'argent : …" assert what follows
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
    if _is_prediction(scan, start, end, hits, bool(attributions)):
        return "prediction"
    if _is_opinion(scan, start, end, text, hits, speech, has_speaker):
        return "opinion"
    return "claim"


def _is_prediction(scan: Scan, start: int, end: int, hits: Sequence[Hit], framed: bool) -> bool:
    """Whether the first finite verb of the content is a future, or a modal about what may come."""
    verbs, forms = scan.verbs, scan.forms
    if _opens_a_guess(scan, start, end):
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
        if form in ("va", "vont") and _next_infinitive(scan, token, end):
            dated = any(hit.entry.id in _DATED for hit in hits)
            return _is_speculative(scan, start, end, hits) or not (framed or dated)
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
    if start >= end:
        return False
    forms = scan.forms
    begin, limit = scan.starts[start], scan.ends[end - 1]
    if _GUESS.match(scan.text, begin, limit):
        return True
    if _GUESS_OF_A_FUTURE.match(scan.text, begin, limit):
        return any(map(scan.verbs.is_future, forms[start:end]))
    if forms[start : start + 1] not in (["si"], ["s'"]):
        return False
    comma = next((token for token in range(start + 1, min(end, start + _CONDITION)) if forms[token] == ","), end)
    main = next((token for token in range(comma, end) if scan.verbs.is_verbal(forms[token])), -1)
    return main >= 0 and (
        scan.verbs.is_future(forms[main]) or forms[main] in _FUTURES or scan.verbs.is_conditional(forms[main])
    )


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
    return scan.forms[position] not in _EPISTEMIC


def _next_infinitive(scan: Scan, token: int, end: int) -> str:
    position = _next_infinitive_at(scan, token, end, 5)
    return scan.forms[position] if position >= 0 else ""


def _next_infinitive_at(scan: Scan, token: int, end: int, reach: int) -> int:
    for position in range(token + 1, min(end, token + 1 + reach)):
        if scan.verbs.is_infinitive(scan.forms[position]):
            return position
    return -1


def _is_opinion(
    scan: Scan,
    start: int,
    end: int,
    text: str,
    hits: Sequence[Hit],
    speech: Sequence[Quotation],
    has_speaker: bool,
) -> bool:
    opening = text[:_DEONTIC_WITHIN]
    if any(map(opening.__contains__, _DEONTIC_HINTS)) and _DEONTIC.search(opening):
        return True
    evaluative = [hit for hit in hits if hit.entry.category == "subjective"]
    may_judge = len(text) <= _SHORT_TEXT and any(map(text.__contains__, _THAT_IS_HINTS))
    if not evaluative and not may_judge:
        return False
    is_precise = any(hit.entry.category == "precision" for hit in hits)
    if may_judge and not is_precise and _THAT_IS.match(_quoted_words(text)):
        return True
    strong = sum(hit.entry.weight for hit in evaluative)
    in_speech = has_speaker and bool(speech)
    if strong >= 0.5 and in_speech and not _FIRST_PERSON.isdisjoint(scan.forms[start:end]):
        return True
    if not is_precise and any(_is_predicate(scan, hit, end - start, in_speech) for hit in evaluative):
        return True
    return strong >= 2.0


def _quoted_words(text: str) -> str:
    """What is said: the words between the marks where the sentence opens with a quotation, else the sentence."""
    if text[:1] not in ("«", "“", '"'):
        return text
    closing = max(text.find(mark, 1) for mark in ("»", "”", '"'))
    return text[1:closing].strip() + "." if closing > 0 else text[1:]


def _is_predicate(scan: Scan, hit: Hit, length: int, in_speech: bool) -> bool:
    """Whether an evaluative word is what the sentence says ("c'est un scandale"), not a colour ("un final
    incroyable").
    """
    if hit.entry.weight < (_SPOKEN_JUDGEMENT if in_speech else _JUDGEMENT):
        return False
    return length <= _SHORT or not _COPULAS.isdisjoint(scan.forms[max(0, hit.first - 5) : hit.first])
