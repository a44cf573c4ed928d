"""Alembic's entry: it works over the connection, and inside the transaction, that engine/edge/database.py opened."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
