"""The language check: clear about other languages, never against French."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.language import other_language

RUNNING = (Path(__file__).parent / "data" / "running_text.txt").read_text(encoding="utf-8").split("\n")


def test_no_french_sentence_is_refused() -> None:
    sentences = [line for line in RUNNING if line.strip()]
    assert len(sentences) > 100
    assert [line for line in sentences if other_language(line)] == []
    assert other_language("\n".join(sentences)) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The mayor said on Tuesday that the old bridge would stay closed for six weeks after the storm."),
        ("pt", "O presidente anunciou na terça-feira o fechamento da ponte por seis semanas após a tempestade."),
        ("ru", "Мэр города объявил во вторник, что старый мост будет закрыт на шесть недель после шторма."),
    ],
)
def test_other_languages_are_named(language: str, text: str) -> None:
    assert other_language(text) == language


@pytest.mark.parametrize("text", ["", "Yes, we can.", "12/07/2024", "Jo Cox, Tony Blair"])
def test_too_short_to_tell(text: str) -> None:
    assert other_language(text) is None
