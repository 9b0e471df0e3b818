"""Segmentation, blocks, offsets and folding. Hard cases stand in data/segmentation.toml, running text beside it."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.text import (
    BLOCK_KINDS,
    Document,
    TextError,
    Utf16Offsets,
    fold,
    from_html,
    from_segments,
    from_text,
    split_sentences,
)

DATA = Path(__file__).parent / "data"
# Ordinary letters are rare in Unicode: the alphabet is weighted towards what the rules look at.
TRICKY = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("aeéMLJIX.!?…»«\"'’()[]-–—:;,•1230 \n\r\t\u00a0\u202f\u2028\u0301\u00ad\u200d🎉&<>/#@İ")),
        st.characters(),
        st.characters(categories=["Cs"]),
    ),
    max_size=120,
)


def _cases() -> Iterator[object]:
    for group, cases in tomllib.loads((DATA / "segmentation.toml").read_text(encoding="utf-8")).items():
        for index, case in enumerate(cases):
            yield pytest.param(case, id=f"{group}-{index}")


def _expected(case: str) -> tuple[str, list[tuple[int, int]]]:
    """The text of a case and the spans that its "|" mark."""
    spans = []
    at = 0
    for piece in case.split("|"):
        body = piece.strip()
        start = at + len(piece) - len(piece.lstrip())
        spans.append((start, start + len(body)))
        at += len(piece)
    return case.replace("|", ""), spans


@pytest.mark.parametrize("case", list(_cases()))
def test_hard_case(case: str) -> None:
    text, spans = _expected(case)
    assert [text[start:end] for start, end in split_sentences(text)] == [text[start:end] for start, end in spans]
    assert split_sentences(text) == spans


def test_there_are_enough_hard_cases() -> None:
    assert len(list(_cases())) >= 130


def test_boundaries_of_running_text() -> None:
    paragraphs = (DATA / "running_text.txt").read_text(encoding="utf-8").strip().split("\n\n")
    expected: set[tuple[int, int]] = set()
    at = 0
    for paragraph in paragraphs:
        for sentence in paragraph.split("\n"):
            expected.add((at, at + len(sentence)))
            at += len(sentence) + 1  # the space or the first line feed
        at += 1  # the second line feed
    text = "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)
    found = set(split_sentences(text))
    assert len(expected) >= 150
    f1 = 2 * len(found & expected) / (len(found) + len(expected))
    assert f1 >= 0.99, [text[start:end] for start, end in sorted(found ^ expected)]


# --- what holds for any text ------------------------------------------------------------------------------------------


def _assert_sound(document: Document) -> None:
    text = document.text
    previous = 0
    for index, sentence in enumerate(document.sentences):
        block = document.blocks[sentence.block]
        assert sentence.index == index
        assert block.start <= sentence.start < sentence.end <= block.end
        assert sentence.start >= previous
        assert sentence.text == text[sentence.start : sentence.end] == sentence.text.strip()
        assert not text[previous : sentence.start].strip(), "lost between two sentences"
        previous = sentence.end
    assert not text[previous:].strip(), "lost at the end"
    assert all(block.kind in BLOCK_KINDS for block in document.blocks)
    assert [block.start for block in document.blocks] == sorted(block.start for block in document.blocks)


@settings(max_examples=500, deadline=None)
@given(TRICKY)
def test_any_plain_text_is_covered(text: str) -> None:
    document = from_text(text)
    _assert_sound(document)
    assert document.text == text
    assert split_sentences(text) == [(sentence.start, sentence.end) for sentence in document.sentences]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.none() | st.text(max_size=3), st.sampled_from(BLOCK_KINDS), TRICKY), max_size=5))
def test_any_segments_are_covered(segments: list[tuple[str | None, str, str]]) -> None:
    document = from_segments(segments)
    _assert_sound(document)
    assert document.text == "\n\n".join(text for _, _, text in segments)
    assert [(block.segment, block.kind) for block in document.blocks] == [(id_, kind) for id_, kind, _ in segments]


@settings(max_examples=300, deadline=None)
@given(TRICKY)
def test_any_html_is_covered(html: str) -> None:
    _assert_sound(from_html(html))


@settings(max_examples=200, deadline=None)
@given(TRICKY)
def test_a_paragraph_is_split_the_same_wherever_it_stands(text: str) -> None:
    spans = split_sentences(text)
    shift = len(text) + len("x.\n\n\n\n")
    doubled = split_sentences(f"{text}\n\nx.\n\n{text}")
    n = len(spans)
    assert doubled[:n] == spans
    assert doubled[len(doubled) - n :] == [(start + shift, end + shift) for start, end in spans]


@pytest.mark.parametrize(
    "unit",
    [
        "a", " ", ".", "?", "M. ", "! ", "« ", "(a. ", "\n", "\n ", "a\n", "- ", "1. ", "\r", "a.B", "A.", "[…] ",
        '" ', "e\u0301", "…«(", "[1]", ". [1", "🎉", "a? (", "\u2028", "?\n", "(", ")", "A. (b) ",
    ],
)  # fmt: skip
def test_time_is_linear_in_hostile_text(unit: str) -> None:
    # Quadratic work on 300,000 characters would take minutes: no clock is needed to notice.
    text = unit * (300_000 // len(unit))
    _assert_sound(from_text(text))
    fold(text)
    Utf16Offsets(text).back(0)


# --- blocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Un titre sans point\n\nUn texte.", ["title", "paragraph"]),
        ("Faut-il partir ?\n\nUn texte.", ["title", "paragraph"]),
        ("Garnier : « Je pars »\n\nUn texte.", ["title", "paragraph"]),
        ("Un chapeau avec un point.\n\nUn texte.", ["paragraph", "paragraph"]),
        ("Un chapeau. Deux phrases\n\nUn texte.", ["paragraph", "paragraph"]),
        ("Seul au monde", ["paragraph"]),
        ("Un titre\n\nUn texte.\n\nUn intertitre\n\nUn texte.", ["title", "paragraph", "heading", "paragraph"]),
        ("Un titre\n\nUn texte.\n\nReuters\u00a012/07/2024 23:19", ["title", "paragraph", "caption"]),
        ("Un texte.\n\n(AFP, 12 mars)", ["paragraph", "caption"]),
        ("Un texte.\n\nPar Jeanne Morel avec AFP", ["paragraph", "caption"]),
        ("Un texte.\n\nAFP/Reuters", ["paragraph", "caption"]),
        ("Un texte.\n\n© Agence du Port", ["paragraph", "caption"]),
        ("Un texte.\n\nSource : exemple.fr", ["paragraph", "caption"]),
        ("Un texte.\n\nNantes\n\nLe maire a parlé", ["paragraph", "heading", "heading"]),
        ("Un texte.\n\nLe 3 mars 2024 à 14h30", ["paragraph", "caption"]),
        ("Un texte :\n- un\n- deux\n\nLa fin.", ["paragraph", "list-item", "list-item", "paragraph"]),
        ("• un\n• deux\n\n1. trois", ["list-item", "list-item", "list-item"]),
        ("— Tu viens ?\n— Non.", ["paragraph"]),
        ("Un texte.\n\n" + "Sans point " * 30, ["paragraph", "paragraph"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_kinds_of_plain_blocks(text: str, kinds: list[str]) -> None:
    assert [block.kind for block in from_text(text).blocks] == kinds


def test_segments_keep_ids_kinds_and_blank_lines() -> None:
    document = from_segments(
        [("a", "title", "Un titre"), (None, "paragraph", "Un. Deux.\n\nTrois"), ("c", "other", "")]
    )
    assert document.text == "Un titre\n\nUn. Deux.\n\nTrois\n\n"
    assert [(block.segment, block.kind, block.start, block.end) for block in document.blocks] == [
        ("a", "title", 0, 8),
        (None, "paragraph", 10, 26),
        ("c", "other", 28, 28),
    ]
    assert [(sentence.text, sentence.block) for sentence in document.sentences] == [
        ("Un titre", 0),
        ("Un.", 1),
        ("Deux.", 1),
        ("Trois", 1),
    ]


def test_segment_of_unknown_kind_is_named() -> None:
    with pytest.raises(TextError, match="paragraph") as error:
        from_segments([("a", "title", "Un"), ("b", "titre", "Deux")])
    assert (error.value.code, error.value.pointer) == ("unknown-segment-kind", "/segments/1/kind")


# --- boundaries of the caller -----------------------------------------------------------------------------------------


def test_given_sentences_are_kept_as_they_are() -> None:
    document = from_text("Un titre\n\nUn. Deux.", [(0, 12), (13, 19)])
    assert [(s.index, s.start, s.end, s.text, s.block) for s in document.sentences] == [
        (0, 0, 12, "Un titre\n\nUn", 0),
        (1, 13, 19, " Deux.", 1),
    ]
    assert from_text("", []).sentences == ()
    assert from_segments([("a", "other", "Un."), ("b", "other", "Deux.")], [(5, 10)]).sentences[0].block == 1


@pytest.mark.parametrize(
    ("spans", "code", "pointer"),
    [
        ([(0, 4), (3, 5)], "boundary-overlap", "/sentences_given/1/start"),
        ([(3, 5), (0, 2)], "boundary-overlap", "/sentences_given/1/start"),
        ([(2, 2)], "boundary-empty", "/sentences_given/0/end"),
        ([(3, 2)], "boundary-empty", "/sentences_given/0/end"),
        ([(0, 1), (1, 11)], "boundary-out-of-range", "/sentences_given/1/end"),
        ([(-1, 2)], "boundary-out-of-range", "/sentences_given/0/start"),
        ([("0", 2)], "boundary-not-integer", "/sentences_given/0/start"),
        ([(0, True)], "boundary-not-integer", "/sentences_given/0/end"),
        ([(0, 2.0)], "boundary-not-integer", "/sentences_given/0/end"),
    ],
)
def test_unusable_boundary_is_named(spans: list[tuple[int, int]], code: str, pointer: str) -> None:
    with pytest.raises(TextError) as error:
        from_text("0123456789", spans)
    assert (error.value.code, error.value.pointer) == (code, pointer)
    assert "give" in str(error.value)


# --- UTF-16 -----------------------------------------------------------------------------------------------------------


@given(TRICKY)
def test_utf16_offsets_agree_with_a_count_of_units(text: str) -> None:
    offsets = Utf16Offsets(text)
    units = [2 if character > "\uffff" else 1 for character in text]
    for index in range(len(text) + 1):
        expected = sum(units[:index])
        assert offsets.of(index) == expected
        assert offsets.back(expected) == index
        if index < len(text) and units[index] == 2:
            with pytest.raises(TextError, match="surrogate"):
                offsets.back(expected + 1)


@pytest.mark.parametrize("offset", [-1, 5])
def test_utf16_offset_outside_the_text_is_refused(offset: int) -> None:
    with pytest.raises(TextError, match="outside"):
        Utf16Offsets("a🎉b").back(offset)
    with pytest.raises(TextError, match="outside"):
        Utf16Offsets("abc").of(-1 if offset < 0 else 4)


# --- folding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’ÉTÉ", "l'été"),
        ("l＇an, lʼan", "l'an, l'an"),
        ("12\u202f%\u00a0; M.\u2009X", "12 % ; m. x"),
        ("Œuvre ÇÀ ß ẞ", "œuvre çà ß ß"),
        ("İstanbul", "istanbul"),
        ("ΟΔΟΣ", "οδος"),
        ("👨\u200d👩\u200d👧 \ud800", "👨\u200d👩\u200d👧 \ud800"),
        ("fin\u00ad \u00addébut", "fin\u00ad \u00addébut"),
        ("x\u0302", "x\u0302"),
    ],
)
def test_fold_keeps_offsets_when_it_can(text: str, folded: str) -> None:
    assert fold(text) == (folded, None)
    assert len(folded) == len(text)


@pytest.mark.parametrize(
    ("text", "folded", "word", "original"),
    [
        ("L'e\u0301te\u0301 est la\u0300.", "l'été est là.", "été", "e\u0301te\u0301"),
        ("un gouver\u00adne\u00adment \u00e9lu", "un gouvernement élu", "gouvernement", "gouver\u00adne\u00adment"),
        ("démen\u200bti, dé\u200cmen\u200dti", "démenti, démenti", "démenti", "démen\u200bti"),
        ("E\u0301\u00adTE\u0301 !", "été !", "été", "E\u0301\u00adTE\u0301"),
        ("E\u00ad\u0301te\u0301\u00ad !", "été\u00ad !", "été", "E\u00ad\u0301te\u0301"),
        ("x\u0302e\u0301", "x\u0302é", "é", "e\u0301"),
        ("İ e\u0301", "i é", "é", "e\u0301"),
    ],
)
def test_fold_maps_back(text: str, folded: str, word: str, original: str) -> None:
    result, offsets = fold(text)
    assert result == folded
    assert offsets is not None and len(offsets) == len(folded) + 1
    at = result.index(word)
    assert text[offsets[at] : offsets[at + len(word)]] == original


@settings(max_examples=500)
@given(TRICKY)
def test_fold_of_any_text_maps_back(text: str) -> None:
    folded, offsets = fold(text)
    if offsets is None:
        assert len(folded) == len(text)
        return
    assert len(offsets) == len(folded) + 1
    assert offsets[0] == 0 and offsets[-1] == len(text)
    assert list(offsets) == sorted(offsets)
    for index, character in enumerate(folded):
        piece = text[offsets[index] : offsets[index + 1]]
        if len(piece) == 1 and unicodedata.is_normalized("NFC", piece):
            assert fold(piece)[0] in (character, "\u03c3", "\u03c2")  # a lone capital sigma is a final one
