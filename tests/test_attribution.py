"""Who speaks by grammar alone: nouns and verbs that no cue names, subjects out of place, interviews, endless sentences.

Nearly every case is a pair: a sentence in which the behaviour shows, and its neighbour in which it must not.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from tests.reading import attributing, read, speakers


def roles(text: str) -> dict[str, str | None]:
    """Words marked as a source, and their role."""
    return {cue.text: cue.role for cue in read(text).cues if cue.category == "source"}


# --- nouns that no cue names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "speaker", "look_alike"),
    [
        (
            "Selon le facteur, la boîte aux lettres a disparu.",
            "facteur",
            "Selon le cas, la boîte aux lettres est ronde ou carrée.",
        ),
        (
            "La vitrine a été brisée, affirme l'horloger.",
            "horloger",
            "La vitrine a été brisée, puis l'horloger a fermé boutique.",
        ),
        (
            "« Je couds la nuit », soupire une dentellière.",
            "dentellière",
            "Une dentellière soupire, la nuit, devant sa fenêtre.",
        ),
        (
            "« Tenez bon », a lâché le dompteur.",
            "dompteur",
            "« Tenez bon » est le refrain du dompteur.",
        ),
        (
            "L'alerte a été confirmée par le dompteur.",
            "dompteur",
            "La cage a été repeinte par le dompteur.",
        ),
        (
            "La costumière de la troupe raconte que les robes ont brûlé.",
            "costumière de la troupe",
            "La costumière de la troupe a vu les robes qui brûlaient.",
        ),
        (
            "La vitrine a été brisée, c'est ce qu'affirme l'horloger.",
            "horloger",
            "La vitrine a été brisée, c'est ce que répare l'horloger.",
        ),
        (
            "Le wali, qui s'est rendu sur place, a ordonné de fermer le pont.",
            "wali",
            "Le wali, qui s'est rendu sur place, a traversé le pont.",
        ),
    ],
)
def test_any_noun_speaks_where_only_a_source_stands(text: str, speaker: str, look_alike: str) -> None:
    assert speakers(text) == [speaker]
    assert speakers(look_alike) == []


def test_an_open_noun_is_a_role() -> None:
    assert [source.kind for source in read("Selon le facteur, la boîte aux lettres a disparu.").sources] == ["role"]


@pytest.mark.parametrize(
    ("somebody", "speaker", "something"),
    [
        ("L'horloger dénonce un manque de moyens.", "horloger", "La toiture dénonce un manque de moyens."),
        (
            "Le sculpteur dénonce la fragilité des moulages.",
            "sculpteur",
            "Le moulage dénonce la fragilité des sculpteurs.",
        ),
        (
            "Le vannier, qui tressait sous le porche, dénonce un manque d'osier.",
            "vannier",
            "L'abri, qui penche depuis mars, dénonce un manque de soin.",
        ),
    ],
)
def test_without_content_only_somebody_speaks(somebody: str, speaker: str, something: str) -> None:
    assert speakers(somebody) == [speaker]
    assert speakers(something) == []


# --- verbs that no cue names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "speaker", "look_alike"),
    [
        (
            "« Tenez bon », lâche Marie Durand.",
            "Marie Durand",
            "« Tenez bon », un refrain de Marie Durand, a fait le tour du port.",
        ),
        (
            "« Tenez bon », a lâché Marie Durand.",
            "Marie Durand",
            "« Tenez bon » est gravé sur la barque de Marie Durand.",
        ),
        (
            "« Tenez bon », grince la batelière Marie Durand.",
            "batelière Marie Durand",
            "La porte de la batelière Marie Durand grince.",
        ),
    ],
)
def test_any_verb_after_a_closing_mark_speaks(text: str, speaker: str, look_alike: str) -> None:
    assert speakers(text) == [speaker]
    assert speakers(look_alike) == []


def test_any_verb_before_an_inverted_pronoun_speaks() -> None:
    assert speakers("Marie Durand referme le cahier. « Tenez bon », lâche-t-elle.") == ["Marie Durand"]
    assert speakers("Marie Durand referme le cahier. Puis elle lâche la corde.") == []
    assert attributing("« Tenez bon », lâche-t-elle.") == ["lâche"]


@pytest.mark.parametrize(
    ("text", "look_alike"),
    [
        (
            "Anne Morel a sommé les riverains de « quitter les lieux avant la nuit ».",
            "Anne Morel a été sommée de « quitter les lieux avant la nuit ».",
        ),
        (
            "Anne Morel balaie « une polémique qui ne repose sur rien ».",
            "Anne Morel est « une figure qui ne laisse personne indifférent ».",
        ),
        (
            "Anne Morel a brandi « un arrêté qui date de l'an dernier ».",
            "Anne Morel a brandi « un arrêté ».",
        ),
        (
            "Anne Morel a enjoint au préfet de « prendre toutes les mesures utiles ».",
            "Anne Morel a gardé son titre d'« athlète la plus rapide du monde ».",
        ),
    ],
)
def test_any_verb_before_quoted_words_speaks(text: str, look_alike: str) -> None:
    assert speakers(text) == ["Anne Morel"]
    assert speakers(look_alike) == []


@pytest.mark.parametrize(
    ("text", "speaker", "look_alike"),
    [
        ("Claire Roux : « Le pont tiendra »", "Claire Roux", "Claire Roux : la gardienne du « Petit Port »"),
        ("Le maire Jean Roux : « Le pont tiendra »", "maire Jean Roux", "Le calendrier : « Le pont tiendra »"),
    ],
)
def test_a_name_and_a_colon_before_a_quotation_speak(text: str, speaker: str, look_alike: str) -> None:
    assert speakers(text) == [speaker]
    assert speakers(look_alike) == []


@pytest.mark.parametrize(
    ("text", "speaker", "look_alike"),
    [
        ("Le ministre est plus explicite :", "ministre", "Le ministre est plus matinal :"),
        ("La préfète est catégorique :", "préfète", "La préfète est en congé :"),
        ("La préfecture enfonce le clou :", "préfecture", "La préfecture enfonce le clou."),
    ],
)
def test_a_sentence_that_ends_with_a_colon_hands_over(text: str, speaker: str, look_alike: str) -> None:
    assert speakers(text) == [speaker]
    assert speakers(look_alike) == []


# --- subjects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Amnesty International, qui suit le dossier, demande la libération du pêcheur.", ["Amnesty International"]),
        ("Jean Roux, dont la digue a cédé, affirme que le bac suffira.", ["Jean Roux"]),
        ("Jean Roux, figure « modérée » du port, affirme que le bac suffira.", ["Jean Roux"]),
        ("Avec Jean Roux, dont la digue a cédé, Anne Morel affirme que le bac suffira.", ["Anne Morel"]),
    ],
)
def test_subject_before_an_aside(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Du côté de la CSC, on se dit prêt à négocier.", ["CSC"]),
        ("Chez Michelin, on confirme la fermeture.", ["Michelin"]),
        ("Au ministère, on répond que la commande tient.", ["ministère"]),
        ("Du côté de la rivière, on affirme que la digue tient.", ["on"]),
        ("Au coin de la rue, on répond que la commande tient.", ["on"]),
    ],
)
def test_on_speaks_for_the_body_beside_it(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anne Morel et Jean Roux affirment que le bac suffira.", ["Anne Morel", "Jean Roux"]),
        ("Anne Morel, Paul Vidal et Jean Roux jurent que le bac suffira.", ["Anne Morel", "Paul Vidal", "Jean Roux"]),
        ("Après Anne Morel, Jean Roux affirme que le bac suffira.", ["Jean Roux"]),
        ("Selon Anne Morel, Paul Vidal et Jean Roux, le bac suffira.", ["Anne Morel", "Paul Vidal", "Jean Roux"]),
        ("Selon Anne Morel, Jean Roux dort sur le bac.", ["Anne Morel"]),
    ],
)
def test_coordinated_sources(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Marie Durand a coupé le ruban. Le bac suffira, assure-t-elle.", ["Marie Durand"]),
        ("Marie Durand a coupé le ruban. Le bac suffira, a-t-elle assuré.", ["Marie Durand"]),
        ("Marie Durand a coupé le ruban. Le bac suffira, assure-t-on.", ["on"]),
    ],
)
def test_inverted_pronoun_is_the_subject(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "speaker", "recipient"),
    [
        ("« Le bac suffira », a déclaré à l'AFP la préfète.", "la préfète", "l'AFP"),
        ("« Le bac suffira », a confié à Reuters la cheffe du chantier.", "la cheffe du chantier", "Reuters"),
    ],
)
def test_subject_stands_past_the_recipient(text: str, speaker: str, recipient: str) -> None:
    assert roles(text) == {speaker: "speaker", recipient: "recipient"}


# --- attributions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "carrier", "role"),
    [
        ("Dans un communiqué, Marie Durand annonce la fin des travaux.", "un communiqué", "medium"),
        ("Marie Durand a annoncé dans une lettre la fin des travaux.", "une lettre", "medium"),
        ("Marie Durand affirme avoir brûlé une lettre.", "une lettre", None),
        ("Marie Durand a expliqué sur LCI que les travaux durent.", "LCI", "recipient"),
        ("Marie Durand a expliqué dans Le Monde que les travaux durent.", "Le Monde", "recipient"),
        ("Marie Durand affirme avoir quitté LCI.", "LCI", None),
    ],
)
def test_where_the_words_were_said(text: str, carrier: str, role: str | None) -> None:
    expected = {"Marie Durand": "speaker"}
    assert roles(text) == (expected if role is None else expected | {carrier: role})


def test_a_medium_alone_is_no_source() -> None:
    assert roles("Dans un communiqué, une faute a fait rire la rédaction.") == {}


@pytest.mark.parametrize(
    ("authors_own", "of_somebody"),
    [
        ("On dénombre trois blessés dans la vallée.", "Jean Roux dénombre trois blessés dans la vallée."),
        ("On constate que la digue a tenu.", "Jean Roux constate que la digue a tenu."),
        ("Rappelons que la digue date de 1920.", "Jean Roux rappelle que la digue date de 1920."),
        ("Nous confirmons que la digue a tenu.", "Jean Roux confirme que la digue a tenu."),
        ("Nous avons répondu que la digue a tenu.", "Jean Roux nous a répondu que la digue a tenu."),
    ],
)
def test_the_author_is_nobody_elses_source(authors_own: str, of_somebody: str) -> None:
    assert speakers(authors_own) == attributing(authors_own) == []
    assert speakers(of_somebody) == ["Jean Roux"]


def test_on_may_spread_what_nobody_signs() -> None:
    assert speakers("On raconte que la digue cédera.") == ["On"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Selon Reuters, Jean Roux a proposé un bac gratuit.", ["Reuters"]),
        ("Jean Roux a proposé un bac gratuit.", ["Jean Roux"]),
        ("Selon Reuters, Jean Roux affirme que le bac est gratuit.", ["Reuters", "Jean Roux"]),
        ("Selon Reuters, le pont a fermé et Jean Roux a proposé un bac gratuit.", ["Reuters", "Jean Roux"]),
    ],
)
def test_an_act_that_is_told_has_the_teller_as_its_source(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jean Roux a nié toute faute et parlé d'un malentendu.", ["a nié", "parlé"]),
        ("Jean Roux a quitté le port et répété que la digue cédera.", ["répété"]),
        ("Jean Roux a vendu sa barque, un bateau assuré que tout le port connaît.", []),
    ],
)
def test_two_participles_share_an_auxiliary(text: str, expected: list[str]) -> None:
    assert attributing(text) == expected
    assert speakers(text) == (["Jean Roux"] if expected else [])


# --- the article ------------------------------------------------------------------------------------------------------

INTRODUCTION = "Rencontre avec Claire Roux, luthière à Mirecourt."
ANSWERS = (
    "L'épicéa vient du Jura.",
    "Un violon demande six mois. Le vernis sèche un été entier.",
    "Des élèves en jouent.",
)
QUESTIONS = ("Où trouvez-vous le bois ?", "Combien de temps travaillez-vous ?", "Qui joue de vos violons ?")


def interview(introduction: str, questions: int) -> str:
    asked = zip(QUESTIONS[:questions], ANSWERS, strict=False)
    return "\n\n".join([introduction, *(block for pair in asked for block in pair)])


def test_whoever_is_interviewed_answers() -> None:
    article = read(interview(INTRODUCTION, 3))
    answers = {i for i, s in enumerate(article.document.sentences) if s.block > 1 and not s.text.endswith("?")}
    assert [(source.name, source.kind) for source in article.sources] == [("Claire Roux", "person")]
    assert {index for index, said in enumerate(article.speakers) if said} == answers
    assert len(answers) == 4
    assert [(x.type, x.sentence, x.target) for x in article.links] == [
        ("same_source", 2, 0),
        ("same_source", 4, 2),
        ("same_source", 5, 4),
        ("same_source", 7, 5),
    ]


@pytest.mark.parametrize(
    ("introduction", "questions"),
    [(INTRODUCTION, 2), ("Rencontre avec une luthière de Mirecourt.", 3)],
    ids=["two questions", "nobody named"],
)
def test_no_interview_no_speaker(introduction: str, questions: int) -> None:
    assert read(interview(introduction, questions)).sources == ()


@pytest.mark.parametrize(
    ("remark", "is_interview"),
    [("Vous vendez aussi à l'étranger.", True), ("Le bois vient de loin.", False)],
)
def test_a_remark_to_whoever_is_asked_is_a_question(remark: str, is_interview: bool) -> None:
    article = read(interview(INTRODUCTION, 2) + f"\n\n{remark}\n\nTrois violons par an.")
    assert bool(article.speakers[-1]) is is_interview


def test_an_answer_with_a_source_of_its_own_keeps_it() -> None:
    text = interview(INTRODUCTION, 3) + " Selon l'Insee, le pays compte cent ateliers."
    assert speakers(text) == ["Insee"]
    assert speakers(text, -2) == ["Claire Roux"]


@pytest.mark.parametrize(
    ("text", "relayed"),
    [
        ("Une source policière citée par Reuters affirme que le convoyeur a fui.", True),
        ("Selon une source policière et Reuters, le convoyeur a fui.", True),
        ("Une source policière affirme que le convoyeur a fui.", False),
    ],
)
def test_an_outlet_relays_an_anonymous_source(text: str, relayed: bool) -> None:
    assert {source.kind: source.relayed for source in read(text).sources}["anonymous"] is relayed


def test_only_an_anonymous_source_is_relayed() -> None:
    article = read("Selon Anne Morel et Reuters, le convoyeur a fui.")
    assert {source.name: source.relayed for source in article.sources} == {"Anne Morel": False, "Reuters": False}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Je retourne au marché chaque samedi.", True),
        ("Le vent a emporté notre enseigne.", True),
        ("Elle retourne au marché chaque samedi.", False),
        ("« Je retourne au marché », raconte Marie Durand.", False),
        ("Selon Marie Durand, le vent a emporté notre enseigne.", False),
    ],
)
def test_first_person_is_the_authors(text: str, expected: bool) -> None:
    article = read(text)
    assert (article.wording[0].first_person and not article.speakers[0]) == expected


@pytest.mark.parametrize(
    "unit",
    [
        "a dit juge ",
        "« le maire » dit le maire ",
        "selon Reuters, le maire a dit que ",
        "affirme Jean Dupont ",
        "Le wali , affirme ",
        "communiqué a dit que ",
    ],
)
def test_time_is_linear_in_an_endless_sentence(unit: str) -> None:
    # Quadratic work on 100,000 characters would take minutes: no clock is needed to notice.
    article = read(unit * (100_000 // len(unit)))
    assert len(article.kinds) == 1


def steps(text: str) -> int:
    """Python lines that an analysis runs: a measure of work that no other process disturbs."""
    count = 0

    def counting(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        count += 1
        return counting

    before = sys.gettrace()
    sys.settrace(counting)
    try:
        read(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        *("00/", "B. ", "É-À-", "12 mars ", "selon Reuters, ", "Abc, affûteur, "),
        *("parle d'un mur et fait valoir que, ", "dit que » affirme "),
    ],
)
def test_work_grows_with_the_text_and_no_faster(unit: str) -> None:
    # "00/00/00…" is one run of overlapping dates: each was compared with all before it. "B. B. B. …" is initials
    # without a name: each began a search for one that went on to the end. "dit que » affirme": each verb looked for a date
    # among all cues of the sentence.
    assert steps(unit * 1200) < 5 * steps(unit * 300)


@pytest.mark.parametrize(
    "text",
    [
        "Le film « Amandine » a reçu une récompense.",
        "Le navire « Belle-Poule » quitte la rade.",
        "La liste « Horizon » bat le maire sortant.",
    ],
)
def test_a_title_in_quotation_marks_says_nothing(text: str) -> None:
    assert not [cue for cue in read(text).cues if cue.category in ("source", "attribution")]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Le tarif change selon les marques.", 0),
        ("Le tarif change, selon les comptables.", 1),
        ("Selon le règlement, le tarif change.", 1),
        ("Le tarif change selon le moment.", 0),
    ],
)
def test_what_something_varies_with_is_no_source(text: str, count: int) -> None:
    assert len([cue for cue in read(text).cues if cue.category == "source"]) == count


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("La demande vient du CHRU de Reims, qui souhaite « déterminer un référent ».", ["du CHRU de Reims"]),
        ("La demande vient du CHRU de Reims, qui souhaite rouvrir.", []),
        ("Ces retards ont été pointés du doigt par le syndicat FO.", ["le syndicat FO"]),
        ("Le producteur Jean Vial assure le contraire.", ["Le producteur Jean Vial"]),
        ("Une étude publiée par l'université de Rennes conclut le contraire.", ["Une étude", "l'université de Rennes"]),
        ("Selon le bilan présenté mardi par le CHU de Nancy, la grippe recule.", ["le bilan", "le CHU de Nancy"]),
        ("Selon un sondage mené en mai par l'institut Odile, le non gagne.", ["un sondage mené", "l'institut Odile"]),
        ("Selon la note, rédigée à Dole, un pont coûte cher par mètre.", ["la note"]),
    ],
)
def test_who_stands_behind_an_act_or_a_denial(text: str, sources: list[str]) -> None:
    assert [cue.text for cue in read(text).cues if cue.category == "source"] == sources


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        # To whom or how it is said stands between.
        ("Le tireur, nous apprend la Gazette de Nyon, a fui.", ["la Gazette de Nyon"]),
        ("« J'assume », glisse, laconique, le trésorier du club.", ["le trésorier du club"]),
        ("Il faut, plaident d'une même voix Unia et le Ciré, rouvrir.", ["Unia", "le Ciré"]),
        ("Le pont ferme, ont dit la mairie de Dole et le CHU.", ["la mairie de Dole", "le CHU"]),
        ("Le pont ferme, a dit la mairie de Dole et le CHU attend.", ["la mairie de Dole"]),
        ("Le syndicat FO refuse d'aider le maire de Dole.", ["Le syndicat FO"]),
        # What explains something is no speaker.
        ("Le maire de Dole aime le gras, ce qui explique son rhume.", []),
        ("Dans un arrêt rendu jeudi, la Cour de cassation rappelle la règle.", ["un arrêt", "la Cour de cassation"]),
        ("Du côté de la CSC, on préfère attendre.", ["la CSC"]),
    ],
)
def test_what_stands_between_a_verb_and_who_speaks(text: str, sources: list[str]) -> None:
    found = [cue.text for cue in read(text).cues if cue.category == "source"]
    assert found == sources


def test_sources_that_are_told_apart_are_two() -> None:
    article = read("Des sources officielles évoquent 8 morts. Les sources militaires évoquent 28 morts.")
    assert len(article.sources) == 2
    article = read("Des sources officielles évoquent 8 morts. Les sources évoquent aussi 28 blessés.")
    assert len(article.sources) == 1


def test_a_political_colour_stands_for_whoever_was_named() -> None:
    article = read("Luc Maillard a réagi. Le socialiste vaudois plaide pour un plafond.")
    assert [(source.name, source.kind) for source in article.sources] == [("Luc Maillard", "person")]
