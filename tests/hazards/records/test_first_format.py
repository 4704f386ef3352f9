"""What was sealed under the first format still verifies, and through the migrations."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from hazards.models import (
    ChainEntry,
    ChecklistAnswer,
    ReportStatus,
    ReportVersion,
    Seal,
    SelfInspectionReport,
)
from hazards.queries import verification
from hazards.queries.contents import sealed_bytes
from hazards.queries.envelopes import envelope
from hazards.rules import seals
from portal.stack.postgres import APPLICATION, OWNER
from portal.stack.state import ROOT
from tests.factories_reports import Desks, correct, make_report
from tests.servers import database_name, postgres

pytestmark = pytest.mark.django_db(transaction=True)


def into_first_format(connection: psycopg.Connection) -> None:
    """Write every seal anew by hand, as it was written before there were hazards."""
    connection.execute("SET session_replication_role = replica")
    connection.execute(
        "UPDATE hazards_reportversion SET frame = frame - 'act', \"table\" = NULL"
    )
    connection.commit()
    previous = ""
    for entry in ChainEntry.objects.order_by("ordinal"):
        version = ReportVersion.objects.get(pk=entry.seal.version_id)
        content = sealed_bytes(version, seal_format=seals.FIRST_FORMAT)
        connection.execute(
            "UPDATE hazards_seal SET seal_format = 'quarterly-report/1',"
            " content = %s, content_sha256 = %s WHERE id = %s",
            [content, seals.digest(content), entry.seal_id],
        )
        connection.commit()
        columns = envelope(Seal.objects.get(pk=entry.seal_id))
        hashed = seals.link(previous=previous, ordinal=entry.ordinal, envelope=columns)
        connection.execute(
            "UPDATE hazards_chainentry SET envelope = NULL, previous_sha256 = %s,"
            " entry_sha256 = %s WHERE id = %s",
            [previous, hashed, entry.pk],
        )
        connection.commit()
        previous = hashed


@pytest.fixture
def old_records(desks: Desks, as_superuser: psycopg.Connection) -> SelfInspectionReport:
    """A report returned, corrected and received again, both times under /1."""
    report = make_report(desks, status=ReportStatus.RETURNED)
    correct(report, desks)
    into_first_format(as_superuser)
    return report


# S1
def test_the_first_format_still_verifies(old_records: SelfInspectionReport) -> None:
    assert set(Seal.objects.values_list("seal_format", flat=True)) == {
        "quarterly-report/1"
    }
    content = bytes(Seal.objects.earliest("id").content)
    assert b'"act"' not in content
    assert b'"hazards"' not in content
    assert list(verification.faults()) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE hazards_reportversion SET scope = '一处'", "statement.scope"),
        ("UPDATE hazards_seal SET kind = 'unsigned'", "seal.kind"),
        ("UPDATE hazards_seal SET factor = 'totp'", "chain_entry.entry_sha256"),
        ("UPDATE hazards_chainentry SET envelope = '{}'", "chain_entry.envelope"),
        (
            "UPDATE hazards_reportversion SET checklist_revision = 2",
            "checklist_revision",
        ),
    ],
)
def test_what_is_changed_under_the_first_format_is_named(
    old_records: SelfInspectionReport,
    as_superuser: psycopg.Connection,
    statement: str,
    words: str,
) -> None:
    as_superuser.execute("SET session_replication_role = replica")
    as_superuser.execute(statement.encode())
    as_superuser.commit()
    assert words in " ".join(fault.what for fault in verification.faults())


def test_what_the_first_format_did_not_know_is_named(
    old_records: SelfInspectionReport, as_superuser: psycopg.Connection
) -> None:
    as_superuser.execute("SET session_replication_role = replica")
    as_superuser.execute(
        "INSERT INTO hazards_checklistanswer (version_id, clause, answer, reason)"
        " SELECT id, 'order-10-2023/3(1)', 'fine', '' FROM hazards_reportversion"
    )
    as_superuser.commit()
    assert ChecklistAnswer.objects.count() == 2
    assert "did not know" in next(verification.faults()).what


@pytest.fixture
def old_database() -> Iterator[str]:
    """An empty database of the owner's, later dropped."""
    name, server = f"{database_name()}_old", postgres()
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
        sql.Identifier(name)
    )
    with server.connect() as connection:
        connection.execute(drop)
        server.make_database(connection, name)
        server.make_extensions(name)
    yield name
    with server.connect() as connection:
        connection.execute(drop)


def manage(database: str, *arguments: str) -> str:
    """Run a command against the database, as the owner to migrate."""
    server = postgres()
    done = subprocess.run(  # noqa: S603 (our own words)
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "PORTAL_ROLE": "owner" if arguments[0] == "migrate" else "application",
            "DATABASE_OWNER_URL": server.url(OWNER, database),
            "DATABASE_URL": server.url(APPLICATION, database),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def copy_rows(here: psycopg.Connection, there: psycopg.Connection) -> None:
    """Copy what the older tables can hold, column by column, past their triggers."""
    there.execute("SET session_replication_role = replica")
    tables = there.execute(
        "SELECT table_name, array_agg(column_name::text)"
        " FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name ~ '^(accounts|hazards)_'"
        " GROUP BY table_name"
    ).fetchall()
    for table, columns in tables:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        read = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
            names, sql.Identifier(table)
        )
        write = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        there.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        with here.cursor().copy(read) as source, there.cursor().copy(write) as target:
            for piece in source:
                target.write(piece)


# S1
def test_the_first_format_verifies_after_the_migrations(
    old_records: SelfInspectionReport,
    old_database: str,
    as_superuser: psycopg.Connection,
) -> None:
    manage(old_database, "migrate", "--verbosity=0", "hazards", "0001")
    with postgres().connect(old_database) as there:
        copy_rows(as_superuser, there)

    manage(old_database, "migrate", "--verbosity=0")

    assert manage(old_database, "verify_records") == (
        "1 reports, 2 seals of 1 enterprises verified\n"
    )
