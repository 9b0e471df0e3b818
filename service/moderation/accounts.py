"""Signing in and out. A form sent after the session ended is not lost: it comes back after the next sign-in."""

from __future__ import annotations

import math
import re
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from service.keeper import Keeper
from service.moderation.sessions import Sessions
from service.store import people
from service.store.people import SignedIn
from service.store.queue import Filter

blueprint = Blueprint("accounts", __name__)
_DRAFT_BYTES = 3000  # what a cookie has room for
_PENDING_BYTES = 2500  # of a cookie of 4093, which also holds what Authlib has to remember
_DRAFTED = "pages.decide"
# Browsers read "//" and "/\" as another site and pass over control characters, some of which no header may have.
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f-\x9f]*")


def keeper() -> Keeper:
    """The keeper of the store that these pages show."""
    found: Keeper = current_app.extensions["keeper"]
    return found


def current_user() -> SignedIn | None:
    """Who is signed in."""
    if "user" not in g:
        stamp, number = session.get("stamp"), session.get("user")
        g.user = people.known(keeper().store, number, stamp) if isinstance(number, int) and stamp else None
    user: SignedIn | None = g.user
    return user


def require_user() -> Any:
    """Before every page but the sign-in: sends who is not signed in there."""
    if current_user() is not None:
        return None
    if request.method == "POST":
        return ask_again("draft_kept" if request.endpoint == _DRAFTED else "no_cookie")
    then = request.full_path.rstrip("?")
    return redirect(url_for("accounts.sign_in", then=then if then != "/" else None))


def ask_again(reason: str) -> tuple[str, int]:
    """The sign-in page in answer to a form that came without a session; it carries the form's words along."""
    draft: list[tuple[str, str]] = []
    then = ""
    session.pop("pending", None)
    if request.endpoint == _DRAFTED:
        reason = "draft_kept"
        draft = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        number, chosen = (request.view_args or {})["number"], Filter.of(request.args.to_dict())
        then = url_for("pages.sentence", number=number, **chosen.address()).removeprefix(request.script_root)
        _set_aside(then, draft)
    return page(then=then, draft=draft, message=g.say(reason)), 401


@blueprint.get("/sign-in")
def sign_in() -> Any:
    """The form."""
    if current_user() is not None:
        return redirect(url_for("pages.queue"))
    session.pop("pending", None)
    has_users = bool(people.listed(keeper().store))
    return page(then=request.args.get("then", ""), message="" if has_users else g.say("first_user"))


@blueprint.post("/sign-in")
def check() -> Any:
    """Name and password; back to where one wanted to go."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    then = request.form.get("then", "")
    draft = [(key[6:], value) for key, value in request.form.items(multi=True) if key.startswith("draft.")]
    try:
        found = people.sign_in(keeper().store, name, password, request.remote_addr or "")
    except people.Slowed as slowed:
        words = g.say("slowed", minutes=math.ceil(slowed.seconds / 60))
        body = page(name=name, then=then, draft=draft, error=words)
        return body, 429, {"Retry-After": str(slowed.seconds)}
    if found is None:
        return page(name=name, then=then, draft=draft, error=g.say("wrong_password")), 401
    return begin(found, then, draft)


def begin(found: SignedIn, then: str, draft: list[tuple[str, str]]) -> Response:
    """A session for who has signed in, whichever way; on to where they wanted to go, with what they had typed."""
    is_theirs = ("by", str(found.id)) in draft
    kept = {"language": session["language"]} if "language" in session else {}
    # Who works blind goes on so; the form says it where the session is gone.
    is_blind = (session.get("user") == found.id and session.get("blind")) or (is_theirs and ("blind", "1") in draft)
    session.clear()
    session.update(kept, user=found.id, stamp=found.stamp, blind=bool(is_blind))
    session.permanent = True
    if draft and not is_theirs:
        then = ""
        flash(g.say("draft_of_another"))
    elif draft and then and sum(len(key) + len(value) for key, value in draft) < _DRAFT_BYTES:
        session["draft"] = {"for": then.partition("?")[0], "fields": draft}
        flash(g.say("draft_back"))
    return lead_to(then)


def lead_to(then: str) -> Response:
    """On to the page of these that a form names; to the queue where it names none."""
    return redirect(request.script_root + then if _LOCAL.fullmatch(then) else url_for("pages.queue"))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Forget the session."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    return redirect(url_for("accounts.sign_in"))


def _set_aside(then: str, draft: list[tuple[str, str]]) -> None:
    """Where one may sign in by a provider, whose page takes no form along: keep a draft that fits into the cookie."""
    if keeper().settings.provider is None:
        return
    session["pending"] = {"then": then, "fields": draft}
    signer = Sessions().get_signing_serializer(current_app)
    if signer is None or len(signer.dumps(dict(session))) > _PENDING_BYTES:
        session.pop("pending")


def page(
    *, name: str = "", then: str = "", draft: list[tuple[str, str]] | None = None, error: str = "", message: str = ""
) -> str:
    """The sign-in page, over a draft, with what went wrong."""
    has_provider = keeper().settings.provider is not None and (not draft or "pending" in session)
    return render_template(
        "sign_in.html", has_provider=has_provider, name=name, then=then, draft=draft or [], error=error, message=message
    )
