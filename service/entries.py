"""Read and check the entries of the cue files, ``cues/<language>/*.toml``.

A cue is data: what triggers it (a verb lemma, fixed forms, or a bounded pattern), in which surroundings, and examples
on both sides. Linguists edit the TOML files; every mistake is a `LexiconError` that names file, cue and field.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import re._constants as sre
import re._parser as sre_parser
import tomllib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from service.article import CATEGORIES, SOURCE_KINDS
from service.conjugation import MOODS
from service.entry import ContextCheck, CueEntry
from service.inflection import INFLECTIONS, inflected
from service.text import fold

DIRECTIONS = ("forward", "backward", "both", "sentence")
VOICES = ("active", "passive", "pronominal", "bare")
FRAMES = ("clause", "quote", "incise", "infinitive", "object", "agent")
WINDOW = 160  # characters on each side that a context pattern may look at: keeps every check constant-time
ADJACENT = 40  # the same for a pattern that must end right before the cue
LEANINGS = "leanings.json.gz"  # beside the cue files; tools/build_leanings.py makes it
_MAX_REPEAT = 400  # the product of nested repeat bounds in a pattern

_PLAIN_WORDS = re.compile(r"\w[\w' -]*")
TOKEN = re.compile(r"\w+'?|\S")


class LexiconError(ValueError):
    """A mistake in a cue file: says file, cue and field, and what to do."""


_FIELDS = {f.name: f for f in fields(CueEntry) if f.name not in ("file", "categories", "compiled", "context")}
_LISTS = {name for name, f in _FIELDS.items() if f.default == ()}
_CONTEXT = tuple(name for name in _FIELDS if name.split("_")[-1] in ("before", "after"))
_CHOICES = {
    "also": CATEGORIES,
    "blocks": CATEGORIES,
    "mood": MOODS,
    "voice": VOICES,
    "frames": FRAMES,
    "subject": SOURCE_KINDS,
}
_KINDS = ("", "claim", "opinion", "prediction")
_PARTIES = ("", "any", "named")


def read_entries(folder: Path) -> tuple[tuple[CueEntry, ...], str]:
    """The entries of every cue file in ``folder``, with all their forms, and the version of what was read: it changes
    with any byte of these files and of the lists beside them. Raises `LexiconError` naming file, cue and field.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise LexiconError(f"{folder}: no cue file (*.toml) here")
    digest = hashlib.sha256()
    entries: dict[str, CueEntry] = {}
    for file in files:
        content = file.read_bytes()
        digest.update(content)
        for entry in _read(file.name, content):
            if entry.id in entries:
                raise LexiconError(f"{entry.file}: cue {entry.id!r} is already in {entries[entry.id].file}")
            if entry.forms_file:
                entry = replace(entry, forms=(*entry.forms, *_lines(entry.forms_file, _listed(folder, entry))))
            if entry.inflect:
                forms = (form for line in entry.forms for form in inflected(line, entry.inflect))
                entry = replace(entry, forms=tuple(dict.fromkeys(forms)))
            entries[entry.id] = entry
    for file in (*sorted(folder.glob("*.txt")), *folder.glob(LEANINGS)):
        digest.update(file.read_bytes())
    _refuse_duplicates(entries.values())
    return tuple(entries.values()), digest.hexdigest()[:12]


def read_forenames(folder: Path) -> dict[str, str]:
    """ "f" or "m" by first name, folded and without accents, from the lists in ``folder``; empty where it has none."""
    genders: dict[str, str] = {}
    for name, gender in (("forenames-feminine.txt", "f"), ("forenames-masculine.txt", "m")):
        file = folder / name
        if file.exists():
            for line in _lines(name, file.read_bytes()):
                genders.update(dict.fromkeys(line.split(), gender))
    return genders


def read_leanings(folder: Path) -> dict[str, int]:
    """Which way common words lean, in hundredths of a level by form; empty where ``folder`` has no such table."""
    file = folder / LEANINGS
    if not file.exists():
        return {}
    try:
        found: dict[str, int] = json.loads(gzip.decompress(file.read_bytes()))
        if not isinstance(found, dict) or not {int}.issuperset(map(type, found.values())):
            raise ValueError("not whole numbers by form")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise LexiconError(f"{file}: cannot be read ({error}); restore it, or make it anew: make leanings") from error
    return found


