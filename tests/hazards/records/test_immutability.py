"""The application's role against the database's own refusals (promise S2)."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from accounts.models import Event, Notice
from hazards.models import (
    REPORT_MOVES,
    ChainEntry,
    ChecklistAnswer,
    CopyOfRecord,
    HazardPhoto,
    HazardStatement,
    MajorHazard,
    PaperReceipt,
    ReportStatus,
    ReportTransfer,
    ReportVersion,
    Repudiation,
    ReviewComment,
    Seal,
    SelfInspectionReport,
    VersionInspection,
)
from tests.database.stages import stage
from tests.factories import NOW, make_bureau
from tests.factories_reports import (
    QUARTER,
    Desks,
    make_desks,
    make_inspection,
    make_report,
)
from tests.hazards.records.conftest import sign_dangerous

SIGNED: tuple[type[models.Model], ...] = (
    ReportVersion,
    VersionInspection,
    Seal,
    ChainEntry,
    Event,
    Notice,
)


# What else a version holds, and what is said of a report and its seals.
BESIDE: tuple[type[models.Model], ...] = (
    HazardStatement,
    HazardPhoto,
    ChecklistAnswer,
    PaperReceipt,
    ReviewComment,
    ReportTransfer,
    CopyOfRecord,
    Repudiation,
)


@stage
def dangerous(desks: Desks) -> SelfInspectionReport:
    """A signed report with a major hazard, and a row beside it of every kind."""
    report = sign_dangerous(desks, quarter=QUARTER)
    version, seat = report.versions.get(), desks.reviewer.membership
    scan, seal = version.photos.get().attachment, version.seals.get()
    PaperReceipt.objects.create(version=version, scan=scan)
    ReviewComment.objects.create(
        version=version, item="report", text="补充", at=NOW, by=seat
    )
    ReportTransfer.objects.create(
        report=report,
        from_bureau=desks.bureau,
        to_bureau=make_bureau(),
        reason="属地",
        at=NOW,
        by=seat,
    )
    CopyOfRecord.objects.create(
        seal=seal, sha256="0" * 64, template="copy/1", size=1, made_at=NOW
    )
    Repudiation.objects.create(
        seal=seal, by=desks.principal.user, at=NOW, reason="非本人"
    )
    return report


@stage
def filed(desks: Desks) -> SelfInspectionReport:
    """A signed report; every row of the signed tables belongs to it."""
    report = make_report(desks, status=ReportStatus.RECEIVED)
    for model in SIGNED:
        assert model._base_manager.exists()
    return report


def snapshot() -> list[object]:
    """Every value of every signed table."""
    return [
        (model.__name__, list(model._base_manager.order_by("pk").values_list()))
        for model in SIGNED
    ]


def refuses(act: Callable[[], object]) -> None:
    """See that the database refuses and that nothing changed."""
    before = snapshot()
    with pytest.raises(DatabaseError), transaction.atomic():
        act()
    assert snapshot() == before


def run(statement: str, *values: Any) -> None:
    """Raw SQL, past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


@pytest.mark.parametrize("model", SIGNED)
def test_the_orm_changes_nothing_signed(
    filed: SelfInspectionReport, model: type[models.Model]
) -> None:
    rows = model._base_manager.all()
    row = rows[0]
    refuses(row.save)
    refuses(row.delete)
    refuses(lambda: rows.update(id=models.F("id") + 1000))
    refuses(rows.delete)
    refuses(lambda: rows._raw_delete(rows.db))
    plain = next(f.name for f in model._meta.concrete_fields if not f.primary_key)
    refuses(lambda: model._base_manager.bulk_update([row], [plain]))


@pytest.mark.parametrize(
    ("model", "column"),
    [
        pytest.param(model, field.column, id=f"{model.__name__}.{field.name}")
        for model in SIGNED
        for field in model._meta.concrete_fields
    ],
)
def test_no_column_is_updated_by_raw_sql(
    filed: SelfInspectionReport, model: type[models.Model], column: str
) -> None:
    table = model._meta.db_table
    refuses(lambda: run(f'UPDATE "{table}" SET "{column}" = "{column}"'))  # noqa: S608


# S2
@pytest.mark.parametrize("model", BESIDE)
def test_nothing_beside_a_signed_version_is_changed(
    dangerous: SelfInspectionReport, model: type[models.Model]
) -> None:
    table, before = model._meta.db_table, list(model._base_manager.values_list())
    assert before
    for act in (
        *(
            f'UPDATE "{table}" SET "{field.column}" = "{field.column}"'  # noqa: S608
            for field in model._meta.concrete_fields
        ),
        f'DELETE FROM "{table}"',  # noqa: S608
        f'TRUNCATE "{table}"',
        f'ALTER TABLE "{table}" DISABLE TRIGGER ALL',
    ):
        refuses(partial(run, act))
    assert list(model._base_manager.values_list()) == before


# S2
def test_a_registered_hazard_keeps_its_registration_and_its_first_report(
    desks: Desks, dangerous: SelfInspectionReport
) -> None:
    row = MajorHazard.objects.filter(statements__version__report=dangerous)
    changes: dict[str, Any] = {
        "number": "YH-2020-00000000",
        "enterprise": make_desks().enterprise,
        "found_at": NOW - dt.timedelta(days=9),
        "registered_at": None,
        "registered_by": desks.leader.membership,
        "registered_as": {},
        "first_reported_at": NOW - dt.timedelta(days=1),
        "first_reported_to": make_bureau(),
    }
    for column, value in changes.items():
        refuses(partial(row.update, **{column: value}))
    refuses(lambda: run("DELETE FROM hazards_majorhazard"))
    refuses(lambda: run("TRUNCATE hazards_majorhazard CASCADE"))


