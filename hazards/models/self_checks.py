"""The nightly comparison of what is stored with the rules, and what it found."""

from django.db import models

from accounts.models import Enterprise
from accounts.models.dated import append_only, never_truncated
from hazards.models.hazards import MajorHazard
from hazards.models.obligations import Obligation


class SelfCheck(models.Model):
    """
    One night's walk over one share of the enterprises: those whose key leaves `number`
    when divided by `of`. It goes in slices; `after` is the last key that was looked at,
    so that a walk cut short goes on where it was.
    """

    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    after = models.BigIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)
    # All that was found; of very many only the first are kept as rows.
    drifts = models.PositiveIntegerField(default=0)
    followed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "number", "of"], name="self_check_is_one_a_share"
            )
        ]
        triggers = [never_truncated()]

    def __str__(self) -> str:
        return f"{self.day} {self.number}/{self.of}"


class Drift(models.Model):
    """
    Something that stood otherwise than the rules say. `followed` tells whether it was
    made to follow the record in the same transaction: of a hazard only its reminders
    are; what its acts came to is looked into by a person.
    """

    check_run = models.ForeignKey(
        SelfCheck, on_delete=models.PROTECT, related_name="found"
    )
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+"
    )
    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    hazard = models.ForeignKey(
        MajorHazard, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # A column of the duty or hazard, a kind of flag, or "opened".
    what = models.CharField(max_length=24)
    stored = models.CharField(max_length=60)
    expected = models.CharField(max_length=60)
    followed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-id"], name="drift_latest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.what}: {self.stored} → {self.expected}"
