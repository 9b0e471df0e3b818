"""What a sentence does: claim, opinion, prediction, none."""

from __future__ import annotations

import pytest

from service.lexicon import Lexicon
from service.sources import analyse
from service.text import from_html, from_text

LEXICON = Lexicon.load()
BEFORE = "Le pont de Sète a fermé mardi matin.\n\n"


def kind_of_last(text: str) -> str:
    """Kind of the last sentence of ``text``, which is no title because another paragraph precedes it."""
    return analyse(from_text(BEFORE + text), LEXICON).kinds[-1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Le maire a rencontré les riverains.", "claim"),
        ("Le maire de Sète a annoncé que le pont fermera lundi.", "claim"),
        ("Le procès s'ouvrira lundi 3 mars à Lyon.", "claim"),
        ("La panne peut venir du câble.", "claim"),
        ("Cette réforme est une honte.", "opinion"),
        ("« Cette réforme est une honte », a lancé la députée Claire Roux.", "opinion"),
        ("Le syndicat FO dénonce une réforme brutale.", "opinion"),
        ("Il faut réformer l'impôt.", "opinion"),
        ("Les prix devraient encore grimper l'an prochain.", "prediction"),
        ("La Banque de France prévoit une inflation de 2,4 % en 2025.", "prediction"),
        ("Le régime va tomber.", "prediction"),
        ("Qui a donné l'ordre ?", "none"),
        ("(AFP, 12 mars)", "none"),
        ("Reuters 12/07/2024 23:19", "none"),
        ("Photo : Jean Roux", "none"),
        ("Lire aussi : notre dossier sur le pont", "none"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert kind_of_last(text) == kind


@pytest.mark.parametrize(
    ("text", "kind", "neighbour", "other"),
    [
        ("« La réponse est tardive », dit le maire.", "opinion", "La réponse est tardive.", "claim"),
        ("Il s'agit d'une attaque odieuse.", "opinion", "Il subit une attaque odieuse près de Sète, mardi.", "claim"),
        ("Risible.", "opinion", "Travaux.", "none"),
    ],
)
def test_evaluative_words_make_an_opinion_where_they_are_what_is_said(
    text: str, kind: str, neighbour: str, other: str
) -> None:
    assert (kind_of_last(text), kind_of_last(neighbour)) == (kind, other)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("« Ce que nous venons de voter est une très belle étape », a déclaré Paul Brun.", "opinion"),
        ("Paul Brun a déclaré que le pont est très long.", "claim"),
        ("Pour Paul Brun, l'accord constitue une « injustice » envers les pêcheurs.", "opinion"),
        ("Paul Brun affirme que l'accord représente une « injustice » envers les pêcheurs.", "opinion"),
    ],
)
def test_a_judgement_that_is_said_counts_with_less_than_the_authors(text: str, kind: str) -> None:
    assert analyse(from_text(text), LEXICON).kinds == (kind,)


def test_what_somebody_says_elsewhere_makes_no_opinion_of_a_sentence() -> None:
    elsewhere = "« Il pleut », a dit Anne Roux."
    for text in ("Pour Paul Brun, le pont est très long.", "Selon Paul Brun, la route reste délicate à tenir."):
        alone = analyse(from_text(text), LEXICON).kinds[0]
        assert analyse(from_text(f"{text} {elsewhere}"), LEXICON).kinds[0] == alone == "claim"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Les Françaises battues par la Russie", "claim"),
        ("Séisme au Maroc : au moins 22 blessés", "claim"),
        ("Le pont de Sète rouvre", "claim"),
        ("Une journée particulière", "none"),
        ("États-Unis : démission du conseiller", "none"),
    ],
)
def test_kind_of_a_heading(title: str, kind: str) -> None:
    assert analyse(from_text(f"{title}\n\nLe pont de Sète a fermé mardi matin."), LEXICON).kinds[0] == kind


