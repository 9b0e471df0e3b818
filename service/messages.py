"""The words that people read: categories, kinds of source, levels, kinds and links, in French and English."""

from __future__ import annotations

LANGUAGES = ("fr", "en")

CATEGORIES: dict[str, dict[str, str]] = {
    "source": {"fr": "Source", "en": "Source"},
    "attribution": {"fr": "Attribution : qui parle", "en": "Attribution: who speaks"},
    "hedge": {"fr": "Réserve", "en": "Hedge"},
    "conditional": {"fr": "Conditionnel de ouï-dire", "en": "Hearsay conditional"},
    "denial": {"fr": "Démenti", "en": "Denial"},
    "corroboration": {"fr": "Confirmation", "en": "Corroboration"},
    "disclaimer": {"fr": "Non vérifié ou rumeur", "en": "Unverified or rumour"},
    "precision": {"fr": "Élément précis", "en": "Precise particular"},
    "vague": {"fr": "Expression vague", "en": "Vague expression"},
    "subjective": {"fr": "Terme évaluatif", "en": "Evaluative term"},
    "quote": {"fr": "Propos cités", "en": "Quoted words"},
}
SOURCE_KINDS: dict[str, dict[str, str]] = {
    "person": {"fr": "Personne nommée", "en": "Named person"},
    "institution": {"fr": "Organisme identifiable", "en": "Identifiable body"},
    "document": {"fr": "Document identifiable", "en": "Identifiable document"},
    "outlet": {"fr": "Média nommé", "en": "Named outlet"},
    "role": {"fr": "Source décrite, non nommée", "en": "Described, unnamed source"},
    "anonymous": {"fr": "Source anonyme", "en": "Anonymous source"},
}
RECIPIENT = {"fr": "Média qui a recueilli les propos", "en": "Outlet that received the words"}
LEVELS: dict[int, dict[str, str]] = {
    0: {"fr": "invérifiable", "en": "unverifiable"},
    1: {"fr": "fragile", "en": "fragile"},
    2: {"fr": "partielle", "en": "partial"},
    3: {"fr": "attribuée", "en": "attributed"},
    4: {"fr": "étayée", "en": "well supported"},
}
LEVEL_MEANINGS: dict[int, dict[str, str]] = {
    0: {
        "fr": "Rumeur, spéculation, ou affirmation que le texte dit n’avoir pu vérifier, sans personne de nommé.",
        "en": "Rumour, speculation, or a claim that the text says could not be checked, with nobody named.",
    },
    1: {
        "fr": "Source anonyme seule, réserve ou ouï-dire sans source identifiable, affirmation contestée.",
        "en": "Anonymous source only, hedge or hearsay without identifiable source, contested claim.",
    },
    2: {
        "fr": "Affirmation sans source ni détails, source décrite mais non nommée, ou identifiable avec réserve.",
        "en": "Plain assertion, described but unnamed source, or identifiable source with a hedge.",
    },
    3: {
        "fr": "Affirmation ferme d’une source identifiable de seconde main, ou fait public daté et situé.",
        "en": "Firm claim of one identifiable, second-hand source, or a public fact with its particulars.",
    },
    4: {
        "fr": "Affirmation précise et ferme d’une source nommée qui parle de ce qu’elle connaît.",
        "en": "Precise, firm claim of a named source speaking of what it can know.",
    },
}
KINDS: dict[str, dict[str, str]] = {
    "claim": {"fr": "affirmation", "en": "claim"},
    "opinion": {"fr": "jugement", "en": "opinion"},
    "prediction": {"fr": "prévision", "en": "prediction"},
    "none": {"fr": "rien d’affirmé", "en": "asserts nothing"},
}
LINKS: dict[str, dict[str, str]] = {
    "contests": {"fr": "conteste", "en": "contests"},
    "contested_by": {"fr": "contestée par", "en": "contested by"},
    "corroborates": {"fr": "confirme", "en": "corroborates"},
    "corroborated_by": {"fr": "confirmée par", "en": "corroborated by"},
    "same_source": {"fr": "même source que", "en": "same source as"},
}
ABOUT = {
    "fr": "Le score dit jusqu’où un lecteur pourrait remonter et contrôler l’affirmation à partir du texte. "
    "Il ne dit jamais si elle est vraie.",
    "en": "The score says how far a reader could trace and check the claim from the text itself. "
    "It never says whether it is true.",
}


def cue_message(category: str, source_kind: str | None, role: str | None, language: str) -> str:
    """What a cue is, in words."""
    if role == "recipient":
        return RECIPIENT[language]
    if source_kind:
        return SOURCE_KINDS[source_kind][language]
    return CATEGORIES[category][language]
