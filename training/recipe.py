"""The recipe of a training run: one TOML file that is checked whole before anything is read or fitted."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range

from service.columns import FEATURES, NAMES
from training.dataset import CORPUS, PARTS, Split
from training.intervals import Bootstrap

DEFAULT = Path(__file__).parent / "recipes" / "default.toml"
FAMILIES = tuple(dict.fromkeys(feature.family for feature in FEATURES))
MODELS = ("cumulative-logits", "proportional-odds")
CALIBRATIONS = ("none", "platt")
CANDIDATES = (
    *MODELS,
    "gradient-boosting",
    "boosted-interactions",
    "splines",
    "majority",
    "hedge-count",
    "source-count",
    "characters",
)
METRICS = ("spearman", "kappa", "macro_f1", "accuracy", "mae", "log_loss")


class RecipeError(ValueError):
    """Faults of a recipe, one a line: ``file: field: what is wrong; what to write``."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which model, the penalties to choose from, and the parts that the saved model is fitted on."""

    name: str
    alphas: tuple[float, ...]
    folds: int
    max_iter: int
    fitted_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportChoice:
    """What the report compares and how finely: ``resamples`` of whole articles, drawn with ``seed``."""

    candidates: tuple[str, ...]
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Gate:
    """What a version must hold before it is put in service."""

    metrics: tuple[str, ...]
    margin: float
    slice_n: int
    confidence: float
    ece: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """Declared inputs of a training run; ``features`` are the columns used, in the order of the service."""

    file: str
    sha256: str
    corpus: tuple[Path, ...]
    split: Split
    features: tuple[str, ...]
    model: ModelChoice
    calibration: str
    review_recall: float
    report: ReportChoice
    gate: Gate

    @property
    def bootstrap(self) -> Bootstrap:
        """How the intervals of the report and of the gate are made."""
        return Bootstrap(self.report.resamples, self.report.seed, self.gate.confidence)

    @classmethod
    def load(cls, path: Path = DEFAULT) -> Recipe:
        """Read and check a recipe; raises `RecipeError` with every fault, or `OSError`."""
        content = path.read_bytes()
        try:
            raw = tomllib.loads(content.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RecipeError(f"{path}: not TOML: {error}; see {DEFAULT.name} for the form") from error
        try:
            checked = _Recipe(unknown=RAISE).load(raw)
        except ValidationError as error:
            raise RecipeError("\n".join(f"{path}: {fault}" for fault in _flat(error.messages_dict))) from error
        faults: list[str] = []
        corpus = tuple(_corpus(path.parent, checked["data"]["corpus"], faults))
        split = Split(**checked["split"])
        if split.test + split.validation > 90:
            faults.append(
                f"split: test = {split.test} and validation = {split.validation} leave too little to train on; "
                "let them be 90 per cent together at most"
            )
        if faults:
            raise RecipeError("\n".join(f"{path}: {fault}" for fault in faults))
        model, report, gate = checked["model"], checked["report"], checked["gate"]
        used = set(checked["features"]["use"])
        return cls(
            file=path.name,
            sha256=hashlib.sha256(content).hexdigest(),
            corpus=corpus,
            split=split,
            features=tuple(feature.name for feature in FEATURES if used & {feature.name, feature.family}),
            model=ModelChoice(**_tuples(model)),
            calibration=checked["calibration"]["method"],
            review_recall=checked["review"]["recall"],
            report=ReportChoice(**_tuples(report)),
            gate=Gate(**_tuples(gate)),
        )

    def as_dict(self) -> dict[str, Any]:
        """For the card: everything but where the corpus lies on this machine, which its digest stands for."""
        content = asdict(self)
        content["corpus"] = [path.name for path in self.corpus]
        return content


def _choices(
    allowed: tuple[str, ...],
    default: tuple[str, ...],
    *,
    least: int = 1,
    error: str = "{input!r} is not one of {choices}",
) -> fields.List[str]:
    return fields.List(
        fields.String(validate=OneOf(allowed, error=error)),
        load_default=list(default),
        validate=Length(min=least, error="an empty list; name at least one, or leave the field out"),
    )


def _whole(low: int, high: int, default: int) -> fields.Integer:
    return fields.Integer(
        strict=True,
        load_default=default,
        validate=Range(low, high, error=f"{{input}} is out of range; write a whole number from {low} to {high}"),
        error_messages={"invalid": f"not a whole number; write one from {low} to {high}"},
    )


def _share(low: float, high: float, default: float) -> fields.Float:
    return fields.Float(
        load_default=default,
        validate=Range(low, high, error=f"{{input}} is out of range; write a number from {low} to {high}"),
        error_messages={"invalid": f"not a number; write one from {low} to {high}"},
    )


def _one_of(allowed: tuple[str, ...]) -> fields.String:
    return fields.String(load_default=allowed[0], validate=OneOf(allowed, error="{input!r} is not one of {choices}"))


def _section(schema: type[Schema]) -> fields.Nested:
    return fields.Nested(
        schema,
        unknown=RAISE,
        load_default=lambda: schema().load({}),
        error_messages={"type": "not a table; write [name] above its fields"},
    )


def _has_train(parts: list[str]) -> None:
    if "train" not in parts:
        raise ValidationError('"train" is missing; a model is fitted on it at least')


class _Section(Schema):
    error_messages = {  # noqa: RUF012
        "unknown": f"no such field; the fields are those of {DEFAULT.parent.name}/{DEFAULT.name}",
        "type": "not a table; write its name in brackets above its fields",
    }


class _Data(_Section):
    corpus = fields.List(
        fields.String(),
        load_default=[str(CORPUS)],
        validate=Length(min=1, error="an empty list; name a file or a folder"),
    )


class _Split(_Section):
    test = _whole(1, 80, 20)
    validation = _whole(1, 80, 20)
    seed = fields.String(load_default="")


class _Features(_Section):
    use = _choices(
        (*FAMILIES, *NAMES),
        FAMILIES,
        error=f"{{input!r}} is neither a family ({', '.join(FAMILIES)}) nor a column of service/columns.py",
    )


class _Model(_Section):
    name = _one_of(MODELS)
    alphas = fields.List(
        _share(0, 1e6, 1.0),
        load_default=[0.1, 0.3, 1.0, 3.0, 10.0, 30.0],
        validate=Length(min=1, error="an empty list; name at least one penalty"),
    )
    folds = _whole(2, 20, 5)
    max_iter = _whole(10, 100_000, 2000)
    fitted_on = fields.List(
        fields.String(validate=OneOf(PARTS, error="{input!r} is not one of {choices}")),
        load_default=["train", "validation"],
        validate=_has_train,
    )


class _Calibration(_Section):
    method = _one_of(CALIBRATIONS)


class _Review(_Section):
    recall = _share(0.01, 0.999, 0.8)


class _Report(_Section):
    candidates = _choices(CANDIDATES, CANDIDATES, least=0)
    resamples = _whole(20, 100_000, 1000)
    seed = _whole(0, 2**31, 7)


class _Gate(_Section):
    metrics = _choices(METRICS, METRICS)
    margin = _share(0, 0.5, 0.005)
    slice_n = _whole(10, 100_000, 50)
    confidence = _share(0.5, 0.999, 0.95)
    ece = _share(0.001, 1, 0.05)


class _Recipe(_Section):
    data = _section(_Data)
    split = _section(_Split)
    features = _section(_Features)
    model = _section(_Model)
    calibration = _section(_Calibration)
    review = _section(_Review)
    report = _section(_Report)
    gate = _section(_Gate)


def _corpus(base: Path, names: list[str], faults: list[str]) -> Iterator[Path]:
    """Files behind the names of ``data.corpus``, which are relative to the recipe's folder."""
    for name in names:
        path = (base / name).resolve()
        files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path] if path.is_file() else []
        if not files:
            faults.append(
                f"data.corpus: {name!r} holds no labelled file ({path}); name a .jsonl file or a folder of them"
            )
        yield from files


def _flat(messages: dict[Any, Any], above: str = "") -> Iterator[str]:
    """``field: what is wrong`` for every fault of a marshmallow error."""
    for key, value in messages.items():
        where = above if key == "_schema" else f"{above}.{key}" if above else str(key)
        if isinstance(value, dict):
            yield from _flat(value, where)
        else:
            yield from (f"{where}: {message}" for message in value)


def _tuples(section: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in section.items()}
