"""Blind votes: the sheet that labellers see, the answers they write, and what is merged from them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from training import dataset
from training.__main__ import cli
from training.encode import EncodeError
from training.votes import Cue, Vote, is_disputed, merge, read_labels, read_texts, sheet

TEXTS = """\
=== local-901 | local | Suisse romande
title Le bac de Crozon à quai
p Le bac reste à quai depuis l’aube, selon Maud Kerien.
+ Le bac, ce vieux bac, repartira peut-être jeudi.

p La mairie dément toute panne.
=== sport-901 | sport | Belgique
p Le club de Ciney perd 3\u00a0à\u202f1.
"""
LABELS_A = """\
# what labeller a reads
=== local-901
--- 0 claim 2
--- 1 claim 3
source person = Maud Kerien
attribution = selon
--- 2 prediction 1
hedge = peut-être
precision = jeudi
--- 3 claim 1
denial = dément
link contests 1
=== sport-901
--- 0 claim 3
precision = 3 à 1
"""
LABELS_B = """\
=== local-901
--- 0 claim 2
--- 1 claim 3
source person = selon Maud Kerien
--- 2 claim 3
precision = repartira peut-être jeudi
--- 3 claim 2
denial = dément toute panne
link contests 1
=== sport-901
--- 0 claim 3
"""
LABELS_C = """\
=== local-901
--- 2 prediction 2
hedge = peut-être
"""
SHEET = """\
=== local-901

[0] Le bac de Crozon à quai

[1] Le bac reste à quai depuis l’aube, selon Maud Kerien.
[2] Le bac, ce vieux bac, repartira peut-être jeudi.

[3] La mairie dément toute panne.

=== sport-901

