"""Run migrations on the connection `migrate.upgrade` hands over, inside its transaction."""

from alembic import context

from newsletter.storage import restored  # noqa: F401  # has tables of its own
from newsletter.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
