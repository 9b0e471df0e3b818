"""The team view: numbers about everybody's decisions, for all who sign in; no text of articles, nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, render_template, request

from service.moderation import words
from service.moderation.accounts import keeper, require_user
from service.store import team
from service.store.team import Row

blueprint = Blueprint("team", __name__)
blueprint.before_request(require_user)
_DAY = 86_400


@blueprint.get("/team", endpoint="show")
def show() -> str:
    """Decisions a day, agreement between moderators and with the model, where it is corrected most."""
    asked = request.args.get("days", "")
    days = next((period for period in team.PERIODS if str(period) == asked), team.PERIODS[0])
    found = team.overview(keeper().store, days)
    return render_template(
        "team.html",
        found=found,
        periods=team.PERIODS,
        least=team.LEAST,
        busiest=max((count or 0 for week in found.weeks for _, count in week), default=0),
        ranked=_ranked,
        rare=lambda rows: [row for row in rows if row.all.n < team.LEAST],
        day=lambda number: _day(number, g.language),
        percent=lambda part, whole: _percent(part, whole, g.language),
        signed=lambda value: _signed(value, g.language),
    )


def _ranked(rows: Sequence[Row]) -> list[Row]:
    """Those with enough decisions, the most corrected first."""
    return sorted((row for row in rows if row.all.n >= team.LEAST), key=lambda row: -row.all.share)


def _day(number: int, language: str) -> str:
    """A day of the year, by its number since 1970."""
    at = datetime.fromtimestamp(number * _DAY, UTC)
    return f"{at:%d/%m}" if language == "fr" else f"{at:%d} {at:%b}"


def _percent(part: int, whole: int, language: str) -> str:
    if not whole:
        return "–"
    return f"{100 * part / whole:.0f}\u00a0%" if language == "fr" else f"{100 * part / whole:.0f}%"


def _signed(value: Any, language: str) -> str:
    """With its sign: +0,42, −0,10; "–" for None."""
    if value is None:
        return "–"
    shown = words.number(abs(value), language)
    return f"{'−' if value < 0 else '+'}{shown}" if float(shown.replace(",", ".")) else shown
