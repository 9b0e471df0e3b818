"""The words of the pages, in French and English. Names of levels, kinds and cues are in `service.messages`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from service.moderation import words_desk
from service.moderation.words_team import TEAM_WORDS

WORDS: dict[str, tuple[str, str]] = {
    # name: (French, English)
    **TEAM_WORDS,
    "site": ("Sourcier, relecture", "Sourcier, review"),
    "to_content": ("Aller au contenu", "Skip to content"),
    "to_verdict": ("Aller au verdict", "Skip to the verdict"),
    "navigation": ("Navigation", "Navigation"),
    "language": ("Langue", "Language"),
    "queue": ("File", "Queue"),
    "sign_in": ("Se connecter", "Sign in"),
    "sign_out": ("Se déconnecter", "Sign out"),
    "name": ("Nom", "Name"),
    "password": ("Mot de passe", "Password"),
    "wrong_password": (
        "Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez les deux, majuscules comprises.",
        "This name and this password do not go together. Check both, capitals included.",
    ),
    "slowed": (
        "Trop d’essais. Réessayez dans {minutes} min.",
        "Too many attempts. Try again in {minutes} min.",
    ),
    "draft_kept": (
        "Votre session a expiré. Ce que vous aviez saisi est gardé : connectez-vous pour le retrouver.",
        "Your session has expired. What you typed is kept: sign in to find it again.",
    ),
    "draft_back": (
        "Voici ce que vous aviez saisi. Rien n’est encore enregistré.",
        "Here is what you had typed. Nothing is saved yet.",
    ),
    "draft_of_another": (
        "Ce qui restait dans cette page avait été saisi par quelqu’un d’autre : rien n’en est repris.",
        "What was left in this page had been typed by somebody else: none of it is taken over.",
    ),
    "no_cookie": (
        "La page était ouverte depuis trop longtemps, ou votre navigateur refuse les cookies de ce site. Recommencez.",
        "The page had been open for too long, or your browser refuses this site’s cookies. Please try again.",
    ),
    "first_user": (
        "Les comptes sont créés sur le serveur : python -m service users add NOM --role moderator",
        "Accounts are made on the server: python -m service users add NAME --role moderator",
    ),
    "blind_on": ("Mode aveugle : activé", "Blind mode: on"),
    "blind_off": ("Mode aveugle : désactivé", "Blind mode: off"),
    "blind_help": (
        "Ce que disent le modèle et les autres relecteurs est caché jusqu’à votre verdict.",
        "What the model and other moderators say is hidden until your verdict.",
    ),
    "blind_over": (
        "Vous avez vu ce que dit le modèle de cette phrase : une nouvelle décision ne sera plus à l’aveugle.",
        "You have seen what the model says of this sentence: a new decision will not count as blind.",
    ),
    "blind_queue": (
        "Mode aveugle : les plus anciennes d’abord. Trier par doute, niveau ou désaccord, ou filtrer par niveau, "
        "nature ou signalement, en dirait trop.",
        "Blind mode: oldest first. Sorting by doubt, level or disagreement, or filtering by level, kind or feedback, "
        "would tell too much.",
    ),
    "start": ("Commencer par la première", "Start with the first"),
    "order": ("Ordre", "Order"),
    "order_uncertainty": ("Incertaines d’abord", "Uncertain first"),
    "order_margin": ("Près du seuil", "Near the threshold"),
    "order_age": ("Anciennes d’abord", "Oldest first"),
    "order_level": ("Niveau bas d’abord", "Lowest level first"),
    "state": ("État", "State"),
    "state_todo": ("À faire", "To do"),
    "state_progress": ("En cours", "In progress"),
    "state_decided": ("Décidées", "Decided"),
    "state_skipped": ("Passées", "Skipped"),
    "level": ("Niveau", "Level"),
    "kind": ("Nature", "Kind"),
    "cue": ("Indice", "Cue"),
    "outlet": ("Média", "Outlet"),
    "feedback": ("Signalements", "Feedback"),
    "feedback_only": ("Signalées seulement", "With feedback only"),
    "one_feedback": ("1 signalement", "1 piece of feedback"),
    "n_feedback": ("{n} signalements", "{n} pieces of feedback"),
    "fault_score_too_high": ("score trop haut", "score too high"),
    "fault_score_too_low": ("score trop bas", "score too low"),
    "fault_wrong_cue": ("indice faux", "wrong cue"),
    "fault_missing_cue": ("indice manquant", "missing cue"),
    "fault_other": ("autre chose", "something else"),
    "all": ("Tous", "All"),
    "filter": ("Filtrer", "Filter"),
    "filters": ("Trier et filtrer", "Sort and filter"),
    "search": ("Chercher des mots", "Search words"),
    "more_filters": ("Autres filtres", "More filters"),
    "all_filters_off": ("Tout remettre à zéro", "Reset everything"),
    "source": ("Source", "Source"),
    "since": ("Reçues depuis le", "Received from"),
    "until": ("Reçues jusqu’au", "Received until"),
    "model": ("Version du modèle", "Model version"),
    "past": ("Le score au fil des versions", "The score across versions"),
    "past_at": ("Le", "On"),
    "past_score": ("Score", "Score"),
    "past_shown": ("affichée ici", "shown here"),
    "n_sentences": ("{n} phrases", "{n} sentences"),
    "one_sentence": ("1 phrase", "1 sentence"),
    "empty": (
        "Rien ici pour ces filtres. Les articles arrivent quand un appel à /v1/score porte « store: true ».",
        "Nothing here for these filters. Articles come in when a call to /v1/score says “store: true”.",
    ),
    "page_of": ("Page {page} sur {pages}", "Page {page} of {pages}"),
    "pages": ("Pages", "Pages"),
    "previous": ("Page précédente", "Previous page"),
    "next": ("Page suivante", "Next page"),
    "doubt": ("doute {value}", "doubt {value}"),
    "open_by": ("ouverte par {name}", "open by {name}"),
    "sentence_of": ("Phrase {n} sur {total}", "Sentence {n} of {total}"),
    "model_says": ("Le modèle dit", "The model says"),
    "score": ("score {value}", "score {value}"),
    "to_review": ("à relire", "to review"),
    "marks": ("Indices dans la phrase", "Cues in the sentence"),
    "no_marks": ("Aucun indice n’est repéré dans cette phrase.", "No cue was found in this sentence."),
    "effects": ("Ce qui pèse sur le score", "What weighs on the score"),
    "no_effects": (
        "Rien ne distingue cette phrase d’une affirmation toute simple.",
        "Nothing sets this sentence apart from a plain assertion.",
    ),
    "raises": ("monte le score de {value}", "raises the score by {value}"),
    "lowers": ("baisse le score de {value}", "lowers the score by {value}"),
    "sources": ("Sources", "Sources"),
    "no_sources": (
        "Personne n’est donné pour source de cette phrase.",
        "Nobody is given as the source of this sentence.",
    ),
    "mentions": ("dans les phrases", "in sentences"),
    "links": ("Liens avec d’autres phrases", "Links with other sentences"),
    "article": ("L’article", "The article"),
    "whole_article": ("Voir tout l’article", "See the whole article"),
    "this_one": ("phrase en cours", "current sentence"),
    "verdict": ("Votre verdict", "Your verdict"),
    "model_level": ("Le niveau du modèle ({level}) est", "The model’s level ({level}) is"),
    "model_no_level": (
        "Pour le modèle, la phrase n’affirme rien : c’est",
        "To the model, the sentence asserts nothing: that is",
    ),
    "right": ("juste", "right"),
    "too_high": ("trop haut", "too high"),
    "too_low": ("trop bas", "too low"),
    "or_level": ("ou bien le niveau est", "or the level is"),
    "the_level": ("Le niveau est", "The level is"),
    "choose": ("Choisir…", "Choose…"),
    "note": ("Note (facultative)", "Note (optional)"),
    "note_help": (
        "{n} caractères au plus ; supprimée avec l’article.",
        "At most {n} characters; removed with the article.",
    ),
    "wrong_cues": ("Indices faux", "Wrong cues"),
    "wrong_cues_help": ("Cochez ceux qui n’en sont pas.", "Tick those that are none."),
    "missing_cue": ("Indice manquant", "Missing cue"),
    "missing_words": ("Mots de la phrase", "Words of the sentence"),
    "missing_help": (
        "Tels qu’ils y figurent. « #2 mot » : la deuxième fois.",
        "As they stand there. “#2 word”: the second time.",
    ),
    "category": ("Catégorie", "Category"),
    "source_kind": ("Si c’est une source : laquelle", "If it is a source: which kind"),
    "more": ("Corriger les indices", "Correct the cues"),
    "save_next": ("Enregistrer et suivante", "Save and next"),
    "save": ("Enregistrer", "Save"),
    "skip": ("Passer", "Skip"),
    "saved": ("Enregistré : {mine}.", "Saved: {mine}."),
    "saved_blind": ("Enregistré : {mine}. Le modèle disait : {model}.", "Saved: {mine}. The model said: {model}."),
    "skipped": ("Phrase passée.", "Sentence skipped."),
    "undo": ("Annuler cette décision", "Undo this decision"),
    "undo_last": ("Annuler ma dernière décision", "Undo my last decision"),
    "undone_gone": (
        "Décision annulée. Le texte de la phrase a été supprimé entre-temps, à la fin de sa durée de conservation.",
        "Decision undone. The sentence’s text was removed meanwhile, when its retention ended.",
    ),
    "undone": ("Décision annulée.", "Decision undone."),
    "queue_done": ("Il ne reste rien à faire avec ces filtres.", "Nothing is left to do with these filters."),
    "decisions": ("Décisions", "Decisions"),
    "was_skipped": ("passée", "skipped"),
    "made_blind": ("à l’aveugle", "blind"),
    "held": (
        "{name} a cette phrase ouverte jusqu’à {until}.",
        "{name} has this sentence open until {until}.",
    ),
    "take": ("La prendre quand même", "Take it all the same"),
    "error": ("Erreur", "Error"),
    "choose_verdict": (
        "Choisissez un verdict : juste, trop haut, trop bas, ou un niveau.",
        "Choose a verdict: right, too high, too low, or a level.",
    ),
    "choose_level": ("Choisissez un niveau de 0 à 4.", "Choose a level from 0 to 4."),
    "choose_kind": ("Choisissez la nature de la phrase.", "Choose the kind of the sentence."),
    "none_no_level": (
        "Une phrase qui n’affirme rien n’a pas de niveau : changez la nature, ou ne choisissez pas de niveau.",
        "A sentence that asserts nothing has no level: change the kind, or choose no level.",
    ),
    "no_lower": (
        "Il n’y a pas de niveau plus bas que 0 ni plus haut que 4.",
        "There is no level below 0 and none above 4.",
    ),
    "note_long": (
        "La note a {n} caractères ; la limite est de {limit}.",
        "The note has {n} characters; the limit is {limit}.",
    ),
    "not_there": (
        "« {words} » ne figure pas dans la phrase. Copiez les mots tels quels.",
        "“{words}” is not in the sentence. Copy the words as they stand.",
    ),
    "cue_incomplete": (
        "Un indice manquant demande des mots et une catégorie, et pour une source sa nature.",
        "A missing cue needs words and a category, and for a source its kind.",
    ),
    "taken": (
        "{name} a décidé entre-temps : {what}. Votre saisie est gardée ; enregistrez de nouveau si vous la maintenez.",
        "{name} decided meanwhile: {what}. What you entered is kept; save again if you stand by it.",
    ),
    "taken_by_you": (
        "Votre décision sur cette phrase est déjà enregistrée : {what}. Enregistrez de nouveau pour la remplacer.",
        "Your decision on this sentence is recorded already: {what}. Save again to replace it.",
    ),
    "changed": (
        "Cette phrase a changé entre-temps. Votre saisie est gardée ; enregistrez de nouveau si vous la maintenez.",
        "This sentence changed meanwhile. What you entered is kept; save again if you stand by it.",
    ),
    "rescored": (
        "Le modèle en service a changé depuis que vous avez ouvert cette phrase : revoyez son score, puis décidez. "
        "Votre saisie est gardée.",
        "The model in service changed since you opened this sentence: look again at its score, then decide. "
        "What you entered is kept.",
    ),
    "rescored_blind": (
        "Le modèle en service a changé depuis que vous avez ouvert cette phrase : revoyez ses indices, puis décidez. "
        "Votre saisie est gardée.",
        "The model in service changed since you opened this sentence: look again at its cues, then decide. "
        "What you entered is kept.",
    ),
    "gone_title": ("Cette page n’existe pas", "There is no such page"),
    "gone": (
        "La phrase ou l’article n’existe pas, ou son texte a été supprimé à la fin de sa durée de conservation.",
        "The sentence or the article does not exist, or its text was removed when its retention ended.",
    ),
    "not_undone": (
        "Cette décision ne peut pas être annulée : elle l’est déjà, ou elle n’est pas de vous.",
        "This decision cannot be undone: it already is, or it is not yours.",
    ),
    "stale_title": ("Page périmée", "Stale page"),
    "store_title": ("La base ne répond pas", "The store does not answer"),
    "store": (
        "Rien n’a été enregistré. Réessayez dans un instant ; si cela dure, prévenez qui s’occupe du serveur.",
        "Nothing was saved. Try again in a moment; if this lasts, tell whoever looks after the server.",
    ),
    "failed_title": ("Quelque chose n’a pas marché", "Something went wrong"),
    "failed": (
        "Rien n’a été enregistré. Revenez en arrière et réessayez.",
        "Nothing was saved. Go back and try again.",
    ),
    "legend": ("Légende", "Legend"),
    "received": ("reçu le {date}", "received {date}"),
    "hidden": ("caché", "hidden"),
    "no_level": ("sans niveau", "no level"),
    "state_purged": ("Supprimées", "Removed"),
    "decided": ("décidée", "decided"),
}

WORDS.update(words_desk.WORDS)

# What a cue does to a reader who would check; the words of the sentence view.
WHY: dict[str, tuple[str, str]] = {
    "source": ("dit qui est derrière l’affirmation", "says who stands behind the claim"),
    "attribution": ("rattache l’affirmation à quelqu’un", "ties the claim to somebody"),
    "hedge": ("affaiblit l’affirmation : elle engage moins", "weakens the claim: it commits less"),
    "conditional": ("conditionnel de presse : ce n’est pas confirmé", "press conditional: it is not confirmed"),
    "denial": ("quelqu’un rejette une affirmation", "somebody rejects a claim"),
    "corroboration": ("quelqu’un confirme une affirmation", "somebody confirms a claim"),
    "disclaimer": ("le texte dit lui-même que ce n’est pas vérifié", "the text itself says that it is not verified"),
    "precision": ("un élément précis que l’on peut contrôler", "a precise particular that can be checked"),
    "vague": ("reste vague là où il faudrait un nom ou un chiffre", "stays vague where a name or a figure is due"),
    "subjective": ("évalue plus qu’il n’informe", "judges more than it informs"),
    "quote": ("propos rapportés mot pour mot", "words reported as they were said"),
}


def speaker(language: str) -> Callable[..., str]:
    """The function that says a word of the pages in a language."""
    column = 0 if language == "fr" else 1

    def say(name: str, /, **values: object) -> str:
        return WORDS[name][column].format(**values)

    return say


def number(value: float, language: str, digits: int = 2) -> str:
    """0,18 in French, 0.18 in English."""
    shown = f"{value:.{digits}f}"
    return shown.replace(".", ",") if language == "fr" else shown


def moment(seconds: int, language: str) -> str:
    """Day and time, UTC."""
    at = datetime.fromtimestamp(seconds, UTC)
    return at.strftime("%d/%m/%Y %H:%M UTC" if language == "fr" else "%Y-%m-%d %H:%M UTC")
