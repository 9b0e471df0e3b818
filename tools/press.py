"""Labels of real press articles, kept without their texts: `python -m tools.press join TEXTS > press.jsonl`.

The texts are somebody else's and stay out of the repository; `training/press/labels.jsonl` holds by offset what
labellers marked in them. `join` puts both together in the form of the corpus, for ``python -m training evaluate VERSION
--on press.jsonl``; `keep` takes labelled articles and leaves their texts out. TEXTS are JSON lines with ``id``,
``title`` and ``paragraphs``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from service.text import from_text
from training.dataset import read
from training.encode import lines_of
from training.votes import merge

LABELS = Path(__file__).parent.parent / "training" / "press" / "labels.jsonl"
PARTS = ("read", "held-out", "all")
_HELD_OUT = 3  # one article of so many


class PressError(ValueError):
    """A text that is not the one that was labelled: names the article and what to do."""


def is_held_out(article_id: str) -> bool:
    """Whether only numbers of the article are looked at, never its errors: by a hash of its id, for ever."""
    return int(hashlib.sha256(f"{article_id}held".encode()).hexdigest(), 16) % _HELD_OUT == 0


def without_text(article: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a labelled article: sentences and votes by offset, and the digest of the text they count in."""
    return {
        "id": article["id"],
        "sha256": _digest(article["text"]),
        "sentences": [[sentence["start"], sentence["end"], sentence["votes"]] for sentence in article["sentences"]],
    }


def with_text(kept: Mapping[str, Any], text: str) -> dict[str, Any]:
    """A corpus article of what `without_text` kept. Raises `PressError` where the text is another one."""
    if _digest(text) != kept["sha256"]:
        raise PressError(f"{kept['id']}: not the text that was labelled; label it anew, or take the text of then")
    sentences = [
        {"index": index, "start": start, "end": end, "text": text[start:end], "votes": votes}
        for index, (start, end, votes) in enumerate(kept["sentences"])
    ]
    blocks = [block._asdict() for block in from_text(text).blocks]
    article = {"id": kept["id"], "genre": "press", "region": "", "text": text, "blocks": blocks}
    return merge({**article, "sentences": sentences}, {})


def joined(labels: Iterable[str], texts: Iterable[str], part: str = "all") -> Iterator[dict[str, Any]]:
    """The labelled articles of ``part`` whose text is among ``texts`` (lines of JSON, both)."""
    by_id = {}
    for line in texts:
        found = json.loads(line)
        by_id[found["id"]] = "\n\n".join((found["title"], *found["paragraphs"]))
    for line in labels:
        kept = json.loads(line)
        wanted = part == "all" or (part == "held-out") == is_held_out(kept["id"])
        if wanted and kept["id"] in by_id:
            yield with_text(kept, by_id[kept["id"]])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _lines(path: Path) -> list[str]:
    return [line for line in lines_of(path) if line.strip()]


@click.group(help=(__doc__ or "").split("\n")[0])
def main() -> None:
    """Both ways."""


@main.command()
@click.argument("texts", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default="all",
    show_default=True,
    help="Articles whose errors may be read, or the others.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=LABELS,
    help="Labels without texts.",
)
def join(texts: Path, part: str, labels: Path) -> None:
    """Print the labelled articles with their texts, as corpus JSON lines."""
    try:
        for article in joined(_lines(labels), _lines(texts), part):
            click.echo(json.dumps(article, ensure_ascii=False))
    except (ValueError, KeyError) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("labelled", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def keep(labelled: tuple[Path, ...]) -> None:
    """Print what is kept of labelled articles (corpus JSON lines), in the order of their ids."""
    for article in sorted(read(labelled), key=lambda article: str(article["id"])):
        click.echo(json.dumps(without_text(article), ensure_ascii=False))


if __name__ == "__main__":
    main()
