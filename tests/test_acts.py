"""Who speaks by what they do, and how a function, a first name or an indefinite pronoun stands for a source.

Every case has its neighbour in which the behaviour must not show.
"""

from __future__ import annotations

import pytest

from service.article import Cue
from service.entries import LexiconError, read_entries
from service.lexicon import Lexicon
from service.sources import analyse
from service.text import from_text

LEXICON = Lexicon.load()


def sources(text: str) -> list[tuple[str, str | None]]:
    """Words of the sources of ``text`` and their kinds."""
    return [(cue.text, cue.source_kind) for cue in _cues(text) if cue.category == "source"]


def _cues(text: str) -> tuple[Cue, ...]:
    return analyse(from_text(text), LEXICON).cues


# --- texts, outlets and bodies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source", "kind", "look_alike"),
    [
        (
            "Le règlement impose un délai de dix jours.",
            "Le règlement",
            "document",
            "Le gardien impose un délai de dix jours.",
        ),
        (
            "Ouest-France a identifié le navire sur trois clichés.",
            "Ouest-France",
            "outlet",
            "Le radar a identifié le navire sur trois clichés.",
        ),
        (
            "Reuters a pu consulter un lot de 300 contrats.",
            "Reuters",
            "outlet",
            "Le malade a pu consulter dès le lundi.",
        ),
        (
            "L'Association des maires du Gers a compté onze démissions.",
            "L'Association des maires du Gers",
            "institution",
            "L'Association des maires du Gers compte onze membres.",
        ),
        (
            "Le parquet de Dole a requis deux ans de prison.",
            "Le parquet de Dole",
            "institution",
            "La tâche a requis deux ans de travail.",
        ),
        (
            "Le sondage a été commandé, et les relevés ont été compilés par l'Institut du lait.",
            "l'Institut du lait",
            "institution",
            "Le sondage a été commandé, et les relevés ont été compilés par ordre de date.",
        ),
        (
            "Les travaux ont paru jeudi dans la revue Hydrologie alpine.",
            "la revue Hydrologie alpine",
            "document",
            "La danseuse joue dans la revue du cabaret.",
        ),
        (
            "Les deux hommes resteront en prison, a décidé mardi la chambre du conseil de Liège.",
            "la chambre du conseil de Liège",
            "institution",
            "La chambre a siégé mardi.",
        ),
    ],
)
def test_who_does_what_a_reader_can_look_up(text: str, source: str, kind: str, look_alike: str) -> None:
    assert (source, kind) in sources(text)
    assert sources(look_alike) == []


def test_a_subject_of_another_kind_leaves_the_verb_silent(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("cues")
    cue = '[[cue]]\nid = "x"\ncategory = "attribution"\nlemmas = ["tester"]\nfires_on = ["[[a]]"]\nsilent_on = ["b"]\n'
    (folder / "x.toml").write_text(f'{cue}subject = ["bridge"]\n', encoding="utf-8")
    with pytest.raises(LexiconError, match=r"x\.toml: cue 'x': subject 'bridge' is not one of person, institution"):
        read_entries(folder)


# --- two verbs, one subject -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Une source proche du club évoque des discussions « avancées » et laisse entendre que le contrat est prêt.",
        "Le maire parle d'un chiffre « provisoire » et fait valoir que le total reste ouvert.",
    ],
)
def test_the_clause_belongs_to_the_second_of_two_verbs(text: str) -> None:
    assert len(sources(text)) == 1
    assert len([cue for cue in _cues(text) if cue.category == "attribution"]) == 2


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Chez les verts, réunis samedi à Marche-en-Famenne, le vote est serré, écrit Le Soir.", "Le Soir"),
        (
            "La moitié des lignes du TER, où peu de trains circulent, risquent un retard, avertit la mairie.",
            "la mairie",
        ),
        ("La route resterait coupée, redoute de son côté la chercheuse Odile Maurin.", "la chercheuse Odile Maurin"),
        ("« La roche bouge », note Reto Blaser.", "Reto Blaser"),
    ],
)
def test_an_incise_ends_a_long_sentence(text: str, source: str) -> None:
    assert source in dict(sources(text))


def test_an_aside_is_no_clause_before_an_incise() -> None:
    assert ("Le maire", "role") in sources("Le maire, qui vend le terrain, critique la préfète.")


