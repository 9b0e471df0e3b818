"""Moderation as the HTTP interface offers it: plain values in and out, a `Problem` for what cannot be done."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from service import verdicts
from service.answer import sentence_hash
from service.problems import Problem, invalid
from service.reviews import items
from service.reviews.items import Place, moment
from service.store import articles, decided, decisions, queue
from service.store import feedback as received
from service.store.articles import StoredArticle, StoredSentence
from service.store.decided import CueSpan, judged_by
from service.store.decisions import DecisionError, Verdict
from service.store.engine import Store
from service.store.keys import Key
from service.store.people import SignedIn
from service.store.queue import Filter
from service.store.terms import pages
from service.text import TextError

_DAY = 86_400
_REMEDIES = {
    "choose_kind": "Send the kind of the sentence: claim, opinion, prediction or none.",
    "choose_verdict": "Send right, too_high, too_low, or set with a level.",
    "choose_level": "Send set with a level from 0 to 4: there is no level of the model's to go by.",
    "none_no_level": "A sentence of kind none has no level: send another kind, or set without a level.",
    "no_lower": "There is no level below 0 and none above 4; send set with a level.",
}
_NO_SENTENCE = "There is no such sentence, or its article's text was removed when its retention ended."


class Desk:
    """The moderators' desk of one store. Without ``keeps_text`` no text that comes with feedback is kept."""

    def __init__(self, store: Store, retention_days: int, *, keeps_text: bool = True) -> None:
        self._store = store
        self._retention = retention_days * _DAY
        self._keeps_text = keeps_text

    def queue(self, user: SignedIn, query: dict[str, Any]) -> dict[str, Any]:
        """A page of the user's queue; ``query`` as `service.reviews.schemas.ReviewQuerySchema` loads it."""
        asked = {name: _word(value) for name, value in query.items() if name != "blind"}
        chosen = Filter(**asked)
        if query["blind"]:
            chosen, given = chosen.in_blind_mode(), chosen
            told = [name for name in asked if getattr(given, name) != getattr(chosen, name)]
            if told:
                raise _mending([(f"/{name}", "Blind, this would tell what is hidden; leave it out.") for name in told])
        found, total = queue.listed(self._store, chosen, user.id)
        judged = judged_by(self._store, user.id, [item.sentence_id for item in found])
        reviews = [items.line(item, blind=query["blind"] and item.sentence_id not in judged) for item in found]
        return {"total": total, "page": chosen.page, "pages": pages(total, queue.PAGE), "reviews": reviews}

    def sentence(self, number: int, user: SignedIn, query: dict[str, Any], language: str) -> dict[str, Any]:
        """One sentence. Blind ends with one's own verdict, as in the pages."""
        article, sentence = self._sentence(number)
        seen = decided.seen_by(self._store, number, user.id)  # under double review not the first decision of another
        is_blind = query["blind"] and not judged_by(self._store, user.id, [number])
        place = Place(article, sentence, query["offset_unit"])
        item = items.sentence(place, language, blind=is_blind)
        holder = queue.holder_of(self._store, number)
        item["holder"] = items.holder(holder) if holder else None
        item["seen"] = seen.newest
        if not is_blind:
            item["decisions"] = [items.decision(made, place) for made in seen.standing]
            item["feedback"] = [items.feedback(each) for each in received.about(self._store, sentence.hash)]
        return item

    def hold(self, number: int, user: SignedIn, take: bool) -> dict[str, Any]:
        """Hold a sentence for a moderator, who lets go of any other."""
        self._sentence(number)
        other = queue.open_for(self._store, number, user.id, take=take)
        if other is not None:
            raise Problem(409, "held", _held(other))
        mine = queue.holder_of(self._store, number)
        if mine is None:
            self._sentence(number)  # its text was removed at this moment
        if mine is None or mine.user_id != user.id:
            raise Problem(409, "held", "Somebody else took this sentence at this moment; try again.")
        return items.holder(mine)

    def give_back(self, number: int, user: SignedIn) -> None:
        """Let go of a sentence."""
        self._sentence(number)
        queue.give_back(self._store, number, user.id)

    def decide(self, user: SignedIn, asked: dict[str, Any]) -> dict[str, Any]:
        """Record a verdict; ``asked`` as `service.reviews.schemas.DecisionRequestSchema` loads it."""
        number = asked["sentence"]
        # By the scores that the moderator saw, so that a request sent again means what it meant the first time.
        article, sentence = self._sentence(number, asked["scored"])
        place = Place(article, sentence, asked["offset_unit"])
        token = asked["token"] or secrets.token_urlsafe(16)
        # Whoever decided once, by another request, has been told what the model says, whatever this one believes.
        is_blind = asked["blind"] and not judged_by(self._store, user.id, [number], but=token)
        verdict = _verdict(place, asked | {"blind": is_blind})
        try:
            made = decisions.decide(
                self._store,
                number,
                user.id,
                verdict,
                token=token,
                seen=asked["seen"],
                model=article.model,
                scored=article.scored,
                unless_held=True,
            )
        except DecisionError as error:
            raise self._refused(error.reason, number, user) from None
        return items.decision(made, place)

    def undo(self, number: int, user: SignedIn) -> dict[str, Any]:
        """Take a decision back."""
        token = secrets.token_urlsafe(16)
        may_all = user.role in ("lead", "admin")
        try:
            sentence = decisions.undo(self._store, number, user.id, token=token, any_user=may_all)
        except DecisionError as error:
            if error.reason == "forbidden":
                detail = "This decision is somebody else's; only a lead or an admin takes those back."
                raise Problem(403, "not_yours", detail) from None
            if error.reason == "undone":
                raise Problem(409, "undone_already", "This decision was taken back already.") from None
            raise Problem(404, "not_found", "There is no such decision.") from None
        seen = decided.seen_by(self._store, sentence, user.id).newest
        return {"decision": number, "sentence": sentence, "seen": seen}

    def receive(self, key: Key, said: dict[str, Any]) -> dict[str, Any]:
        """Keep feedback; ``said`` as `service.reviews.schemas.FeedbackRequestSchema` loads it."""
        if said["text"] is not None and sentence_hash(said["text"]) != said["hash"]:
            raise invalid("/text", "This is not the text of that hash: send the sentence's own text, or leave it out.")
        if not self._keeps_text:
            said["text"] = None
        token = said.pop("token") or secrets.token_urlsafe(16)
        found = received.receive(self._store, key.id, token=token, **said)
        if not found.is_same:
            detail = "This token was sent before with other feedback; use a new token for each."
            raise Problem(409, "token_used", detail, [("/token", detail)])
        until = found.received_at + self._retention
        return {
            "id": found.id,
            "hash": said["hash"],
            "received_at": moment(found.received_at),
            "until": moment(until),
        }

    def feedback(self, query: dict[str, Any]) -> dict[str, Any]:
        """A page of feedback."""
        found, total = received.listed(self._store, page=query["page"], hash=query.get("hash"))
        said = [items.feedback(each) for each in found]
        return {"total": total, "page": query["page"], "pages": pages(total, received.PAGE), "feedback": said}

    def _sentence(self, number: int, scored: str | None = None) -> tuple[StoredArticle, StoredSentence]:
        found = articles.with_sentence(self._store, number, scored=scored)
        if found is not None:
            return found
        if articles.with_sentence(self._store, number) is not None:  # no model that was ever here has this stamp
            raise _rescored()
        raise Problem(404, "not_found", _NO_SENTENCE)

    def _refused(self, reason: str, number: int, user: SignedIn) -> Problem:
        if reason == "gone":
            return Problem(404, "not_found", _NO_SENTENCE)
        if reason == "rescored":
            return _rescored()
        if reason == "token_used":
            detail = "This token was sent before with another decision; use a new token for each."
            return Problem(409, "token_used", detail, [("/token", detail)])
        if reason == "undone":
            detail = "The decision with this token was taken back already; decide anew with a new token."
            return Problem(409, "undone_already", detail, [("/token", detail)])
        if reason == "held":
            holder = queue.holder_of(self._store, number)
            gone = "Somebody else had this sentence open until this moment; send the decision again."
            return Problem(409, "held", _held(holder) if holder else gone)
        # Who, and not what: the caller may be deciding blind.
        standing = decided.seen_by(self._store, number, user.id).standing
        names = ", ".join(dict.fromkeys(made.user for made in standing))
        who = f"by {names}" if names else "and taken back"
        detail = f"Decided {who} since you saw it. Read the sentence again; send its seen if you stand by your verdict."
        return Problem(409, "decided_meanwhile", detail, [("/seen", detail)])


