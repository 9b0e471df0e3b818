"""One row of named numbers a sentence: what the model sees of an analysed article, and nothing else.

The columns are those of `service.columns`, which documents them one by one.
"""

from __future__ import annotations

import re
from array import array
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.article import IDENTIFIABLE, Article, Cue, Wording
from service.columns import FEATURES, NAMES

FIRST_HAND: Final = frozenset(("person", "institution", "document"))
_COLUMN: Final = {name: column for column, name in enumerate(NAMES)}
_PARTICULARS: Final = ("figure", "date", "place", "named", "reference")
_PRECISION: Final = {
    "precision-date": "date",
    "precision-heure": "date",
    "precision-lieu": "place",
    "precision-reference": "reference",
}
# "Une source proche du dossier", "selon nos informations": nobody could be asked, where a vague group still might.
_NOBODY_AT_ALL: Final = ("source-anonyme-de", "source-anonyme-tete", "source-informations")
# Totals that are columns themselves, with the most that counts; and those of which only the presence does.
_AT_MOST: Final = {
    "hedge": 2,
    "hedge_detail": 2,
    "conditional": 2,
    "conditional_detail": 2,
    "disclaimer": 2,
    "vague": 3,
    "subjective": 3,
    "subjective_weak": 3,
}
_SWITCHES: Final = {"denial": "denial", "corroboration": "corroborating", "quote": "quoted"}
# Verbs by which an identifiable source passes on what it knows or does, where others ("affirmer") take a stand.
_INFORMING: Final = re.compile(
    r"\b(?:ajout|annonc|appel|chiffr|conclu|constat|détaill|fai[\w'’-]{1,14} savoir|indiqu|précis|publi|recens|reconn|"
    r"refus|relev|relèv|répon|soulign)"
)
# What is brought up, supposed or laid at somebody's door rather than said to be so.
_DISTANCING: Final = re.compile(r"\b(?:accus|croi|cru|évoc|évoqu|imput|soupçon)")
_DISTANT: Final = ("attribution-distance", "avancer-un-motif", "craindre", "parler-de", "pour-groupe", "pour-nom")
_NAMED: Final = 3  # words of names that are enough to look somebody up; an identifiable source is as good
_FAR: Final = 0.5  # a denial further off: about every third such link is right, of those close by three in five
_STRONG: Final = 0.6  # weight from which an evaluative word is a judgement rather than a colour


def sentence_features(article: Article) -> NDArray[np.float64]:
    """Matrix of shape (sentences, len(FEATURES)), columns as `NAMES`."""
    contested = _contested(article)
    corroborated = {link.target for link in article.links if link.type == "corroborates"}
    kind_of = {source.id: source.kind for source in article.sources}
    relayed = {source.id for source in article.sources if source.relayed}
    blocks = article.document.blocks
    # Counts of the whole article, not shares: a sentence more can only lower what they lower.
    opinions = [kind == "opinion" and not said for kind, said in zip(article.kinds, article.speakers, strict=True)]
    first_person = [
        worded.first_person and not said for worded, said in zip(article.wording, article.speakers, strict=True)
    ]
    n_opinions, n_first_person = sum(opinions), sum(first_person)
    before: dict[str, float] = {}
    cells = array("d", bytes(8 * len(FEATURES) * len(article.kinds)))  # numpy is slow one number at a time
    for index, sentence in enumerate(article.document.sentences):
        kinds = {kind_of[source] for source in article.speakers[index]}
        own = _own(article, index, kinds)
        if blocks[sentence.block].kind in ("title", "heading"):
            own["is_heading"] = 1
        elif before:
            _carry(own, before)
        if not kinds:
            own["opinions_around"] = min(n_opinions - opinions[index], 5)
            own["first_person_around"] = min(n_first_person - first_person[index], 5)
        _dispute(own, contested.get(index, 0.0), index in corroborated)
        _combine(own, kinds, any(source in relayed for source in article.speakers[index]))
        start = index * len(FEATURES)
        for name, value in own.items():
            column = _COLUMN.get(name)
            if column is not None:
                cells[start + column] = value
        before = own if not own.get("is_heading") else {}
    return np.frombuffer(cells).reshape(-1, len(FEATURES))


def _contested(article: Article) -> dict[int, float]:
    """How far each sentence is contested: a denial of what stands just before it, with what that goes on from, is sure;
    one that reaches further may mean something else and counts half.
    """
    found: dict[int, float] = {}
    links = {(link.sentence, link.target) for link in article.links if link.type == "contests"}
    for sentence, target in links:
        following = target + 1
        while (sentence, following) in links:
            following += 1
        found[target] = found.get(target, 0) + (1.0 if following == sentence else _FAR)
    return found


def _own(article: Article, index: int, kinds: set[str]) -> dict[str, float]:
    """What the sentence itself shows: sources, cues and kind."""
    row: dict[str, float] = {f"source_{kind}": 1 for kind in kinds}
    totals: dict[str, float] = {}
    own_sources, details = False, 0
    for cue in article.by_sentence[index]:
        category = cue.category
        if category == "source":
            own_sources = True
            if cue.cue.startswith(_NOBODY_AT_ALL):
                row["anonymous_head"] = 1
            if cue.role == "recipient":
                row["recipient_outlet"] = 1
        elif category in ("hedge", "conditional") and cue.weight < 1:
            totals[f"{category}_detail"] = totals.get(f"{category}_detail", 0) + 1
        elif category == "precision":
            _precision(row, cue)
            details += 1
        elif category == "subjective" and cue.weight < _STRONG:
            totals["subjective_weak"] = totals.get("subjective_weak", 0) + 1
        else:
            totals[category] = totals.get(category, 0) + cue.weight
            _special(row, cue)
    for name, total in totals.items():
        if name in _AT_MOST:
            row[name] = min(total, _AT_MOST[name])
        elif name in _SWITCHES:
            row[_SWITCHES[name]] = 1
    if kinds and not own_sources:
        row["source_inherited"] = 1
    speakers = article.speakers[index]
    if len(speakers) > 1 and sum([_is_identifiable(article, source) for source in speakers]) > 1:
        row["second_source"] = 1
    row["details_at_all"] = min(details, 4)
    _wording(row, article.wording[index])
    if article.kinds[index] in ("opinion", "prediction"):
        row[f"is_{article.kinds[index]}"] = 1
    return row