def tokenize(text: str) -> list[str]:
    """Folded tokens of ``text``: words (an elided article keeps its apostrophe) and single punctuation marks."""
    return TOKEN.findall(fold(text)[0])


def _listed(folder: Path, entry: CueEntry) -> bytes:
    try:
        return (folder / Path(entry.forms_file).name).read_bytes()
    except OSError as error:
        raise LexiconError(f"{entry.file}: cue {entry.id!r}: {entry.forms_file}: {error.strerror}") from error


def _lines(name: str, content: bytes) -> Iterator[str]:
    """Forms of a list: lines that are not empty and no comment."""
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise LexiconError(f"{name}: not UTF-8: {error}") from error
    for line in lines:
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _read(name: str, content: bytes) -> Iterator[CueEntry]:
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LexiconError(f"{name}: not readable as TOML: {error}") from error
    unknown = set(data) - {"cue"}
    if unknown:
        raise LexiconError(f"{name}: unknown table {sorted(unknown)[0]!r}: a cue file holds [[cue]] tables only")
    for number, table in enumerate(data.get("cue", []), 1):
        yield _entry(name, number, table)


def _entry(name: str, number: int, table: dict[str, Any]) -> CueEntry:
    where = f"{name}: cue {table.get('id', f'number {number}')!r}"
    table = dict(table)
    if "lemma" in table:
        table["lemmas"] = [table.pop("lemma"), *table.get("lemmas", [])]
    for key in ("mood", "voice"):
        if isinstance(table.get(key), str):
            table[key] = [table[key]]
    for key, value in table.items():
        if key not in _FIELDS:
            raise LexiconError(f"{where}: unknown field {key!r}; known: {', '.join(_FIELDS)}")
        if key in _LISTS and not (isinstance(value, list) and all(isinstance(item, str) and item for item in value)):
            raise LexiconError(f"{where}: {key} takes a list of words")
    for key in ("id", "category"):
        if not isinstance(table.get(key), str):
            raise LexiconError(f"{where}: {key} is missing")
    if table["category"] not in CATEGORIES:
        raise LexiconError(f"{where}: unknown category {table['category']!r}; known: {', '.join(CATEGORIES)}")
    for key, allowed in _CHOICES.items():
        for value in table.get(key, ()):
            if value not in allowed:
                raise LexiconError(f"{where}: {key} {value!r} is not one of {', '.join(allowed)}")
    if table.get("direction", "forward") not in DIRECTIONS:
        raise LexiconError(f"{where}: direction is one of {', '.join(DIRECTIONS)}")
    if table.get("tense", "") not in ("", "simple", "compound"):
        raise LexiconError(f"{where}: tense is simple or compound")
    if table.get("party", "") not in _PARTIES:
        raise LexiconError(f"{where}: party {table['party']!r} is not one of any, named")
    if table.get("inflect", "") not in ("", *INFLECTIONS):
        raise LexiconError(f"{where}: inflect is one of {', '.join(INFLECTIONS)}")
    if table.get("kind", "") not in _KINDS:
        raise LexiconError(f"{where}: kind is one of claim, opinion, prediction")
    listed = {**table, "forms": table.get("forms") or table.get("forms_file")}
    triggers = [key for key in ("lemmas", "forms", "pattern") if listed.get(key)]
    if len(triggers) != 1:
        raise LexiconError(f"{where}: give exactly one of lemma(s), forms or pattern, not {triggers or 'none'}")
    if bool(table.get("pattern")) != bool(table.get("at")):
        raise LexiconError(f"{where}: a pattern needs `at`, the words it may start with, and nothing else takes it")
    if table.get("pseudo") and not table.get("blocks"):
        table["blocks"] = [table["category"]]
    kind = table.get("source_kind", "")
    if (table["category"] == "source" and not table.get("pseudo")) != (kind in SOURCE_KINDS):
        raise LexiconError(f"{where}: source_kind goes with category source, one of {', '.join(SOURCE_KINDS)}")
    for key in ("fires_on", "silent_on"):
        if not table.get(key):
            raise LexiconError(f"{where}: {key} is missing: a cue needs examples on both sides")
        for example in table[key]:
            if key == "fires_on" and (example.count("[[") != 1 or example.count("]]") != 1):
                raise LexiconError(f"{where}: mark the words once with [[ ]] in the example {example!r}")
    pattern = _compile(where, "pattern", table["pattern"]) if table.get("pattern") else None
    checks = [_check(where, key, table[key]) for key in _CONTEXT if table.get(key)]
    # What must be there is checked before what must not, it fails sooner; a list of words before a pattern.
    context = tuple(sorted(checks, key=lambda check: (not check.tokens, check.is_negative)))
    values: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in table.items()}
    categories = (table["category"], *table.get("also", ()))
    return CueEntry(**values, file=name, categories=categories, compiled=pattern, context=context)


