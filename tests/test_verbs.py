"""The verb table: forms known by heart, the traps of -rait, and that the committed table is current."""

from __future__ import annotations

import gzip

import pytest

from service.conjugation import conjugate
from service.verbs import TABLE, VerbTable, VerbTableError
from tools import build_verbs

VERBS = VerbTable.load(["déclarer", "appeler", "placer", "manger", "dire", "prévoir", "payer", "finir", "courir"])

# Written down from grammar, not from the rules: infinitive, mood, person (1-6, 0 for participles), form.
KNOWN = (
    """
être indicative-present 4 sommes|être simple-past 3 fut|être future 6 seront|être subjunctive-present 3 soit
avoir indicative-present 6 ont|avoir conditional 3 aurait|avoir past-participle 0 eue|avoir simple-past 3 eut
aller future 3 ira|aller indicative-present 6 vont|aller subjunctive-present 3 aille|faire indicative-present 5 faites
faire conditional 6 feraient|faire subjunctive-present 6 fassent|dire indicative-present 5 dites
contredire indicative-present 5 contredisez|maudire indicative-present 4 maudissons
pouvoir indicative-present 6 peuvent|pouvoir subjunctive-present 3 puisse|pouvoir conditional 3 pourrait
devoir indicative-present 6 doivent|devoir past-participle 0 dû|devoir past-participle 0 due
vouloir conditional 3 voudrait|savoir conditional 3 saurait|savoir present-participle 0 sachant
falloir conditional 3 faudrait|valoir conditional 3 vaudrait|voir conditional 3 verrait
prévoir conditional 3 prévoirait|pourvoir conditional 3 pourvoirait|venir simple-past 3 vint
tenir simple-past 4 tînmes|revenir conditional 3 reviendrait|obtenir past-participle 0 obtenue
courir conditional 3 courrait|courir imperfect 3 courait|mourir conditional 3 mourrait|mourir past-participle 0 morts
acquérir conditional 3 acquerrait|acquérir past-participle 0 acquis|cueillir conditional 3 cueillerait
recevoir indicative-present 3 reçoit|recevoir simple-past 6 reçurent|envoyer conditional 3 enverrait
renvoyer future 3 renverra|appeler indicative-present 3 appelle|appeler conditional 3 appellerait
jeter future 3 jettera|acheter conditional 3 achèterait|relever conditional 3 relèverait|céder conditional 3 céderait
espérer indicative-present 6 espèrent|protéger imperfect 3 protégeait|payer conditional 3 paierait
payer conditional 3 payerait|essuyer indicative-present 3 essuie|nettoyer future 3 nettoiera
placer imperfect 3 plaçait|placer simple-past 6 placèrent|manger imperfect 4 mangions
manger indicative-present 4 mangeons|créer past-participle 0 créée|léguer indicative-present 3 lègue
sembler indicative-present 3 semble|régler indicative-present 3 règle|finir indicative-present 6 finissent
répartir indicative-present 3 répartit|partir indicative-present 3 part|haïr indicative-present 3 hait
prendre simple-past 3 prit|prendre subjunctive-present 6 prennent|mettre past-participle 0 mise
rendre indicative-present 3 rend|peindre imperfect 3 peignait|craindre past-participle 0 craint
joindre conditional 3 joindrait|vaincre indicative-present 4 vainquons|naître simple-past 3 naquit
connaître indicative-present 3 connaît|vivre past-participle 0 vécu|suivre past-participle 0 suivie
écrire imperfect 3 écrivait|lire simple-past 3 lut|conduire past-participle 0 conduite|nuire past-participle 0 nui
boire indicative-present 6 boivent|croire past-participle 0 cru|conclure past-participle 0 conclu
inclure past-participle 0 inclus|résoudre past-participle 0 résolu|dissoudre past-participle 0 dissoute
coudre imperfect 3 cousait|asseoir past-participle 0 assise|ouvrir past-participle 0 ouverte
offrir indicative-present 3 offre|fuir imperfect 3 fuyait|servir indicative-present 3 sert
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("line", KNOWN)
def test_a_form_known_by_heart(line: str) -> None:
    infinitive, mood, person, form = line.split()
    forms = conjugate(infinitive)[mood]
    if person == "0":
        assert form in forms
    else:
        assert form in forms[int(person) - 1 :: 6]


@pytest.mark.parametrize(
    "form",
    "portrait extrait attrait retrait trait abstrait distrait soustrait souhait parfait forfait déclarait "
    "assurait espérait considérait suggérait déplorait jurait demeurait ignorait montrait entrait "
    "rencontrait livrait ouvrait couvrait offrait souffrait courait mourait tirait attirait retirait "
    "durait figurait encadrait effondrait serrait enterrait libérait éclairait".split(),
)
def test_an_imperfect_or_a_noun_in_rait_is_no_conditional(form: str) -> None:
    assert not VERBS.is_conditional(form)


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("courrait", "courir"),
        ("mourrait", "mourir"),
        ("espérerait", "espérer"),
        ("espèrerait", "espérer"),
        ("libérerait", "libérer"),
        ("éclairerait", "éclairer"),
        ("verrait", "voir"),
        ("enterrerait", "enterrer"),
        ("appelleraient", "appeler"),
        ("pourrions", "pouvoir"),
        ("seriez", "être"),
        ("s'élèverait".removeprefix("s'"), "élever"),
        ("prendrait", "prendre"),
    ],
)
def test_a_conditional_and_its_verb(form: str, lemma: str) -> None:
    assert VERBS.conditional_lemma(form) == lemma


def test_analyses_tell_readings_apart() -> None:
    moods = {analysis.mood for analysis in VERBS.forms["dit"]}
    assert moods == {"indicative-present", "simple-past", "past-participle"}
    assert {analysis.person for analysis in VERBS.forms["déclaraient"]} == {6}


def test_nouns_that_look_like_verbs_are_ambiguous() -> None:
    for noun in ("porte", "marche", "agence", "montre", "demande"):
        assert VERBS.is_finite(noun) and not VERBS.is_finite_unambiguous(noun)
    for verb in ("déclare", "montraient", "serait", "vendait"):
        assert VERBS.is_finite_unambiguous(verb)
    assert not VERBS.is_future("opéra") and VERBS.is_future("opérera")


def test_infinitives_and_participles_of_every_verb() -> None:
    assert VERBS.is_infinitive("atterrir") and not VERBS.is_infinitive("hier")
    assert VERBS.is_past_participle("survolées") and not VERBS.is_past_participle("survol")
    assert not VERBS.is_past_participle("plus") and not VERBS.is_past_participle("lui")


def test_the_conditional_of_the_whole_language_is_there() -> None:
    forms = {
        form
        for infinitive in build_verbs._read(build_verbs.INFINITIVES)
        for form in conjugate(infinitive)["conditional"]
    }
    assert len(forms) > 39_000
    assert all(VERBS.is_conditional(form) for form in forms)


def test_an_unknown_lemma_is_named() -> None:
    with pytest.raises(VerbTableError, match="'pouvouar' is no verb"):
        VerbTable.load(["pouvouar"])


def test_the_committed_table_is_current() -> None:
    # Compared unpacked: zlib's bytes may differ between Python versions.
    assert gzip.decompress(TABLE.read_bytes()) == gzip.decompress(build_verbs.build())


def test_a_word_that_is_no_infinitive_is_refused() -> None:
    with pytest.raises(ValueError, match="'maison' is not an infinitive"):
        conjugate("maison")
