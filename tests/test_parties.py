"""Who a party is and where it stands: functions with their bearers, names with acronyms, subjects after dates, "on".

Every case is a pair: the behaviour, and the neighbour in which it must not show.
"""

from __future__ import annotations

import pytest

from tests.reading import behind, read, speakers, words


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Le ministre de la Pêche, Yann Corre, explique que le quai fermera.", "ministre de la Pêche, Yann Corre"),
        (
            "La ministre de la Mer Lise Arnaud-Petit affirme que le quai fermera.",
            "ministre de la Mer Lise Arnaud-Petit",
        ),
        ("Selon l'adjoint aux écoles, Paul Brun, le toit fuit.", "adjoint aux écoles, Paul Brun"),
        ("Le sénateur de la Creuse Hugo Ferrand affirme que le toit fuit.", "sénateur de la Creuse Hugo Ferrand"),
        ("Mme Rivoire (PS) affirme que le toit fuit.", "Mme Rivoire (PS)"),
        ("Le toit fuit, assure la Dre Maud Lacaze.", "Dre Maud Lacaze"),
        ("La Danoise Inge Holm Larsen annonce sa retraite.", "Danoise Inge Holm Larsen"),
        ("Dans l'opposition, le député Marc Aubry réclame un vote.", "député Marc Aubry"),
        ("Le ministre de la Mer Yann Le Goff explique que le quai fermera.", "ministre de la Mer Yann Le Goff"),
        ("Marine Le Goff explique que le quai fermera.", "Marine Le Goff"),
        # a verb that is spelled like a function is none
        ("L'avocat Durand juge que le toit fuit.", "avocat Durand"),
        ("Mme Rivoire juge la digue trop basse.", "Mme Rivoire"),
        ("L'avocat Paul Brun guide les élèves et affirme que le toit fuit.", "avocat Paul Brun"),
        ("Paul Brun maire de Sète affirme que le toit fuit.", "Paul Brun maire de Sète"),
    ],
)
def test_the_bearer_of_a_function_is_a_person(text: str, name: str) -> None:
    assert behind(text) == [(name, "person")]


def test_a_surname_with_an_article_is_taken_up_by_itself() -> None:
    assert [kind for _, kind in behind("Yann Le Goff a écrit au préfet. Le Goff affirme que le toit fuit.")] == [
        "person"
    ]
    assert [kind for _, kind in behind("Le Havre affirme que le toit fuit.")] == ["institution"]
    assert [kind for _, kind in behind("La Marine nationale affirme que le toit fuit.")] == ["institution"]


@pytest.mark.parametrize(
    "text",
    [
        "Le ministre de la Pêche explique que le quai fermera.",
        "La Fondation Jean Rostand affirme que le toit fuit.",
        "Le directeur de la Banque Centrale Lituanienne affirme que le toit fuit.",
    ],
)
def test_without_a_bearer_there_is_no_person(text: str) -> None:
    assert [kind for _, kind in behind(text)] != ["person"]


def test_a_named_outlet_is_no_part_of_the_name_before_it() -> None:
    text = "« Le toit tient », assure la préfète Lucie Marchand sur BFMTV."
    assert words(text, "source") == ["la préfète Lucie Marchand", "BFMTV"]


def test_a_long_name_reaches_to_its_acronym() -> None:
    long = "l'Institut national de la mer et des études portuaires"
    assert words(f"Selon {long} (Inmep), le trafic recule.", "source")[0] == long
    assert words("Selon le tribunal et des voisins (deux couples), le bruit dure.", "source")[0] == "le tribunal"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Une autorité sanitaire chilienne a annoncé la fermeture du marché.", "role"),
        ("L'autorité sanitaire chilienne a annoncé la fermeture du marché.", "institution"),
        ("Selon des rapports, le marché a fermé.", "anonymous"),
        ("Selon les rapports, le marché a fermé.", "document"),
    ],
)
def test_what_is_only_described_cannot_be_found(text: str, kind: str) -> None:
    assert [found for _, found in behind(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Vingt cas sont connus, a indiqué le mois dernier le directeur de l'hôpital.", "directeur de l'hôpital"),
        ("Le quai fermera, a annoncé mardi à Lorient le préfet du Morbihan.", "préfet du Morbihan"),
        ("Le quai fermera, a fait savoir mercredi la préfecture du Morbihan.", "préfecture du Morbihan"),
        ("La ministre, Lise Arnaud, a refusé de recevoir la délégation.", "ministre, Lise Arnaud"),
        ("Un article du site « Marsactu » a révélé jeudi un appel du maire de Brest.", "article du site « Marsactu »"),
        ("Le groupe Kermo condamne l'attaque et annonce une enquête.", "groupe Kermo"),
    ],
)
def test_subjects_after_dates_and_places(text: str, name: str) -> None:
    assert [found for found, _ in behind(text)] == [name]


