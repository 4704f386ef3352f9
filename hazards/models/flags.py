"""What the clock noticed and a person must look into; never a verdict."""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Enterprise
from accounts.models.dated import append_only, never_truncated
from hazards.models.hazards import MajorHazard
from hazards.models.obligations import Obligation


class FlagKind(models.TextChoices):
    """What is suspected. Each wording says that it is to be verified."""

    MISSING_QUARTER = (
        "missing_quarter",
        _("quarter suspected of not being inspected or reported"),
    )
    PRINCIPAL_ABSENT = (
        "principal_absent",
        _("principal suspected of taking part in no inspection of the year"),
    )
    QUARTER_NOT_INSPECTED = (
        "quarter_not_inspected",
        _("no inspection of the quarter on record, report not due yet"),
    )
    HAZARD_UNREPORTED = (
        "hazard_unreported",
        _("major hazard registered and not reported"),
    )
    NOBODY_REACHABLE = "nobody_reachable", _("nobody of the enterprise can be reached")


class FlagStatus(models.TextChoices):
    """Whether it stands."""

    STANDING = "standing", _("standing")
    CLEARED = "cleared", _("cleared")
    WAIVED = "waived", _("waived")


class FlagQuerySet(models.QuerySet["ComplianceFlag"]):
    """Flags by who looks."""

    def visible_to(self, acting: Acting) -> Self:
        """Those of the enterprises that the person sees."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(acting))

    def standing(self) -> Self:
        """Neither cleared nor waived."""
        return self.filter(status=FlagStatus.STANDING)


class ComplianceFlag(models.Model):
    """
    A suspicion raised once, cleared by the fact that cures it or waived, and never
    deleted. `basis` holds what it rested on when it was raised: rule, dates, records.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=24, choices=FlagKind)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="flags"
    )
    # Found, like the hazard, by the constraint's index.
    obligation = models.ForeignKey(
        Obligation,
        on_delete=models.PROTECT,
        related_name="flags",
        db_index=False,
        null=True,
        blank=True,
    )
    hazard = models.ForeignKey(
        MajorHazard,
        on_delete=models.PROTECT,
        related_name="flags",
        db_index=False,
        null=True,
        blank=True,
    )
    status = models.CharField(
        max_length=8, choices=FlagStatus, default=FlagStatus.STANDING
    )
    # False while the period's due day has not ended.
    is_final = models.BooleanField(default=True)
    raised_at = models.DateTimeField()
    # Since when it is cleared or waived.
    settled_at = models.DateTimeField(null=True, blank=True)
    basis = models.JSONField()

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "kind"],
                condition=Q(obligation__isnull=False),
                name="flag_is_one_per_obligation_and_kind",
            ),
            models.UniqueConstraint(
                fields=["hazard", "kind"],
                condition=Q(hazard__isnull=False),
                name="flag_is_one_per_hazard_and_kind",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "kind"],
                condition=Q(obligation__isnull=True, hazard__isnull=True),
                name="flag_is_one_per_enterprise_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "missing_quarter",
                        "principal_absent",
                        "quarter_not_inspected",
                    ],
                    obligation__isnull=False,
                    hazard__isnull=True,
                )
                | Q(
                    kind="hazard_unreported",
                    obligation__isnull=True,
                    hazard__isnull=False,
                )
                | Q(
                    kind="nobody_reachable",
                    obligation__isnull=True,
                    hazard__isnull=True,
                ),
                name="flag_has_the_subject_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(status=FlagStatus.STANDING, settled_at__isnull=True)
                | (~Q(status=FlagStatus.STANDING) & Q(settled_at__isnull=False)),
                name="flag_settled_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "enterprise"],
                name="flag_standing",
                condition=Q(status=FlagStatus.STANDING),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
            pgtrigger.Protect(
                name="raised_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__kind__df=pgtrigger.F("new__kind"))
                | pgtrigger.Q(old__enterprise__df=pgtrigger.F("new__enterprise"))
                | pgtrigger.Q(old__obligation__df=pgtrigger.F("new__obligation"))
                | pgtrigger.Q(old__hazard__df=pgtrigger.F("new__hazard"))
                | pgtrigger.Q(old__raised_at__df=pgtrigger.F("new__raised_at"))
                | pgtrigger.Q(old__basis__df=pgtrigger.F("new__basis")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.kind}"


class FlagChange(models.TextChoices):
    """What happened to a flag."""

    RAISED = "raised", _("raised")
    MADE_FINAL = "made_final", _("made final")
    CLEARED = "cleared", _("cleared")
    WAIVED = "waived", _("waived")
    STOOD_AGAIN = "stood_again", _("standing again")


class FlagEvent(models.Model):
    """
    One step in the life of a flag, in order. `cause` is the state of the duty that
    brought it about, or a word of the service that did.
    """

    flag = models.ForeignKey(
        ComplianceFlag, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    change = models.CharField(max_length=12, choices=FlagChange)
    cause = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["flag", "id"], name="flag_event_by_flag")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.flag_id} {self.change}"
