"""The quick comparison doubts exactly what the full one finds wrong (promise S1)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hazards.models import (
    ChainEntry,
    ChecklistAnswer,
    HazardStatement,
    ReportVersion,
    Seal,
    SealKind,
    VersionInspection,
)
from hazards.models.hazards import PLAN_FIELDS
from hazards.queries import verification
from hazards.queries.contents import sealed_bytes
from hazards.queries.envelopes import envelope
from hazards.queries.verification import chains, found, rows, standing
from hazards.rules import seals
from tests.hazards.records.conftest import Records

pytestmark = pytest.mark.usefixtures("past_all_rights")

many = settings(
    max_examples=20,
    deadline=None,
    # Every example goes back to the records as they were.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
texts = st.one_of(
    st.sampled_from(
        ['"', "\\", '\\"', "\\u0041", "\b\f\n\r\t\x01\x1f\x7f", "\u2028", ""]
    ),
    st.sampled_from(["😀", "𠮷野", "é", "e\u0301", "\ufeff", "\uffff", "a: 1, b"]),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
    ),
)
any_instants = st.datetimes(timezones=st.just(dt.UTC))
instants = any_instants | any_instants.map(
    lambda at: at.replace(microsecond=at.microsecond // 100_000 * 100_000)
)
days = st.none() | st.dates()
funds = (
    st.none()
    | st.sampled_from(
        [Decimal(0), Decimal("0.0001"), Decimal(100), Decimal("99999999.9999")]
    )
    | st.decimals(0, 99_999_999, places=4)
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)


@contextmanager
def as_they_were() -> Iterator[None]:
    """Undo what is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def doubted() -> set[str]:
    """The receipts of the entries that the quick comparison doubts."""
    entries = [entry for batch in rows.batches(None) for entry in batch]
    return {
        entry.seal["receipt_number"]
        for entry, before in with_the_one_before(entries)
        if not standing.stands(entry, before)
    }


def wrong() -> set[str]:
    """The receipts of the entries in which the full comparison finds a fault."""
    entries = list(chains.ENTRIES.order_by("enterprise_id", "ordinal", "pk"))
    return {
        entry.seal.receipt_number
        for entry, before in with_the_one_before(entries)
        if list(chains.wrong_with(entry, before))
    }


