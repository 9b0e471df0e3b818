"""Double review, disputes and who settles them, and the team's numbers, on both real databases."""

from __future__ import annotations

import itertools
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, select, text

from service.agreement import alpha_of_pairs, krippendorff_alpha
from service.article import KINDS
from service.store import articles, backup, decided, decisions, engine, export, people, queue, review, tables, team
from service.store.decisions import DecisionError, Verdict
from service.store.engine import Store
from service.store.queue import Filter
from service.store.team import Against, Said
from service.store.traits import CUE_BITS
from tests.stores import DAY, PASSWORD, Clock, decide, ids, keep
from training import dataset

TOKENS = itertools.count()


def level(number: int, kind: str = "claim") -> Verdict:
    return Verdict("set", kind, number)


SKIP = Verdict("skip", None, None)
NONE = Verdict("set", "none", None)


@pytest.fixture
def double(store: Store) -> Store:
    store.decisions_wanted = 2
    return store


@pytest.fixture
def people_of(store: Store) -> list[int]:
    return [people.add(store, name, "moderator", PASSWORD) for name in ("Nadia", "Léo", "Zoé")]


def vote(store: Store, sentence: int, user: int, verdict: Verdict, seen: int | None = None) -> int:
    """Decide as the page does: with what one may see."""
    newest = decided.seen_by(store, sentence, user).newest if seen is None else seen
    return decide(store, sentence, user, verdict, token=f"t{next(TOKENS)}", seen=newest)


def state(store: Store, sentence: int) -> str:
    with store.reading() as session:
        return session.get_one(tables.Sentence, sentence).state


def label(store: Store, sentence: int) -> tuple[Any, Any]:
    return decided.outcome(store, sentence).label


@pytest.mark.parametrize(
    ("verdicts", "wanted", "expected"),
    [
        ([level(2)], 1, ("decided", 0, ("claim", 2))),
        ([level(2)], 2, ("todo", 0, (None, None))),
        ([level(2), level(2)], 2, ("decided", 0, ("claim", 2))),
        ([level(3), level(2)], 2, ("decided", 1, ("claim", 2))),
        ([level(3), level(1)], 2, ("disputed", 2, (None, None))),
        ([level(4), level(0)], 1, ("disputed", 4, (None, None))),
        ([level(2), level(2, "opinion")], 2, ("disputed", 2, (None, None))),
        ([level(3), level(0, "opinion")], 2, ("disputed", 5, (None, None))),
        ([level(2), NONE], 2, ("disputed", 2, (None, None))),
        ([NONE, NONE], 2, ("decided", 0, ("none", None))),
        ([SKIP], 1, ("skipped", 0, (None, None))),
        ([level(2), SKIP], 1, ("decided", 0, ("claim", 2))),
        ([level(2), SKIP], 2, ("todo", 0, (None, None))),
        ([SKIP, level(2)], 2, ("todo", 0, (None, None))),
        ([level(4), level(0), level(1)], 1, ("decided", 4, ("claim", 1))),
        ([level(4), level(0), SKIP], 1, ("disputed", 4, (None, None))),
    ],
)
def test_what_decisions_make_of_a_sentence(
    store: Store,
    people_of: list[int],
    verdicts: list[Verdict],
    wanted: int,
    expected: tuple[Any, ...],
) -> None:
    store.decisions_wanted = wanted
    keep(store)
    sentence = ids(store)[0]
    for user, verdict in zip(people_of, verdicts, strict=False):
        vote(store, sentence, user, verdict)
    found = decided.outcome(store, sentence)
    assert (found.state, found.disagreement, found.label) == expected
    with store.reading() as session:
        row = session.get_one(tables.Sentence, sentence)
        assert (row.state, row.disagreement) == expected[:2]
        assert row.first_by == (found.opinions[0].user_id if expected[0] == "todo" else None)
        assert len(list(session.scalars(select(tables.Vote)))) == len([v for v in verdicts if v is not SKIP])


