"""`check`: what is counted, which labels look wrong, what has drifted."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from service.lexicon import Lexicon
from training import dataset
from training.__main__ import cli
from training.checkup import drift, stability


@pytest.fixture(scope="module")
def articles() -> list[dict[str, Any]]:
    return dataset.read()[::2]


def run(folder: Path, articles: list[dict[str, Any]], *arguments: str) -> Result:
    path = folder / "labelled.jsonl"
    path.write_text("\n".join(json.dumps(a, ensure_ascii=False) for a in articles), encoding="utf-8")
    return CliRunner().invoke(cli, ["check", str(path), *arguments])


def test_counts_distributions_and_small_slices_are_those_of_the_labels(
    tmp_path: Path, articles: list[dict[str, Any]]
) -> None:
    done = run(tmp_path, articles, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    labels = [sentence for article in articles for sentence in article["sentences"]]
    assert found["counts"]["articles"] == len(articles) and found["counts"]["sentences"] == len(labels)
    assert found["levels"]["2"] == pytest.approx(np.mean([label["level"] == 2 for label in labels]), abs=1e-4)
    hedged = np.mean([any(cue["category"] == "hedge" for cue in label["cues"]) for label in labels])
    assert found["cues"]["hedge"] == pytest.approx(hedged, abs=1e-4)
    assert found["parts"] == Counter(dataset.Split().part(article["id"]) for article in articles)
    assert 0.8 < found["agreement"]["all"]["alpha"] < 1 and found["warnings"] == []
    test = [a for a in articles if dataset.Split().part(a["id"]) == "test"]
    for small in found["small_slices"]:
        if small["dimension"] == "genre":
            inside = [s for a in test if a["genre"] == small["value"] for s in a["sentences"] if s["level"] is not None]
            assert small["n"] == len(inside) < 50


def test_labels_turned_round_are_found_again(tmp_path: Path, articles: list[dict[str, Any]]) -> None:
    turned = json.loads(json.dumps(articles))
    wrong = set()
    for article in turned[::12]:
        clear = [
            s
            for s in article["sentences"]
            if s["level"] in (0, 4) and all(v["level"] == s["level"] for v in s["votes"])
        ]
        for sentence in clear[:1]:
            sentence["level"] = 4 - sentence["level"]
            for vote in sentence["votes"]:
                vote["level"] = sentence["level"]
            wrong.add((article["id"], sentence["index"]))
    assert len(wrong) > 5
    found = json.loads(run(tmp_path, turned, "--json").stdout)["suspects"]
    among = {(suspect["article"], suspect["sentence"]) for suspect in found}
    assert len(wrong & among) >= 0.7 * len(wrong), "30 of 2,300 sentences hold most of them"
    distances = [abs(suspect["expected"] - suspect["mean_vote"]) for suspect in found]
    assert distances == pytest.approx(sorted(distances, reverse=True), abs=0.01)


def test_labellers_who_do_not_agree_are_a_warning(tmp_path: Path, articles: list[dict[str, Any]]) -> None:
    rng = np.random.default_rng(3)
    mixed = json.loads(json.dumps(articles))
    for article in mixed:
        for sentence in article["sentences"]:
            for vote in sentence["votes"]:
                if vote["by"] == "b" and vote["level"] is not None:
                    vote["level"] = int(rng.integers(0, 5))
    done = run(tmp_path, mixed)
    assert done.exit_code == 3 and "warning: labellers agree too little" in done.output


def test_the_index_is_what_a_hand_computes() -> None:
    index, chance = stability(Counter(a=30, b=70), Counter(a=50, b=50))
    p, q = 30.5 / 101, 50.5 / 101
    assert index == pytest.approx((p - q) * math.log(p / q) + (q - p) * math.log((1 - p) / (1 - q)))
    assert chance == pytest.approx(2 / 101)
    assert stability(Counter(a=5), Counter(a=9))[0] == 0


def test_halves_of_the_corpus_have_not_drifted(articles: list[dict[str, Any]]) -> None:
    analysed = [item.article for item in dataset.analyse_all(articles, Lexicon.load())]
    assert [found.quantity for found in drift(analysed[::2], analysed[1::2]) if found.is_moved] == []


def test_other_news_is_a_warning_that_names_what_has_moved(tmp_path: Path, articles: list[dict[str, Any]]) -> None:
    text = tmp_path / "rumours.txt"
    text.write_text("Il paraît que la digue aurait cédé. On dit que le maire pourrait partir. " * 40, encoding="utf-8")
    done = run(tmp_path, articles, "--incoming", str(text))
    assert done.exit_code == 3
    assert "warning: cues: hedge has moved" in done.output and "warning: cues: conditional has moved" in done.output
    assert "cues: corroboration has moved" not in done.output
    (tmp_path / "latin.txt").write_bytes("Là-bas".encode("latin-1"))
    done = run(tmp_path, articles, "--incoming", str(tmp_path / "latin.txt"))
    assert done.exit_code == 1 and "latin.txt: byte 1 is not UTF-8" in done.output
