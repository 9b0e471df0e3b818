"""Whether a full stop belongs to an abbreviation, an initial or a number, so that the sentence goes on after it.

To teach it an abbreviation, add it to the list that says what follows it, and a case to tests/data/segmentation.toml.
Words are compared as written, composed (NFC): case carries the information.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final


def word_set(words: str) -> frozenset[str]:
    """The words of a string, parted by white space."""
    return frozenset(words.split())


# "M. Le Pen", "Dr Roux": a name follows.
TITLES: Final = word_set(
    "M MM Mr Mrs Ms Mme Mmes Mlle Mlles Mgr Mgrs Me Dr Drs Pr Prs Prof St Ste Sts Stes Sgt Cdt Lt Gal Gén Cne Amb Sén"
    " Vve Ch Th Ph Chr Fr Jos gén cdt lt dr pr mgr st ste mme mlle"
)
# "éd. Gallimard", "cf. Dupont", "Apple Inc. Tokyo": the sentence goes on, unless the next word plainly opens another.
BEFORE_NAMES: Final = word_set(
    "cf éd dir trad coll bd boul bld av ap apr env préf dép arr ch col adj pdt prés réf réd rens tél v vs ill Cf Éd Dir"
    " Tél Réf Rens Bd Bld Cie Inc Ltd Corp Bros Jr Sr Co"
)
# "art. 3", "p. 12", "chap. IV", "art. L. 123-4": a number follows.
_BEFORE_NUMBERS: Final = word_set(
    "art p pp n n° no nos n° N° No num vol chap fig t al éd tél ex env c v § réf tab pl s sq ann sect par lib bât app"
    " apt ap av apr ch f fol cf min max arr Art Vol Chap Fig P Tél Réf l L R D"
)
_NOUNS_TOO: Final = frozenset({"art", "vol", "fig", "col", "par", "min", "max", "sept", "app"})
_UNITS: Final = frozenset({"s", "t", "l", "c", "n", "v", "f", "min"})
_MONTHS: Final = word_set("janv févr fév avr juil sept oct nov déc")
# Capitalised words that hardly ever are a name: after an initial or an acronym they open a new sentence.
_OPENERS: Final = word_set(
    "Il Ils Elle Elles On Nous Vous Je Tu Ce Cet Cette Ces Celui Celle Ceux Celles Cela Ça Ceci Son Sa Ses Leur Leurs"
    " Mon Ma Mes Notre Nos Votre Vos Un Une Mais Or Donc Et Ou Car Ni Si Quand Lorsque Comme Puis Ensuite Enfin Ainsi"
    " Alors Aussi Après Avant Depuis Pendant Durant Selon Pour Par Sur Sous Dans En Avec Sans Chez Vers Entre Contre"
    " Malgré Outre Dès Parmi Face Au Aux À Quant Cependant Toutefois Pourtant Néanmoins Aujourd Hier Demain Ici Là Tout"
    " Tous Toute Toutes Plusieurs Certains Certaines Chaque Aucun Aucune Quelques Beaucoup Deux Trois Quatre Cinq Qui"
    " Que Quoi Où Pourquoi Comment Combien Quel Quelle Quels Quelles Voici Voilà Lui Eux Même Plus Moins Très Trop"
    " Peut Peu Seul Seule Seuls Seules Parce Puisque Bien Non Oui Y"
)
# These open sentences, and names too: "Le Pen", "La Fontaine", "D'Ormesson". The case of what follows decides.
_PARTICLES: Final = word_set("Le La Les L D De Du Des C J Qu S N M T Jusqu Lorsqu Puisqu Quelqu")
_ARTICLES: Final = frozenset({"Le", "La", "Les", "De", "Du", "Des"})
_ACRONYMS: Final = word_set(
    "ONU USA CIA FBI SNCF UE EU PS RPR UDF PCF CGT HLM PDG TVA SA SARL OTAN URSS RDA RFA RATP EDF GDF CNRS BCE FMI OMS"
    " JO TGV BD CFDT FO UMP SFIO IVG SDF ZEP DOM TOM TNT UK"
)
_BEFORE_NOUNS: Final = tuple([word] for word in "le la les du des au aux un une Le La Les".split())
# "vitamine C. Les…": after these nouns a single letter is a name of its own, not an initial.
_LETTERED: Final = word_set(
    "groupe point plan vitamine vitamines hépatite catégorie classe type niveau lettre ligne poule série bloc annexe"
    " zone film tome chapitre acte titre article livre bâtiment escalier porte quai hall virus grippe rhésus option"
    " bombe bombes formule taille équipe poste gare case colonne rang division groupes"
)
_KINGS: Final = word_set(
    "Louis Henri Charles François Philippe Paul Benoît Pie Léon Élisabeth Guillaume Frédéric Nicolas Alexandre Pierre"
    " Napoléon Mohammed Hassan Albert Baudouin Léopold Felipe Carlos Georges George Édouard Jacques Grégoire Clément"
    " Innocent Urbain Jean Vatican Harald Willem Gustave Ramsès Rocky Carl Margrethe Alphonse"
)
# All of these look at a few characters only, so that time stays linear whatever the text.
_ELISION: Final = re.compile(r"[’'ʼ]?\s*(\w?)")
_ENUMERATOR: Final = re.compile(r"[(\[«“\"\s—–-]*(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})\Z")
_DOTTED: Final = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,2}\Z")
_NUMBER: Final = re.compile(r"(\d+)(?:\s([a-zà-ÿœ]{3,}[sx])\b)?")
_ROMAN_OR_CODE: Final = re.compile(r"(?:[IVXLC]+|[A-Z])\Z")
_CODE: Final = re.compile(r"[A-Z]\.?\s?\d")
TOKEN_EDGE: Final = re.compile(r"[’'ʼ«»“”„\"(\[/—–]")
APOSTROPHES: Final = frozenset("'’ʼ")


def opens(following: re.Match[str], end: int) -> bool:
    """Whether the word after a stop opens sentences and is hardly ever (part of) a name.

    `following` has groups (white space, opening marks, word); `end` is where the paragraph ends.
    """
    word = unicodedata.normalize("NFC", following[3])
    if word in _OPENERS:
        return True
    if word not in _PARTICLES:
        return False
    text, after = following.string, following.end()
    if text[after : after + 1] in APOSTROPHES:
        if word != "D":  # "L'ONU", "C'est"; but "D'Ormesson"
            return True
    elif word not in _ARTICLES:
        return False
    rest = _ELISION.match(text, after, end)
    return rest is not None and not rest[1].isupper()


def goes_on(text: str, begin: int, at: int, following: re.Match[str], end: int) -> bool:
    """Whether the full stop at `at` belongs to an abbreviation, an initial or a number and the sentence goes on."""
    head = text[max(begin, at - 24) : at]
    if not head or head[-1].isspace():
        return False
    token = head.rsplit(None, 1)[-1]
    if len(token) > 5 and token.isalpha():
        return False
    token_start = at - len(token)
    if not token.isascii():
        token = unicodedata.normalize("NFC", token)
    is_elided = False
    if not token.isalnum():
        parts = TOKEN_EDGE.split(token)
        is_elided = len(parts) > 1 and token[-len(parts[-1]) - 1] in APOSTROPHES
        token_start = at - len(parts[-1])
        token = parts[-1]
    opening, word = following[2], unicodedata.normalize("NFC", following[3])
    if at - begin <= 6 and _ENUMERATOR.match(text[begin:at]):
        return True
    if not token:
        return False
    if token.isdigit():
        return (len(token) <= 2 and text[max(begin, token_start - 2) : token_start].rstrip()[-1:] in (":", ";")) or (
            token == "1" and word == "FC"
        )
    if token in TITLES:
        return word not in _OPENERS
    if word[:1].isdigit():
        return _numbers_follow(text, begin, token, token_start, is_elided, following, end)
    is_opener = opens(following, end)
    if token in _BEFORE_NUMBERS and not is_opener and _ROMAN_OR_CODE.match(word):
        return not is_elided or bool(_CODE.match(text, following.start(3), end))  # "l'art. L. 123-4"
    if token in BEFORE_NAMES:
        return not is_opener
    letters = token.replace(".", "").replace("-", "")
    if "." in token and _DOTTED.match(token):
        if letters.islower():
            return letters in ("ie", "eg", "cad", "càd")
        if is_opener or opening:
            return False
        before = text[max(begin, token_start - 7) : token_start].rstrip()
        if letters == "JC" and before.endswith(("av.", "apr.", "ap.", "avant", "après")):
            return False
        is_noun = is_elided or before.rsplit(None, 1)[-1:] in _BEFORE_NOUNS  # "l'O.M.", "du C.S.E."; not "de J.K."
        return len(letters) < 4 and letters not in _ACRONYMS and not is_noun
    if len(token) == 1 and token.isupper():
        if is_opener or opening.strip("-( "):
            return False
        words = text[max(begin, token_start - 20) : token_start].split()
        previous = TOKEN_EDGE.split(words[-1])[-1] if words else ""
        if word in ("Le", "La", "Les") and previous[:1].isupper() and previous.isalpha():
            # "Karim B. Le Sénat…", but "selon F. Le Goff", "Selon F. Le Goff" and "Mme F. Le Goff".
            return previous in _OPENERS or previous in TITLES
        return previous.lower() not in _LETTERED and not (token in "IVX" and previous in _KINGS)
    return False


def _numbers_follow(
    text: str, begin: int, token: str, token_start: int, is_elided: bool, following: re.Match[str], end: int
) -> bool:
    number = _NUMBER.match(text, following.start(3), end)
    if token in _MONTHS:
        return len(following[3]) == 4  # a year
    if token in ("L", "R", "D"):
        before = text[max(begin, token_start - 9) : token_start].rstrip()
        return before.endswith(("art.", "article", "articles")) or text[following.end(3) : following.end(3) + 1] == "-"
    if token not in _BEFORE_NUMBERS or (is_elided and token in ("app", "ex")):
        return False
    if token in _UNITS and text[max(begin, token_start - 2) : token_start].rstrip()[-1:].isdigit():
        return False  # "en 43 s. 12 coureurs"
    # "Il a raté son vol. 30 passagers aussi": things are counted in the plural.
    return not (token in _NOUNS_TOO and number and number[2] and number[1] not in ("0", "1"))