def test_joined_verbs_of_one_subject_are_both_marked() -> None:
    assert words("L'assureur Kermo rejette cette accusation et invoque le gel.", "attribution") == [
        "rejette",
        "invoque",
    ]
    assert words("Le pont rejette l'eau et invoque le gel.", "attribution") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Un repreneur existe, assure-t-on dans l'entourage du préfet.", ("entourage du préfet", "role")),
        ("Au ministère de la Mer, on répond que rien n'est prêt.", ("ministère de la Mer", "institution")),
        ("Un repreneur existe, assure-t-on sans plus de détails.", ("on", "anonymous")),
    ],
)
def test_on_stands_for_its_house(text: str, expected: tuple[str, str]) -> None:
    assert behind(text) == [expected]


def test_ce_dernier_is_a_pronoun_and_ses_derniers_is_not() -> None:
    assert words("Paul Brun est parti. Ce dernier affirme que le toit fuit.", "source")[-1].endswith("dernier")
    assert words("Pour ses derniers matchs, le club a affirmé viser le titre.", "attribution") == ["a affirmé"]


def test_who_says_i_is_somebody() -> None:
    before = "Le rapport du lycée souligne les retards. Paul Brun a lu le texte. "
    assert behind(before + "« Je relis tout », a-t-il dit.") == [("Paul Brun", "person")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le port a annoncé que le quai fermerait.", ["a annoncé"]),
        ("Le recours a été introduit auprès du tribunal.", []),
        ("Le quai est coupé, a-t-on appris auprès du parquet de Brest.", ["appris", "auprès du"]),
        ("Le quai est considéré comme une menace.", ["est considéré"]),
        ("La préfecture du Var appelle les habitants à rester chez eux.", ["appelle"]),
        ("La fillette appelle son chien à la barrière.", []),
        ("Le maire de Brest n'exclut pas une fermeture.", ["n'exclut"]),
        ("La police de Brest a compté 340 manifestants.", ["a compté"]),
        ("Le bourg compte 340 habitants.", []),
        ("Le budget maintenant rejeté montait à dix millions.", []),
        ("Un témoin qui a requis l'anonymat décrit deux tirs.", ["décrit"]),
        ("La directrice plaide coupable.", []),
    ],
)
def test_what_attributes(text: str, expected: list[str]) -> None:
    found = words(text, "attribution")
    assert [word.removeprefix("a-t-on ") for word in found] == expected


def test_what_is_said_inside_a_quotation_is_no_attribution_of_the_sentence() -> None:
    quoted = "« On nous a dit d'attendre », raconte le docker Paul Brun."
    assert words(quoted, "attribution") == ["raconte"]
    assert words(quoted, "source") == ["le docker Paul Brun"]
    assert words("« Le maire a dit non »", "attribution") == ["a dit"]


def test_a_pronoun_after_its_source_in_one_sentence_is_not_marked_again() -> None:
    assert words("La préfecture du Var rejette cette thèse, qu'elle juge absurde.", "source") == [
        "La préfecture du Var"
    ]
    assert words("La préfecture du Var rejette cette thèse. Elle juge le calcul absurde.", "source")[1:] == ["Elle"]


