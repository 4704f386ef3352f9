"""
The tests' database backend.

A test's connection logs in as the superuser and acts as the application's role
(`-c role=portal_application`), so that every query meets the application's rights.
Only the emptying of tables between tests steps out of it: the application may delete
little, and tables that only ever grow refuse it to everyone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.backends.postgresql import base, operations

_WRITTEN_BY_MIGRATING = {"django_content_type", "auth_permission"}


class DatabaseOperations(operations.DatabaseOperations):
    """Empties tables as the superuser, past their triggers."""

    def sql_flush(
        self,
        style: Any,
        tables: Sequence[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        """
        Delete the few rows of a test: a tenth of the time of TRUNCATE, which makes
        every table's files anew. What migrating writes again stays.
        """
        if reset_sequences:
            return super().sql_flush(
                style, tables, reset_sequences=True, allow_cascade=allow_cascade
            )
        emptied = [name for name in tables if name not in _WRITTEN_BY_MIGRATING]
        return [f"DELETE FROM {self.quote_name(name)}" for name in emptied]  # noqa: S608

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """Run what a flush does; both settings end with the transaction."""
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
