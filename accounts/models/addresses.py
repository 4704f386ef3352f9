"""By which ways a person is told, and what they would rather not be told."""

import uuid
from urllib.parse import urlsplit

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import never_truncated, noted_for_whoever_employs


class Channel(models.TextChoices):
    """The way by which a notice goes."""

    INBOX = "inbox", _("portal inbox")
    EMAIL = "email", _("e-mail")
    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")
    FEISHU = "feishu", _("Feishu robot")
    WEBHOOK = "webhook", _("webhook")
    SMS = "sms", _("text message")


OUTSIDE = (
    Channel.WECOM,
    Channel.DINGTALK,
    Channel.FEISHU,
    Channel.WEBHOOK,
    Channel.SMS,
)
"""The channels that a person adds; e-mail follows the address of the account."""


class OutsideAddress(models.Model):
    """
    A place outside the portal at which a person asks to be told: a robot of a chat
    group, a webhook, or the mobile number of the account. Whoever has the `url` can
    write there, so no page shows it again; it is ended, never edited.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="outside_addresses",
    )
    kind = models.CharField(
        max_length=10, choices=[(each.value, each.label) for each in OUTSIDE]
    )
    # Empty for text messages, which follow the mobile number of the account.
    url = models.CharField(max_length=500, blank=True)
    # With which the robot or the receiver checks who writes.
    secret = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "url"],
                condition=Q(ended_at__isnull=True),
                name="outside_address_is_added_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("added_at")),
                name="outside_address_ends_after_it_was_added",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="address_ended_never_edited",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
                       OR to_jsonb(NEW) - 'ended_at' <> to_jsonb(OLD) - 'ended_at'
                    THEN
                        RAISE EXCEPTION 'an address is ended once, never edited';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
            noted_for_whoever_employs("user_id", operation=pgtrigger.Insert),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def shown(self) -> str:
        """What a page shows of the URL: its host and its last four characters."""
        return f"{urlsplit(self.url).hostname} …{self.url[-4:]}" if self.url else ""


class Mute(models.Model):
    """A kind of reminder that a person asked to be spared; the final ones still go."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mutes"
    )
    kind = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], name="mute_is_one_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
