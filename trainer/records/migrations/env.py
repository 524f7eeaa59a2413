"""Run by alembic. The migrations go through the connection of whoever opens the store, in their transaction."""

from alembic import context

from trainer.records.migrations import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # on SQLite, too: we begin transactions ourselves
)
context.run_migrations()
