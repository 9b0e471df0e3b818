"""The cue lexicon: every example beside a cue holds, and mistakes in a cue file are named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.article import CATEGORIES
from service.entries import TOKEN
from service.examples import check_examples
from service.inflection import inflected
from service.lexicon import Lexicon, LexiconError
from service.matching import scan
from service.scan import tokenize
from service.sources import analyse
from service.text import from_text


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


def test_every_example_of_every_cue_holds(lexicon: Lexicon) -> None:
    assert check_examples(lexicon) == []


def test_a_text_may_end_with_any_cue(lexicon: Lexicon) -> None:
    """Cut off right after a cue, without a mark: what looks at the next word must not look past the text."""
    for entry in lexicon.entries:
        for example in entry.fires_on:
            text = example.partition("]]")[0].replace("[[", "")
            assert analyse(from_text(text), lexicon).document.text == text
    for form in sorted({form for entry in lexicon.entries for form in entry.forms if entry.category == "source"}):
        analyse(from_text(f"Pour {form}"), lexicon)


def test_every_category_but_quote_has_cues(lexicon: Lexicon) -> None:
    # Quotation marks are found by service.quotes, not by the lexicon.
    assert {entry.category for entry in lexicon.entries} == set(CATEGORIES) - {"quote"}


def categories_in(lexicon: Lexicon, text: str) -> set[str]:
    found = scan(from_text(text), lexicon)
    return {hit.entry.category for hits in found.hits for hit in hits}


@pytest.mark.parametrize(
    "text",
    [
        "Le régime pourrait s'effondrer.",
        "Le RÉGIME POURRAIT s’effondrer.",
        "La garde est partie, ce qui peut indiquer une fuite.",
        "Le regime pourrait s\u2019effondrer\u00a0!",
    ],
)
def test_hedges(lexicon: Lexicon, text: str) -> None:
    assert "hedge" in categories_in(lexicon, text)


@pytest.mark.parametrize(
    "text",
    [
        "Son portrait ornait la mairie.",
        "Il déclarait ses revenus chaque année.",
        "S'il venait, il pourrait voter.",
        "Le pouvoir d'achat recule.",
        "Les enfants peuvent entrer dès huit heures.",
    ],
)
def test_look_alikes_are_no_hedges(lexicon: Lexicon, text: str) -> None:
    assert categories_in(lexicon, text).isdisjoint({"hedge", "conditional"})


def test_decomposed_accents_give_offsets_in_the_text_as_sent(lexicon: Lexicon) -> None:
    text = "Le maire e\u0301lu a de\u0301menti ces propos."
    found = scan(from_text(text), lexicon)
    spans = [
        found.original(hit.start, hit.end) for hits in found.hits for hit in hits if hit.entry.category == "denial"
    ]
    assert [text[start:end] for start, end in spans] == ["a de\u0301menti"]


GOOD = """
[[cue]]
id = "peut-etre"
category = "hedge"
forms = ["peut-être"]
fires_on = ["Il viendra [[peut-être]]."]
silent_on = ["Il viendra."]
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Lexicon]:
    folder = tmp_path / "fr"
    folder.mkdir()

    def loader(content: str) -> Lexicon:
        (folder / "hedge.toml").write_text(content, encoding="utf-8")
        return Lexicon.load(tmp_path)

    return loader


