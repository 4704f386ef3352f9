"""Photos and documents, kept under the digest of their bytes."""

import uuid
from functools import reduce
from operator import or_
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Enterprise, Membership
from accounts.models.dated import never_truncated


class MediaType(models.TextChoices):
    """What is kept; uploads of other kinds are converted or refused."""

    JPEG = "image/jpeg", _("photo")
    PNG = "image/png", _("image")
    PDF = "application/pdf", _("PDF document")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Attachments by who looks."""

    def visible_to(self, acting: Acting) -> Self:
        """
        The enterprise's own. A bureau sees what a received version of a report that it
        may see shows, the scans of papers that it received, the evidence of what is
        done about hazards that it sees, and what belongs to spot checks that it sees.
        """
        # Their models import this one.
        from hazards.models.determinations import ObjectionFile  # noqa: PLC0415
        from hazards.models.findings import FindingPhoto  # noqa: PLC0415
        from hazards.models.hazards import HazardPhoto, MajorHazard  # noqa: PLC0415
        from hazards.models.lives import HazardActFile  # noqa: PLC0415
        from hazards.models.relief import Suspension  # noqa: PLC0415
        from hazards.models.reports import SelfInspectionReport  # noqa: PLC0415
        from hazards.models.reviews import PaperReceipt  # noqa: PLC0415
        from hazards.models.spot_checks import SignedOpinion, SpotCheck  # noqa: PLC0415

        if acting.enterprise is not None:
            return self.filter(enterprise=acting.enterprise)
        if acting.bureau is None:
            return self.none()
        reports = SelfInspectionReport.objects.visible_to(acting)
        shown = HazardPhoto.objects.filter(
            attachment=OuterRef("pk"),
            version__sealed_at__isnull=False,
            version__report__in=reports,
        )
        scanned = PaperReceipt.objects.filter(
            scan=OuterRef("pk"), version__report__in=reports
        )
        stopped = Suspension.objects.visible_to(acting).filter(evidence=OuterRef("pk"))
        acted = HazardActFile.objects.filter(
            attachment=OuterRef("pk"),
            act__hazard__in=MajorHazard.objects.visible_to(acting),
        )
        checks = SpotCheck.objects.visible_to(acting)
        found = FindingPhoto.objects.filter(
            attachment=OuterRef("pk"), finding__spot_check__in=checks
        )
        signed = SignedOpinion.objects.filter(
            attachment=OuterRef("pk"), spot_check__in=checks
        )
        objected = ObjectionFile.objects.filter(
            attachment=OuterRef("pk"), objection__finding__spot_check__in=checks
        )
        shows = (shown, scanned, stopped, acted, found, signed, objected)
        return self.filter(reduce(or_, map(Exists, shows), Q()))


class Attachment(models.Model):
    """
    A file as it is kept: re-encoded, checked, stored under the SHA-256 of its bytes
    before this row was committed. `original_name` is for people's eyes only and never
    part of a path or a header. Retention: five years from closure at least.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="attachments"
    )
    sha256 = models.CharField(max_length=64)
    # Of the small picture kept beside an image, for pages; a document has none.
    preview_sha256 = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=20, choices=MediaType)
    # Bytes as stored.
    size = models.PositiveIntegerField()
    # Pixels of an image; pages of a document.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    original_name = models.CharField(max_length=200)
    # Where the photo was taken stays in it only if the team asked for that.
    keeps_position = models.BooleanField(default=False)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "sha256"],
                name="attachment_is_kept_once_per_enterprise",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="attachment_digest_is_sha256",
            ),
            models.CheckConstraint(
                condition=Q(preview_sha256__regex=r"^([0-9a-f]{64})?$"),
                name="attachment_preview_digest_is_sha256",
            ),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="attachment_by_digest"),
            models.Index(fields=["preview_sha256"], name="attachment_by_preview"),
        ]
        triggers = [
            # What refers to it keeps it from being deleted; unused ones may go.
            pgtrigger.Protect(name="attachment_is_kept", operation=pgtrigger.Update),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.sha256
