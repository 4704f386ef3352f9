"""What was signed, byte for byte, and the chain that holds it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, Enterprise, Membership
from accounts.models.dated import append_only
from hazards.models.reports import ReportVersion


class SealKind(models.TextChoices):
    """By which act a version was sealed, or what was added to it later."""

    SIGNED = "signed", _("signed by the principal")
    UNSIGNED = "unsigned", _("lodged unsigned by the team leader")
    PAPER = "paper", _("received on paper, entered by the bureau")
    # The principal's later signature under a version received without it.
    LATER_SIGNATURE = "later_signature", _("signed later by the principal")


class Seal(models.Model):
    """
    A sealed act on a version: the exact bytes that were shown (`content`, canonical
    JSON in the notation named by `seal_format`), their SHA-256, the statement made, who
    made it, and the receipt. Server time, but for paper: there `received_at` is the
    officer's word, `signed_at` the server's time of giving it.
    """

    version = models.ForeignKey(
        ReportVersion, on_delete=models.PROTECT, related_name="seals"
    )
    kind = models.CharField(max_length=20, choices=SealKind, default=SealKind.SIGNED)
    # Of a later signature: what it was put under and by whom, as the bytes say it.
    frame = models.JSONField(null=True, blank=True)
    seal_format = models.CharField(max_length=30)
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    statement_key = models.CharField(max_length=60)
    statement = models.TextField()
    signed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="seals"
    )
    signed_at = models.DateTimeField()
    # How the signer proved who they were: "password" or "totp".
    factor = models.CharField(max_length=20)
    receipt_number = models.CharField(max_length=40, unique=True)
    received_at = models.DateTimeField()
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="seals")
    # The due instant as reckoned at receipt, and whether this receipt kept it; none
    # for a plan.
    due_at = models.DateTimeField(null=True, blank=True)
    due_is_provisional = models.BooleanField(default=False)
    in_time = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(content_sha256__regex=r"^[0-9a-f]{64}$"),
                name="seal_digest_is_sha256",
            ),
            models.CheckConstraint(
                condition=Q(in_time=True, received_at__lte=models.F("due_at"))
                | Q(in_time=False, received_at__gt=models.F("due_at"))
                | Q(in_time__isnull=True, due_at__isnull=True),
                name="seal_in_time_agrees_with_its_instants",
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=~Q(kind="later_signature"),
                name="version_is_received_once",
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(kind="later_signature"),
                name="version_is_signed_later_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="later_signature", frame__isnull=False)
                | (~Q(kind="later_signature") & Q(frame__isnull=True)),
                name="later_signature_has_a_frame_of_its_own",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.receipt_number


class ChainEntry(models.Model):
    """
    A link of an enterprise's own chain. `entry_sha256` is the SHA-256 of the canonical
    JSON of every column of the seal, the ordinal and the entry before, so that a
    changed, missing or reordered seal shows.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="chain"
    )
    ordinal = models.PositiveIntegerField()
    seal = models.OneToOneField(
        Seal, on_delete=models.PROTECT, related_name="chain_entry"
    )
    previous_sha256 = models.CharField(max_length=64, blank=True)
    entry_sha256 = models.CharField(max_length=64, unique=True)
    # What was hashed beside the content, so that a changed column can be named; empty
    # for the entries of the first format.
    envelope = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "ordinal"],
                name="chain_ordinal_is_one_per_enterprise",
            ),
            models.CheckConstraint(
                condition=Q(ordinal=1, previous_sha256="")
                | (Q(ordinal__gt=1) & ~Q(previous_sha256="")),
                name="chain_entry_names_the_one_before",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.enterprise_id} #{self.ordinal}"
