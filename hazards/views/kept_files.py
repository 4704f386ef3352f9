"""A file sent with a form: kept at once, so that it outlives whatever else is wrong."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from accounts.permissions import RefusedError
from accounts.views.access import ActingRequest
from hazards.models import Attachment
from hazards.services import attachments


def take(
    request: ActingRequest,
    enterprise: Enterprise,
    *,
    upload: Any,
    named: UUID | str | None,
) -> Attachment:
    """
    Keep the upload, or find the file of an earlier try that the form names.

    :raises RefusedError: if the file cannot be taken, or is no longer there
    """
    if upload:
        return attachments.keep(
            upload, enterprise=enterprise, by=request.acting, at=timezone.now()
        )
    kept = _own(request, enterprise, named)
    if kept is None:
        raise RefusedError(_("The file is no longer kept: choose it again."))
    return kept


def kept_before(request: ActingRequest, enterprise: Enterprise) -> Attachment | None:
    """The file of an earlier try, where something else was wrong this time."""
    return _own(request, enterprise, request.POST.get("kept"))


def _own(
    request: ActingRequest, enterprise: Enterprise, named: UUID | str | None
) -> Attachment | None:
    if not named:
        return None
    try:
        return Attachment.objects.filter(
            enterprise=enterprise,
            public_id=named,
            uploaded_by=request.acting.membership,
        ).first()
    except ValidationError:
        return None
