"""Each step of reminding, once, and whom it concerns."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Notice
from accounts.models.dated import append_only, never_truncated
from hazards.models.hazards import MajorHazard
from hazards.models.obligations import Obligation
from hazards.models.scans import Scan


class Reminder(models.Model):
    """
    A step of reminding of one duty or of one hazard (hazards/rules/law/reminders.toml),
    taken once, whoever was told. `step_on` is the day (Asia/Shanghai) on which the step
    fell; of a hazard, `from_on` is the day from which it was counted: where a deadline
    moves, its steps begin anew.
    """

    # Found, like a line's reminder, by the constraints' indexes.
    obligation = models.ForeignKey(
        Obligation,
        on_delete=models.PROTECT,
        related_name="reminders",
        db_index=False,
        null=True,
        blank=True,
    )
    hazard = models.ForeignKey(
        MajorHazard,
        on_delete=models.PROTECT,
        related_name="reminders",
        db_index=False,
        null=True,
        blank=True,
    )
    from_on = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=40)
    step = models.SmallIntegerField()
    step_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "kind", "step"], name="reminder_is_once_a_step"
            ),
            # Only of hazards: a duty's reminder writes no entry of it.
            models.UniqueConstraint(
                fields=["hazard", "kind", "from_on", "step"],
                name="reminder_of_a_hazard_is_once_a_step",
                condition=Q(hazard__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(
                    obligation__isnull=False, hazard__isnull=True, from_on__isnull=True
                )
                | Q(
                    obligation__isnull=True,
                    hazard__isnull=False,
                    from_on__isnull=False,
                ),
                name="reminder_is_of_a_duty_or_a_hazard",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.obligation_id or self.hazard_id} {self.kind} {self.step}"


class ReminderLine(models.Model):
    """
    One person's line about one step, until a digest takes it. `parked_in` is the run
    that found too many to send unasked; `dropped_at` when somebody decided against, or
    what it is about was done before anybody was told.
    """

    reminder = models.ForeignKey(
        Reminder, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    # Nobody asks for a person's lines but for those that wait.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    parked_in = models.ForeignKey(
        Scan,
        on_delete=models.PROTECT,
        related_name="parked_lines",
        null=True,
        blank=True,
    )
    dropped_at = models.DateTimeField(null=True, blank=True)
    notice = models.ForeignKey(
        Notice,
        on_delete=models.PROTECT,
        related_name="reminder_lines",
        null=True,
        blank=True,
    )
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reminder", "recipient"], name="line_is_one_per_person"
            )
        ]
        indexes = [
            models.Index(
                fields=["recipient"],
                name="line_waiting",
                condition=Q(
                    notice__isnull=True,
                    parked_in__isnull=True,
                    dropped_at__isnull=True,
                ),
            ),
        ]
        triggers = [never_truncated()]

    def __str__(self) -> str:
        return f"{self.reminder_id} {self.recipient_id}"
