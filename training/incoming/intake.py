"""Take labelled files into a corpus file, whole or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training import dataset
from training.dataset import Split, is_decision
from training.disk import locked, sweep, write_atomically
from training.incoming import jsonl, spans, table
from training.incoming.leaks import twins
from training.incoming.unit import Fault, Unit, Unreadable
from training.progress import SILENT, Progress
from training.votes import merge

FORMATS = ("jsonl", "csv", "label-studio", "doccano")
DECISIONS = ("new", "changed", "same", "withdrawn")
_READERS = {
    "jsonl": jsonl.read,
    "csv": table.read,
    "label-studio": spans.read_label_studio,
    "doccano": spans.read_doccano,
}
_WRITERS = {
    "jsonl": jsonl.write_refused,
    "csv": table.write_refused,
    "label-studio": spans.write_refused_tasks,
    "doccano": jsonl.write_refused,
}


@dataclass(slots=True)
class Intake:
    """What became of the files.

    Ids of articles added, of those with new or changed votes, of those that were there already, and of those that were
    there with decisions exported later. ``decisions`` counts moderators' decisions: new, changed, same, withdrawn.
    """

    target: Path
    added: list[str] = field(default_factory=list)
    voted: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    refused_articles: int = 0
    refused_files: list[Path] = field(default_factory=list)
    is_written: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "target": str(self.target),
            "written": self.is_written,
            "added": self.added,
            "voted": self.voted,
            "known": self.known,
            "outdated": self.outdated,
            "decisions": {what: self.decisions[what] for what in DECISIONS},
            "faults": [fault._asdict() for fault in self.faults],
            "refused_articles": self.refused_articles,
            "refused_files": [str(path) for path in self.refused_files],
        }


@dataclass(slots=True)
class _File:
    path: Path
    content: str
    format: str
    units: list[Unit]


def take(
    files: Sequence[Path],
    target: Path,
    *,
    split: Split,
    by: str | None = None,
    format_: str | None = None,
    skip_bad: bool = False,
    progress: Progress = SILENT,
) -> Intake:
    """Check files and add their articles and votes to ``target``, a corpus file.

    Nothing is written when anything is wrong, unless ``skip_bad``: then the rows of faulty articles go to a file beside
    their own (``name.refused.csv``), to be mended and imported again, and the rest is taken. All other corpus files of
    the target's folder are read for duplicates. Importing a file a second time changes nothing.

    An article with ``as_of`` holds all decisions of moderators that stood then: they take the place of those that the
    target has from an earlier export. Votes of other labellers stay.
    """
    result = Intake(target)
    with locked(target.parent):
        sweep(target.parent, target.name)
        present = _articles(target)
        others = [path for path in sorted(target.parent.glob("*.jsonl")) if path != target]
        elsewhere = {article["id"]: path.name for path in others for article in _articles(path)}
        progress.phase("read")
        progress.expect(len(files))
        read = []
        for path in files:
            read.append(_read(path, by, format_, result))
            progress.step()
        progress.phase("look for duplicates")
        progress.expect(len(others))
        units = [unit for file in read if file for unit in file.units]
        state = {article["id"]: article for article in present}
        _check(units, state, elsewhere)
        _refuse_twins(units, state, elsewhere, _told(others, progress), present, split)
        for unit in units:
            if unit.faults:
                result.refused_articles += 1
                result.faults += unit.faults
        if result.faults and not skip_bad:
            return result
        for unit in units:
            if unit.article is not None and not unit.faults:
                _add(unit.article, state, result)
        for file in read:
            if file and (bad := [unit for unit in file.units if unit.faults]):
                path = file.path.with_name(f"{file.path.stem}.refused{file.path.suffix}")
                write_atomically(path, _WRITERS[file.format](bad, file.content).encode("utf-8", "backslashreplace"))
                result.refused_files.append(path)
        if result.added or result.voted:
            lines = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in state.values())
            write_atomically(target, lines.encode())
            result.is_written = True
    return result


def _articles(path: Path) -> list[dict[str, Any]]:
    """What a corpus file holds: nothing where it is not there, or its last decision was withdrawn."""
    return dataset.read([path]) if path.exists() and path.stat().st_size else []


def _told(paths: Sequence[Path], progress: Progress) -> Iterator[dict[str, Any]]:
    for path in paths:
        yield from _articles(path)
        progress.step()


def _read(path: Path, by: str | None, format_: str | None, result: Intake) -> _File | None:
    """The file's units; what cannot be read at all is a fault of the file."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
        name = format_ or _format_of(path, content)
        return _File(path, content, name, list(_READERS[name](content, path.name, by)))
    except UnicodeDecodeError as error:
        result.faults.append(Fault(path.name, 0, "file", f"byte {error.start} is not UTF-8", "save the file as UTF-8"))
    except Unreadable as error:
        result.faults.append(error.fault)
    return None


def _format_of(path: Path, content: str) -> str:
    """By the ending; a .jsonl file is doccano's when its first object has labels and no sentences."""
    if path.suffix.lower() in (".csv", ".tsv"):
        return "csv"
    if path.suffix.lower() == ".json":
        return "label-studio"
    if path.suffix.lower() != ".jsonl":
        raise Unreadable(
            Fault(path.name, 0, "file", "its ending tells no format", f"say --format {'|'.join(FORMATS)}, or rename it")
        )
    try:
        first = json.loads(content.lstrip().split("\n", 1)[0])
    except (ValueError, RecursionError):
        return "jsonl"
    is_doccano = isinstance(first, dict) and "sentences" not in first and {"label", "labels", "entities"} & set(first)
    return "doccano" if is_doccano else "jsonl"


