"""Alembic's entry: `service.store.engine` gives the connection, inside the transaction that holds the upgrade."""

from alembic import context

from service.store import search
from service.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    include_name=search.is_described,
)
context.run_migrations()
