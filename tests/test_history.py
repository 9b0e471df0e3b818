"""Assessments of several models: kept side by side, and made anew by `python -m service assess`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from service.answer import Served
from service.api import create_app
from service.config import Settings
from service.scoring import MODELS
from service.sources import analyse
from service.store import articles, decided, history, people, queue, tables
from service.store.articles import StoredArticle
from service.store.decisions import Verdict
from service.store.engine import Store
from service.store.queue import Filter
from service.text import Document
from tests.conftest import ARTICLE
from tests.stores import DAY, LEXICON, PASSWORD, SCORER, Clock, decide, ids, keep
from tests.test_cli import run
from tests.versions import CHAMPION, copy_version, lower

NEW = Served("sourcier-fr", "m2", LEXICON.version)


def assess(document: Document) -> tuple[Any, Any]:
    article = analyse(document, LEXICON, words=True)
    return article, SCORER.assess(article, contributions=True)


def again(store: Store, served: Served = NEW) -> list[bool]:
    return [
        history.assess_again(store, number, assess, served, review_at=SCORER.review_at)
        for number in history.outdated(store, served)
    ]


def shown(article: StoredArticle) -> list[Any]:
    return [
        article.sources,
        article.links,
        [(s.kind, s.level, s.score, s.cues, s.contributions) for s in article.sentences],
    ]


@pytest.mark.parametrize(
    "body", [{"text": ARTICLE}, {"html": "<h1>Pont</h1><ul><li>Selon la mairie, il ferme.<li>Il pleut. Fin.</ul>"},
             {"segments": [{"id": "a", "kind": "title", "text": "Pont"}, {"id": "b", "text": "Il ferme.\n\n« Oui », dit-il."}]},
             {"text": "Un. Deux. Selon lui, trois.", "sentences_given": [{"start": 0, "end": 9}, {"start": 10, "end": 27}]}],
)  # fmt: skip
def test_an_article_kept_is_analysed_as_it_was_sent(tmp_path: Path, body: dict[str, Any]) -> None:
    sent = create_app(Settings(data=tmp_path / "data")).test_client().post("/v1/score", json={**body, "store": True})
    assert sent.status_code == 200, sent.text
    store = Store.open(f"sqlite:///{tmp_path}/data/sourcier.db")
    before = articles.load(store, 1)
    assert again(store) == [True]
    after = articles.load(store, 1)
    assert before is not None and after is not None
    assert (before.model, after.model) == (CHAMPION, "m2") and shown(before) == shown(after)
    store.close()


def test_an_assessment_is_added_and_decisions_and_removal_stay(store: Store, user: int, clock: Clock) -> None:
    number = keep(store)
    sentence = ids(store)[0]
    decide(store, sentence, user, Verdict("set", "claim", 3, "vu"))
    before, sent_at = ids(store), clock.now
    clock.now += 5 * DAY
    assert again(store) == [True] and again(store) == []
    found = articles.load(store, number)
    assert found is not None and (found.model, found.stored_at) == ("m2", sent_at)
    assert [(past.model, past.assessed_at) for past in history.of(store, sentence)] == [
        ("m1", sent_at),
        ("m2", sent_at + 5 * DAY),
    ]
    (made,) = decided.standing(store, sentence)
    assert (made.level, made.note, made.model) == (3, "vu", "m1") and ids(store, state="decided") == [sentence]
    assert ids(store) == before == ids(store, model="m2"), "same scores, same queue"
    assert ids(store, q="préfecture") == ids(store, cue="denial") != []
    clock.now = sent_at + 30 * DAY + 1
    assert articles.purge(store, 30) == 1, "counted from when it was sent"
    assert again(store, Served("sourcier-fr", "m3", LEXICON.version)) == []


def test_the_former_model_is_the_newest_again_after_a_rollback(store: Store) -> None:
    keep(store)
    again(store)
    assert again(store, Served("sourcier-fr", "m1", LEXICON.version)) == [True]
    assert {past.model for past in history.of(store, ids(store)[0])} == {"m1", "m2"}
    assert queue.models(store) == ["m1"] and queue.listed(store, Filter(model="m1", cue="denial"))[1] == 1


def test_what_is_sent_or_purged_meanwhile_is_left_alone(store: Store, clock: Clock) -> None:
    number = keep(store)

    def meanwhile(document: Document) -> tuple[Any, Any]:
        keep(store, version="m3")
        return assess(document)

    assert not history.assess_again(store, number, meanwhile, NEW, review_at=0.5)
    found = articles.load(store, number)
    assert found is not None and found.model == "m3"

    def removed(document: Document) -> tuple[Any, Any]:
        clock.now += 31 * DAY
        articles.purge(store, 30)
        return assess(document)

    assert not history.assess_again(store, number, removed, NEW, review_at=0.5)
    with store.reading() as session:
        assert session.scalar(select(func.count()).where(tables.Assessment.model == "m2")) == 0
        assert session.scalars(select(tables.Article.sources)).all() == [None], "no name comes back"
    assert not history.assess_again(store, 999, assess, NEW, review_at=0.5)


def test_it_goes_on_where_it_was_stopped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        keep(store, f"Le pont numéro {n} a fermé.")
    monkeypatch.setattr(history, "_BATCH", 2)
    left = history.outdated(store, NEW)
    for _ in range(2):
        history.assess_again(store, next(left), assess, NEW, review_at=0.5)
    left.close()  # type: ignore[attr-defined]
    assert list(history.outdated(store, NEW)) == [3, 4, 5]


def test_the_command_scores_what_is_kept_with_the_model_in_service(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/data/sourcier.db")
    people.add(store, "Nadia", "moderator", PASSWORD)
    keep(store, version=CHAMPION)
    environment = {"SOURCIER_DATA": str(tmp_path / "data"), "SOURCIER_MODELS": str(tmp_path / "models")}
    (tmp_path / "models").mkdir()
    copy_version(tmp_path / "models", "lower", lower)
    (tmp_path / "models" / "champion").write_text("lower\n")
    done = run("assess", **environment)
    assert done.returncode == 0 and b"1 article(s) assessed by lower" in done.stdout, done.stderr
    assert b"0 article(s)" in run("assess", **environment).stdout
    sentence = ids(store, q="proche du dossier")[0]
    old, new = history.of(store, sentence)
    assert old.score is not None and new.score is not None and new.score < old.score
    (tmp_path / "models" / "champion").write_text("none\n")
    failed = run("assess", **environment)
    assert failed.returncode == 2 and b"Traceback" not in failed.stderr and MODELS.name.encode() in failed.stderr
    store.close()
