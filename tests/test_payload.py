"""Decoding a body: what orjson takes is taken, and what it would take silently is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.payload import decode
from service.problems import Problem

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text('ab"\\é', max_size=3), children),
    max_leaves=20,
)


def problem_of(body: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        decode(body)
    return caught.value


@given(value=json_values, is_ascii=st.booleans(), indent=st.sampled_from([None, 2]))
def test_any_json_is_decoded_as_it_was_meant(value: Any, is_ascii: bool, indent: int | None) -> None:
    assert decode(json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode()) == value


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ('{"text": "a", "text": "b"}', "/text"),
        ('{"text": "a", "t\\u0065xt": "b"}', "/text"),
        ('{"text" : "\\"", "text" : "\\u0022"}', "/text"),
        ('{"segments": [{"id": "a"}, {"id": "b", "text": "x", "id": "b"}]}', "/segments/1/id"),
        ('{"a/b~": 1, "a/b~": 1}', "/a~1b~0"),
    ],
)
def test_a_name_given_twice_is_refused(body: str, pointer: str) -> None:
    problem = problem_of(body.encode())
    assert (problem.status, problem.code) == (400, "duplicate_name")
    assert problem.errors[0][0] == pointer


def test_quotation_marks_in_texts_are_no_doubled_names() -> None:
    for body in ('{"text": "\\"a\\" \\u0022b\\u0022"}', '{"te\\"xt": ["\\"", "\\\\"], "x": {}}'):
        assert decode(body.encode()) == json.loads(body)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"text": "a\\ud800"}', "/text"),
        (b'{"segments": [{"text": "\\udc00\\ud800"}]}', "/segments/0/text"),
        (b'{"\\ud800": 1}', ""),
        (b'["\\ud83d\\ude92", "\\ud83d"]', "/1"),
    ],
)
def test_a_lone_surrogate_is_named_wherever_it_is(body: bytes, pointer: str) -> None:
    problem = problem_of(body)
    assert problem.status == 422 and "Lone surrogate U+D" in problem.detail
    assert problem.errors[0][0] == pointer
    json.dumps(problem.as_dict("x")).encode()


def test_pairs_of_surrogates_are_characters() -> None:
    assert decode(b'{"text": "\\ud83d\\ude92"}') == {"text": "🚒"}


@pytest.mark.parametrize("depth", [65, 1_000, 1_100, 100_000])
@pytest.mark.parametrize("ends", [True, False])
def test_depth_is_limited_whatever_the_parser_bears(depth: int, ends: bool) -> None:
    body = "[" * depth + '"\\ud800"' + "]" * depth * ends
    assert problem_of(body.encode()).code in ("json_too_deep", "not_json")


@pytest.mark.parametrize("body", [b"", b" \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf "])
def test_nothing_is_no_body(body: bytes) -> None:
    assert problem_of(body).code == "body_missing"


def test_bytes_that_are_not_utf8_are_counted_from_zero() -> None:
    for body in (b'{"text": "\xff"}', '{"text": "é"}'.encode("latin-1"), b'{"text": "\xed\xa0\x80"}'):
        problem = problem_of(body)
        assert problem.code == "not_utf8" and problem.detail.startswith("Byte 10 ")
    assert problem_of("{}".encode("utf-16")).code == "not_utf8"


@pytest.mark.parametrize("number", ["9" * 21, "9" * 5_000, "-" + "9" * 5_000])
def test_a_number_of_any_length_is_read(number: str) -> None:
    for text in (f'{{"start": {number}}}', f'{{"start": {number}, "text": "\\u0022"}}'):
        assert isinstance(decode(text.encode())["start"], float)
    assert problem_of(f'{{"start": {number}, "text": "\\ud800"}}'.encode()).status == 422


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none(number: str) -> None:
    assert problem_of(f'{{"start": {number}}}'.encode()).code == "not_json"