@pytest.mark.parametrize(
    ("text", "kind", "neighbour", "other"),
    [
        ("Le stade ouvrira ses portes en juin.", "claim", "Le stade ouvrira bientôt ses portes.", "prediction"),
        (
            "Le tribunal rendra sa décision en juin.",
            "claim",
            "Le tribunal rendra peut-être sa décision en juin.",
            "prediction",
        ),
        ("La digue va être rehaussée le 3 mars 2025.", "claim", "La digue va être rehaussée.", "prediction"),
        (
            "Le maire affirme que la digue va être rehaussée.",
            "claim",
            "Le maire affirme que la digue va forcément céder.",
            "prediction",
        ),
        (
            "Les péniches devront bientôt payer l'écluse.",
            "claim",
            "Les péniches passeront bientôt l'écluse.",
            "prediction",
        ),
        (
            "La victime devrait avoir une trentaine d'années.",
            "claim",
            "La taxe de séjour devrait augmenter.",
            "prediction",
        ),
        ("Le feu pourrait provenir d'un câble.", "claim", "La digue pourrait céder.", "prediction"),
        ("La fuite pourrait être liée au gel.", "claim", "La taxe pourrait être votée.", "prediction"),
        ("Le risque de crue recule.", "claim", "La digue risque de céder.", "prediction"),
    ],
)
def test_a_future_is_a_prediction_only_as_a_guess(text: str, kind: str, neighbour: str, other: str) -> None:
    assert (kind_of_last(text), kind_of_last(neighbour)) == (kind, other)


@pytest.mark.parametrize(
    ("text", "kind", "neighbour", "other"),
    [
        ("C'est un coup de maître.", "opinion", "C'est un pont de 300 mètres.", "claim"),
        ("Ce serait un coup de maître.", "opinion", "C'est lui qui tenait la barre.", "claim"),
        (
            "« C'est un coup de maître », confie le coureur Paul Vidal.",
            "opinion",
            "« C'est à Sète que le bateau a coulé », confie le coureur Paul Vidal.",
            "claim",
        ),
        ("Il faut rehausser la digue.", "opinion", "Il faut compter deux heures de marche.", "claim"),
        (
            "Il faut un permis, même pour une simple barque.",
            "opinion",
            "Le coureur a quitté Brest avec une simple besace et deux bidons, alors qu'il faut un permis.",
            "claim",
        ),
        (
            "« Je garde de notre traversée un souvenir magnifique », a confié le maire Jean Roux.",
            "opinion",
            "Le maire Jean Roux garde de la traversée un souvenir magnifique.",
            "claim",
        ),
        (
            "La députée Claire Roux dénonce une réforme brutale.",
            "opinion",
            "La députée Claire Roux, qui dénonce une réforme brutale, a quitté la salle.",
            "claim",
        ),
        (
            "La députée Claire Roux a dénoncé une réforme brutale.",
            "opinion",
            "La députée Claire Roux a quitté la salle, dénonçant une réforme brutale.",
            "claim",
        ),
    ],
)
def test_a_judgement_is_an_opinion_only_as_the_content(text: str, kind: str, neighbour: str, other: str) -> None:
    assert (kind_of_last(text), kind_of_last(neighbour)) == (kind, other)


