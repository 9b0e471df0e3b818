"""Reviews, decisions and feedback over HTTP, on both databases where the database matters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from service.reviews import schemas
from service.store import articles, backup, decided, export, keys, queue, tables
from service.store.engine import Store
from service.store.queue import Filter
from service.store.terms import ORDERS, STATES
from tests.newsroom import Newsroom, both, fits, pointers
from tests.stores import DAY, PASSWORD
from tests.test_api import slice_of
from tests.test_moderation import Browser

FIRE = "🚒 Le maire de Sète pourrait 🔥 démissionner, selon une source proche du dossier."


# --- the queue --------------------------------------------------------------------------------------------------------


@both
def test_the_queue_is_that_of_the_page(newsroom: Newsroom) -> None:
    newsroom.keep()
    newsroom.keep("Le pont de Nîmes a fermé. Une source le dit.")
    newsroom.decide("Nadia", newsroom.number("Il est dangereux"))
    filters = [{"order": order} for order in ORDERS] + [{"state": state} for state in STATES]
    filters += [{"level": "1"}, {"kind": "claim"}, {"cue": "denial"}, {"outlet": "Le Quotidien"}, {"outlet": "Sud"}]
    filters += [{"source": "anonymous"}, {"q": "pont nimes"}, {"since": "2020-01-01", "until": "2099-12-31"}]
    filters += [{"model": name} for name in queue.models(newsroom.store)]
    for chosen in filters:
        response = newsroom.app.test_client().get(
            "/v1/reviews", query_string=chosen, headers={"Authorization": f"Bearer {newsroom.tokens['Nadia']}"}
        )
        answer = response.get_json()
        assert fits(schemas.ReviewsSchema, answer)
        items, total = queue.listed(newsroom.store, Filter.of(chosen))
        assert [review["sentence"] for review in answer["reviews"]] == [item.sentence_id for item in items], chosen
        assert answer["total"] == total and (
            total > 0
            or chosen in ({"outlet": "Sud"}, {"state": "progress"}, {"state": "disputed"}, {"state": "skipped"})
        )


def test_pages_are_linked_and_do_not_overlap(newsroom: Newsroom) -> None:
    newsroom.keep("\n\n".join(f"Le pont numéro {n} a fermé mardi, selon la mairie de Sète." for n in range(60)))
    path, seen = "/v1/reviews?order=age", []
    while path:
        response = newsroom.response("Nadia", "GET", path)
        seen += [review["sentence"] for review in response.get_json()["reviews"]]
        links = {name: where for where, name in re.findall(r'<([^>]+)>; rel="(\w+)"', response.headers["Link"])}
        path = links.get("next", "")
        assert path == "" or "order=age" in path
    assert len(seen) == len(set(seen)) == 60
    assert set(links) == {"first", "prev", "last"} and links["last"].endswith("page=3")
    beyond = newsroom.ask("Nadia", "GET", "/v1/reviews?page=9")
    assert (beyond["reviews"], beyond["total"], beyond["pages"]) == ([], 60, 3)


@pytest.mark.parametrize(
    ("query", "pointer", "says"),
    [
        ("level=5", "/level", "less than or equal to 4"), ("level=٣", "/level", "whole number"), ("kind=poem", "/kind", "one of"),
        ("order=x", "/order", "one of"), ("page=0", "/page", "4000"), ("page=1&page=2", "/page", "whole number"),
        ("blind=oui", "/blind", "true or false"), ("outlet=%00", "/outlet", "U+0000"), ("outlet=" + 81 * "x", "/outlet", "80"),
        ("levl=1", "/levl", "'level'"), ("since=hier", "/since", "date"), ("source=x", "/source", "one of"),
    ],
)  # fmt: skip
def test_a_filter_that_is_wrong_is_told_not_left_out(
    shared: tuple[Newsroom, int], query: str, pointer: str, says: str
) -> None:
    newsroom, _ = shared
    problem = newsroom.ask("Nadia", "GET", f"/v1/reviews?{query}", 422)
    assert pointers(problem) == [pointer] and says in problem["errors"][0]["detail"]


def test_under_double_review_nobody_reads_the_first_decision(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path / "data", None, double=True)
    newsroom.keep()
    number = newsroom.number("La préfecture")
    newsroom.decide("Nadia", number, verdict="set", level=2)
    shown = newsroom.ask("Léo", "GET", f"/v1/reviews/{number}")
    assert (shown["decisions"], shown["seen"], shown["state"]) == ([], 0, "todo")
    assert len(newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["decisions"]) == 1
    waiting = {
        who: [review["sentence"] for review in newsroom.ask(who, "GET", "/v1/reviews")["reviews"]]
        for who in ("Nadia", "Léo")
    }
    assert number in waiting["Léo"] and number not in waiting["Nadia"]
    newsroom.decide("Léo", number, verdict="set", level=4)
    assert len(newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["decisions"]) == 2
    assert newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["state"] == "disputed"
    newsroom.store.close()


@both
def test_a_character_that_a_database_refuses_is_no_failure_of_the_pages(newsroom: Newsroom) -> None:
    newsroom.keep()
    number = newsroom.number("La préfecture")
    browser = Browser(newsroom.app)
    browser.sign_in("Nad\0ia", status=401)
    browser.sign_in()
    browser.get(f"/sentences/{number}")
    browser.send("/decision", verdict="right", kind="claim", note="vu\0 et relu", action="stay")
    assert [made.note for made in decided.standing(newsroom.store, number)] == ["vu et relu"]


# --- one sentence -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["utf-16", "code-point"])
def test_a_sentence_comes_with_its_reasons_and_offsets_of_its_own(newsroom: Newsroom, unit: str) -> None:
    newsroom.keep(f"Pont fermé à Sète\n\n🔥 Il pleut. {FIRE} La mairie de Sète a démenti ces informations.")
    number = newsroom.number("démissionner")
    answer = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}?offset_unit={unit}")
    assert fits(schemas.ReviewSchema, answer)
    text = answer["text"]
    words = [word for part in answer["contributions"] for word in part["words"]]
    assert len(answer["cues"]) > 2 and words
    for span in (*answer["cues"], *words):
        assert slice_of(text, span, unit) == span["text"]
    assert answer["article"]["outlet"] == "Le Quotidien" and answer["article"]["title"] == "Pont fermé à Sète"
    assert [near["position"] for near in answer["context"]] == [0, 1, 3]
    link = next(link for link in answer["links"] if link["type"] == "contested_by")
    other = newsroom.ask("Nadia", "GET", f"/v1/reviews/{link['sentence']}")
    assert other["text"] == link["text"] and {"type": "contests", "sentence": number} in [
        {name: back[name] for name in ("type", "sentence")} for back in other["links"]
    ]
    assert [part["feature"] for part in answer["contributions"]] and answer["sources"][0]["kind"] == "anonymous"


def test_blind_leaves_out_what_the_model_says_until_ones_own_decision(newsroom: Newsroom) -> None:
    newsroom.keep()
    number = newsroom.number("proche du dossier")
    hidden = {"kind", "level", "score", "review", "level_probabilities", "contributions", "decisions", "feedback"}
    blind = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}?blind=true")
    assert blind["blind"] and not hidden & set(blind) and fits(schemas.ReviewSchema, blind)
    assert hidden < set(newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}"))
    (line,) = newsroom.ask("Nadia", "GET", "/v1/reviews?q=proche&blind=true")["reviews"]
    assert not {"kind", "level", "uncertainty", "margin"} & set(line)
    newsroom.decide("Léo", number, verdict="set", level=0, kind="claim", blind=True)
    assert "decisions" not in newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}?blind=true")
    after = newsroom.ask("Léo", "GET", f"/v1/reviews/{number}?blind=true")
    assert not after["blind"] and after["decisions"][0]["blind"] and after["level"] == 1


@pytest.mark.parametrize(
    "path", ["/v1/reviews/999", "/v1/reviews/0", "/v1/reviews/-1", "/v1/reviews/9007199254740992", "/v1/reviews/x"]
)
def test_what_is_not_there_is_a_404(shared: tuple[Newsroom, int], path: str) -> None:
    assert shared[0].ask("Nadia", "GET", path, 404)["code"] == "not_found"


# --- decisions --------------------------------------------------------------------------------------------------------


def test_each_verdict_becomes_the_same_label_as_in_the_pages(newsroom: Newsroom) -> None:
    newsroom.keep()
    number = newsroom.number("La préfecture")
    model = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["level"]
    assert 0 < model < 4
    cases: list[tuple[dict[str, Any], str, str | None, int | None]] = [
        ({"verdict": "right"}, "right", "claim", model), ({"verdict": "too_low"}, "too_low", "claim", model + 1),
        ({"verdict": "too_high"}, "too_high", "claim", model - 1), ({"verdict": "set", "level": 4}, "set", "claim", 4),
        ({"verdict": "set", "kind": "none"}, "set", "none", None), ({"verdict": "right", "kind": "opinion"}, "set", "opinion", model),
        ({"verdict": "set", "level": 4, "kind": "claim", "blind": True}, "set", "claim", 4),
        ({"verdict": "skip"}, "skip", None, None),
    ]  # fmt: skip
    seen = 0
    for asked, *label in cases:
        made = newsroom.decide("Nadia", number, seen=seen, note="vu\nrevu", **asked)
        assert fits(schemas.DecisionSchema, made)
        assert [made["verdict"], made["kind"], made["level"], made["note"]] == [*label, "vu\nrevu"], asked
        state = "skipped" if made["verdict"] == "skip" else "decided"
        assert newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["state"] == state
        seen = newsroom.ask("Nadia", "POST", f"/v1/decisions/{made['id']}/undo")["seen"]


@both
@pytest.mark.parametrize("unit", ["utf-16", "code-point"])
def test_cues_are_corrected_and_come_out_in_the_export(newsroom: Newsroom, unit: str) -> None:
    newsroom.keep(f"🔥 Il pleut. {FIRE}")
    number = newsroom.number("démissionner")
    item = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}?offset_unit={unit}")

    def place(words: str) -> dict[str, int]:
        start = item["text"].index(words)
        ends = (start, start + len(words))
        return dict(
            zip(
                ("start", "end"),
                (len(item["text"][:end].encode("utf-16-le")) // 2 if unit == "utf-16" else end for end in ends),
                strict=True,
            )
        )

    source = next(cue for cue in item["cues"] if cue["category"] == "source" and cue["source_kind"] == "anonymous")
    made = newsroom.decide(
        "Nadia", number, verdict="set", level=1, offset_unit=unit,
        wrong_cues=[{name: source[name] for name in ("category", "start", "end")}],
        missing_cues=[
            {"category": "vague", **place("🔥 démissionner")},
            {"category": "source", "source_kind": "document", **place("dossier")},
        ],
    )  # fmt: skip
    assert fits(schemas.DecisionSchema, made)
    assert {"category": "vague", **place("🔥 démissionner")} in made["cues"] and len(made["wrong_cues"]) == 1
    (article,) = export.labelled(newsroom.store)
    label = next(sentence for sentence in article["sentences"] if sentence["kind"])
    cues = {(cue["category"], cue["text"], cue.get("source_kind")) for cue in label["cues"]}
    assert {("vague", "🔥 démissionner", None), ("source", "dossier", "document")} <= cues
    assert ("source", "une source proche du dossier", "anonymous") not in cues


SPAN = {"category": "hedge", "start": 0, "end": 2}


@pytest.mark.parametrize(
    ("asked", "pointer", "says"),
    [
        ({"verdict": "nonsense"}, "/verdict", "one of"),
        ({"verdict": "set"}, "/verdict", "level from 0 to 4"),
        ({"verdict": "set", "level": 5}, "/level", "less than or equal to 4"),
        ({"verdict": "set", "level": True}, "/level", "whole number"),
        ({"verdict": "right", "level": 3}, "/level", "with verdict set"),
        ({"verdict": "set", "level": 3, "kind": "none"}, "/verdict", "has no level"),
        ({"verdict": "right", "blind": True, "kind": "claim"}, "/verdict", "level from 0 to 4"),
        ({"verdict": "set", "level": 3, "blind": True}, "/kind", "kind of the sentence"),
        ({"kind": "poem"}, "/kind", "one of"),
        ({"verdict": "skip", "level": 0}, "/level", "A skip"),
        ({"verdict": "skip", "missing_cues": [SPAN]}, "/missing_cues", "A skip"),
        ({"note": "x" * 1001}, "/note", "1000"),
        ({"note": "a\u0000b"}, "/note", "U+0000 at character 1"),
        ({"token": "x" * 65}, "/token", "64"),
        ({"seen": -1}, "/seen", "0"),
        ({"seen": None}, "/seen", "may not be null"),
        ({"sentense": 1}, "/sentense", "'sentence'"),
        ({"wrong_cues": [SPAN]}, "/wrong_cues/0", "no such cue"),
        ({"wrong_cues": [SPAN | {"start": 99, "end": 100}]}, "/wrong_cues/0/start", "outside"),
        ({"missing_cues": [SPAN | {"end": 0}]}, "/missing_cues/0/end", "greater than or equal to 1"),
        ({"missing_cues": [SPAN | {"start": 2}]}, "/missing_cues/0/end", "not after start"),
        ({"missing_cues": [SPAN | {"end": 400}]}, "/missing_cues/0/end", "outside"),
        ({"missing_cues": [SPAN | {"category": "source"}]}, "/missing_cues/0/source_kind", "category source"),
        ({"missing_cues": [SPAN | {"source_kind": "role"}]}, "/missing_cues/0/source_kind", "category source"),
        ({"missing_cues": [SPAN | {"strt": 1}]}, "/missing_cues/0/strt", "'start'"),
        ({"missing_cues": [SPAN] * 101}, "/missing_cues", "100"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_named_and_nothing_is(
    shared: tuple[Newsroom, int], asked: dict[str, Any], pointer: str, says: str
) -> None:
    newsroom, number = shared
    problem = newsroom.decide("Nadia", number, 422, **asked)
    assert pointer in pointers(problem)
    assert says in next(error["detail"] for error in problem["errors"] if error["pointer"] == pointer)
    assert decided.newest(newsroom.store, number) == 0


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Newsroom, int]]:
    """For tests that change nothing."""
    made = Newsroom(tmp_path_factory.mktemp("shared") / "data", None)
    made.keep()
    yield made, made.number("Il est dangereux")
    made.store.close()


def test_all_faults_come_at_once(shared: tuple[Newsroom, int]) -> None:
    newsroom, number = shared
    problem = newsroom.decide(
        "Nadia", number, 422, level=2, kind="none", wrong_cues=[SPAN], missing_cues=[SPAN | {"start": 2}]
    )
    assert pointers(problem) == ["/level", "/verdict", "/wrong_cues/0", "/missing_cues/0/end"]


def test_a_body_over_the_limit_names_the_limit_of_here(shared: tuple[Newsroom, int]) -> None:
    newsroom, number = shared
    problem = newsroom.decide("Nadia", number, 413, note="x" * 100_000)
    assert problem["code"] == "body_too_large" and "100,000 bytes" in problem["detail"]


@both
def test_a_decision_sent_many_times_is_recorded_once(newsroom: Newsroom) -> None:
    newsroom.keep()
    number, other = newsroom.number("Il est dangereux"), newsroom.number("a démenti")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: newsroom.decide("Nadia", number, token="t-1"), range(8)))
    assert len({decision["id"] for decision in made}) == 1
    assert len(newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["decisions"]) == 1
    assert newsroom.decide("Nadia", other, 409, token="t-1")["code"] == "token_used"
    assert newsroom.decide("Léo", number, 409, token="t-1")["code"] == "token_used"
    assert decided.newest(newsroom.store, other) == 0
    newsroom.ask("Nadia", "POST", f"/v1/decisions/{made[0]['id']}/undo")
    assert newsroom.decide("Nadia", number, 409, token="t-1")["code"] == "undone_already"


@both
def test_nobody_decides_over_a_decision_not_seen(newsroom: Newsroom) -> None:
    newsroom.keep()
    number = newsroom.number("Il est dangereux")
    newsroom.decide("Léo", number, verdict="set", level=4)
    problem = newsroom.decide("Nadia", number, 409)
    assert problem["code"] == "decided_meanwhile" and "Léo" in problem["detail"] and pointers(problem) == ["/seen"]
    assert "4" not in problem["detail"], "a blind moderator is not told what the other said"
    seen = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["seen"]
    newsroom.decide("Nadia", number, seen=seen)
    made = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["decisions"]
    assert [decision["user"] for decision in made] == ["Léo", "Nadia"]


@both
def test_a_sentence_that_somebody_holds_is_left_alone_or_taken(newsroom: Newsroom) -> None:
    newsroom.keep()
    number = newsroom.number("Il est dangereux")
    lock = f"/v1/reviews/{number}/lock"
    held = newsroom.ask("Nadia", "PUT", lock)
    assert fits(schemas.HolderSchema, held) and held["name"] == "Nadia"
    assert newsroom.ask("Léo", "GET", f"/v1/reviews/{number}")["holder"] == held
    assert newsroom.ask("Léo", "GET", "/v1/reviews?state=progress")["reviews"][0]["holder"] == held
    for problem in (newsroom.ask("Léo", "PUT", lock, 409), newsroom.decide("Léo", number, 409)):
        assert problem["code"] == "held" and "Nadia" in problem["detail"]
    newsroom.response("Léo", "DELETE", lock, 204)
    assert newsroom.ask("Léo", "GET", f"/v1/reviews/{number}")["holder"] == held, "only its holder gives it back"
    assert newsroom.ask("Léo", "PUT", lock, take=True)["name"] == "Léo"
    newsroom.response("Léo", "DELETE", lock, 204)
    newsroom.decide("Nadia", number)
    assert newsroom.ask("Nadia", "PUT", "/v1/reviews/999/lock", 404)["code"] == "not_found"


def test_undo_is_for_ones_own_and_a_lead_undoes_anybodys(newsroom: Newsroom) -> None:
    newsroom.keep()
    number = newsroom.number("Il est dangereux")
    for who in ("Nadia", "Zoé"):
        made = newsroom.decide("Nadia", number, seen=decided.newest(newsroom.store, number))["id"]
        assert newsroom.ask("Léo", "POST", f"/v1/decisions/{made}/undo", 403)["code"] == "not_yours"
        undone = newsroom.ask(who, "POST", f"/v1/decisions/{made}/undo")
        assert fits(schemas.UndoneSchema, undone) and undone["sentence"] == number
        assert newsroom.ask(who, "POST", f"/v1/decisions/{made}/undo", 409)["code"] == "undone_already"
        assert newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["state"] == "todo"
    assert newsroom.ask("Nadia", "POST", "/v1/decisions/999/undo", 404)["code"] == "not_found"


# --- feedback ---------------------------------------------------------------------------------------------------------


def said(answer: dict[str, Any], words: str, **more: Any) -> dict[str, Any]:
    sentence = next(sentence for sentence in answer["sentences"] if words in sentence["text"])
    return {"hash": sentence["hash"], "model": answer["model"]["version"], "fault": "score_too_low", **more}


@both
def test_feedback_is_kept_once_and_reaches_the_moderators(newsroom: Newsroom) -> None:
    answer = newsroom.keep()
    number = newsroom.number("a démenti")
    text = "La préfecture de l'Hérault a démenti ces informations."
    body = said(answer, "a démenti", comment="C’est une source officielle.", text=text, token="f-1")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: newsroom.ask("cms", "POST", "/v1/feedback", 201, **body), range(8)))
    assert len({each["id"] for each in made}) == 1 and fits(schemas.ReceivedSchema, made[0])
    newsroom.ask("cms", "POST", "/v1/feedback", 201, **said(answer, "a démenti", fault="other"))
    changed = newsroom.ask("cms", "POST", "/v1/feedback", 409, **(body | {"fault": "other"}))
    assert changed["code"] == "token_used"
    newsroom.ask("cms", "POST", "/v1/feedback", 201, hash="0" * 16, model="m0", fault="wrong_cue")

    listed = newsroom.ask("Nadia", "GET", "/v1/feedback")
    assert fits(schemas.FeedbackListSchema, listed) and listed["total"] == 3
    assert [each["sentences"] for each in listed["feedback"]] == [[], [number], [number]]
    assert listed["feedback"][2]["comment"] == "C’est une source officielle." and listed["feedback"][2]["text"] == text
    assert listed["feedback"][2]["outlet"] == "Le Quotidien"
    assert newsroom.ask("Nadia", "GET", f"/v1/feedback?hash={body['hash']}")["total"] == 2
    (line,) = newsroom.ask("Nadia", "GET", "/v1/reviews?feedback=true")["reviews"]
    assert (line["sentence"], line["feedback"]) == (number, 2)
    item = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")
    assert fits(schemas.ReviewSchema, item) and [each["fault"] for each in item["feedback"]] == [
        "other",
        "score_too_low",
    ]


def test_the_pages_show_feedback_and_filter_by_it_and_by_outlet(newsroom: Newsroom) -> None:
    answer = newsroom.keep()
    newsroom.ask("cms", "POST", "/v1/feedback", 201, **said(answer, "a démenti", comment="C’est <b>officiel</b>."))
    client = newsroom.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/moderation/sign-in").text)
    assert token
    client.post("/moderation/sign-in", data={"csrf_token": token[1], "name": "Nadia", "password": PASSWORD})
    page = unescape(client.get("/moderation/?feedback=1&outlet=Le+Quotidien").text)
    assert "1 phrase" in page and "1 signalement" in page and "a démenti" in page
    assert '<option value="Le Quotidien" selected>' in page and '<option value="1" selected>Signalées seulement' in page
    (address,) = re.findall(r'class="words" href="([^"]+)"', page)
    assert "outlet=Le+Quotidien" in address and "feedback=True" in address
    sentence = client.get(address).text
    assert (
        "Signalements" in sentence and "score trop bas" in sentence and "C’est &lt;b&gt;officiel&lt;/b&gt;." in sentence
    )
    blind = re.search(r'name="csrf_token" value="([^"]+)"', sentence)
    assert blind and client.post("/moderation/blind", data={"csrf_token": blind[1]}).status_code == 302
    assert "score trop bas" not in client.get(address).text
    assert "Rien ici" in client.get("/moderation/?outlet=Sud").text


@pytest.mark.parametrize(
    ("more", "pointer", "says"),
    [
        ({"hash": "xyz"}, "/hash", "16 hexadecimal"), ({"fault": "bad"}, "/fault", "one of"), ({"model": ""}, "/model", "200"),
        ({"comment": "x" * 1001}, "/comment", "1000"), ({"text": "x" * 5001}, "/text", "5000"),
        ({"text": "Autre chose."}, "/text", "not the text of that hash"), ({"comment": "\u0007"}, "/comment", "U+0007"),
        ({"coment": "x"}, "/coment", "'comment'"),
    ],
)  # fmt: skip
def test_feedback_that_cannot_be_kept_is_told_why(
    shared: tuple[Newsroom, int], more: dict[str, Any], pointer: str, says: str
) -> None:
    newsroom, _ = shared
    body = {"hash": "0" * 16, "model": "m", "fault": "other", **more}
    problem = newsroom.ask("cms", "POST", "/v1/feedback", 422, **body)
    assert pointers(problem) == [pointer] and says in problem["errors"][0]["detail"]
    assert newsroom.ask("Nadia", "GET", "/v1/feedback")["total"] == 0


@both
def test_after_the_retention_no_word_of_feedback_is_left(newsroom: Newsroom, tmp_path: Path) -> None:
    word = "zanzibarette"
    answer = newsroom.ask("cms", "POST", "/v1/score", text=f"Le pont de {word} a fermé mardi.")
    text = answer["sentences"][0]["text"]
    sent = said(answer, word, comment=f"{word} n’existe pas", text=text)
    made = newsroom.ask("cms", "POST", "/v1/feedback", 201, **sent)
    until = next(iter(newsroom.ask("Nadia", "GET", "/v1/feedback")["feedback"]))
    assert word in until["comment"] and made["until"] > made["received_at"]
    clock: Any = newsroom.store._clock
    with newsroom.store.reading() as session:
        received = session.scalars(select(tables.Feedback.received_at)).one()
    clock.now = received + 90 * DAY
    articles.purge(newsroom.store, 90)
    assert word in newsroom.ask("Nadia", "GET", "/v1/feedback")["feedback"][0]["text"], "not a day early"
    clock.now += 1
    articles.purge(newsroom.store, 90)
    (left,) = newsroom.ask("Nadia", "GET", "/v1/feedback")["feedback"]
    assert (left["comment"], left["text"]) == (None, None)
    assert (left["hash"], left["fault"]) == (sent["hash"], "score_too_low")
    with newsroom.store.reading() as session:
        for table in tables.Base.metadata.sorted_tables:
            assert word not in str(session.execute(select(table)).all())
    if newsroom.store.is_sqlite:
        for file in (tmp_path / "data").iterdir():
            assert word not in file.read_bytes().decode("latin-1").lower(), file.name


# --- the rest ---------------------------------------------------------------------------------------------------------


@both
def test_a_backup_has_keys_outlets_and_feedback(newsroom: Newsroom, tmp_path: Path) -> None:
    answer = newsroom.keep()
    newsroom.ask("cms", "POST", "/v1/feedback", 201, **said(answer, "a démenti", comment="non"))
    backup.backup(newsroom.store, tmp_path / "b.gz")
    other = Store.open(f"sqlite:///{tmp_path}/other.db")
    backup.restore(other, tmp_path / "b.gz")
    assert keys.listed(other) == keys.listed(newsroom.store)
    assert keys.find(other, newsroom.tokens["cms"]) is not None
    assert queue.listed(other, Filter(feedback=True, outlet="Le Quotidien"))[1] == 1
    other.close()


def test_no_word_reaches_a_log(
    shared: tuple[Newsroom, int], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom, number = shared

    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError("zanzibarette")

    monkeypatch.setattr("service.store.decisions.decide", explode)
    monkeypatch.setattr("service.store.feedback.receive", explode)
    newsroom.decide("Nadia", number, 500, note="zanzibarette")
    newsroom.ask("cms", "POST", "/v1/feedback", 500, hash="0" * 16, model="m", fault="other", comment="zanzibarette")
    newsroom.ask("Nadia", "GET", "/v1/reviews?outlet=zanzibarette")
    out, err = capfd.readouterr()
    assert '"route": "/v1/decisions"' in err and "zanzibarette" not in out + err


def test_messages_follow_accept_language(shared: tuple[Newsroom, int]) -> None:
    newsroom, _ = shared
    number = newsroom.number("proche du dossier")
    headers = {"Authorization": f"Bearer {newsroom.tokens['Nadia']}", "Accept-Language": "en"}
    answer = newsroom.app.test_client().get(f"/v1/reviews/{number}", headers=headers).get_json()
    assert "Anonymous source" in {cue["message"] for cue in answer["cues"]}


def test_a_server_that_keeps_no_text_keeps_none_of_feedback_either(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path / "data", None, stores=False)
    (sentence,) = newsroom.ask("cms", "POST", "/v1/score", text="Le pont de zanzibarette a fermé mardi.")["sentences"]
    sent = {"hash": sentence["hash"], "model": "m", "fault": "score_too_low", "token": "f-1", "comment": "non"}
    sent |= {"text": sentence["text"]}
    made = newsroom.ask("cms", "POST", "/v1/feedback", 201, **sent)
    (kept,) = newsroom.ask("Nadia", "GET", "/v1/feedback")["feedback"]
    assert (kept["text"], kept["comment"], kept["hash"]) == (None, "non", sentence["hash"])
    for file in (tmp_path / "data").iterdir():
        assert b"zanzibarette" not in file.read_bytes(), file.name
    assert newsroom.ask("cms", "POST", "/v1/feedback", 201, **sent) == made, "sent again, it is the same"
    problem = newsroom.ask("cms", "POST", "/v1/feedback", 422, **sent | {"text": "Autre chose."})
    assert pointers(problem) == ["/text"], "and it is still checked"
    newsroom.store.close()