def test_a_sound_file_loads(load: Callable[[str], Lexicon]) -> None:
    assert [entry.id for entry in load(GOOD).entries] == ["peut-etre"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('silent_on = ["Il viendra."]', ""), "silent_on is missing"),
        (('fires_on = ["Il viendra [[peut-être]]."]', ""), "fires_on is missing"),
        (("[[peut-être]]", "peut-être"), "mark the words once"),
        (('category = "hedge"', 'category = "doubt"'), "unknown category 'doubt'"),
        (('category = "hedge"', 'category = "hedge"\nstrenght = 2'), "unknown field 'strenght'"),
        (('forms = ["peut-être"]', 'forms = "peut-être"'), "takes a list of words"),
        (('forms = ["peut-être"]', 'lemma = "peutêtrer"'), "peutêtrer"),
        (('forms = ["peut-être"]', "pattern = '(a+)+'\nat = [\"a\"]"), "without bound"),
        (('forms = ["peut-être"]', "pattern = 'a{0,40}(?:b{0,40}c){0,40}'\nat = [\"a\"]"), "may repeat 1600 times"),
        (('forms = ["peut-être"]', "pattern = '(a'\nat = [\"a\"]"), "not a valid pattern"),
        (('forms = ["peut-être"]', "pattern = 'a'"), "a pattern needs `at`"),
        (('forms = ["peut-être"]', 'forms = ["peut-être"]\nlemma = "dire"'), "exactly one of"),
        (('category = "hedge"', 'category = "hedge"\nmood = "conditionel"'), "mood 'conditionel' is not one of"),
        (('category = "hedge"', 'category = "hedge"\nparty = "somebody"'), "party 'somebody' is not one of any, named"),
        (
            ('category = "hedge"', 'category = "hedge"\nforms_file = "liste.txt"'),
            "cue 'peut-etre': liste.txt: No such file",
        ),
        (('category = "hedge"', 'category = "source"'), "source_kind goes with category source"),
        (("[[cue]]", "[[cues]]"), "unknown table 'cues'"),
        (("[[cue]]", "[[cue]"), "not readable as TOML"),
    ],
)
def test_a_mistake_is_named_with_file_and_cue(
    load: Callable[[str], Lexicon], change: tuple[str, str], message: str
) -> None:
    with pytest.raises(LexiconError, match=r"hedge\.toml|/fr") as caught:
        load(GOOD.replace(*change))
    assert message in str(caught.value)


INFLECTED = GOOD.replace('forms = ["peut-être"]', 'forms = ["boiteux"]\ninflect = "adjective"').replace(
    "[[peut-être]]", "[[boiteuses]]"
)


@pytest.mark.parametrize(
    ("line", "kind", "forms"),
    [
        ("boiteux", "adjective", ("boiteux", "boiteuse", "boiteuses")),
        ("hâtif", "adjective", ("hâtif", "hâtive", "hâtifs", "hâtives")),
        ("amer", "adjective", ("amer", "amère", "amers", "amères")),
        ("cruel", "adjective", ("cruel", "cruelle", "cruels", "cruelles")),
        ("brutal", "adjective", ("brutal", "brutale", "brutaux", "brutales")),
        ("novateur", "adjective", ("novateur", "novatrice", "novateurs", "novatrices")),
        ("trompeur", "adjective", ("trompeur", "trompeuse", "trompeurs", "trompeuses")),
        ("mal ficelé", "adjective", ("mal ficelé", "mal ficelée", "mal ficelés", "mal ficelées")),
        ("absurde", "adjective", ("absurde", "absurdes")),
        ("doux, douce, doux, douces", "adjective", ("doux", "douce", "doux", "douces")),
        ("fléau", "noun", ("fléau", "fléaux")),
        ("fiasco", "noun", ("fiasco", "fiascos")),
        ("mépris", "noun", ("mépris",)),
    ],
)
def test_a_word_of_a_list_stands_for_all_its_forms(line: str, kind: str, forms: tuple[str, ...]) -> None:
    assert inflected(line, kind) == forms


def test_forms_are_inflected_where_the_cue_says_so(load: Callable[[str], Lexicon]) -> None:
    assert load(INFLECTED).entries[0].forms == ("boiteux", "boiteuse", "boiteuses")
    with pytest.raises(LexiconError, match="inflect is one of adjective, noun"):
        load(INFLECTED.replace('"adjective"', '"verb"'))


def test_a_cue_may_have_its_forms_in_a_list_only(load: Callable[[str], Lexicon], tmp_path: Path) -> None:
    (tmp_path / "fr" / "liste.txt").write_text("# noms\npeut-être\n", encoding="utf-8")
    assert load(GOOD.replace('forms = ["peut-être"]', 'forms_file = "liste.txt"')).entries[0].forms == ("peut-être",)


def test_the_same_words_twice_are_refused(load: Callable[[str], Lexicon]) -> None:
    with pytest.raises(LexiconError, match="already in 'peut-etre'"):
        load(GOOD + GOOD.replace('id = "peut-etre"', 'id = "autre"'))


def test_the_same_id_twice_is_refused(load: Callable[[str], Lexicon]) -> None:
    with pytest.raises(LexiconError, match="is already in"):
        load(GOOD + GOOD.replace('forms = ["peut-être"]', 'forms = ["il se peut"]'))


