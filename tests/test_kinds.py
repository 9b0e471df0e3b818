"""What a sentence does: claim, opinion, prediction, none."""

from __future__ import annotations

import pytest

from service.lexicon import Lexicon
from service.sources import analyse
from service.text import from_text

LEXICON = Lexicon.load()
BEFORE = "Le pont de Sète a fermé mardi matin.\n\n"


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
    assert analyse(from_text(BEFORE + text), LEXICON).kinds[-1] == kind


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
