"""Two requests at one moment, in an order that a test chooses: one stops before a statement until the other is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from service.store.engine import Store

_WAIT = 20  # seconds after which a test has failed
_AT_ONCE = 1.0  # what is not done after that waits for the other


@contextmanager
def second(store: Store) -> Iterator[Store]:
    """The same store as another server has it: connections of its own, the same clock."""
    url = store._engine.url.render_as_string(hide_password=False)
    opened = Store.open(url, store._clock, double_review=store.decisions_wanted == 2)
    yield opened
    opened.close()


def overtake(
    store: Store, before: str, first: Callable[[], Any], then: Callable[[], Any], *, nth: int = 1
) -> tuple[Future[Any], Future[Any]]:
    """Run ``first``, which uses ``store``; before its ``nth`` statement that starts so, run ``then``, which must not.

    ``first`` goes on as soon as ``then`` is done, or waits for it. Both have ended when this returns.
    """
    at, go_on = threading.Event(), threading.Event()
    left = nth

    def stop(_: Any, __: Any, statement: str, *___: Any) -> None:
        nonlocal left
        left -= statement.startswith(before)
        if left == 0 and not at.is_set():
            at.set()
            assert go_on.wait(_WAIT)

    event.listen(store._engine, "before_cursor_execute", stop)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert at.wait(_WAIT), f"no statement starts with {before}"
        other = pool.submit(then)
        wait([other], _AT_ONCE)
        go_on.set()
        wait([one, other], _WAIT)
    event.remove(store._engine, "before_cursor_execute", stop)
    return one, other