PARTY = """
[[cue]]
id = "batelier"
category = "source"
source_kind = "role"
forms = ["batelière"]
fires_on = ["La [[batelière]] dort."]
silent_on = ["Le bac dort."]

[[cue]]
id = "aux-yeux-de"
category = "attribution"
forms = ["aux yeux de"]
fires_on = ["[[Aux yeux de]] la batelière, le bac est lent."]
silent_on = ["Elle a les yeux clairs."]
"""
LISTED = GOOD.replace("forms = ", 'forms_file = "liste.txt"\nforms = ')


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        ("", {"la batelière", "Claire Roux"}),
        ("any", {"la batelière", "la brodeuse", "Claire Roux"}),
        ("named", {"Claire Roux"}),
    ],
)
def test_party_says_who_may_stand_behind_a_preposition(
    load: Callable[[str], Lexicon], party: str, expected: set[str]
) -> None:
    lexicon = load(PARTY.replace('category = "attribution"', f'category = "attribution"\nparty = "{party}"'))
    articles = [
        analyse(from_text(f"Aux yeux de {who}, le bac est lent."), lexicon)
        for who in ("la batelière", "la brodeuse", "Claire Roux")
    ]
    assert {cue.text for article in articles for cue in article.cues if cue.category == "source"} == expected


def test_forms_of_a_list_join_those_of_the_cue(load: Callable[[str], Lexicon], tmp_path: Path) -> None:
    (tmp_path / "fr" / "liste.txt").write_text("# adverbes\n\nsans doute\n  il se peut \n", encoding="utf-8")
    assert [entry.forms for entry in load(LISTED).entries] == [("peut-être", "sans doute", "il se peut")]
    assert categories_in(load(LISTED), "Elle dort sans doute.") == {"hedge"}
    assert categories_in(load(GOOD), "Elle dort sans doute.") == set()


def test_another_list_is_another_version(load: Callable[[str], Lexicon], tmp_path: Path) -> None:
    listed = tmp_path / "fr" / "liste.txt"
    versions = []
    for content in ("sans doute\n", "sans doute\nil se peut\n"):
        listed.write_text(content, encoding="utf-8")
        versions.append(load(LISTED).version)
    assert versions[0] != versions[1]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("La préfecture du Var a également fait savoir que la route rouvrirait.", ["a également fait savoir"]),
        ("La préfecture du Var fait ses comptes.", []),
    ],
)
def test_the_word_that_completes_a_verb_belongs_to_its_mark(lexicon: Lexicon, text: str, marks: list[str]) -> None:
    found = analyse(from_text(text), lexicon).cues
    assert [cue.text for cue in found if cue.category == "attribution"] == marks


def test_a_listed_neighbour_is_one_that_its_pattern_matches(lexicon: Lexicon) -> None:
    """The matcher takes such a word for a match without asking the pattern."""
    checks = [check for entry in lexicon.entries for check in entry.context if check.words]
    assert any(check.is_before for check in checks) and any(not check.is_before for check in checks)
    for check in checks:
        for word in check.words:
            found = check.pattern.search(f"x {word}") if check.is_before else check.pattern.match(f"{word} x")
            assert found and found[0] == word and word in check.tokens


@given(st.text(alphabet=["a", "é", "'", "»", "-", "1", ".", "_", " ", " ", "\n", "\r", "\t", "\u2028"], max_size=30))
def test_tokens_are_those_of_the_pattern_whatever_white_space_parts_them(lexicon: Lexicon, text: str) -> None:
    """Tokens of known words are looked up between spaces; uneven white space must not move one."""
    found = tokenize(from_text(text), lexicon.verbs)
    spans = [match.span() for match in TOKEN.finditer(text)]
    assert list(zip(found.starts, found.ends, strict=True)) == spans
    assert found.forms == [text[start:end] for start, end in spans]


def test_what_stands_before_a_cue_is_sought_as_far_back_as_its_pattern_reaches(lexicon: Lexicon) -> None:
    checks = [check for entry in lexicon.entries for check in entry.context if check.is_before and check.words]
    assert any(check.window < 40 for check in checks)
    for check in checks:
        for word in check.words:
            end = len(f"x {word}")
            assert check.pattern.search(f"x {word}", max(0, end - check.window), end)
