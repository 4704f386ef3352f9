"""An enterprise's account of one quarter, and the versions inside it."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Bureau, Enterprise, Membership
from hazards.models.inspections import SelfInspection
from hazards.models.report_guards import (
    ReportStatus,
    report_guards,
    version_child_guards,
    version_guards,
)
from hazards.rules.quarters import Quarter

# One for each way in which the queue is narrowed, so that its pages are found and not
# searched for: its name, what leads, what is left out of it.
QUEUE_INDEXES: tuple[tuple[str, tuple[str, ...], Q], ...] = (
    ("by_status", ("bureau", "status"), Q()),
    ("by_kind", ("bureau", "kind"), Q()),
    ("by_quarter", ("bureau", "year", "quarter_number"), Q()),
    ("of_reviewer", ("reviewer",), Q(status="under_review")),
    ("with_hazards", ("bureau",), Q(hazard_count__gt=0)),
    ("nothing_found", ("bureau",), Q(hazard_count=0)),
    ("late", ("bureau",), Q(in_time=False)),
    ("unsigned", ("bureau",), Q(is_unsigned=True)),
)


class ReportQuerySet(models.QuerySet["SelfInspectionReport"]):
    """Reports by who looks and by what they are."""

    def visible_to(self, acting: Acting) -> Self:
        """
        The enterprise's own. A bureau sees what it or a bureau below it received, also
        after handing it to another: a first version that was never received is the
        enterprise's alone.
        """
        if acting.enterprise is not None:
            return self.filter(enterprise=acting.enterprise)
        if acting.bureau is None:
            return self.none()
        # Its model imports this one.
        from hazards.models.reviews import ReportTransfer  # noqa: PLC0415

        path = acting.bureau.path
        handed_on = ReportTransfer.objects.filter(
            report=OuterRef("pk"), from_bureau__path__startswith=path
        )
        return self.filter(
            Q(bureau__path__startswith=path) | Exists(handed_on),
            first_received_at__isnull=False,
        )

    def filed(self) -> Self:
        """Signed and received at least once: before that nothing has been filed."""
        return self.filter(first_received_at__isnull=False)

    def for_quarter(self, quarter: Quarter) -> Self:
        """Reports for the quarter."""
        return self.filter(year=quarter.year, quarter_number=quarter.number)

    def awaiting_review(self, bureau: Bureau) -> Self:
        """Received by this very bureau and not yet answered, longest wait first."""
        return self.filter(
            bureau=bureau,
            status__in=[ReportStatus.RECEIVED, ReportStatus.UNDER_REVIEW],
        ).order_by("received_at", "id")


class ReportKind(models.TextChoices):
    """What a report gives account of."""

    QUARTERLY = "quarterly", _("quarterly report")
    HAZARD = "hazard", _("report of a major hazard")
    PLAN = "plan", _("treatment plan")


class SelfInspectionReport(models.Model):
    """
    What an enterprise reports of itself (自查自报), by one ceremony: its quarter
    (季度自查报告, one per quarter), a major hazard at once (重大事故隐患报告, one per
    hazard), or the treatment plan for one (治理方案, as often as it is made anew).
    Instants are stored in UTC and judged in Asia/Shanghai.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="reports"
    )
    kind = models.CharField(
        max_length=20, choices=ReportKind, default=ReportKind.QUARTERLY
    )
    # Of a quarterly report only; the others are about a hazard.
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    quarter_number = models.PositiveSmallIntegerField(null=True, blank=True)
    hazard = models.ForeignKey(
        "hazards.MajorHazard",
        on_delete=models.PROTECT,
        related_name="reports",
        null=True,
        blank=True,
    )
    status = models.CharField(
        max_length=20, choices=ReportStatus, default=ReportStatus.DRAFT
    )
    # The bureau that received it; empty until then.
    bureau = models.ForeignKey(
        Bureau,
        on_delete=models.PROTECT,
        related_name="reports",
        null=True,
        blank=True,
    )
    first_received_at = models.DateTimeField(null=True, blank=True)
    # Receipt of the current version: the age of the queue.
    received_at = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    started_at = models.DateTimeField()
    # Of the version last received, for lists: major hazards named, and whether the
    # principal's signature is missing.
    hazard_count = models.PositiveSmallIntegerField(default=0)
    is_unsigned = models.BooleanField(default=False)
    # Whether the first receipt kept the due instant; empty until then, and for a plan,
    # of which no law says by when.
    in_time = models.BooleanField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "year", "quarter_number"],
                name="report_is_one_per_enterprise_and_quarter",
            ),
            models.CheckConstraint(
                condition=Q(quarter_number__isnull=True)
                | Q(quarter_number__range=(1, 4)),
                name="report_quarter_number_is_1_to_4",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="quarterly",
                    year__isnull=False,
                    quarter_number__isnull=False,
                    hazard__isnull=True,
                )
                | (
                    ~Q(kind="quarterly")
                    & Q(
                        year__isnull=True,
                        quarter_number__isnull=True,
                        hazard__isnull=False,
                    )
                ),
                name="report_is_of_a_quarter_or_a_hazard",
            ),
            models.UniqueConstraint(
                fields=["hazard"],
                condition=Q(kind="hazard"),
                name="hazard_is_reported_by_itself_once",
            ),
            models.UniqueConstraint(
                fields=["hazard"],
                condition=Q(kind="plan", status__in=["draft", "awaiting_signature"]),
                name="hazard_has_one_plan_being_written",
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=["received", "under_review", "returned", "accepted"]
                )
                | Q(
                    first_received_at__isnull=False,
                    received_at__isnull=False,
                    bureau__isnull=False,
                ),
                name="report_is_received_before_review",
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True)
                | Q(received_at__gte=F("first_received_at")),
                name="report_first_receipt_comes_first",
            ),
            models.CheckConstraint(
                condition=Q(first_received_at__isnull=True, in_time__isnull=True)
                | Q(kind="plan", in_time__isnull=True)
                | (
                    ~Q(kind="plan")
                    & Q(first_received_at__isnull=False, in_time__isnull=False)
                ),
                name="report_received_is_in_time_or_not",
            ),
            models.CheckConstraint(
                condition=~Q(status="under_review") | Q(reviewer__isnull=False),
                name="report_under_review_has_a_reviewer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["bureau", "received_at", "id"],
                name="report_review_queue",
                condition=Q(status__in=["received", "under_review"]),
            ),
            *(
                models.Index(
                    fields=[*leading, "received_at", "id"],
                    name=f"report_queue_{name}",
                    condition=Q(status__in=["received", "under_review"]) & narrowed,
                )
                for name, leading, narrowed in QUEUE_INDEXES
            ),
            models.Index(
                fields=["bureau", "-year", "-quarter_number", "-id"],
                name="report_by_bureau",
            ),
            models.Index(
                fields=["-year", "-quarter_number", "-id"],
                name="report_by_quarter",
                condition=Q(first_received_at__isnull=False),
            ),
            models.Index(
                fields=["bureau", "status", "-year", "-quarter_number", "-id"],
                name="report_by_bureau_and_status",
            ),
        ]
        triggers = report_guards()

    def __str__(self) -> str:
        return self.number

    @property
    def quarter(self) -> Quarter:
        """
        The quarter of which it gives account.

        :raises ValueError: if it is about a hazard
        """
        if self.year is None or self.quarter_number is None:
            msg = f"{self.number} is about a hazard, not about a quarter."
            raise ValueError(msg)
        return Quarter(self.year, self.quarter_number)

    @property
    def is_quarterly(self) -> bool:
        """Whether it gives account of a quarter; else it is about a hazard."""
        return self.kind == ReportKind.QUARTERLY

    def naming(self) -> dict[str, str]:
        """What it is, as plain values for events and notices."""
        named = {"number": self.number}
        if self.hazard is None:
            return {**named, "quarter": str(self.quarter)}
        return {**named, "report_kind": self.kind, "hazard": self.hazard.number}