@pytest.mark.parametrize(
    ("text", "neighbour"),
    [
        ("Le maire détaille le calendrier :", "Le maire détaille le calendrier."),
        ("Fermez les volets avant la nuit.", "Les voisins ferment les volets avant la nuit."),
        ("Voyez le bac qui ferme à midi.", "Notez que le bac ferme à midi."),
        ("Qui tient la barre ?", "« Qui tient la barre ? », demande le pilote Paul Vidal."),
        ("Propos recueillis par Jean Roux", "Coquillages recueillis par Jean Roux"),
        ("Sète, le 3 mars 2024", "Sète en deuil le 3 mars 2024, une semaine après"),
    ],
)
def test_nothing_is_asserted(text: str, neighbour: str) -> None:
    assert (kind_of_last(text), kind_of_last(neighbour)) == ("none", "claim")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Trois hommes ont été condamnés mardi à Tarbes :", "claim"),
        ("Le ministre a donné les précisions suivantes :", "none"),
        ("Sur décision préfectorale, plusieurs routes du nord sont partiellement ou complètement fermées :", "claim"),
        ("Plusieurs routes sont fermées :", "none"),
        ("Le maire de la ville n'est plus en mesure de répondre aux nombreuses questions des habitants :", "none"),
        ("Les personnes qui ont été retenues pour la finale de ce grand concours de cuisine sont :", "none"),
        ("Pour tous ceux qui ont manqué le début de la saison, un petit résumé de la situation :", "none"),
        ("Parmi les autres mesures, citons :", "none"),
    ],
)
def test_a_colon_at_the_end_hands_over_unless_an_event_is_told(text: str, kind: str) -> None:
    assert analyse(from_text(text), LEXICON).kinds == (kind,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Le préavis devrait être déposé au conseil cet automne.", "prediction"),
        ("Le préavis devrait être", "claim"),
        ("Marie Roux, qui dirige le port, pourrait devenir ministre.", "prediction"),
        ("Marie Roux, qui pourrait dormir debout, dirige le port.", "claim"),
        ("S'il venait à gagner, il pourrait perdre son siège.", "prediction"),
        ("Une nouvelle session pourrait avoir lieu en mai.", "prediction"),
        ("Le port pourrait avoir un défaut de construction.", "claim"),
    ],
)
def test_what_may_come_is_told_by_the_main_verb(text: str, kind: str) -> None:
    assert analyse(from_text(text), LEXICON).kinds == (kind,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(Belga)", "none"),
        ("(Reportage Anne Morel et Luc Bois ; version française Guy Pré, édité par Lise Roux)", "none"),
        ("* Traduit de l'anglais par Guy Pré", "none"),
        ("(Reportage ou fiction, le film a été tourné à Dole, a dit Luc Bois.)", "claim"),
        ("Traduit par Luc Bois, le livre sort mercredi.", "claim"),
        ("BIZERTE, 20 février (ATS) –", "none"),
        ("BIZERTE, de notre envoyée spéciale", "none"),
        ("19h30 TU", "none"),
        ("16 h 10 – Reprise", "none"),
        ("16 h 10 – Le train est reparti vers Nice.", "claim"),
        ("Entretien réalisé par visioconférence le 11 mars", "none"),
        ("Par la rédaction, publié le 21 mai à 17 h 12", "none"),
        ("Vos voisins disent-ils la même chose ?", "none"),
        ("Le conseil a-t-il « interdit les crèches » ?", "none"),
        ("« Qui a payé ? », a demandé la députée Claire Roux.", "claim"),
        ("Ne vous engagez pas sur une voie inondée.", "none"),
        ("Faites vérifier votre installation avant de rétablir le courant.", "none"),
        ("Pour bien allumer, évitez l'alcool.", "none"),
        ("Vous évitez l'alcool pour bien allumer.", "claim"),
        ("Un conseil : venez en train.", "none"),
        ("Les riverains que vous voyez passer vivent ici.", "claim"),
    ],
)
def test_lines_that_assert_nothing(text: str, kind: str) -> None:
    assert kind_of_last(text) == kind


