"""Which phrase is the subject of a verb that attributes, where something stands between them or beside it.

Every case is a pair: the behaviour, and the neighbour in which it must not show.
"""

from __future__ import annotations

import pytest

from tests.reading import attributing, behind, speakers, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Un éclusier qui a quitté Dole la veille croit savoir que la vanne a lâché.", ["éclusier"]),
        ("Un éclusier dont la péniche se trouve à quai raconte que la vanne a lâché.", ["éclusier"]),
        ("Un éclusier qui passait affirme que la vanne a lâché.", ["éclusier"]),
        ("C'est la mairie de Dole qui affirme que la vanne a lâché.", ["mairie de Dole"]),
        ("L'éclusier que la mairie de Dole emploie affirme que la vanne a lâché.", ["mairie de Dole"]),  # still wrong
    ],
)
def test_a_relative_clause_stands_between_subject_and_verb(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Luc Bois a vu Guy Pré. La cheffe de cabinet de ce dernier affirme que le bac coule.", ["cheffe de cabinet"]),
        ("Luc Bois a vu Guy Pré. L'avocate de celui-ci affirme que le bac coule.", ["avocate"]),
        ("Luc Bois a vu Guy Pré. Ce dernier affirme que le bac coule.", ["Guy Pré"]),
    ],
)
def test_whoever_belongs_to_somebody_is_not_that_one(text: str, expected: list[str]) -> None:
    assert [name.split(" de ce")[0] for name in speakers(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Depuis que l'Ukraine tire, les provinces voisines accusent les drones de rater leur but.", []),
        ("Depuis que la mairie tarde, les rives elles-mêmes accusent le coup.", []),
        ("Depuis que l'Ukraine tire, la Pologne accuse les drones de rater leur but.", ["Pologne"]),
        ("La mairie de Dole, dans une note, accuse le bac de rater le quai.", ["mairie de Dole"]),
    ],
)
def test_a_noun_phrase_before_the_verb_is_its_subject_though_nobody_known(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le bac a coulé, a indiqué le ministère sur Telegram.", ["ministère"]),
        ("Le bac a coulé, a indiqué la préfecture du Jura peu avant midi.", ["préfecture du Jura"]),
        ("Le bac a coulé, a indiqué la préfecture du Jura tard lundi.", ["préfecture du Jura"]),
        ("Le parquet à Dole indique que le bac a coulé.", ["parquet à Dole"]),
    ],
)
def test_a_place_to_write_and_a_time_are_no_part_of_a_name(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le parc zoologique de Dole assure que la serre rouvrira.", ["parc zoologique de Dole"]),
        ("Des villageois Mikea disent que la piste est coupée.", ["villageois Mikea"]),
        ("Le tract dénonce le prix « révoltant » des loyers et appelle à légiférer.", ["tract"]),
        ("Un tel gel laisse penser que la vigne souffrira.", []),
    ],
)
def test_what_a_subject_without_a_known_noun_holds(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Une étude parue en 2022 dans « Nature Water » avait montré que le lac baisse.", ["étude parue"]),
        ("Ce texte « rappelle que la digue est publique ».", ["texte"]),
        ("Luc Bois, candidat PS à la mairie, a, lui, affirmé que la digue tiendra.", ["Luc Bois, candidat PS"]),
        ("Une équipe du lycée menée par Luc Bois, près de Dole, a annoncé sa découverte.", ["équipe du lycée menée"]),
        ("La mairie de Dole, n'ayant que peu de moyens, a décidé de fermer le bac.", ["mairie de Dole"]),
        ("Un robot rédige la note, propose un titre et imprime.", []),
    ],
)
def test_what_stands_between_a_subject_and_its_verb(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le groupe Rivage (Loire TV) affirme que la digue tiendra.", ["groupe Rivage"]),
        ("Selon un élève du lycée, à Dole (Jura), la digue tiendra.", ["élève du lycée"]),
        (
            "La vanne de la rue des Tanneurs, à Dole, a lâché, a confié une source proche du dossier.",
            ["source proche du dossier"],
        ),
        ("L'un des éclusiers affirme que la vanne a lâché.", ["éclusiers"]),
    ],
)
def test_what_is_no_subject(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plusieurs clubs, dont la Ligue de voile, font observer que le vent a tourné.", ["clubs", "Ligue de voile"]),
        ("Plusieurs clubs, souvent petits, font observer que le vent a tourné.", ["clubs"]),
    ],
)
def test_dont_names_some_of_several(text: str, expected: list[str]) -> None:
    assert [name.removeprefix("Plusieurs ") for name in speakers(text)] == expected


