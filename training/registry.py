"""The registry of versions: which one is in service, and who put it there, when and why.

``models/champion`` names the version in service; ``models/promotions.jsonl`` has a line for every time that it moved,
and is only ever appended to. The line is on the disk before the pointer moves, so that no move goes unrecorded; a run
killed in between leaves the old version in service, and the next command that writes says so in the log.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.challenger import POINTER, Pointer, check_lexicon, read_pointer
from service.lexicon import Lexicon
from service.scoring import ModelError, Scorer
from training.disk import locked, sweep, write_atomically

CARD = "card.json"


class RegistryError(RuntimeError):
    """The registry cannot do what was asked: names the file or version, and the remedy."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log.

    ``action`` is promote, rollback or observed (the pointer was not where the line before left it); ``digests`` are the
    SHA-256 of the files of ``version`` by name, that of the card without what forced promotions wrote into it;
    ``refused`` is what the gate held against it, where it was forced.
    """

    at: str
    action: str
    version: str | None
    previous: str | None
    by: str
    why: str
    digests: dict[str, str]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A folder of the registry: its card, or the ``problem`` for which it cannot be served."""

    name: str
    is_champion: bool
    card: dict[str, Any] | None
    problem: str | None


class Registry:
    """The versions of one models folder. Commands that write hold a lock: two at once take turns."""

    def __init__(self, models: Path) -> None:
        self.models = models
        self.log = models / "promotions.jsonl"

    # --- reading ------------------------------------------------------------------------------------------------------

    def champion(self) -> str | None:
        """The version that the pointer names; None where no version was ever put in service."""
        try:
            return (self.models / "champion").read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def versions(self) -> list[Version]:
        """All versions, the newest last; those that cannot be served come with the reason.

        What killed commands left half-written is removed on the way, where the folder can be written to.
        """
        if self.models.is_dir():
            with suppress(OSError), locked(self.models):
                for folder in (self.models, *self.models.glob("[!.]*/")):
                    sweep(folder)
        champion, found = self.champion(), []
        for folder in sorted(self.models.iterdir()) if self.models.is_dir() else ():
            if folder.is_dir() and not folder.name.startswith("."):
                card, problem = None, None
                try:
                    card = self.verify(folder.name)
                except (ModelError, RegistryError) as error:
                    problem = str(error)
                found.append(Version(folder.name, folder.name == champion, card, problem))
        return sorted(found, key=lambda version: (version.card or {}).get("created_at", ""))

    def verify(self, version: str) -> dict[str, Any]:
        """The card of a version that is whole and can be served by this code.

        Raises `ModelError` or `RegistryError` naming the file: card or artifact missing, changed since training or
        since it was last put in service, of another environment.
        """
        card = Scorer.load_version(self.folder(version)).card
        recorded = next((entry.digests for entry in reversed(self.entries()) if entry.version == version), {})
        for name, digest in self._digests(version).items():
            if recorded.get(name, digest) != digest:
                raise RegistryError(
                    f"{self.folder(version) / name}: SHA-256 {digest[:12]}… is not the {recorded[name][:12]}… of "
                    f"{self.log.name}: the file was changed since {version} was put in service; restore it, or train "
                    "under another name"
                )
        return card

    def entries(self) -> list[Entry]:
        """The log, oldest first; raises `RegistryError` naming a line that cannot be read."""
        found = []
        for number, line in enumerate(self._lines(), 1):
            try:
                values = json.loads(line)
                values["refused"] = tuple(values.get("refused", ()))
                found.append(
                    Entry(**{field.name: values[field.name] for field in fields(Entry) if field.name in values})
                )
            except (ValueError, TypeError, AttributeError) as error:
                raise RegistryError(
                    f"{self.log}:{number}: not a line of this log ({error}); restore the file from a backup"
                ) from error
        return found

    def folder(self, version: str) -> Path:
        """Folder of a version; raises `RegistryError` when the name is none or nothing is there."""
        if not version or Path(version).name != version or version.startswith("."):
            raise RegistryError(f"{version!r} is not the name of a version; python -m training list shows them")
        if not (self.models / version).is_dir():
            raise RegistryError(f"{self.models / version}: no such version; python -m training list shows them")
        return self.models / version

    def resolve(self, name: str) -> str:
        """The version that ``champion`` or ``previous`` stands for, or the name as it is; raises `RegistryError`."""
        found = self.champion() if name == "champion" else self.before() if name == "previous" else name
        if found is None:
            what = "in service" if name == "champion" else "in service before this one"
            raise RegistryError(f"{self.models / 'champion'}: no version is {what}; promote one by its name")
        return found

    def before(self) -> str | None:
        """The version that a rollback would go to."""
        served = self._served()
        return served[-2] if len(served) > 1 else None

    def challenger(self) -> Pointer | None:
        """The version that running services score beside the champion; raises `ModelError` for a pointer to none."""
        return read_pointer(self.models)

    # --- writing ------------------------------------------------------------------------------------------------------

    def promote(
        self, version: str, *, by: str, expected: str | None, why: str = "", refused: Sequence[str] = ()
    ) -> Entry | None:
        """Put a version in service in the place of ``expected``; None when it is there already.

        ``refused`` is what the gate held against it: then it is forced, and the reason goes into its card too. Raises
        `ModelError` or `RegistryError` when it is not whole, or another version than ``expected`` is in service by now;
        the pointer stays where it was.
        """
        with locked(self.models):
            card = self.verify(version)
            if version == self.champion():
                return None
            if expected != self.champion():
                raise RegistryError(
                    f"{self.models / 'champion'}: {self.champion()} was put in service meanwhile, {version} was "
                    f"compared with {expected}; compare and promote again"
                )
            self._observe(by)
            if refused:
                note = {"at": _now(), "by": by, "why": why, "refused": list(refused)}
                card["forced"] = [*card.get("forced", ()), note]
                content = json.dumps(card, ensure_ascii=False, indent=2) + "\n"
                write_atomically(self.folder(version) / CARD, content.encode())
            return self._move("promote", version, by, why, tuple(refused))

    def rollback(self, *, by: str, why: str = "") -> Entry:
        """Put the version back that was in service before this one; raises as `promote` does."""
        with locked(self.models):
            self._observe(by)
            before = self.before()
            if before is None:
                raise RegistryError(f"{self.log}: no version was in service before this one; promote one by its name")
            self.verify(before)
            return self._move("rollback", before, by, why)

    def shadow(self, version: str, share: float) -> Pointer:
        """Have running services score a ``share`` (0–1] of requests with ``version`` too.

        Raises `ModelError` or `RegistryError` when it is not whole, of another lexicon, or in service itself.
        """
        if not 0 < share <= 1:
            raise RegistryError(f"the share is {share}: give more than 0, and 1 at most")
        with locked(self.models):
            check_lexicon(self.verify(version), Lexicon.load().version)
            if version == self.champion():
                raise RegistryError(f"{version} is in service itself: name the version to compare it with")
            pointer = Pointer(version, share)
            write_atomically(self.models / POINTER, pointer.as_json())
            return pointer

    def stop_shadow(self) -> bool:
        """Have running services score with the champion alone; False when they did already."""
        with locked(self.models):
            try:
                (self.models / POINTER).unlink()
            except FileNotFoundError:
                return False
            return True

    def _move(self, action: str, version: str, by: str, why: str, refused: tuple[str, ...] = ()) -> Entry:
        entry = Entry(_now(), action, version, self.champion(), by, why, self._digests(version), refused)
        self._append(entry)
        write_atomically(self.models / "champion", f"{version}\n".encode())
        return entry

    def _observe(self, by: str) -> None:
        """Log that the pointer is not where the log left it: a run was killed, or somebody moved it by hand."""
        served, champion = self._served(), self.champion()
        if served and champion != served[-1]:
            digests = {}
            with suppress(RegistryError, OSError, ValueError, KeyError):  # what was put there by hand may not be whole
                digests = self._digests(champion or "")
            why = "the pointer was moved by hand, or the command that wrote the line above was stopped before it moved"
            self._append(Entry(_now(), "observed", champion, served[-1], by, why, digests))

    def _served(self) -> list[str | None]:
        """Versions in service one after the other, without those that were taken back; the last is in service now."""
        entries = self.entries()
        if not entries:
            champion = self.champion()
            return [] if champion is None else [champion]
        served: list[str | None] = [] if entries[0].previous is None else [entries[0].previous]
        earlier: list[str | None] = []  # what was served before the last entry
        for entry in entries:
            now = list(served)
            if entry.action == "observed" and earlier[-1:] == [entry.version]:
                served = earlier  # the move that the line above announces was never made
            elif entry.action != "promote" and entry.version in served[:-1]:
                while served[-1] != entry.version:
                    served.pop()
            else:
                served.append(entry.version)
            earlier = now
        return served

    def _digests(self, version: str) -> dict[str, str]:
        folder = self.folder(version)
        card = json.loads((folder / CARD).read_bytes())
        # A command that is killed after it wrote the reason into the card must not make the card look tampered with.
        plain = json.dumps({key: value for key, value in card.items() if key != "forced"}, sort_keys=True)
        files = {card[key]["file"]: (folder / card[key]["file"]).read_bytes() for key in ("artifact", "folded")}
        return {name: hashlib.sha256(content).hexdigest() for name, content in (files | {CARD: plain.encode()}).items()}

    def _lines(self) -> list[str]:
        try:
            content = self.log.read_bytes()
        except FileNotFoundError:
            return []
        # A last line without its end was being written when the machine stopped: nothing was moved for it yet.
        whole = content[: content.rfind(b"\n") + 1]
        return whole.decode("utf-8", "replace").splitlines()

    def _append(self, entry: Entry) -> None:
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        with self.log.open("ab+") as file:
            file.seek(0)
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
