"""Who stands behind what: attribution, kinds of source, resolution, links."""

from __future__ import annotations

import pytest

from service.article import Article
from service.lexicon import Lexicon
from service.sources import analyse
from service.text import from_text
from tests.reading import read, speakers


def sources(article: Article, sentence: int = 0) -> list[tuple[str, str | None]]:
    return [(cue.text, cue.source_kind) for cue in article.by_sentence[sentence] if cue.category == "source"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Marie Durand, préfète du Gard, a annoncé la fermeture du pont.", "person"),
        ("Selon Marie Durand, le pont est fermé.", "person"),
        ("Le maire de Sète, Jean Roux, a annoncé la fermeture du pont.", "person"),
        ("« Le pont est fermé », a déclaré M. Roux.", "person"),
        ("L'Insee indique que les prix baissent.", "institution"),
        ("La présidence syrienne a démenti ces informations.", "institution"),
        ("Le parquet de Lyon a annoncé l'ouverture d'une enquête.", "institution"),
        ("Le porte-parole de l'armée a affirmé que le pont était libre.", "institution"),
        ("Le rapport de la Cour des comptes souligne que les retards durent.", "document"),
        ("D'après Reuters, la raffinerie a fermé.", "outlet"),
        ("La raffinerie a fermé, rapporte Le Monde.", "outlet"),
        ("Un officier syrien affirme que la base est vide.", "role"),
        ("« Le pont tiendra bien », maugrée un Gilet jaune.", "role"),
        ("Boko Haram dément la libération des otages.", "institution"),
        ("Une source haut placée a déclaré que le chef était parti.", "anonymous"),
        ("Des experts estiment que la digue va céder.", "anonymous"),
        ("Les observateurs estiment que le vote fut calme.", "anonymous"),
        ("Les observateurs de l'Union africaine estiment que le vote fut calme.", "role"),
        ("Des experts de l'Ifremer estiment que la digue va céder.", "role"),
        ("Des experts de la question estiment que la digue va céder.", "anonymous"),
        ("On apprend que le directeur est parti.", "anonymous"),
        ("L'homme a été libéré, apprend-on de source judiciaire.", "anonymous"),
    ],
)
def test_kind_of_source(text: str, kind: str) -> None:
    assert kind in {found for _, found in sources(read(text))}


@pytest.mark.parametrize(
    "text",
    [
        "Le ministre a démissionné.",
        "Le tarif varie selon les cas.",
        "La vente rapporte trois millions d'euros.",
        "Le directeur est accusé de fraude.",
        "La source de la Loire est protégée.",
        "Le journaliste a reçu le prix qui récompense chaque année un « travail courageux et juste ».",
        "Le père avait appelé son fils à la rescousse.",
        "Le trésorier n'aurait pourtant « […] laissé aucune trace dans les comptes ».",
    ],
)
def test_nobody_speaks(text: str) -> None:
    assert sources(read(text)) == []


def test_a_measure_that_somebody_contests_only_tells_which() -> None:
    assert speakers("Anne Morel a reçu Luc Bois. C'est un frein à la réforme qu'elle conteste.") == []
    assert speakers("Anne Morel est jugée pour des faits qu'elle conteste.") == ["Anne Morel"]


def test_no_subject_stands_in_the_plural_behind_a_singular_verb() -> None:
    text = "Le jury des primaires qui réunit trois élus, a officiellement annoncé les candidats retenus."
    assert "les candidats" not in dict(sources(read(text)))
    assert dict(sources(read("« Le pont tient », ont annoncé les maires.")))["les maires"] == "role"


def test_a_relayed_source_gives_two_spans() -> None:
    article = read("Une source haut placée citée par CNN a déclaré que le chef était parti.")
    assert {kind for _, kind in sources(article)} == {"anonymous", "outlet"}


def test_an_outlet_that_merely_received_the_words_is_a_recipient() -> None:
    article = read("« Le pont est fermé », a déclaré à l'AFP le maire Jean Roux.")
    roles = {cue.text: cue.role for cue in article.cues if cue.category == "source"}
    assert roles["l'AFP"] == "recipient"
    assert [s.kind for s in article.sources if s.id in article.speakers[0]] == ["person"]


@pytest.mark.parametrize("mark", "'’‘`´")
def test_an_apostrophe_may_be_typed_with_any_mark_that_looks_like_one(mark: str) -> None:
    assert speakers(f"Selon le chef de l{mark}État Luc Bois, le bac a coulé.") == [f"chef de l{mark}État Luc Bois"]
    assert speakers("« ‘Le bac a coulé’, voilà tout », a dit Luc Bois.") == ["Luc Bois"]


def test_the_same_source_is_who_spoke_not_what_carried_the_words() -> None:
    body, paper = "Le bac a coulé, a indiqué la préfecture du Jura", "Le bac a coulé, selon un rapport de la marine."
    assert speakers(f"{body} dans un communiqué. Deux marins sont morts, selon la même source.") == [
        "préfecture du Jura"
    ]
    assert speakers(f"{paper} Deux marins sont morts, selon la même source.") == ["rapport de la marine"]


def test_short_name_pronoun_and_source_are_one() -> None:
    article = read(
        "Le maire de Sète, Jean Roux, a annoncé mardi la fermeture du pont. « Il est dangereux », a-t-il ajouté. "
        "M. Roux a précisé que les travaux dureraient six mois."
    )
    assert len(article.sources) == 1
    assert article.sources[0].sentences == (0, 1, 2)
    assert {(x.sentence, x.target) for x in article.links if x.type == "same_source"} == {(1, 0), (2, 1)}


