"""What is kept: articles whose caller asked for it, their assessments, moderators' decisions, users, an audit trail.

`service.store.engine.Store.open` gives a store that is ready; the other modules are functions on it: `articles`,
`decisions`, `queue`, `search`, `history`, `people`, `backup`, `export`. They are imported on first use, so that a
service that only scores pays nothing for them. Times are whole seconds since 1970, UTC.
"""


class StoreError(RuntimeError):
    """The store cannot be used: says what, where, and what to do."""
