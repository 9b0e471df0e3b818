"""The comparison of two versions as a page that a chief editor can read: French, alone in its file, prints well."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from service.messages import CATEGORIES, KINDS, SOURCE_KINDS
from service.shadow import ALL, EDGES, Slice
from training.comparison import DIMENSIONS_FR, METRICS_FR, Change, Comparison, Difference, Refusal
from training.in_service import InService
from training.intervals import LOWER_IS_BETTER

_WORDS = {
    "spearman": "les phrases les mieux étayées arrivent-elles devant ? 1 : toujours",
    "kappa": "sur le niveau, les grands écarts comptant davantage ; 1 : parfait",
    "macro_f1": "moyenne des cinq niveaux, les rares comptant autant que les autres",
    "accuracy": "sur cinq niveaux possibles",
    "mae": "en niveaux ; plus il est bas, mieux c'est",
    "ece": "0,7 veut-il dire 70 fois sur 100 ? plus elle est basse, mieux c'est",
    "log_loss": "coût des certitudes fausses ; plus elle est basse, mieux c'est",
}
_VERDICTS = {"better": "meilleur", "worse": "moins bon", "no clear difference": "pas de différence sûre"}
_STYLE = """
body{font:17px/1.5 Georgia,serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h1,h2{font-family:system-ui,sans-serif;line-height:1.2}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border-bottom:1px solid #c9c9c9;padding:.35rem .5rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}small{color:#555}
.better{color:#0b6b33}.worse{color:#a3161f;font-weight:bold}.verdict{border:2px solid;padding:.6rem 1rem}
svg{max-width:100%;height:auto}
"""


_SERVED_FR = {"kind": "type", "level": "ancien niveau", "length": "longueur", "cue": "indice", "source": "source"}
_LENGTHS_FR = {"1–12 words": "1 à 12 mots", "13–24 words": "13 à 24 mots", "25 words and more": "25 mots et plus"}


def page(found: Comparison, refusals: Sequence[Refusal], slice_n: int, served: InService | None = None) -> str:
    """The page, with its plots and what services recorded inside. Raises ImportError without matplotlib."""
    head = f"{escape(found.challenger)} face à {escape(found.champion or 'rien')}"
    if refusals:
        lines = "".join(f"<li>{escape(refusal.french)}</li>" for refusal in refusals)
        verdict = f'<div class="verdict worse">Ne passe pas. Raisons :<ul>{lines}</ul></div>'
    else:
        verdict = "<p class=\"verdict better\">Passe : rien n'est nettement moins bon qu'avant.</p>"
    parts = [
        f"<h1>{head}</h1>",
        f"<p>Deux versions du modèle ont lu les mêmes {found.sentences} phrases annotées, de {found.articles} articles "
        "mis de côté pour ce test. "
        "Un score dit si le lecteur pourrait retrouver et vérifier, jamais si c'est vrai.</p>",
        verdict,
    ]
    if found.seen_by_champion:
        parts.append(
            f"<p><strong>Attention :</strong> l'ancienne version avait appris sur {found.seen_by_champion} de ces "
            "articles ; ses chiffres la flattent.</p>"
        )
    parts += ["<h2>En tout</h2>", _metrics(found)]
    if found.review:
        parts += ["<h2>Ce que verra la rédaction</h2>", _review(found)]
    if served:
        parts += ["<h2>En service</h2>", _served(served, slice_n)]
    parts += ["<h2>Ancien et nouveau score de chaque phrase</h2>", _scatter(found)]
    parts += ["<h2>Par rubrique, région, longueur, indice et source</h2>", _slices(found, slice_n)]
    parts += ["<h2>Phrases témoins</h2>", _changes(found.golden, "niveau")]
    parts += ["<h2>Les phrases qui changent le plus</h2>", _changes(found.changed, "niveau annoté")]
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{head}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _metrics(found: Comparison) -> str:
    rows = []
    for name, difference in found.metrics.items():
        title = METRICS_FR[name].capitalize()
        rows.append([f"{title}<br><small>{_WORDS[name]}</small>", *_cells(difference)])
    return _table(["", "nouveau", "ancien", "différence", ""], rows)


def _slices(found: Comparison, slice_n: int) -> str:
    rows = []
    for (dimension, value), (n, metrics) in found.slices.items():
        if n >= slice_n:
            worst = min(metrics, key=lambda name: _gain(name, metrics[name]))
            title = f"{DIMENSIONS_FR[dimension]} : {escape(value)}<br><small>{METRICS_FR[worst]}</small>"
            rows.append([title, str(n), *_cells(metrics[worst])])
    words = (
        f"<p>Groupes de {slice_n} phrases et plus ; pour chacun, la mesure qui a le moins bien évolué. Les fourchettes "
        "sont larges exprès : sur quarante groupes, deux paraîtraient moins bons par pur hasard.</p>"
    )
    return words + _table(["", "phrases", "nouveau", "ancien", "différence", ""], rows)


def _gain(name: str, difference: Difference) -> float:
    value = difference.difference.value
    return 0.0 if np.isnan(value) else -value if name in LOWER_IS_BETTER else value


def _review(found: Comparison) -> str:
    assert found.review
    review = found.review
    return (
        f"<p>À relire selon l'ancienne version : {review.champion} phrases sur {found.sentences} "
        f"({_share(review.champion, found)}) ; selon la nouvelle : {review.challenger} "
        f"({_share(review.challenger, found)}). {review.flagged_anew} phrases sont signalées en plus, "
        f"{review.no_longer} ne le sont plus.</p>"
    )


def _share(n: int, found: Comparison) -> str:
    return f"{_number(100 * n / found.sentences, 1)} %"


def _served(served: InService, slice_n: int) -> str:
    if not served.slices:
        return (
            f"<p>Rien d'enregistré : {escape(served.challenger)} n'a encore noté aucune demande à côté de "
            f"{escape(served.champion)}.</p>"
        )
    whole = served.slices[ALL]
    words = (
        f"<p>Les deux versions ont noté {whole.sentences} phrases de {served.requests} demandes reçues par le service, "
        "tirées au sort ; aucun texte n'a été gardé. Un même article envoyé dix fois compte dix fois. "
        f"{_number(100 * whole.crossing, 1)} % des phrases passent le seuil de relecture : {whole.flagged_anew} "
        f"seraient signalées en plus, {whole.no_longer} ne le seraient plus. "
        f"{served.dropped} demandes tirées n'ont pas été notées, le service étant trop occupé, "
        f"{served.failed} n'ont pas pu l'être.</p>"
    )
    rows = [
        [
            _served_name(key),
            str(part.sentences),
            f"{_number(part.difference.value, 3, '+')}<br><small>{_number(part.difference.low, 3, '+')} à "
            f"{_number(part.difference.high, 3, '+')}</small>",
            f"{_number(100 * (part.level_up + part.level_down) / part.sentences, 1)} %",
            f"{_number(100 * part.crossing, 1)} %<br><small>+{part.flagged_anew} −{part.no_longer}</small>",
        ]
        for key, part in served.slices.items()
        if part.sentences >= slice_n or key == ALL
    ]
    slices = _table(["", "phrases", "écart moyen (nouveau − ancien)", "changent de niveau", "passent le seuil"], rows)
    bins = [
        [f"{_number(low, 2, '+')} à {_number(high, 2, '+')}", str(n), f"{_number(100 * n / whole.sentences, 1)} %"]
        for low, high, n in zip(EDGES, EDGES[1:], whole.histogram, strict=False)
        if n
    ]
    return words + slices + _table(["écart de score", "phrases", "part"], bins)


def _served_name(key: Slice) -> str:
    dimension, value = key
    if key == ALL:
        return "en tout"
    words = {"kind": KINDS, "cue": CATEGORIES, "source": SOURCE_KINDS}.get(dimension, {}).get(value, {})
    shown = words.get("fr") or _LENGTHS_FR.get(value) or {"none": "aucun"}.get(value, value)
    return f"{_SERVED_FR[dimension]} : {escape(shown)}"


def _changes(changes: Iterable[Change], level: str) -> str:
    rows = [
        [
            escape(change.text) + (f"<br><small>{escape(change.article)}</small>" if change.article else ""),
            "" if change.level is None else str(change.level),
            _number(change.champion, 2),
            _number(change.challenger, 2),
            _number(change.challenger - change.champion, 2, "+"),
        ]
        for change in changes
    ]
    return _table(["phrase", level, "ancien", "nouveau", "différence"], rows)


def _cells(difference: Difference) -> list[str]:
    value, low, high = difference.difference
    css = {"better": "better", "worse": "worse"}.get(difference.verdict, "")
    return [
        _number(difference.challenger),
        _number(difference.champion),
        f"{_number(value, 3, '+')}<br><small>{_number(low, 3, '+')} à {_number(high, 3, '+')}</small>",
        f'<span class="{css}">{_VERDICTS[difference.verdict]}</span>',
    ]


def _number(value: float, digits: int = 3, sign: str = "") -> str:
    return "–" if np.isnan(value) else f"{value:{sign}.{digits}f}".replace(".", ",").replace("-", "−")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    titles = "".join(f'<th scope="col">{title}</th>' for title in head)
    body = "".join(
        "<tr>"
        + "".join(f'<td class="n">{cell}</td>' if place else f"<td>{cell}</td>" for place, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def _scatter(found: Comparison) -> str:
    """Points off the diagonal changed; beside it, how far."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "sourcier", "font.size": 9}):
        figure = Figure(figsize=(9, 4), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.plot([0, 1], [0, 1], color="#777777", linewidth=1)
        left.scatter(found.scores[:, 1], found.scores[:, 0], s=8, alpha=0.4, color="#1f5fa8")
        left.set(xlabel="ancien score", ylabel="nouveau score", xlim=(0, 1), ylim=(0, 1))
        right.hist(found.scores[:, 0] - found.scores[:, 1], bins=40, color="#1f5fa8")
        right.set(xlabel="nouveau − ancien", ylabel="phrases")
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    svg = target.getvalue()
    return svg[svg.index("<svg") :].replace("<svg", '<svg role="img" aria-label="Ancien et nouveau scores"', 1)
