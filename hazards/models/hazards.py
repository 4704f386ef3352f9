"""A major accident hazard, and what each version of a report says about it."""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Acting, Bureau, Enterprise, Membership, Site
from accounts.models.dated import never_truncated
from hazards.models.attachments import Attachment
from hazards.models.report_guards import version_child_guards
from hazards.models.reports import ReportVersion, SelfInspectionReport


class MajorHazardQuerySet(models.QuerySet["MajorHazard"]):
    """Hazards by who looks."""

    def visible_to(self, acting: Acting) -> Self:
        """
        The enterprise's own. A bureau sees those named by a received version of a
        report that it may see.
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
        return self.filter(Exists(named))


class MajorHazard(models.Model):
    """
    A major accident hazard (重大事故隐患) with a number of its own across versions and
    quarters. On record from `registered_at`, the explicit act of a team member; before
    that it is a draft and evidence for nobody. `first_reported_at` is the receipt of
    the first version that names it and is never moved or erased. `found_at` is what
    the team states; the other instants are the server's. UTC.
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
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="hazard_by_enterprise"),
            models.Index(
                fields=["registered_at"],
                name="hazard_unreported",
                condition=Q(first_reported_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="hazard_identity_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__enterprise__df=pgtrigger.F("new__enterprise")
                )
                | pgtrigger.Q(old__number__df=pgtrigger.F("new__number")),
            ),
            pgtrigger.Protect(
                name="registration_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__registered_at__isnull=False)
                & (
                    pgtrigger.Q(old__found_at__df=pgtrigger.F("new__found_at"))
                    | pgtrigger.Q(
                        old__registered_at__df=pgtrigger.F("new__registered_at")
                    )
                    | pgtrigger.Q(
                        old__registered_by__df=pgtrigger.F("new__registered_by")
                    )
                    | pgtrigger.Q(
                        old__registered_as__df=pgtrigger.F("new__registered_as")
                    )
                ),
            ),
            pgtrigger.Protect(
                name="first_report_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__first_reported_at__isnull=False)
                & (
                    pgtrigger.Q(
                        old__first_reported_at__df=pgtrigger.F("new__first_reported_at")
                    )
                    | pgtrigger.Q(
                        old__first_reported_to__df=pgtrigger.F("new__first_reported_to")
                    )
                ),
            ),
            pgtrigger.Protect(
                name="registered_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__registered_at__isnull=False),
            ),
            never_truncated(),
        ]

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
