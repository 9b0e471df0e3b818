"""Queue, sentence, article; verdicts and their undoing."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from service.article import CATEGORIES, KINDS, SOURCE_KINDS
from service.moderation import verdict, words
from service.moderation.accounts import current_user, keeper, require_user
from service.moderation.present import Presenter
from service.moderation.verdict import Fault
from service.store import articles, decisions, export, feedback, history, keys, queue
from service.store.articles import StoredArticle, StoredSentence
from service.store.decisions import DecisionError, Recorded
from service.store.people import SignedIn
from service.store.queue import Filter
from service.store.terms import MAX_NOTE, MAX_TYPED, ORDERS, STATES, pages

blueprint = Blueprint("pages", __name__)
blueprint.before_request(require_user)


@blueprint.get("/", endpoint="queue")
def show_queue() -> str:
    """What waits for eyes."""
    chosen = Filter.of(request.args.to_dict())
    items, total = queue.listed(keeper().store, chosen, _user().id)
    folded = (chosen.kind, chosen.cue, chosen.source, chosen.outlet, chosen.since, chosen.until, chosen.model)
    return render_template(
        "queue.html",
        chosen=chosen,
        items=items,
        total=total,
        n_pages=pages(total, queue.PAGE),
        orders=ORDERS,
        states=STATES,
        kinds=KINDS,
        categories=CATEGORIES,
        models=queue.models(keeper().store),
        max_typed=MAX_TYPED,
        folded=sum(value is not None for value in folded) + chosen.feedback,
        outlets=[(name, name) for name in keys.outlets(keeper().store)],
        last=decisions.last_of(keeper().store, _user().id),
        token=secrets.token_urlsafe(16),
    )


@blueprint.get("/next", endpoint="next")
def show_next() -> Response:
    """The first sentence to do under a filter."""
    return _onward(Filter.of(request.args.to_dict()))


@blueprint.get("/sentences/<int(max=9007199254740991):number>")
def sentence(number: int) -> Any:
    """A sentence with its reasons, and the form for a verdict."""
    holder = queue.open_for(keeper().store, number, _user().id)
    article, found = _sentence(number)
    if "on" in request.args and (holder is not None or not _is_to_do(found)):
        # Somebody was quicker since this one was chosen: it is not the next one any more.
        return _onward(_filter(), passed=number)
    draft = session.get("draft")
    form: MultiDict[str, str] | None = None
    if draft and draft["for"] == request.path:
        session.pop("draft")
        form = MultiDict(draft["fields"])
    return _sentence_page(article, found, holder=holder, form=form)


@blueprint.post("/sentences/<int(max=9007199254740991):number>/take")
def take(number: int) -> Response:
    """Open a sentence that somebody else has open."""
    queue.open_for(keeper().store, number, _user().id, take=True)
    return redirect(url_for("pages.sentence", number=number, **_filter().address()))


@blueprint.post("/sentences/<int(max=9007199254740991):number>/decision")
def decide(number: int) -> Any:
    """Record the verdict of the form, or show the form again with what is to be mended."""
    article, found = _sentence(number)
    form = request.form
    is_blind = form.get("blind") == "1"
    shown = Presenter(article, g.language)
    wanted, faults = verdict.read(form, found, shown.text(found), g.say, blind=is_blind)
    if wanted is None:
        return _sentence_page(article, found, form=form, faults=faults), 422
    seen = form.get("seen", "")
    try:
        made = decisions.decide(
            keeper().store,
            number,
            _user().id,
            wanted,
            token=form.get("token", "")[:64] or secrets.token_urlsafe(16),
            seen=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 16 else -1,
            model=article.model,
        )
    except DecisionError as error:
        if error.reason == "gone":
            abort(404)
        return _sentence_page(
            article, found, form=form, faults=[Fault("verdict", _meanwhile(shown, number, is_blind))]
        ), 409
    if wanted.verdict == "skip":
        text = g.say("skipped")
    elif is_blind:
        model = shown.level(found.level, found.kind)
        text = g.say("saved_blind", mine=shown.level(made.level, made.kind), model=model)
    else:
        text = g.say("saved", mine=shown.level(made.level, made.kind))
    part = decisions.seen_by(keeper().store, number, _user().id).part
    flash(f"{text} {g.say(f'part_{part}')}" if part in ("first", "side") else text, f"undo {made.id}")
    if form.get("action") == "stay":
        return redirect(url_for("pages.sentence", number=number, **_filter().address()))
    return _onward(_filter(), passed=number)


@blueprint.post("/decisions/<int(max=9007199254740991):number>/undo")
def undo(number: int) -> Any:
    """Take a decision back and show its sentence."""
    token = request.form.get("token", "")[:64] or secrets.token_urlsafe(16)
    may_all = _user().role in ("lead", "admin")
    try:
        number = decisions.undo(keeper().store, number, _user().id, token=token, any_user=may_all)
    except DecisionError:
        return render_template("error.html", title=g.say("undo"), text=g.say("not_undone")), 409
    flash(g.say("undone"))
    return redirect(url_for("pages.sentence", number=number, **_filter().address()))


@blueprint.get("/articles/<int(max=9007199254740991):number>")
def article(number: int) -> str:
    """A whole article with the level of every sentence."""
    found = articles.load(keeper().store, number)
    if found is None:
        abort(404)
    return render_template(
        "article.html",
        article=found,
        shown=Presenter(found, g.language),
        decided=export.verdicts(keeper().store, found),
        with_marks="marks" in request.args,
    )


@blueprint.post("/blind")
def blind() -> Response:
    """Hide or show what the model says."""
    session["blind"] = not session.get("blind")
    then = request.form.get("then", "")
    return redirect(request.script_root + then if then.startswith("/") else url_for("pages.queue"))


def _user() -> SignedIn:
    user = current_user()
    assert user is not None  # require_user ran
    return user


def _filter() -> Filter:
    """The queue that a sentence was opened from, which addresses carry along."""
    return Filter.of(request.args.to_dict())


def _sentence(number: int) -> tuple[StoredArticle, StoredSentence]:
    article_id = articles.article_of(keeper().store, number)
    article = articles.load(keeper().store, article_id) if article_id is not None else None
    if article is None:
        abort(404)
    return article, next(sentence for sentence in article.sentences if sentence.id == number)


def _onward(chosen: Filter, passed: int | None = None) -> Response:
    number = queue.following(keeper().store, chosen, _user().id, passed)
    if number is None:
        flash(g.say("queue_done"))
        return redirect(url_for("pages.queue", **chosen.address()))
    # Who comes from a verdict goes on to the next one: the form has the focus.
    return redirect(url_for("pages.sentence", number=number, on=1, **chosen.address(page=1)))


def _is_to_do(found: StoredSentence) -> bool:
    """Whether a sentence still waits for this moderator, in the queue they come from."""
    if found.state != ("disputed" if _filter().state == "disputed" else "todo"):
        return False
    return decisions.seen_by(keeper().store, found.id, _user().id).part in ("", "third")


def _meanwhile(shown: Presenter, number: int, is_blind: bool) -> str:
    """Who decided what since the form was shown; not what, to who judges without seeing it."""
    standing = decisions.seen_by(keeper().store, number, _user().id).standing
    if not standing or is_blind:
        return str(g.say("changed"))
    return str(g.say("taken", name=standing[-1].user, what=_in_words(shown, standing[-1])))


def _in_words(shown: Presenter, made: Recorded) -> str:
    return str(g.say("was_skipped")) if made.verdict == "skip" else shown.level(made.level, made.kind)


def _sentence_page(
    article: StoredArticle,
    found: StoredSentence,
    *,
    holder: queue.Holder | None = None,
    form: MultiDict[str, str] | None = None,
    faults: list[Fault] | None = None,
) -> str:
    shown = Presenter(article, g.language)
    seen = decisions.seen_by(keeper().store, found.id, _user().id)
    mine = any(made.user_id == _user().id for made in seen.standing)
    is_hidden = bool(session.get("blind")) and not mine
    return render_template(
        "sentence.html",
        article=article,
        sentence=found,
        shown=shown,
        hidden=is_hidden,
        past=[] if is_hidden else history.of(keeper().store, found.id),
        said=[] if is_hidden else feedback.about(keeper().store, found.hash),
        standing=[] if is_hidden else [(made, _in_words(shown, made)) for made in seen.standing],
        part=seen.part,
        holder=holder,
        form=form or MultiDict(),
        faults=faults or [],
        kinds=KINDS,
        categories=CATEGORIES,
        source_kinds=SOURCE_KINDS,
        chosen=_filter(),
        token=secrets.token_urlsafe(16),
        seen=seen.newest,
        max_note=MAX_NOTE,
        n_missing=verdict.N_MISSING,
        until=words.moment(holder.until, g.language) if holder else "",
        go_on="on" in request.args,
    )
