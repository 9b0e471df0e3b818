"""French verbs: what a form can be, for every verb of the language, from a table made at build time.

``tools/build_verbs.py`` makes the table. A form is a conditional because its stem is a future stem of a known verb,
never because it ends in -rait: « portrait », « déclarait » and « espérait » are none.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from service.conjugation import FUTURE, IMPERFECT, conjugate

TABLE = Path(__file__).parent / "cues" / "fr" / "verbs.json.gz"
_ALWAYS = ("avoir", "être", "aller", "venir", "faire", "pouvoir", "devoir", "vouloir", "savoir", "falloir", "laisser")
_HELPERS = frozenset(("avoir", "être", "aller", "pouvoir", "devoir", "vouloir"))
_IMPERSONAL = frozenset(("infinitive", "past-participle", "present-participle"))
_CACHE_SIZE = 20_000  # forms
_IMPERFECT_ENDINGS = tuple(sorted(set(IMPERFECT), key=len, reverse=True))
_FUTURE_ENDINGS = tuple(sorted(set(FUTURE), key=len, reverse=True))


class VerbTableError(LookupError):
    """A lemma that is no known verb, or a table that cannot be read: names it and the remedy."""


class Analysis(NamedTuple):
    """One reading of a form: ``person`` is 1–3 singular, 4–6 plural, 0 for infinitive and participles."""

    lemma: str
    mood: str
    person: int


class VerbTable:
    """Full paradigms of the verbs asked for, and for every verb whether a form can be this or that.

    ``forms`` maps a folded form (lower case, straight apostrophe, composed accents) to its analyses.

    >>> table = VerbTable.load(["courir"])
    >>> table.is_conditional("courrait"), table.is_conditional("courait"), table.is_conditional("portrait")
    (True, False, False)
    """

    def __init__(self, forms: dict[str, tuple[Analysis, ...]], table: _Table) -> None:
        self.forms = forms
        self._table = table
        # The questions that a text asks at nearly every word, as look-ups in C.
        # The verb of which a form is a conditional, or None.
        self.conditional_lemma: Callable[[str], str | None] = _Answers(self._conditional_lemma).__getitem__
        # Whether a form is a finite verb beyond doubt, a future, or a form of an auxiliary or modal.
        self.is_verbal: Callable[[str], bool] = _Answers(self._is_verbal).__getitem__
        # Whether a form can only be a finite verb: no noun, adjective or participle is spelled like it.
        self.is_finite_unambiguous: Callable[[str], bool] = _Answers(self._is_finite_unambiguous).__getitem__
        # Whether a form is a simple future of any verb, and no noun ("opéra", "caméra").
        self.is_future: Callable[[str], bool] = _Answers(self._is_future).__getitem__
        # Whether a form is the infinitive of any verb; a past participle of any verb, in any agreement.
        self.is_infinitive: Callable[[str], bool] = table.infinitives.__contains__
        self.is_past_participle: Callable[[str], bool] = table.participles.__contains__

    @classmethod
    def load(cls, lemmas: Collection[str]) -> VerbTable:
        """Paradigms of ``lemmas`` and of the auxiliaries; raises `VerbTableError` naming the first unknown lemma."""
        table = _load_table()
        found: dict[str, list[Analysis]] = {}
        for lemma in sorted({*lemmas, *_ALWAYS}):
            if lemma not in table.infinitives:
                raise VerbTableError(
                    f"{lemma!r} is no verb of tools/data/infinitives.txt: check the spelling, or add it there and run "
                    "python -m tools.build_verbs"
                )
            for mood, forms in conjugate(lemma).items():
                is_personal = mood not in ("infinitive", "past-participle", "present-participle")
                for position, form in enumerate(forms):
                    if form:
                        analysis = Analysis(lemma, mood, position % 6 + 1 if is_personal else 0)
                        readings = found.setdefault(form, [])
                        if analysis not in readings:
                            readings.append(analysis)
        return cls({form: tuple(readings) for form, readings in found.items()}, table)

    def _conditional_lemma(self, form: str) -> str | None:
        return self._by_future_stem(form, _IMPERFECT_ENDINGS)

    def is_conditional(self, form: str) -> bool:
        """Whether ``form`` is a conditional of any verb of the language."""
        return self.conditional_lemma(form) is not None

    def _is_future(self, form: str) -> bool:
        return form not in self._table.look_alikes and self._by_future_stem(form, _FUTURE_ENDINGS) is not None

    def _is_verbal(self, form: str) -> bool:
        known = self.forms.get(form, ())
        is_helper = any(a.lemma in _HELPERS and a.mood not in _IMPERSONAL for a in known)
        return is_helper or self.is_finite_unambiguous(form) or self.is_future(form)

    def is_finite(self, form: str) -> bool:
        """Whether ``form`` can be a finite form of any verb (it may be a noun as well)."""
        table = self._table
        if form in table.finite or self._by_future_stem(form, _FUTURE_ENDINGS) or self.is_conditional(form):
            return True
        return any(form.endswith(e) and form[: -len(e)] in table.imperfects for e in _IMPERFECT_ENDINGS)

    def _is_finite_unambiguous(self, form: str) -> bool:
        table = self._table
        return form not in table.look_alikes and form not in table.participles and self.is_finite(form)

    def _by_future_stem(self, form: str, endings: tuple[str, ...]) -> str | None:
        futures = self._table.futures
        for ending in endings:
            if form.endswith(ending):
                lemma = futures.get(form[: -len(ending)])
                if lemma is not None:
                    return lemma
        return None


class _Answers(dict[str, Any]):
    """Answers about forms already met: a text repeats its words, and so does the next one.

    A form that is not there is asked about; a full table is emptied, so that strange words cannot fill the memory.
    """

    def __init__(self, ask: Callable[[str], Any]) -> None:
        self._ask = ask

    def __missing__(self, form: str) -> Any:
        if len(self) >= _CACHE_SIZE:
            self.clear()
        answer = self[form] = self._ask(form)
        return answer


class _Table(NamedTuple):
    futures: dict[str, str]
    infinitives: frozenset[str]
    imperfects: frozenset[str]
    finite: frozenset[str]
    participles: frozenset[str]
    look_alikes: frozenset[str]


@lru_cache(maxsize=1)
def _load_table() -> _Table:
    try:
        data: dict[str, Any] = json.loads(gzip.decompress(TABLE.read_bytes()))
    except (OSError, ValueError) as error:
        raise VerbTableError(f"{TABLE}: cannot be read ({error}); run python -m tools.build_verbs") from error
    futures = data["futures"]
    return _Table(
        futures,
        frozenset(futures.values()),
        frozenset(data["imperfects"]),
        frozenset(data["finite"]),
        frozenset(data["participles"]),
        frozenset(data["look_alikes"]),
    )
