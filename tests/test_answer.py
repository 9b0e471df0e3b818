"""The wire answer, from articles made by hand: offsets, rounding, links, hashes."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from service import messages
from service.answer import Options, Served, build, labels, sentence_hash
from service.article import CATEGORIES, LINK_TYPES, SOURCE_KINDS, Article, Cue, Link, Source
from service.columns import FEATURES
from service.scoring import Assessment, Contribution
from service.text import Document, from_segments, from_text

SERVED = Served("sourcier-fr", "v1", "abc")
CLAIM = Assessment("claim", 0.123456, 1, (0.1, 0.2, 0.3, 0.25, 0.15), True)
NONE = Assessment("none", None, None, None, False)


def article(document: Document, cues: Sequence[Cue] = (), links: Sequence[Link] = ()) -> Article:
    n_sentences = len(document.sentences)
    return Article(
        document=document,
        cues=tuple(cues),
        sources=(Source("s1", "CNN", "outlet", (0,)),),
        links=tuple(links),
        speakers=(("s1",),) + ((),) * (n_sentences - 1),
        kinds=("claim",) * n_sentences,
        independent_sources=1,
        by_sentence=tuple(tuple(cue for cue in cues if cue.sentence == index) for index in range(n_sentences)),
    )


def cue(document: Document, sentence: int, words: str, category: str = "hedge", **more: str) -> Cue:
    start = document.text.index(words)
    return Cue(category, sentence, start, start + len(words), words, "x", **more)  # type: ignore[arg-type]


def test_offsets_count_in_the_unit_and_from_the_segment() -> None:
    document = from_segments([("a", "title", "🚒 Un 🔥"), ("b", "paragraph", "🚒 CNN pourrait.")])
    found = article(document, [cue(document, 1, "pourrait")])
    for unit, expected in (("utf-16", (7, 15)), ("code-point", (6, 14))):
        answer = build(found, [CLAIM, CLAIM], Options(offset_unit=unit), SERVED)
        (place,) = answer["sentences"][1]["cues"]
        assert (place["start"], place["end"]) == expected
        assert answer["sentences"][1]["start"] == 0
        assert answer["offset_unit"] == unit


def test_left_out_sentences_keep_their_index_and_the_summary_is_of_the_whole() -> None:
    document = from_segments([("a", "paragraph", "Il pleut."), ("b", "paragraph", "Il neige.")])
    found = article(document, links=[Link("contests", 1, 0)])
    answer = build(found, [CLAIM, CLAIM], Options(only=frozenset({"b"})), SERVED)
    assert [sentence["index"] for sentence in answer["sentences"]] == [1]
    assert answer["sentences"][0]["links"] == [{"type": "contests", "sentence": 0}]
    assert answer["document"]["claims"] == 2 and answer["document"]["to_review"] == 2


def test_links_hold_both_directions_and_same_source_one() -> None:
    document = from_text("Un. Deux. Trois.")
    links = [Link("contests", 1, 0), Link("corroborates", 2, 0), Link("same_source", 2, 1)]
    answer = build(article(document, links=links), [CLAIM] * 3, Options(), SERVED)
    assert [sentence["links"] for sentence in answer["sentences"]] == [
        [{"type": "contested_by", "sentence": 1}, {"type": "corroborated_by", "sentence": 2}],
        [{"type": "contests", "sentence": 0}],
        [{"type": "corroborates", "sentence": 0}, {"type": "same_source", "sentence": 1}],
    ]


def test_a_sentence_that_asserts_nothing_counts_for_nothing() -> None:
    document = from_text("Il pleut. Qui paiera ?")
    answer = build(article(document), [CLAIM, NONE], Options(), SERVED)
    assert answer["document"]["score"] == 0.1235
    nothing = answer["sentences"][1]
    assert (nothing["score"], nothing["level"], nothing["level_probabilities"]) == (None, None, None)
    assert build(article(document), [NONE, NONE], Options(), SERVED)["document"]["score"] is None


def test_numbers_have_four_digits() -> None:
    probabilities = (0.00004, 0.99996, 0.00005, 0.33335, 2 / 3)
    given_ = Assessment("claim", 2 / 3, 3, probabilities, False, (Contribution("hedge", -1 / 3),))
    answer = build(article(from_text("Il pleut.")), [given_], Options(include=("contributions",)), SERVED)
    sentence = answer["sentences"][0]
    assert sentence["level_probabilities"] == [0.0, 1.0, 0.0001, 0.3334, 0.6667]
    assert sentence["score"] == 0.6667
    assert sentence["contributions"][0]["effect"] == -0.3333
    assert "cues" not in sentence and "features" not in sentence


def test_messages_speak_the_language_of_the_caller() -> None:
    document = from_text("CNN pourrait partir, selon l'AFP.")
    cues = [
        cue(document, 0, "CNN", "source", source_kind="outlet", source="s1", role="speaker"),
        cue(document, 0, "pourrait"),
        cue(document, 0, "l'AFP", "source", source_kind="outlet", source="s1", role="recipient"),
    ]
    spoken = {
        language: [
            found["message"]
            for found in build(article(document, cues), [CLAIM], Options(language=language), SERVED)["sentences"][0][
                "cues"
            ]
        ]
        for language in messages.LANGUAGES
    }
    assert spoken == {
        "fr": ["Média nommé", "Réserve", "Média qui a recueilli les propos"],
        "en": ["Named outlet", "Hedge", "Outlet that received the words"],
    }


def test_the_catalogue_has_words_for_everything_in_every_language() -> None:
    for language in messages.LANGUAGES:
        catalogue = labels(language)
        assert {item["name"] for item in catalogue["categories"]} == set(CATEGORIES)
        assert {item["name"] for item in catalogue["source_kinds"]} == set(SOURCE_KINDS)
        assert {item["name"] for item in catalogue["links"]} >= set(LINK_TYPES)
        assert {item["name"] for item in catalogue["features"]} == {feature.name for feature in FEATURES}
        assert [item["level"] for item in catalogue["levels"]] == [0, 1, 2, 3, 4]
        for name in ("categories", "source_kinds", "links", "kinds", "features"):
            assert all(item["message"].strip() for item in catalogue[name])


@given(words=st.lists(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1), min_size=1))
def test_the_hash_is_that_of_the_contract(words: list[str]) -> None:
    collapsed = unicodedata.normalize("NFC", " ".join(" ".join(words).split()))
    expected = hashlib.sha256(collapsed.encode()).hexdigest()[:16]
    assert sentence_hash("\u00a0\n ".join(words)) == expected