def _check(units: Iterable[Unit], state: dict[str, Any], elsewhere: dict[str, str]) -> None:
    """What only the corpus can tell of an article: whether its id is free, or its votes fit those that are there."""
    seen: dict[str, Unit] = {}
    for unit in units:
        article = unit.article
        if article is None:
            continue
        for fault in dataset.faults_of(article):
            where, _, rest = fault.partition(": ")
            problem, _, fix = rest.rpartition("; ")
            unit.fault(where, problem, fix)
        try:
            json.dumps(article, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            unit.fault("text", "a lone surrogate", "write the character anew, and save the file as UTF-8")
        article_id = article["id"]
        if article_id in elsewhere:
            fix = f"to add votes: --to …/{elsewhere[article_id]}; if it is another article, give it another id"
            unit.fault("id", f"{article_id!r} is in {elsewhere[article_id]} already", fix)
        known = state.get(article_id) or (seen[article_id].article if article_id in seen else None)
        if known is not None and not _is_same(known, article):
            unit.fault("id", f"{article_id!r} is another article already", "give it another id")
        elif known is not None and "as_of" not in article and (name := _changed_vote(known, article)):
            fix = "a vote is never overwritten: take it out of the corpus file first, or out of this file"
            unit.fault("by", f"{name!r} has labelled this article otherwise already", fix)
        seen.setdefault(article_id, unit)


def _refuse_twins(
    units: Sequence[Unit],
    state: dict[str, Any],
    elsewhere: dict[str, str],
    corpus: Iterator[dict[str, Any]],
    present: Sequence[dict[str, Any]],
    split: Split,
) -> None:
    new: dict[str, Unit] = {}
    for unit in units:
        if unit.article is not None and unit.article["id"] not in state and unit.article["id"] not in elsewhere:
            new.setdefault(unit.article["id"], unit)
    incoming = list(new.values())
    articles = [unit.article for unit in incoming if unit.article is not None]
    for twin in twins(articles, (article for source in (corpus, present) for article in source)):
        mine, other = (split.part(name) for name in (articles[twin.place]["id"], twin.other))
        what = f"it repeats {twin.share:.0%} of {twin.other!r}"
        if mine != other:
            what += f", a leak between {mine} and {other}"
        incoming[twin.place].fault("text", what, "leave one of the two out")


def _is_same(known: dict[str, Any], article: dict[str, Any]) -> bool:
    places = [
        [(sentence["start"], sentence["end"], sentence["text"]) for sentence in each["sentences"]]
        for each in (known, article)
    ]
    return places[0] == places[1]


def _changed_vote(known: dict[str, Any], article: dict[str, Any]) -> str | None:
    """A labeller who voted on a sentence that is there already, and otherwise."""
    for old, new in zip(known["sentences"], article["sentences"], strict=True):
        before = {vote["by"]: vote for vote in old["votes"]}
        for vote in new["votes"]:
            if before.get(vote["by"], vote) != vote:
                return str(vote["by"])
    return None


def _add(article: dict[str, Any], state: dict[str, Any], result: Intake) -> None:
    known = state.get(article["id"])
    if "as_of" in article:
        if known is not None and known.get("as_of", "") > article["as_of"]:
            result.outdated.append(article["id"])
            return
        further = _with_decisions(article, known, result.decisions)
        if not any(sentence["votes"] for sentence in further["sentences"]):  # everything was undone
            if state.pop(article["id"], None):
                result.voted.append(article["id"])
            return
    else:
        further = merge(article, {}) if known is None else _with_votes(article, known)
    if known is None:
        result.added.append(article["id"])
    elif further["sentences"] == known["sentences"]:
        result.known.append(article["id"])
        return
    elif article["id"] not in result.added:
        result.voted.append(article["id"])
    state[article["id"]] = further


def _with_votes(article: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The known article with the further votes; labels are derived anew where there are some."""
    sentences = []
    for old, new in zip(known["sentences"], article["sentences"], strict=True):
        voters = {vote["by"] for vote in old["votes"]}
        votes = [*old["votes"], *(vote for vote in new["votes"] if vote["by"] not in voters)]
        sentences.append({**old, "votes": votes})
    merged = merge({**known, "sentences": sentences}, {})["sentences"]
    return {
        **known,
        "sentences": [
            old if old["votes"] == new["votes"] else new for old, new in zip(known["sentences"], merged, strict=True)
        ],
    }


def _with_decisions(article: dict[str, Any], known: dict[str, Any] | None, counts: Counter[str]) -> dict[str, Any]:
    """The article with its decisions as they are, and with what other labellers say in ``known``."""
    if known is None:
        counts["new"] += sum(len(sentence["votes"]) for sentence in article["sentences"])
        return article
    sentences = []
    for old, new in zip(known["sentences"], article["sentences"], strict=True):
        before = {vote["by"]: vote for vote in old["votes"] if is_decision(vote)}
        for vote in new["votes"]:
            earlier = before.pop(vote["by"], None)
            counts["new" if earlier is None else "same" if earlier == vote else "changed"] += 1
        counts["withdrawn"] += len(before)
        others = [vote for vote in old["votes"] if not is_decision(vote)]
        sentences.append({**new, "votes": [*others, *new["votes"]]})
    merged = merge({**article, "sentences": sentences}, {})["sentences"]
    return {
        **known,
        "as_of": article["as_of"],
        "sentences": [
            derived if len(derived["votes"]) > len(plain["votes"]) else plain
            for plain, derived in zip(article["sentences"], merged, strict=True)
        ],
    }
