"""The columns of the model's input, documented one by one.

Every column has a range, a direction the model must respect (``monotone``) and words for readers in French and English.
The directions hold the guideline's promise: a hedge, an anonymous source or a contesting sentence never raises a score;
an identifiable source or a precise particular never lowers one.
"""

from __future__ import annotations

from typing import NamedTuple


class Feature(NamedTuple):
    """A column: ``low`` to ``high`` is its range; ``monotone`` is +1 (never lowers), -1 (never raises) or 0 (free)."""

    name: str
    family: str
    low: float
    high: float
    monotone: int
    fr: str
    en: str
    why: str


FEATURES: tuple[Feature, ...] = (
    # who stands behind the claim
    Feature("source_person", "source", 0, 1, 1, "Personne nommée", "Named person", "accountable by name"),
    Feature("source_institution", "source", 0, 1, 1, "Organisme identifiable", "Identifiable body", "can be asked"),
    Feature("source_document", "source", 0, 1, 1, "Document identifiable", "Identifiable document", "can be opened"),
    Feature("source_outlet", "source", 0, 1, 1, "Média nommé", "Named outlet", "identifiable, but second-hand"),
    Feature(
        "source_first_hand", "source", 0, 1, 1, "Source de première main", "First-hand source", "knows what it says"
    ),
    Feature("source_role", "source", 0, 1, 0, "Source décrite, non nommée", "Described, unnamed source", "level 2"),
    Feature("source_anonymous", "source", 0, 1, -1, "Source anonyme", "Anonymous source", "nobody could be asked"),
    Feature("anonymous_only", "source", 0, 1, -1, "Aucune source identifiable", "Anonymous source only", "level 1"),
    Feature(
        "anonymous_event_vague",
        "source",
        0,
        1,
        -1,
        "Source anonyme, fait imprécis",
        "Anonymous and imprecise",
        "an anonymous source without two particulars is 1",
    ),
    Feature(
        "second_source", "source", 0, 1, 1, "Deuxième source identifiable", "Second identifiable source", "level 4"
    ),
    Feature(
        "recipient_outlet",
        "source",
        0,
        1,
        1,
        "Propos recueillis par un média nommé",
        "Told to a named outlet",
        "the outlet heard the words",
    ),
    Feature(
        "source_inherited",
        "source",
        0,
        1,
        -1,
        "Source reprise d’une phrase voisine",
        "Source carried over",
        "named elsewhere, not here",
    ),
    Feature("attributed", "source", 0, 1, 1, "Propos attribué", "Attributed", "somebody identifiable answers for it"),
    Feature(
        "informing",
        "source",
        0,
        1,
        1,
        "Verbe d’information (préciser, annoncer)",
        "Informing verb (préciser, annoncer)",
        "an identifiable source passes on what it knows; other verbs take a stand",
    ),
    # how firmly
    Feature("hedge", "commitment", 0, 2, -1, "Réserve sur l’affirmation", "Hedge on the claim", "weaker commitment"),
    Feature("hedge_detail", "commitment", 0, 2, -1, "Réserve sur un détail", "Hedge on a detail", "weighs less"),
    Feature(
        "hedge_unsourced",
        "commitment",
        0,
        1,
        -1,
        "Réserve sans source identifiable",
        "Hedge without source",
        "nobody answers for the doubt",
    ),
    Feature(
        "conditional", "commitment", 0, 2, -1, "Conditionnel de ouï-dire", "Hearsay conditional", "not vouched for"
    ),
    Feature(
        "conditional_detail", "commitment", 0, 2, -1, "Conditionnel sur un détail", "Hearsay detail", "weighs less"
    ),
    Feature(
        "conditional_unsourced",
        "commitment",
        0,
        1,
        -1,
        "Conditionnel sans source identifiable",
        "Hearsay without source",
        "level 1",
    ),
    Feature("disclaimer", "commitment", 0, 2, -1, "Information non vérifiée", "Said to be unverified", "level 0 or 1"),
    Feature(
        "disclaimer_unsourced",
        "commitment",
        0,
        1,
        -1,
        "Non vérifiée et sans source",
        "Unverified, unsourced",
        "level 0",
    ),
    Feature("rumour", "commitment", 0, 1, -1, "Rumeur", "Rumour", "level 0"),
    Feature(
        "distancing",
        "commitment",
        0,
        1,
        -1,
        "Propos à distance (prétendre, évoquer, « pour X »)",
        "Held at a distance (prétendre, évoquer, “pour X”)",
        "brought up, supposed or imputed rather than said to be so",
    ),
    Feature(
        "accusation_unsourced",
        "commitment",
        0,
        1,
        -1,
        "Accusation sans accusateur",
        "Accuser not named",
        "est accusé de: no source",
    ),
    # who contests or backs it
    Feature("contested", "dispute", 0, 2, -1, "Contestée dans l’article", "Contested in the article", "one level down"),
    Feature("denial", "dispute", 0, 1, 0, "Démenti", "Denial", "a denial is itself a sourced claim"),
    Feature(
        "corroborated", "dispute", 0, 1, 1, "Confirmée par une autre source", "Backed by another source", "level up"
    ),
    Feature("corroborating", "dispute", 0, 1, 1, "Confirmation", "Confirms another claim", "second source speaks"),
    # how precisely
    Feature("figure", "precision", 0, 1, 1, "Chiffre précis", "Exact figure", "can be looked up"),
    Feature("date", "precision", 0, 1, 1, "Date ou heure", "Date or time", "when"),
    Feature("reference", "precision", 0, 1, 1, "Référence (loi, dossier, adresse web)", "Reference", "can be opened"),
    Feature(
        "particulars",
        "precision",
        0,
        4,
        1,
        "Éléments vérifiables (qui, où, quand, combien)",
        "Particulars",
        "an event with two is 3",
    ),
    Feature(
        "two_particulars",
        "precision",
        0,
        1,
        1,
        "Au moins deux éléments vérifiables",
        "Two particulars",
        "own or carried on from the sentence before",
    ),
    Feature(
        "carried_particulars",
        "precision",
        0,
        1,
        1,
        "Éléments donnés à la phrase précédente",
        "Particulars of the sentence before",
        "guideline 3 (a)",
    ),
    Feature(
        "firm_precise",
        "precision",
        0,
        1,
        1,
        "Source de première main, fait précis",
        "First-hand and precise",
        "level 4: firm, precise, first-hand",
    ),
    Feature("names", "precision", 0, 5, 1, "Mots de noms propres", "Words of names", "full names are easy to look up"),
    Feature(
        "named_actor",
        "precision",
        0,
        1,
        1,
        "Acte de quelqu’un de nommé",
        "Somebody named acts",
        "a named person or body that did it can be asked",
    ),
    Feature(
        "details_at_all",
        "precision",
        0,
        4,
        1,
        "Éléments précis, d’où qu’ils viennent",
        "Details, whoever gives them",
        "can at least be looked up",
    ),
    Feature(
        "record",
        "precision",
        0,
        2,
        1,
        "Acte ou écrit qui laisse une trace",
        "Act or text on record",
        "filed, published or voted: can be found again",
    ),
    Feature(
        "event",
        "precision",
        0,
        3,
        1,
        "Événement",
        "Event",
        "what happened can be checked, told in the past or in the present of narration",
    ),
    Feature(
        "count_unsourced",
        "precision",
        0,
        2,
        -1,
        "Décompte sans source",
        "Count without source",
        "guideline 3 (a): a toll or a share is 2, however exact",
    ),
    Feature("vague_unsourced", "precision", 0, 1, -1, "Vague et sans source", "Vague and unsourced", "level 1"),
    Feature("vague", "precision", 0, 3, -1, "Expression vague", "Vague expression", "cannot be counted"),
    # what it does
    Feature("subjective", "form", 0, 3, -1, "Terme évaluatif", "Evaluative term", "not checkable"),
    Feature("subjective_weak", "form", 0, 3, -1, "Nuance évaluative", "Evaluative shade", "colours a fact"),
    Feature(
        "generic_on",
        "form",
        0,
        2,
        -1,
        "« On »",
        "Impersonal “on”",
        "nobody in particular",
    ),
    Feature(
        "general",
        "form",
        0,
        3,
        -1,
        "Tournures générales",
        "General talk",
        "weighs and generalises",
    ),
    Feature(
        "leaning",
        "form",
        -1,
        1,
        0,
        "Vocabulaire de jugement (−) ou de fait (+)",
        "Words of judgement (−) or of fact (+)",
        "common words, cues and names apart, by the levels of sentences that hold words used alike (ADR 8)",
    ),
    Feature("quoted", "form", 0, 1, 0, "Propos cités mot pour mot", "Words quoted", "the speaker's own words"),
    Feature(
        "quoted_identifiable",
        "form",
        0,
        1,
        1,
        "Citation d’une source identifiable",
        "Quote of a known source",
        "level up",
    ),
    Feature("is_opinion", "form", 0, 1, -1, "Jugement", "Judgement", "at most 2"),
    Feature(
        "opinion_unsourced", "form", 0, 1, -1, "Jugement sans auteur identifiable", "Unattributed judgement", "level 0"
    ),
    Feature("is_prediction", "form", 0, 1, -1, "Prévision", "Prediction", "at most 2"),
    Feature(
        "prediction_unsourced",
        "form",
        0,
        1,
        -1,
        "Prévision sans auteur identifiable",
        "Unattributed prediction",
        "level 0 or 1",
    ),
    Feature(
        "speech_act",
        "form",
        0,
        1,
        0,
        "Annonce ou engagement de la source",
        "Act of the source itself",
        "that X did so can be checked",
    ),
    Feature("is_heading", "form", 0, 1, 0, "Titre ou intertitre", "Heading", "borrows nothing from the body"),
    # the article around it
    Feature(
        "previous_anonymous",
        "context",
        0,
        1,
        -1,
        "Phrase précédente anonyme",
        "Sentence before is anonymous",
        "narration goes on from it",
    ),
    Feature(
        "opinions_around",
        "context",
        0,
        5,
        -1,
        "Texte d’opinion, sans source ici",
        "Opinionated text, no source here",
        "among judgements nobody answers for an assertion",
    ),
    Feature(
        "first_person_around",
        "context",
        0,
        5,
        -1,
        "Texte à la première personne, sans source ici",
        "First-person text, no source here",
        "a column or a blog: the author's own voice",
    ),
)
NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
