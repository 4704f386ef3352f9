"""
What the application's database role may do.

Two roles from the first migration: the owner migrates; the web and the workers use
a role that owns nothing, may not TRUNCATE, disable a trigger or change a table.
"""

from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql

_GRANT_ROWS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
)
# Tables whose rows are written once (accounts.models.dated.append_only).
_APPEND_ONLY = """
    SELECT relname FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid
    WHERE tgname LIKE 'pgtrigger\\_append\\_only\\_rows\\_%'
"""


def grant_to_application_role(*, using: str, **_: Any) -> None:
    """Give the application's role its rights on every table of this database."""
    role = sql.Identifier(settings.DATABASE_APPLICATION_ROLE)
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_userbyid(relowner) <> current_user FROM pg_class"
            " WHERE oid = to_regclass('django_migrations')"
        )
        row = cursor.fetchone()
        if row is None or row[0]:
            # Not the owner (a test flushes tables): rights are the owner's to give.
            return
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            _GRANT_ROWS,
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=role))
        cursor.execute(_APPEND_ONLY)
        for (table,) in cursor.fetchall():
            # Beside the triggers: not even the right is there.
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(
                    sql.Identifier(table), role
                )
            )
