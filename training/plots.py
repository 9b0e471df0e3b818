"""Plots of a report as SVG: the same bytes for the same numbers (no date, no random ids, text as text)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from importlib.util import find_spec

from training.appraisal import Curve
from training.intervals import Interval

_STYLE = {"svg.hashsalt": "sourcier", "svg.fonttype": "none", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3}
_BLUE, _GREY = "#1f5fa8", "#777777"


def require() -> None:
    """Raises ImportError with the remedy where matplotlib is missing, before an hour of work is lost for it."""
    if find_spec("matplotlib") is None:
        raise ImportError("matplotlib is missing, which draws the plots of the report; run: make training")


def reliability(curves: Sequence[Curve]) -> str:
    """One panel a level: observed share against predicted probability, points as large as their bin."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(10, 2.9), layout="constrained")
        for curve, axes in zip(curves, figure.subplots(1, len(curves), sharey=True), strict=True):
            total = sum(found.n for found in curve.bins)
            axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle="--")
            predicted, observed = [found.predicted for found in curve.bins], [found.observed for found in curve.bins]
            axes.plot(predicted, observed, color=_BLUE, linewidth=1)
            axes.scatter(
                predicted, observed, s=[10 + 400 * found.n / total for found in curve.bins], color=_BLUE, clip_on=False
            )
            axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xlabel=f"P(level ≥ {curve.k})")
            axes.set_title(f"level ≥ {curve.k}: ECE {curve.ece.value:.3f}", fontsize=9)
        figure.axes[0].set_ylabel("share that reached it")
        return _svg(figure)


def compared(scores: Mapping[str, Mapping[str, Interval]], metrics: Sequence[str]) -> str:
    """One panel a metric: each candidate with its interval."""
    import matplotlib
    from matplotlib.figure import Figure

    names = list(scores)[::-1]
    with matplotlib.rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(10, 0.8 + 0.3 * len(names)), layout="constrained")
        for metric, axes in zip(metrics, figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0], strict=True):
            for place, name in enumerate(names):
                found = scores[name][metric]
                axes.plot([found.low, found.high], [place, place], color=_BLUE)
                axes.plot(found.value, place, "o", color=_BLUE, markersize=4)
            axes.set_xlabel(metric)
        figure.axes[0].set_yticks(range(len(names)), names)
        return _svg(figure)


def _svg(figure) -> str:  # type: ignore[no-untyped-def]
    target = io.StringIO()
    figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()
