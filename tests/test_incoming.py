"""Labels in and out: four formats, every fault at once, leaks refused, nothing half-written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from training import dataset
from training.__main__ import cli
from training.incoming.leaks import twins

HEADER = "article,genre,region,block,text,kind,level,by,cues,links\n"
LAKE = (
    "lac-1,local,France,title,Deux blessés à Sète,claim,2,léa,precision = à Sète,\n"
    'lac-1,local,France,p,"Le maire, Jean Roux, a annoncé mardi que le maire d’Agde viendra.",claim,4,léa,'
    '"source person = Le maire, Jean Roux | hedge = #2 maire",\n'
    "lac-1,local,France,+,Photo DR,none,,léa,,\n"
    "lac-1,local,France,p,Une source dément.,claim,1,léa,,contests 1\n"
)
MILL = (
    "moulin-1,local,France,p,Le moulin de Vens a rouvert samedi.,claim,3,léa,,\n"
    "moulin-1,local,France,+,Il moud trois tonnes de blé par jour.,claim,2,léa,,\n"
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus folder of one file, and the file that imports go to."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    lines = [json.dumps(article, ensure_ascii=False) for article in dataset.read()[:20]]
    (folder / "old.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "new.jsonl"


def run(corpus: Path, *arguments: object) -> Result:
    return CliRunner().invoke(cli, ["import", *map(str, arguments), "--to", str(corpus)])


def write(corpus: Path, name: str, content: str) -> Path:
    path = corpus.parent.parent / name
    path.write_text(content, encoding="utf-8")
    return path


def plain(article: dict[str, Any]) -> dict[str, Any]:
    """Without what no order is promised of."""
    sentences = [
        sentence
        | {
            "votes": [
                vote | {"cues": sorted(vote["cues"]), "links": sorted(vote["links"])} for vote in sentence["votes"]
            ]
        }
        for sentence in article["sentences"]
    ]
    return {key: article[key] for key in ("id", "genre", "region", "text")} | {"sentences": sentences}


def test_a_table_becomes_an_article_with_votes_cues_and_links(corpus: Path) -> None:
    done = run(corpus, write(corpus, "week.csv", HEADER + LAKE))
    assert done.exit_code == 0, done.output
    (article,) = dataset.read([corpus])
    assert article["text"].startswith("Deux blessés à Sète\n\nLe maire, Jean Roux, a annoncé mardi que")
    assert [block["kind"] for block in article["blocks"]] == ["title", "paragraph", "paragraph"]
    assert [(s["kind"], s["level"]) for s in article["sentences"]] == [
        ("claim", 2), ("claim", 4), ("none", None), ("claim", 1),
    ]  # fmt: skip
    words = [(cue["category"], cue["text"]) for cue in article["sentences"][1]["cues"]]
    assert words == [("source", "Le maire, Jean Roux"), ("hedge", "maire")]
    assert article["sentences"][1]["cues"][1]["start"] > article["sentences"][1]["cues"][0]["end"], "#2: the second"
    assert article["sentences"][3]["links"] == [{"type": "contests", "sentence": 1}]
    assert {vote["by"] for sentence in article["sentences"] for vote in sentence["votes"]} == {"léa"}


def test_semicolons_and_a_byte_order_mark_are_read(corpus: Path) -> None:
    text = "\ufeffarticle;text;kind;level\nlac-2;Le lac a gelé mardi.;claim;2\n"
    done = run(corpus, write(corpus, "excel.csv", text), "--by", "léa")
    assert done.exit_code == 0, done.output
    (article,) = dataset.read([corpus])
    assert article["sentences"][0]["votes"][0]["by"] == "léa"


FAULTY = (
    "f-1,local,France,p,Le lac a gelé.,claim,7,léa,,\n"
    "f-2,local,France,p,La digue tient.,rumeur,2,léa,,\n"
    "f-3,local,France,p,La route est coupée.,claim,2,léa,hedge = pourrait,\n"
    "f-4,local,France,p,Le pont rouvre.,claim,2,,,\n"
    "f-5,local,France,p,Le bac est plein.,claim,2,léa,,contests 9\n"
)


def test_every_fault_is_listed_with_file_line_field_and_fix_and_nothing_is_taken(corpus: Path) -> None:
    file = write(corpus, "week.csv", HEADER + MILL + FAULTY)
    done = run(corpus, file, "--json")
    assert done.exit_code == 1 and not corpus.exists()
    assert "5 faults; nothing was taken" in done.stderr
    found = json.loads(done.stdout)["faults"]
    assert [(fault["file"], fault["line"], fault["field"]) for fault in found] == [
        ("week.csv", 4, "level"),
        ("week.csv", 5, "kind"),
        ("week.csv", 6, "cues"),
        ("week.csv", 7, "by"),
        ("week.csv", 8, "links"),
    ]
    assert all(fault["problem"] and fault["fix"] for fault in found)
    assert "week.csv:4: level: level '7' does not go with kind 'claim'; write a level from 0 to 4" in done.stderr


def test_skip_bad_takes_the_rest_and_the_refused_rows_can_be_mended(corpus: Path) -> None:
    file = write(corpus, "week.csv", HEADER + MILL + FAULTY)
    done = run(corpus, file, "--skip-bad")
    assert done.exit_code == 0, done.output
    assert [article["id"] for article in dataset.read([corpus])] == ["moulin-1"]
    refused = file.with_name("week.refused.csv")
    rows = list(csv.DictReader(io.StringIO(refused.read_text(encoding="utf-8"))))
    assert [row["article"] for row in rows] == ["f-1", "f-2", "f-3", "f-4", "f-5"]
    assert all(row["faults"] for row in rows)
    mended = refused.read_text(encoding="utf-8").replace(",7,", ",3,").replace("rumeur", "claim")
    mended = mended.replace("hedge = pourrait", "").replace(",2,,,,", ",2,léa,,,").replace("contests 9", "")
    refused.write_text(mended, encoding="utf-8")
    done = run(corpus, refused)
    assert done.exit_code == 0, done.output
    assert len(dataset.read([corpus])) == 6


def test_importing_twice_changes_nothing_and_a_second_labeller_adds_votes(corpus: Path) -> None:
    file = write(corpus, "week.csv", HEADER + LAKE)
    assert run(corpus, file).exit_code == 0
    before = corpus.read_bytes()
    assert "1 there already" in run(corpus, file).output and corpus.read_bytes() == before
    other = write(corpus, "other.csv", HEADER + LAKE.replace("léa", "max").replace("claim,1,max", "claim,2,max"))
    assert "1 with further votes" in run(corpus, other).output
    (article,) = dataset.read([corpus])
    assert [vote["by"] for vote in article["sentences"][3]["votes"]] == ["léa", "max"]
    changed = write(corpus, "changed.csv", HEADER + LAKE.replace("claim,1", "claim,0"))
    done = run(corpus, changed)
    assert done.exit_code == 1 and "'léa' has labelled this article otherwise already" in done.stderr


def near(article: dict[str, Any], name: str) -> str:
    """The article under another id with a word in twelve changed, as a table."""
    target = io.StringIO()
    writer = csv.writer(target)
    for sentence in article["sentences"]:
        words = sentence["text"].split()
        words[::12] = ["autrement"] * len(words[::12])
        writer.writerow([name, "", "", "", " ".join(words), sentence["kind"], sentence["level"], "léa", "", ""])
    return target.getvalue()


def test_a_near_duplicate_is_refused_and_named_as_a_leak_across_parts(corpus: Path) -> None:
    split = dataset.Split()
    article = max((a for a in dataset.read()[:20] if split.part(a["id"]) == "train"), key=lambda a: len(a["text"]))
    names = {split.part(f"copie-{n}"): f"copie-{n}" for n in range(30)}
    done = run(corpus, write(corpus, "copy.csv", HEADER + near(article, names["test"])))
    assert done.exit_code == 1 and not corpus.exists()
    assert f"of '{article['id']}', a leak between test and train" in done.stderr
    both = HEADER + MILL + MILL.replace("moulin-1", "moulin-2")
    done = run(corpus, write(corpus, "both.csv", both), "--skip-bad")
    assert done.exit_code == 0 and "it repeats 100% of 'moulin-1'" in done.stderr
    assert [found["id"] for found in dataset.read([corpus])] == ["moulin-1"]


def test_no_two_articles_of_the_corpus_are_near_duplicates() -> None:
    assert twins(dataset.read(), []) == []


def test_an_id_of_another_file_is_refused_with_the_way_to_add_votes(corpus: Path) -> None:
    taken = dataset.read()[0]["id"]
    done = run(corpus, write(corpus, "week.csv", HEADER + MILL.replace("moulin-1", taken)))
    assert done.exit_code == 1 and f"'{taken}' is in old.jsonl already" in done.stderr


def test_articles_of_the_corpus_format_are_checked_field_by_field(corpus: Path) -> None:
    sound, *others = dataset.read()[20:24]
    others[0]["sentences"][0]["level"] = 9
    others[1]["sentences"][0]["votes"][0]["cues"] = [["hedge", 5]]
    del others[2]["blocks"]
    lines = [json.dumps(article, ensure_ascii=False) for article in (sound, *others)] + ["{", '{"id": "x y"}']
    file = write(corpus, "articles.jsonl", "\n".join(lines))
    done = run(corpus, file, "--json")
    assert done.exit_code == 1
    found = [(fault["line"], fault["field"]) for fault in json.loads(done.stdout)["faults"]]
    assert found[:4] == [(2, "sentence 0"), (3, "sentence 0"), (4, "blocks"), (5, "line")]
    assert {field for line, field in found if line == 6} == {"id", "text", "blocks", "sentences"}
    assert run(corpus, file, "--skip-bad").exit_code == 0
    assert [plain(article) for article in dataset.read([corpus])] == [plain(sound)]
    assert file.with_name("articles.refused.jsonl").read_text(encoding="utf-8").split("\n")[:-1] == lines[1:]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "article,phrase\n", "no column text, kind, level; unknown phrase"),
        ("a.csv", HEADER + "lac-1,local\n", "2 cells, the header has 10"),
        ("a.csv", "", "no column article"),
        ("a.json", "{}", "not a list of tasks"),
        ("a.json", "[", "not JSON"),
        ("a.json", "[" * 100_000, "not JSON"),
        ("a.json", '[{"data": {"text": 3}, "annotations": []}]', "it has not the form of one"),
        ("a.json", '[{"data": {"text": "Un lac."}, "annotations": []}]', "nobody labelled it"),
        ("a.jsonl", '{"text": "Un lac.", "label": [[0, 7]]}', "it has not the form of an export"),
        ("a.jsonl", '{"text": "Un lac.", "label": [[0, 3, "claim 2"]]}', "4 characters lie in no sentence"),
        ("a.jsonl", '{"text": "Un lac.", "label": [[0, 7, "claim 2"], [0, 2, "doubt"]]}', "unknown label 'doubt'"),
        ("a.jsonl", '{"text": "Un lac.", "label": [[0, 7, "claim"]]}', "level '' does not go with kind 'claim'"),
        ("a.jsonl", '{"text": "Un \\ud800.", "label": [[0, 5, "claim 2"]]}', "a lone surrogate"),
        ("a.txt", "Un lac.", "its ending tells no format"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    corpus: Path, name: str, content: str, words: str
) -> None:
    done = run(corpus, write(corpus, name, content), "--by", "léa")
    assert done.exit_code == 1 and words in done.stderr and "; " in done.stderr, done.output
    assert not corpus.exists() and isinstance(done.exception, SystemExit)


def test_bytes_that_are_not_utf8_are_named(corpus: Path) -> None:
    path = corpus.parent.parent / "latin.csv"
    path.write_bytes((HEADER + MILL).encode().replace(b"\xc3\xa9", b"\xe9"))
    done = run(corpus, path)
    assert done.exit_code == 1 and "is not UTF-8; save the file as UTF-8" in done.stderr


def test_doccano_spans_and_relations_become_votes(corpus: Path) -> None:
    text = "Le pont 😀 a fermé.\n\nLa mairie dément."
    item = {
        "id": 7,
        "text": text,
        "entities": [
            {"id": 1, "start_offset": 0, "end_offset": 18, "label": "claim 2"},
            {"id": 2, "start_offset": 20, "end_offset": 37, "label": "claim:3"},
            {"id": 3, "start_offset": 20, "end_offset": 29, "label": "source institution"},
        ],
        "relations": [{"from_id": 2, "to_id": 1, "type": "contests"}],
        "meta": {"article": "pont-1", "genre": "local"},
    }
    done = run(corpus, write(corpus, "doccano.jsonl", json.dumps(item)), "--by", "léa")
    assert done.exit_code == 0, done.output
    (article,) = dataset.read([corpus])
    assert (article["id"], article["genre"]) == ("pont-1", "local")
    assert [(s["text"], s["level"]) for s in article["sentences"]] == [
        ("Le pont 😀 a fermé.", 2),
        ("La mairie dément.", 3),
    ]
    assert article["sentences"][1]["cues"][0]["text"] == "La mairie"
    assert article["sentences"][1]["links"] == [{"type": "contests", "sentence": 0}]


@pytest.mark.parametrize(("format_", "name"), [("csv", "labels.csv"), ("label-studio", "labels.json")])
def test_what_is_exported_can_be_imported_again(tmp_path: Path, format_: str, name: str) -> None:
    # Articles with a third labeller, who was asked for some sentences only.
    some = [a for a in dataset.read() if any(v["by"] == "c" for s in a["sentences"] for v in s["votes"])][:25]
    source, target = tmp_path / "some.jsonl", tmp_path / "back" / "some.jsonl"
    text = "\n".join(json.dumps(article, ensure_ascii=False) for article in some)
    source.write_text(text, encoding="utf-8")
    out = CliRunner().invoke(cli, ["export", "--format", format_, "--to", str(tmp_path / name), str(source)])
    assert out.exit_code == 0, out.output
    done = run(target, tmp_path / name)
    assert done.exit_code == 0, done.output
    assert [plain(article) for article in dataset.read([target])] == [plain(article) for article in some]


def test_label_studio_counts_in_utf16(tmp_path: Path) -> None:
    source, target = tmp_path / "one.jsonl", tmp_path / "back" / "one.jsonl"
    table = write(tmp_path / "x" / "y", "table.csv", HEADER + MILL.replace("Le moulin", "😀 Le moulin"))
    assert run(source, table).exit_code == 0
    CliRunner().invoke(cli, ["export", "--format", "label-studio", "--to", str(tmp_path / "a.json"), str(source)])
    (task,) = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    (first, *_) = task["annotations"][0]["result"]
    assert first["value"]["end"] == len(first["value"]["text"]) + 1, "the emoji counts twice"
    assert run(target, tmp_path / "a.json").exit_code == 0
    assert dataset.read([target]) == dataset.read([source])


def test_parquet_has_a_file_a_part_with_the_same_columns(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["export", "--format", "parquet", "--to", str(tmp_path / "hf"), "--json"])
    assert done.exit_code == 0, done.output
    articles = {article["id"]: article for article in dataset.read()}
    found, schemas = {}, []
    for part in dataset.PARTS:
        table = pq.read_table(tmp_path / "hf" / "data" / f"{part}-00000-of-00001.parquet")
        schemas.append(table.schema)
        for row in table.to_pylist():
            assert dataset.Split().part(row["id"]) == part
            found[row["id"]] = row
    assert set(found) == set(articles) and all(schema == schemas[0] for schema in schemas)
    for name, row in found.items():
        assert row["text"] == articles[name]["text"]
        labels = [(s["text"], s["kind"], s["level"]) for s in row["sentences"]]
        assert labels == [(s["text"], s["kind"], s["level"]) for s in articles[name]["sentences"]]
    assert "path: data/test-*" in (tmp_path / "hf" / "README.md").read_text()


# --- moderators' decisions --------------------------------------------------------------------------------------------


def decided(as_of: str, *votes: tuple[int, str, int], links: tuple[int, ...] = ()) -> str:
    """An article of four sentences as `python -m service export` writes it; votes are (sentence, moderator, level)."""
    texts = ["Le lac de Vens a gelé.", "Le maire l’a dit mardi.", "Les patineurs affluent.", "La glace tiendrait."]
    text, sentences, start = " ".join(texts), [], 0
    for index, words in enumerate(texts):
        given = [
            {"by": by, "kind": "claim", "level": level, "cues": [], "links": [], "blind": by == "m3", "model": "v1"}
            for place, by, level in votes
            if place == index
        ]
        found = [{"type": "corroborates", "sentence": 0}] if index in links else []
        kind, level = ("claim", given[-1]["level"]) if given else (None, None)
        place = {"index": index, "start": start, "end": start + len(words), "text": words}
        sentences.append({**place, "kind": kind, "level": level, "votes": given, "cues": [], "links": found})
        start += len(words) + 1
    blocks = [{"kind": "paragraph", "start": 0, "end": len(text)}]
    head = {"id": "kept-0123456789ab", "as_of": as_of, "genre": "moderation", "region": ""}
    return json.dumps({**head, "text": text, "blocks": blocks, "sentences": sentences}, ensure_ascii=False) + "\n"


MONDAY, TUESDAY = "2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z"


def test_a_later_export_of_decisions_takes_the_place_of_an_earlier_one(corpus: Path) -> None:
    monday = write(corpus, "monday.jsonl", decided(MONDAY, (0, "m3", 2), (1, "m3", 3), (2, "m4", 1), links=(1,)))
    done = run(corpus, monday, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["decisions"] == {"new": 3, "changed": 0, "same": 0, "withdrawn": 0}
    (article,) = dataset.read([corpus])
    assert [s["level"] for s in article["sentences"]] == [2, 3, 1, None], "what nobody decided is context"
    (vote,) = article["sentences"][1]["votes"]
    assert (vote["by"], vote["blind"], vote["model"]) == ("m3", True, "v1")
    assert article["sentences"][1]["links"] == [{"type": "corroborates", "sentence": 0}], "taken as they are"

    before = corpus.read_bytes()
    again = write(corpus, "again.jsonl", monday.read_text(encoding="utf-8").replace(MONDAY, TUESDAY))
    assert "0 new, 0 changed, 3 same, 0 withdrawn" in run(corpus, again).output and corpus.read_bytes() == before

    # A level is changed, a decision undone, one added, and a second moderator decides too.
    tuesday = write(
        corpus, "tuesday.jsonl", decided(TUESDAY, (0, "m3", 4), (1, "m3", 3), (1, "m4", 2), (3, "m4", 0), links=(1,))
    )
    done = run(corpus, tuesday)
    assert "1 with further votes" in done.output and "2 new, 1 changed, 1 same, 1 withdrawn" in done.output
    (article,) = dataset.read([corpus])
    assert [s["level"] for s in article["sentences"]] == [4, 2, None, 0]

    before = corpus.read_bytes()
    done = run(corpus, monday)
    assert "their decisions were exported later: kept-0123456789ab" in done.output and corpus.read_bytes() == before
    none_left = write(corpus, "wednesday.jsonl", decided("2026-11-25T06:00:00Z"))
    assert "4 withdrawn" in run(corpus, none_left).output and corpus.read_bytes() == b""
    assert run(corpus, tuesday).exit_code == 0 and len(dataset.read([corpus])) == 1


def test_decisions_stand_beside_what_labellers_say(corpus: Path) -> None:
    file = write(corpus, "monday.jsonl", decided(MONDAY, (0, "m3", 2), (1, "m3", 3)))
    assert run(corpus, file).exit_code == 0
    texts = [s["text"] for s in dataset.read([corpus])[0]["sentences"]]
    rows = [f"kept-0123456789ab,moderation,,+,{text},claim,1,léa,,\n" for text in texts]
    done = run(corpus, write(corpus, "lea.csv", HEADER + "".join(rows)))
    assert done.exit_code == 0 and "1 with further votes" in done.output, done.output
    done = run(corpus, write(corpus, "tuesday.jsonl", decided(TUESDAY, (0, "m3", 4), (2, "m4", 3))))
    assert "1 new, 1 changed, 0 same, 1 withdrawn" in done.output
    (article,) = dataset.read([corpus])
    votes = [[(vote["by"], vote["level"]) for vote in s["votes"]] for s in article["sentences"]]
    assert votes == [[("léa", 1), ("m3", 4)], [("léa", 1)], [("léa", 1), ("m4", 3)], [("léa", 1)]]
    assert [s["level"] for s in article["sentences"]] == [1, 1, 1, 1], "the lower of two"
    before = corpus.read_bytes()
    assert (
        "0 new, 0 changed, 2 same"
        in run(corpus, write(corpus, "b.jsonl", decided(TUESDAY, (0, "m3", 4), (2, "m4", 3)))).output
    )
    assert corpus.read_bytes() == before


def test_a_table_keeps_what_nobody_decided_as_context(corpus: Path, tmp_path: Path) -> None:
    file = write(corpus, "monday.jsonl", decided(MONDAY, (1, "m3", 3), (2, "m4", 1)))
    out = CliRunner().invoke(cli, ["export", "--format", "csv", "--to", str(tmp_path / "out.csv"), str(file)])
    assert out.exit_code == 0, out.output
    assert run(corpus, tmp_path / "out.csv").exit_code == 0
    (back,), (article,) = dataset.read([corpus]), dataset.read([file])
    assert back["text"] == article["text"]
    found = [(s["kind"], s["level"], [vote["by"] for vote in s["votes"]]) for s in back["sentences"]]
    assert found == [(None, None, []), ("claim", 3, ["m3"]), ("claim", 1, ["m4"]), (None, None, [])]
    empty = write(corpus, "empty.csv", HEADER + "vide-1,,,p,Un lac.,-,,léa,,\n")
    assert "nobody has labelled any sentence" in run(corpus, empty).stderr
    odd = write(corpus, "odd.csv", HEADER + "vide-1,,,p,Un lac.,-,3,léa,,\n")
    assert "odd.csv:2: kind: unknown kind '-'" in run(corpus, odd).stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: a.update(as_of="mardi"), "as_of: 'mardi' is no moment; write UTC, as 2026"),
        (lambda a: a["sentences"][0]["votes"][0].pop("model"), "sentence 0: the vote of 'm3' has no model"),
        (lambda a: a["sentences"][0]["votes"][0].update(level=9), "sentence 0: vote of 'm3': level 9"),
        (lambda a: a["sentences"][1].update(level=3), "sentence 1: unknown kind None"),
        (lambda a: a["sentences"][1].update(links=[{"type": "contests", "sentence": 0}]), "though nobody labelled it"),
        (lambda a: (a.pop("as_of"), a["sentences"][0].update(kind=None, level=None, votes=[])), "nobody has labelled"),
    ],
)
def test_a_decision_that_is_damaged_is_refused_by_field(corpus: Path, change: Any, words: str) -> None:
    article = json.loads(decided(MONDAY, (0, "m3", 2)))
    change(article)
    done = run(corpus, write(corpus, "bad.jsonl", json.dumps(article)))
    assert done.exit_code == 1 and words in done.stderr and "bad.jsonl:1: " in done.stderr, done.stderr
    assert not corpus.exists()


def test_decisions_on_an_article_of_the_corpus_are_refused_as_a_leak(corpus: Path) -> None:
    article = json.loads(decided(MONDAY, (0, "m3", 2)))
    copied = max(dataset.read()[:20], key=lambda a: len(a["text"]))
    plain = [s | {"kind": None, "level": None, "votes": [], "cues": [], "links": []} for s in copied["sentences"]]
    vote = article["sentences"][0]["votes"][0]
    plain[0] |= {"kind": "claim", "level": 2, "votes": [vote]}
    kept = article | {"text": copied["text"], "blocks": copied["blocks"], "sentences": plain}
    done = run(corpus, write(corpus, "kept.jsonl", json.dumps(kept)))
    assert done.exit_code == 1 and f"it repeats 100% of '{copied['id']}'" in done.stderr
