"""Feature columns: documented, in range, and monotone as the guideline promises — on rows and on real sentences."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.columns import FEATURES, NAMES
from service.estimators import ArticleFeatures
from service.features import sentence_features
from service.lexicon import Lexicon
from service.scoring import Scorer
from service.sources import analyse
from service.text import from_text

ROOT = Path(__file__).parent.parent
LEXICON = Lexicon.load()
SCORER = Scorer.load()

CLAIMS = (
    "Le pont a fermé",
    "L'usine de Vannes a perdu 300 emplois mardi",
    "Les rebelles ont pris la ville de Homs",
    "Le maire a rencontré les riverains dans la soirée",
    "La récolte de blé a reculé",
    "Trois bâtiments du port ont brûlé à Brest dans la nuit",
    "Le groupe vend sa filiale",
)
ATTRIBUTIONS = (
    "",
    ", selon Reuters",
    ", selon Marie Durand, préfète du Gard",
    ", selon une source policière",
    ", selon un témoin",
)


def score(text: str) -> float:
    """Score of the first sentence of ``text``."""
    value = SCORER.assess(analyse(from_text(text), LEXICON))[0].score
    assert value is not None
    return value


def row(text: str, sentence: int = 0) -> dict[str, float]:
    return dict(zip(NAMES, sentence_features(analyse(from_text(text), LEXICON))[sentence], strict=True))


def test_columns_are_named_once_documented_and_between_30_and_60() -> None:
    assert len(set(NAMES)) == len(FEATURES)
    assert 30 <= len(FEATURES) <= 60
    assert all(f.fr and f.en and f.why and f.low < f.high and f.monotone in (-1, 0, 1) for f in FEATURES)


def test_transformer_stacks_the_rows_of_all_articles() -> None:
    articles = [analyse(from_text(text), LEXICON) for text in ("Le pont ferme. Il pleut.", "Le maire dort.")]
    assert ArticleFeatures().fit(articles).transform(articles).shape == (3, len(FEATURES))
    assert list(ArticleFeatures().get_feature_names_out()) == list(NAMES)
    assert ArticleFeatures().transform([]).shape == (0, len(FEATURES))


@given(st.text(alphabet=st.sampled_from(list("aeé.,«»“”'’ \n?!:12-ABCL")) | st.characters(), max_size=300))
@settings(max_examples=150, deadline=None)
def test_every_value_stays_in_its_documented_range(text: str) -> None:
    matrix = sentence_features(analyse(from_text(text), LEXICON))
    low, high = np.array([f.low for f in FEATURES]), np.array([f.high for f in FEATURES])
    assert ((matrix >= low) & (matrix <= high)).all()


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("adverb", ["probablement", "apparemment", "sans doute"])
def test_adding_a_hedge_never_raises(claim: str, attribution: str, adverb: str) -> None:
    hedged = claim.replace(" a ", f" a {adverb} ", 1).replace(" ont ", f" ont {adverb} ", 1)
    if hedged == claim:
        hedged = f"{claim} {adverb}"
    assert score(f"{hedged}{attribution}.") <= score(f"{claim}{attribution}.")


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("source", ["une source policière", "des sources concordantes", "une source proche du dossier"])
@pytest.mark.parametrize("attribution", ATTRIBUTIONS[:2])
def test_adding_an_anonymous_source_never_raises(claim: str, source: str, attribution: str) -> None:
    assert score(f"{claim}{attribution}, selon {source}.") <= score(f"{claim}{attribution}.") + 1e-12


@pytest.mark.parametrize("claim", [*CLAIMS, "Le maire de Dole, Luc Bois, a démissionné"])
@pytest.mark.parametrize(
    "words",
    [
        "{claim}, a précisé une source policière.",
        "{claim}, indiquent des sources concordantes.",
        "Une source Élysée précise que {lower}.",
        "Selon un bilan provisoire, {lower}.",
    ],
)
def test_no_anonymous_source_raises_however_it_is_worded(claim: str, words: str) -> None:
    lower = claim[0].lower() + claim[1:]
    assert score(words.format(claim=claim, lower=lower)) <= score(f"{claim}.") + 1e-12


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize(
    "source", ["Reuters", "Marie Durand, préfète du Gard", "l'Insee", "le rapport de la Cour des comptes"]
)
@pytest.mark.parametrize("attribution", ["", ", selon une source policière", ", selon un témoin"])
def test_adding_an_identifiable_source_never_lowers(claim: str, source: str, attribution: str) -> None:
    assert score(f"{claim}{attribution}, selon {source}.") >= score(f"{claim}{attribution}.") - 1e-12


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("particular", ["le 3 mars 2024", "à Clermont-Ferrand", "à 14 h 30"])
@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_adding_a_precise_particular_never_lowers(claim: str, particular: str, attribution: str) -> None:
    assert score(f"{claim} {particular}{attribution}.") >= score(f"{claim}{attribution}.") - 1e-12


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_adding_a_contesting_sentence_never_raises(claim: str, attribution: str) -> None:
    plain = score(f"{claim}{attribution}. Il pleut.")
    contested = score(f"{claim}{attribution}. La présidence syrienne a démenti ces informations.")
    assert contested <= plain


def test_the_model_respects_every_documented_direction() -> None:
    signs = np.array([feature.monotone for feature in FEATURES])
    weights = np.array([SCORER.card["coefficients"][name] for name in NAMES])
    assert (weights * signs[:, None] >= 0).all()


def test_anonymous_source_is_seen_and_an_outlet_relieves_it() -> None:
    alone = row("Une source policière a déclaré que le suspect est mort.")
    relayed = row("Une source policière citée par CNN a déclaré que le suspect est mort.")
    assert alone["anonymous_only"] == 1 and relayed["anonymous_only"] == 0
    assert (alone["source_anonymous"], relayed["source_anonymous"], relayed["source_outlet"]) == (1, 0, 1)


def test_an_anonymous_source_that_an_outlet_relays_is_none_as_long_as_nobody_contests_it() -> None:
    relayed = "Une source policière citée par CNN a déclaré que le bac a coulé."
    contested = f"{relayed} La préfecture du Gard a démenti ces informations."
    assert [row(text)["source_anonymous"] for text in (relayed, contested)] == [0, 1]
    assert row("« Le bac a coulé », a déclaré à l'AFP une source policière.")["source_anonymous"] == 0
    assert row("Le bac a coulé, selon la préfecture du Gard et une source policière.")["source_anonymous"] == 1
    assert score(relayed) > score("Une source policière a déclaré que le bac a coulé.")


def test_particulars_of_the_sentence_before_are_carried_on() -> None:
    text = "Le feu a pris à Valence le 3 mars 2024. Le toit a brûlé."
    assert row(text, 1)["carried_particulars"] == 1
    assert row("Le feu a pris. Le toit a brûlé.", 1)["carried_particulars"] == 0


def test_there_is_somebody_to_look_up_where_names_or_an_identifiable_source_stand() -> None:
    assert row("Hier, le pilote a remis la coupe à Lina Morel.")["names"] == 2
    assert row("Hier, Paul Vidal a remis la coupe à Lina Morel.")["names"] == 3, "more names are no better"
    assert row("Le pilote a remis la coupe à la gagnante.")["names"] == 0
    assert row("Paul Vidal aurait remis la coupe à Lina Morel.")["names"] == 0
    assert row("Selon la mairie de Sète, le pilote a remis la coupe.")["names"] == 3
    assert row("Selon la mairie de Sète, Paul Vidal aurait remis la coupe à Lina Morel.")["names"] == 3
    assert row("Hier, Paul Vidal a annoncé la fermeture du site.")["names"] == 3, "he answers for it: a source"
    assert row("Paul Vidal a remis la coupe à Lina Morel, selon un pompier.")["names"] == 0
    assert row("Selon une source policière, Paul Vidal a remis la coupe à Lina Morel.")["names"] == 0
    assert row("PAUL VIDAL A REMIS LA COUPE À LINA MOREL.")["names"] == 0


def test_somebody_named_or_a_known_body_acts() -> None:
    assert row("Lundi matin, le Sénat a adopté le texte.")["named_actor"] == 1
    assert row("Paul Vidal a remis la coupe.")["named_actor"] == 1
    assert row("Le pilote a remis la coupe à Paul Vidal.")["named_actor"] == 0, "who acts is not named"
    assert row("Près du Sénat, un pilote a remis la coupe.")["named_actor"] == 0
    assert row("Selon la préfecture du Gard, un pilote a remis la coupe.")["named_actor"] == 1, "she answers for it"
    assert row("Paul Vidal a remis la coupe, selon une source policière.")["named_actor"] == 0


def test_judgements_around_count_where_nobody_else_answers() -> None:
    judgements = "Cette réforme est une honte. Il faut rehausser la digue. "
    assert row(f"{judgements}Le bac part à midi.", 2)["opinions_around"] == 2
    assert row(f"{judgements}Selon l'Insee, le bac part à midi.", 2)["opinions_around"] == 0
    assert row(judgements, 0)["opinions_around"] == 1, "its own judgement is not around it"
    attributed = "« Cette réforme est une honte », a lancé la députée Claire Roux. "
    assert row(f"{attributed}Le bac part à midi.", 1)["opinions_around"] == 0


def test_first_person_around_counts_where_nobody_else_answers() -> None:
    column = "Je prends le bac chaque matin. Notre quai est désert. "
    assert row(f"{column}Le bac part à midi.", 2)["first_person_around"] == 2
    assert row(f"{column}Selon la mairie, le bac part à midi.", 2)["first_person_around"] == 0
    assert row(column, 0)["first_person_around"] == 1, "its own first person is not around it"
    quoted = "« Je prends le bac chaque matin », raconte Marie Durand. "
    assert row(f"{quoted}Le bac part à midi.", 1)["first_person_around"] == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Selon une source policière, le convoyeur a fui.", 1),
        ("Selon des experts, le convoyeur a fui.", 0),
        ("Selon une source policière et la préfecture, le convoyeur a fui.", 0),
        ("« Le convoyeur a fui », a déclaré à l'AFP une source policière.", 0),
        ("Une source policière a affirmé sur LCI que le convoyeur a fui.", 0),
    ],
)
def test_anonymous_only_wants_a_source_nobody_could_ask(text: str, value: int) -> None:
    assert row(text)["anonymous_only"] == value


def test_who_relays_an_anonymous_source_answers_for_it_unless_contested() -> None:
    relayed = "Une source policière citée par Reuters dit que le convoi a fui. « Le convoi a fui », a noté la source."
    assert row(relayed, 1)["anonymous_only"] == 0
    assert row(f"{relayed} La présidence a démenti ces informations.", 1)["anonymous_only"] == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Selon Reuters, le convoyeur a fui.", 1),
        ("Selon un convoyeur cité par Reuters, le convoi a fui.", 0),
        ("Selon un convoyeur cité par Reuters et selon la préfecture du Gard, le convoi a fui.", 1),
    ],
)
def test_an_outlet_answers_for_what_it_says_itself(text: str, value: int) -> None:
    assert row(text)["attributed"] == value


@pytest.mark.parametrize("doubt", ["aurait cédé", "a peut-être cédé"])
def test_particulars_help_no_claim_that_is_held_in_doubt(doubt: str) -> None:
    firm, held_back = (row(f"Selon la préfecture du Gard, la digue {verb} le 3 mars.") for verb in ("a cédé", doubt))
    assert firm["particulars"] == 1 and held_back["particulars"] == 0
    assert firm["details_at_all"] == held_back["details_at_all"] == 1


def test_the_name_of_who_speaks_is_no_particular_of_what_is_said() -> None:
    assert row("Marie Durand affirme que le bac part à midi.", 0)["particulars"] == 1
    assert row("Marie Durand affirme que Paul Brun part à midi.", 0)["particulars"] == 2


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("record", "Le décret, la loi et le jugement se valent.", 2),
        ("record", "Selon le rapport de la Cour des comptes, le pont penche.", 0),  # a source counts as one
        ("event", "La digue a cédé et l'eau a envahi la rue.", 2),
        ("event", "La digue cède et l'eau envahit la rue.", 2),  # the present of narration
        ("event", "Meurtrie, la ville élut son maire et enterra ses morts.", 2),
        ("event", "La digue longe le canal et l'eau coule.", 0),  # goes on: no act that is done
        ("event", "La porte de la ferme marque le début de la marche.", 0),  # nouns
        ("event", "La digue cédera, et l'eau envahirait la rue.", 0),
        ("event", "La digue aurait cédé.", 0),
        ("event", "La digue n'est plus là et elle est la plus longue.", 0),  # nor is "plus" of "plaire"
        ("event", "La digue est à lui et c'est lui.", 0),
        ("event", "La digue est sur la partie basse, et le maire est du parti.", 0),  # a noun
        ("event", "La digue est en fait longue, et c'est le même parti.", 0),
        ("event", "La digue est en partie détruite.", 1),
        ("event", "La digue a même cédé, et les rives ont toutes deux disparu.", 2),
        ("event", "Le maire a lui-même fermé la digue, qui a de nouveau cédé.", 2),
        ("event", "Le maire a annoncé que la digue tient.", 0),  # the verb that attributes tells no event
        ("generic_on", "On ferme, on rouvre, on referme.", 2),
        ("general", "C'est toujours mieux que rien.", 3),
        ("record", "La Suissesse remporte la finale.", 2),  # results are on record
        ("count_unsourced", "Le bilan est de trois morts.", 2),
        ("count_unsourced", "Le bilan est de trois morts, selon un pompier.", 2),  # described, not known
        ("count_unsourced", "Le bilan est de trois morts, selon la préfecture du Gard.", 0),
        ("informing", "Le bac part à midi, précise la mairie.", 1),
        ("informing", "La mairie annonce que le bac part à midi.", 1),
        ("informing", "La mairie a fait savoir que le bac part à midi.", 1),
        ("informing", "Le bac part à midi, dénonce la mairie.", 0),
        ("distancing", "La mairie prétend que le bac part à midi.", 1),
        ("distancing", "La mairie évoque un bac qui part à midi.", 1),
        ("distancing", "Pour Marie Durand, le bac part à midi.", 1),
        ("distancing", "La mairie accuse le passeur d'avoir coulé le bac.", 1),
        ("distancing", "La mairie précise que le bac part à midi.", 0),
        ("general", "Le bac a quitté Sète lundi.", 0),
    ],
)
def test_wording_is_counted_where_no_cue_stands(column: str, text: str, value: int) -> None:
    assert row(text)[column] == value


def test_the_words_named_are_the_ones_counted() -> None:
    for line in (ROOT / "training/corpus/local.jsonl").read_text(encoding="utf-8").splitlines()[:20]:
        article = analyse(from_text(json.loads(line)["text"]), LEXICON, words=True)
        for worded, words in zip(article.wording, article.weighed, strict=True):
            named = Counter(word.column for word in words)
            counted = {
                "generic_on": worded.on,
                "record": worded.records,
                "general": worded.general,
                "event": worded.events,
                "count_unsourced": worded.counts,
            }
            assert {column: named[column] for column in counted} == counted
            assert all(article.document.text[word.start : word.end].strip() for word in words)


def test_details_count_whoever_gives_them() -> None:
    fire = "le feu a détruit 12 granges à Clermont-Ferrand le 3 mars 2024."
    assert row(f"Selon une source policière, {fire}")["details_at_all"] == 3
    assert row(f"Selon la préfecture, {fire}")["details_at_all"] == 3
    assert row("Le feu a détruit des granges.")["details_at_all"] == 0
