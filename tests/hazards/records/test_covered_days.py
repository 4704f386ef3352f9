"""The days that left the database show what was done to their rows (promise S1)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models
from pytest_django import DjangoDbBlocker

from accounts.models import Event, Notice
from hazards.models import (
    Attachment,
    CopyOfRecord,
    MajorHazard,
    PaperReceipt,
    ReportTransfer,
    Repudiation,
    ReviewComment,
)
from hazards.queries.covered import TABLES
from hazards.queries.verification import heads as heads_files
from hazards.queries.verification.found import TableFault
from tests.factories import NOW, make_bureau
from tests.hazards.records.conftest import DAY, Records, past_rights
from tests.hazards.records.heads_written import Lines, written
from tests.hazards.records.tampering import (
    another,
    change,
    delete,
    without_constraints,
)

pytestmark = pytest.mark.usefixtures("past_all_rights")

Rows = dict[type[models.Model], models.Model]
MODELS: tuple[type[models.Model], ...] = (
    Attachment,
    CopyOfRecord,
    Event,
    MajorHazard,
    Notice,
    PaperReceipt,
    ReportTransfer,
    Repudiation,
    ReviewComment,
)
COLUMNS = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model in MODELS
    for field in model._meta.concrete_fields
    if field.attname in TABLES[model._meta.db_table].columns
]


def make_rows(records: Records) -> Rows:
    """One row of each table that is covered by days."""
    version = records.dangerous.versions.get()
    seat = records.desks.reviewer.membership
    attachment = version.photos.get().attachment
    at = NOW + DAY
    return {
        Attachment: attachment,
        MajorHazard: version.stated.get().hazard,
        Event: Event.objects.earliest("id"),
        Notice: Notice.objects.earliest("id"),
        CopyOfRecord: CopyOfRecord.objects.create(
            seal=records.later,
            sha256="0" * 64,
            template="copy/1",
            size=1,
            made_at=at,
        ),
        Repudiation: Repudiation.objects.create(
            seal=records.later, by=records.desks.principal.user, at=at, reason="非本人"
        ),
        PaperReceipt: PaperReceipt.objects.create(version=version, scan=attachment),
        ReportTransfer: ReportTransfer.objects.create(
            report=records.corrected,
            from_bureau=records.desks.bureau,
            to_bureau=make_bureau(),
            reason="属地",
            at=at,
            by=seat,
        ),
        ReviewComment: ReviewComment.objects.create(
            version=version, item="report", text="补充", at=at, by=seat
        ),
    }


@pytest.fixture(scope="module")
def _covered(
    records: Records, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Rows, Lines]]:
    """The rows, and the file that covers them: made once."""
    with django_db_blocker.unblock(), past_rights():
        rows = make_rows(records)
        yield rows, written()


@pytest.fixture
def rows(_covered: tuple[Rows, Lines]) -> Rows:
    """One row of each table that is covered by days."""
    return copy.deepcopy(_covered[0])


@pytest.fixture
def lines(_covered: tuple[Rows, Lines]) -> Lines:
    """The file that covers them."""
    return _covered[1]


def names(lines: Lines, table: str) -> bool:
    """Whether the file says that a day of this table is not as it was."""
    return any(
        isinstance(fault, TableFault)
        and fault.table == table
        and f"table {table}, 2026-07-" in str(fault)
        for fault in heads_files.faults(lines)
    )


# S1
@pytest.mark.parametrize(("model", "field"), COLUMNS)
def test_a_changed_value_of_a_covered_day_is_named(
    rows: Rows,
    lines: Lines,
    model: type[models.Model],
    field: models.Field[Any, Any],
) -> None:
    row, table = rows[model], model._meta.db_table

    change(row, field, another(field, getattr(row, field.attname)))

    assert names(lines, table)


@pytest.mark.parametrize("model", MODELS)
def test_a_deleted_row_of_a_covered_day_is_named(
    rows: Rows, lines: Lines, model: type[models.Model]
) -> None:
    table = model._meta.db_table
    without_constraints(table)
    delete(rows[model])
    assert names(lines, table)


@pytest.mark.parametrize("model", [Event, Notice, ReviewComment, ReportTransfer])
def test_a_row_inserted_into_a_covered_day_is_named(
    rows: Rows, lines: Lines, model: type[models.Model]
) -> None:
    row, table = rows[model], model._meta.db_table
    without_constraints(table)
    row.pk = None
    row.save(force_insert=True)
    assert names(lines, table)


def test_what_is_written_once_stands_in_a_chain_or_is_covered() -> None:
    chained = {"hazards_seal", "hazards_chainentry"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid"
            " WHERE tgname LIKE 'pgtrigger\\_append\\_only\\_rows\\_%'"
        )
        written_once = {table for (table,) in cursor.fetchall()}
    # Of these some rows, or some columns, are written once.
    partly = {
        "hazards_attachment",
        "hazards_checkcorrection",
        "hazards_majorhazard",
        "hazards_spotcheck",
        "hazards_suspension",
    }
    assert written_once == chained | (set(TABLES) - partly)