# --- functions, first names, indefinite pronouns ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source", "kind"),
    [
        (
            "Le feu est éteint, indique le directeur des secours au ministère de la Mer, Mehdi Yousfi.",
            "le directeur des secours au ministère de la Mer, Mehdi Yousfi",
            "person",
        ),
        (
            "« C'est dur », explique sa directrice pour l'Afrique de l'Est, Solange Umuhire.",
            "sa directrice pour l'Afrique de l'Est, Solange Umuhire",
            "person",
        ),
        ("Paul Brun, 46 ans, ingénieur à Brest, père de trois enfants, affirme que tout va.", "Paul Brun", "person"),
        ("« Ils mentent », a tonné l'essayiste Charles d'Aubrelle.", "l'essayiste Charles d'Aubrelle", "person"),
        ("« On se serre », glisse Mickaël, affûteur depuis vingt ans.", "Mickaël", "role"),
        ("« On a fui », raconte Furaha, 31 ans, arrivée à pied.", "Furaha", "role"),
        ("« Le contrat tient », assure Nestlé, géant de l'alimentation.", "Nestlé", "institution"),
        ("« Le contrat tient », assure Orange, opérateur historique.", "Orange", "institution"),
        ("Selon la dernière enquête de l'Ifop, un élève sur deux triche.", "la dernière enquête de l'Ifop", "document"),
        ("Selon un premier bilan de la préfecture, deux granges ont brûlé.", None, "document"),
        ("Certains affirment que le bac ne partira plus.", "Certains", "anonymous"),
        ("Selon l'Agence du numérique, deux foyers sur dix décrochent.", "l'Agence du numérique", "institution"),
        ("Selon l'agence de presse Belga, deux foyers décrochent.", "l'agence de presse Belga", "outlet"),
        ("Le porte-parole militaire de la province dément.", "Le porte-parole militaire de la province", "institution"),
        ("Plusieurs affirment que le bac ne partira plus.", "Plusieurs", "role"),
        ("D'autres jurent que le bac est coulé.", "D'autres", "role"),
        ("Le vieil homme a soutenu qu'il dormait.", "Le vieil homme", "role"),
        ("L'inspection du travail a relevé la présence de dix enfants.", "L'inspection du travail", "institution"),
    ],
)
def test_who_a_source_is(text: str, source: str | None, kind: str) -> None:
    found = sources(text)
    assert kind in dict(found).values()
    assert source is None or (source, kind) in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La mairie « regrette vivement ce choix ».", [("La mairie", "institution")]),
        ("Alistair « dépose » son frère.", []),
        ("Airbus « coopère avec ces deux organismes ».", [("Airbus", "institution")]),
        ("Le film « Amélie » a plu.", []),
        ("102 stations-service ont indiqué être à sec.", [("stations-service", "role")]),
        ("102 stations-service sont à sec.", []),
        ("Le maire est accusé par deux élus d'avoir menti.", [("deux élus", "role")]),
        ("Un officier interrogé par Reuters parle d'un repli.", [("Un officier", "role"), ("Reuters", "outlet")]),
        ("Renault-Nissan a réagi. Nissan confirme la fraude.", [("Nissan", "institution")]),
    ],
)
def test_who_speaks_and_who_is_spoken_of(text: str, expected: list[tuple[str, str]]) -> None:
    assert sources(text)[-len(expected) or 0 :] == expected


def test_an_adjective_hedges_a_detail() -> None:
    weights = {
        cue.text: cue.weight
        for cue in _cues("Le tireur présumé a fui, une fuite est probable.")
        if cue.category == "hedge"
    }
    assert weights == {"présumé": 0.5, "probable": 1.0}


def test_an_outlet_loses_its_article_in_a_contraction() -> None:
    assert sources("Sa mère a confié au Parisien que le bac a coulé.") == [
        ("Sa mère", "role"),
        ("au Parisien", "outlet"),
    ]
    assert sources("Sa mère a confié au parisien que le bac a coulé.") == [("Sa mère", "role")]


def test_what_somebody_wants_is_no_source() -> None:
    assert sources("D'autres, au contraire, souhaitent durcir le mouvement.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Vos voisins disent-ils la même chose ?",
        "(Belga)",
        "Il se dit même que le maire partira.",
        "Le forfait coûte 50 $ pour 75 Go, une aubaine.",
        "Un élu a été mis en cause.",
        "Tous les bacs sont partis.",
        "Pour l'Italie, l'évolution est plus nette.",
    ],
)
def test_nobody_speaks_here(text: str) -> None:
    assert sources(text) == []
