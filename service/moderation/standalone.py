"""A kept article as a file that stands alone: the page of ``python -m service score --format html``, with decisions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, session, url_for

from service import report
from service.article import Article, Link, Source
from service.moderation.accounts import keeper, require_user
from service.resolution import independent
from service.scoring import Assessment
from service.store import articles, export
from service.store.articles import StoredArticle
from service.text import Document, Sentence

blueprint = Blueprint("standalone", __name__)
blueprint.before_request(require_user)


@blueprint.get("/articles/<int(max=9007199254740991):number>.html")
def download(number: int) -> Any:
    """The article as an HTML file."""
    if session.get("blind"):
        flash(g.say("not_blind"))
        return redirect(url_for("pages.article", number=number))
    stored = articles.load(keeper().store, number)
    if stored is None:
        abort(404)
    article, assessments = analysed(stored)
    decided = export.verdicts(keeper().store, stored)
    page = report.page(article, assessments, language=g.language, title=stored.title, decided=decided, first=1)
    headers = {"Content-Disposition": f'attachment; filename="article-{number}.html"'}
    return Response(page, mimetype="text/html", headers=headers)


def analysed(stored: StoredArticle) -> tuple[Article, list[Assessment]]:
    """What `service.report` reads, from what was kept: nothing is analysed or scored again."""
    starts = [block.start for block in stored.blocks]
    sentences = tuple(
        Sentence(one.position, one.start, one.end, stored.text[one.start : one.end], _block(starts, one.start))
        for one in stored.sentences
    )
    sources = tuple(Source(**{**source, "sentences": tuple(source["sentences"])}) for source in stored.sources)
    by_sentence = tuple(tuple(one.cues) for one in stored.sentences)
    article = Article(
        document=Document(stored.text, tuple(stored.blocks), sentences),
        cues=tuple(cue for cues in by_sentence for cue in cues),
        sources=sources,
        links=tuple(Link(**link) for link in stored.links),
        speakers=tuple(
            tuple(source.id for source in sources if one.position in source.sentences) for one in stored.sentences
        ),
        kinds=tuple(one.kind for one in stored.sentences),
        independent_sources=independent(sources),
        by_sentence=by_sentence,
    )
    assessments = [
        Assessment(one.kind, one.score, one.level, tuple(one.probabilities) if one.probabilities else None, one.review)
        for one in stored.sentences
    ]
    return article, assessments


def _block(starts: list[int], at: int) -> int:
    return max((number for number, start in enumerate(starts) if start <= at), default=0)