def _wording(row: dict[str, float], worded: Wording) -> None:
    """How it is worded where no cue stands."""
    if worded.names:
        row["named"] = 1
        row["names"] = min(worded.names, _NAMED)
    if worded.acts:
        row["named_actor"] = 1
    row["record"] = min(worded.records, 2)
    row["event"] = min(worded.events, 3)
    row["generic_on"] = min(worded.on, 2)
    row["general"] = min(worded.general, 3)
    row["count_unsourced"] = min(worded.counts, 2)
    row["leaning"] = max(-1.0, min(worded.leaning, 1.0))


def _is_identifiable(article: Article, source: str) -> bool:
    return article.sources[int(source[1:]) - 1].kind in IDENTIFIABLE


def _precision(row: dict[str, float], cue: Cue) -> None:
    for prefix, name in _PRECISION.items():
        if cue.cue.startswith(prefix):
            row[name] = 1
            return
    row["figure"] = 1


def _special(row: dict[str, float], cue: Cue) -> None:
    """Cues whose lexicon entry says more than its category."""
    if cue.cue.startswith("rumeur"):
        row["rumour"] = 1
    elif cue.category == "attribution":
        words = cue.text.lower()
        if _INFORMING.search(words):
            row["informing"] = 1
        if cue.cue.startswith(_DISTANT) or _DISTANCING.search(words):
            row["distancing"] = 1
        if cue.cue.startswith("accusation-sans-auteur"):
            row["accusation_unsourced"] = 1
        elif cue.cue.startswith("acte"):
            row["speech_act"] = 1


def _carry(own: dict[str, float], before: dict[str, float]) -> None:
    """What goes on from the sentence just before."""
    if before.get("particulars_own", 0) >= 2:
        own["carried_particulars"] = 1
    if before.get("anonymous_only"):
        own["previous_anonymous"] = 1


def _dispute(own: dict[str, float], contested: float, corroborated: bool) -> None:
    if contested:
        own["contested"] = min(contested, 2)
    if corroborated:
        own["corroborated"] = 1


def _combine(own: dict[str, float], kinds: set[str], relayed: bool) -> None:
    """Columns made of others.

    Each keeps the promise of its direction: adding a hedge or an anonymous source can only switch a lowering column on
    or a raising one off, adding an identifiable source or a particular only the contrary.
    """
    identifiable = bool(kinds & IDENTIFIABLE)
    first_hand = bool(kinds & FIRST_HAND)
    # The outlet that relays an anonymous source can be asked, as far as nobody contests what it relays.
    relays = bool(relayed or own.get("recipient_outlet")) and not own.get("contested")
    known = identifiable or relays
    anonymous = bool(own.get("source_anonymous"))
    if relays:
        own.pop("source_anonymous", None)
    if not kinds <= IDENTIFIABLE:
        own.pop("informing", None)  # what somebody unknown knows cannot be asked for
    if known:
        del own["count_unsourced"]  # somebody answers for it
    own["particulars_own"] = sum(map(own.__contains__, _PARTICULARS))
    two_particulars = own["particulars_own"] + own.get("carried_particulars", 0) >= 2
    hedged = bool(own.get("hedge") or own.get("conditional") or own.get("disclaimer"))
    if identifiable:
        own.pop("previous_anonymous", None)  # a sentence with a source of its own borrows nothing
        if first_hand or kinds <= IDENTIFIABLE:
            own["attributed"] = 1  # an outlet answers for what it says, not for the witness whom it cites
        if own.get("quoted"):
            own["quoted_identifiable"] = 1
    if first_hand:
        own["source_first_hand"] = 1
    if not known:
        for name in ("hedge", "conditional", "disclaimer", "vague"):
            if own.get(name):
                own[f"{name}_unsourced"] = 1
        for name in ("opinion", "prediction"):
            if own.get(f"is_{name}"):
                own[f"{name}_unsourced"] = 1
    if anonymous and not known:
        if own.get("anonymous_head"):
            own["anonymous_only"] = 1
        if not two_particulars:
            own["anonymous_event_vague"] = 1
    # Particulars help a firm claim that somebody known, or the public event itself, stands behind; an exact figure
    # under a rumour, in doubt or from nobody who could be asked is no easier to check.
    is_claim = not own.get("is_opinion") and not own.get("is_prediction")
    if is_claim and not hedged and (first_hand or not anonymous):
        own["particulars"] = own["particulars_own"]
        if two_particulars:
            own["two_particulars"] = 1
        if first_hand and own["particulars_own"] and not own.get("contested"):
            own["firm_precise"] = 1
    else:
        for name in (*_PARTICULARS, "carried_particulars", "names", "named_actor"):
            own.pop(name, None)
    if own.get("attributed"):
        own["names"], own["named_actor"] = _NAMED, 1
    elif kinds:
        for name in ("names", "named_actor"):
            own.pop(name, None)  # who is named in what nobody identifiable says is no easier to find
