"""Labels of press articles are kept without a word of them, and come back to their own text alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tools.press import LABELS, PressError, is_held_out, joined, main, with_text, without_text
from training.dataset import read
from training.encode import lines_of
from training.votes import merge, read_labels, read_texts

TITLE = "Sète ferme son pont"
PARAGRAPH = "Le maire, Jean Roux, a annoncé mardi la fermeture. Il sera réparé, selon une source."
TEXTS = f"=== 2016-1 | press | x\ntitle {TITLE}\np {PARAGRAPH.split('. ')[0]}.\n+ {PARAGRAPH.split('. ')[1]}\n"
FIRST = """=== 2016-1
--- 0 claim 2
--- 1 claim 4
source person = Le maire, Jean Roux
attribution = a annoncé
precision = mardi
--- 2 claim 1
source anonymous = une source
"""
SECOND = FIRST.replace("precision = mardi\n", "").replace("--- 2 claim 1", "--- 2 claim 2")


@pytest.fixture
def labelled(tmp_path: Path) -> dict[str, Any]:
    articles = read_texts(TEXTS.splitlines())
    votes = {}
    for name, answer in (("a", FIRST), ("b", SECOND)):
        file = tmp_path / f"{name}.txt"
        file.write_text(answer, encoding="utf-8")
        votes[name] = read_labels(lines_of(file), articles)["2016-1"]
    return merge(articles[0], votes)


def test_what_is_kept_holds_no_word_and_comes_back_whole(labelled: dict[str, Any]) -> None:
    kept = json.loads(json.dumps(without_text(labelled)))
    assert not {"annoncé", "Sète", "maire"} & set(json.dumps(kept, ensure_ascii=False).replace('"', " ").split())
    back = with_text(kept, labelled["text"])
    assert back["sentences"] == labelled["sentences"]
    assert [cue["category"] for cue in back["sentences"][1]["cues"]] == ["source", "attribution"], "marked by both"
    assert back["sentences"][2]["level"] == 1, "the lower of two"


def test_another_text_is_refused(labelled: dict[str, Any]) -> None:
    with pytest.raises(PressError, match="2016-1: not the text that was labelled"):
        with_text(without_text(labelled), labelled["text"].replace("mardi", "lundi"))


def test_join_finds_the_texts_by_their_ids_and_deals_them_to_parts(labelled: dict[str, Any], tmp_path: Path) -> None:
    text = json.dumps({"id": "2016-1", "title": TITLE, "paragraphs": [PARAGRAPH]})
    kept = json.dumps(without_text(labelled))
    assert [article["id"] for article in joined([kept], [text])] == ["2016-1"]
    assert list(joined([kept], [])) == [], "without its text an article is left out"
    parts = [len(list(joined([kept], [text], part))) for part in ("read", "held-out")]
    assert sorted(parts) == [0, 1]
    texts, labels = tmp_path / "texts.jsonl", tmp_path / "labels.jsonl"
    other = json.dumps({"id": "2016-2", "title": "Deux\u2028lignes", "paragraphs": []}, ensure_ascii=False)
    texts.write_text(f"{other}\n{text}\n", encoding="utf-8")  # a line of JSON may hold what ends lines elsewhere
    labels.write_text(f"{kept}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["join", str(texts), "--labels", str(labels)])
    assert done.exit_code == 0, done.output
    (tmp_path / "press.jsonl").write_text(done.output, encoding="utf-8")
    assert [article["id"] for article in read([tmp_path / "press.jsonl"])] == ["2016-1"], "the corpus format"
    again = CliRunner().invoke(main, ["keep", str(tmp_path / "press.jsonl")])
    assert json.loads(again.output) == json.loads(kept)
    texts.write_text(text.replace("mardi", "lundi"), encoding="utf-8")
    failed = CliRunner().invoke(main, ["join", str(texts), "--labels", str(labels)])
    assert failed.exit_code == 1 and "2016-1: not the text that was labelled" in failed.output


def test_the_labels_in_the_repository_are_offsets_in_order() -> None:
    found = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert len(found) == len({article["id"] for article in found}) > 100
    for article in found:
        assert set(article) == {"id", "sha256", "sentences"}
        starts = [start for start, _, _ in article["sentences"]]
        assert starts == sorted(starts)
        for start, end, votes in article["sentences"]:
            assert start < end and len(votes) == 2, article["id"]
            for vote in votes:
                assert all(start <= cue[1] < cue[2] <= end for cue in vote["cues"]), article["id"]
    held_out = sum(is_held_out(article["id"]) for article in found)
    assert 0.2 < held_out / len(found) < 0.45
