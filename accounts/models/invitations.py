"""Ways in: invitations, and recovery without e-mail."""

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.bureaus import Bureau
from accounts.models.enterprises import Enterprise
from accounts.models.memberships import Capacity, Membership, Role

if TYPE_CHECKING:
    from accounts.models.acting import Acting


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by who looks."""

    def visible_to(self, acting: "Acting") -> Self:
        """
        Those into one's own organisation; for a bureau also those into the enterprises
        it sees; for an operator those into bureaus.
        """
        if acting.enterprise is not None:
            return self.filter(enterprise=acting.enterprise)
        if acting.bureau is not None:
            return self.filter(
                Q(bureau=acting.bureau)
                | Q(enterprise__in=Enterprise.objects.visible_to(acting))
            )
        return self.filter(bureau__isnull=False)


class Invitation(models.Model):
    """
    An offer of one role to whoever holds a mobile number or an e-mail address. Only
    the SHA-256 of its latest token is kept; sending it again voids the one before.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(max_length=20, choices=Role)
    capacity = models.CharField(max_length=20, choices=Capacity, blank=True)
    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
    )
    bureau = models.ForeignKey(
        Bureau,
        on_delete=models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
    )
    certificate_number = models.CharField(max_length=40, blank=True)
    full_name = models.CharField(max_length=60)
    mobile = models.CharField(max_length=11, blank=True)
    email = models.EmailField(blank=True)
    starts_on = models.DateField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_as = models.OneToOneField(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(mobile="", email=""), name="invitation_binds_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_as__isnull=True)
                | Q(accepted_at__isnull=False, accepted_as__isnull=False),
                name="invitation_accepted_at_and_as_both_or_neither",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_is_accepted_or_withdrawn_not_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.sent_at}"


class RecoveryLink(models.Model):
    """
    A one-time way back in for a person who lost the password or second factor, issued
    by the bureau after it has made sure who asks (`identity_check` says how).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="recovery_links",
    )
    token_sha256 = models.CharField(max_length=64, unique=True)
    identity_check = models.CharField(max_length=300)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("issued_at")),
                name="recovery_link_expires_after_issue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issued_at}"