def test_an_act_in_a_relative_clause_only_tells_which_one() -> None:
    assert words("Le douanier de Brest qui a refusé de signer est parti.", "attribution") == []
    assert words("Le douanier de Brest a refusé de signer.", "attribution") == ["a refusé"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Claire Vial tient le bac de Mantes-la-Jolie.", []),
        ("Le bac de Mantes passe devant Claire Vial.", []),
        ("« Scandaleux », dit le passeur.", ["Scandaleux"]),
        ("Scandaleux, ce tarif double en mai.", ["Scandaleux"]),
    ],
)
def test_an_evaluative_word_in_a_name_evaluates_nothing(text: str, marks: list[str]) -> None:
    assert words(text, "subjective") == marks


# --- who a pronoun, a group or a second function stands for -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Son rival, le chimiste Boris Tanev, refuse de partir. Il fait état de fraudes.", "Boris Tanev", "person"),
        ("L'armée affirme tenir le pont. Elle dément toute retraite.", "armée", "institution"),
        ("L'Office polonais du lait prévoit une hausse. Il indique que le beurre suit.", "Office", "institution"),
        ("La Ligue belge de natation n'alignait que huit nageurs. Elle assure chercher.", "Ligue", "institution"),
        ("Le maire Luc Bois quitte la mairie, a-t-il annoncé mardi.", "Luc Bois", "person"),
        ("« Il nie », a dit à la presse Me Aude Rey. Elle dénonce une cabale.", "Me Aude Rey", "person"),
    ],
)
def test_a_pronoun_takes_the_kind_of_what_it_stands_for(text: str, name: str, kind: str) -> None:
    ((found, its_kind),) = behind(text)
    assert name in found and its_kind == kind


def test_a_pronoun_of_the_other_gender_stands_for_nobody_near() -> None:
    assert behind("L'armée affirme tenir le pont. Il dément toute retraite.") == [("Il", "role")]
    assert behind("La maire Léa Bois quitte la mairie, a-t-il annoncé mardi.") == [("il", "role")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Les partisans du report affirment que la date tient.", "role"),
        ("Certains avocats affirment que la date tient.", "role"),
        ("Des experts affirment que la date tient.", "anonymous"),
        ("Certains experts affirment que la date tient.", "anonymous"),
        ("Certains affirment que la date tient.", "anonymous"),
        ("Une porte-parole affirme que la date tient.", "institution"),
        ("Un porte-parole des grévistes affirme que la date tient.", "role"),
    ],
)
def test_a_group_that_is_told_from_others_is_described(text: str, kind: str) -> None:
    assert [found for _, found in behind(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        ("En entretien avec RTL, le maire Luc Bois a assuré que la digue tient.", "RTL"),
        ("Invité du journal de France 2, le maire Luc Bois a assuré que la digue tient.", "France 2"),
    ],
)
def test_an_outlet_that_has_somebody_on_has_heard_him(text: str, outlet: str) -> None:
    assert [cue.text for cue in read(text).cues if cue.role == "recipient"] == [outlet]
    other = text.replace("En entretien avec", "Longtemps employé de").replace("Invité du journal de", "Ancien cadre de")
    assert [cue for cue in read(other).cues if cue.role == "recipient"] == []


def test_a_few_words_quoted_are_speech_where_somebody_speaks() -> None:
    assert words("Le maire Luc Bois juge l'emploi du temps « légal » et « parfaitement tenable ».", "quote") == [
        "légal",
        "parfaitement tenable",
    ]
    assert words("Le maire Luc Bois explique à qui veut l'entendre que le « non » l'emporte.", "quote") == []
    assert words("Le maire Luc Bois a lu « Belle du Seigneur » et « parfaitement dormi ».", "quote") == []


def test_the_sign_of_seconds_opens_no_quotation() -> None:
    text = (
        'Luc Bois a couru en 9"81. Il finit devant Jean Roux, qui courait en 10". Il a dit : "Je suis parti trop tard."'
    )
    assert words(text, "quote") == ["Je suis parti trop tard."]


def test_a_straight_mark_that_opens_is_followed_by_no_verb_of_saying() -> None:
    text = 'Pour le socialiste Luc Bois, la majorité "fait les poches des crèches" pour payer ses promesses.'
    assert speakers(text) == ["Luc Bois"]
    assert speakers('"La majorité fait les poches des crèches", peste la crémière.') == ["crémière"]


