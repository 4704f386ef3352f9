"""Chain heads and days that left the database show what was done since (promise S1)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import models
from pytest_django import DjangoAssertNumQueries

from accounts.models import Event
from hazards.models import (
    ChainEntry,
    HazardStatement,
    MajorHazard,
    ReportVersion,
    Seal,
    SelfInspectionReport,
)
from hazards.queries import verification
from hazards.queries.contents import sealed_bytes
from hazards.queries.covered import TABLES
from hazards.queries.envelopes import envelope
from hazards.queries.verification import heads as heads_files
from hazards.rules import seals
from hazards.rules.quarters import Quarter
from tests.factories import NOW, SHANGHAI, TODAY
from tests.factories_reports import make_desks
from tests.hazards.records.conftest import DAY, Records, sign_dangerous
from tests.hazards.records.heads_written import Lines, found, written
from tests.hazards.records.tampering import (
    delete,
    without_constraints,
)

pytestmark = pytest.mark.usefixtures("past_all_rights")


def test_what_was_written_agrees(records: Records) -> None:
    first, *middle, last = lines = written()

    assert first["format"] == "chain-heads/1"
    assert [line["ordinal"] for line in middle if "uscc" in line] == [4, 1, 2, 1]
    assert {line["to"] for line in middle if "table" in line} == {
        str(TODAY + number * DAY) for number in range(5)
    }
    assert last == {"enterprises": 4, "tables": 5 * len(TABLES)}
    assert found(lines) == []


def test_the_first_file_covers_everything_before(records: Records) -> None:
    lines = written(before=None)
    spans = {(line["from"], line["to"]) for line in lines if "table" in line}
    yesterday = str(TODAY + 4 * DAY)
    assert spans == {(None, str(TODAY + 3 * DAY)), (yesterday, yesterday)}
    assert found(lines) == []


def test_the_day_is_shanghais(records: Records) -> None:
    event = Event.objects.earliest("id")
    midnight = dt.datetime.combine(TODAY + 2 * DAY, dt.time(), SHANGHAI)
    Event.objects.filter(pk=event.pk).update(at=midnight)
    lines = written()

    Event.objects.filter(pk=event.pk).update(note="改")

    assert [what.split(": ")[0] for what in found(lines)] == [
        f"table accounts_event, {TODAY + 2 * DAY}"
    ]


def test_what_happens_later_changes_no_covered_day(records: Records) -> None:
    files = []
    for number in range(1, 5):
        day = NOW + (4 + number) * DAY
        sign_dangerous(
            records.other if number % 2 else records.desks,
            quarter=Quarter(2024, number),
            at=day,
        )
        files.append(written(on=day.date() + DAY, before=day.date()))
        if number == 2:
            make_desks(bureau=records.desks.bureau)
    for lines in files:
        assert found(lines) == []
    assert list(verification.faults()) == []


def rewrite(entries: models.QuerySet[ChainEntry]) -> None:
    """Give every entry the hash that its rows give now: a whole chain, written anew."""
    previous = ""
    for entry in entries.order_by("ordinal"):
        seal = entry.seal
        content = sealed_bytes(seal.version, seal_format=seal.seal_format)
        Seal.objects.filter(pk=seal.pk).update(
            content=content, content_sha256=seals.digest(content)
        )
        seal.refresh_from_db()
        columns = envelope(seal)
        hashed = seals.link(previous=previous, ordinal=entry.ordinal, envelope=columns)
        ChainEntry.objects.filter(pk=entry.pk).update(
            envelope=columns, previous_sha256=previous, entry_sha256=hashed
        )
        previous = hashed


# S1
def test_a_chain_written_anew_is_named_by_its_head_alone(records: Records) -> None:
    lines, enterprise = written(), records.desks.enterprise
    ReportVersion.objects.filter(pk=records.middle.version_id).update(scope="一处")

    rewrite(ChainEntry.objects.filter(enterprise=enterprise))

    assert list(verification.faults()) == []
    (fault,) = heads_files.faults(lines)
    assert isinstance(fault, verification.Fault)
    assert fault.enterprise == enterprise.uscc
    assert "chain entry 4" in fault.what
    assert "the chain was written anew" in fault.what


def cut_off(report: SelfInspectionReport) -> None:
    """Take a report out of the database as if it had never been filed."""
    version = report.versions.get()
    hazard = version.stated.get().hazard
    for table in (
        HazardStatement,
        SelfInspectionReport,
        ReportVersion,
        MajorHazard,
        Seal,
    ):
        without_constraints(table._meta.db_table)
    for row in (
        version.seals.get().chain_entry,
        version.seals.get(),
        *version.photos.all(),
        *version.stated.all(),
        *version.checklist.all(),
        *version.listed.all(),
        version,
        report,
        hazard,
    ):
        delete(row)


# S1
def test_a_tail_that_is_cut_off_whole_is_named_by_its_head_alone(
    records: Records,
) -> None:
    lines = written(before=TODAY + 4 * DAY)

    cut_off(records.dangerous)

    assert list(verification.faults()) == []
    (fault,) = heads_files.faults(lines)
    assert isinstance(fault, verification.Fault)
    assert fault.enterprise == records.desks.enterprise.uscc
    assert "chain entry 4" in fault.what
    assert "the chain ends with entry 3: its tail was cut off" in fault.what


def test_a_chain_that_is_gone_is_named(records: Records) -> None:
    lines = written()
    ChainEntry.objects.filter(enterprise=records.other.enterprise).delete()
    assert any("the chain is empty" in what for what in found(lines))


def test_a_head_is_not_anothers(records: Records) -> None:
    """An enterprise under the old code whose chain is sound, beside a new one."""
    lines, other = written(), records.other.enterprise
    without_constraints("accounts_enterprise")
    type(other).objects.filter(pk=other.pk).update(uscc="91211282MA0000000X")
    assert any(f"enterprise {other.uscc}" in what for what in found(lines))


def test_only_the_enterprise_asked_for_is_compared(records: Records) -> None:
    lines = written()
    cut_off(records.dangerous)
    own, other = records.desks.enterprise.uscc, records.other.enterprise.uscc
    assert len(list(heads_files.faults(lines, uscc=own))) == 1
    assert list(heads_files.faults(lines, uscc=other)) == []


def test_an_unknown_notation_is_refused(records: Records) -> None:
    lines = [{"format": "chain-heads/0"}]
    with pytest.raises(heads_files.BadFileError, match="no format known here"):
        list(heads_files.faults(lines))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: lines[0]["columns"]["accounts_event"].append("colour"),
        lambda lines: (
            lines[0]["columns"].update(accounts_dream=["id"])
            or lines[-2].update(table="accounts_dream")
        ),
    ],
)
def test_what_the_portal_no_longer_knows_is_no_fault_of_the_rows(
    records: Records, spoil: Callable[[Lines], object]
) -> None:
    lines = written()
    spoil(lines)
    with pytest.raises(heads_files.BadFileError, match="does not know any more"):
        list(heads_files.faults(lines))


def test_queries_do_not_grow_with_the_records(
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1 + 5 * len(TABLES)):
        lines = written()
    with django_assert_num_queries(1 + 5 * len(TABLES)):
        assert found(lines) == []
    monkeypatch.setattr(heads_files, "BATCH", 1)
    with django_assert_num_queries(4 + 5 * len(TABLES)):
        assert found(lines) == []
