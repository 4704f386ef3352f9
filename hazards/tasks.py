"""Jobs: each reads the clock, makes one call, and may run twice without harm."""

from celery import shared_task
from django.utils import timezone

from accounts.services import deliveries


@shared_task
def deliver_notices(**_: object) -> None:
    """Send a batch of the mails that wait."""
    deliveries.deliver_waiting(at=timezone.now())