@pytest.mark.parametrize("listener", ["auprès de l'AFP", "auprès d'Europe 1", "auprès du Monde"])
def test_the_subject_stands_after_a_listener(listener: str) -> None:
    article = read(f"« Mon client a répondu à tout », a réagi {listener} son avocate, Me Solène Abiven.")
    assert [cue.source_kind for cue in article.cues if cue.role == "speaker"] == ["person"]
    assert [cue.source_kind for cue in article.cues if cue.role == "recipient"] == ["outlet"]


def test_a_network_is_no_subject() -> None:
    text = '"Les équipes prenaient leur service", a écrit sur Telegram le chef de la région, Andriï Stetsenko.'
    assert behind(text) == [("chef de la région, Andriï Stetsenko", "person")]


def test_what_opens_without_an_article_describes_what_follows() -> None:
    assert speakers("En défense, Me Yannis Brault relève qu'aucune empreinte n'a été trouvée.") == ["Me Yannis Brault"]
    assert speakers("Mes collègues disent que la route est sûre.") == ["collègues"]


def test_on_stands_for_the_body_where_it_is_said() -> None:
    assert behind("À Matignon, on assure que le texte est prêt.") == [("Matignon", "institution")]
    assert speakers("À Lens, à Dole, à Nevers et à Sète, on assure que le texte est prêt.") == ["on"]
    assert speakers("À Dole, on trouve des cerises.") == []


def test_a_sigh_does_not_make_a_fact_an_opinion() -> None:
    assert read("« On venait de refaire les joints », soupire la libraire Ginette Roux.").kinds == ("claim",)
    assert read("« C'est une honte », soupire la libraire Ginette Roux.").kinds == ("opinion",)


@pytest.mark.parametrize("again", ["« ", "«\xa0", "  «\u202f"])
def test_a_paragraph_that_repeats_the_opening_mark_nests_no_quotation(again: str) -> None:
    text = (
        f"Le préfet Luc Bois a dit : « Tout est détruit.\n\n{again}La route est coupée. » Le village a 400 habitants."
    )
    assert words(text, "quote") == ["Tout est détruit.", "La route est coupée."]
    assert speakers(text, 1) == ["préfet Luc Bois"]
    assert speakers(text, 2) == []
    # Inside a line a further mark does nest.
    assert words("Luc Bois a dit : « Le projet « Rives » est mort. » Il pleut.", "quote") == [
        "Le projet « Rives » est mort."
    ]


def test_evaluative_words_of_a_speaker_weigh_half() -> None:
    def weights(text: str) -> list[float]:
        return [cue.weight for cue in read(text).cues if cue.category == "subjective"]

    (own,) = weights("Cette loi est scandaleuse.")
    assert weights("« Cette loi est scandaleuse », a dit le maire Luc Bois.") == [own / 2]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Selon Ursula von der Leyden, le quai ferme.", "person"),
        ("Ursula von der Leyden affirme que le quai ferme.", "person"),
        ("Charles de Lormont a déclaré que le quai ferme.", "person"),
        ("Selon la ministre de la Santé Paule Brun, le quai ferme.", "person"),
        ("Selon la ministre de la Santé, le quai ferme.", "institution"),
        ("Selon SOS Lacs, le quai ferme.", "institution"),
        ("Selon JD Lormont, le quai ferme.", "person"),
        ("Selon les syndicats, le quai ferme.", "role"),
        ("Selon les sondages, le quai ferme.", "anonymous"),
        ("Selon un sondage de l'institut Lormont, le quai ferme.", "document"),
        ("Selon les associations de la Fédération Lormont, le quai ferme.", "institution"),
    ],
)
def test_the_kind_of_a_name_shows_in_its_words(text: str, kind: str) -> None:
    assert [found for _, found in behind(text)] == [kind]


def test_a_particle_inside_a_name_does_not_end_it() -> None:
    text = "RTL cite une source à Hayat Tahrir al-Sham qui affirme que le quai ferme."
    assert words(text, "source") == ["RTL", "une source à Hayat Tahrir al-Sham"]
    assert words("Selon le président Bachar al-Assad, le quai ferme.", "source") == ["le président Bachar al-Assad"]


