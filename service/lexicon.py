"""All cues of a language, loaded and indexed by what triggers them: what the scan looks each token up in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from service.entries import TOKEN, LexiconError, read_entries, read_forenames, read_leanings, tokenize
from service.entry import CueEntry, Starter, VerbTrigger
from service.verbs import VerbTable, VerbTableError

__all__ = ["Lexicon", "LexiconError"]

CUES = Path(__file__).parent / "cues"


class Lexicon:
    """All cues of a language, indexed by what triggers them.

    ``starters`` maps a folded token (``"#"`` for any number) to what may begin there; ``any_conditional`` holds the
    cues on every verb in the conditional (``lemma = "*"``); ``reporting_forms`` are the forms of all verbs that may
    attribute; ``forenames`` tells "f" or "m" by first name, ``leanings`` which way common words lean (hundredths of a
    level; ``tools/build_leanings.py`` makes them).
    """

    def __init__(
        self,
        language: str,
        entries: Iterable[CueEntry],
        verbs: VerbTable,
        version: str,
        forenames: Mapping[str, str] | None = None,
        leanings: Mapping[str, int] | None = None,
    ) -> None:
        self.language = language
        self.forenames = forenames or {}
        self.leanings = leanings or {}
        self.entries = tuple(entries)
        self.verbs = verbs
        self.version = version
        self.any_conditional: list[CueEntry] = []
        self.starters: dict[str, Starter] = {}
        verbs_of: dict[str, list[CueEntry]] = {}
        for entry in self.entries:
            for words in entry.forms:
                tokens = tuple(tokenize(words))
                written = tuple(TOKEN.findall(words.replace("’", "'"))) if entry.cased else ()
                starter = self.starters.setdefault(tokens[0], Starter())
                if len(tokens) == 1:
                    starter.words.append((tokens, written, entry))
                else:
                    third = tokens[2] if len(tokens) > 2 else ""
                    by_third = starter.phrases.setdefault(tokens[1], {})
                    by_third.setdefault(third, []).append((tokens, written, entry))
            for lemma in entry.lemmas:
                if lemma == "*":
                    self.any_conditional.append(entry)
                else:
                    verbs_of.setdefault(lemma, []).append(entry)
            for word in entry.at:
                self.starters.setdefault(word, Starter()).patterns.append(entry)
        for form, analyses in verbs.forms.items():
            for lemma in sorted({analysis.lemma for analysis in analyses} & verbs_of.keys()):
                trigger = _verb_trigger(lemma, frozenset(a.mood for a in analyses if a.lemma == lemma), verbs_of[lemma])
                if trigger.entries:
                    self.starters.setdefault(form, Starter()).verbs.append(trigger)
        # Forms of the auxiliaries: their moods, and whether they are of "être".
        self.auxiliaries = {
            form: (frozenset(a.mood for a in analyses), any(a.lemma == "être" for a in analyses))
            for form, analyses in verbs.forms.items()
            if any(a.lemma in ("avoir", "être") for a in analyses)
        }
        # Verbs whose conditional is never hearsay ("il faudrait"): no need to look at what surrounds it.
        self.never_hearsay = frozenset(
            lemma
            for entry in self.entries
            if entry.pseudo and "conditional" in entry.blocks and entry.mood == ("conditional",) and not entry.context
            for lemma in entry.lemmas
        )
        self.reporting_forms = frozenset(
            form
            for form, starter in self.starters.items()
            if any("attribution" in entry.categories for verb in starter.verbs for entry in verb.entries)
        )

    @cached_property
    def by_id(self) -> dict[str, CueEntry]:
        """Entries by id."""
        return {entry.id: entry for entry in self.entries}

    @classmethod
    def load(cls, directory: Path | None = None, language: str = "fr") -> Lexicon:
        """Read every cue file of ``language``; raises `LexiconError` naming file, cue and field."""
        folder = (directory or CUES) / language
        entries, version = read_entries(folder)
        lemmas = {lemma: entry for entry in entries for lemma in entry.lemmas if lemma != "*"}
        try:
            verbs = VerbTable.load(lemmas)
        except VerbTableError as error:
            raise LexiconError(f"{folder}: {error}") from error
        return cls(language, entries, verbs, version, read_forenames(folder), read_leanings(folder))


def _verb_trigger(lemma: str, moods: frozenset[str], entries: Iterable[CueEntry]) -> VerbTrigger:
    """Without an auxiliary a form keeps its own moods: entries that want others are left out."""
    is_participle = "past-participle" in moods
    possible = tuple(e for e in entries if is_participle or not e.mood or not moods.isdisjoint(e.mood))
    return VerbTrigger(lemma, moods, is_participle, possible)