def _check(where: str, key: str, pattern: str) -> ContextCheck:
    is_before, is_near = key.endswith("before"), "near" in key
    compiled = _compile(where, key, pattern)
    if is_near:
        return ContextCheck(compiled, is_before, is_near, key.startswith("unless"), WINDOW)
    # What ends right before the match begins no farther away than the pattern is long.
    window = min(ADJACENT, sre_parser.parse(pattern).getwidth()[1]) if is_before else WINDOW
    neighbours = _neighbours(pattern, -1 if is_before else 0)
    return ContextCheck(compiled, is_before, is_near, key.startswith("unless"), window, *neighbours)


def _compile(where: str, key: str, pattern: str) -> re.Pattern[str]:
    """Compile a pattern of a cue file, refusing any that could backtrack without bound."""
    position = key.removeprefix("unless_")
    anchored = {
        "pattern": "(?:{})",
        "before": r"(?<!\w)(?:{})$",
        "after": r"(?:{})(?:(?<=')|(?!\w))",
    }.get(position, r"(?<!\w)(?:{})(?:(?<=')|(?!\w))")  # near: whole words anywhere in the window
    try:
        if (size := _repeat_bound(sre_parser.parse(pattern))) > _MAX_REPEAT:
            raise LexiconError(
                f"{where}: {key} may repeat {'without bound' if size >= sre.MAXREPEAT else f'{size} times'}; "
                f"replace * and + by {{0,n}} with a product of at most {_MAX_REPEAT}"
            )
        return re.compile(anchored.format(pattern))
    except re.error as error:
        raise LexiconError(f"{where}: {key} is not a valid pattern: {error}") from error


def _neighbours(pattern: str, position: int) -> tuple[frozenset[str], frozenset[str]]:
    """First (0) or last (-1) tokens of a pattern that is a plain list of words, and those that are a whole alternative;
    nothing for any other pattern.
    """
    listed = pattern.removeprefix("(?:").removesuffix(")").split("|")
    if not all(_PLAIN_WORDS.fullmatch(words) for words in listed):
        return frozenset(), frozenset()
    tokenized = [tokenize(words) for words in listed]
    return (
        frozenset(tokens[position] for tokens in tokenized),
        frozenset(tokens[0] for tokens, words in zip(tokenized, listed, strict=True) if tokens == [words]),
    )


def _repeat_bound(parsed: Any) -> int:
    """Largest product of nested repeat maxima in a parsed pattern (`MAXREPEAT` when one has no bound)."""
    bound = 1
    for operation, argument in parsed:
        inner = 1
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            high = int(argument[1])
            nested = _repeat_bound(argument[2])
            inner = sre.MAXREPEAT if sre.MAXREPEAT in (high, nested) else max(high, 1) * nested
        elif operation is sre.SUBPATTERN:
            inner = _repeat_bound(argument[3])
        elif operation is sre.BRANCH:
            inner = max(_repeat_bound(branch) for branch in argument[1])
        elif operation in (sre.ASSERT, sre.ASSERT_NOT):
            inner = _repeat_bound(argument[1])
        bound = max(bound, inner)
    return bound


def _refuse_duplicates(entries: Iterable[CueEntry]) -> None:
    """Two cues of one category with the same form and the same surroundings say the same thing twice."""
    seen: dict[tuple[Any, ...], CueEntry] = {}
    for entry in entries:
        context = (
            entry.category,
            entry.pseudo,
            entry.mood,
            entry.negated,
            entry.tense,
            entry.voice,
            entry.frames,
            entry.source_kind,
        )
        context += tuple(getattr(entry, key) for key in _CONTEXT)
        for trigger in (*entry.lemmas, *(" ".join(tokenize(words)) for words in entry.forms)):
            other = seen.setdefault((trigger, *context), entry)
            if other is not entry:
                raise LexiconError(f"{entry.file}: cue {entry.id!r}: {trigger!r} is already in {other.id!r}")
