"""A delivery as the letter that leaves the portal."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.channels.letter import Letter
from accounts.models import Delivery, OutsideAddress


def written(delivery: Delivery, text: str) -> Letter:
    """Write a delivery's letter with the text that stands now."""
    notice, via = delivery.notice, delivery.via
    if delivery.maybe_sent:
        with translation.override(notice.language):
            repeated = _(
                "You may have had this notice already: the connection broke when it "
                "was sent the first time."
            )
        text = f"{repeated}\n\n{text}"
    base = settings.PORTAL_URL.rstrip("/")
    return Letter(
        key=str(notice.public_id),
        kind=notice.kind,
        at=notice.at,
        subject=notice.subject,
        text=text,
        link=f"{base}{notice.path}" if notice.path else "",
        address=via.url if via is not None and via.url else delivery.address,
        secret=via.secret if via is not None else "",
        is_repeat=delivery.maybe_sent,
    )


def is_ended(via: OutsideAddress) -> bool:
    """Ask whether the person has removed the address meanwhile."""
    return OutsideAddress.objects.filter(pk=via.pk, ended_at__isnull=False).exists()
