"""French conjugation by rule: every form of a verb from its infinitive.

Our own rules, written from the grammar (three groups, the spelling changes of the first, the patterns of the third by
ending). Used when the verb table is built for the whole language, and at load for the verbs that the cue lexicon names.
"""

from __future__ import annotations

MOODS = (
    "infinitive",
    "indicative-present",
    "imperfect",
    "simple-past",
    "future",
    "conditional",
    "subjunctive-present",
    "subjunctive-imperfect",
    "imperative",
    "past-participle",
    "present-participle",
)
IMPERFECT = ("ais", "ais", "ait", "ions", "iez", "aient")
FUTURE = ("ai", "as", "a", "ons", "ez", "ont")
_SUBJUNCTIVE = ("e", "es", "e", "ions", "iez", "ent")
_PAST = {
    "a": ("ai", "as", "a", "âmes", "âtes", "èrent"),
    "i": ("is", "is", "it", "îmes", "îtes", "irent"),
    "u": ("us", "us", "ut", "ûmes", "ûtes", "urent"),
    "in": ("ins", "ins", "int", "înmes", "întes", "inrent"),
}
_PAST_SUBJUNCTIVE = {
    "a": ("asse", "asses", "ât", "assions", "assiez", "assent"),
    "i": ("isse", "isses", "ît", "issions", "issiez", "issent"),
    "u": ("usse", "usses", "ût", "ussions", "ussiez", "ussent"),
    "in": ("insse", "insses", "înt", "inssions", "inssiez", "inssent"),
}

# The -ir verbs that are not of the second group.
THIRD_GROUP_IR = frozenset(
    "abstenir advenir appartenir circonvenir contenir contrevenir convenir détenir devenir disconvenir "
    "entretenir intervenir maintenir obtenir obvenir parvenir prévenir provenir redevenir ressouvenir "
    "retenir revenir soutenir souvenir subvenir survenir tenir venir consentir démentir départir mentir "
    "partir repartir pressentir repentir ressentir ressortir sentir sortir couvrir découvrir entrouvrir "
    "offrir ouvrir recouvrir redécouvrir rentrouvrir rouvrir souffrir accourir concourir discourir "
    "recourir courir encourir parcourir secourir desservir resservir servir dévêtir revêtir survêtir "
    "vêtir dormir redormir endormir rendormir acquérir conquérir enquérir réacquérir reconquérir requérir "
    "enfuir fuir mourir bouillir débouillir accueillir cueillir recueillir défaillir saillir tressaillir "
    "assaillir faillir".split()
)
# -eler and -eter verbs that take a grave accent; the others double the consonant (and, since 1990, may take the
# accent).
_GRAVE = frozenset(
    "acheter racheter geler congeler dégeler surgeler regeler peler modeler remodeler démanteler celer receler déceler "
    "ciseler marteler écarteler haleter fureter crocheter corseter harceler fileter".split()
)
_DOUBLING_ONLY = ("appeler", "jeter", "interpeler")

