"""Training: the corpus format, its checks, the measures, and a whole run of the script."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.agreement import krippendorff_alpha
from service.estimators import MonotoneOrdinal, expit
from service.lexicon import Lexicon
from service.scoring import Scorer
from training import dataset
from training.encode import EncodeError, encode
from training.measure import agreement
from training.votes import Cue, Vote, merge, read_texts

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
    parts = Counter(dataset.Split().part(article["id"]) for article in articles)
    assert set(parts) == set(dataset.PARTS) and min(parts.values()) >= 0.15 * len(articles)
    table = dataset.table(labelled)
    assert (
        len(table.X)
        == len(table.y)
        == len(table.group)
        == sum(label["level"] is not None for item in labelled for label in item.labels)
    )


def test_the_corpus_is_labelled_blind_by_two_and_repeats_no_sentence() -> None:
    articles = dataset.read()
    sentences = [sentence for article in articles for sentence in article["sentences"]]
    assert len(articles) >= 400 and len(sentences) >= 4500
    assert len({article["id"] for article in articles}) == len(articles)
    assert len({article["genre"] for article in articles}) >= 18
    assert all({"a", "b"} <= {vote["by"] for vote in sentence["votes"]} for sentence in sentences)
    assert all(len({vote["by"] for vote in s["votes"]}) == len(s["votes"]) for s in sentences), "one vote a labeller"
    found = defaultdict(set)
    for article in articles:
        for sentence in article["sentences"]:
            found[sentence["text"]].add(article["id"])
    assert [sorted(ids) for text, ids in found.items() if len(text) >= 40 and len(ids) > 1] == []


def test_the_corpus_is_what_merging_its_votes_gives() -> None:
    articles = dataset.read()
    assert [article["id"] for article in articles if merge(article, {}) != article] == []


# --- votes in the corpus ---------------------------------------------------------------------------------------------


def voted(name: str, genre: str, *sentences: dict[str, tuple[Any, ...]]) -> dict[str, Any]:
    """An article whose sentences hold the votes given: by labeller, kind and level, then cues as in `Cue`."""
    text = "p Le lac de Vens gèle tôt."
    (article,) = read_texts([f"=== {name} | {genre} | France", text, *["+" + text[1:]] * (len(sentences) - 1)])
    labellers = list(dict.fromkeys(labeller for votes in sentences for labeller in votes))
    by = {
        labeller: [
            Vote(votes[labeller][0], votes[labeller][1], votes[labeller][2:], ()) if labeller in votes else None
            for votes in sentences
        ]
        for labeller in labellers
    }
    return merge(article, by)


def analysed(*articles: dict[str, Any]) -> list[dataset.Labelled]:
    return dataset.analyse_all(articles, Lexicon.load())


def test_a_row_is_repeated_for_each_of_its_votes_and_weighs_one() -> None:
    lac = voted(
        "lac-1",
        "local",
        {"a": ("claim", 1), "b": ("claim", 4), "c": ("claim", 3)},
        {"a": ("none", None), "b": ("none", None)},
        {"a": ("claim", 2), "b": ("claim", 2)},
        {"a": ("none", None), "b": ("claim", 3), "c": ("claim", 0)},
    )
    other = voted("lac-2", "local", {"a": ("opinion", 0)})
    table = dataset.table(analysed(lac, other))
    rows, levels, weights = table.voted
    assert rows.tolist() == [0, 0, 0, 1, 1, 2, 2, 3] and levels.tolist() == [1, 4, 3, 2, 2, 3, 0, 0]
    assert weights == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1 / 2, 1 / 2, 1 / 2, 1 / 2, 1])
    assert table.y.tolist() == [3, 2, 0, 0] and table.group.tolist() == [0, 0, 0, 1]
    assert table.mean == pytest.approx([8 / 3, 2, 3 / 2, 0])

    X, y, weight = table.fit_rows(np.array([3, 0]))
    assert y.tolist() == [1, 4, 3, 0] and weight == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1])
    assert (table.X[[0, 0, 0, 3]] == X).all()


def test_every_row_of_the_corpus_weighs_one() -> None:
    articles = dataset.read()
    disputed = [a for a in articles if any(len({v["level"] for v in s["votes"]}) > 1 for s in a["sentences"])]
    table = dataset.table(analysed(*disputed[:12]))
    rows, levels, weights = table.voted
    assert len(rows) > len(table.y) == len(table.X)
    assert np.bincount(rows, weights, len(table.y)) == pytest.approx(np.ones(len(table.y)))
    assert any(len(set(levels[rows == row].tolist())) > 1 for row in range(len(table.y)))


@pytest.mark.parametrize(
    ("sentence", "path", "value", "message"),
    [
        (2, ("votes", 0, "level"), 2, "vote of 'author': level 2 does not go with 'none'"),
        (1, ("votes", 0, "kind"), "none", "vote of 'author': level 4 does not go with 'none'"),
        (1, ("votes", 0, "level"), None, "vote of 'author': level None does not go with 'claim'"),
        (1, ("votes", 0, "level"), 7, "vote of 'author': level 7 does not go with 'claim'"),
        (1, ("votes", 0, "kind"), "rumeur", "vote of 'author': level 4 does not go with 'rumeur'"),
        (1, ("cues", 1, "end"), 30, "offsets of cue 'maire' do not give its words"),
        (1, ("start",), 20, "index, start, end and text do not agree"),
        (3, ("links", 0, "type"), "refutes", "is not one of contests, corroborates, same_source"),
        (3, ("links", 0, "sentence"), 4, "to a sentence of the article"),
        (3, ("links", 0, "sentence"), -1, "to a sentence of the article"),
    ],
)
def test_a_fault_is_named_with_its_article_and_sentence(
    tmp_path: Path, sentence: int, path: tuple[str | int, ...], value: object, message: str
) -> None:
    (article,) = encode(GOOD.split("\n"))
    sound = json.dumps(voted("lac-1", "local", {"a": ("claim", 1)}))
    target = article["sentences"][sentence]
    for key in path[:-1]:
        target = target[key]
    assert target[path[-1]] != value
    target[path[-1]] = value
    (file := tmp_path / "corpus.jsonl").write_text(f"{sound}\n{json.dumps(article)}\n")
    with pytest.raises(dataset.DatasetError) as caught:
        dataset.read([file])
    (fault,) = str(caught.value).split("\n")
    assert fault.startswith(f"corpus.jsonl:2: sentence {sentence}: ") and message in fault


# --- agreement -------------------------------------------------------------------------------------------------------

# Krippendorff (2011), example of four observers and twelve units, columns are units; alpha is 0.815 for ordinal data.
PUBLISHED = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def brute_alpha(units: Sequence[Sequence[int]]) -> float:
    """By the definition: disagreement within units over disagreement of any two values, ranks counted one by one."""
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]

    def squared(first: int, second: int) -> float:
        low, high = sorted((first, second))
        between = sum(low < value < high for value in values)
        return (between + (values.count(low) + values.count(high)) / 2) ** 2 if low != high else 0.0

    within = sum(
        squared(unit[i], unit[j]) / (len(unit) - 1)
        for unit in units
        for i in range(len(unit))
        for j in range(len(unit))
        if i != j
    )
    overall = sum(squared(values[i], values[j]) for i in range(len(values)) for j in range(len(values)) if i != j)
    return 1 - (within / len(values)) / (overall / (len(values) * (len(values) - 1)))


@pytest.mark.parametrize(
    ("votes", "alpha"),
    [
        ([[0, 0], [3, 3], [4, 4, 4]], 1.0),
        ([[2, 2], [2, 2]], 1.0),
        # n0 = n1 = 3 of 6, all distances alike: 1 - 5 · 2 / (2 · 3 · 3)
        ([[0, 0], [0, 1], [1, 1]], 4 / 9),
        # n0 = 3, n1 = 2, n2 = 3: d01 = d12 = 2.5², d02 = 5²; 1 - 7 · 2 · 25 / (2 · (6 · 6.25 + 6 · 6.25 + 9 · 25))
        ([[0, 0], [1, 1], [2, 2], [0, 2]], 5 / 12),
        # n0 = 3, n1 = 3, n2 = 2: d01 = 3², d12 = 2.5², d02 = 5.5²; 1 - 7 · 2 · 9 / (2 · (9 · 9 + 6 · 6.25 + 6 · 30.25))
        ([[0, 0], [1, 1], [2, 2], [0, 1]], 0.79),
        # n0 = n1 = 2, never together: 1 - 3 · 4 / (2 · 2 · 2)
        ([[0, 1], [1, 0]], -0.5),
    ],
)
def test_alpha_is_what_a_hand_computes(votes: list[list[int]], alpha: float) -> None:
    assert krippendorff_alpha(votes) == pytest.approx(alpha)


def test_alpha_is_the_published_one_with_values_missing() -> None:
    votes = [[int(value) - 1 for value in unit if value != "."] for unit in zip(*PUBLISHED, strict=True)]
    assert len(votes[-1]) == 1 and len(votes[1]) == 4
    assert krippendorff_alpha(votes) == pytest.approx(0.815, abs=5e-4)


def test_alpha_agrees_with_its_definition_on_any_votes() -> None:
    rng = np.random.default_rng(11)
    for _ in range(20):
        votes = [rng.integers(0, 5, size=rng.integers(0, 5)).tolist() for _ in range(12)]
        assert krippendorff_alpha(votes) == pytest.approx(brute_alpha(votes))


def test_a_sentence_that_one_labelled_says_nothing_of_agreement() -> None:
    votes = [[0, 0], [1, 1], [2, 2], [0, 2]]
    assert krippendorff_alpha([*votes, [4], [], [1]]) == krippendorff_alpha(votes)
    assert math.isnan(krippendorff_alpha([[3], []]))


def test_agreement_is_of_the_first_two_blind_labellers_by_genre() -> None:
    lac, tot = Cue("precision", 3, 14), Cue("precision", 19, 23)
    local = voted(
        "lac-1",
        "local",
        {"author": ("opinion", 4, tot), "a": ("claim", 0, lac), "b": ("claim", 0, Cue("precision", 10, 14))},
        {"a": ("claim", 1), "b": ("opinion", 1), "c": ("opinion", 4)},
        {"a": ("claim", 2), "b": ("claim", 2)},
        {"a": ("claim", 0, Cue("vague", 100, 105)), "b": ("prediction", 2, Cue("hedge", 100, 105))},
    )
    sport = voted(
        "lac-2",
        "sport",
        {"a": ("none", None), "b": ("claim", 3)},
        {"a": ("claim", 3, lac), "b": ("claim", 3)},
        {"author": ("claim", 0), "a": ("claim", 4)},
    )
    found = agreement(analysed(local, sport))
    assert set(found) == {"local", "sport", "all"}
    assert found["local"] == pytest.approx({"n": 4, "alpha": 5 / 12, "kind": 2 / 4, "spans": 2 / 4})
    assert found["sport"] == pytest.approx({"n": 2, "alpha": 1.0, "kind": 1 / 2, "spans": 0.0})
    both = brute_alpha([[0, 0], [1, 1], [2, 2], [0, 2], [3, 3]])
    assert found["all"] == pytest.approx({"n": 6, "alpha": both, "kind": 3 / 6, "spans": 2 / 5})


# --- coefficients by threshold ---------------------------------------------------------------------------------------


def crossing_model() -> MonotoneOrdinal:
    """Fitted on features that each matter at another threshold, so that the four lines cross somewhere."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(600, 3))
    y = np.where(X[:, 0] < -0.5, 0, np.where(X[:, 1] > 0.8, 4, np.where(X[:, 2] > 0, 3, rng.integers(1, 3, 600))))
    return MonotoneOrdinal(monotone=[1, 1, -1], alpha=0.1).fit(X, y)