def _rescored() -> Problem:
    detail = (
        "Another model scored the sentence since you read it. Read it again, judge what it says now; send its scored."
    )
    return Problem(409, "rescored", detail, [("/scored", detail)])


def _word(value: Any) -> Any:
    """A day as the filter has it."""
    return value.isoformat() if isinstance(value, date) else value


def _held(holder: queue.Holder) -> str:
    return f"{holder.name} has this sentence open until {moment(holder.until)}; wait, or PUT its lock with take true."


def _verdict(place: Place, asked: dict[str, Any]) -> Verdict:
    """The verdict of a request; raises `Problem` naming everything in it that does not go together."""
    sentence, is_blind = place.sentence, asked["blind"]
    choice, level = asked["verdict"], asked["level"]
    faults: list[tuple[str, str]] = []
    if choice == "skip":
        given = [name for name in ("level", "kind", "wrong_cues", "missing_cues") if asked[name] not in (None, [])]
        faults = [(f"/{name}", "A skip says nothing of the sentence; leave it out.") for name in given]
        if faults:
            raise _mending(faults)
        return Verdict("skip", None, None, asked["note"], is_blind)
    if choice != "set" and level is not None:
        faults.append(("/level", "A level goes with verdict set only; leave it out."))
    kind = asked["kind"] or ("" if is_blind else sentence.kind)
    settled, reasons = verdicts.settle(choice, kind, level, sentence.kind, sentence.level, blind=is_blind)
    faults += [(f"/{field}", _REMEDIES[reason]) for field, reason in reasons]
    wrong: list[CueSpan] = []
    known = [CueSpan(cue.category, cue.start, cue.end, cue.source_kind) for cue in sentence.cues]
    for pointer, cue, start, end in _spans(place, asked, "wrong_cues", faults):
        named = [span for span in known if span[:3] == (cue["category"], start, end)]
        if not named:
            faults.append((pointer, "The sentence has no such cue; read it again and send one of its cues."))
        wrong += named
    missing: list[CueSpan] = []
    for pointer, cue, start, end in _spans(place, asked, "missing_cues", faults):
        if (cue["category"] == "source") != ("source_kind" in cue):
            faults.append((f"{pointer}/source_kind", "Send it with category source, and with no other."))
        missing.append(CueSpan(cue["category"], start, end, cue.get("source_kind")))
    if faults:
        raise _mending(faults)
    holding = [span for span in known if span not in wrong]
    return Verdict(*settled, asked["note"], is_blind, (*holding, *missing), tuple(dict.fromkeys(wrong)))


def _mending(faults: list[tuple[str, str]]) -> Problem:
    return Problem(422, "invalid_request", f"{len(faults)} field(s) need mending; see errors.", faults)


def _spans(place: Place, asked: dict[str, Any], name: str, faults: list[tuple[str, str]]) -> Any:
    """Cues of a request, with their place in the article; what is out of place becomes a fault."""
    for index, cue in enumerate(asked[name]):
        pointer = f"/{name}/{index}"
        ends: list[int] = []
        for edge in ("start", "end"):
            try:
                ends.append(place.back(cue[edge]))
            except TextError as error:
                faults.append((f"{pointer}/{edge}", f"{error}."))
        if len(ends) == 2 and ends[0] >= ends[1]:
            faults.append(
                (f"{pointer}/end", f"end {cue['end']} is not after start {cue['start']}; end is not included.")
            )
        elif len(ends) == 2:
            yield pointer, cue, *ends