# Ending → present (6) | imperfect stem | future stem | simple past stem:type | subjunctive stems (1 and 4) |
# participle. Each is put after what precedes the ending; "-" marks forms that do not exist. The longest ending wins.
_PATTERNS: dict[str, str] = {
    "enir": "iens iens ient enons enez iennent|en|iendr|:in|ienn en|enu",
    "entir": "ens ens ent entons entez entent|ent|entir|ent:i|ent|enti",
    "artir": "ars ars art artons artez artent|art|artir|art:i|art|arti",
    "ortir": "ors ors ort ortons ortez ortent|ort|ortir|ort:i|ort|orti",
    "vrir": "vre vres vre vrons vrez vrent|vr|vrir|vr:i|vr|vert",
    "ffrir": "ffre ffres ffre ffrons ffrez ffrent|ffr|ffrir|ffr:i|ffr|ffert",
    "courir": "cours cours court courons courez courent|cour|courr|cour:u|cour|couru",
    "mourir": "meurs meurs meurt mourons mourez meurent|mour|mourr|mour:u|meur mour|mort",
    "ervir": "ers ers ert ervons ervez ervent|erv|ervir|erv:i|erv|ervi",
    "êtir": "êts êts êt êtons êtez êtent|êt|êtir|êt:i|êt|êtu",
    "ormir": "ors ors ort ormons ormez orment|orm|ormir|orm:i|orm|ormi",
    "quérir": "quiers quiers quiert quérons quérez quièrent|quér|querr|qu:i|quièr quér|quis",
    "fuir": "fuis fuis fuit fuyons fuyez fuient|fuy|fuir|fu:i|fui fuy|fui",
    "bouillir": "bous bous bout bouillons bouillez bouillent|bouill|bouillir|bouill:i|bouill|bouilli",
    "cueillir": "cueille cueilles cueille cueillons cueillez cueillent|cueill|cueiller|cueill:i|cueill|cueilli",
    "aillir": "aille ailles aille aillons aillez aillent|aill|aillir|aill:i|aill|ailli",
    "faillir": "faux faux faut faillons faillez faillent|faill|faillir|faill:i|faill|failli",
    "pouvoir": "peux peux peut pouvons pouvez peuvent|pouv|pourr|p:u|puiss|pu",
    "vouloir": "veux veux veut voulons voulez veulent|voul|voudr|voul:u|veuill voul|voulu",
    "devoir": "dois dois doit devons devez doivent|dev|devr|d:u|doiv dev|dû",
    "savoir": "sais sais sait savons savez savent|sav|saur|s:u|sach|su",
    "voir": "vois vois voit voyons voyez voient|voy|verr|v:i|voi voy|vu",
    "prévoir": "prévois prévois prévoit prévoyons prévoyez prévoient|prévoy|prévoir|prév:i|prévoi prévoy|prévu",
    "urvoir": "urvois urvois urvoit urvoyons urvoyez urvoient|urvoy|urvoir|urv:u|urvoi urvoy|urvu",
    "mouvoir": "meus meus meut mouvons mouvez meuvent|mouv|mouvr|m:u|meuv mouv|mu",
    "cevoir": "çois çois çoit cevons cevez çoivent|cev|cevr|ç:u|çoiv cev|çu",
    "valoir": "vaux vaux vaut valons valez valent|val|vaudr|val:u|vaill val|valu",
    "prévaloir": "prévaux prévaux prévaut prévalons prévalez prévalent|préval|prévaudr|préval:u|préval|prévalu",
    "asseoir": "assieds assieds assied asseyons asseyez asseyent|assey|assiér|ass:i|assey|assis",
    "surseoir": "sursois sursois sursoit sursoyons sursoyez sursoient|sursoy|surseoir|surs:i|sursoi sursoy|sursis",
    "falloir": "- - faut - - -|fall|faudr|fall:u|faill|fallu",
    "pleuvoir": "- - pleut - - pleuvent|pleuv|pleuvr|pl:u|pleuv|plu",
    "choir": "chois chois choit choyons choyez choient|choy|choir|ch:u|choi choy|chu",
    "clore": "clos clos clôt closons closez closent|clos|clor|clos:i|clos|clos",
    "dre": "ds ds d dons dez dent|d|dr|d:i|d|du",
    "ompre": "omps omps ompt ompons ompez ompent|omp|ompr|omp:i|omp|ompu",
    "prendre": "prends prends prend prenons prenez prennent|pren|prendr|pr:i|prenn pren|pris",
    "attre": "ats ats at attons attez attent|att|attr|att:i|att|attu",
    "mettre": "mets mets met mettons mettez mettent|mett|mettr|m:i|mett|mis",
    "foutre": "fous fous fout foutons foutez foutent|fout|foutr|fout:i|fout|foutu",
    "indre": "ins ins int ignons ignez ignent|ign|indr|ign:i|ign|int",
    "faire": "fais fais fait faisons faites font|fais|fer|f:i|fass|fait",
    "aire": "ais ais ait ayons ayez aient|ay|air|-|ai ay|ait",
    "plaire": "plais plais plaît plaisons plaisez plaisent|plais|plair|pl:u|plais|plu",
    "taire": "tais tais tait taisons taisez taisent|tais|tair|t:u|tais|tu",
    "vaincre": "vaincs vaincs vainc vainquons vainquez vainquent|vainqu|vaincr|vainqu:i|vainqu|vaincu",
    "aître": "ais ais aît aissons aissez aissent|aiss|aîtr|:u|aiss|u",
    "naître": "nais nais naît naissons naissez naissent|naiss|naîtr|naqu:i|naiss|né",
    "connaître": "connais connais connaît connaissons connaissez connaissent|connaiss|connaîtr|conn:u|connaiss|connu",
    "oître": "ois ois oît oissons oissez oissent|oiss|oîtr|:u|oiss|u",
    "croire": "crois crois croit croyons croyez croient|croy|croir|cr:u|croi croy|cru",
    "boire": "bois bois boit buvons buvez boivent|buv|boir|b:u|boiv buv|bu",
    "clure": "clus clus clut cluons cluez cluent|clu|clur|cl:u|clu|clu",
    "inclure": "inclus inclus inclut incluons incluez incluent|inclu|inclur|incl:u|inclu|inclus",
    "soudre": "sous sous sout solvons solvez solvent|solv|soudr|sol:u|solv|sous",
    "résoudre": "résous résous résout résolvons résolvez résolvent|résolv|résoudr|résol:u|résolv|résolu",
    "coudre": "couds couds coud cousons cousez cousent|cous|coudr|cous:i|cous|cousu",
    "moudre": "mouds mouds moud moulons moulez moulent|moul|moudr|moul:u|moul|moulu",
    "suivre": "suis suis suit suivons suivez suivent|suiv|suivr|suiv:i|suiv|suivi",
    "vivre": "vis vis vit vivons vivez vivent|viv|vivr|véc:u|viv|vécu",
    "crire": "cris cris crit crivons crivez crivent|criv|crir|criv:i|criv|crit",
    "lire": "lis lis lit lisons lisez lisent|lis|lir|l:u|lis|lu",
    "dire": "dis dis dit disons disez disent|dis|dir|d:i|dis|dit",
    "maudire": "maudis maudis maudit maudissons maudissez maudissent|maudiss|maudir|maud:i|maudiss|maudit",
    "uire": "uis uis uit uisons uisez uisent|uis|uir|uis:i|uis|uit",
    "luire": "luis luis luit luisons luisez luisent|luis|luir|luis:i|luis|lui",
    "nuire": "nuis nuis nuit nuisons nuisez nuisent|nuis|nuir|nuis:i|nuis|nui",
    "bruire": "bruis bruis bruit bruissons bruissez bruissent|bruiss|bruir|bru:i|bruiss|brui",
    "fire": "fis fis fit fisons fisez fisent|fis|fir|f:i|fis|fi",
    "confire": "confis confis confit confisons confisez confisent|confis|confir|conf:i|confis|confit",
    "cire": "cis cis cit cisons cisez cisent|cis|cir|c:i|cis|cis",
    "rire": "ris ris rit rions riez rient|ri|rir|r:i|ri|ri",
    "frire": "fris fris frit - - -|-|frir|-|-|frit",
}
_LONGEST = max(map(len, _PATTERNS))

