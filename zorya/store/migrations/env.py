"""Alembic environment: always run through `zorya.store.engine.upgrade`, which hands in a connection."""

from alembic import context

from zorya.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
