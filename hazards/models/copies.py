"""Copies of record as they were first made, and words against a signature."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.dated import append_only
from hazards.models.seals import Seal


class CopyOfRecord(models.Model):
    """
    The PDF of a seal as it was first made; every later download is of these bytes, kept
    in the storage under their SHA-256. Retention: as long as the seal.
    """

    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="copy")
    sha256 = models.CharField(max_length=64)
    # Name and version of the template, and what set it: for people who compare copies.
    template = models.CharField(max_length=60)
    # Bytes.
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="copy_digest_is_sha256",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.sha256


class Repudiation(models.Model):
    """
    The word of the person under whose account a seal was made that they did not make
    it. It stands beside the seal and changes nothing of it.
    """

    seal = models.OneToOneField(
        Seal, on_delete=models.PROTECT, related_name="repudiation"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="repudiation_has_a_reason"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.seal_id} {self.at}"