def test_verbs_joined_by_et_have_one_subject() -> None:
    text = "La mairie de Dole se montre prudente et parle de deux ans."
    assert attributing(text) == ["se montre prudente", "parle"]
    assert speakers(text) == ["mairie de Dole"]


@pytest.mark.parametrize(
    ("text", "is_reported"),
    [
        ("La mairie de Dole dit aussi que la digue tiendra.", True),
        ("La mairie de Dole a assuré le jour même que la digue tiendra.", True),
        ("La mairie de Dole dit vrai alors même que la digue cède.", False),
        ("La mairie de Dole a parlé avant même que la digue cède.", False),
    ],
)
def test_an_adverb_before_que_opens_no_other_clause(text: str, is_reported: bool) -> None:
    assert bool(attributing(text)) is is_reported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Son nom circule à Dole, où l'on parle d'un rachat.", ["l'on"]),
        ("Au ministère de la Mer, on parle d'un rachat.", ["Au ministère de la Mer"]),
        ("À Dole, on parle d'un rachat.", ["on"]),
        ("On prête au ministre de la Mer l'intention de partir.", ["On"]),
    ],
)
def test_whom_on_stands_for(text: str, expected: list[str]) -> None:
    assert [name.lower().removeprefix("l'") for name in speakers(text)] == [
        name.lower().removeprefix("l'").removeprefix("au ") for name in expected
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dans les couloirs, on évoque un rachat, mais la mairie de Dole dément.", ["on", "mairie de Dole"]),
        ("On croyait le bac parti, mais la mairie de Dole dément.", ["mairie de Dole"]),
        ("Le bac est parti, apprend-on de source judiciaire.", ["source judiciaire"]),
    ],
)
def test_on_stays_beside_whoever_speaks_in_another_clause(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


def test_what_on_says_inside_a_quotation_has_its_speaker() -> None:
    text = "« Le bac est parti. On nous a dit d'attendre », raconte Luc Bois."
    assert speakers(text) == ["Luc Bois"]
    assert speakers("« Le bac est parti », raconte Luc Bois. « La nuit tombait. On nous a dit d'attendre. »") == [
        "Luc Bois"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Selon les informations que le procureur a confiées à l'AFP, le bac est parti.", ["procureur"]),
        ("Selon les renseignements confiés par une source policière, le bac est parti.", ["source policière"]),
        ("Selon les informations de l'AFP, le bac est parti.", ["les informations de l'AFP"]),
        ("Selon nos informations, le bac est parti.", ["nos informations"]),
    ],
)
def test_whose_the_information_is(text: str, expected: list[str]) -> None:
    assert [name for name in speakers(text) if name != "AFP"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Il est décrit comme « un homme calme, posé » par un ami d'enfance.", ["ami d'enfance"]),
        ("Il est décrit comme « un homme calme » sur la place par beau temps.", []),
        ("Cette route est dénoncée depuis des années par les élus de Dole.", ["élus de Dole"]),
    ],
)
def test_who_judges_stands_behind_the_judgement(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La ministre Anne Morel, dont le parti a perdu, affirme que le lac baisse.", ["ministre Anne Morel"]),
        ("Les élus, dont le maire conduira la barque, affirment que le lac baisse.", ["élus"]),
        ("Le maire croit lui aussi que le lac baisse.", ["maire"]),
        ("Le maire a quitté la salle avant même que le lac baisse.", []),
        ("La ministre Martin affirme que le lac baisse. Elle ajoute que le bac est parti.", ["ministre Martin"]),
    ],
)
def test_what_stands_beside_the_subject(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


def test_on_keeps_the_words_of_a_quotation_that_begins_with_it() -> None:
    assert behind("« On dit que le maire va partir. »") == [("On", "anonymous")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Il attendait en bas, d'après le maire de Dole, Luc Bois.", ["le maire de Dole, Luc Bois"]),
        ("Après le maire de Dole, Luc Bois affirme que le bac est parti.", ["Luc Bois"]),
        ("À Marchienne-au-Pont, les riverains disent n'avoir rien vu.", ["les riverains"]),
        ("D'après la victime, Luc Bois l'a frappée.", ["la victime"]),
        ("D'après des témoins, Luc Bois, 31 ans, a fui.", ["des témoins"]),
        ("« Le bac est parti », a expliqué à la presse Inès Bo.", ["Inès Bo"]),
        ("Le maire de Dole, Luc Bois, a démissionné, a affirmé une source policière.", ["une source policière"]),
        ("Le maire de Dole, Luc Bois, lassé, a affirmé que le bac est parti.", ["Le maire de Dole, Luc Bois"]),
        ("Des sources Frontex affirment que le bac est parti.", ["Des sources Frontex"]),
        ("« Le bac est parti », a confié aux journalistes la maire.", ["la maire"]),
        ("« Le bac est parti », a dit au juge le prévenu.", ["le prévenu"]),
        ("Le bac est parti, révèle « De Tijd » sur son site.", ["De Tijd"]),
        ("« Il volait bas », nous a confié l'un d'eux, un berger.", ["l'un d'eux"]),
        ("L'association entend décrire un quai qui met « en péril le bac ».", ["L'association"]),
        ("Selon une révélation de Mediapart, la préfète est partie.", ["une révélation de Mediapart"]),
    ],
)
def test_who_speaks_past_a_place_a_listener_or_a_mark(text: str, expected: list[str]) -> None:
    assert words(text, "source") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Luc Bois a enjoint au préfet de « payer le pêcheur sans attendre ».", ["Luc Bois"]),
        ("Restent les messages de familles inquiètes et le rapport du club, « SOS digue et barrage de Sète ».", []),
        ("Luc Bois a « marqué les esprits » à Dole.", []),
        ("Luc Bois n'aurait pas touché « cinq cent mille francs en tout ».", []),
        ("Luc Bois sortait de la mairie quand un homme l'a frappé en criant « le bac doit partir ».", []),
    ],
)
def test_a_verb_speaks_for_the_quoted_words_that_it_stands_by(text: str, expected: list[str]) -> None:
    assert words(text, "source") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dans sa réponse, Inès Bo dément.", ["sa réponse", "Inès Bo"]),
        ("Le chômage baisse, a annoncé l'Insee dans son estimation de mars.", ["l'Insee", "son estimation"]),
        ("Dans sa réponse, il n'y a rien.", []),
        ("« Le bac est parti », résume Inès Bo dans un entretien au Figaro.", ["Inès Bo", "au Figaro"]),
    ],
)
def test_the_text_in_which_somebody_says_it_is_a_source(text: str, expected: list[str]) -> None:
    assert words(text, "source") == expected


def test_a_sentence_that_begins_inside_a_quotation_keeps_its_speaker() -> None:
    text = (
        "Le juge a dit que « le bac est parti. Il n'a pas coulé », avant de rejoindre son bureau par le pont de Dole."
    )
    assert speakers(text) == ["juge"]
    assert speakers("Le juge a dit que « le bac est parti ». Il n'a pas coulé, le bureau non plus.") == []