def test_a_noun_with_a_complement_is_no_name() -> None:
    assert behind("Retour de Lormont a été publié.") == []


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        # A function without an article that opens the sentence, a field of work before the name.
        ("Juriste à l'Urssaf, Maud Lacaze suit le dossier. Elle juge le délai trop court.", "Maud Lacaze", "person"),
        ("Juriste à l'Urssaf, elle juge le délai trop court.", "Juriste", "role"),
        (
            "Le chercheur en optique Yann Corre affirme que le miroir tient.",
            "chercheur en optique Yann Corre",
            "person",
        ),
        (
            "Le délégué aux ports du Jura, Yann Corre, nie. Il affirme que le quai tient.",
            "ports du Jura, Yann",
            "person",
        ),
        # The function stood alone in a heading before its bearer was named.
        ("La maire se tait\n\nLa maire de Dole, Lise Roy, part. La maire nie tout désaccord.", "Lise Roy", "person"),
        ("La maire de Dole, Lise Roy, part. Un maire de la Creuse proteste. Le maire nie tout.", "maire", "role"),
        # A demonstrative describes the one just named.
        ("Lise Roy plonge depuis mai. « Tout blanchit », déplore cette docteure en biologie.", "Lise Roy", "person"),
        ("Lise Roy plonge depuis mai. « Tout blanchit », déplore une docteure en biologie.", "docteure", "role"),
        ("Lise Roy plonge depuis mai. Aux yeux de cette dernière, le corail meurt.", "Lise Roy", "person"),
        # Whom the words are said before is not who says them; a name before a relative clause is.
        ("« Bon début », a résumé devant les médias la conseillère Lise Roy.", "conseillère Lise Roy", "person"),
        ("Swissmol, qui défend les fonderies, déplore une taxe « injuste ».", "Swissmol", "institution"),
        # Of two speakers in one sentence a pronoun means the person.
        ("Lise Roy nie ce qu'avait annoncé le Togo. « Tout va bien », dit-elle.", "Lise Roy", "person"),
        (
            "Luc Roy nie que le pont cède, contrairement à ce qu'a annoncé le Togo. Il dit avoir vu.",
            "Luc Roy",
            "person",
        ),
    ],
)
def test_who_is_meant(text: str, name: str, kind: str) -> None:
    found, of_kind = behind(text)[0]
    assert name in found and of_kind == kind


def test_a_comparison_has_its_own_source() -> None:
    text = "Luc Roy nie que le pont cède, contrairement à ce qu'avait annoncé le Togo."
    assert words(text, "source") == ["Luc Roy", "le Togo"]


def test_what_is_cited_is_no_source_unless_it_is_somebody() -> None:
    assert words("La ministre cite un éclusier.", "source") == ["La ministre", "un éclusier"]
    assert words("La ministre cite des écoles.", "source") == ["La ministre"]


