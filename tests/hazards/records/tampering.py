"""What somebody past all rights can do to a row."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models


def without_constraints(table: str) -> None:
    """Let the table take any value, as one who owns the server can."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('c', 'u', 'f')",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}" CASCADE')
        cursor.execute(
            "SELECT indexrelid::regclass FROM pg_index"
            " WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")


CHANGES: dict[type[models.Field[Any, Any]], Callable[[Any], Any]] = {
    models.BooleanField: lambda value: not value,
    models.DateTimeField: lambda value: value + dt.timedelta(microseconds=1),
    models.DateField: lambda value: value + dt.timedelta(days=1),
    models.DecimalField: lambda value: value + 1,
    models.UUIDField: lambda value: uuid.uuid4(),
    models.IntegerField: lambda value: (value or 0) + 10_000,
    models.ForeignKey: lambda value: (value or 0) + 10_000,
    models.CharField: lambda value: value[:-1] + ("1" if value[-1:] == "0" else "0"),
    models.TextField: lambda value: value[:-1] + "0",
    models.BinaryField: lambda value: bytes(value).replace(b"2026Q", b"2027Q"),
    models.JSONField: lambda value: (value or {}) | {"note": "added"},
}


def another(field: models.Field[Any, Any], value: Any) -> Any:
    """A value near the one given."""
    for kind, changed in CHANGES.items():
        if isinstance(field, kind):
            return changed(value)
    return pytest.fail(f"Say here how to change a {type(field).__name__}.")


def change(row: models.Model, field: models.Field[Any, Any], value: Any) -> None:
    """Write the value past every rule."""
    without_constraints(row._meta.db_table)
    changed = type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: value})
    assert changed == 1


def delete(row: models.Model) -> None:
    """Delete the row alone, whatever refers to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM "{row._meta.db_table}" WHERE id = %s',  # noqa: S608
            [row.pk],
        )