@pytest.mark.parametrize(
    ("text", "kind", "neighbour", "other"),
    [
        ("Il y a fort à parier que le pont rouvrira.", "prediction", "Le pont rouvrira le 3 mars.", "claim"),
        ("S'il gagne dimanche, il battra le record.", "prediction", "S'il gagne, c'est par habitude.", "claim"),
        (
            "Tout porte à croire que le pont cédera.",
            "prediction",
            "Tout porte à croire que le feu est éteint.",
            "claim",
        ),
        (
            "Le syndicat FO craint que le pont ne cède.",
            "prediction",
            "Le syndicat FO sait que le pont a cédé.",
            "claim",
        ),
        ("Le vote s'annonce serré.", "prediction", "Le maire annonce un vote serré.", "claim"),
        ("Le chantier risquerait de durer.", "prediction", "Le chantier dure.", "claim"),
        ("Le match devrait avoir lieu samedi.", "prediction", "Le match a eu lieu samedi.", "claim"),
    ],
)
def test_a_guess_is_a_prediction(text: str, kind: str, neighbour: str, other: str) -> None:
    assert (kind_of_last(text), kind_of_last(neighbour)) == (kind, other)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("L'arrivée du drapeau olympique en septembre 1906.", "none"),  # a caption: no verb, only when and where
        ("L'arrivée du drapeau a été fêtée.", "claim"),
        ("« Ne cliquez jamais sur ce lien », conseille le maire de Sète.", "claim"),  # that he said so
        ("Ne cliquez jamais sur ce lien.", "none"),
        ("Nous ne discutons jamais de nos contrats.", "claim"),  # no imperative: it has a subject
    ],
)
def test_what_asserts_nothing(text: str, kind: str) -> None:
    assert kind_of_last(text) == kind


def test_a_title_without_a_verb_asserts_nothing() -> None:
    article = analyse(from_text("Pakistan : attentat meurtrier contre un sanctuaire\n\nLe feu a pris mardi."), LEXICON)
    assert article.kinds == ("none", "claim")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # Only expected, or worded as an outcome; beside it what is scheduled, or a cause rather than a forecast.
        ("Une reprise paraît inévitable.", "prediction"),
        ("Trente emplois sont attendus.", "prediction"),
        ("Le verdict est attendu vendredi.", "claim"),
        ("Une fermeture n'est pas exclue.", "prediction"),
        ("La piste criminelle n'est pas exclue.", "claim"),
        ("L'accalmie sera de courte durée.", "prediction"),
        ("La séance sera publique.", "claim"),
        ("Nos glaciers auront disparu avant moi.", "prediction"),
        ("Il aura fallu deux mois de travaux.", "claim"),
        # What would come of something.
        ("À ce rythme, la nappe sera vide en mai.", "prediction"),
        ("La nappe sera fermée au public en mai.", "claim"),
        ("Une telle taxe coûterait 5 euros par mois.", "prediction"),
        ("Supprimer la ligne condamnerait la vallée.", "prediction"),
        ("Selon la mairie, la taxe rapporterait deux millions.", "prediction"),
        ("Le retrait des troupes s'achèverait samedi, indique le quotidien Rezo.", "claim"),
        # What a body fears or bets on.
        ("Le syndicat des dockers redoute un report vers les ports voisins.", "prediction"),
        ("Le ministre Paul Brun mise sur une récolte record.", "prediction"),
    ],
)
def test_what_may_come_is_a_prediction(text: str, kind: str) -> None:
    assert kind_of_last(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Cette salle a tout d'une gare.", "opinion"),
        ("Mieux vaut une digue basse.", "opinion"),
        ("L'affaire tombe mal.", "opinion"),
        ("Il garde une large majorité.", "claim"),  # a colour, not a judgement
        ("À Dole, l'affaire tombe mal pour Luc Roy.", "claim"),  # somebody is named
        ("« On nous prend pour des sacs », peste une caissière.", "opinion"),
        ("« On part à six heures », répond une caissière.", "claim"),
        ("Les riverains de Dole trouvent le chantier interminable.", "opinion"),
        ("Les riverains de Dole trouvent le chantier fermé.", "claim"),
        ("L'entraîneur Luc Bois s'est montré agacé par les questions.", "opinion"),
    ],
)
def test_what_is_judged_is_an_opinion(text: str, kind: str) -> None:
    assert kind_of_last(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Arrivée du Tour à Dole", "none"),
        ("Équipe arrivée à Dole", "claim"),
        ("Retraites : le grand retour du texte", "none"),
        ("Selon le communiqué du ministère,", "none"),
        ("Selon le ministère, il pleut,", "claim"),
        ("Mise à jour : 17 h 42", "none"),
        ("Avec notre envoyée spéciale à Niamey, Awa Bo", "none"),
        ("Leur patron le conteste.", "claim"),
        ("POURQUOI ILS NOUS CACHENT LE PRIX", "claim"),
    ],
)
def test_what_has_no_predicate_asserts_nothing(text: str, kind: str) -> None:
    assert kind_of_last(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("La banque va supprimer 74 postes.", "claim"),
        ("La banque va supprimer ces postes.", "claim"),
        ("Le régime va tomber l'an prochain.", "prediction"),
        ("Le chômage va reculer cette année.", "prediction"),
        ("Le suspect pourrait avoir dormi ici.", "claim"),
        ("Le régime va tomber.", "prediction"),
        ("Les glaciers pourraient avoir disparu d'ici à 2060.", "prediction"),
        ("Le pilote pourrait avoir perdu la carte.", "claim"),
        # A judgement frames its sentence, not the one that it is a detail of.
        ("La maire juge le mur trop haut.", "opinion"),
        ("La ville a rasé un mur que la maire juge trop haut.", "claim"),
        ("La Ville de Dole se dit prête à payer.", "claim"),
        ("La Ville de Dole se dit inquiète.", "opinion"),
        ("La mairie de Dole estime avoir perdu deux hectares.", "claim"),
        ("Aux yeux de la maire de Dole, le mur est de trop.", "opinion"),
    ],
)
def test_an_announcement_is_no_guess_and_a_detail_no_frame(text: str, kind: str) -> None:
    assert kind_of_last(text) == kind


