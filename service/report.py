"""A scored article for people: a table for the terminal, a page that stands alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from service import messages
from service.article import Article, Cue
from service.scoring import Assessment

# ANSI colours of the levels and marks; the level's number and name always stand beside, so nothing hangs on colour.
_LEVEL_COLOUR = {0: "31;1", 1: "31", 2: "33", 3: "32", 4: "32;1"}
_STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
_LOWERING = frozenset(("hedge", "conditional", "disclaimer", "vague", "subjective"))
_WORDS = {
    "fr": {
        "title": "Vérifiabilité, phrase par phrase",
        "score": "score",
        "summary": "{n} phrases, {claims} affirmations, {review} à relire, {sources} sources indépendantes, "
        "score moyen {score}",
        "review": "à relire",
        "sources": "Sources",
        "legend": "Légende",
        "levels": "Niveaux",
        "marks": "Marques dans le texte",
        "sentence": "Phrase",
        "spoken": "phrases",
        "decided": "relecture",
    },
    "en": {
        "title": "Verifiability, sentence by sentence",
        "score": "score",
        "summary": "{n} sentences, {claims} claims, {review} to review, {sources} independent sources, "
        "mean score {score}",
        "review": "to review",
        "sources": "Sources",
        "legend": "Legend",
        "levels": "Levels",
        "marks": "Marks in the text",
        "sentence": "Sentence",
        "spoken": "sentences",
        "decided": "review",
    },
}


def table(
    article: Article, assessments: Sequence[Assessment], *, language: str = "fr", width: int = 100, colour: bool = False
) -> str:
    """Score, level, sentence with its cues marked, links; one block a sentence, then sources and a summary line."""
    lines: list[str] = []
    for sentence, assessment in zip(article.document.sentences, assessments, strict=True):
        head = f"{sentence.index:>3}  {_verdict(assessment, language)}"
        if assessment.review:
            head += f"  [{_WORDS[language]['review']}]"
        lines.append(_paint(head, _LEVEL_COLOUR.get(assessment.level if assessment.level is not None else -1), colour))
        marked = _marked(sentence.text, sentence.start, article.by_sentence[sentence.index], colour)
        lines += [f"     {line}" for line in _wrap(marked, max(width - 5, 30))]
        for cue in article.by_sentence[sentence.index]:
            if cue.category not in ("precision", "quote"):
                message = messages.cue_message(cue.category, cue.source_kind, cue.role, language)
                lines += _wrap(f"       · {message} : {cue.text}", width)
        links = _links(article, sentence.index, language)
        if links:
            lines.append(f"       → {links}")
    if article.sources:
        lines.append("")
        for source in article.sources:
            kind = messages.SOURCE_KINDS[source.kind][language].lower()
            numbers = ", ".join(map(str, source.sentences))
            lines += _wrap(f"{source.id:>4}  {source.name} ({kind}) : {_WORDS[language]['spoken']} {numbers}", width)
    lines += ["", summary(article, assessments, language), *_wrap(messages.ABOUT[language], width)]
    return "\n".join(lines) + "\n"


def summary(article: Article, assessments: Sequence[Assessment], language: str) -> str:
    """One line about the whole article."""
    scores = [assessment.score for assessment in assessments if assessment.score is not None]
    return _WORDS[language]["summary"].format(
        n=len(assessments),
        claims=sum(assessment.kind == "claim" for assessment in assessments),
        review=sum(assessment.review for assessment in assessments),
        sources=article.independent_sources,
        score=f"{sum(scores) / len(scores):.2f}" if scores else "–",
    )


def _verdict(assessment: Assessment, language: str) -> str:
    kind = messages.KINDS[assessment.kind][language]
    if assessment.score is None or assessment.level is None:
        return f"–     {kind}"
    name = messages.LEVELS[assessment.level][language]
    return f"{assessment.score:.2f}  {assessment.level} {name}" + ("" if assessment.kind == "claim" else f", {kind}")


def _links(article: Article, index: int, language: str) -> str:
    parts = []
    for link in article.links:
        if link.sentence == index:
            parts.append(f"{messages.LINKS[link.type][language]} {link.target}")
        elif link.target == index and link.type != "same_source":
            reverse = {"contests": "contested_by", "corroborates": "corroborated_by"}[link.type]
            parts.append(f"{messages.LINKS[reverse][language]} {link.sentence}")
    return ", ".join(parts)


def _paint(text: str, code: str | None, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour and code else text


def _marked(text: str, start: int, cues: Iterable[Cue], colour: bool) -> str:
    """The sentence with its cues in colour, or between brackets; quotations are left as they are."""
    inserts: dict[int, list[str]] = {}
    reached = -1
    for cue in sorted(cues, key=lambda cue: (cue.start, -cue.end)):
        if cue.category in ("quote", "precision") or cue.start < reached:
            continue
        reached = cue.end
        opening = ("\x1b[31m" if cue.category in _LOWERING else "\x1b[36m") if colour else "["
        inserts.setdefault(cue.start - start, []).append(opening)
        inserts.setdefault(cue.end - start, []).insert(0, "\x1b[0m" if colour else "]")
    pieces, position = [], 0
    for offset in sorted(inserts):
        pieces += [text[position:offset], *inserts[offset]]
        position = offset
    return "".join([*pieces, text[position:]]).replace("\n", " ")


def _wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns; wide characters count two, escape sequences nothing."""
    lines, line, used = [], "", 0
    indent = " " * (len(text) - len(text.lstrip()))
    for word in text.split(" "):
        columns = _columns(word)
        if line and used + 1 + columns > width:
            lines.append(line)
            line, used = indent + word, len(indent) + columns
        else:
            line, used = (f"{line} {word}", used + 1 + columns) if line else (word or " ", max(columns, 1))
    return [*lines, line]