_IRREGULAR: dict[str, dict[str, str]] = {
    "être": {
        "indicative-present": "suis es est sommes êtes sont",
        "imperfect": "étais étais était étions étiez étaient",
        "simple-past": "fus fus fut fûmes fûtes furent",
        "future": "serai seras sera serons serez seront",
        "conditional": "serais serais serait serions seriez seraient",
        "subjunctive-present": "sois sois soit soyons soyez soient",
        "subjunctive-imperfect": "fusse fusses fût fussions fussiez fussent",
        "imperative": "- sois - soyons soyez -",
        "past-participle": "été",
        "present-participle": "étant",
    },
    "avoir": {
        "indicative-present": "ai as a avons avez ont",
        "imperfect": "avais avais avait avions aviez avaient",
        "simple-past": "eus eus eut eûmes eûtes eurent",
        "future": "aurai auras aura aurons aurez auront",
        "conditional": "aurais aurais aurait aurions auriez auraient",
        "subjunctive-present": "aie aies ait ayons ayez aient",
        "subjunctive-imperfect": "eusse eusses eût eussions eussiez eussent",
        "imperative": "- aie - ayons ayez -",
        "past-participle": "eu eue eus eues",
        "present-participle": "ayant",
    },
    "aller": {
        "indicative-present": "vais vas va allons allez vont",
        "imperfect": "allais allais allait allions alliez allaient",
        "simple-past": "allai allas alla allâmes allâtes allèrent",
        "future": "irai iras ira irons irez iront",
        "conditional": "irais irais irait irions iriez iraient",
        "subjunctive-present": "aille ailles aille allions alliez aillent",
        "subjunctive-imperfect": "allasse allasses allât allassions allassiez allassent",
        "imperative": "- va - allons allez -",
        "past-participle": "allé allée allés allées",
        "present-participle": "allant",
    },
}
# Single forms that the patterns get wrong.
_CORRECTIONS: dict[str, dict[str, str]] = {
    "dire": {"indicative-present": "dis dis dit disons dites disent", "imperative": "- dis - disons dites -"},
    "redire": {"indicative-present": "redis redis redit redisons redites redisent"},
    "devoir": {"past-participle": "dû due dus dues"},
    "mouvoir": {"past-participle": "mû mue mus mues"},
    "savoir": {"present-participle": "sachant", "imperative": "- sache - sachons sachez -"},
    "absoudre": {"past-participle": "absous absoute absous absoutes"},
    "dissoudre": {"past-participle": "dissous dissoute dissous dissoutes"},
    "croître": {
        "indicative-present": "croîs croîs croît croissons croissez croissent",
        "simple-past": "crûs crûs crût crûmes crûtes crûrent",
        "past-participle": "crû crue crus crues",
    },
    "haïr": {"indicative-present": "hais hais hait haïssons haïssez haïssent"},
    "suffire": {"past-participle": "suffi"},
    "vouloir": {"subjunctive-present": "veuille veuilles veuille voulions vouliez veuillent"},
    "échoir": {
        "indicative-present": "échois échois échoit échoyons échoyez échoient",
        "past-participle": "échu échue échus échues",
    },
}