@pytest.mark.parametrize(
    ("text", "hearsay"),
    [
        ("Selon lui, une telle taxe coûterait 3 millions.", []),  # what would come of it
        ("La taxe aurait coûté 3 millions.", ["aurait coûté"]),
        ("L'évasion serait due à l'orage.", ["serait due"]),
        ("L'usine devrait fermer.", []),
    ],
)
def test_an_effect_is_no_hearsay(text: str, hearsay: list[str]) -> None:
    cues = analyse(from_text(text), LEXICON).cues
    assert [cue.text for cue in cues if cue.category == "conditional"] == hearsay


@pytest.mark.parametrize(
    ("text", "kind", "neighbour", "other"),
    [
        (
            "La mairie juge « bâclée » l'étude du port.",
            "opinion",
            "La mairie a renvoyé l'étude du port, qu'elle juge « bâclée ».",
            "claim",
        ),
        (
            "Le syndicat FO trouve le barème injuste.",
            "opinion",
            "Le port applique depuis mai un barème que les pilotes trouvent injuste.",
            "claim",
        ),
        (
            "Un barème que les pilotes jugent indigne.",
            "opinion",
            "Le port de Dole a imprimé un barème que les pilotes jugent indigne.",
            "claim",
        ),
        (
            "Le préfet juge le quai digne d'être classé.",
            "opinion",
            "Le port peut refuser la vente s'il juge le quai digne d'être classé.",
            "claim",
        ),
        (
            "S'il pleut encore, la digue cédera.",
            "prediction",
            "S'il avait plu, la digue n'aurait pas tenu une heure.",
            "claim",
        ),
    ],
)
def test_a_judgement_in_a_clause_that_adds_to_a_claim_frames_nothing(
    text: str, kind: str, neighbour: str, other: str
) -> None:
    assert (kind_of_last(text), kind_of_last(neighbour)) == (kind, other)


