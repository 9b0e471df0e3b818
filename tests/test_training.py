"""Training: the corpus format, its checks, and a whole run of the script."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from service.lexicon import Lexicon
from service.scoring import Scorer
from training import dataset
from training.encode import EncodeError, encode

GOOD = """\
=== local-001 | local | France
--- title claim 2
Deux blessés à Sète
--- p claim 4
Le maire, Jean Roux, a annoncé mardi que le maire d'Agde viendra.
source person = Le maire, Jean Roux
hedge = #2 maire
--- + none -
Photo DR
--- p claim 1
Une source dément.
link contests 1
"""


def test_offsets_are_of_the_article() -> None:
    (article,) = encode(GOOD.split("\n"))
    text = article["text"]
    assert text.startswith("Deux blessés à Sète\n\nLe maire, Jean Roux,") and ". Photo DR\n\nUne source" in text
    for sentence in article["sentences"]:
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]
        for cue in sentence["cues"]:
            assert text[cue["start"] : cue["end"]] == cue["text"]
    second = article["sentences"][1]["cues"][-1]
    assert second["start"] > article["sentences"][1]["cues"][0]["end"], "#2 is the second time the words stand there"
    assert [block["kind"] for block in article["blocks"]] == ["title", "paragraph", "paragraph"]
    assert dataset.document(article).sentences[2].block == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("Le maire, Jean Roux\nhedge", "Jean Rouz\nhedge"), "do not stand in the sentence: 'Jean Rouz'"),
        (("#2 maire", "#3 maire"), "do not stand in the sentence"),
        (("source person", "source"), "only source takes a kind"),
        (("hedge =", "doubt ="), "unknown category 'doubt'"),
        (("claim 4", "claim 5"), "level '5'"),
        (("none -", "none 2"), "level '2'"),
        (("p claim 1", "q claim 1"), "unknown block 'q'"),
        (("p claim 1", "p guess 1"), "unknown kind 'guess'"),
        (("contests 1", "contests 9"), "link to sentence 9"),
        (("contests 1", "denies 1"), "unknown link 'denies'"),
        (("=== local-001 | local | France\n", ""), "starts with '=== id"),
    ],
)
def test_a_fault_is_named_with_its_line(change: tuple[str, str], message: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(GOOD.replace(*change).split("\n"), "a.txt")
    assert message in str(caught.value)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(EncodeError) as caught:
        encode(GOOD.replace("claim 4", "claim 5").replace("hedge =", "doubt =").split("\n"))
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("sentences", 1, "cues", 0, "start"), 3, "offsets of cue"),
        (("sentences", 1, "end"), 50, "do not agree"),
        (("sentences", 0, "level"), None, "does not go with kind"),
        (("sentences", 3, "links", 0, "sentence"), 40, "is not one of"),
    ],
)
def test_a_damaged_corpus_file_is_refused(
    tmp_path: Path, path: tuple[str | int, ...], value: object, message: str
) -> None:
    (article,) = encode(GOOD.split("\n"))
    target = article
    for key in path[:-1]:
        target = target[key]  # type: ignore[index]
    target[path[-1]] = value  # type: ignore[index]
    file = tmp_path / "corpus.jsonl"
    file.write_text(json.dumps(article) + "\n")
    with pytest.raises(dataset.DatasetError, match=message):
        dataset.read([file])


def test_the_corpus_is_sound_large_and_split_by_article() -> None:
    articles = dataset.read()
    sentences = sum(len(article["sentences"]) for article in articles)
    assert len(articles) >= 60 and sentences >= 600
    labelled = dataset.analyse_all(articles[:12], Lexicon.load())
    assert {item.is_test for item in dataset.analyse_all(articles, Lexicon.load())} == {True, False}
    table = dataset.table(labelled)
    assert (
        len(table.X)
        == len(table.y)
        == len(table.group)
        == sum(label["level"] is not None for item in labelled for label in item.labels)
    )


def test_the_script_trains_a_model_that_the_service_loads(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "training", "train", "--models", str(tmp_path), "--version", "try", "--promote"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    scorer = Scorer.load(tmp_path)
    champion = Scorer.load()
    assert scorer.version == "try"
    assert scorer.card["data"]["sha256"] == champion.card["data"]["sha256"], "the champion was trained on this corpus"
    assert scorer.card["lexicon"] == champion.card["lexicon"], "the champion was trained with this lexicon"
    for name, values in champion.card["coefficients"].items():
        assert scorer.card["coefficients"][name] == pytest.approx(values, abs=1e-4), name
    assert "| test |" in (tmp_path / "try" / "report.md").read_text()
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 1 and "never overwritten" in again.stderr