Paradigm = dict[str, list[str]]


def conjugate(infinitive: str) -> Paradigm:
    """Forms by mood: six persons (``""`` where one does not exist), the participles in their agreements.

    ``future`` and ``conditional`` may hold twelve: both spellings of verbs that have two. Raises ValueError for a word
    that does not end like an infinitive.
    """
    if infinitive in _IRREGULAR:
        paradigm = {mood: _listed(forms) for mood, forms in _IRREGULAR[infinitive].items()}
    elif infinitive.endswith("er"):
        paradigm = _first_group(infinitive)
    elif infinitive.endswith(("ir", "ïr")) and infinitive not in THIRD_GROUP_IR and not infinitive.endswith("oir"):
        paradigm = _second_group(infinitive)
    else:
        paradigm = _third_group(infinitive)
    for mood, forms in _CORRECTIONS.get(infinitive, {}).items():
        paradigm[mood] = _listed(forms)
    paradigm["infinitive"] = [infinitive]
    return paradigm


def _listed(forms: str) -> list[str]:
    return ["" if form == "-" else form for form in forms.split()]


def _agreements(participle: str) -> list[str]:
    if participle.endswith("s"):
        return [participle, participle + "e", participle + "es"]
    return [participle, participle + "e", participle + "s", participle + "es"]


def _assembled(
    present: list[str],
    imperfect: str,
    futures: list[str],
    past: tuple[str, str],
    subjunctive: tuple[str, str],
    participle: str,
) -> Paradigm:
    """A paradigm from its principal parts."""
    strong, weak = subjunctive
    stem, vowel = past
    subjunctives = [(weak if person in (3, 4) else strong, ending) for person, ending in enumerate(_SUBJUNCTIVE)]
    paradigm: Paradigm = {
        "indicative-present": present,
        "imperfect": [imperfect + ending for ending in IMPERFECT] if imperfect else [],
        "simple-past": [stem + ending for ending in _PAST[vowel]] if vowel else [],
        "future": [future + ending for future in futures for ending in FUTURE],
        "conditional": [future + ending for future in futures for ending in IMPERFECT],
        "subjunctive-present": [stem_ + ending for stem_, ending in subjunctives] if strong else [],
        "subjunctive-imperfect": [stem + ending for ending in _PAST_SUBJUNCTIVE[vowel]] if vowel else [],
        "imperative": ["", _imperative(present[1]), "", present[3], present[4], ""],
        "past-participle": _agreements(participle),
        "present-participle": [imperfect + "ant"] if imperfect else [],
    }
    return paradigm


def _imperative(form: str) -> str:
    return form[:-1] if form.endswith("es") else form


def _second_group(infinitive: str) -> Paradigm:
    stem, vowel = infinitive[:-2], infinitive[-2]  # "i", or "ï" for haïr and ouïr
    long = stem + vowel + "ss"
    present = [stem + vowel + "s"] * 2 + [stem + vowel + "t"] + [long + ending for ending in ("ons", "ez", "ent")]
    if vowel == "ï":
        paradigm = _assembled(present, long, [infinitive], (stem, "i"), (long, long), stem + vowel)
        paradigm["simple-past"] = [stem + ending for ending in ("ïs", "ïs", "ït", "ïmes", "ïtes", "ïrent")]
        return paradigm
    return _assembled(present, long, [infinitive], (stem, "i"), (long, long), stem + vowel)


