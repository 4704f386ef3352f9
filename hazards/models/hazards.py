"""A major accident hazard, and what each version of a report says about it."""

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Bureau, Enterprise, Membership, Site
from hazards.models.attachments import Attachment
from hazards.models.hazard_guards import (
    OFF_THE_BOOKS,
    ON_THE_BOOKS,
    SAID_TO_BE_DONE,
    TO_BE_ELIMINATED,
    HazardState,
    hazard_guards,
)
from hazards.models.report_guards import version_child_guards
from hazards.models.reports import ReportVersion, SelfInspectionReport


class MajorHazardQuerySet(models.QuerySet["MajorHazard"]):
    """Hazards by who looks."""

    def visible_to(self, acting: Acting) -> Self:
        """
        The enterprise's own. A bureau sees those that it or a bureau below it holds,
        and those named by a received version of a report that it may see.
        """
        if acting.enterprise is not None:
            return self.filter(enterprise=acting.enterprise)
        if acting.bureau is None:
            return self.none()
        named = HazardStatement.objects.filter(
            hazard=OuterRef("pk"),
            version__sealed_at__isnull=False,
            version__report__in=SelfInspectionReport.objects.visible_to(acting),
        )
        held = Q(bureau__path__startswith=acting.bureau.path)
        return self.filter(held | Exists(named))

    def on_the_books(self) -> Self:
        """Registered and not closed yet."""
        return self.filter(state__in=ON_THE_BOOKS)

    def to_be_eliminated(self) -> Self:
        """On the books and not accepted yet: the deadline runs."""
        return self.filter(state__in=TO_BE_ELIMINATED)


class ListedLevel(models.TextChoices):
    """Who supervises the rectification by listing the hazard (挂牌督办)."""

    COUNTY = "county", _("listed by the county")
    CITY = "city", _("listed by the city")
    PROVINCE = "province", _("listed by the province")


class Stop(models.TextChoices):
    """How much of the work stands still because of a hazard."""

    PART = "part", _("part of the work stopped")
    WHOLE = "whole", _("all work stopped")


_NEVER = Value(dt.date(9999, 12, 31), output_field=models.DateField())
# The next day that counts: of a re-check, the bureau's; of what is accepted, none.
_COUNTS_ON = Case(
    When(state=HazardState.AWAITING_RECHECK, then=F("recheck_due_on")),
    When(state=HazardState.ACCEPTED, then=_NEVER),
    default=Coalesce("due_on", _NEVER),
    output_field=models.DateField(),
)


