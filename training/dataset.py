"""The labelled corpus: read it, check it, analyse it, split it by article."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.article import CATEGORIES, KINDS, LINK_TYPES, SOURCE_KINDS, Article
from service.features import sentence_features
from service.lexicon import Lexicon
from service.sources import analyse
from service.text import BLOCK_KINDS, Block, Document, Sentence
from training.progress import SILENT, Progress

CORPUS = Path(__file__).parent / "corpus"
PARTS = ("train", "validation", "test")
_LEVEL = "none takes null, the other kinds a level from 0 to 4"
_SOURCE = f"source takes one of {', '.join(SOURCE_KINDS)}, the others none"
_OFFSETS = "count from 0, in code points, in reading order"
_LINK = "count its sentences from 0"


class DatasetError(ValueError):
    """Faults of a corpus file, one a line: file, line, field, what is wrong."""


@dataclass(frozen=True, slots=True)
class Split:
    """How articles are dealt to parts: ``test`` and ``validation`` are per cent, ``seed`` is hashed before the id.

    >>> Split().part("local-001")
    'train'
    """

    test: int = 20
    validation: int = 20
    seed: str = ""

    def part(self, article_id: str) -> str:
        """One of `PARTS`: fixed by the id, the same on every machine and whatever other articles there are."""
        place = int(hashlib.sha256((self.seed + article_id).encode()).hexdigest(), 16) % 100
        return "test" if place < self.test else "validation" if place < self.test + self.validation else "train"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled article: its labels as read and its analysis by the service's own engine."""

    id: str
    genre: str
    region: str
    labels: list[dict[str, Any]]
    article: Article


def read(paths: Iterable[Path] | None = None) -> list[dict[str, Any]]:
    """Articles of JSON-lines files (default: all of ``training/corpus``); raises `DatasetError` with all faults."""
    articles: list[dict[str, Any]] = []
    faults: list[str] = []
    seen: dict[str, str] = {}
    for path in sorted(CORPUS.glob("*.jsonl")) if paths is None else paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line.strip():
                continue
            where = f"{path.name}:{number}"
            try:
                article = json.loads(line)
                problems = list(faults_of(article))
            except (ValueError, KeyError, TypeError) as error:
                faults.append(f"{where}: not a labelled article ({error!r})")
                continue
            if article["id"] in seen:
                problems.append(f"id {article['id']!r} is already at {seen[article['id']]}")
            seen[article["id"]] = where
            faults += [f"{where}: {problem}" for problem in problems]
            articles.append(article)
    if faults:
        raise DatasetError("\n".join(faults))
    if not articles:
        raise DatasetError("no labelled article found")
    return articles


def faults_of(article: dict[str, Any]) -> Iterable[str]:
    """What is wrong with an article that has the fields of one: ``sentence 3: what is wrong; what to write``."""
    text, end = article["text"], 0
    for index, sentence in enumerate(article["sentences"]):
        where = f"sentence {index}"
        if (
            sentence["index"] != index
            or sentence["start"] < end
            or text[sentence["start"] : sentence["end"]] != sentence["text"]
        ):
            yield f"{where}: index, start, end and text do not agree with the article's text; {_OFFSETS}"
        end = sentence["end"]
        if sentence["kind"] is None and sentence["level"] is None and not sentence["votes"]:
            if sentence["cues"] or sentence["links"]:
                yield f"{where}: cues or links, though nobody labelled it; add the vote that they are from"
            continue  # nobody has labelled it: an article of which moderators decided some sentences
        if sentence["kind"] not in KINDS:
            yield f"{where}: unknown kind {sentence['kind']!r}; write one of {', '.join(KINDS)}"
        if (sentence["kind"] == "none") != (sentence["level"] is None) or sentence["level"] not in (
            None,
            0,
            1,
            2,
            3,
            4,
        ):
            yield f"{where}: level {sentence['level']!r} does not go with kind {sentence['kind']!r}; {_LEVEL}"
        for cue in sentence["cues"]:
            if cue["category"] not in CATEGORIES:
                yield f"{where}: unknown category {cue['category']!r}; write one of {', '.join(CATEGORIES)}"
            if (cue["category"] == "source") != (cue.get("source_kind") in SOURCE_KINDS):
                yield f"{where}: source_kind {cue.get('source_kind')!r} does not go with {cue['category']!r}; {_SOURCE}"
            if text[cue["start"] : cue["end"]] != cue["text"]:
                yield f"{where}: offsets of cue {cue['text']!r} do not give its words; count code points of the article"
        for vote in sentence["votes"]:
            fits = vote["level"] is None if vote["kind"] == "none" else vote["level"] in range(5)
            if vote["kind"] not in KINDS or not fits:
                what = f"vote of {vote['by']!r}: level {vote['level']!r} does not go with {vote['kind']!r}"
                yield f"{where}: {what}; {_LEVEL}"
        for link in sentence["links"]:
            if link["type"] not in LINK_TYPES or not 0 <= link["sentence"] < len(article["sentences"]):
                what = f"link {link!r} is not one of {', '.join(LINK_TYPES)} to a sentence of the article"
                yield f"{where}: {what}; {_LINK}"