@pytest.mark.parametrize("model", [*SIGNED, SelfInspectionReport])
def test_raw_sql_neither_deletes_nor_truncates(
    filed: SelfInspectionReport, model: type[models.Model]
) -> None:
    table = model._meta.db_table
    refuses(lambda: run(f'DELETE FROM "{table}"'))  # noqa: S608
    refuses(lambda: run(f'TRUNCATE "{table}"'))
    refuses(lambda: run(f'TRUNCATE "{table}" CASCADE'))
    refuses(lambda: run(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL'))
    refuses(lambda: run(f'DROP TABLE "{table}" CASCADE'))
    refuses(lambda: run("SET session_replication_role = replica"))


def test_a_signed_version_takes_no_new_child(
    desks: Desks, filed: SelfInspectionReport
) -> None:
    version = filed.versions.get()
    another = make_inspection(desks)
    refuses(lambda: version.listed.create(inspection=another))
    refuses(
        lambda: VersionInspection.objects.bulk_create(
            [VersionInspection(version=version, inspection=another)]
        )
    )
    refuses(
        lambda: run(
            "INSERT INTO hazards_versioninspection (version_id, inspection_id)"
            " VALUES (%s, %s)",
            version.pk,
            another.pk,
        )
    )


def test_a_child_is_moved_neither_out_of_a_signed_version_nor_into_it(
    desks: Desks, filed: SelfInspectionReport
) -> None:
    signed = filed.versions.get()
    draft = make_report(desks, quarter=QUARTER.previous()).versions.get()
    refuses(lambda: signed.listed.update(version=draft))
    refuses(lambda: draft.listed.update(version=signed))


def test_a_version_is_not_born_sealed(
    desks: Desks, filed: SelfInspectionReport
) -> None:
    refuses(
        lambda: ReportVersion.objects.create(
            report=filed,
            ordinal=2,
            created_at=NOW,
            created_by=desks.clerk.membership,
            saved_at=NOW,
            saved_by=desks.clerk.membership,
            nothing_found=True,
            frame={},
            correction_reason="补充",
            sealed_at=NOW,
        )
    )


def test_a_filed_report_keeps_its_identity_and_its_first_receipt(
    filed: SelfInspectionReport,
) -> None:
    other = make_desks().enterprise
    changes: dict[str, Any] = {
        "first_received_at": None,
        "enterprise": other,
        "year": 2024,
        "quarter_number": 1,
        "number": "JB-2026Q2-00000000",
    }
    row = SelfInspectionReport.objects.filter(pk=filed.pk)
    for column, value in changes.items():
        refuses(partial(row.update, **{column: value}))
    refuses(filed.delete)
    refuses(lambda: row.update(received_at=None))
    refuses(lambda: row.update(bureau=None))


def test_an_unfiled_report_keeps_its_quarter_too(desks: Desks) -> None:
    report = make_report(desks)
    row = SelfInspectionReport.objects.filter(pk=report.pk)
    refuses(lambda: row.update(quarter_number=1))
    refuses(lambda: row.update(year=2025))


@pytest.mark.parametrize("status", set(ReportStatus) - {ReportStatus.DRAFT})
def test_a_report_is_not_born_in_a_later_status(
    desks: Desks, status: ReportStatus
) -> None:
    refuses(
        lambda: SelfInspectionReport.objects.create(
            number="JB-2026Q2-00000000",
            enterprise=desks.enterprise,
            year=2026,
            quarter_number=2,
            status=status,
            bureau=desks.bureau,
            first_received_at=NOW,
            received_at=NOW,
            reviewer=desks.reviewer.membership,
            started_at=NOW,
        )
    )


def test_a_report_is_not_born_filed(desks: Desks) -> None:
    refuses(
        lambda: run(
            "INSERT INTO hazards_selfinspectionreport (public_id, number,"
            " enterprise_id, year, quarter_number, status, first_received_at,"
            " started_at) VALUES (gen_random_uuid(), 'JB-1', %s, 2026, 2, 'draft',"
            " now(), now())",
            desks.enterprise.pk,
        )
    )


@pytest.mark.parametrize("status", ReportStatus)
def test_no_status_is_jumped_to_by_raw_sql(desks: Desks, status: ReportStatus) -> None:
    report = make_report(desks, status=status)
    allowed = {target for source, target in REPORT_MOVES if source == status}
    for target in set(ReportStatus) - allowed - {status}:
        with pytest.raises(DatabaseError), transaction.atomic():
            run(
                "UPDATE hazards_selfinspectionreport SET status = %s, bureau_id = %s,"
                " first_received_at = coalesce(first_received_at, now()),"
                " received_at = coalesce(received_at, now()), reviewer_id = %s"
                " WHERE id = %s",
                target,
                desks.bureau.pk,
                desks.reviewer.membership.pk,
                report.pk,
            )
        report.refresh_from_db()
        assert report.status == status


def test_a_report_is_not_received_without_a_seal(desks: Desks) -> None:
    report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)

    def receive_and_commit() -> None:
        with transaction.atomic():
            run(
                "UPDATE hazards_selfinspectionreport SET status = 'received',"
                " bureau_id = %s, first_received_at = now(), received_at = now(),"
                " in_time = true"
                " WHERE id = %s",
                desks.bureau.pk,
                report.pk,
            )
            connection.check_constraints()

    with pytest.raises(DatabaseError, match="with its seal"):
        receive_and_commit()

    report.refresh_from_db()
    assert report.status == ReportStatus.AWAITING_SIGNATURE