def test_who_denies_stands_before_an_aside() -> None:
    text = "La laiterie du Glain, une coopérative de trente salariés, récuse toute négligence."
    assert words(text, "source") == ["La laiterie du Glain"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("La pluie viendra, prévoit Météo-France. L'institut affirme que l'Isère débordera.", "Météo-France"),
        ("Bayer dément ces mesures. Le groupe assure que les doses sont faibles.", "Bayer"),
        ("Selon Le Monde, la vente est faite. Le journal affirme que le prix est bas.", "Le Monde"),
        # Who did not speak, or has no name, is not taken up; nor by a name of its own.
        ("Bayer a un site ici. Le groupe assure que les doses sont faibles.", "groupe"),
        ("Bayer dément. Le groupe Solvay assure que les doses sont faibles.", "groupe Solvay"),
        ("Bayer dément. Luc Roy part. Il pleut. Il vente. Le groupe assure que tout va bien.", "groupe"),
    ],
)
def test_a_common_noun_takes_up_the_body_that_just_spoke(text: str, name: str) -> None:
    assert behind(text)[0][0] == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Whom "elle" may stand for shows in the first name, however it was first mentioned.
        ("Manon Petit et Luc Bois vivent à Dole. Le soir, elle dit que la porte bat.", ("Manon Petit", "person")),
        (
            "L'atelier de Monia Gharbi ferme. Selon le ministère, tout va. « Tant pis », coupe-t-elle.",
            ("Monia Gharbi", "person"),
        ),
        ("Luc Bois vit à Dole. Le soir, elle dit que la porte bat.", ("elle", "role")),
        # Nobody could be found by a first name alone, but a surname on its own is somebody's.
        ("Ismaïla raconte que la porte bat.", ("Ismaïla", "role")),
        ("Paul Martin vit à Dole. Martin raconte que la porte bat.", ("Paul Martin", "person")),
        ("Airbus raconte que la porte bat.", ("Airbus", "institution")),
    ],
)
def test_what_a_first_name_tells(text: str, expected: tuple[str, str]) -> None:
    assert behind(text) == [expected] or behind(text)[-1:] == [expected]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("« Le bac coule », prévient un message qui se propage par SMS.", "anonymous"),
        ("Dans un message, Luc Bois affirme que le bac coule.", "person"),
        ("Selon un message de la préfecture du Jura, le bac coule.", "document"),
        ("Un quotidien écrit que le bac coule.", "anonymous"),
        ("Le quotidien Ouest-France écrit que le bac coule.", "outlet"),
        ("Selon deux quotidiens, le bac coule.", "anonymous"),
        ("Selon le dernier bilan, le bac a coulé.", "anonymous"),
        ("Selon le bilan de la préfecture du Jura, le bac a coulé.", "document"),
        ("D'autres études affirment que le lac baisse.", "anonymous"),
        ("Des images montrent le bac.", "anonymous"),
        ("Des images prises le 2 avril par la société Planet Labs montrent le bac.", "document"),
        ("Une vidéo, publiée sur Telegram par l'armée malienne, montre le bac.", "document"),
        ("Selon l'annonce du gouvernement malien, le bac a coulé.", "institution"),
        ("Selon un bilan provisoire, trois bacs ont coulé.", "anonymous"),
        ("Selon le bilan provisoire de la préfecture du Gard, trois bacs ont coulé.", "document"),
        ("Selon une commission d'enquête du Sénat, le bac a coulé.", "institution"),
        ("Selon une commission locale, le bac a coulé.", "role"),
        ("L'opposition N-VA demande un débat.", "role"),
    ],
)
def test_whether_anybody_answers_for_it(text: str, kind: str) -> None:
    assert behind(text)[0][1] == kind


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        (
            "Un bac a coulé, a annoncé le parquet de Dole. Un homme est mort, a précisé la même source.",
            "parquet de Dole",
            "institution",
        ),
        (
            "Un bac a coulé, a annoncé une source policière. Un homme est mort, a précisé la même source.",
            "source policière",
            "anonymous",
        ),
        (
            "Un bac a coulé, a annoncé le parquet de Dole. Un homme est mort, selon une source policière.",
            "source policière",
            "anonymous",
        ),
    ],
)
def test_the_same_source_is_whoever_spoke(text: str, name: str, kind: str) -> None:
    assert behind(text) == [(name, kind)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Selon l'entourage du maire, Inès Bo serait partie.", ["l'entourage du maire"]),
        ("Selon le maire de Dole, Inès Bo, le bac est parti.", ["le maire de Dole, Inès Bo"]),
        ("Selon les sondages, la Ligue et le Front national, deux alliés, reculent.", ["les sondages"]),
        ("Selon Reuters, l'AFP et l'agence Belga, le bac est parti.", ["Reuters", "l'AFP", "l'agence Belga"]),
        (
            "La ministre de la Mer et des Ports Inès Bo affirme que le bac est parti.",
            ["La ministre de la Mer et des Ports Inès Bo"],
        ),
        ("Une étudiante en droit, qui passait, raconte que le bac est parti.", ["Une étudiante en droit"]),
        ("Aucun texte n'interdit de partir.", []),
        ("Nul ne prétend que le bac est parti.", []),
        ("La loi interdit de partir.", ["La loi"]),
    ],
)
def test_how_far_a_party_reaches(text: str, expected: list[str]) -> None:
    assert words(text, "source") == expected


def test_a_plural_noun_after_a_figure_is_no_verb() -> None:
    assert words("Francisation Jura a reçu près de 90 000 demandes.", "attribution") == []
    assert words("Inès Bo demande un bac.", "attribution") == ["demande"]
