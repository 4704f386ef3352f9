"""Whatever a superuser changes in signed records is named (promise S1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import models
from pytest_django import DjangoAssertNumQueries

from hazards.models import (
    Attachment,
    ChainEntry,
    ChecklistAnswer,
    HazardPhoto,
    HazardStatement,
    MajorHazard,
    PaperReceipt,
    ReportStatus,
    ReportVersion,
    Seal,
    SealKind,
    SelfInspectionReport,
    VersionInspection,
)
from hazards.queries import verification
from hazards.queries.verification import found as batches
from hazards.queries.verification import standing
from hazards.services.lives import LIFE
from tests.hazards.records.conftest import Records
from tests.hazards.records.tampering import (
    another,
    change,
    delete,
    without_constraints,
)

pytestmark = pytest.mark.usefixtures("past_all_rights")

MODELS: tuple[type[models.Model], ...] = (
    ReportVersion,
    VersionInspection,
    Seal,
    ChainEntry,
    HazardStatement,
    HazardPhoto,
    ChecklistAnswer,
    MajorHazard,
    Attachment,
    SelfInspectionReport,
)
# Nothing points to these keys and nobody signed them: a change says nothing else.
MEANINGLESS = {
    "VersionInspection.id",
    "ChainEntry.id",
    "HazardStatement.id",
    "HazardPhoto.id",
    "ChecklistAnswer.id",
}
# Found by the daily files alone (test_covered_days.py).
DAILY = {
    "MajorHazard.public_id",
    "MajorHazard.started_at",
    "MajorHazard.started_by",
    "MajorHazard.registered_by",
    "MajorHazard.registered_as",
    "Attachment.public_id",
    "Attachment.preview_sha256",
    "Attachment.size",
    "Attachment.width",
    "Attachment.height",
    "Attachment.pages",
    "Attachment.original_name",
    "Attachment.keeps_position",
    "Attachment.uploaded_at",
    "Attachment.uploaded_by",
}
# What a hazard's acts have come to: compared with them each night (test_lives of the
# self-check), and the acts themselves are in the daily files.
NIGHTLY = {f"MajorHazard.{column}" for column in (*LIFE, "planned_at", "recurrence_of")}
# Nothing that is signed or received; docs/records.md says so.
UNPROVEN = {
    "SelfInspectionReport.public_id",
    "SelfInspectionReport.reviewer",
    "SelfInspectionReport.started_at",
}

PAIRS = [
    (model, field)
    for model in MODELS
    for field in model._meta.concrete_fields
    if f"{model.__name__}.{field.name}" not in MEANINGLESS | DAILY | NIGHTLY | UNPROVEN
]
COLUMNS = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model, field in PAIRS
]


def rows(records: Records) -> dict[type[models.Model], models.Model]:
    """The rows of one seal in the middle of a chain."""
    version = records.middle.version
    dangerous = records.dangerous.versions.get()
    return {
        ReportVersion: version,
        VersionInspection: version.listed.get(),
        Seal: records.middle,
        ChainEntry: records.middle.chain_entry,
        HazardStatement: dangerous.stated.get(),
        HazardPhoto: dangerous.photos.get(),
        ChecklistAnswer: dangerous.checklist.get(answer="not_applicable"),
        MajorHazard: dangerous.stated.get().hazard,
        Attachment: dangerous.photos.get().attachment,
        SelfInspectionReport: records.dangerous,
    }


def first_fault() -> verification.Fault:
    """What the command would name."""
    fault = next(verification.faults(), None)
    assert fault is not None, "nobody noticed"
    return fault


def test_untouched_records_hold(records: Records) -> None:
    assert list(verification.faults()) == []
    assert verification.counted() == verification.Counted(8, 8, 4)


# S1
@pytest.mark.parametrize(("model", "field"), COLUMNS)
def test_a_changed_value_is_named(
    records: Records, model: type[models.Model], field: models.Field[Any, Any]
) -> None:
    row = rows(records)[model]
    row.refresh_from_db()

    change(row, field, another(field, getattr(row, field.attname)))

    assert first_fault().enterprise in {records.desks.enterprise.uscc, ""}


@pytest.mark.parametrize("kind", ["later", "lodged", "paper"])
@pytest.mark.parametrize("field", Seal._meta.concrete_fields, ids=lambda f: f.name)
def test_a_changed_value_of_any_kind_of_seal_is_named(
    records: Records, kind: str, field: models.Field[Any, Any]
) -> None:
    seal = seal_of(records, kind)

    change(seal, field, another(field, getattr(seal, field.attname)))

    assert list(verification.faults())


def seal_of(records: Records, kind: str) -> Seal:
    """The later signature, the receipt under which it stands, or that of a paper."""
    if kind != "lodged":
        return Seal.objects.get(pk=getattr(records, kind).pk)
    return records.later.version.seals.get(kind=SealKind.UNSIGNED)


@pytest.mark.parametrize(
    ("model", "field"),
    # A seal's frame is empty but under a later signature; a quarter's report is about
    # no one hazard.
    [
        (m, f)
        for m, f in PAIRS
        if f.null
        and (m, f.name) not in {(Seal, "frame"), (SelfInspectionReport, "hazard")}
    ],
)
def test_an_emptied_value_is_named(
    records: Records, model: type[models.Model], field: models.Field[Any, Any]
) -> None:
    change(rows(records)[model], field, None)

    found = list(verification.faults())
    assert {fault.enterprise for fault in found} == {records.desks.enterprise.uscc}


@pytest.mark.parametrize(
    ("model", "field"),
    [pair for pair in PAIRS if isinstance(pair[1], models.ForeignKey)],
)
def test_a_row_that_points_to_another_thing_is_named(
    records: Records, model: type[models.Model], field: models.ForeignKey[Any, Any]
) -> None:
    row = rows(records)[model]
    row.refresh_from_db()
    was = getattr(row, field.attname)
    for other in field.related_model._base_manager.exclude(pk=was).order_by("pk"):
        change(row, field, other.pk)
        assert first_fault(), f"{field.name} was {was}, is {other.pk}"


def test_the_fault_names_enterprise_report_receipt_and_path(records: Records) -> None:
    listing = records.middle.version.listed.get()
    assert listing.facts is not None
    VersionInspection.objects.filter(pk=listing.pk).update(
        facts=listing.facts | {"areas": "办公室"}
    )

    fault = first_fault()

    assert fault == verification.Fault(
        records.desks.enterprise.uscc,
        records.corrected.number,
        records.middle.receipt_number,
        "the rows differ from the sealed bytes: "
        f"inspections[{listing.inspection.number}].areas: '熔炼、浇注' "
        "was sealed, '办公室' is stored",
    )
    for name in (fault.enterprise, fault.report, fault.receipt, fault.what):
        assert name in str(fault)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("previous_sha256", "0" * 64, "chain_entry.previous_sha256"),
        ("entry_sha256", "0" * 64, "chain_entry.entry_sha256"),
        ("ordinal", 9, "chain_entry.ordinal"),
    ],
)
def test_a_broken_link_names_its_column(
    records: Records, column: str, value: object, words: str
) -> None:
    ChainEntry.objects.filter(seal=records.middle).update(**{column: value})
    assert words in " ".join(fault.what for fault in verification.faults())


def test_a_chain_given_to_another_enterprise_is_named(records: Records) -> None:
    without_constraints("hazards_chainentry")
    entries = ChainEntry.objects.filter(enterprise=records.desks.enterprise)
    ChainEntry.objects.filter(enterprise=records.other.enterprise).delete()
    entries.update(enterprise=records.other.enterprise)

    found = " ".join(fault.what for fault in verification.faults())

    assert "the seal stands in no chain" in found
    assert "chain_entry.enterprise is not the report's enterprise" in found


def test_bytes_that_are_no_json_are_named(records: Records) -> None:
    Seal.objects.filter(pk=records.middle.pk).update(content=b"\xff")
    words = [fault.what for fault in verification.faults()]
    assert "seal.content and seal.content_sha256 do not belong together" in words
    assert any("seal.content is not readable" in what for what in words)


@pytest.mark.parametrize(
    "model", [ReportVersion, VersionInspection, Seal, ChainEntry, SelfInspectionReport]
)
def test_a_deleted_row_is_named(records: Records, model: type[models.Model]) -> None:
    row = rows(records).get(model, records.corrected)
    without_constraints(row._meta.db_table)
    delete(row)

    assert first_fault().enterprise in {records.desks.enterprise.uscc, ""}


def test_a_deleted_seal_is_named_even_with_its_entry(records: Records) -> None:
    delete(records.middle.chain_entry)
    delete(records.middle)
    assert next(fault.what for fault in verification.faults()) == (
        "version 2 is marked sealed (sealed_at) but has no seal"
    )


def test_a_signature_that_is_taken_out_whole_leaves_a_gap(records: Records) -> None:
    version = records.middle.version
    delete(records.middle.chain_entry)
    delete(records.middle)
    delete(version.listed.get())
    delete(version)
    assert "an entry is missing or was moved" in first_fault().what


def test_a_later_signature_that_is_taken_out_whole_is_named(records: Records) -> None:
    delete(records.later.chain_entry)
    delete(records.later)
    assert first_fault().what.startswith("report.is_unsigned does not agree")


@pytest.mark.parametrize("column", ["version", "scan"])
def test_a_paper_that_belongs_elsewhere_is_named(records: Records, column: str) -> None:
    paper = records.paper.version.paper
    field = next(f for f in PaperReceipt._meta.concrete_fields if f.name == column)
    own = getattr(paper, column)
    for other in type(own)._base_manager.exclude(pk=own.pk):
        change(paper, field, other.pk)
        assert "paper" in first_fault().what


def test_a_paper_whose_scan_is_gone_is_named(records: Records) -> None:
    scan = records.paper.version.paper.scan
    delete(scan)
    assert first_fault().receipt == records.paper.receipt_number


def test_a_paper_that_is_gone_is_named(records: Records) -> None:
    delete(records.paper.version.paper)
    assert first_fault().what.startswith("paper_receipt")


def test_a_transfer_that_is_gone_is_named(records: Records) -> None:
    delete(records.later.version.report.transfers.get())
    assert first_fault().what.startswith("report.bureau does not agree")


def test_an_inserted_seal_is_named(records: Records) -> None:
    without_constraints("hazards_seal")
    seal = Seal.objects.get(pk=records.middle.pk)
    seal.pk = None
    seal.receipt_number = "HZ-20260707-00000000"
    seal.save(force_insert=True)
    assert first_fault().what == "the seal stands in no chain"


def test_an_inserted_visit_is_named(records: Records) -> None:
    listing = records.middle.version.listed.get()
    without_constraints("hazards_versioninspection")
    listing.pk = None
    listing.save(force_insert=True)
    assert "[2].number" in first_fault().what


def test_a_version_that_says_it_is_sealed_is_named(records: Records) -> None:
    without_constraints("hazards_reportversion")
    open_versions = ReportVersion.objects.filter(sealed_at__isnull=True)
    open_versions.update(sealed_at=records.middle.received_at)
    assert "marked sealed (sealed_at) but has no seal" in first_fault().what


@pytest.mark.parametrize("column", ["seal_id", "ordinal", "previous_sha256"])
def test_swapped_chain_entries_are_named(records: Records, column: str) -> None:
    without_constraints("hazards_chainentry")
    second, third = ChainEntry.objects.filter(
        enterprise=records.desks.enterprise, ordinal__gte=2
    ).order_by("ordinal")[:2]
    for row, value in (
        (second, getattr(third, column)),
        (third, getattr(second, column)),
    ):
        ChainEntry.objects.filter(pk=row.pk).update(**{column: value})
    assert first_fault().enterprise == records.desks.enterprise.uscc


@pytest.mark.parametrize(
    "columns",
    [["content"], ["content", "content_sha256"], ["version_id"], ["receipt_number"]],
)
def test_swapped_seals_are_named(records: Records, columns: list[str]) -> None:
    without_constraints("hazards_seal")
    one, two = Seal.objects.filter(
        chain_entry__enterprise=records.desks.enterprise
    ).order_by("pk")[:2]
    for seal, values in (
        (one, {column: getattr(two, column) for column in columns}),
        (two, {column: getattr(one, column) for column in columns}),
    ):
        Seal.objects.filter(pk=seal.pk).update(**values)
    assert first_fault().enterprise == records.desks.enterprise.uscc


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("first_received_at", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        ("first_received_at", None),
        ("received_at", dt.datetime(2026, 12, 1, tzinfo=dt.UTC)),
        ("bureau", None),
        ("status", ReportStatus.DRAFT),
    ],
)
def test_a_report_unlike_its_seals_is_named(
    records: Records, column: str, value: object
) -> None:
    without_constraints("hazards_selfinspectionreport")
    SelfInspectionReport.objects.filter(pk=records.corrected.pk).update(
        **{column: value}
    )
    fault = first_fault()
    assert fault.report == records.corrected.number
    assert fault.receipt == records.middle.receipt_number
    assert fault.what == f"report.{column} does not agree with the report's seals"


def test_only_the_enterprise_asked_for_is_verified(records: Records) -> None:
    Seal.objects.filter(pk=records.middle.pk).update(factor="totp")
    without_constraints("hazards_reportversion")
    records.corrected.versions.filter(ordinal=1).update(sealed_at=None)

    own, other = records.desks.enterprise.uscc, records.other.enterprise.uscc

    assert next(verification.faults(own), None) is not None
    assert next(verification.faults(other), None) is None
    assert verification.counted(other) == verification.Counted(2, 1, 1)


def test_lost_rows_are_told_to_the_enterprise_asked_for(records: Records) -> None:
    own, other = records.desks.enterprise.uscc, records.other.enterprise.uscc
    spare = ReportVersion.objects.filter(
        report__enterprise=records.desks.enterprise, sealed_at__isnull=True
    )
    without_constraints("hazards_reportversion")
    spare.update(sealed_at=records.middle.received_at)
    delete(records.middle.chain_entry)
    assert {fault.enterprise for fault in verification.faults(own)} == {own}
    assert list(verification.faults(other)) == []


def test_queries_do_not_grow_with_the_records(
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    # Six streams, and nothing more where nothing is doubted.
    with django_assert_num_queries(6):
        assert list(verification.faults()) == []
    monkeypatch.setattr(batches, "BATCH", 2)
    with django_assert_num_queries(6):
        assert list(verification.faults()) == []


def test_queries_grow_with_batches_where_all_is_doubted(
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(standing, "stands", lambda entry, before: False)
    SelfInspectionReport.objects.update(hazard_count=9)
    # Of each batch of entries: entries, visits listed, visits, hazards stated, hazards,
    # answers, photos, attachments; of reports: reports, versions, seals, transfers.
    with django_assert_num_queries(6 + 8 + 4):
        assert list(verification.faults())
    monkeypatch.setattr(batches, "BATCH", 2)
    # Hazards and attachments are looked up only in the batch that has some.
    with django_assert_num_queries(6 + (6 + 8 + 6 + 6) + 4 * 4):
        assert list(verification.faults())