def test_the_second_sees_nothing_of_the_first(double: Store, people_of: list[int]) -> None:
    nadia, leo, zoe = people_of
    keep(double)
    sentence = ids(double)[0]
    vote(double, sentence, nadia, level(4))
    theirs = decided.seen_by(double, sentence, leo)
    assert theirs == ([], 0, "")
    mine = decided.seen_by(double, sentence, nadia)
    assert [made.level for made in mine.standing] == [4] and mine.part == "first"
    assert sentence not in [item.sentence_id for item in queue.listed(double, Filter(), nadia)[0]]
    assert queue.listed(double, Filter(), nadia)[1] == queue.listed(double, Filter(), leo)[1] - 1
    assert queue.following(double, Filter(), leo) == sentence != queue.following(double, Filter(), nadia)
    vote(double, sentence, leo, level(0))
    assert [made.user for made in decided.seen_by(double, sentence, leo).standing] == ["Nadia", "Léo"]
    assert [decided.seen_by(double, sentence, user).part for user in people_of] == ["side", "side", "third"]
    disputed = Filter(state="disputed")
    assert [queue.following(double, disputed, user) for user in people_of] == [None, None, sentence]
    vote(double, sentence, zoe, level(1))
    assert state(double, sentence) == "decided" and label(double, sentence) == ("claim", 1)


def test_undo_at_each_stage_goes_back_to_the_one_before(double: Store, people_of: list[int]) -> None:
    nadia, leo, zoe = people_of
    keep(double)
    sentence = ids(double)[0]
    first = vote(double, sentence, nadia, level(4))
    second = vote(double, sentence, leo, level(0))
    third = vote(double, sentence, zoe, level(1))

    def undo(number: int, user: int) -> tuple[str, int | None]:
        decisions.undo(double, number, user, token=f"t{next(TOKENS)}")
        with double.reading() as session:
            row = session.get_one(tables.Sentence, sentence)
            return row.state, row.first_by

    assert undo(third, zoe) == ("disputed", None)
    assert undo(first, nadia) == ("todo", leo)
    vote(double, sentence, nadia, level(1))
    assert state(double, sentence) == "decided"
    assert undo(second, leo) == ("todo", nadia)
    (left,) = decided.seen_by(double, sentence, nadia).standing
    assert undo(left.id, nadia) == ("todo", None)
    with double.reading() as session:
        assert session.get_one(tables.Sentence, sentence).disagreement == 0
        assert list(session.scalars(select(tables.Vote))) == []


def test_who_disagrees_may_change_their_mind_and_who_settled_too(double: Store, people_of: list[int]) -> None:
    nadia, leo, zoe = people_of
    keep(double)
    one, other = ids(double)[:2]
    for sentence in (one, other):
        vote(double, sentence, nadia, level(4))
        vote(double, sentence, leo, level(0))
    vote(double, one, leo, level(3))
    assert state(double, one) == "decided" and label(double, one) == ("claim", 3)
    vote(double, other, zoe, level(1))
    vote(double, other, zoe, level(2))
    assert label(double, other) == ("claim", 2)
    vote(double, other, nadia, level(3))
    assert label(double, other) == ("claim", 2), "what was settled stays so"
    with double.reading() as session:
        found = {vote.user_id: vote.place for vote in session.scalars(select(tables.Vote)) if vote.sentence_id == one}
    assert found == {nadia: 1, leo: 0}, "who has seen the other's is no measure of agreement"


def test_two_of_three_at_once_are_heard_and_none_twice(double: Store, people_of: list[int]) -> None:
    keep(double)
    sentence = ids(double)[0]

    def attempt(user: int) -> bool:
        try:
            decide(double, sentence, user, level(2), token=f"of-{user}", seen=0)
        except DecisionError as error:
            assert error.reason == "taken"
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        heard = list(pool.map(attempt, people_of * 2))  # everybody's form is sent twice
    assert sum(heard) == 4 and state(double, sentence) == "decided"
    assert len(decided.standing(double, sentence)) == 2


def test_a_sentence_keeps_the_rule_it_was_begun_under(store: Store, people_of: list[int]) -> None:
    keep(store)
    before, after = ids(store)[:2]
    vote(store, before, people_of[0], level(2))
    store.decisions_wanted = 2
    vote(store, after, people_of[0], level(2))
    store.decisions_wanted = 1
    assert (state(store, before), state(store, after)) == ("decided", "todo")
    assert [s["level"] for a in export.labelled(store) for s in a["sentences"] if s["votes"]] == [2]
    assert export.undecided(store) == 1
    vote(store, after, people_of[1], level(2))
    assert state(store, after) == "decided" and export.undecided(store) == 0


