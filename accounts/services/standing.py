"""
Whether what a notice says still stands when it is to leave the portal. The app that
owns a kind of notice registers, in its `AppConfig.ready`, a function for it; of kinds
without one nothing is asked.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.urls import reverse

from accounts.models import Invitation, Notice
from accounts.services import tokens

Check = Callable[[Sequence[Notice]], Mapping[int, str | None]]
"""
Takes notices of its kind; returns for each `pk` the text to send, or None where it was
overtaken. It is asked for a claimed batch, and again for each notice right before it
goes: let it be one query by an index.
"""

log = logging.getLogger(__name__)

_checks: Final[dict[str, Check]] = {}


def register(kind: str, check: Check) -> None:
    """Let the notices of a kind be asked about before they go."""
    _checks[kind] = check


def is_asked(notice: Notice) -> bool:
    """Tell whether notices of this kind are asked about."""
    return notice.kind in _checks


def text_of(notice: Notice) -> str | None:
    """Return what to send now, or None if the notice was overtaken."""
    check = _checks.get(notice.kind)
    return check([notice])[notice.pk] if check else notice.body


def overtaken(notices: Sequence[Notice]) -> set[int]:
    """Return the `pk` of those that were overtaken, asking once for each kind."""
    gone = set()
    for kind, check in _checks.items():
        asked = [notice for notice in notices if notice.kind == kind]
        if asked:
            texts = _answered(check, asked)
            gone |= {each.pk for each in asked if texts.get(each.pk, "") is None}
    return gone


def _answered(check: Check, notices: Sequence[Notice]) -> Mapping[int, str | None]:
    try:
        return check(notices)
    except DatabaseError:
        raise
    except Exception:
        # One of them is at fault: each is asked alone before it goes.
        log.exception("notices of a kind cannot be asked together")
        return {}


def invitations(notices: Sequence[Notice]) -> Mapping[int, str | None]:
    """
    The texts of invitations, each with the link that lets in, which the database does
    not hold; none for what was answered, withdrawn or sent again meanwhile.
    """
    rows = Invitation.objects.filter(
        public_id__in=[notice.parameters["invitation"] for notice in notices],
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
    )
    found = {(str(row.public_id), row.times_sent): row for row in rows}
    texts: dict[int, str | None] = {}
    for notice in notices:
        said = notice.parameters
        row = found.get((said["invitation"], said["times_sent"]))
        texts[notice.pk] = f"{notice.body}\n\n{_link(row)}" if row else None
    return texts


def _link(invitation: Invitation) -> str:
    path = reverse("accept-invitation", args=[tokens.of_invitation(invitation)])
    return f"{settings.PORTAL_URL.rstrip('/')}{path}"