class MajorHazard(models.Model):
    """
    A major accident hazard (重大事故隐患) with a number of its own across versions and
    quarters. On record from `registered_at`, the explicit act of a team member; before
    that it is a draft and evidence for nobody. `first_reported_at` is the receipt of
    the first version that names it and is never moved or erased. `found_at` is what
    the team states; the other instants are the server's. UTC; days in Asia/Shanghai.

    `state` and what stands below it are what its acts and receipts have come to; only
    `hazards.services.lives` writes them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="hazards"
    )
    found_at = models.DateTimeField()
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField(null=True, blank=True)
    registered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # What was said about it at that moment, as plain values.
    registered_as = models.JSONField(null=True, blank=True)
    first_reported_at = models.DateTimeField(null=True, blank=True)
    first_reported_to = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # Another hazard of the enterprise, closed before, as which it came back.
    recurrence_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="recurrences",
        null=True,
        blank=True,
    )

    state = models.CharField(
        max_length=20, choices=HazardState, default=HazardState.FOUND
    )
    # Who answers about it now; empty until a bureau knows of it.
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # Receipt of the first version with all six elements of the plan and a deadline.
    planned_at = models.DateTimeField(null=True, blank=True)
    # The deadline of that plan; an approved extension moves it later, an order sets it.
    due_on = models.DateField(null=True, blank=True)
    # The bureau ordered its rectification.
    is_ordered = models.BooleanField(default=False)
    stop_ordered = models.CharField(max_length=10, choices=Stop, blank=True)
    listed = models.CharField(max_length=10, choices=ListedLevel, blank=True)
    # An extension asked for and not answered yet.
    extension_asked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    recheck_due_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # When the next step of reminding is due; empty = nothing to remind of.
    remind_at = models.DateTimeField(null=True, blank=True)

    objects = MajorHazardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    registered_at__isnull=True,
                    registered_by__isnull=True,
                    registered_as__isnull=True,
                )
                | Q(
                    registered_at__isnull=False,
                    registered_by__isnull=False,
                    registered_as__isnull=False,
                ),
                name="hazard_registration_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(registered_at__isnull=True)
                | Q(registered_at__gte=F("found_at")),
                name="hazard_is_registered_after_it_is_found",
            ),
            models.CheckConstraint(
                condition=Q(
                    first_reported_at__isnull=True, first_reported_to__isnull=True
                )
                | Q(
                    first_reported_at__isnull=False,
                    first_reported_to__isnull=False,
                    registered_at__isnull=False,
                ),
                name="hazard_is_registered_before_it_is_reported",
            ),
            models.CheckConstraint(
                condition=Q(state=HazardState.FOUND, registered_at__isnull=True)
                | (~Q(state=HazardState.FOUND) & Q(registered_at__isnull=False)),
                name="hazard_state_agrees_with_its_registration",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        HazardState.FOUND,
                        HazardState.REGISTERED,
                        HazardState.DOWNGRADED,
                    ]
                )
                | Q(first_reported_at__isnull=False, bureau__isnull=False),
                name="hazard_is_reported_before_it_is_rectified",
            ),
            models.CheckConstraint(
                condition=Q(planned_at__isnull=True)
                | Q(due_on__isnull=False, first_reported_at__isnull=False),
                name="hazard_planned_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state=HazardState.AWAITING_RECHECK)
                | Q(recheck_due_on__isnull=False),
                name="hazard_waiting_for_recheck_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state=HazardState.CLOSED, closed_at__isnull=False)
                | (~Q(state=HazardState.CLOSED) & Q(closed_at__isnull=True)),
                name="hazard_closed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        HazardState.ACCEPTED,
                        HazardState.AWAITING_RECHECK,
                        HazardState.CLOSED,
                    ],
                    accepted_at__isnull=False,
                )
                | (
                    ~Q(
                        state__in=[
                            HazardState.ACCEPTED,
                            HazardState.AWAITING_RECHECK,
                            HazardState.CLOSED,
                        ]
                    )
                    & Q(accepted_at__isnull=True)
                ),
                name="hazard_accepted_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(recurrence_of__isnull=True) | ~Q(recurrence_of=F("id")),
                name="hazard_does_not_recur_as_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="hazard_by_enterprise"),
            # As hazards.queries.held_hazards orders its lists.
            models.Index(
                "bureau",
                _COUNTS_ON,
                "id",
                name="hazard_by_deadline",
                condition=Q(state__in=ON_THE_BOOKS),
            ),
            models.Index(
                "bureau",
                Coalesce("first_reported_at", "registered_at"),
                "id",
                name="hazard_by_age",
                condition=Q(state__in=ON_THE_BOOKS),
            ),
            models.Index(
                fields=["bureau", "-id"],
                name="hazard_ended",
                condition=Q(state__in=OFF_THE_BOOKS),
            ),
            # As hazards.queries.recheck_candidates orders what is said to be done.
            models.Index(
                fields=["bureau", "due_on", "id"],
                name="hazard_period_over",
                condition=Q(state__in=SAID_TO_BE_DONE),
            ),
            models.Index(
                fields=["registered_at"],
                name="hazard_unreported",
                condition=Q(first_reported_at__isnull=True),
            ),
            models.Index(
                fields=["remind_at"],
                name="hazard_to_remind",
                condition=Q(remind_at__isnull=False),
            ),
        ]
        triggers = hazard_guards()

    def __str__(self) -> str:
        return self.number


PLAN_FIELDS = (
    "plan_goals",
    "plan_measures",
    "plan_funds",
    "plan_people",
    "plan_schedule",
    "plan_emergency",
)
"""The six elements of the treatment plan (安监总局令第16号 art. 15), in its order."""


class HazardStatement(models.Model):
    """
    What one version of a report says about one hazard. `rectified_on` filled = the team
    states that it was eliminated on that day. `facts` holds what belongs to other rows
    (hazard, clause, site, photos) as it stood when sealed.
    """

    version = models.ForeignKey(
        ReportVersion, on_delete=models.PROTECT, related_name="stated"
    )
    hazard = models.ForeignKey(
        MajorHazard, on_delete=models.PROTECT, related_name="statements"
    )
    # A code of hazards.rules.catalogue.
    clause = models.CharField(max_length=60, blank=True)
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    place = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    causes = models.TextField(blank=True)
    harm = models.TextField(blank=True)
    difficulty = models.TextField(blank=True)
    interim_measures = models.TextField(blank=True)
    plan_goals = models.TextField(blank=True)
    plan_measures = models.TextField(blank=True)
    plan_funds = models.TextField(blank=True)
    plan_people = models.TextField(blank=True)
    plan_schedule = models.TextField(blank=True)
    plan_emergency = models.TextField(blank=True)
    responsible_person = models.CharField(max_length=60, blank=True)
    # 万元, ten thousand yuan.
    funds_planned = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, blank=True
    )
    due_on = models.DateField(null=True, blank=True)
    rectified_on = models.DateField(null=True, blank=True)
    facts = models.JSONField(null=True, blank=True)
    # Raised at every save; a save made from an older one is refused.
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "hazard"], name="version_states_a_hazard_once"
            ),
            models.CheckConstraint(
                condition=Q(funds_planned__isnull=True) | Q(funds_planned__gte=0),
                name="hazard_funds_are_not_negative",
            ),
        ]
        triggers = version_child_guards("version_id")

    def __str__(self) -> str:
        return f"{self.version_id} {self.hazard_id}"

    def plan_elements(self) -> tuple[str, ...]:
        """The six elements of the plan, in the order of art. 15."""
        return tuple(getattr(self, field) for field in PLAN_FIELDS)


class HazardPhoto(models.Model):
    """A photo or document that a version shows of a hazard."""

    version = models.ForeignKey(
        ReportVersion, on_delete=models.PROTECT, related_name="photos"
    )
    hazard = models.ForeignKey(
        MajorHazard, on_delete=models.PROTECT, related_name="photos"
    )
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="photos"
    )
    ordinal = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "hazard", "attachment"],
                name="version_shows_a_photo_of_a_hazard_once",
            )
        ]
        triggers = version_child_guards("version_id")

    def __str__(self) -> str:
        return f"{self.hazard_id} {self.attachment_id}"
