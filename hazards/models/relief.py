"""What takes a duty away: a stop that the bureau confirmed, a waiver it granted."""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import Acting, Enterprise, Membership
from accounts.models.dated import append_only, never_truncated, no_overlap
from hazards.models.attachments import Attachment
from hazards.models.obligations import Obligation, ObligationKind

SAID_LATER = (
    "to_on",
    "resumed_at",
    "resumed_by_id",
    "end_corrected_at",
    "end_corrected_by_id",
    "confirmed",
    "answer",
    "answered_at",
    "answered_by_id",
)


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    """Suspensions by who looks."""

    def visible_to(self, acting: Acting) -> Self:
        """Those of the enterprises that the person sees."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(acting))


class Suspension(models.Model):
    """
    A stop of the whole enterprise (停产停业), declared by it with evidence, confirmed
    or refused by its bureau. Days are days in Asia/Shanghai, both included; no
    `to_on` = it still runs. The law itself exempts nobody; a confirmed stop that
    covers every day of a quarter does (docs/decisions/0016-obligations.md).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="suspensions"
    )
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    reason = models.TextField()
    evidence = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="suspensions"
    )
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )
    # When the enterprise told that it works again, where that was said later.
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # When a last day that was entered wrongly was corrected; each time has its event.
    end_corrected_at = models.DateTimeField(null=True, blank=True)
    end_corrected_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    confirmed = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="suspension_ends_after_it_starts",
            ),
            no_overlap(
                "suspension_is_declared_once_a_day",
                "enterprise",
                days=("from_on", "to_on"),
                condition=Q(confirmed__isnull=True) | Q(confirmed=True),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="suspension_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(
                    confirmed__isnull=True,
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                )
                | (
                    Q(
                        confirmed__isnull=False,
                        answered_at__isnull=False,
                        answered_by__isnull=False,
                    )
                    & ~Q(answer="")
                ),
                name="suspension_is_answered_by_somebody_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(resumed_at__isnull=True, resumed_by__isnull=True)
                | Q(
                    resumed_at__isnull=False,
                    resumed_by__isnull=False,
                    to_on__isnull=False,
                ),
                name="suspension_resumed_at_and_by_both_or_neither",
            ),
            models.CheckConstraint(
                condition=Q(
                    end_corrected_at__isnull=True, end_corrected_by__isnull=True
                )
                | Q(
                    end_corrected_at__isnull=False,
                    end_corrected_by__isnull=False,
                    to_on__isnull=False,
                ),
                name="suspension_end_corrected_at_and_by_both_or_neither",
            ),
        ]
        indexes = [
            models.Index(
                fields=["enterprise", "-from_on"], name="suspension_by_enterprise"
            ),
            models.Index(
                fields=["declared_at", "id"],
                name="suspension_unanswered",
                condition=Q(confirmed__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
            pgtrigger.Trigger(
                name="said_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("later", f"text[] := '{{{','.join(SAID_LATER)}}}'")],
                func="""
                    IF to_jsonb(NEW) - later <> to_jsonb(OLD) - later
                       OR (OLD.answered_at IS NOT NULL AND
                           (OLD.confirmed, OLD.answer, OLD.answered_at,
                            OLD.answered_by_id) IS DISTINCT FROM
                           (NEW.confirmed, NEW.answer, NEW.answered_at,
                            NEW.answered_by_id))
                       OR (OLD.to_on IS NOT NULL AND
                           OLD.to_on IS DISTINCT FROM NEW.to_on AND
                           OLD.end_corrected_at IS NOT DISTINCT FROM
                           NEW.end_corrected_at)
                    THEN
                        RAISE EXCEPTION 'a suspension is said and answered once';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.from_on}"


class Waiver(models.Model):
    """
    The bureau's word that a quarter is not asked for, with its reason; up to and with
    `expires_on`, or for good. Its enterprise sees it. Never edited.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    obligation = models.ForeignKey(
        Obligation,
        on_delete=models.PROTECT,
        related_name="waivers",
        limit_choices_to={"kind": ObligationKind.QUARTER},
    )
    reason = models.TextField()
    expires_on = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_a_reason")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.obligation_id} until {self.expires_on}"