def test_a_purged_sentence_comes_back_where_it_stood(double: Store, people_of: list[int], clock: Clock) -> None:
    number = keep(double)
    one, other = ids(double)[:2]
    for user, verdict in zip(people_of, (level(4), level(0)), strict=False):
        vote(double, one, user, verdict)
    vote(double, other, people_of[0], level(2))
    clock.now += 31 * DAY
    articles.purge(double, 30)
    assert ids(double, state="disputed") == []
    assert keep(double) == number
    assert ids(double, state="disputed") == [one] and state(double, other) == "todo"


def test_the_queue_goes_by_disagreement(store: Store, people_of: list[int]) -> None:
    keep(store)
    far, near, same = ids(store)[:3]
    for sentence, verdicts in ((near, (3, 2)), (far, (4, 0)), (same, (1, 1))):
        for user, number in zip(people_of, verdicts, strict=False):
            vote(store, sentence, user, level(number))
    vote(store, far, people_of[2], level(2))
    items = queue.listed(store, Filter(order="disagreement", state="decided"))[0]
    assert [(item.sentence_id, item.disagreement) for item in items] == [(far, 4), (near, 1), (same, 0)]
    todo = [item.uncertainty for item in queue.listed(store, Filter(order="disagreement"))[0]]
    assert todo == sorted(todo, reverse=True), "doubt comes second"


def test_the_label_of_a_dispute_is_the_thirds_and_all_votes_come_along(
    double: Store, people_of: list[int], tmp_path: Path
) -> None:
    keep(double)
    one, other, third = ids(double)[:3]
    for sentence in (one, other):
        vote(double, sentence, people_of[0], level(4))
        vote(double, sentence, people_of[1], level(0, "opinion"))
    vote(double, one, people_of[2], level(2))
    vote(double, third, people_of[0], level(2))
    file = tmp_path / "moderation.jsonl"
    file.write_text("\n".join(json.dumps(article) for article in export.labelled(double)), encoding="utf-8")
    (article,) = dataset.read([file])
    (settled,) = [s for s in article["sentences"] if s["kind"]]
    assert (settled["kind"], settled["level"]) == ("claim", 2)
    assert [(v["by"], v["kind"], v["level"], v.get("settles")) for v in settled["votes"]] == [
        (f"m{people_of[0]}", "claim", 4, None),
        (f"m{people_of[1]}", "opinion", 0, None),
        (f"m{people_of[2]}", "claim", 2, True),
    ]
    assert export.undecided(double) == 2


def test_a_backup_holds_disputes(double: Store, people_of: list[int], tmp_path: Path) -> None:
    keep(double)
    sentence = ids(double)[0]
    vote(double, sentence, people_of[0], level(4))
    vote(double, sentence, people_of[1], level(0))
    backup.backup(double, tmp_path / "b.gz")
    other = Store.open(f"sqlite:///{tmp_path}/other.db")
    backup.restore(other, tmp_path / "b.gz")
    assert ids(other, state="disputed") == [sentence] and team.overview(other, 30).among.n == 1
    vote(other, sentence, people_of[2], level(1))
    assert label(other, sentence) == ("claim", 1)
    other.close()