def _columns(word: str) -> int:
    total, in_escape = 0, False
    for character in word:
        if character == "\x1b":
            in_escape = True
        elif in_escape:
            in_escape = character != "m"
        elif not unicodedata.combining(character):
            total += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return total


def page(
    article: Article,
    assessments: Sequence[Assessment],
    *,
    language: str = "fr",
    title: str = "",
    decided: Mapping[int, tuple[str, int | None]] | None = None,
    first: int = 0,
) -> str:
    """An HTML page that needs nothing else: text with marks, scores, sources, links and a legend.

    ``decided`` are the kind and level that moderators gave, by index of sentence: shown first, and as its colour.
    ``first`` is the number that the first sentence is shown with.
    """
    decided = decided or {}
    words = _WORDS[language]
    heading = escape(title or words["title"])
    items = []
    for sentence, assessment in zip(article.document.sentences, assessments, strict=True):
        kind, number = decided.get(sentence.index, (assessment.kind, assessment.level))
        level = "none" if number is None else str(number)
        links = _html_links(article, sentence.index, language, first)
        review = f' <strong class="review">{words["review"]}</strong>' if assessment.review else ""
        told = _html_decided(kind, number, language) if sentence.index in decided else ""
        items.append(
            f'<li id="s{sentence.index}" class="l{level}" value="{sentence.index + first}"><p class="verdict">'
            f"{told}{escape(_verdict(assessment, language))}{review}</p>"
            f"<p>{_html_marks(sentence.text, sentence.start, article.by_sentence[sentence.index], language)}</p>"
            f"{links}</li>"
        )
    sources = "".join(
        f"<tr><td>{escape(source.name)}</td><td>{escape(messages.SOURCE_KINDS[source.kind][language])}</td><td>"
        + ", ".join(f'<a href="#s{n}">{n + first}</a>' for n in source.sentences)
        + "</td></tr>"
        for source in article.sources
    )
    levels = "".join(
        f'<li class="l{level}"><b>{level} {escape(name[language])}</b> : '
        f"{escape(messages.LEVEL_MEANINGS[level][language])}</li>"
        for level, name in messages.LEVELS.items()
    )
    marks = "".join(
        f'<li><mark class="c-{category}">{escape(name[language])}</mark></li>'
        for category, name in messages.CATEGORIES.items()
    )
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{heading}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        "<body><main>"
        f"<h1>{heading}</h1><p>{escape(summary(article, assessments, language))}</p>"
        f"<p>{escape(messages.ABOUT[language])}</p>"
        f'<ol class="sentences" start="{first}">{"".join(items)}</ol>'
        f"<h2>{words['sources']}</h2><table><tbody>{sources}</tbody></table>"
        f'<h2>{words["legend"]}</h2><h3>{words["levels"]}</h3><ul class="legend">{levels}</ul>'
        f'<h3>{words["marks"]}</h3><ul class="legend">{marks}</ul></main></body></html>\n'
    )


def _html_decided(kind: str, level: int | None, language: str) -> str:
    name = messages.KINDS[kind][language]
    words = name if level is None else f"{level} {messages.LEVELS[level][language]}"
    if level is not None and kind != "claim":
        words += f", {name}"
    return f'<strong class="decided">{_WORDS[language]["decided"]} : {escape(words)}</strong> · '


def _html_links(article: Article, index: int, language: str, first: int) -> str:
    parts = []
    for link in article.links:
        if link.sentence == index:
            other, kind = link.target, link.type
        elif link.target == index and link.type != "same_source":
            other, kind = link.sentence, {"contests": "contested_by", "corroborates": "corroborated_by"}[link.type]
        else:
            continue
        parts.append(f'<a href="#s{other}">{escape(messages.LINKS[kind][language])} {other + first}</a>')
    return f'<p class="links">{" · ".join(parts)}</p>' if parts else ""


def _html_marks(text: str, start: int, cues: Sequence[Cue], language: str) -> str:
    """The sentence cut where any cue begins or ends; each piece is marked with all the cues that cover it."""
    edges = sorted({0, len(text), *(cue.start - start for cue in cues), *(cue.end - start for cue in cues)})
    pieces = []
    for begin, end in pairwise(edges):
        piece = escape(text[begin:end])
        over = [cue for cue in cues if cue.start - start <= begin and end <= cue.end - start]
        if over:
            names = " ".join(dict.fromkeys(f"c-{cue.category}" for cue in over))
            tip = " ; ".join(
                dict.fromkeys(messages.cue_message(c.category, c.source_kind, c.role, language) for c in over)
            )
            piece = f'<mark class="{names}" title="{escape(tip)}">{piece}</mark>'
        pieces.append(piece)
    return "".join(pieces)
