"""Queue, sentence, article; verdicts and their undoing."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from service.article import CATEGORIES, KINDS, SOURCE_KINDS
from service.moderation import blindness, verdict, words
from service.moderation.accounts import current_user, keeper, lead_to, require_user
from service.moderation.present import Presenter
from service.moderation.verdict import Fault
from service.store import articles, decided, decisions, export, feedback, history, keys, queue
from service.store.articles import StoredArticle, StoredSentence
from service.store.decided import Recorded, judged_by
from service.store.decisions import DecisionError
from service.store.people import SignedIn
from service.store.queue import Filter
from service.store.terms import MAX_NOTE, MAX_TOKEN, MAX_TYPED, ORDERS, STATES, pages

blueprint = Blueprint("pages", __name__)
blueprint.before_request(require_user)


@blueprint.get("/", endpoint="queue")
def show_queue() -> str:
    """What waits for eyes."""
    chosen = _filter()
    counted = blindness.in_force(chosen)
    items, total = queue.listed(keeper().store, counted, _user().id)
    folded = (counted.kind, counted.cue, counted.source, counted.outlet, counted.since, counted.until, counted.model)
    return render_template(
        "queue.html",
        chosen=chosen,
        items=items,
        hidden=blindness.hidden([item.sentence_id for item in items], _user().id),
        total=total,
        n_pages=pages(total, queue.PAGE),
        orders=ORDERS,
        states=STATES,
        kinds=KINDS,
        categories=CATEGORIES,
        models=queue.models(keeper().store),
        max_typed=MAX_TYPED,
        folded=sum(value is not None for value in folded) + counted.feedback,
        outlets=[(name, name) for name in keys.outlets(keeper().store)],
        last=decided.last_of(keeper().store, _user().id),
        token=secrets.token_urlsafe(16),
    )


@blueprint.get("/next", endpoint="next")
def show_next() -> Response:
    """The first sentence to do under a filter."""
    return _onward(_filter())


@blueprint.get("/sentences/<int(max=9007199254740991):number>")
def sentence(number: int) -> Any:
    """A sentence with its reasons, and the form for a verdict."""
    article, found = _sentence(number)  # first: what is not there is not held either
    holder = queue.open_for(keeper().store, number, _user().id)
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
    form = request.form
    shown_then = _as_shown(number, form)  # so that a form sent again means what it meant the first time
    if shown_then is None:
        return _again(number, form, []), 409
    article, found = shown_then
    token = form.get("token", "")[:MAX_TOKEN] or secrets.token_urlsafe(16)
    is_blind = _is_hidden(number, form, sent=token)
    shown = Presenter(article, g.language)
    wanted, faults = verdict.read(form, found, shown.text(found), g.say, blind=is_blind)
    if wanted is None:
        return _again(number, form, faults), 422
    seen = form.get("seen", "")
    try:
        made = decisions.decide(
            keeper().store,
            number,
            _user().id,
            wanted,
            token=token,
            seen=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 16 else -1,
            model=article.model,
            scored=article.scored,
        )
    except DecisionError as error:
        if error.reason == "gone":
            abort(404)
        is_told = error.reason == "rescored"  # by the page itself, which has the newest scores
        return _again(number, form, [] if is_told else [Fault("verdict", _meanwhile(shown, number, is_blind))]), 409
    if wanted.verdict == "skip":
        text = g.say("skipped")
    elif made.blind:
        model = shown.level(found.level, found.kind)
        text = g.say("saved_blind", mine=shown.level(made.level, made.kind), model=model)
    else:
        text = g.say("saved", mine=shown.level(made.level, made.kind))
    part = decided.seen_by(keeper().store, number, _user().id).part
    flash(f"{text} {g.say(f'part_{part}')}" if part in ("first", "side") else text, f"undo {made.id}")
    if form.get("action") == "stay":
        return redirect(url_for("pages.sentence", number=number, **_filter().address()))
    return _onward(_filter(), passed=number)


@blueprint.post("/decisions/<int(max=9007199254740991):number>/undo")
def undo(number: int) -> Any:
    """Take a decision back and show its sentence."""
    token = request.form.get("token", "")[:MAX_TOKEN] or secrets.token_urlsafe(16)
    may_all = _user().role in ("lead", "admin")
    try:
        number = decisions.undo(keeper().store, number, _user().id, token=token, any_user=may_all)
    except DecisionError:
        return render_template("error.html", title=g.say("undo"), text=g.say("not_undone")), 409
    if articles.with_sentence(keeper().store, number) is None:  # the decision outlives the text that it was about
        flash(g.say("undone_gone"))
        return redirect(url_for("pages.queue", **_filter().address()))
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
        hidden=blindness.hidden([one.id for one in found.sentences], _user().id),
        decided=export.verdicts(keeper().store, found),
        with_marks="marks" in request.args,
    )


@blueprint.post("/blind")
def blind() -> Response:
    """Hide or show what the model says."""
    session["blind"] = not session.get("blind")
    return lead_to(request.form.get("then", ""))


def _user() -> SignedIn:
    user = current_user()
    assert user is not None  # require_user ran
    return user


def _filter() -> Filter:
    """The queue that a sentence was opened from, which addresses carry along."""
    return Filter.of(request.args.to_dict())


def _as_shown(number: int, form: MultiDict[str, str]) -> tuple[StoredArticle, StoredSentence] | None:
    """A sentence by the scores and cues that a form showed."""
    stamp = form.get("scored", "").replace("\0", "")  # PostgreSQL refuses NUL
    return articles.with_sentence(keeper().store, number, scored=stamp)


def _sentence(number: int) -> tuple[StoredArticle, StoredSentence]:
    return articles.with_sentence(keeper().store, number) or abort(404)


def _onward(chosen: Filter, passed: int | None = None) -> Response:
    number = queue.following(keeper().store, blindness.in_force(chosen), _user().id, passed)
    if number is None:
        flash(g.say("queue_done"))
        return redirect(url_for("pages.queue", **chosen.address()))
    # Who comes from a verdict goes on to the next one: the form has the focus.
    return redirect(url_for("pages.sentence", number=number, on=1, **chosen.address(page=1)))


def _is_to_do(found: StoredSentence) -> bool:
    """Whether a sentence still waits for this moderator, in the queue they come from."""
    if found.state != ("disputed" if _filter().state == "disputed" else "todo"):
        return False
    return decided.seen_by(keeper().store, found.id, _user().id).part in ("", "third")


def _meanwhile(shown: Presenter, number: int, is_blind: bool) -> str:
    """Who decided what since the form was shown; not what, to who judges without seeing it."""
    standing = decided.seen_by(keeper().store, number, _user().id).standing
    if standing and standing[-1].user_id == _user().id:  # the browser's "back", or another tab
        return str(g.say("taken_by_you", what=_in_words(shown, standing[-1])))
    if not standing or is_blind:
        return str(g.say("changed"))
    return str(g.say("taken", name=standing[-1].user, what=_in_words(shown, standing[-1])))


def _is_hidden(number: int, form: MultiDict[str, str] | None, sent: str = "") -> bool:
    """Whether what was said of a sentence is hidden; ``form`` is one that was sent, with the token ``sent``.

    It stays as it was filled in, whatever was switched since. But whoever decided once, by another form, has been told
    what the model says, whatever this one believes.
    """
    if form is None:
        return bool(blindness.hidden([number], _user().id))
    return form.get("blind") == "1" and not judged_by(keeper().store, _user().id, [number], but=sent)


def _in_words(shown: Presenter, made: Recorded) -> str:
    return str(g.say("was_skipped")) if made.verdict == "skip" else shown.level(made.level, made.kind)


def _again(number: int, form: MultiDict[str, str], faults: list[Fault]) -> str:
    article, found = _sentence(number)
    return _sentence_page(article, found, form=form, faults=faults)


def _sentence_page(
    article: StoredArticle,
    found: StoredSentence,
    *,
    holder: queue.Holder | None = None,
    form: MultiDict[str, str] | None = None,
    faults: list[Fault] | None = None,
) -> str:
    shown = Presenter(article, g.language)
    seen = decided.seen_by(keeper().store, found.id, _user().id)
    is_hidden = _is_hidden(found.id, form)
    faults = faults or []
    if form is not None and form.get("scored") != article.scored:  # whatever else brings the form here again
        faults = [Fault("verdict", g.say("rescored_blind" if is_hidden else "rescored")), *faults]
        then = _as_shown(found.id, form)
        if form.get("blind") != "1" and then is not None and form.get("kind") == then[1].kind:
            form = form.copy()
            form.poplist("kind")  # nobody chose it: the form came with it, and comes with the newer one now
    standing = [made for made in seen.standing if not is_hidden or made.user_id == _user().id]
    return render_template(
        "sentence.html",
        article=article,
        sentence=found,
        shown=shown,
        hidden=is_hidden,
        past=[] if is_hidden else history.of(keeper().store, found.id),
        said=[] if is_hidden else feedback.about(keeper().store, found.hash),
        standing=[(made, _in_words(shown, made)) for made in standing],
        part=seen.part,
        holder=holder,
        form=form or MultiDict(),
        faults=faults,
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