def test_every_threshold_has_coefficients_that_obey_the_signs() -> None:
    model = crossing_model()
    assert model.coef_.shape == (4, 3) and model.thresholds_.shape == (4,)
    assert (model.coef_ * np.array([1, 1, -1]) >= 0).all()
    assert (np.ptp(model.coef_[:, :2], axis=0) > 0.5).all(), "not one set for all"
    assert model.coef_[2, 2] == 0, "the data pull up where the sign only lets down"


def test_a_higher_level_is_never_likelier_than_a_lower_one_on_any_input() -> None:
    model = crossing_model()
    X = np.random.default_rng(6).normal(scale=20, size=(2000, 3))
    assert (np.diff(expit(model.decision_function(X)), axis=1) > 0).any(), "the thresholds do cross here"
    at_least, by_level = model.predict_at_least(X), model.predict_proba(X)
    assert (np.diff(at_least, axis=1) <= 0).all() and (by_level >= 0).all()
    assert by_level.sum(axis=1) == pytest.approx(np.ones(len(X)))
    assert by_level[:, 1:].sum(axis=1) == pytest.approx(at_least[:, 0]) and set(model.predict(X)) <= set(range(5))


def test_the_script_trains_a_model_that_the_service_loads(tmp_path: Path) -> None:
    # The default recipe in all that makes the model (test_recipe.py); what the report compares takes longer than the rest.
    recipe = tmp_path / "quick.toml"
    recipe.write_text("[report]\ncandidates = []\nresamples = 20\n")
    command = [sys.executable, "-m", "training", "train", "--recipe", str(recipe), "--models", str(tmp_path)]
    command += ["--version", "try", "--promote"]
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
