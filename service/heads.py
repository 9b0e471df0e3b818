"""Noun phrases that stand where only a source stands, whatever their noun: "selon le facteur", "», dit une ouvrière".

The lexicon knows the nouns that often speak; anybody else speaks where the grammar says so. What is found here is only
the head of the phrase: `service.mentions` finds how far it reaches.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import Final

from service.entry import CueEntry
from service.scan import Hit, Scan

OPEN_HEAD: Final = CueEntry("source-ouverte", "source", source_kind="role", categories=("source",))
DETERMINERS: Final = frozenset(
    "le la les l' un une des du son sa ses leur leurs ce cet cette ces plusieurs deux trois "
    "mon ma mes notre nos votre vos".split()
)
# Adjectives and numbers between an article and its noun.
BEFORE_HEAD: Final = frozenset(
    "plusieurs certains certaines quelques deux trois quatre cinq six sept huit neuf dix haut haute hauts "
    "hautes ancien ancienne anciens anciennes premier première premiers premières nouveau nouvelle nouveaux "
    "nouvelles même mêmes autre autres principal principale principaux principales grand grande jeune jeunes "
    "vice ex de d' divers diverses tous toutes tout toute différents différentes nombreux nombreuses propre "
    "seul seule petit petite récent récente dernier dernière derniers dernières - nombre bon bons vieil vieux "
    "vieille vieilles".split()
)
_CLOSERS: Final = frozenset(("»", "”", '"', ",", "!", "?", "…", "—", "–"))
QUOTE_STARTS: Final = frozenset(("«", "“", "„", '"'))
QUOTE_ENDS: Final = frozenset(("»", "”", '"'))
AUXILIARIES: Final = frozenset(("a", "ont", "avait", "avaient"))
COPULAS: Final = frozenset("sont était étaient sera seront serait fut reste semble va vont".split())
_BEFORE_INCISE: Final = frozenset((",", "l'", "s'", "se", "lui", "leur"))
_CLAUSE_ENDS: Final = frozenset((",", "!", "?", "…", "."))
_LABEL: Final = 5  # so few quoted words may be a title
_CLITICS: Final = frozenset("l' lui leur s' se le la les ne n' y en pas m' me nous t' te vous".split())
_BEFORE_ABLE: Final = _CLITICS | AUXILIARIES | {"pu", "su"}  # "les géologues ont pu établir que…"
_BEFORE_SUBJECT: Final = frozenset((",", "et", "que", "qu'", ":", "»", "mais", "car", "—", "–", "lorsque", "quand"))
_INSIDE: Final = frozenset("de du des d' l' la le les en à au aux et -".split())
_OF: Final = frozenset("de du d' des".split())
_CLAUSE_STARTS: Final = frozenset(("que", "qu'", ":", "«", '"', "“"))
_TO_INFINITIVE: Final = frozenset("à de d' ne n' pas s' se y en lui leur le la les l'".split())
_ADVERBS: Final = frozenset(
    "mardi lundi mercredi jeudi vendredi samedi dimanche hier également aussi ainsi pour sa part pourtant toutefois "
    "cependant néanmoins encore".split()
)
_CLAUSE: Final = 40  # tokens before an incise in which its clause has a verb
_NO_NOUNS: Final = _ADVERBS | frozenset(
    "que qui dont soit dernier dernière derniers dernières million millions milliard milliards mois jour jours semaine "
    "année ans soir matin lendemain veille moment week dix cinq trois quatre tel telle tels telles".split()
)
_MAX_RELATIVE: Final = 14  # tokens of a relative clause between a subject and its verb
_RELATIVES: Final = frozenset(("qui", "dont"))
_RELATIVE_ENDS: Final = frozenset((",", ";", ":", "que", "qu'", "«", "»", ".", "et", "mais"))
_PHRASE: Final = 6  # tokens of a noun phrase between a comma and its verb
_REACH: Final = 8  # tokens between the article of a subject and its verb
# Somebody rather than something: "le facteur", "une ouvrière", "l'apprenti".
_AGENT: Final = re.compile(
    r".{2,30}(?:eurs?|euses?|trices?|iens?|iennes?|istes?|ers?|ères?|ants?|antes?|gents?|gentes?|logues?|graphes?|crates?|"
    r"ois|oises?|ais|aises?|aires?|iers?|ières?|ètes?|astes?|naires?|pères?|mères?|sœurs?|frères?)"
)


def open_heads(scan: Scan, index: int, known: Container[int]) -> dict[int, Hit]:
    """Heads of sentence ``index`` that no cue names, by token; ``known`` holds the heads that some cue does."""
    begin, end = scan.bounds[index]
    opens = _opens(scan, begin)
    heads = [
        _head_beside(scan, index, hit, known, opens)
        for hit in scan.hits[index]
        if "attribution" in hit.entry.categories
    ]
    if not QUOTE_ENDS.isdisjoint(scan.forms[begin:end]):
        for token in range(begin, end - 2):
            if scan.forms[token] in QUOTE_ENDS and (incise := incise_verb(scan, begin, token, end)):
                heads.append(_at(scan, incise[1] + 1, end, known))
    return {head: Hit(OPEN_HEAD, index, head, head, scan.starts[head], scan.ends[head]) for head in heads if head >= 0}


def _head_beside(scan: Scan, index: int, hit: Hit, known: Container[int], opens: bool) -> int:
    """The head that the words of an attribution stand beside, -1 where there is none."""
    entry, group, forms = hit.entry, hit.group, scan.forms
    begin, end = scan.bounds[index]
    if group is None:
        if entry.party == "any":
            return _told(scan, index, hit, end, known)
        return _subject(scan, index, hit, known) if entry.direction == "backward" else -1
    if group.voice in ("passive", "bare"):
        by = next((t for t in range(hit.last + 1, min(end, hit.last + 5)) if forms[t] == "par"), -1)
        return _at(scan, by + 1, end, known) if by > 0 else -1
    if entry.party:  # "cite un éclusier", not "cite des chiffres"
        head = _at(scan, hit.last + 1, end, known)
        return head if head >= 0 and is_agent(forms[head]) else -1
    if "present-participle" in group.moods:
        return -1
    first = group.first
    before = forms[first - 1] if first > begin else ""
    if before in _CLOSERS and not opens and (before != "," or _has_verb(scan, max(begin, first - _CLAUSE), first - 1)):
        head = _at(scan, hit.last + 1, end, known)
        # "a révélé des traces", "propose un titre", but "précisent des ouvriers", "propose un ouvrier"
        may_be_object = head >= 0 and ("object" in entry.frames or forms[head - 1] == "des")
        return -1 if may_be_object and not is_agent(forms[head]) else head
    if first - 1 > begin and forms[first - 2] == "ce" and before in ("qu'", "que"):
        return _at(scan, hit.last + 1, end, known)  # "ce qu'affirme l'entraîneur"
    if before != ",":
        return _subject(scan, index, hit, known)
    if opens and forms.index(",", begin) == first - 1 and _closes(scan, hit.last + 1, end):
        return _at(scan, hit.last + 1, end, known)  # "La vanne, précise l'éclusier, …"
    return _before_aside(scan, index, hit, known) if opens else -1


def is_agent(form: str) -> bool:
    """Whether a noun looks like somebody rather than something."""
    return _AGENT.fullmatch(form) is not None


def _opens(scan: Scan, begin: int) -> bool:
    """Whether the sentence opens with a noun phrase and an aside: "Le wali, qui s'est rendu sur place, …"."""
    forms = scan.forms
    return (
        forms[begin] in DETERMINERS
        and "," in forms[begin + 2 : begin + _REACH]
        and not _has_verb(scan, begin + 2, begin + 2 + forms[begin + 2 : begin + _REACH].index(","))
    )


def _closes(scan: Scan, token: int, end: int) -> bool:
    """Whether a comma soon closes what begins at ``token``, with no verb before it."""
    forms = scan.forms
    comma = next((t for t in range(token + 1, min(end, token + _REACH)) if forms[t] == ","), -1)
    return comma > 0 and not _has_verb(scan, token, comma)


def _before_aside(scan: Scan, index: int, hit: Hit, known: Container[int]) -> int:
    """The head of "Le wali, qui s'est rendu sur place, a ordonné…"."""
    head = scan.bounds[index][0] + 1
    if hit.first - head > 3 and not _is_known(scan, head, known) and _is_noun(scan, head):
        if is_agent(scan.forms[head]) or _says(scan, hit) or "denial" in hit.entry.categories:
            return head
    return -1


def _says(scan: Scan, hit: Hit) -> bool:
    """Whether what is said follows the verb: "que", a colon, a quotation, an infinitive."""
    following = scan.forms[hit.last + 1 : hit.last + 7]
    if following[:3] == ["le", "jour", "même"]:
        following = following[3:]
    following = following[:4]
    if following and following[0] in _ADVERBS:
        following = following[1:]
    if not _CLAUSE_STARTS.isdisjoint(following[:3]):
        return True
    while following and following[0] in _TO_INFINITIVE:
        following = following[1:]
    return bool(following) and scan.verbs.is_infinitive(following[0])


def _has_verb(scan: Scan, begin: int, end: int) -> bool:
    return any(scan.verbs.is_verbal(scan.forms[token]) and not scan.capitals[token] for token in range(begin, end))


def _at(scan: Scan, token: int, end: int, known: Container[int]) -> int:
    """The head of a noun phrase that begins at ``token`` with an article."""
    forms = scan.forms
    while token < end and (forms[token] in _ADVERBS or forms[token].endswith("ment")):
        token += 1
    if token + 1 < end and forms[token] in DETERMINERS:
        head = token + 1
        if not _is_known(scan, head, known) and _is_noun(scan, head):
            return head
    return -1


def incise_verb(scan: Scan, begin: int, closing: int, end: int) -> tuple[int, int] | None:
    """First and last token of the verb right after the quotation that ends at ``closing``: "», soupire une ouvrière".

    After a few quoted words without a comma the verb goes on with the sentence: "Le film « Amélie » a reçu un prix".
    """
    forms, verbs = scan.forms, scan.verbs
    verb = closing + 1
    while verb < end - 1 and forms[verb] in _BEFORE_INCISE:
        verb += 1
    if verb >= end - 1 or not verbs.is_finite(forms[verb]) or forms[verb] in COPULAS:
        return None
    mark = scan.starts[closing]
    if forms[closing] == '"' and scan.text[mark - 1 : mark] == " " and not scan.text[mark + 1].isspace():
        return None  # it opens: 'la majorité "fait les poches des crèches"'
    if "," not in forms[closing + 1 : verb] and forms[closing - 1] not in _CLAUSE_ENDS:
        quoted = forms[max(begin, closing - _LABEL) : closing]
        if len(quoted) < _LABEL or not QUOTE_STARTS.isdisjoint(quoted):
            return None
    if forms[verb] in AUXILIARIES and forms[verb + 1] == "-":  # "a-t-elle lâché", "ont-ils lâché"
        last = verb + (5 if forms[verb + 2] == "t" else 3)
        return (verb, last) if last < end and verbs.is_past_participle(forms[last]) else None
    if forms[verb] in AUXILIARIES or (forms[verb] == "est" and forms[verb - 1] == "s'"):
        return (verb, verb + 1) if verbs.is_past_participle(forms[verb + 1]) else None
    return verb, verb


def before_relative(scan: Scan, begin: int, position: int) -> int:
    """The token before a relative clause that ends at ``position``, with a verb of its own, else ``position``: "un
    humanitaire qui a quitté la ville la veille croit savoir".
    """
    forms, verbs = scan.forms, scan.verbs
    stop = max(begin, position - _MAX_RELATIVE)
    if _RELATIVES.isdisjoint(forms[stop + 1 : position + 1]):
        return position
    for token in range(position, stop, -1):
        form = forms[token]
        if form == "dont" and forms[token - 1].isalnum():
            return token - 1 if any(map(verbs.is_finite_unambiguous, forms[token + 2 : position + 1])) else position
        if form == "qui":
            verb = token + 1
            while verb <= position and forms[verb] in _CLITICS:
                verb += 1
            closed = verb <= position and (verbs.is_finite(forms[verb]) or forms[verb].endswith(("ait", "aient")))
            return token - 1 if closed and forms[token - 1].isalnum() else position
        if form in _RELATIVE_ENDS:
            break
    return position


def phrase_before(scan: Scan, begin: int, position: int) -> int:
    """The article of a noun phrase that reaches from a comma to ``position``, -1 where none does: ", les rives"."""
    forms = scan.forms
    token = position
    while token > begin and forms[token].isalpha() and position - token < _PHRASE:
        token -= 1
    if forms[token] != "," or forms[token + 1] not in DETERMINERS or token + 1 == position:
        return -1
    return -1 if any(map(scan.verbs.is_finite_unambiguous, forms[token + 1 : position + 1])) else token + 1


def _subject(scan: Scan, index: int, hit: Hit, known: Container[int]) -> int:
    """The head of "la costumière du théâtre raconte que…": a whole noun phrase between a clause boundary and the verb.

    Where nothing that is said follows ("le gardien dénonce un complot"), only somebody is a subject, not something.
    """
    group = hit.group
    forms, begin = scan.forms, scan.bounds[index][0]
    # Only somebody denies, or does what is said in so many words: "n'a pas souhaité commenter".
    says = group is None or _says(scan, hit) or "denial" in hit.entry.categories
    position = (hit.first if group is None else group.first) - 1
    before = _BEFORE_ABLE if group is not None and "infinitive" in group.moods else _CLITICS
    while position > begin and forms[position] in before:
        position -= 1
    last = position = before_relative(scan, begin, position)
    while position >= begin and last - position < _REACH:
        if position in known and not _is_complement(forms, position):
            return -1  # a source of its own
        if scan.capitals[position] and position > begin and not _is_in_phrase(scan, position):
            return -1
        is_determiner = forms[position] in DETERMINERS or forms[position].isdigit()
        if forms[position] in ("du", "des") and position > begin and forms[position - 1] == "»":
            return -1  # "le prix « révoltant » des médicaments"
        one_of = forms[position] == "des" and position > begin + 1 and forms[position - 1] in ("un", "une")
        if is_determiner and (position == begin or one_of or forms[position - 1] in _BEFORE_SUBJECT):
            head = position + 1
            if head > last or _is_known(scan, head, known) or not _is_noun(scan, head):
                return -1
            return head if says or is_agent(forms[head]) else -1
        form = forms[position]
        is_verb = scan.verbs.is_finite_unambiguous(form) and not scan.capitals[position]
        if form not in _INSIDE and (not form[0].isalnum() or is_verb):
            return -1
        position -= 1
    return -1


def _is_in_phrase(scan: Scan, token: int) -> bool:
    """Whether a name belongs to the noun before it: "le parc zoologique de Hann", "des villageois Mikea"."""
    before = scan.forms[token - 1]
    if before in _OF:
        return not scan.word(token).isupper()
    described = token > 1 and scan.forms[token - 2] in DETERMINERS and before not in _INSIDE
    return described and before.isalpha() and is_agent(before)


def _is_known(scan: Scan, head: int, known: Container[int]) -> bool:
    """Whether some cue names the noun, or the one that an adjective stands before: "la dernière enquête"."""
    return head in known or (scan.forms[head] in BEFORE_HEAD and head + 1 in known)


def _is_complement(forms: Sequence[str], token: int) -> bool:
    """Whether the noun at ``token`` belongs to the one before it: "la costumière du théâtre"."""
    return forms[token - 1] in ("du", "des", "d'", "de") or forms[token - 2 : token] in (["de", "la"], ["de", "l'"])


def _told(scan: Scan, index: int, hit: Hit, end: int, known: Container[int]) -> int:
    """The head after "selon": somebody; or anything that tells what stands apart from it, not what it varies with
    ("le prix change selon les marques").
    """
    apart = hit.first == scan.bounds[index][0] or scan.forms[hit.first - 1] in (",", "—", "–", "(")
    contracted = scan.forms[hit.last] in ("du", "des")  # "aux dires du fossoyeur"
    head = _at(scan, hit.last if contracted else hit.last + 1, end, known)
    tells = head >= 0 and ((apart and scan.forms[hit.last] != "pour") or is_agent(scan.forms[head]))
    return head if tells else -1


def _is_noun(scan: Scan, token: int) -> bool:
    form = scan.forms[token]
    return len(form) > 2 and form[-1].isalpha() and not scan.capitals[token] and form not in _NO_NOUNS
