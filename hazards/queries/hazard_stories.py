"""The story of one major hazard, from found to closed, in a few queries."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Acting
from accounts.permissions import Decision
from accounts.queries.memberships import receiving_bureau
from hazards.models import (
    Attachment,
    ComplianceFlag,
    HazardAcceptance,
    HazardAct,
    HazardActFile,
    HazardActKind,
    HazardExtension,
    HazardPhoto,
    HazardState,
    HazardStatement,
    MajorHazard,
    MediaType,
    Moment,
    Reminder,
    ReportTransfer,
    ReviewComment,
    Seal,
    SealKind,
    SelfInspectionReport,
)
from hazards.permissions.lives import may_act_each
from hazards.queries.deadlines import policies_of
from hazards.queries.next_steps import NextStep, next_steps
from hazards.queries.open_hazards import NEWEST_SAID
from hazards.rules.lives import day_of, is_overdue, report_due

SIDE_BY_SIDE = 6
"""So many photos stand on each side of before and after; all are with their acts."""

_DETAILS = (
    "progress",
    "telling",
    "extension",
    "acceptance",
    "recheck",
    "order__bureau",
    "listing",
    "grading",
    "handover",
    "answers_extension",
    "settles_recheck__first_officer__user",
    "settles_recheck__second_officer__user",
)
# They come with receipts, which tell more.
_OF_A_RECEIPT = (HazardActKind.REPORT, HazardActKind.RECEIVE_PLAN)


@dataclass(frozen=True)
class Receipt:
    """A version that names the hazard was received; what came of it for the hazard."""

    seal: Seal
    is_first: bool
    made: list[HazardAct]
    # Whether the reader may open the report.
    is_open: bool


@dataclass(frozen=True)
class Said:
    """What a reviewer wrote when a version was returned."""

    version: int
    report: SelfInspectionReport
    comments: list[ReviewComment]


@dataclass(frozen=True)
class Entry:
    """One thing that happened, at the server's time; only one of the others is set."""

    at: dt.datetime
    act: HazardAct | None = None
    receipt: Receipt | None = None
    returned: Said | None = None
    transfer: ReportTransfer | None = None
    later_signature: Seal | None = None
    reminder: Reminder | None = None


@dataclass(frozen=True)
class Story:
    """A hazard as one person may see it on one day."""

    hazard: MajorHazard
    on: dt.date
    # What was said of it last; a bureau sees what it received.
    stated: HazardStatement | None
    entries: list[Entry]
    before: list[Attachment]
    after: list[Attachment]
    funds_spent: Decimal | None
    flags: list[ComplianceFlag]
    recurrences: list[MajorHazard]
    steps: list[NextStep]
    may: Mapping[HazardActKind, Decision]
    # Until when it is reported at once (及时); only while it is not reported.
    report_due_at: dt.datetime | None

    @property
    def is_overdue(self) -> bool:
        """Whether its deadline has passed while it is not accepted."""
        running = self.hazard.state in _DEADLINE_RUNS
        return running and is_overdue(self.hazard.due_on, on=self.on)

    @property
    def deadline_runs(self) -> bool:
        """Whether the days until the deadline matter."""
        return self.hazard.state in _DEADLINE_RUNS

    @property
    def extensions(self) -> list[HazardExtension]:
        """More time asked for, in order."""
        acts = (entry.act for entry in self.entries if entry.act)
        found = (getattr(act, "extension", None) for act in acts)
        return [one for one in found if one is not None]


_DEADLINE_RUNS = (
    HazardState.REGISTERED,
    HazardState.REPORTED,
    HazardState.PLANNED,
    HazardState.RECTIFYING,
)


def story_of(public_id: uuid.UUID, *, reader: Acting, at: dt.datetime) -> Story | None:
    """The story, or None where the person may not know the hazard."""
    hazard = (
        MajorHazard.objects.visible_to(reader)
        .select_related(
            "enterprise",
            "bureau",
            "started_by__user",
            "registered_by__user",
            "recurrence_of",
            "first_reported_to",
        )
        .filter(public_id=public_id)
        .first()
    )
    if hazard is None:
        return None
    acts = _acts(hazard)
    seals = list(
        Seal.objects.filter(version__stated__hazard=hazard)
        .select_related("version__report", "bureau", "signed_by__user")
        .order_by("received_at", "id")
    )
    stated = _stated(hazard, reader=reader)
    # What the bureau does not know, its page does not tell.
    writing = _writing(hazard) if reader.enterprise is not None else []
    files = [file for act in acts for file in act.files.all()]
    return Story(
        hazard=hazard,
        on=day_of(at),
        stated=stated,
        entries=_entries(hazard, acts, seals, reader=reader),
        before=_before(stated, files),
        after=_images(files, Moment.AFTER)[-SIDE_BY_SIDE:],
        funds_spent=_spent(acts),
        flags=list(
            ComplianceFlag.objects.filter(hazard=hazard).standing().order_by("id")
        ),
        recurrences=list(hazard.recurrences.order_by("id")),
        steps=next_steps(
            hazard,
            acceptance_waits=HazardAcceptance.objects.filter(
                recorded__hazard=hazard, answered__isnull=True
            ).exists(),
            extension_by_bureau=any(_asked_of_bureau(act) for act in acts),
            writing=writing,
        ),
        may=may_act_each(reader, hazard),
        report_due_at=_report_due_at(hazard, reader=reader),
    )


def _acts(hazard: MajorHazard) -> list[HazardAct]:
    """In order, with all that they say; 2 queries."""
    files = HazardActFile.objects.select_related("attachment").order_by("id")
    return list(
        hazard.acts.select_related(
            "by__user", "by__enterprise", "by__bureau", *_DETAILS
        )
        .prefetch_related(Prefetch("files", queryset=files))
        .order_by("id")
    )