class ReportVersion(models.Model):
    """
    What the report says, from draft to seal. `nothing_found` is a statement that the
    team makes (None = not yet said), not the absence of a list. Once `sealed_at` is
    set, neither the row nor its children change any more.
    """

    report = models.ForeignKey(
        SelfInspectionReport, on_delete=models.PROTECT, related_name="versions"
    )
    ordinal = models.PositiveSmallIntegerField()
    nothing_found = models.BooleanField(null=True, blank=True)
    scope = models.TextField(blank=True)
    coverage = models.TextField(blank=True)
    remarks = models.TextField(blank=True)
    # The statistics of the quarter, and with the fourth those of the year, as they
    # stood in the ledger when it was sealed (Order 16, art. 14).
    table = models.JSONField(null=True, blank=True)
    correction_reason = models.TextField(blank=True)
    # Who the enterprise, its bureau and principal were when it was signed.
    frame = models.JSONField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    # The checklist is saved from a page of its own.
    checklist_revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "ordinal"], name="version_ordinal_is_one_per_report"
            ),
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(sealed_at__isnull=True),
                name="report_has_one_open_version",
            ),
            models.CheckConstraint(
                condition=Q(ordinal__gte=1), name="version_ordinal_starts_at_1"
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True)
                | Q(nothing_found__isnull=False, frame__isnull=False),
                name="sealed_version_says_what_was_found",
            ),
            models.CheckConstraint(
                condition=Q(ordinal=1)
                | Q(sealed_at__isnull=True)
                | ~Q(correction_reason=""),
                name="correction_has_a_reason",
            ),
        ]
        triggers = version_guards()

    def __str__(self) -> str:
        return f"{self.report_id} version {self.ordinal}"


class VersionInspection(models.Model):
    """A visit that a version lists; `facts` is the visit as it stood when sealed."""

    version = models.ForeignKey(
        ReportVersion, on_delete=models.PROTECT, related_name="listed"
    )
    inspection = models.ForeignKey(
        SelfInspection, on_delete=models.PROTECT, related_name="listings"
    )
    facts = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "inspection"], name="version_lists_a_visit_once"
            )
        ]
        triggers = version_child_guards("version_id")

    def __str__(self) -> str:
        return f"{self.version_id} {self.inspection_id}"
