"""Who did what, under which membership, when."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from accounts.models.bureaus import Bureau
from accounts.models.dated import append_only
from accounts.models.enterprises import Enterprise
from accounts.models.memberships import Membership

if TYPE_CHECKING:
    from accounts.models.acting import Acting


class EventQuerySet(models.QuerySet["Event"]):
    """Events by what they happened to."""

    def about(self, subject: models.Model) -> Self:
        """The events of one thing, oldest first."""
        return self.filter(
            subject_kind=subject._meta.model_name, subject_id=subject.pk
        ).order_by("at", "id")

    def visible_to(self, acting: "Acting") -> Self:
        """Those about enterprises that the person sees, and of the own bureau."""
        return self.filter(
            models.Q(enterprise__in=Enterprise.objects.visible_to(acting))
            | models.Q(bureau=acting.bureau, bureau__isnull=False)
        )


class Event(models.Model):
    """
    An act, written in the transaction of the act and never changed. No `by` = the
    portal itself (the clock). `action` and `parameters` are codes; `note` is what the
    person wrote, in their own words.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        related_name="events",
        null=True,
        blank=True,
    )
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="events", null=True, blank=True
    )
    note = models.TextField(blank=True)
    parameters = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_kind", "subject_id", "at"], name="event_by_subject"
            ),
            models.Index(fields=["enterprise", "at"], name="event_by_enterprise"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.action} {self.at}"