def _stated(hazard: MajorHazard, *, reader: Acting) -> HazardStatement | None:
    rows: QuerySet[HazardStatement] = hazard.statements.select_related(
        "site__county", "version__report"
    )
    if reader.enterprise is None:
        rows = rows.filter(version__sealed_at__isnull=False)
    return rows.order_by(*NEWEST_SAID).first()


def _writing(hazard: MajorHazard) -> list[SelfInspectionReport]:
    """Reports that name it in a version not sealed yet."""
    return list(
        SelfInspectionReport.objects.filter(
            versions__stated__hazard=hazard, versions__sealed_at__isnull=True
        )
        .distinct()
        .order_by("-id")
    )


def _entries(
    hazard: MajorHazard,
    acts: Sequence[HazardAct],
    seals: Sequence[Seal],
    *,
    reader: Acting,
) -> list[Entry]:
    """Everything in the order of the server's time; 4 queries."""
    visible = set(
        SelfInspectionReport.objects.visible_to(reader)
        .filter(pk__in={seal.version.report_id for seal in seals})
        .values_list("pk", flat=True)
    )
    entries = [
        Entry(seal.signed_at, receipt=receipt)
        for seal, receipt in _receipts(acts, seals, visible)
    ]
    entries += [
        Entry(seal.signed_at, later_signature=seal)
        for seal in seals
        if seal.kind == SealKind.LATER_SIGNATURE
    ]
    received_at = {entry.at for entry in entries if entry.receipt}
    entries += [
        Entry(act.at, act=act)
        for act in acts
        if act.kind not in _OF_A_RECEIPT or act.at not in received_at
    ]
    entries += _returned(hazard, {seal.version_id: seal for seal in seals})
    entries += [
        Entry(one.at, transfer=one)
        for one in ReportTransfer.objects.filter(
            report__in={seal.version.report_id for seal in seals}
        ).select_related("report", "from_bureau", "to_bureau", "by__user")
    ]
    entries += [Entry(one.at, reminder=one) for one in hazard.reminders.order_by("id")]
    # An act that registers stands before the receipt of the same moment.
    return sorted(entries, key=lambda entry: (entry.at, entry.act is None))


def _receipts(
    acts: Sequence[HazardAct], seals: Sequence[Seal], visible: set[int]
) -> Iterable[tuple[Seal, Receipt]]:
    told = [act for act in acts if act.kind in _OF_A_RECEIPT]
    received = [seal for seal in seals if seal.kind != SealKind.LATER_SIGNATURE]
    for number, seal in enumerate(received):
        made = [act for act in told if act.at == seal.signed_at]
        is_open = seal.version.report_id in visible
        yield seal, Receipt(seal, is_first=number == 0, made=made, is_open=is_open)


def _returned(hazard: MajorHazard, seals: Mapping[int, Seal]) -> list[Entry]:
    """What reviewers wrote about it, and about reports of it alone; 1 query."""
    of_hazard = Q(item__startswith=f"hazards[{hazard.number}]")
    rows = ReviewComment.objects.filter(
        of_hazard | Q(version__report__hazard=hazard), version__in=seals
    ).select_related("by__user")
    rounds: dict[tuple[int, dt.datetime], list[ReviewComment]] = {}
    for row in rows.order_by("id"):
        rounds.setdefault((row.version_id, row.at), []).append(row)
    entries = []
    for (version_id, at), comments in rounds.items():
        version = seals[version_id].version
        said = Said(version.ordinal, version.report, comments)
        entries.append(Entry(at, returned=said))
    return entries


def _before(
    stated: HazardStatement | None, files: Sequence[HazardActFile]
) -> list[Attachment]:
    """Photos of how it was: those of its description, then those of acts; 1 query."""
    shown: list[Attachment] = []
    if stated is not None:
        photos = HazardPhoto.objects.filter(
            version=stated.version_id, hazard=stated.hazard_id
        ).select_related("attachment")
        shown = [photo.attachment for photo in photos.order_by("ordinal", "id")]
    images = [one for one in shown if one.media_type != MediaType.PDF]
    return (images + _images(files, Moment.BEFORE))[:SIDE_BY_SIDE]


def _images(files: Sequence[HazardActFile], moment: Moment) -> list[Attachment]:
    return [
        file.attachment
        for file in files
        if file.moment == moment and file.attachment.media_type != MediaType.PDF
    ]


def _spent(acts: Sequence[HazardAct]) -> Decimal | None:
    """Funds that progress says were spent, in 万元; None where none says."""
    progress = (getattr(act, "progress", None) for act in acts)
    spent = [one.funds_spent for one in progress if one and one.funds_spent is not None]
    return sum(spent, Decimal()) if spent else None


def _asked_of_bureau(act: HazardAct) -> bool:
    extension: HazardExtension | None = getattr(act, "extension", None)
    return (
        extension is not None and extension.answered_id is None and extension.by_bureau
    )


def _report_due_at(hazard: MajorHazard, *, reader: Acting) -> dt.datetime | None:
    waits = hazard.state in (HazardState.FOUND, HazardState.REGISTERED)
    if not waits or hazard.first_reported_at is not None:
        return None
    bureau = receiving_bureau(hazard.enterprise, on=reader.on)
    if bureau is None:
        return None
    found_on = day_of(hazard.found_at)
    hours = policies_of(bureau).integer("prompt_report_hours", on=found_on)
    return report_due(hazard.found_at, hours=hours)
