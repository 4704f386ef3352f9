"""What the clock did and when, and what it had to set aside."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Bureau, Enterprise, Membership
from accounts.models.dated import never_truncated


class Scan(models.Model):
    """
    One run of the clock over one share of the bureaus, as of the instant `at`. A run
    without `finished_at` was cut short; the next one does what it left.
    """

    at = models.DateTimeField()
    share = models.CharField(max_length=40, default="1/1")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    opened = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    flags_raised = models.PositiveIntegerField(default=0)
    flags_settled = models.PositiveIntegerField(default=0)
    reminders = models.PositiveIntegerField(default=0)
    notices = models.PositiveIntegerField(default=0)
    parked = models.PositiveIntegerField(default=0)
    faults = models.PositiveIntegerField(default=0)
    # What an operator decided of the reminders that were parked.
    released = models.BooleanField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    released__isnull=True,
                    settled_at__isnull=True,
                    settled_by__isnull=True,
                )
                | Q(
                    released__isnull=False,
                    settled_at__isnull=False,
                    settled_by__isnull=False,
                ),
                name="scan_settled_at_and_by_both_or_neither",
            )
        ]
        indexes = [
            models.Index(fields=["-id"], name="scan_latest"),
            models.Index(
                fields=["id"],
                name="scan_with_parked",
                condition=Q(parked__gt=0, released__isnull=True),
            ),
        ]
        triggers = [never_truncated()]

    def __str__(self) -> str:
        return f"{self.at} {self.share}"


class ClockFault(models.Model):
    """
    An enterprise, a bureau (its policies or days), or a person to be told, that a step
    of the clock could not get past. It is left out of that step until `next_try_at`;
    the rest goes on.
    """

    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        related_name="clock_faults",
        null=True,
        blank=True,
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    bureau = models.ForeignKey(
        Bureau,
        on_delete=models.PROTECT,
        related_name="clock_faults",
        null=True,
        blank=True,
    )
    step = models.CharField(max_length=20)
    error = models.CharField(max_length=500)
    tries = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    next_try_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "step"], name="fault_is_one_per_step"
            ),
            models.UniqueConstraint(
                fields=["person", "step"], name="fault_is_one_per_person_and_step"
            ),
            models.UniqueConstraint(
                fields=["bureau", "step"], name="fault_is_one_per_bureau_and_step"
            ),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, person=None, bureau=None)
                | Q(person__isnull=False, enterprise=None, bureau=None)
                | Q(bureau__isnull=False, enterprise=None, person=None),
                name="fault_is_of_an_enterprise_a_bureau_or_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id or self.bureau_id or self.person_id} {self.step}"