def test_a_quotation_that_goes_on_keeps_its_speaker() -> None:
    article = read("« Le pont est dangereux. Il faut le fermer », a déclaré la préfète Anne Morel.")
    assert article.speakers[0] == article.speakers[1] != ()
    assert any(x.type == "same_source" and x.sentence == 0 for x in article.links)


@pytest.mark.parametrize(
    ("text", "sentence", "target"),
    [
        # Whoever opens the sentence before is meant, not whoever spoke last.
        ("Le préfet Paul Val a annoncé la fermeture. Luc Bois se tait depuis lundi. Il dit attendre un appel.", 2, 1),
        ("Le préfet Paul Val a annoncé la fermeture. À Dole, Luc Bois se tait. Il dit attendre un appel.", 2, 1),
        ("Le préfet Paul Val a annoncé la fermeture. La digue a cédé mardi. Il dit attendre un appel.", 2, 0),
        # "À ses yeux" goes on with whoever spoke just before.
        ("« La digue tiendra », estime Luc Bois. À ses yeux, rien ne presse.", 1, 0),
    ],
)
def test_whom_a_pronoun_takes_up(text: str, sentence: int, target: int) -> None:
    links = [(link.sentence, link.target) for link in read(text).links if link.type == "same_source"]
    assert (sentence, target) in links


def test_a_view_belongs_to_nobody_where_nobody_spoke() -> None:
    article = read("La digue a cédé mardi. À ses yeux, rien ne presse.")
    assert not article.speakers[1]


def test_a_denial_contests_the_denied_sentences_and_not_the_others() -> None:
    article = read(
        "Il a plu mardi à Lyon. Une source citée par CNN a déclaré que le chef a quitté Damas. "
        "« La garde est partie », a noté la source. La présidence syrienne a démenti ces informations."
    )
    assert {x.target for x in article.links if x.type == "contests" and x.sentence == 3} == {1, 2}


@pytest.mark.parametrize(
    "text",
    [
        "La présidence n'a pas démenti ces informations.",
        "Le tribunal a rejeté le recours du préfet.",
        "Le succès ne se dément pas.",
    ],
)
def test_no_denial_no_link(text: str) -> None:
    article = read(f"Une source policière affirme que le chef est parti. {text}")
    assert not [x for x in article.links if x.type == "contests"]


def test_a_confirmation_backs_the_sentence_before() -> None:
    article = read(
        "L'opposition affirme que les soldats ont quitté la base. Cela a également été confirmé par un officier syrien."
    )
    assert [(x.sentence, x.target) for x in article.links if x.type == "corroborates"] == [(1, 0)]


def test_spokesperson_and_body_count_once() -> None:
    article = read(
        "Le ministère de la Défense indique que le pont est libre. "
        "« Le pont est libre », a déclaré un porte-parole du ministère de la Défense. "
        "Reuters rapporte que le pont est libre."
    )
    assert article.independent_sources == 2


@pytest.mark.parametrize(
    ("text", "contested"),
    [
        ("La locataire affirme que le chauffage était coupé. Le bailleur réfute ses propos.", {0}),
        ("Le club annonce l'arrivée du buteur. « C'est faux », rétorque l'agent du joueur.", {0}),
        ("Le laboratoire annonce une guérison. L'étude de l'université de Graz montre le contraire.", {0}),
        ("Le bailleur dit avoir fermé la cour. Le bailleur réfute ces propos.", set()),
        (
            "Selon Le Temps, la filature a fait faillite. La préfecture du Gard confirme la faillite de la filature. "
            "La direction de la filature dément cette faillite.",
            {0, 1},
        ),
    ],
)
def test_a_denial_answers_what_was_said_just_before(text: str, contested: set[int]) -> None:
    links = analyse(from_text(text), Lexicon.load()).links
    assert {link.target for link in links if link.type == "contests"} == contested


@pytest.mark.parametrize(
    ("answer", "contests"),
    [
        ("La direction rétorque que la ligne est rentable.", True),
        ("La direction soutient au contraire que la ligne est rentable.", True),
        ("La direction ajoute que la ligne est rentable.", False),
        ("Le syndicat soutient au contraire que la ligne est rentable.", False),  # nobody contests himself
    ],
)
def test_a_source_that_says_otherwise_contests_the_one_just_before(answer: str, contests: bool) -> None:
    article = read(
        f"Selon le syndicat FO, la ligne perd de l'argent. {answer.replace('Le syndicat', 'Le syndicat FO')}"
    )
    assert [(link.type, link.sentence, link.target) for link in article.links if link.type == "contests"] == (
        [("contests", 1, 0)] if contests else []
    )


@pytest.mark.parametrize(
    ("text", "contested"),
    [
        ("Le bac a coulé à Dole. L'éclusier est poursuivi pour faux. Il pleut. L'éclusier clame son innocence.", {1}),
        ("Le gîte a fermé, selon Luc Bois. Ce que nie la mairie de Dole.", {0}),
        ("Le gîte a fermé, selon Luc Bois. La digue a coûté 3 millions, ce que nie la mairie de Dole.", set()),
        ("La voisine dit avoir appelé. La régie indique n'avoir reçu aucun appel.", {0}),
        ("La voisine dit avoir appelé. La régie indique avoir reçu cet appel.", set()),
    ],
)
def test_what_a_plea_or_a_relative_clause_contests(text: str, contested: set[int]) -> None:
    assert {link.target for link in read(text).links if link.type == "contests"} == contested
