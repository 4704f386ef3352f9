"""What was said to whom and why, and how far it got."""

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.addresses import Channel, OutsideAddress
from accounts.models.bureaus import Bureau
from accounts.models.dated import append_only, never_truncated
from accounts.models.enterprises import Enterprise

if TYPE_CHECKING:
    from accounts.models.users import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices by who looks."""

    def visible_to(self, user: "User") -> Self:
        """A person's own notices, whatever membership they act under."""
        return self.filter(recipient=user)


class Notice(models.Model):
    """
    A message to one person, or to an address whose holder has no account yet; its
    words never change. `key` says what it answers: a second notice for the same cause
    is refused by its uniqueness.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="notices",
        null=True,
        blank=True,
    )
    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        related_name="notices",
        null=True,
        blank=True,
    )
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="notices", null=True, blank=True
    )
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    # A path of this portal that shows what the notice is about.
    path = models.CharField(max_length=300, blank=True)
    parameters = models.JSONField(default=dict)
    at = models.DateTimeField()

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-at", "-id"], name="notice_by_recipient")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.key


class DeliveryState(models.TextChoices):
    """How far a notice got on one channel."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    READ = "read", _("read")
    PARKED = "parked", _("given up")


class Trouble(models.TextChoices):
    """Why a notice has not got out yet, or never will, in people's words."""

    ADDRESS = "address", _("the receiving server does not know the address")
    REFUSED = "refused", _("the receiving server refused it")
    AWAY = "away", _("the receiving server did not answer")
    UNCLEAR = (
        "unclear",
        _("the connection broke while it was handed over, so it may have arrived"),
    )
    INTERNAL = "internal", _("the address leads into an internal network")
    OVERTAKEN = "overtaken", _("it was no longer needed")
    ENDED = "ended", _("the address was removed")
    NOT_OFFERED = "not_offered", _("the portal does not use this channel")
    FAULTY = "faulty", _("the portal could not write it")


class Delivery(models.Model):
    """
    One notice on one channel to one address. A worker claims rows with SKIP LOCKED
    until `claimed_until`; a claim that ran out is free again. `maybe_sent`: it was
    handed over and nobody knows whether it arrived, so that it goes once more at most,
    marked as a repeat.
    """

    # Found by the constraint's index; each further one costs every mark.
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel)
    # An e-mail address, a mobile number, or the public id of `via`, which has the URL.
    address = models.CharField(max_length=254, blank=True)
    via = models.ForeignKey(
        OutsideAddress,
        on_delete=models.PROTECT,
        related_name="deliveries",
        db_index=False,
        null=True,
        blank=True,
    )
    state = models.CharField(
        max_length=10, choices=DeliveryState, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    maybe_sent = models.BooleanField(default=False, db_default=False)
    trouble = models.CharField(
        max_length=12, choices=Trouble, blank=True, default="", db_default=""
    )
    # For the operator; never an address that is a secret.
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "channel", "address"],
                name="delivery_is_one_per_address",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "read"]) | Q(sent_at__isnull=False),
                name="delivery_sent_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_try_at", "id"],
                name="delivery_waiting_by_channel",
                condition=Q(state="waiting"),
            ),
            # Few, and told to operators: never looked for among all.
            models.Index(
                fields=["id"], name="delivery_given_up", condition=Q(state="parked")
            ),
        ]
        triggers = [never_truncated()]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel} {self.state}"
