"""More words of the pages: shortcuts, choosing words, the article's summary and export, sign-in by a provider."""

WORDS: dict[str, tuple[str, str]] = {
    # name: (French, English)
    "shortcuts": ("Raccourcis clavier", "Keyboard shortcuts"),
    "shortcuts_why": (
        "D’une seule touche, sans Ctrl ni Alt. Ils sont désactivés au départ, car une touche frappée par erreur, ou un "
        "mot dicté, suffirait à décider. Jamais pendant la saisie dans un champ. "
        "Le choix vaut pour vous, dans ce navigateur.",
        "One key, without Ctrl or Alt. They are off at first, since a key hit by mistake, or a dictated word, would "
        "be enough to decide. Never while typing in a field. The choice is yours, in this browser.",
    ),
    "shortcuts_no_script": (
        "Votre navigateur n’exécute pas de script ici : les raccourcis resteront sans effet.",
        "Your browser runs no script here: shortcuts will have no effect.",
    ),
    "shortcuts_are_on": ("Ils sont activés.", "They are on."),
    "shortcuts_are_off": ("Ils sont désactivés.", "They are off."),
    "shortcuts_now_on": ("Raccourcis activés.", "Shortcuts switched on."),
    "shortcuts_now_off": ("Raccourcis désactivés.", "Shortcuts switched off."),
    "switch_on": ("Les activer", "Switch them on"),
    "switch_off": ("Les désactiver", "Switch them off"),
    "everywhere": ("Partout", "Everywhere"),
    "in_queue": ("Dans la file", "In the queue"),
    "on_sentence": ("Devant une phrase", "On a sentence"),
    "key": ("Touche", "Key"),
    "effect": ("Effet", "Effect"),
    "always": ("Sans raccourcis", "Without shortcuts"),
    "always_words": (
        "Tout se fait aussi par Tab, Espace, les flèches et Entrée. Après «\u00a0Enregistrer et suivante\u00a0», le "
        "premier choix de la phrase suivante a le focus : Espace le prend, Entrée enregistre et continue.",
        "Everything can also be done with Tab, Space, the arrows and Enter. After “Save and next” the first choice of "
        "the next sentence has the focus: Space takes it, Enter saves and goes on.",
    ),
    "pick": ("Indice manquant\u00a0: «\u00a0{words}\u00a0»", "Missing cue: “{words}”"),
    "pick_help": (
        "Flèches : mot à mot. Maj et flèches : étendre. Entrée : en faire un indice manquant.",
        "Arrows: word by word. Shift and arrows: extend. Enter: make it a missing cue.",
    ),
    "count_sentences": ("Phrases", "Sentences"),
    "count_review": ("À relire", "To review"),
    "count_contested": ("Contestées", "Contested"),
    "count_decided": ("Décidées", "Decided"),
    "count_sources": ("Sources", "Sources"),
    "count_independent": ("Sources indépendantes", "Independent sources"),
    "marks_on": ("Montrer les indices", "Show the cues"),
    "marks_off": ("Cacher les indices", "Hide the cues"),
    "cues": ("Indices", "Cues"),
    "check_legend": (
        "décidée, et le niveau que la relecture lui a donné.",
        "decided, and the level that review gave it.",
    ),
    "download": ("Télécharger en HTML", "Download as HTML"),
    "not_blind": (
        "Le fichier montre ce que dit le modèle : désactivez le mode aveugle pour le télécharger.",
        "The file shows what the model says: switch blind mode off to download it.",
    ),
    "by_provider": ("Se connecter avec le compte de votre organisation", "Sign in with your organisation’s account"),
    "or_password": ("ou avec un mot de passe d’ici", "or with a password of this site"),
    "provider_down": (
        "Le service de connexion de votre organisation ne répond pas comme il faut. Réessayez ; si cela dure, prévenez "
        "qui s’occupe du serveur.",
        "Your organisation’s sign-in service does not answer as it should. Try again; if this lasts, tell whoever "
        "looks after the server.",
    ),
    "provider_denied": (
        "Le service de connexion de votre organisation a refusé.",
        "Your organisation’s sign-in service refused.",
    ),
    "provider_stale": (
        "Cette connexion n’a pas été commencée ici, ou il y a trop longtemps. Recommencez.",
        "This sign-in was not begun here, or too long ago. Please start again.",
    ),
    "provider_unknown": (
        "Votre organisation vous connaît, mais aucun compte d’ici n’est le vôtre. Demandez à qui s’occupe du serveur : "
        "python -m service users link NOM --subject {subject}",
        "Your organisation knows you, but no account here is yours. Ask whoever looks after the server: "
        "python -m service users link NAME --subject {subject}",
    ),
    "picked": (
        "«\u00a0{words}\u00a0» : choisissez de quel indice il s’agit.",
        "“{words}”: choose which cue this is.",
    ),
}