@pytest.mark.parametrize(
    ("text", "kind", "neighbour", "other"),
    [
        (
            "« Un quai vide reste un quai vide », résume l'éclusier Paul Brun.",
            "opinion",
            "« Un bateau coule à quai », précise l'éclusier Paul Brun.",
            "claim",
        ),
        (
            "« La cale n'attend pas la marée », a tranché la maire de Sète, Claire Roux.",
            "opinion",
            "La cale fermera lundi 3 mars, a tranché la chambre du conseil de Liège.",
            "claim",
        ),
        (
            "« On nous balade de guichet en guichet », peste le batelier Marc Aubry.",
            "opinion",
            "« J'ai payé 300 euros de taxe en mars », peste le batelier Marc Aubry.",
            "claim",
        ),
        (
            "« Deux ans pour repeindre une écluse, c'est leur rythme », ironise le batelier Marc Aubry.",
            "opinion",
            "« Ils ont repeint deux écluses en deux ans », ironise le batelier Marc Aubry.",
            "claim",
        ),
    ],
)
def test_whoever_sums_up_or_scorns_judges_unless_he_tells_a_fact_with_its_particulars(
    text: str, kind: str, neighbour: str, other: str
) -> None:
    assert (kind_of_last(text), kind_of_last(neighbour)) == (kind, other)


@pytest.mark.parametrize(
    ("text", "kind", "neighbour", "other"),
    [
        ("Rien d'illégal sur ce quai.", "claim", "Le silence sur ce quai.", "none"),
        ("Aucun bac vers Dole.", "claim", "Un bac vers Dole.", "none"),
        ("Pas question de fermer l'écluse.", "claim", "La question de l'écluse.", "none"),
        ("Jugement le 4 juin.", "claim", "Sète, le 4 juin.", "none"),
        ("Rendez-vous est donné au printemps.", "claim", "Rendez-vous sur le quai.", "none"),
        ("Des péniches avaient coulé.", "claim", "Des écluses et des péniches rustiques.", "none"),
    ],
)
def test_a_sentence_without_a_verb_asserts_what_it_denies_or_sets_for_a_day(
    text: str, kind: str, neighbour: str, other: str
) -> None:
    assert (kind_of_last(text), kind_of_last(neighbour)) == (kind, other)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Merci à tous les bateliers pour la photo.", "none"),
        ("Photo Odile Marchal, archives Le Quai", "none"),
        ("(Rédigé par Odile Marchal, édité par Paul Brun)", "none"),
        ("Cet article a été initialement publié en anglais", "none"),
        ("Contact : Odile Marchal, porte-parole, 04 00 00 00 00", "none"),
        ("Contacté, le port n'a pas répondu.", "claim"),
        ("La photo du quai a été retirée des archives.", "claim"),
        ("Faisons le compte que le port ne fait pas.", "none"),
        ("Rappelons que le port ne compte pas.", "claim"),
        ("Alors prenez le bac, samedi.", "none"),
    ],
)
def test_credits_thanks_and_exhortations_assert_nothing(text: str, kind: str) -> None:
    assert kind_of_last(text) == kind


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Ce que dit l'avis du port", "none"),
        ("D'où vient la fissure", "none"),
        ("Ce que le port vous cache", "claim"),
        ("Un quai disputé", "none"),
        ("Des bateliers qui doutent", "none"),
        ("Un batelier blessé à Dole", "claim"),
        ("Un batelier doute", "claim"),
        ("Pas d'accord entre Sète et Dole", "claim"),
        ("Sète : annulation de la joute", "none"),
        ("Sète : réduction des escales payantes", "none"),
    ],
)
def test_a_heading_that_announces_or_names_a_theme_asserts_nothing(heading: str, kind: str) -> None:
    body = "Le pont de Sète a fermé mardi matin."
    text = f"<h1>Le pont ferme</h1><p>{body}</p><h2>{heading}</h2><p>{body}</p>"
    article = analyse(from_html(text), LEXICON)
    (index,) = (sentence.index for sentence in article.document.sentences if sentence.text.startswith(heading[:9]))
    assert article.kinds[index] == kind
