"""Labels that go out: as a table, for Label Studio, and in the layout that Hugging Face ``datasets`` loads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from service.text import Utf16Offsets
from training.dataset import PARTS, Split
from training.disk import write_atomically
from training.encode import BLOCKS
from training.incoming.spans import UNJUDGED
from training.incoming.table import COLUMNS, UNLABELLED

FORMATS = ("csv", "label-studio", "parquet")
_WORDS = {kind: word for word, kind in BLOCKS.items() if kind}


def as_csv(articles: Iterable[dict[str, Any]]) -> str:
    """A row a sentence and labeller, with the columns that ``import`` reads.

    Where no labeller has every sentence, the first one's rows hold those that nobody labelled too, so that the article
    stays whole. What only moderators' votes have (model, blind) is left out.
    """
    target = io.StringIO()
    writer = csv.DictWriter(target, COLUMNS)
    writer.writeheader()
    for article in articles:
        starts = {block["start"]: _WORDS[block["kind"]] for block in article["blocks"] if block["kind"] in _WORDS}
        names = labellers(article)
        is_whole = any(all(_vote_of(name, s) for s in article["sentences"]) for name in names)
        for name in names:
            for sentence in article["sentences"]:
                vote = _vote_of(name, sentence)
                if vote is None and not is_whole and name == names[0]:
                    vote = {"kind": UNLABELLED, "level": None, "cues": [], "links": []}
                if vote is None:
                    continue
                writer.writerow(
                    {
                        "article": article["id"],
                        "genre": article["genre"],
                        "region": article["region"],
                        "block": starts.get(sentence["start"], "+"),
                        "text": sentence["text"],
                        "kind": vote["kind"],
                        "level": "" if vote["level"] is None else vote["level"],
                        "by": name,
                        "cues": " | ".join(_quoted(article["text"], sentence, cue) for cue in vote["cues"]),
                        "links": " | ".join(f"{kind} {place}" for kind, place in vote["links"]),
                    }
                )
    return target.getvalue()


def as_label_studio(articles: Iterable[dict[str, Any]]) -> str:
    """Tasks with an annotation a labeller, offsets in UTF-16 as Label Studio counts."""
    tasks = []
    for number, article in enumerate(articles, 1):
        offsets = Utf16Offsets(article["text"])
        annotations = []
        for name in labellers(article):
            result: list[dict[str, Any]] = []
            judged: set[int] = set()
            targets: set[int] = set()
            for sentence in article["sentences"]:
                vote = _vote_of(name, sentence)
                if vote is None:
                    continue
                judged.add(sentence["index"])
                targets |= {target for _, target in vote["links"]}
                level = "" if vote["level"] is None else f" {vote['level']}"
                key = f"s{sentence['index']}"
                result.append(_region(article, offsets, key, sentence["start"], sentence["end"], vote["kind"] + level))
                for place, (category, start, end, *kind) in enumerate(vote["cues"]):
                    label = " ".join([category, *kind])
                    result.append(_region(article, offsets, f"{key}c{place}", start, end, label))
                result += [
                    {"type": "relation", "from_id": key, "to_id": f"s{target}", "direction": "right", "labels": [kind]}
                    for kind, target in vote["links"]
                ]
            for place in sorted(targets - judged):
                sentence = article["sentences"][place]
                result.append(_region(article, offsets, f"s{place}", sentence["start"], sentence["end"], UNJUDGED))
            annotations.append({"completed_by": name, "result": result})
        data = {key: article[key] for key in ("genre", "region", "text")}
        tasks.append({"id": number, "data": {"article": article["id"], **data}, "annotations": annotations})
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def write_parquet(articles: Sequence[dict[str, Any]], folder: Path, split: Split) -> list[Path]:
    """``data/<part>-00000-of-00001.parquet`` a part, a row an article, and a README that names them.

    ``datasets.load_dataset("parquet", …)`` and ``load_dataset(folder)`` read it. Raises ImportError without pyarrow.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = []
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        rows = [_row(article) for article in articles if split.part(article["id"]) == part]
        target = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(rows, schema=_schema(pa)), target)
        path = folder / "data" / f"{part}-00000-of-00001.parquet"
        write_atomically(path, target.getvalue().to_pybytes())
        written.append(path)
    files = "".join(f"  - split: {part}\n    path: data/{part}-*\n" for part in PARTS)
    readme = f"---\nlanguage: fr\nconfigs:\n- config_name: default\n  data_files:\n{files}---\n\nLabels of Sourcier.\n"
    write_atomically(folder / "README.md", readme.encode())
    return written


def labellers(article: dict[str, Any]) -> list[str]:
    """Who voted on any sentence, in the order of the first votes."""
    return list(dict.fromkeys(vote["by"] for sentence in article["sentences"] for vote in sentence["votes"]))


def _vote_of(name: str, sentence: dict[str, Any]) -> dict[str, Any] | None:
    return next((vote for vote in sentence["votes"] if vote["by"] == name), None)


def _quoted(text: str, sentence: dict[str, Any], cue: Sequence[Any]) -> str:
    """``category = words``, with ``#2`` where the words stand earlier in the sentence too."""
    category, start, end, *kind = cue
    words, before, at = text[start:end], 0, -1
    while 0 <= (at := sentence["text"].find(words, at + 1)) < start - sentence["start"]:
        before += 1
    return f"{' '.join([category, *kind])} = {f'#{before + 1} ' if before else ''}{words}"


def _region(
    article: dict[str, Any], offsets: Utf16Offsets, key: str, start: int, end: int, label: str
) -> dict[str, Any]:
    value = {"start": offsets.of(start), "end": offsets.of(end), "text": article["text"][start:end], "labels": [label]}
    return {"id": key, "type": "labels", "from_name": "label", "to_name": "text", "value": value}


def _row(article: dict[str, Any]) -> dict[str, Any]:
    sentences = [
        {
            **{key: sentence[key] for key in ("index", "start", "end", "text", "kind", "level", "links")},
            "cues": [{"source_kind": None, **cue} for cue in sentence["cues"]],
            "votes": [{key: vote[key] for key in ("by", "kind", "level")} for vote in sentence["votes"]],
        }
        for sentence in article["sentences"]
    ]
    return {**{key: article[key] for key in ("id", "genre", "region", "text", "blocks")}, "sentences": sentences}


def _schema(pa: Any) -> Any:
    """Declared, so that a part without cues or levels has the same columns as the others."""
    text, number = pa.string(), pa.int64()
    span = [("start", number), ("end", number)]
    sentence = [
        ("index", number),
        *span,
        ("text", text),
        ("kind", text),
        ("level", number),
        ("links", pa.list_(pa.struct([("type", text), ("sentence", number)]))),
        ("cues", pa.list_(pa.struct([("category", text), ("source_kind", text), *span, ("text", text)]))),
        ("votes", pa.list_(pa.struct([("by", text), ("kind", text), ("level", number)]))),
    ]
    return pa.schema(
        [
            ("id", text),
            ("genre", text),
            ("region", text),
            ("text", text),
            ("blocks", pa.list_(pa.struct([("kind", text), *span]))),
            ("sentences", pa.list_(pa.struct(sentence))),
        ]
    )
