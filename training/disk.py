"""Files that are whole whatever happens: replaced from one moment to the next, written by one command at a time.

What is being written has a hidden name with ``.partial-`` in it. A killed command leaves it behind; `sweep` removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file from one moment to the next; it is on the disk when this returns."""
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against other commands that write there; the lock goes with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def folder_at_once(folder: Path) -> Iterator[Path]:
    """A folder to write into that is moved to its place when the block ends, and removed when it fails."""
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    with locked(folder.parent):
        sweep(folder.parent)
        partial.mkdir()
        handle = os.open(partial, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)  # says that somebody still writes there
    try:
        yield partial
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finally:
        os.close(handle)


def sweep(folder: Path, of: str = "*") -> None:
    """Remove what killed commands left half-written in a folder that the caller holds `locked`, by name of the file.

    A folder that a running command writes is held by it, and stays.
    """
    for path in folder.glob(f".{of}.partial-*"):
        if not path.is_dir():
            path.unlink(missing_ok=True)
            continue
        try:
            handle = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # finished, and moved to its place
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(handle)