[0] Le club de Ciney perd 3 à 1.
"""


def articles() -> list[dict[str, Any]]:
    return read_texts(TEXTS.split("\n"))


def answers(labels: str, given: list[dict[str, Any]] | None = None) -> dict[str, list[Vote | None]]:
    return read_labels(labels.split("\n"), articles() if given is None else given, "a.txt")


def labelled(**by: str) -> list[dict[str, Any]]:
    """The articles, merged from label files by labeller."""
    found = {name: answers(labels) for name, labels in by.items()}
    return [merge(article, {name: votes[article["id"]] for name, votes in found.items()}) for article in articles()]


def one(*votes: Vote, sentence: str = "Le vieux phare de Groix fermera, dit-on.") -> dict[str, Any]:
    """The only sentence of an article after merging votes of the labellers a, b, c…"""
    (article,) = read_texts(["=== phare-1 | local | France", f"p {sentence}"])
    merged: dict[str, Any] = merge(article, {name: [vote] for name, vote in zip("abcd", votes, strict=False)})
    return merged["sentences"][0]


def vote(kind: str, level: int | None, *cues: Cue, links: tuple[tuple[str, int], ...] = ()) -> Vote:
    return Vote(kind, level, cues, links)


def words(article: dict[str, Any], found: Vote | None) -> list[tuple[str, str, str]]:
    assert found is not None
    return [(cue.category, article["text"][cue.start : cue.end], cue.source_kind) for cue in found.cues]


# --- texts -----------------------------------------------------------------------------------------------------------


def test_texts_become_articles_without_labels() -> None:
    local, sport = articles()
    assert [local["id"], local["genre"], local["region"]] == ["local-901", "local", "Suisse romande"]
    assert sport["id"] == "sport-901" and sport["text"] == "Le club de Ciney perd 3\u00a0à\u202f1."
    assert local["text"].startswith("Le bac de Crozon à quai\n\nLe bac reste") and "Kerien. Le bac, ce" in local["text"]
    assert [block["kind"] for block in local["blocks"]] == ["title", "paragraph", "paragraph"]
    assert [sentence["index"] for sentence in local["sentences"]] == [0, 1, 2, 3]
    for sentence in local["sentences"]:
        assert local["text"][sentence["start"] : sentence["end"]] == sentence["text"]
        assert (sentence["kind"], sentence["level"], sentence["votes"]) == (None, None, [])


def test_every_fault_of_a_text_file_comes_with_its_line() -> None:
    lines = [
        "p Aucun article ne commence ici.",
        "=== pont-1 | local | France",
        "q Le pont a un bloc inconnu.",
        "p",
        "",
        "p Le pont tient.",
        "=== pont-2 | local",
        "Le pont n'a pas de bloc.",
    ]
    with pytest.raises(EncodeError) as caught:
        read_texts(lines, "t.txt")
    assert [fault.partition(": ")[0] for fault in caught.value.faults] == [f"t.txt:{n}" for n in (1, 3, 4, 7, 8)]
    assert "'q Le pont a un bloc inconnu.'" in caught.value.faults[1]


def test_an_article_id_stands_once_in_a_text_file() -> None:
    lines = ["=== pont-1 | local | France", "p Le pont tient.", "=== pont-1 | local | France", "p Le pont cède."]
    with pytest.raises(EncodeError) as caught:
        read_texts(lines, "t.txt")
    assert caught.value.faults == ["t.txt: article id 'pont-1' stands twice"]


# --- sheets ----------------------------------------------------------------------------------------------------------


def test_a_sheet_numbers_sentences_and_opens_blocks_with_a_blank_line() -> None:
    assert sheet(articles()) == SHEET


def test_a_sheet_shows_nothing_that_anybody_labelled() -> None:
    merged = labelled(a=LABELS_A, b=LABELS_B)
    assert merged[0]["sentences"][3]["links"] and merged[0]["sentences"][2]["kind"] == "claim"
    assert sheet(merged) == SHEET


def test_a_sheet_of_disputes_stars_them_and_leaves_out_the_rest() -> None:
    local, _, rest = SHEET.partition("\n\n=== sport-901")
    assert rest
    assert sheet(labelled(a=LABELS_A, b=LABELS_B), disputed=True) == local.replace("[2]", "[*2]") + "\n"


@pytest.mark.parametrize(
    ("votes", "disputed"),
    [
        ([], False),
        ([("claim", 2)], False),
        ([("claim", 2), ("claim", 2)], False),
        ([("claim", 2), ("claim", 3)], False),
        ([("claim", 1), ("claim", 3)], True),
        ([("claim", 3), ("claim", 1)], True),
        ([("claim", 2), ("opinion", 2)], True),
        ([("claim", 2), ("none", None)], True),
        ([("none", None), ("none", None)], False),
        ([("claim", 2), ("none", None), ("claim", 3)], False),
        ([("claim", 2), ("none", None), ("opinion", 2)], True),
        ([("claim", 0), ("claim", 2), ("claim", 4)], False),
    ],
)
def test_votes_are_disputed_for_want_of_a_kind_or_two_levels_apart(
    votes: list[tuple[str, int | None]], disputed: bool
) -> None:
    assert is_disputed({name: vote(*given) for name, given in zip("abc", votes, strict=False)}) is disputed


# --- answers ---------------------------------------------------------------------------------------------------------


def test_answers_become_votes_with_offsets_in_the_article() -> None:
    local, sport = articles()
    found = answers(LABELS_A)
    votes = found["local-901"]
    assert [(vote.kind, vote.level) for vote in votes if vote] == [
        ("claim", 2),
        ("claim", 3),
        ("prediction", 1),
        ("claim", 1),
    ]
    assert words(local, votes[0]) == []
    assert words(local, votes[1]) == [("attribution", "selon", ""), ("source", "Maud Kerien", "person")]
    assert words(local, votes[2]) == [("hedge", "peut-être", ""), ("precision", "jeudi", "")]
    assert votes[3] and votes[3].links == (("contests", 1),)
    assert words(sport, found["sport-901"][0]) == [("precision", "3\u00a0à\u202f1", "")]


def test_words_are_found_where_they_stand_the_nth_time() -> None:
    local = articles()[0]
    sentence = local["sentences"][2]
    places = []
    for nth in ("", "#1 ", "#2 "):
        found = answers(LABELS_A.replace("hedge = peut-être\n", f"vague = {nth}bac\n"))["local-901"][2]
        assert found is not None
        (cue,) = [cue for cue in found.cues if cue.category == "vague"]
        assert local["text"][cue.start : cue.end] == "bac"
        places.append(cue.start - sentence["start"])
    assert places == [len("Le "), len("Le "), len("Le bac, ce vieux ")]


def test_words_are_whole_words() -> None:
    sentence = "La mairesse de Vaux, maire depuis mars, se tait."
    (article,) = read_texts(["=== vaux-1 | local | France", f"p {sentence}"])
    found = read_labels(["=== vaux-1", "--- 0 claim 2", "vague = maire"], [article])["vaux-1"][0]
    assert found and [cue.start for cue in found.cues] == [sentence.index("maire depuis")]
    (article,) = read_texts(["=== vaux-1 | local | France", "p Aucun cri, d’un bord à l’autre."])
    lines = ["=== vaux-1", "--- 0 claim 2", "vague = un", "attribution = d'"]
    assert words(article, read_labels(lines, [article])["vaux-1"][0]) == [
        ("attribution", "d’", ""),
        ("vague", "un", ""),
    ]


@pytest.mark.parametrize(
    ("sentence", "typed"),
    [
        ("Le quai de l’Aube est clos.", "de l'Aube est"),
        ("Le quai de l'Aube est clos.", "de l’Aube est"),
        ("Il manque 40\u00a0000\u202f€ au port.", "40 000 €"),
        ("Il manque 40 000 € au port.", "40\u00a0000\u202f€"),
        ("Il manque  deux   grues.", "manque deux grues"),
        ("Le tarif (hors taxe) monte.", "(hors taxe)"),
    ],
)
def test_apostrophes_and_spaces_may_be_typed_otherwise(sentence: str, typed: str) -> None:
    (article,) = read_texts(["=== quai-1 | local | France", "title Un quai", f"p {sentence}"])
    lines = ["=== quai-1", "--- 0 none -", "--- 1 claim 2", f"precision = {typed}"]
    found = read_labels(lines, [article])["quai-1"][1]
    plain = str.maketrans("’\u00a0\u202f", "'  ")
    ((_, marked, _),) = words(article, found)
    assert " ".join(marked.translate(plain).split()) == typed.translate(plain)


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("hedge = peut-être", "hedge = sans doute"), 8, "do not stand in the sentence: 'sans doute'"),
        (("hedge = peut-être", "hedge = #2 peut-être"), 8, "do not stand in the sentence: 'peut-être'"),
        (("hedge = peut-être", "hedge = la mairie"), 8, "do not stand in the sentence: 'la mairie'"),
        (("hedge = peut-être", "doubt = peut-être"), 8, "'doubt = peut-être': expected a category"),
        (("hedge = peut-être", "hedge person = peut-être"), 8, "expected a category, and for source its kind"),
        (("source person =", "source ="), 5, "for source its kind"),
        (("source person =", "source voisin ="), 5, "for source its kind"),
        (("hedge = peut-être", "peut-être"), 8, "not a cue ('category = words') nor a link"),
        (("--- 0 claim 2", "--- 0 none 2"), 3, "level '-' for none alone"),
        (("--- 0 claim 2", "--- 0 claim -"), 3, "level '-' for none alone"),
        (("--- 0 claim 2", "--- 0 rumeur 2"), 3, "expected a kind (claim, opinion, prediction, none)"),
        (("--- 0 claim 2", "--- 0 claim 5"), 3, "expected '--- number kind level'"),
        (("--- 0 claim 2", "--- 4 claim 2"), 3, "with a sentence of the article"),
        (("link contests 1", "link refutes 1"), 12, "expected one of contests, corroborates, same_source"),
        (("link contests 1", "link contests 4"), 12, "and a sentence of the article"),
        (("link contests 1", "link contests 3"), 12, "a sentence has no link to itself"),
        (("--- 3 claim 1", "--- 2 claim 1"), 10, "sentence 2 is labelled a second time"),
        (("hedge = peut-être", "hedge = peut-êt"), 8, "do not stand in the sentence: 'peut-êt'"),
        (("=== local-901", "=== local-902"), 2, "no article 'local-902'"),
        (("=== local-901\n", ""), 2, "an answer starts with '=== id'"),
        (("--- 0 claim 2", "precision = Crozon"), 3, "a sentence starts with '--- number kind level'"),
    ],
)
def test_a_fault_of_an_answer_is_named_with_its_line(change: tuple[str, str], line: int, message: str) -> None:
    assert change[0] in LABELS_A
    with pytest.raises(EncodeError) as caught:
        answers(LABELS_A.replace(change[0], change[1], 1))
    assert any(fault.startswith(f"a.txt:{line}: ") and message in fault for fault in caught.value.faults)


def test_all_faults_of_an_answer_come_at_once() -> None:
    damaged = LABELS_A.replace("hedge =", "doubt =").replace("= dément", "= confirme").replace("contests", "refutes")
    damaged = damaged.replace("--- 0 claim 2", "--- 0 none 2").replace("=== sport-901\n--- 0 claim 3", "=== sport-901")
    with pytest.raises(EncodeError) as caught:
        answers(damaged)
    assert [fault.partition(": ")[0] for fault in caught.value.faults] == [
        *(f"a.txt:{n}" for n in (3, 8, 11, 12, 14)),
        "a.txt",
    ]
    assert caught.value.faults[-1] == "a.txt: sport-901: sentences [0] are not labelled"


def test_sentences_without_an_answer_are_named() -> None:
    with pytest.raises(EncodeError) as caught:
        answers(LABELS_C)
    assert caught.value.faults == [
        "a.txt: local-901: sentences [0, 1, 3] are not labelled",
        "a.txt: sport-901: sentences [0] are not labelled",
    ]


def test_only_an_article_that_holds_votes_may_be_answered_in_part() -> None:
    found = answers(LABELS_C, labelled(a=LABELS_A, b=LABELS_B))
    assert found["sport-901"] == [None]
    assert [vote and (vote.kind, vote.level) for vote in found["local-901"]] == [None, None, ("prediction", 2), None]


def test_a_line_repeated_counts_once() -> None:
    doubled = LABELS_A.replace("hedge = peut-être\n", "hedge = peut-être\n" * 2).replace(
        "link contests 1\n", "link contests 1\n" * 2
    )
    assert answers(doubled) == answers(LABELS_A)


# --- merging ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "kind", "level"),
    [
        ([("claim", 3)], "claim", 3),
        ([("claim", 3), ("claim", 2)], "claim", 2),
        ([("claim", 2), ("claim", 3)], "claim", 2),
        ([("claim", 0), ("claim", 4), ("claim", 1)], "claim", 1),
        ([("claim", 4), ("claim", 3), ("claim", 1), ("claim", 2)], "claim", 2),
        ([("claim", 3), ("opinion", 1)], "opinion", 1),
        ([("opinion", 1), ("claim", 3)], "claim", 3),
        ([("claim", 3), ("none", None)], "none", None),
        ([("none", None), ("claim", 3)], "claim", 3),
        ([("claim", 4), ("claim", 2), ("opinion", 0)], "claim", 2),
        ([("claim", 4), ("opinion", 0), ("claim", 3)], "claim", 3),
        ([("opinion", 0), ("claim", 4), ("claim", 4)], "claim", 4),
        ([("none", None), ("none", None), ("claim", 3)], "none", None),
        ([("claim", 2), ("none", None), ("opinion", 1)], "opinion", 1),
        ([("claim", 2), ("opinion", 1), ("claim", 3), ("opinion", 4)], "opinion", 1),
    ],
)
def test_most_say_the_kind_the_last_settles_ties_and_the_lower_median_is_the_level(
    votes: list[tuple[str, int | None]], kind: str, level: int | None
) -> None:
    merged = one(*(vote(*given) for given in votes))
    assert (merged["kind"], merged["level"]) == (kind, level)


PHARE, VIEUX_PHARE, DIT_ON = (3, 14), (9, 14), (33, 39)  # "vieux phare", "phare", "dit-on"


def spans(*marked: list[Cue]) -> list[tuple[str, str, str | None]]:
    sentence = one(*(vote("claim", 2, *cues) for cues in marked))
    return [(cue["category"], cue["text"], cue.get("source_kind")) for cue in sentence["cues"]]


def test_the_offsets_of_these_tests_are_what_they_say() -> None:
    text = one(vote("claim", 2))["text"]
    assert [text[a:b] for a, b in (PHARE, VIEUX_PHARE, DIT_ON)] == ["vieux phare", "phare", "dit-on"]


@pytest.mark.parametrize(
    ("marked", "kept"),
    [
        ([[Cue("hedge", *DIT_ON)]], ["dit-on"]),
        ([[Cue("hedge", *DIT_ON)], []], []),
        ([[], [Cue("hedge", *DIT_ON)]], []),
        ([[Cue("hedge", *DIT_ON)], [Cue("hedge", *DIT_ON)]], ["dit-on"]),
        ([[Cue("hedge", *DIT_ON)], [Cue("vague", *DIT_ON)]], []),
        ([[Cue("vague", *PHARE)], [Cue("vague", *VIEUX_PHARE)]], ["vieux phare"]),
        ([[Cue("vague", *VIEUX_PHARE)], [Cue("vague", *PHARE)]], ["phare"]),
        ([[Cue("vague", *PHARE)], [Cue("vague", *DIT_ON)]], []),
        ([[Cue("vague", 3, 8)], [Cue("vague", 8, 14)]], []),
        ([[Cue("hedge", *DIT_ON)], [], []], []),
        ([[Cue("hedge", *DIT_ON)], [], [Cue("hedge", *DIT_ON)]], ["dit-on"]),
        ([[], [Cue("hedge", *DIT_ON)], [Cue("hedge", *DIT_ON)]], ["dit-on"]),
        ([[], [], [Cue("hedge", *DIT_ON)]], []),
        ([[Cue("hedge", *DIT_ON), Cue("vague", *PHARE)]] * 3, ["vieux phare", "dit-on"]),
    ],
)
def test_a_span_is_kept_that_two_labellers_mark(marked: list[list[Cue]], kept: list[str]) -> None:
    assert [text for _, text, _ in spans(*marked)] == kept


def test_two_spans_of_one_labeller_are_not_two_labellers() -> None:
    assert spans([Cue("vague", *PHARE), Cue("vague", *VIEUX_PHARE)], []) == []


def test_a_source_that_two_mark_takes_the_kind_of_most() -> None:
    person, role = Cue("source", *DIT_ON, "person"), Cue("source", *DIT_ON, "role")
    assert spans([person], [role], [role]) == [("source", "dit-on", "role")]
    assert spans([role], [person], [person]) == [("source", "dit-on", "person")]


def test_a_link_is_kept_that_two_labellers_see() -> None:
    contests, again, same = ("contests", 2), ("contests", 1), ("same_source", 1)
    two = one(vote("claim", 1, links=(contests, same)), vote("claim", 1, links=(same, again)))
    assert two["links"] == [{"type": "same_source", "sentence": 1}]
    three = one(vote("claim", 1, links=(contests,)), vote("claim", 1), vote("claim", 1, links=(contests, again)))
    assert three["links"] == [{"type": "contests", "sentence": 2}]
    assert one(vote("claim", 1, links=(contests,)))["links"] == [{"type": "contests", "sentence": 2}]


def test_a_merged_sentence_keeps_every_vote_as_it_was_given() -> None:
    source = Cue("source", *DIT_ON, "person")
    merged = one(vote("claim", 2, source, links=(("contests", 0),)), vote("none", None, Cue("vague", *PHARE)))
    assert merged["votes"] == [
        {"by": "a", "kind": "claim", "level": 2, "cues": [["source", *DIT_ON, "person"]], "links": [["contests", 0]]},
        {"by": "b", "kind": "none", "level": None, "cues": [["vague", *PHARE]], "links": []},
    ]


def test_a_further_labeller_is_added_to_the_votes_that_are_there() -> None:
    before = labelled(a=LABELS_A, b=LABELS_B)
    after = merge(before[0], {"c": answers(LABELS_C, before)["local-901"]})
    assert {key: after[key] for key in ("id", "genre", "region", "text", "blocks")} == {
        key: before[0][key] for key in ("id", "genre", "region", "text", "blocks")
    }
    for index, (old, new) in enumerate(zip(before[0]["sentences"], after["sentences"], strict=True)):
        if index != 2:
            assert new == old
    old, new = before[0]["sentences"][2], after["sentences"][2]
    assert new["votes"][:2] == old["votes"] and [given["by"] for given in new["votes"]] == ["a", "b", "c"]
    assert (old["kind"], old["level"], new["kind"], new["level"]) == ("claim", 3, "prediction", 1)
    assert [cue["text"] for cue in old["cues"]] == ["jeudi"]
    assert [cue["text"] for cue in new["cues"]] == ["peut-être", "jeudi"]


# --- the command line ------------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def written(folder: Path, **files: str) -> dict[str, Path]:
    paths = {name: folder / f"{name}.txt" for name in files}
    for name, text in files.items():
        paths[name].write_text(text, encoding="utf-8")
    return paths


def test_texts_to_sheet_to_labels_to_corpus_and_a_third_labeller(tmp_path: Path) -> None:
    paths = written(tmp_path, texts=TEXTS, a=LABELS_A, b=LABELS_B, c=LABELS_C)
    assert run("sheet", paths["texts"]).stdout == SHEET

    merged = run("merge", paths["texts"], "--labels", f"a={paths['a']}", "--labels", f"b={paths['b']}")
    assert merged.exit_code == 0, merged.output
    two = tmp_path / "two.jsonl"
    two.write_text(merged.stdout, encoding="utf-8")
    assert dataset.read([two]) == labelled(a=LABELS_A, b=LABELS_B)

    disputes = run("sheet", "--disputed", two)
    assert disputes.exit_code == 0, disputes.output
    assert "[*2] Le bac, ce vieux bac" in disputes.stdout and "[3] La mairie" in disputes.stdout
    assert disputes.stdout.count("*") == 1 and "sport-901" not in disputes.stdout

    merged = run("merge", two, "--labels", f"c={paths['c']}")
    assert merged.exit_code == 0, merged.output
    three = tmp_path / "three.jsonl"
    three.write_text(merged.stdout, encoding="utf-8")
    local, sport = dataset.read([three])
    assert [[given["by"] for given in sentence["votes"]] for sentence in local["sentences"]] == [
        ["a", "b"],
        ["a", "b"],
        ["a", "b", "c"],
        ["a", "b"],
    ]
    assert sport == json.loads(two.read_text(encoding="utf-8").split("\n")[1]), "no further vote changes nothing"
    assert run("sheet", "--disputed", three).stdout.strip() == "", "the third labeller has settled it"


@pytest.mark.parametrize(
    ("texts", "labels", "arguments", "message"),
    [
        (TEXTS.replace("title ", "titre "), "", ["sheet", "{texts}"], "texts.txt:2: neither"),
        (
            TEXTS.replace("title ", "titre "),
            LABELS_A,
            ["merge", "{texts}", "--labels", "a={a}"],
            "texts.txt:2: neither",
        ),
        (TEXTS, LABELS_A.replace("hedge", "doubt"), ["merge", "{texts}", "--labels", "a={a}"], "a.txt:8: 'doubt ="),
        (TEXTS, LABELS_C, ["merge", "{texts}", "--labels", "c={a}"], "local-901: sentences [0, 1, 3] are not labelled"),
        (TEXTS, LABELS_A, ["merge", "{texts}", "--labels", "a={a}.bak"], "a.txt.bak"),
    ],
)
def test_a_bad_file_is_named_without_a_traceback(
    tmp_path: Path, texts: str, labels: str, arguments: list[str], message: str
) -> None:
    paths = written(tmp_path, texts=texts, a=labels)
    done = run(*(argument.format(**paths) for argument in arguments))
    assert done.exit_code == 1 and done.stdout == ""
    assert message in done.stderr and isinstance(done.exception, SystemExit)


def test_a_damaged_corpus_file_is_named_without_a_traceback(tmp_path: Path) -> None:
    (damaged := tmp_path / "damaged.jsonl").write_text('{"id": "x-1"}\n', encoding="utf-8")
    done = run("sheet", "--disputed", damaged)
    assert done.exit_code == 1 and "damaged.jsonl:1: not a labelled article" in done.stderr
    assert isinstance(done.exception, SystemExit), "a fault that was foreseen"


@pytest.mark.parametrize("labels", [["{a}"], ["a="], ["={a}"], ["a={a}", "a={a}"]])
def test_labels_are_of_one_named_labeller_each(tmp_path: Path, labels: list[str]) -> None:
    paths = written(tmp_path, texts=TEXTS, a=LABELS_A)
    done = run("merge", paths["texts"], *(part for label in labels for part in ("--labels", label.format(**paths))))
    assert done.exit_code == 2 and "is not NAME=FILE" in done.stderr and isinstance(done.exception, SystemExit)


def test_a_person_sees_the_fault_alone(tmp_path: Path) -> None:
    paths = written(tmp_path, texts=TEXTS, a=LABELS_A.replace("= peut-être", "= sans doute"))
    command = [sys.executable, "-m", "training", "merge", str(paths["texts"]), "--labels", f"a={paths['a']}"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == "Error: a.txt:8: these words do not stand in the sentence: 'sans doute'\n"


@pytest.mark.parametrize("command", [["sheet"], ["encode"], ["merge", "--labels", "a=x"]])
def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path, command: list[str]) -> None:
    (latin := tmp_path / "latin.txt").write_bytes("=== été".encode("latin-1"))
    done = run(*command, latin)
    assert done.exit_code == 1 and "latin.txt: not UTF-8" in done.output and isinstance(done.exception, SystemExit)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert run("sheet", tmp_path).exit_code == 2


def test_an_article_has_sentences() -> None:
    with pytest.raises(EncodeError, match="local-2: no sentence"):
        read_texts(["=== local-1 | local | France", "p Le pont est fermé.", "=== local-2 | local | France"])


def test_three_votes_of_two_kinds_are_settled() -> None:
    votes = [Vote("claim", 1, (), ()), Vote("claim", 4, (), ()), Vote("none", None, (), ())]
    assert not is_disputed(dict(zip("abc", votes, strict=True)))
    assert is_disputed(dict(zip("ab", votes, strict=False)))
