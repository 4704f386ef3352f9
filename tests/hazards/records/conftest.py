"""Records that somebody past all rights tampers with."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from hazards.models import ReportStatus, Seal, SelfInspectionReport
from hazards.rules.quarters import Quarter
from tests.factories import NOW
from tests.factories_reports import Desks, correct, make_desks, make_report


@dataclass(frozen=True)
class Records:
    """
    Two enterprises of one bureau. The first filed two quarters, the first of them
    again after its return; `middle` is the second of its three seals. The other
    filed one. Both have a draft.
    """

    desks: Desks
    other: Desks
    corrected: SelfInspectionReport
    middle: Seal


@pytest.fixture(scope="module")
def records(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Records]:
    """Records built once; every test that tampers goes back to them."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        desks = make_desks()
        other = make_desks(bureau=desks.bureau)
        corrected = make_report(
            desks, status=ReportStatus.RETURNED, quarter=Quarter(2026, 1)
        )
        middle = correct(corrected, desks)
        for each in (desks, other):
            make_report(
                each, status=ReportStatus.ACCEPTED, at=NOW + dt.timedelta(days=2)
            )
            make_report(each, quarter=Quarter(2025, 4))
        yield Records(desks, other, corrected, middle)
        transaction.set_rollback(True)


@pytest.fixture
def past_all_rights(
    records: Records, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Be the superuser with triggers off for one test; then all is as it was."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # Without this the keys checked at commit forbid changing tables.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)