def upgrade(address: str, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    made = create_engine(address)
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    made.dispose()


def test_a_store_of_the_first_schema_is_brought_over(url: str, tmp_path: Path) -> None:
    """Decisions of 0001: agreed, disputed, replaced, undone, skipped, purged."""
    if url.startswith("sqlite"):
        (tmp_path / "data").mkdir()
    upgrade(url, "0001")
    old = create_engine(url)
    cues = json.dumps([["source", 0, 2, "x", "person", None, None], ["hedge", 3, 5, "x", None, None, None]])
    with old.begin() as connection:
        run = connection.exec_driver_sql
        for number in (1, 2):
            run(
                f"INSERT INTO \"user\" (name, role, password_hash, stamp, created_at) VALUES ('M{number}', 'moderator', 'x', 'x', 0)"
            )
        run("INSERT INTO article VALUES (1, 'd', NULL, 0, NULL, 'Il pleut.', 't', '[]', 'm1', 'l', '[]', '[]')")
        for number, shown in enumerate(("decided", "decided", "decided", "todo", "skipped", "purged", "todo"), 1):
            run(f"INSERT INTO sentence VALUES ({number}, 1, {number}, 0, 9, 'h', '{shown}', 0, 'claim', 1, 0.5, 0.5)")
            for model, said in (("m1", 1), ("m2", 4)):
                run(
                    "INSERT INTO assessment (sentence_id, model, lexicon, assessed_at, kind, level, review, cues, contributions)"
                    f" VALUES ({number}, '{model}', 'l', 5, 'claim', {said}, false, '{cues}', '[]')"
                )
        rows = [  # sentence, user, verdict, kind, level, blind, undoes
            (1, 1, "set", "'claim'", 3, "false", "NULL"),
            (1, 2, "set", "'claim'", 2, "true", "NULL"),
            (2, 1, "set", "'claim'", 4, "false", "NULL"),
            (2, 2, "set", "'claim'", 0, "false", "NULL"),
            (3, 1, "set", "'claim'", 4, "false", "NULL"),
            (3, 1, "set", "'claim'", 1, "false", "NULL"),
            (4, 1, "set", "'claim'", 1, "false", "NULL"),
            (4, 1, "undo", "NULL", "NULL", "false", "7"),
            (5, 2, "skip", "NULL", "NULL", "false", "NULL"),
            (6, 1, "set", "'none'", "NULL", "false", "NULL"),
        ]
        for number, (sentence, user, verdict, kind, said, blind, undoes) in enumerate(rows, 1):
            run(
                "INSERT INTO decision (sentence_id, user_id, decided_at, token, verdict, kind, level, blind, model, cues, wrong_cues, undoes)"
                f" VALUES ({sentence}, {user}, 10, 't{number}', '{verdict}', {kind}, {said}, {blind}, 'm1', '[]', '[]', {undoes})"
            )
    old.dispose()
    new = Store.open(url, lambda: 20)
    with new.reading() as session:
        found = [
            (row.state, row.disagreement)
            for row in session.scalars(select(tables.Sentence).order_by(tables.Sentence.id))
        ]
        votes = {(v.sentence_id, v.user_id): v for v in session.scalars(select(tables.Vote))}
    assert found == [
        ("decided", 1),
        ("disputed", 4),
        ("decided", 0),
        ("todo", 0),
        ("skipped", 0),
        ("purged", 0),
        ("todo", 0),
    ]
    assert {key: (v.place, *told(v)) for key, v in votes.items()} == {
        (1, 1): (1, 3, 1, "hedge,source"),
        (1, 2): (2, 2, 1, "hedge,source"),
        (2, 1): (1, 4, 1, "hedge,source"),
        (2, 2): (0, 0, 1, "hedge,source"),
        (3, 1): (1, 1, 1, "hedge,source"),
        (6, 1): (1, None, 1, "hedge,source"),
    }
    with pytest.raises(Exception, match="can only be added to"), new.writing() as session:
        session.execute(text("UPDATE decision SET level = 0"))
    third = people.add(new, "Zoé", "lead", PASSWORD)
    vote(new, 2, third, level(1))
    assert state(new, 2) == "decided" and label(new, 2) == ("claim", 1)
    new.close()


def test_the_teams_numbers_are_those_of_the_decisions(double: Store, people_of: list[int], clock: Clock) -> None:
    nadia, leo, zoe = people_of
    keep(double, "\n\n".join(f"Le pont numéro {n} a fermé mardi, selon la mairie de Sète." for n in range(14)))
    chosen = ids(double)
    model = queue.listed(double, Filter())[0][0].level
    assert model is not None
    clock.now = 20_780 * DAY + 100  # the middle of a week
    pairs = [(3, 3), (3, 2), (2, 2), (4, 4), (1, 1), (0, 0), (2, 3), (3, 3), (4, 3), (1, 2), (0, 0)]
    for sentence, (one, other) in zip(chosen, pairs, strict=False):
        vote(double, sentence, nadia, Verdict("set", "claim", one, blind=True))
        clock.now += DAY if sentence == chosen[0] else 0
        vote(double, sentence, leo, level(other))
    vote(double, chosen[11], nadia, NONE)
    vote(double, chosen[11], leo, level(3))  # disputed
    vote(double, chosen[12], nadia, level(2, "opinion"))  # waits
    vote(double, chosen[13], zoe, SKIP)
    undone = vote(double, chosen[13], zoe, level(0))
    decisions.undo(double, undone, zoe, token="undo")
    found = team.overview(double, 30)
    assert (found.disputed, found.waiting, found.all.n) == (1, 1, 25)
    assert found.among.n == 12 and found.among.level_alpha == pytest.approx(krippendorff_alpha(pairs))
    kinds = [[0, 0]] * 11 + [[1, 0]]
    assert found.among.kind_alpha == pytest.approx(1 - 2 * 23 * 1 / (2 * 23 * 1)), kinds
    ones, others = [one for one, _ in pairs], [other for _, other in pairs]
    assert found.blind == against([(one, "claim") for one in ones], model)
    assert found.sighted == against(
        [*((other, "claim") for other in others), (None, "none"), (3, "claim"), (2, "opinion")], model
    )
    assert found.sighted.mean == pytest.approx(sum(model - x for x in [*others, 3, 2]) / 13)
    rows = {row.name: row for row in found.categories}
    assert rows["source"].all == found.all and rows["source"].blind == found.blind and rows["hedge"].all.n == 0
    assert rows["source"].among == found.among
    assert {row.name: row.all.n for row in found.kinds if row.all.n} == {"claim": 25}
    days = {number: count for week in found.weeks for number, count in week}
    assert len(days) == 35 and (days[20_780], days[20_781]) == (1, 24) and sum(filter(None, days.values())) == 25
    assert all((number - 4) % 7 == place for week in found.weeks for place, (number, _) in enumerate(week))
    clock.now += 31 * DAY
    assert team.overview(double, 30).all.n == 0 and team.overview(double, 90).all.n == 25


def against(said: list[tuple[int | None, str]], model: int) -> Against:
    """By the definition, one decision after another."""
    levels = [number for number, _ in said if number is not None]
    return Against(
        n=len(said),
        levels=len(levels),
        right=levels.count(model),
        too_high=sum(number < model for number in levels),
        too_low=sum(number > model for number in levels),
        same_kind=sum(kind == "claim" for _, kind in said),
        corrected=sum((number, kind) != (model, "claim") for number, kind in said),
        difference=sum(model - number for number in levels),
    )


def test_few_pairs_have_no_alpha() -> None:
    among = team.Among()
    among.add(Said("claim", 2), Said("claim", 2), team.LEAST - 1)
    assert among.level_alpha is None and among.kind_alpha is None
    among.add(Said("none", None), Said("claim", 2), 1)
    assert among.level_alpha is None and among.kind_alpha == pytest.approx(0.0, abs=0.06)


def test_alpha_of_pairs_is_that_of_the_votes() -> None:
    votes = [[0, 0], [1, 1], [2, 2], [0, 2], [4, 3], [4, 3]]
    pairs = {(0, 0): 1, (1, 1): 1, (2, 2): 1, (0, 2): 1, (4, 3): 2}
    assert alpha_of_pairs(pairs, 5, is_ordinal=True) == pytest.approx(krippendorff_alpha(votes))
    # Nominal, by hand: n0 = n1 = 3 of 6, one pair of three differs: 1 - 5 · 2 / (2 · 3 · 3)
    assert alpha_of_pairs({(0, 0): 1, (0, 1): 1, (1, 1): 1}, len(KINDS), is_ordinal=False) == pytest.approx(4 / 9)
    # Two nominal values that are far apart differ no more than two that are near.
    assert alpha_of_pairs({(0, 0): 1, (0, 4): 1, (4, 4): 1}, 5, is_ordinal=False) == pytest.approx(4 / 9)


def told(vote: tables.Vote) -> tuple[int | None, int | None, str]:
    """Level, the model's level and the categories of a stored vote."""
    rest, model = divmod(vote.said, review.CODES)
    names = sorted(name for name, bit in CUE_BITS.items() if vote.mask & bit)
    return review.decoded(rest % review.CODES)[1], review.decoded(model)[1], ",".join(names)


def test_the_team_view_reads_indexes_alone_and_sorts_nothing(tmp_path: Path) -> None:
    opened = Store.open(f"sqlite:///{tmp_path}/sourcier.db")
    statements: list[tuple[str, Any]] = []
    event.listen(opened._engine, "before_cursor_execute", lambda *given: statements.append(given[2:4]))
    team.overview(opened, 30)
    opened.close()
    connection = sqlite3.connect(tmp_path / "sourcier.db")
    plans = [
        " / ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))
        for statement, parameters in statements
        if statement.startswith("SELECT")
    ]
    assert len(plans) == 5 and sum("USING COVERING INDEX ix_vote" in plan for plan in plans) == 3, plans
    grouped = [plan for plan in plans if "ix_vote_said" in plan or "ix_vote_pair" in plan]
    assert len(grouped) == 2 and not any("TEMP B-TREE" in plan for plan in grouped), plans
    rest = [plan for plan in plans if plan not in grouped]
    assert all("SEARCH" in plan and "SCAN" not in plan for plan in rest), plans
