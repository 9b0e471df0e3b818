"""Single-key shortcuts: off until a moderator switches them on (WCAG 2.1.4), and listed on a page of their own.

The keys stand in the pages as ``aria-keyshortcuts``; static/moderation.js presses what carries the key.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from service.moderation.accounts import current_user, require_user

blueprint = Blueprint("shortcuts", __name__)
blueprint.before_request(require_user)

_COOKIE = "sourcier-shortcuts"  # holds the number of the user who switched them on: a shared machine may have others
_YEAR = 365 * 86_400
_WHERE = "everywhere", "in_queue", "on_sentence"
# action: (key, where, French, English)
SHORTCUTS: dict[str, tuple[str, str, str, str]] = {
    "help": ("?", "everywhere", "Cette page", "This page"),
    "queue": ("f", "everywhere", "La file", "The queue"),
    "undo": ("u", "everywhere", "Annuler la dernière décision affichée", "Undo the last decision shown"),
    "start": ("c", "in_queue", "Commencer par la première", "Start with the first"),
    "down": ("j", "in_queue", "Phrase suivante de la liste", "Next sentence of the list"),
    "up": ("k", "in_queue", "Phrase précédente de la liste", "Previous sentence of the list"),
    "right": ("d", "on_sentence", "D’accord : le niveau du modèle est juste", "Agreed: the model’s level is right"),
    "too_high": ("h", "on_sentence", "Trop haut", "Too high"),
    "too_low": ("b", "on_sentence", "Trop bas", "Too low"),
    **{f"level-{n}": (str(n), "on_sentence", f"Le niveau est {n}", f"The level is {n}") for n in range(5)},
    "cue": ("i", "on_sentence", "Indice manquant : aller à ses mots", "Missing cue: go to its words"),
    "note": ("n", "on_sentence", "Écrire une note", "Write a note"),
    "save_next": ("s", "on_sentence", "Enregistrer et suivante", "Save and next"),
    "save": ("e", "on_sentence", "Enregistrer", "Save"),
    "skip": ("p", "on_sentence", "Passer", "Skip"),
}


def are_on() -> bool:
    """Whether the user who is signed in switched them on in this browser."""
    user = g.get("user")  # not looked up: a page that says the store is away asks too
    return user is not None and request.cookies.get(_COOKIE) == str(user.id)


def key(action: str) -> Markup:
    """The attributes that give an element its key, while shortcuts are on."""
    return Markup(' aria-keyshortcuts="{0}" data-key="{0}"').format(SHORTCUTS[action][0]) if are_on() else Markup()


def hint(action: str) -> Markup:
    """The attribute that shows the key beside words, where another element has it."""
    return Markup(' data-key="{}"').format(SHORTCUTS[action][0]) if are_on() else Markup()


@blueprint.get("/shortcuts")
def listed() -> str:
    """Which key does what, and the switch."""
    column = 2 if g.language == "fr" else 3
    groups = [(where, [(each[0], each[column]) for each in SHORTCUTS.values() if each[1] == where]) for where in _WHERE]
    return render_template("shortcuts.html", groups=groups)


@blueprint.post("/shortcuts")
def switch() -> Any:
    """On or off, for a year, in this browser."""
    response: Response = redirect(url_for("shortcuts.listed"))
    user, config = current_user(), current_app.config
    assert user is not None  # require_user ran
    turn_on = not are_on()
    flash(g.say("shortcuts_now_on" if turn_on else "shortcuts_now_off"))
    response.set_cookie(
        _COOKIE,
        str(user.id) if turn_on else "",
        max_age=_YEAR if turn_on else 0,
        path=request.script_root,
        secure=config["SESSION_COOKIE_SECURE"],
        samesite=config["SESSION_COOKIE_SAMESITE"],
        httponly=True,
    )
    return response