def document(article: dict[str, Any]) -> Document:
    """The article as the service would see it, with the labellers' sentence boundaries."""
    text = article["text"]
    given = article.get("blocks")
    if given is None:
        blocks, start = [], 0
        for number, part in enumerate(text.split("\n\n")):
            kind = "title" if number == 0 and not part.rstrip().endswith((".", "!", "?", "»")) else "paragraph"
            blocks.append(Block(kind, start, start + len(part)))
            start += len(part) + 2
    else:
        blocks = [Block(block["kind"], block["start"], block["end"]) for block in given]
    assert all(block.kind in BLOCK_KINDS for block in blocks)
    starts = [block.start for block in blocks]
    sentences = tuple(
        Sentence(s["index"], s["start"], s["end"], s["text"], int(np.searchsorted(starts, s["start"], "right")) - 1)
        for s in article["sentences"]
    )
    return Document(text, tuple(blocks), sentences)


def analyse_all(articles: Sequence[dict[str, Any]], lexicon: Lexicon, progress: Progress = SILENT) -> list[Labelled]:
    """Run the service's engine over labelled articles; a step of progress is an article."""
    progress.expect(len(articles))
    found = []
    for article in articles:
        analysed = Labelled(
            article["id"],
            article.get("genre", ""),
            article.get("region", ""),
            article["sentences"],
            analyse(document(article), lexicon),
        )
        found.append(analysed)
        progress.step()
    return found


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that a model can learn from, one a sentence with a level.

    ``y`` is the level agreed on, ``mean`` the mean of the votes, ``group`` numbers the articles and ``sentence`` the
    sentences within them. ``voted`` repeats a
    row for each of its votes, as (row, level, weight): weights of one row sum to 1, so that a disputed sentence teaches
    both readings by halves.
    """

    X: NDArray[np.float64]
    y: NDArray[np.int_]
    mean: NDArray[np.float64]
    group: NDArray[np.int_]
    sentence: NDArray[np.int_]
    voted: tuple[NDArray[np.int_], NDArray[np.int_], NDArray[np.float64]]

    def fit_rows(self, chosen: NDArray[np.int_]) -> tuple[NDArray[np.float64], NDArray[np.int_], NDArray[np.float64]]:
        """X, y and weights of the votes on some rows: what an estimator is fitted on."""
        rows, levels, weights = self.voted
        inside = np.isin(rows, chosen)
        return self.X[rows[inside]], levels[inside], weights[inside]


def table(labelled: Iterable[Labelled]) -> Table:
    """Features and levels of all sentences that have one."""
    rows: list[NDArray[np.float64]] = []
    levels: list[int] = []
    means: list[float] = []
    groups: list[int] = []
    places: list[int] = []
    voted: list[tuple[int, int, float]] = []
    for number, item in enumerate(labelled):
        matrix = sentence_features(item.article)
        for index, label in enumerate(item.labels):
            if label["level"] is None:
                continue
            votes = vote_levels(label) or [label["level"]]
            voted += [(len(rows), vote, 1 / len(votes)) for vote in votes]
            rows.append(matrix[index])
            levels.append(label["level"])
            means.append(float(np.mean(votes)))
            groups.append(number)
            places.append(index)
    if not rows:
        raise DatasetError("no sentence has a level: nothing to learn from or to measure on")
    vote_rows, vote_values, weights = (np.array(column) for column in zip(*voted, strict=True))
    by_vote = (vote_rows, vote_values, weights)
    return Table(np.array(rows), np.array(levels), np.array(means), np.array(groups), np.array(places), by_vote)


def vote_levels(label: dict[str, Any]) -> list[int]:
    """Levels that the labellers of a sentence gave, without those who saw no assertion."""
    return [vote["level"] for vote in label["votes"] if vote["level"] is not None]


def is_decision(vote: dict[str, Any]) -> bool:
    """Whether a vote is a moderator's decision on a sentence that a model had scored."""
    return "model" in vote


def decisions(articles: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many sentences moderators decided, in how many articles, by how many decisions, and how many were blind."""
    found = [
        (article["id"], sentence["index"], vote.get("blind", False))
        for article in articles
        for sentence in article["sentences"]
        for vote in sentence["votes"]
        if is_decision(vote)
    ]
    return {
        "articles": len({article for article, _, _ in found}),
        "sentences": len({(article, index) for article, index, _ in found}),
        "votes": len(found),
        "blind": sum(blind for _, _, blind in found),
    }


def digest(articles: Iterable[dict[str, Any]]) -> str:
    """SHA-256 of the labelled articles, independent of files and order."""
    lines = sorted(json.dumps(article, ensure_ascii=False, sort_keys=True) for article in articles)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
