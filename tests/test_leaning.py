"""Words that lean towards judgement or towards fact: the table, the column, and what must not move it."""

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from service.columns import NAMES
from service.entries import LEANINGS, LexiconError
from service.features import sentence_features
from service.lexicon import CUES, Lexicon
from service.sources import analyse
from service.text import from_text
from tools.build_leanings import COMMON, build
from training.recipe import DEFAULT, Recipe

LEXICON = Lexicon.load()
COLUMN = NAMES.index("leaning")


def leaning(text: str, lexicon: Lexicon = LEXICON) -> float:
    """The column of the last sentence."""
    return float(sentence_features(analyse(from_text(text), lexicon))[-1, COLUMN])


@pytest.mark.parametrize(
    ("judgement", "fact"),
    [
        ("Ce choix absurde insulte les habitants.", "Ce bâtiment communal abrite les pompiers."),
        ("Cette farce devient grotesque et stupide.", "Cette pièce fut publiée puis déposée aux archives."),
        ("Leur arrogance dépasse le ridicule.", "Leur camion percuta une barrière du péage."),
    ],
)
def test_judgement_leans_one_way_and_fact_the_other(judgement: str, fact: str) -> None:
    assert leaning(judgement) < 0 < leaning(fact)


@pytest.mark.parametrize(
    "worded",
    [
        "Selon une source proche du dossier, la chaudière de la salle municipale tombe en panne.",
        "La chaudière de la salle municipale tombe en panne, affirme une source policière.",
        "La chaudière de la salle municipale tombe probablement en panne.",
        "Le 3 mars 2024, la chaudière de la salle municipale tombe en panne.",
        "La chaudière de la salle municipale tombe en panne, a indiqué le préfet Jean Marchal.",
        "La chaudière de la salle municipale Georges Brassens tombe en panne.",
    ],
)
def test_sources_hedges_particulars_and_names_count_by_themselves(worded: str) -> None:
    assert leaning(worded) == pytest.approx(leaning("La chaudière de la salle municipale tombe en panne."))


def test_a_word_says_less_than_many() -> None:
    assert leaning("C'est grotesque, stupide, ridicule, absurde.") < leaning("C'est grotesque.") < 0


def cues(folder: Path, table: bytes | None) -> Path:
    """A copy of the French cue files with another table, or none."""
    shutil.copytree(CUES / "fr", folder / "fr")
    (folder / "fr" / LEANINGS).unlink()
    if table is not None:
        (folder / "fr" / LEANINGS).write_bytes(table)
    return folder


def test_without_a_table_nothing_leans(tmp_path: Path) -> None:
    assert leaning("Cette farce devient grotesque.", Lexicon.load(cues(tmp_path, None))) == 0


def test_another_table_is_another_lexicon(tmp_path: Path) -> None:
    other = Lexicon.load(cues(tmp_path, gzip.compress(b'{"grotesque": 100}')))
    assert other.version != LEXICON.version
    assert leaning("Cette farce devient grotesque.", other) > 0


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(b"no gzip", id="no gzip"),
        pytest.param(gzip.compress(b"{}")[:-6], id="cut short"),
        pytest.param(gzip.compress(b"{"), id="no JSON"),
        pytest.param(gzip.compress(b"[]"), id="a list"),
        pytest.param(gzip.compress(b'{"grotesque": "-9"}'), id="a number in quotation marks"),
    ],
)
def test_a_broken_table_is_named_with_its_remedy(table: bytes, tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"leanings\.json\.gz: cannot be read .*make leanings"):
        Lexicon.load(cues(tmp_path, table))


def test_words_used_alike_lean_alike_and_the_same_corpus_gives_the_same_bytes() -> None:
    forms = sorted(LEXICON.leanings)[:: len(LEXICON.leanings) // 2_000]
    vectors = np.random.default_rng(5).normal(size=(len(forms), 8))
    vectors[np.array([LEXICON.leanings[form] > 0 for form in forms]), 0] += 2  # what leans to fact is used alike
    recipe = Recipe.load(DEFAULT)
    unheard = [*forms, "zzfait", "zzjugement", "de"]
    rows = np.vstack([vectors, [2, *[0] * 7], [-2, *[0] * 7], [2, *[0] * 7]])
    content = build(unheard, rows, recipe)
    table = json.loads(gzip.decompress(content))
    assert table["zzfait"] > 0 > table["zzjugement"]
    assert "de" not in table, f"the {COMMON} commonest words say nothing"
    assert content == build(unheard, rows, recipe)
