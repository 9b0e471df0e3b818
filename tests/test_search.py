"""Full-text search and the filters of the queue, on both real databases."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from service.article import CATEGORIES, SOURCE_KINDS
from service.store import articles, backup, engine, queue, search, traits
from service.store.engine import Store
from service.store.queue import Filter
from tests.databases import fresh_database
from tests.stores import DAY, Clock, ids, keep

STRANGE = (
    "L’Œuvre de Saint-Étienne\n\n"
    "Deux pompiers volontaires ont éteint l’été dernier un feu à Saint-Étienne. "
    "Le pompier de Nîmes n'a rien vu. Étienne Roux, un saint, a dit « NEAR » et \"AND\" près de l'œuvre."
)


def found(store: Store, typed: str, **filters: Any) -> list[str]:
    return [item.text for item in queue.listed(store, Filter.of({"q": typed, **filters}))[0]]


def test_words_are_found_whatever_capitals_accents_and_plurals(store: Store) -> None:
    keep(store, STRANGE)
    title, fire, nimes, near = _sentences(store)
    for typed, expected in {
        "POMPIER": {fire, nimes},
        "pompiers nimes": {nimes},
        "été": {fire},
        "oeuvre": {title, near},
        "saint-étienne": {title, fire},
        "saint étienne": {title, fire, near},
        '"un saint"': {near},
        "« saint un »": set(),
        "“un feu à” deux": {fire},
        "pomp": set(),
    }.items():
        assert set(found(store, typed)) == expected, typed


@pytest.mark.parametrize(
    "typed",
    ['"', "«", '"feu', "feu AND NOT", "NEAR(feu, 2)", "words:feu", "feu*", "^feu", "feu | !pompier & (", "-feu", "fe\\'u", "feu'); DROP TABLE sentence_search; --", "feu\x00", "\ud800feu", "é" * 300, "a " * 300, ":typed %s %(x)s feu"],
)  # fmt: skip
def test_what_is_typed_is_never_syntax(store: Store, typed: str) -> None:
    keep(store, STRANGE)
    queue.listed(store, Filter.of({"q": typed}))
    assert queue.listed(store, Filter(q="?!")) == ([], 0)
    assert found(store, "NEAR") == found(store, "AND") == [_sentences(store)[3]], "an operator is a word"
    assert found(store, "words:feu") == found(store, "feu NOT éteint") == [], "no column, no operator"


def test_what_has_no_word_in_it_counts_as_left_out() -> None:
    assert Filter.of({"q": " ?! * « » "}) == Filter()
    assert Filter.of({"q": "x" * 500}).q == "x" * search.MAX_TYPED


def test_a_search_goes_with_filters_orders_and_the_next_sentence(store: Store, user: int) -> None:
    keep(store, STRANGE)
    keep(store)
    assert found(store, "pompier", source="anonymous") == []
    (anonymous,) = queue.listed(store, Filter(q="source", source="anonymous"))[0]
    assert anonymous.text.startswith("Selon une source proche")
    for order in queue.ORDERS:
        chosen = Filter(q="pont", order=order)
        listed, total = queue.listed(store, chosen)
        assert total == len(listed) == (2 if order != "level" else sum(item.level is not None for item in listed))
        assert queue.following(store, chosen, user) == listed[0].sentence_id
        assert (
            queue.following(store, chosen, user, passed=listed[0].sentence_id) == (listed[1:] or [None])[0].sentence_id
        )


def test_the_same_document_again_is_indexed_once(store: Store) -> None:
    keep(store)
    keep(store, version="m2")
    assert len(found(store, "préfecture")) == 1
    with store.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM sentence_search")) == 6


def test_a_purge_leaves_no_searched_word_in_any_file(store: Store, clock: Clock, tmp_path: Path) -> None:
    keep(store, "Le zébulonique pont a fermé. Il rouvrira.")
    clock.now += 20 * DAY
    keep(store)
    clock.now += 11 * DAY
    assert articles.purge(store, 30) == 1
    assert found(store, "zébulonique", state="todo") == [] and len(found(store, "préfecture")) == 1
    with store.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM sentence_search")) == 6
    if store.is_sqlite:
        # FTS5 shortens a word by what it shares with the word before: its end shows whether it is there.
        for file in (tmp_path / "data").iterdir():
            assert b"bulonique" not in file.read_bytes(), file.name
        with sqlite3.connect(tmp_path / "data" / "sourcier.db") as connection:
            connection.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, sentence_search, row)")
            terms = {term for (term,) in connection.execute("SELECT term FROM v")}
        assert "zebulonique" not in terms and "rouvrira" not in terms and "prefecture" in terms
    keep(store, "Le zébulonique pont a fermé. Il rouvrira.")
    assert len(found(store, "zébulonique")) == 1, "the same document comes back"


def test_a_restored_store_is_searched_as_the_first(store: Store, tmp_path: Path) -> None:
    keep(store, STRANGE)
    keep(store)
    backup.backup(store, tmp_path / "b.gz")
    other = Store.open(f"sqlite:///{tmp_path}/other.db")
    backup.restore(other, tmp_path / "b.gz")
    for typed in ("pompier", "saint-étienne", "préfecture démenti", '"un saint"', "rien"):
        assert found(other, typed) == found(store, typed) != [], typed
    assert ids(other, source="anonymous") == ids(store, source="anonymous") != []
    other.close()


def test_the_queue_is_filtered_by_source_days_and_model(store: Store, clock: Clock) -> None:
    first = clock.now
    keep(store)
    clock.now += 2 * DAY
    keep(store, STRANGE, version="m2")
    assert [item.text[:21] for item in queue.listed(store, Filter(source="institution"))[0]] == [
        "La préfecture de l'Hé"
    ]
    inherited = [item.text for item in queue.listed(store, Filter(source="person", order="age", until="2027-01-15"))[0]]
    assert any("Il est dangereux" in sentence for sentence in inherited), "its source stands in the sentence before"
    assert first == 1_800_000_000  # 15 January 2027, 8 in the morning
    for since, until, n in [
        ("2027-01-15", "2027-01-15", 6),
        ("2027-01-16", None, 4),
        ("2027-01-17", "2027-01-17", 4),
        ("2027-01-16", "2027-01-16", 0),
        (None, "2027-01-14", 0),
        ("2027-01-17", "2027-01-15", 0),
        ("0001-01-01", "9999-12-31", 10),
    ]:
        assert queue.listed(store, Filter(since=since, until=until))[1] == n, (since, until)
        assert queue.listed(store, Filter(order="age", since=since, until=until))[1] == n, (since, until)
    assert queue.models(store) == ["m2", "m1"]
    assert queue.listed(store, Filter(model="m1"))[1] == 6 and queue.listed(store, Filter(model="m2"))[1] == 4
    keep(store, version="m2")
    assert queue.listed(store, Filter(model="m1"))[1] == 0 and queue.models(store) == ["m2"], "the newest assessment"
    assert queue.listed(store, Filter(model="m2", q="préfecture", cue="denial", since="2027-01-17"))[1] == 1


def test_the_new_filters_survive_the_address_and_nonsense_counts_as_left_out() -> None:
    chosen = Filter(source="role", since="2026-11-01", until="2026-11-25", model="2026-11-25", q="« le maire » Sète")
    assert Filter.of({name: str(value) for name, value in chosen.address().items()}) == chosen
    for nonsense in ("x", "2026-13-01", "20261125", "2026-11-25T00", "٢٠٢٦-١١-٢٥", "\x00", "9" * 100):
        assert Filter.of({"source": nonsense, "since": nonsense, "until": nonsense}) == Filter(), nonsense
    assert Filter.of({"model": "a\x00b"}) == Filter.of({"model": "x" * 201}) == Filter()


def test_each_name_has_a_bit_of_its_own_for_good() -> None:
    assert set(traits.CUE_BITS) == set(CATEGORIES) and set(traits.SOURCE_BITS) == set(SOURCE_KINDS)
    bits = [*traits.CUE_BITS.values(), *traits.SOURCE_BITS.values()]
    assert len(set(bits)) == len(bits) and all(bit.bit_count() == 1 and bit < 1 << 63 for bit in bits)
    assert (traits.CUE_BITS["quote"], traits.SOURCE_BITS["anonymous"]) == (1 << 10, 1 << 37), "stored rows have them"


def test_a_sentence_longer_than_any_is_kept_and_found(store: Store) -> None:
    keep(store, "Le pont " + ", ".join(f"mot{n}é" for n in range(9_000)) + " a fermé.")
    assert len(found(store, "mot7e mot3990e")) == 1 == len(found(store, '"pont mot0e mot1e"'))


def test_a_store_of_the_first_version_is_brought_up_to_date(url: str, clock: Clock) -> None:
    """Its rows are those of a store of today, without what the migration adds."""
    today = Store.open(url, clock)
    keep(today)
    keep(today, version="m2")
    keep(today, STRANGE)
    clock.now += 3
    expected = {name: ids(today, **filters) for name, filters in _FILTERS.items()}
    tables = ["article", "sentence", "assessment"]
    with today.reading() as session:
        rows = {
            name: [dict(row) for row in session.execute(text(f"SELECT * FROM {name}")).mappings()] for name in tables
        }
    old_url = _of_first_version(url, rows)
    today.close()
    old = Store.open(old_url, clock)
    assert {name: ids(old, **filters) for name, filters in _FILTERS.items()} == expected
    assert all(expected.values())
    old.close()


_FILTERS: dict[str, dict[str, Any]] = {
    "words": {"q": "préfecture"}, "phrase": {"q": '"un saint"'}, "m1": {"model": "m1"}, "m2": {"model": "m2"},
    "cue": {"cue": "denial"}, "source": {"source": "anonymous"}, "inherited": {"source": "person"},
}  # fmt: skip


_LATER = {
    "sentence": ("traits", "model", "disagreement", "wanted", "first_by"), "article": ("outlet",), "decision": ("stage",),
}  # fmt: skip


def _of_first_version(url: str, rows: dict[str, list[dict[str, Any]]]) -> str:
    """Another database on the same server or in the same folder, as migration 0001 left it, with these rows."""
    new = url.replace(".db", "-old.db") if url.startswith("sqlite") else fresh_database(url.rpartition("/")[0])
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    made = create_engine(new)
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, some in rows.items():
            added = _LATER.get(table, ())
            kept = [
                {
                    name: json.dumps(value) if isinstance(value, list) else value
                    for name, value in row.items()
                    if name not in added
                }
                for row in some
            ]
            names = ", ".join(f'"{name}"' for name in kept[0])
            values = ", ".join(f":{name}" for name in kept[0])
            connection.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({values})'), kept)
    made.dispose()
    return new


def _sentences(store: Store) -> list[str]:
    loaded = articles.load(store, 1)
    assert loaded is not None
    return [loaded.text[s.start : s.end] for s in loaded.sentences]