def with_the_one_before(entries: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each entry with the one before it in its chain."""
    for before, entry in zip([None, *entries], entries, strict=False):
        own = before is not None and before.enterprise_id == entry.enterprise_id
        yield entry, before if own else None


def seal_again() -> None:
    """Write bytes, digests, envelopes and chains anew, as the full comparison would."""
    previous, enterprise = "", None
    for entry in chains.ENTRIES.order_by("enterprise_id", "ordinal"):
        seal = entry.seal
        if seal.kind == SealKind.LATER_SIGNATURE:
            content = seals.later_signature(seal.frame or {})
        else:
            content = sealed_bytes(seal.version, seal_format=seal.seal_format)
        seal.content, seal.content_sha256 = content, seals.digest(content)
        Seal.objects.filter(pk=seal.pk).update(
            content=seal.content, content_sha256=seal.content_sha256
        )
        previous = previous if entry.enterprise_id == enterprise else ""
        enterprise, columns = entry.enterprise_id, envelope(seal)
        hashed = seals.link(previous=previous, ordinal=entry.ordinal, envelope=columns)
        is_first = seal.seal_format == seals.FIRST_FORMAT
        ChainEntry.objects.filter(pk=entry.pk).update(
            previous_sha256=previous,
            entry_sha256=hashed,
            envelope=None if is_first else columns,
        )
        previous = hashed


def into_first_format(records: Records) -> None:
    """Let the other enterprise's seals be of the first quarters."""
    own = Seal.objects.filter(version__report__enterprise=records.other.enterprise)
    own.update(seal_format=seals.FIRST_FORMAT)
    for version in ReportVersion.objects.filter(seals__in=own):
        frame = {k: v for k, v in (version.frame or {}).items() if k != "act"}
        rows = ReportVersion.objects.filter(pk=version.pk)
        rows.update(frame=frame, table=None)


# S1
@many
@given(data=st.data())
def test_sound_records_of_any_shape_are_not_doubted(
    records: Records, data: st.DataObject
) -> None:
    with as_they_were():
        into_first_format(records)
        for version in ReportVersion.objects.filter(sealed_at__isnull=False):
            say_something_else(version, data)
        at = data.draw(instants)
        Seal.objects.update(
            statement=data.draw(texts),
            signed_at=data.draw(instants),
            received_at=at,
            due_at=at,
            in_time=True,
        )
        later = Seal.objects.get(kind=SealKind.LATER_SIGNATURE)
        later.frame = (later.frame or {}) | {"note": data.draw(values)}
        Seal.objects.filter(pk=later.pk).update(frame=later.frame)
        seal_again()

        assert wrong() == set()
        assert doubted() == set()


def say_something_else(version: ReportVersion, data: st.DataObject) -> None:
    """Let a version and what it holds say anything."""
    draw = data.draw
    frame = (version.frame or {}) | {"declaration": draw(texts), "bureau": draw(values)}
    ReportVersion.objects.filter(pk=version.pk).update(
        scope=draw(texts),
        remarks=draw(texts),
        frame=frame,
        created_at=draw(instants),
        saved_at=draw(instants),
    )
    for listing in VersionInspection.objects.filter(version=version):
        facts = (listing.facts or {}) | {draw(texts): draw(values)}
        facts["number"] = listing.inspection.number
        VersionInspection.objects.filter(pk=listing.pk).update(facts=facts)
    for field in (*PLAN_FIELDS, "causes"):
        version.stated.update(**{field: draw(texts)})
    version.stated.update(
        funds_planned=draw(funds),
        due_on=draw(days),
        rectified_on=draw(days),
        saved_at=draw(instants),
    )
    ChecklistAnswer.objects.filter(version=version).update(
        answer="fine", reason=draw(texts)
    )


PLACES = [
    *((ReportVersion, name) for name in ("frame", "scope", "correction_reason")),
    (VersionInspection, "facts"),
    *((Seal, name) for name in ("frame", "statement", "factor")),
    (ChainEntry, "envelope"),
    *((HazardStatement, name) for name in ("facts", "harm", "plan_goals")),
    (ChecklistAnswer, "reason"),
]


# S1
@many
@given(data=st.data())
def test_what_is_changed_anywhere_is_doubted_where_it_is_wrong(
    records: Records, data: st.DataObject
) -> None:
    with as_they_were():
        model, column = data.draw(st.sampled_from(PLACES))
        row = data.draw(st.sampled_from(list(model._base_manager.order_by("pk"))))
        was = getattr(row, column)
        now = changed(was, data) if isinstance(was, dict) else data.draw(texts)
        assume(now != was)
        assume(was is not None)
        # What the database itself refuses: not applicable without a reason.
        assume(model is not ChecklistAnswer or now)
        model._base_manager.filter(pk=row.pk).update(**{column: now})

        assert doubted() == wrong()
        is_open = getattr(row, "version", row)
        if getattr(is_open, "sealed_at", True) is not None:
            assert wrong()


def changed(value: Any, data: st.DataObject) -> Any:
    """Another value at one leaf, or one leaf more or less."""
    if isinstance(value, dict) and value:
        key = data.draw(st.sampled_from(sorted(value)))
        what = data.draw(st.sampled_from(["within", "within", "gone", "more"]))
        if what == "gone":
            return {name: each for name, each in value.items() if name != key}
        if what == "more":
            return {**value, data.draw(texts): data.draw(values)}
        return {**value, key: changed(value[key], data)}
    if isinstance(value, list) and value:
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], changed(value[place], data), *value[place + 1 :]]
    return data.draw(values)


def test_bytes_that_only_mean_the_same_are_doubted(records: Records) -> None:
    seal = records.middle
    spaced = json.dumps(json.loads(bytes(seal.content)), ensure_ascii=False).encode()
    Seal.objects.filter(pk=seal.pk).update(
        content=spaced, content_sha256=seals.digest(spaced)
    )
    assert seal.receipt_number in doubted()


@pytest.mark.parametrize("value", [[1], "text", 7, [], "", 0, False])
@pytest.mark.parametrize(
    ("model", "column"),
    [
        (ReportVersion, "frame"),
        (VersionInspection, "facts"),
        (HazardStatement, "facts"),
        (ChainEntry, "envelope"),
    ],
)
def test_what_is_no_mapping_is_doubted(
    records: Records, model: type[Any], column: str, value: object
) -> None:
    seal = records.dangerous.versions.get().seals.get()
    rows_of: dict[type[Any], Any] = {
        ReportVersion: ReportVersion.objects.filter(pk=seal.version_id),
        VersionInspection: seal.version.listed.all(),
        HazardStatement: seal.version.stated.all(),
        ChainEntry: ChainEntry.objects.filter(seal=seal),
    }
    rows_of[model].update(**{column: value})
    assert seal.receipt_number in doubted()
    assert seal.receipt_number in wrong()


def test_a_doubt_without_a_cause_is_never_dropped(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "stands", lambda entry, before: False)
    faults = list(verification.faults())
    assert {fault.what for fault in faults} == {found.UNEXPLAINED}
    assert len(faults) == ChainEntry.objects.count()


def test_the_database_writes_numbers_and_days_in_its_own_way_only(
    records: Records,
) -> None:
    """The settings of a session do not change what is read."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL DateStyle = 'German'")
        cursor.execute("SET LOCAL TimeZone = 'Asia/Shanghai'")
        cursor.execute("SET LOCAL IntervalStyle = 'iso_8601'")
    assert doubted() == set()
