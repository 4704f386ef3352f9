"""
What is written once but stands in no chain, by days: a digest of each table's rows of
the days (Asia/Shanghai), so that a changed, deleted or inserted row shows.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.models import Event, Notice
from hazards.models import (
    Attachment,
    CheckCorrection,
    CopyOfRecord,
    Decision,
    Determination,
    Drift,
    DueChange,
    Finding,
    FindingAssessment,
    FindingMatch,
    FindingPhoto,
    FlagEvent,
    HazardAct,
    HazardActFile,
    HazardGrading,
    HazardHandover,
    HazardPhoto,
    HazardProgress,
    HazardTelling,
    MajorHazard,
    MatchAnswer,
    MatchSecond,
    Objection,
    ObjectionAnswer,
    ObjectionFile,
    Opening,
    PaperReceipt,
    Reminder,
    ReportTransfer,
    Repudiation,
    ReviewComment,
    SignedOpinion,
    SpotCheck,
    SpotCheckAssistant,
    SpotCheckOfficer,
    Suspension,
    Waiver,
)
from hazards.models.relief import SAID_LATER
from hazards.queries.contents import instant
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.seals import canonical

BATCH = 1000
"""Rows held in memory at a time."""

Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Days:
    """Days in Asia/Shanghai, both included; no `first` = from the beginning."""

    first: dt.date | None
    last: dt.date

    def of(self, column: str) -> Q:
        """The condition that an instant lies in these days."""
        until = _midnight(self.last + dt.timedelta(days=1))
        within = Q(**{f"{column}__lt": until})
        if self.first is not None:
            within &= Q(**{f"{column}__gte": _midnight(self.first)})
        return within

    def __str__(self) -> str:
        """The day, or up to which."""
        return str(self.last) if self.first else f"up to {self.last}"


@dataclass(frozen=True)
class Covered:
    """Rows of one table that never change once their day is over."""

    rows: Callable[[Days], Rows]
    columns: tuple[str, ...]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def _by(
    model: type[Model], column: str, columns: Sequence[str] | None = None
) -> Covered:
    """All rows by the instant in a column; all their columns unless some are named."""
    return Covered(
        rows=lambda days: QuerySet(model).filter(days.of(column)),
        columns=tuple(columns or _all_columns(model)),
    )


def _all_columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _sealed_attachments(days: Days) -> Rows:
    """
    Those that versions sealed on the days show, and the evidence of stops, acts,
    findings and objections of the days; others may still be deleted.
    """
    sealed = days.of("version__sealed_at")
    photos = HazardPhoto.objects.filter(sealed, attachment=OuterRef("pk"))
    scans = PaperReceipt.objects.filter(sealed, scan=OuterRef("pk"))
    stops = Suspension.objects.filter(days.of("declared_at"), evidence=OuterRef("pk"))
    acts = HazardActFile.objects.filter(days.of("act__at"), attachment=OuterRef("pk"))
    found = FindingPhoto.objects.filter(
        days.of("finding__found_at"), attachment=OuterRef("pk")
    )
    opinions = SignedOpinion.objects.filter(days.of("at"), attachment=OuterRef("pk"))
    objections = ObjectionFile.objects.filter(
        days.of("objection__at"), attachment=OuterRef("pk")
    )
    shows = (photos, scans, stops, acts, found, opinions, objections)
    return Attachment.objects.filter(reduce(or_, map(Exists, shows), Q()))


TABLES: Mapping[str, Covered] = MappingProxyType(
    {
        "accounts_event": _by(Event, "at"),
        "accounts_notice": _by(Notice, "at"),
        "hazards_attachment": Covered(
            _sealed_attachments, tuple(_all_columns(Attachment))
        ),
        "hazards_checkcorrection": _by(
            CheckCorrection,
            "asked_at",
            # As asked for; the answer comes later, with its event.
            ["id", "spot_check_id", "finding_id", "text", "reason", "asked_by_id"],
        ),
        "hazards_copyofrecord": _by(CopyOfRecord, "made_at"),
        "hazards_decision": _by(Decision, "at"),
        "hazards_determination": _by(Determination, "at"),
        "hazards_drift": _by(Drift, "at"),
        "hazards_duechange": _by(DueChange, "at"),
        "hazards_finding": _by(Finding, "found_at"),
        "hazards_findingassessment": _by(FindingAssessment, "at"),
        "hazards_findingmatch": _by(FindingMatch, "at"),
        "hazards_findingphoto": _by(FindingPhoto, "finding__found_at"),
        "hazards_flagevent": _by(FlagEvent, "at"),
        "hazards_hazardact": _by(HazardAct, "at"),
        "hazards_hazardactfile": _by(HazardActFile, "act__at"),
        "hazards_hazardgrading": _by(HazardGrading, "act__at"),
        "hazards_hazardhandover": _by(HazardHandover, "act__at"),
        "hazards_hazardprogress": _by(HazardProgress, "act__at"),
        "hazards_hazardtelling": _by(HazardTelling, "act__at"),
        "hazards_majorhazard": _by(
            MajorHazard,
            "registered_at",
            # Fixed by its registration; the first report and its life come later.
            [
                "id",
                "public_id",
                "number",
                "enterprise_id",
                "found_at",
                "started_at",
                "started_by_id",
                "registered_at",
                "registered_by_id",
                "registered_as",
            ],
        ),
        "hazards_matchanswer": _by(MatchAnswer, "match__at"),
        "hazards_matchsecond": _by(MatchSecond, "at"),
        "hazards_objection": _by(Objection, "at"),
        "hazards_objectionanswer": _by(ObjectionAnswer, "at"),
        "hazards_objectionfile": _by(ObjectionFile, "objection__at"),
        "hazards_opening": _by(Opening, "at"),
        "hazards_paperreceipt": _by(PaperReceipt, "version__sealed_at"),
        "hazards_repudiation": _by(Repudiation, "at"),
        "hazards_reminder": _by(Reminder, "at"),
        "hazards_reporttransfer": _by(ReportTransfer, "at"),
        "hazards_reviewcomment": _by(ReviewComment, "at"),
        "hazards_signedopinion": _by(SignedOpinion, "at"),
        "hazards_spotcheck": _by(
            SpotCheck,
            "planned_at",
            # As planned; what happens to it comes later, each with its event.
            [
                "id",
                "public_id",
                "number",
                "enterprise_id",
                "bureau_id",
                "joint_bureau_id",
                "site_id",
                "kind",
                "matters",
                "purpose",
                "plan_reference",
                "planned_on",
                "planned_at",
                "planned_by_id",
            ],
        ),
        "hazards_spotcheckassistant": _by(SpotCheckAssistant, "spot_check__planned_at"),
        "hazards_spotcheckofficer": _by(SpotCheckOfficer, "spot_check__planned_at"),
        "hazards_suspension": _by(
            Suspension,
            "declared_at",
            # As declared; its end and its answer come later, each with its event.
            [name for name in _all_columns(Suspension) if name not in SAID_LATER],
        ),
        "hazards_waiver": _by(Waiver, "granted_at"),
    }
)


def tally(table: str, columns: Sequence[str], days: Days) -> dict[str, Any]:
    """
    Count and digest the rows of the days in the order of their keys; streams.

    :param columns: those that a file names, which may be fewer than there are by now
    :raises LookupError: if the portal no longer knows the table or a column
    """
    covered = TABLES[table]
    if unknown := set(columns) - set(covered.columns):
        msg = f"{table}.{min(unknown)}"
        raise LookupError(msg)
    digest, count, first, last = hashlib.sha256(), 0, None, None
    for key, *values in _streamed(covered.rows(days), columns):
        digest.update(canonical([_plain(value) for value in values]) + b"\n")
        count, last = count + 1, key
        first = key if first is None else first
    return {"count": count, "first": first, "last": last, "sha256": digest.hexdigest()}


def _streamed(rows: Rows, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return rows.order_by("pk").values_list("pk", *columns).iterator(BATCH)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return instant(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value) if isinstance(value, uuid.UUID | dt.date) else value
