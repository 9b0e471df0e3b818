"""The words of the team view and of disputes, in French and English."""

TEAM_WORDS: dict[str, tuple[str, str]] = {
    "order_disagreement": ("Désaccords d’abord", "Disagreements first"),
    "state_disputed": ("En désaccord", "Disputed"),
    "disputed": ("en désaccord", "disputed"),
    "gap": ("désaccord : {n}", "disagreement: {n}"),
    "part_first": (
        "Votre décision est enregistrée. Un autre relecteur, qui ne la voit pas, décidera à son tour.",
        "Your decision is saved. Another moderator, who cannot see it, will decide in turn.",
    ),
    "part_side": (
        "Vous n’êtes pas d’accord entre relecteurs : une troisième personne tranchera. Enregistrer de nouveau remplace "
        "votre décision.",
        "Moderators disagree here: a third person will settle it. Saving again replaces your decision.",
    ),
    "part_third": (
        "Deux relecteurs ne sont pas d’accord. Votre verdict tranchera.",
        "Two moderators disagree. Your verdict will settle it.",
    ),
    "settles": ("tranche", "settles it"),
    "team": ("Équipe", "Team"),
    "period": ("Période", "Period"),
    "last_days": ("{n} derniers jours", "last {n} days"),
    "team_lead": (
        "Décisions en {days} jours : {n}. À trancher : {disputed}. En attente d’une seconde décision : {waiting}.",
        "Decisions in {days} days: {n}. To be settled: {disputed}. Waiting for a second decision: {waiting}.",
    ),
    "see_disputed": ("Voir les désaccords", "See the disagreements"),
    "per_day": ("Décisions par jour", "Decisions a day"),
    "per_day_help": (
        "Décisions qui tiennent (ni passées, ni annulées), jours UTC, {n} dernières semaines.",
        "Decisions that stand (neither skipped nor undone), UTC days, the last {n} weeks.",
    ),
    "week_of": ("Semaine du", "Week of"),
    "days_short": ("lu ma me je ve sa di", "Mo Tu We Th Fr Sa Su"),
    "to_come": ("à venir", "to come"),
    "total": ("Total", "Total"),
    "among": ("Accord entre relecteurs", "Agreement between moderators"),
    "among_help": (
        "Alpha de Krippendorff : 1, toujours d’accord ; 0, comme au hasard. Seules comptent les phrases que deux "
        "personnes ont jugées sans voir l’avis de l’autre (double relecture, ou mode aveugle), {n} au moins.",
        "Krippendorff’s alpha: 1, always agree; 0, as if by chance. Only sentences that two people judged without "
        "seeing the other’s opinion count (double review, or blind mode), at least {n}.",
    ),
    "pairs": ("Paires", "Pairs"),
    "alpha_levels": ("Alpha des niveaux", "Alpha of levels"),
    "alpha_kinds": ("Alpha des natures", "Alpha of kinds"),
    "too_few": ("trop peu", "too few"),
    "all_sentences": ("Toutes les phrases", "All sentences"),
    "with_model": ("Accord avec le modèle", "Agreement with the model"),
    "with_model_help": (
        "Le niveau du modèle est juste, trop haut ou trop bas, là où le relecteur et lui en donnent un. Écart : modèle "
        "moins relecteur, en niveaux. À l’aveugle : le relecteur n’avait pas vu ce que disait le modèle.",
        "The model’s level is right, too high or too low, where it and the moderator both give one. Difference: model "
        "minus moderator, in levels. Blind: the moderator had not seen what the model said.",
    ),
    "blind_ones": ("À l’aveugle", "Blind"),
    "sighted_ones": ("Modèle visible", "Model in sight"),
    "both_ones": ("Ensemble", "Together"),
    "n_decisions": ("Décisions", "Decisions"),
    "share_right": ("Juste", "Right"),
    "share_high": ("Trop haut", "Too high"),
    "share_low": ("Trop bas", "Too low"),
    "mean_difference": ("Écart moyen", "Mean difference"),
    "share_kind": ("Même nature", "Same kind"),
    "corrected_most": ("Où le modèle est le plus corrigé", "Where the model is most often corrected"),
    "corrected_help": (
        "Part des décisions qui changent le niveau ou la nature, la plus grande d’abord ; au moins {n} décisions.",
        "Share of decisions that change the level or the kind, greatest first; at least {n} decisions.",
    ),
    "by_cue": ("Par indice de la phrase", "By cue in the sentence"),
    "by_kind": ("Par nature, selon le modèle", "By kind, as the model has it"),
    "corrected": ("Corrigé", "Corrected"),
    "corrected_blind": ("Corrigé à l’aveugle", "Corrected blind"),
    "left_out": ("Moins de {n} décisions : {names}.", "Fewer than {n} decisions: {names}."),
    "left_out_pairs": ("Moins de {n} paires : {names}.", "Fewer than {n} pairs: {names}."),
    "export": ("Exporter les décisions", "Export the decisions"),
    "export_help": (
        "Sur le serveur ; le fichier sert tel quel à l’entraînement :",
        "On the server; training takes the file as it is:",
    ),
}
