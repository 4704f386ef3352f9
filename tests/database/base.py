"""
The tests' database backend.

A test's connection logs in as the superuser and acts as the application's role
(`-c role=portal_application`), so that every query meets the application's rights.
Only the emptying of tables between tests steps out of it: the application may not
TRUNCATE, and tables that only ever grow refuse it to everyone.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    """Empties tables as the superuser, past their triggers."""

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """Run the TRUNCATE of a flush; both settings end with the transaction."""
        with (
            transaction.atomic(
                using=self.connection.alias,
                savepoint=self.connection.features.can_rollback_ddl,
            ),
            self.connection.cursor() as cursor,
        ):
            cursor.execute("SET LOCAL ROLE NONE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in sql_list:
                cursor.execute(statement)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with our way of emptying tables."""

    ops_class = DatabaseOperations
