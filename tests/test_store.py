"""The store on both real databases: what is kept, decided, undone, purged, backed up, exported."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, func, select, text, update

from service.scoring import Contribution
from service.sources import analyse
from service.store import (
    StoreError,
    articles,
    backup,
    decided,
    decisions,
    engine,
    export,
    feedback,
    identities,
    keys,
    people,
    queue,
    search,
    tables,
    team,
)
from service.store.decided import CueSpan
from service.store.decisions import DecisionError, Verdict
from service.store.engine import Store
from service.store.queue import Filter
from service.text import from_text
from tests.conftest import ARTICLE
from tests.databases import fresh_database
from tests.stores import DAY, LEXICON, PASSWORD, SCORER, Clock, decide, ids, keep
from training import dataset
from training.measure import kind_accuracy, span_scores


def test_the_shipped_migrations_make_the_tables_of_the_code(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == engine.HEAD
    with store.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"include_name": search.is_described})
        assert compare_metadata(context, tables.Base.metadata) == []


def test_a_store_of_the_first_schema_is_brought_up_to_date_with_what_it_holds(url: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    first = create_engine(url)
    with first.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        columns = "digest, external_id, stored_at, text, model, lexicon, links"
        connection.execute(
            text(f"INSERT INTO article ({columns}) VALUES ('d', 'cms-7', 1, 'Il pleut.', 'm', 'l', '[]')")
        )
    first.dispose()
    opened = Store.open(url)
    with opened.reading() as session:
        (number,) = session.scalars(select(tables.Article.id))
    found = articles.load(opened, number)
    assert found is not None and (found.text, found.external_id, found.outlet) == ("Il pleut.", "cms-7", None)
    opened.close()


def test_many_can_open_a_new_store_at_once(url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store.open(url), range(6)))
    for opened in stores:
        with opened.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        opened.close()


def test_a_new_store_that_somebody_else_is_writing_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "new.db", check_same_thread=False, isolation_level=None)
    other.execute("CREATE TABLE theirs (x)")
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.2, other.execute, ["COMMIT"])
    done.start()
    opened = Store.open(f"sqlite:///{tmp_path}/new.db")  # SQLite itself would refuse at once: no timeout holds here
    done.join()
    with opened.reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
    opened.close()
    other.close()


def test_a_store_of_a_newer_version_is_left_alone(store: Store) -> None:
    with store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    url = store._engine.url.render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="newer Sourcier"):
        Store.open(url)


def test_an_article_comes_back_as_it_was_kept(store: Store) -> None:
    number = keep(store, external_id="cms-7")
    found = articles.load(store, number)
    article = analyse(from_text(ARTICLE), LEXICON, words=True)
    assessments = SCORER.assess(article, contributions=True)
    assert found is not None
    assert (found.text, found.external_id, found.title) == (ARTICLE, "cms-7", "Pont fermé à Sète")
    assert [(b.kind, b.start, b.end) for b in found.blocks] == [b[:3] for b in article.document.blocks]
    assert [s.level for s in found.sentences] == [a.level for a in assessments]
    assert [s.score for s in found.sentences] == pytest.approx([a.score for a in assessments])
    assert [c._replace(weight=1.0) for s in found.sentences for c in s.cues] == [
        c._replace(weight=1.0) for c in article.cues
    ]
    assert [link["type"] for link in found.links] == [link.type for link in article.links]
    assert found.sentences[1].contributions == [tuple(part) for part in assessments[1].contributions]
    assert any(part.words for part in found.sentences[1].contributions)


def test_what_weighed_is_read_as_it_was_kept_before_it_had_words(store: Store) -> None:
    number = keep(store)
    with store.writing() as session:
        session.execute(update(tables.Assessment).values(contributions=[["hedge", -0.25]]))
    found = articles.load(store, number)
    assert found is not None
    assert found.sentences[0].contributions == [Contribution("hedge", -0.25)]


def test_the_same_document_is_kept_once_and_keeps_both_assessments(store: Store, user: int) -> None:
    number = keep(store)
    sentence = ids(store)[0]
    decide(store, sentence, user)
    assert keep(store) == number
    assert keep(store, version="m2") == number
    found = articles.load(store, number)
    assert found is not None and found.model == "m2"
    assert {s.state for s in found.sentences if s.id == sentence} == {"decided"}
    with store.reading() as session:
        versions = session.scalars(select(tables.Assessment.model).where(tables.Assessment.sentence_id == sentence))
        assert sorted(versions) == ["m1", "m2"]


def test_an_article_of_very_many_sentences_is_kept(store: Store) -> None:
    number = keep(store, "Il pleut.\n\n" * 2_000)
    found = articles.load(store, number)
    assert found is not None and len(found.sentences) == 2_000
    assert keep(store, "Il pleut.\n\n" * 2_000) == number


def test_two_callers_with_one_document_make_one_article(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(lambda _: keep(store), range(12)))
    assert len(set(numbers)) == 1
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Sentence)) == 6


def test_the_queue_has_four_orders_and_filters(store: Store) -> None:
    keep(store)
    items = queue.listed(store, Filter())[0]
    assert [item.uncertainty for item in items] == sorted((item.uncertainty for item in items), reverse=True)
    assert 0 < items[0].uncertainty <= 1 and items[-1].kind == "none"
    margins = [item.margin for item in queue.listed(store, Filter(order="margin"))[0]]
    assert margins == sorted(margins)
    levels = [item.level for item in queue.listed(store, Filter(order="level"))[0]]
    assert None not in levels and levels == sorted(levels, key=lambda level: level or 0)
    assert all(item.level == levels[0] for item in queue.listed(store, Filter(level=levels[0]))[0])
    anonymous = queue.listed(store, Filter(cue="denial"))[0]
    assert [item.text for item in anonymous] == ["La préfecture de l'Hérault a démenti ces informations."]
    assert [item.kind for item in queue.listed(store, Filter(kind="prediction"))[0]] == ["prediction"]


def test_pages_follow_each_other_without_overlap(store: Store, clock: Clock) -> None:
    keep(store, "\n\n".join(f"Le pont numéro {n} a fermé mardi, selon la mairie de Sète." for n in range(60)))
    seen = [number for page in (1, 2, 3) for number in ids(store, page=page)]
    assert len(seen) == len(set(seen)) == 60 and queue.listed(store, Filter())[1] == 60
    assert ids(store, page=4) == []


def test_a_filter_survives_the_address_and_nonsense_counts_as_left_out() -> None:
    chosen = Filter("age", "decided", 0, "claim", "hedge", 3, outlet="Le Quotidien & Fils", feedback=True)
    assert Filter.of({name: str(value) for name, value in chosen.address().items()}) == chosen
    nonsense = {
        "order": "x",
        "state": "'",
        "level": "7",
        "kind": "",
        "cue": "<",
        "page": "-1",
        "outlet": "\0",
        "feedback": "?",
    }
    assert Filter.of(nonsense) == Filter() and Filter().address() == {}
    assert Filter.of({"page": "99999999999"}).page == 1


def test_a_decision_is_recorded_once_whatever_is_sent_twice(store: Store, user: int) -> None:
    keep(store)
    sentence = ids(store)[0]
    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(lambda _: decide(store, sentence, user), range(8)))
    assert len(numbers) == 1
    assert sentence not in ids(store) and ids(store, state="decided") == [sentence]


def test_nobody_decides_over_a_decision_not_seen(store: Store, user: int) -> None:
    keep(store)
    other = people.add(store, "Léo", "moderator", PASSWORD)
    sentence = ids(store)[0]
    first = decide(store, sentence, user)
    with pytest.raises(DecisionError) as caught:
        decide(store, sentence, other, token="u")
    assert caught.value.reason == "taken"
    decide(store, sentence, other, Verdict("set", "claim", 1), token="u", seen=first)
    assert [found.user for found in decided.standing(store, sentence)] == ["Nadia", "Léo"]


def test_of_many_who_decide_at_once_one_is_heard(store: Store) -> None:
    keep(store)
    sentence = ids(store)[0]
    users = [people.add(store, f"M{n}", "moderator", PASSWORD) for n in range(4)]

    def attempt(user: int) -> bool:
        try:
            return bool(decide(store, sentence, user, token=f"t{user}"))
        except DecisionError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, users)) == 1


def test_an_undo_is_a_further_row_and_brings_the_sentence_back(store: Store, user: int) -> None:
    keep(store)
    sentence = ids(store)[0]
    number = decide(store, sentence, user)
    last = decided.last_of(store, user)
    assert last is not None and last.id == number
    assert decisions.undo(store, number, user, token="u") == sentence
    assert sentence in ids(store) and decided.standing(store, sentence) == [] and decided.last_of(store, user) is None
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Decision)) == 2
    for again in (number, decided.newest(store, sentence)):
        with pytest.raises(DecisionError):
            decisions.undo(store, again, user, token="v")


def test_only_ones_own_decision_is_undone_unless_one_may(store: Store, user: int) -> None:
    keep(store)
    other = people.add(store, "Léo", "lead", PASSWORD)
    number = decide(store, ids(store)[0], user)
    with pytest.raises(DecisionError) as caught:
        decisions.undo(store, number, other, token="u")
    assert caught.value.reason == "forbidden"
    decisions.undo(store, number, other, token="u", any_user=True)


@pytest.mark.parametrize(
    "verdict",
    [Verdict("set", "none", 2), Verdict("set", "claim", None), Verdict("shrug", "claim", 2), Verdict("right", "claim", 2, "x" * 1001)],
)  # fmt: skip
def test_a_contradiction_is_not_recorded(store: Store, user: int, verdict: Verdict) -> None:
    keep(store)
    with pytest.raises(DecisionError):
        decide(store, ids(store)[0], user, verdict)
    assert ids(store, state="decided") == []


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["decision", "audit"])
def test_what_was_recorded_cannot_be_changed(store: Store, user: int, table: str, statement: str) -> None:
    keep(store)
    decide(store, ids(store)[0], user)
    with pytest.raises(StoreError, match="can only be added to"), store.writing() as session:
        session.execute(text(statement.format(table)))


def test_a_sentence_open_elsewhere_names_its_holder(store: Store, user: int, clock: Clock) -> None:
    keep(store)
    other = people.add(store, "Léo", "moderator", PASSWORD)
    first, second = ids(store)[:2]
    assert queue.open_for(store, first, user) is None
    holder = queue.open_for(store, first, other)
    assert holder is not None and holder.name == "Nadia"
    assert queue.following(store, Filter(), other) == second and queue.following(store, Filter(), user) == first
    assert ids(store, state="progress") == [first]
    assert queue.open_for(store, first, other, take=True) is None
    assert queue.open_for(store, first, user) == queue.Holder(other, "Léo", clock.now + queue.LOCK_SECONDS)
    clock.now += queue.LOCK_SECONDS + 1
    assert queue.open_for(store, first, user) is None


def test_one_who_opens_another_sentence_gives_the_first_back(store: Store, user: int) -> None:
    keep(store)
    first, second = ids(store)[:2]
    queue.open_for(store, first, user)
    queue.open_for(store, second, user)
    assert ids(store, state="progress") == [second]


def test_a_purge_removes_every_word_and_keeps_labels(store: Store, user: int, clock: Clock, tmp_path: Path) -> None:
    word = "zanzibarette"
    number = keep(store, f"Pont de {word}\n\nJean {word.title()}, maire de {word.title()}, a fermé le pont mardi.")
    sentence = ids(store)[0]
    decide(store, sentence, user, Verdict("set", "claim", 3, note=f"le pont de {word}"))
    clock.now += 30 * DAY + 1
    assert articles.purge(store, 31) == 0
    assert articles.purge(store, 30) == 1 and articles.purge(store, 30) == 0
    assert articles.load(store, number) is None and ids(store) == ids(store, state="decided") == []
    found = decided.standing(store, sentence)
    assert [(d.level, d.note) for d in found] == [(3, "")]
    assert list(export.labelled(store)) == [] and export.purged(store) == 1
    if store.is_sqlite:
        for file in (tmp_path / "data").iterdir():
            assert word not in file.read_bytes().decode("latin-1").lower(), file.name
    with pytest.raises(DecisionError) as caught:
        decide(store, sentence, user, token="u", seen=found[0].id)
    assert caught.value.reason == "gone"
    again = keep(store, f"Pont de {word}\n\nJean {word.title()}, maire de {word.title()}, a fermé le pont mardi.")
    assert again == number and ids(store, state="decided") == [sentence], "the same document comes back with its labels"


def test_decisions_come_out_as_a_corpus_that_training_reads(store: Store, user: int, tmp_path: Path) -> None:
    keep(store)
    keep(store, "Le pont de Nîmes a fermé. Une source le dit.")  # nobody decides on it
    other = people.add(store, "Léo", "moderator", PASSWORD)
    chosen = {item.text: item.sentence_id for item in queue.listed(store, Filter())[0]}
    denial = chosen["La préfecture de l'Hérault a démenti ces informations."]
    start = ARTICLE.index("La préfecture de l'Hérault")
    source, removed = CueSpan("source", start, start + 26, "institution"), CueSpan("denial", start + 27, start + 36)
    decide(store, denial, user, Verdict("set", "claim", 3, "non", True, (source,), (removed,)))
    seen = decided.newest(store, denial)
    decide(store, denial, other, Verdict("set", "claim", 2, "", False, (source,)), token="u", seen=seen)
    decide(store, chosen["Qui paiera ?"], user, Verdict("right", "none", None), token="v")
    decide(store, chosen["« Il est dangereux », a-t-il ajouté."], user, Verdict("skip", None, None), token="w")
    file = tmp_path / "moderation.jsonl"
    file.write_text("\n".join(json.dumps(article) for article in export.labelled(store)), encoding="utf-8")
    (article,) = dataset.read([file])
    assert [s["kind"] for s in article["sentences"]] == [None, None, None, None, "claim", "none"]
    label = article["sentences"][4]
    assert label["level"] == 2, "the median, the lower of two"
    assert [(v["by"], v["level"], v["blind"]) for v in label["votes"]] == [
        (f"m{user}", 3, True),
        (f"m{other}", 2, False),
    ]
    cue = {"category": "source", "start": start, "end": start + 26, "text": "La préfecture de l'Hérault"}
    assert label["cues"] == [cue | {"source_kind": "institution"}]
    assert label["links"] == [{"type": "contests", "sentence": 3}]
    labelled = dataset.analyse_all([article], LEXICON)
    assert dataset.table(labelled).y.tolist() == [2], "what nobody decided teaches nothing"
    assert kind_accuracy(labelled) == 1.0
    spans = span_scores(labelled)
    assert spans["source"] | {"f1": 1} == {"labelled": 1, "precision": 1, "recall": 1, "f1": 1}
    assert spans["hedge"]["labelled"] == spans["attribution"]["labelled"] == 0


def test_passwords_are_hashed_and_wrong_ones_slow_down(store: Store, user: int, clock: Clock) -> None:
    with store.reading() as session:
        hashed = session.scalars(select(tables.User.password_hash)).one()
    assert hashed.startswith("$argon2id$") and PASSWORD not in hashed
    found = people.sign_in(store, "Nadia", PASSWORD, "10.0.0.1")
    assert found is not None and people.known(store, found.id, found.stamp) == found
    for _ in range(5):
        assert people.sign_in(store, "Nadia", "wrong", "10.0.0.1") is None
    with pytest.raises(people.Slowed) as caught:
        people.sign_in(store, "Nadia", PASSWORD, "10.0.0.1")
    assert 0 < caught.value.seconds <= 900
    assert people.sign_in(store, "Nadia", PASSWORD, "10.0.0.2") is not None, "not locked out elsewhere"
    clock.now += 901
    assert people.sign_in(store, "Nadia", PASSWORD, "10.0.0.1") is not None


def test_a_name_cannot_be_tried_from_everywhere(store: Store, user: int) -> None:
    for n in range(20):
        assert people.sign_in(store, "Nadia", "wrong", f"10.0.1.{n}") is None
    with pytest.raises(people.Slowed):
        people.sign_in(store, "Nadia", "wrong", "10.0.2.1")


def test_a_subject_of_a_provider_is_one_user_however_often_it_comes_at_once(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: identities.make(store, "https://one.example", "7", "Ada", "lead"), range(4)))
    other = identities.make(store, "https://two.example", "7", "Ada", "lead")
    assert len(set(made)) == 1 and (made[0].name, other.name) == ("Ada", "Ada 2"), "a subject is of its issuer"
    with pytest.raises(people.UserError, match="is Ada already"):
        identities.link(store, "Ada 2", "https://one.example", "7")
    identities.link(store, "Ada 2", "https://one.example", "8")
    assert identities.sign_in(store, "https://one.example", "8", None) == other
    assert identities.sign_in(store, "https://one.example", "9", None) is None


def test_a_new_password_ends_the_sessions(store: Store, user: int) -> None:
    before = people.sign_in(store, "Nadia", PASSWORD, "x")
    people.set_password(store, "Nadia", "un autre mot de passe")
    assert before is not None and people.known(store, before.id, before.stamp) is None
    assert people.sign_in(store, "Nadia", PASSWORD, "x") is None


@pytest.mark.parametrize(
    ("name", "role", "password", "says"),
    [("", "lead", PASSWORD, "name"), ("Nadia", "lead", PASSWORD, "already"), ("Léo", "boss", PASSWORD, "role"), ("Léo", "lead", "court", "10 to 200")],
)  # fmt: skip
def test_a_user_that_cannot_be_made_is_told_why(
    store: Store, user: int, name: str, role: str, password: str, says: str
) -> None:
    with pytest.raises(people.UserError, match=says):
        people.add(store, name, role, password)
    assert [found.name for found in people.listed(store)] == ["Nadia"]


def everything(store: Store) -> dict[str, list[Any]]:
    with store.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for table in tables.Base.metadata.sorted_tables
            if table.name not in ("lock", "sign_in_failure")
        }


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_restores_into_either_database(
    store: Store, user: int, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    keep(store)
    number = decide(store, ids(store)[0], user, Verdict("set", "claim", 1, "à revoir", True, (CueSpan("hedge", 0, 2),)))
    decisions.undo(store, number, user, token="u")
    file = tmp_path / "sauvegarde.gz"
    rows = backup.backup(store, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(backup.BackupError, match="already"):
        backup.backup(store, file)
    url = f"sqlite:///{tmp_path}/other.db" if target == "sqlite" else fresh_database(request.getfixturevalue("server"))
    other = Store.open(url)
    assert backup.restore(other, file) == rows
    assert everything(other) == everything(store)
    people.add(other, "Zoé", "admin", PASSWORD)  # numbers go on where they were
    with pytest.raises(backup.BackupError, match="not empty"):
        backup.restore(other, file)
    other.close()


def test_a_damaged_backup_restores_nothing(store: Store, user: int, tmp_path: Path) -> None:
    keep(store)
    file = tmp_path / "b.gz"
    backup.backup(store, file)
    content = file.read_bytes()
    other = Store.open(f"sqlite:///{tmp_path}/other.db")
    for damage in (content[: len(content) // 2], b"not a gzip", b""):
        file.write_bytes(damage)
        with pytest.raises(backup.BackupError):
            backup.restore(other, file)
        assert not any(everything(other).values())
    with pytest.raises(backup.BackupError, match="cannot be read"):
        backup.restore(other, tmp_path / "none.gz")
    other.close()


def test_the_embedded_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/data/sourcier.db")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "data").iterdir()} == {0o600}
    store.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="SOURCIER_DATA"):
        Store.open(f"sqlite:///{tmp_path}/file/sourcier.db")
    (tmp_path / "not.db").write_text("this is no database, whatever its name says" * 50)
    with pytest.raises(StoreError, match=r"not\.db"):
        Store.open(f"sqlite:///{tmp_path}/not.db")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1/x") as caught:
        Store.open("postgresql+psycopg://u:hush@127.0.0.1:1/x")
    assert "hush" not in str(caught.value)


def test_every_query_uses_an_index(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/sourcier.db")
    statements: dict[str, Any] = {}

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, executemany: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            statements.setdefault(statement, parameters[0] if executemany else parameters)

    event.listen(store._engine, "before_cursor_execute", note)
    exercise(store)
    connection = sqlite3.connect(tmp_path / "sourcier.db")
    names = {f"SCAN {table}" for table in (*tables.Base.metadata.tables, "mine", "vote_1")}
    for statement, parameters in statements.items():
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        for step in plan:
            assert step not in names, (statement, plan)
            # As many sentences are open as there are moderators: that list alone may be sorted.
            is_progress = "IN (SELECT lock.sentence_id" in statement
            assert is_progress or "TEMP B-TREE FOR ORDER BY" not in step, (statement, plan)
    assert len(statements) > 25
    store.close()


def exercise(store: Store) -> None:
    """Everything that pages and commands ask of a store."""
    user = people.add(store, "Nadia", "moderator", PASSWORD)
    number = keep(store)
    for order in queue.ORDERS:
        for filters in (
            {},
            {"level": 1},
            {"kind": "claim"},
            {"cue": "hedge"},
            {"state": "decided"},
            {"state": "disputed"},
        ):
            queue.listed(store, Filter(order=order, **filters), user)
            queue.following(store, Filter(order=order, **filters), user, passed=1)
    queue.listed(store, Filter(state="progress", order="age"))
    token = keys.make(store, "cms", ["feedback"])
    key = keys.find(store, token)
    assert key is not None and keys.any_made(store) and keys.outlets(store) == []
    feedback.receive(store, key.id, token="t", hash="0" * 16, model="m", fault="other", comment="", text=None)
    feedback.about(store, "0" * 16)
    for order in queue.ORDERS:
        queue.listed(store, Filter(order=order, outlet="Sud"))
        queue.listed(store, Filter(order=order, feedback=True))
    sentence = ids(store)[0]
    queue.open_for(store, sentence, user)
    queue.give_back(store, sentence, user)
    queue.holder_of(store, sentence)
    made = decide(store, sentence, user)
    articles.load(store, number)
    articles.article_of(store, sentence)
    list(export.labelled(store))
    export.purged(store)
    export.undecided(store)
    team.overview(store, 30)
    decided.last_of(store, user)
    decided.seen_by(store, sentence, user)
    decided.newest(store, sentence)
    decisions.undo(store, made, user, token="u")
    found = people.sign_in(store, "Nadia", PASSWORD, "x")
    assert found is not None
    people.known(store, found.id, found.stamp)
    people.set_password(store, "Nadia", PASSWORD + "!")
    keep(store)
    keys.revoke(store, "cms")
    articles.purge(store, 1)