def _third_group(infinitive: str) -> Paradigm:
    for size in range(min(_LONGEST, len(infinitive)), 1, -1):
        pattern = _PATTERNS.get(infinitive[-size:])
        if pattern:
            root = infinitive[:-size]
            break
    else:
        raise ValueError(f"{infinitive!r} is not an infinitive that the rules know")
    present, imperfect, future, past, subjunctive, participle = pattern.split("|")
    stem, _, vowel = past.partition(":")
    strong, _, weak = subjunctive.partition(" ")
    return _assembled(
        ["" if form == "-" else root + form for form in present.split()],
        "" if imperfect == "-" else root + imperfect,
        [root + future],
        (root + stem, vowel) if vowel else ("", ""),
        ("", "") if strong == "-" else (root + strong, root + (weak or strong)),
        root + participle,
    )


def _first_group(infinitive: str) -> Paradigm:
    stem = infinitive[:-2]
    soft = stem[:-1] + "ç" if stem.endswith("c") else stem + "e" if stem.endswith("g") else stem  # before a and o
    strong, futures = _strong_stem(infinitive, stem)
    present = [strong + "e", strong + "es", strong + "e", soft + "ons", stem + "ez", strong + "ent"]
    paradigm = _assembled(present, stem, futures, (stem, "a"), (strong, stem), stem + "é")
    soft_imperfect = [(stem if ending.startswith("i") else soft) + ending for ending in IMPERFECT]
    past = _PAST["a"]
    paradigm["imperfect"] = soft_imperfect
    paradigm["simple-past"] = [(stem if ending.startswith("è") else soft) + ending for ending in past]
    paradigm["subjunctive-imperfect"] = [soft + ending for ending in _PAST_SUBJUNCTIVE["a"]]
    paradigm["present-participle"] = [soft + "ant"]
    if infinitive.endswith("ayer"):  # "paie" or "paye"
        paradigm["indicative-present"] += [stem + "e", stem + "es", stem + "e", "", "", stem + "ent"]
        paradigm["subjunctive-present"] += [stem + "e", stem + "es", stem + "e", "", "", stem + "ent"]
    return paradigm


def _strong_stem(infinitive: str, stem: str) -> tuple[str, list[str]]:
    """Stem before a silent ending, and the future stems."""
    if infinitive.endswith("envoyer"):
        return stem[:-1] + "i", [stem[:-2] + "err"]
    if infinitive.endswith("ayer"):
        return stem[:-1] + "i", [stem[:-1] + "ier", infinitive]
    if infinitive.endswith(("oyer", "uyer")):
        return stem[:-1] + "i", [stem[:-1] + "ier"]
    vowel = _accented_at(stem)
    if vowel < 0:
        return stem, [infinitive]
    grave = stem[:vowel] + "è" + stem[vowel + 1 :]
    if stem[vowel] == "é":  # "cédera" and, since 1990, "cèdera"
        return grave, [infinitive, grave + "er"]
    if infinitive.endswith(("eler", "eter")) and infinitive not in _GRAVE:
        double = stem + stem[-1]
        if infinitive.endswith(_DOUBLING_ONLY):
            return double, [double + "er"]
        return double, [double + "er", grave + "er"]
    return grave, [grave + "er"]


def _accented_at(stem: str) -> int:
    """Where an e or é stands that changes before a silent syllable: before the last consonant (or consonant group)."""
    position = len(stem) - (2 if stem.endswith(("gu", "qu")) else 1)  # in "léguer" the u is no vowel
    while position >= 0 and stem[position] not in "aeiouyéèêàâîïôöûüœ":
        position -= 1
    consonants = stem[position + 1 :]
    if position < 0 or not consonants or stem[position] not in "eé":
        return -1
    if len(consonants) > 1 and consonants not in (
        "gn",
        "br",
        "cr",
        "dr",
        "fr",
        "gr",
        "pr",
        "tr",
        "vr",
        "bl",
        "cl",
        "fl",
        "gl",
        "ch",
        "qu",
        "gu",
        "th",
    ):
        return -1
    if stem[position] == "e" and len(consonants) > 1 and consonants not in ("vr",):
        return -1
    return position
