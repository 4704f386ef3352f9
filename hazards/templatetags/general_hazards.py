"""How general hazards are shown."""

import datetime as dt

from django import template
from django.utils.translation import gettext as _

from hazards.models import GeneralHazard
from hazards.rules.lives import is_overdue

register = template.Library()


@register.inclusion_tag("components/status_badge.html")
def general_badge(hazard: GeneralHazard, *, on: dt.date) -> dict[str, str]:
    """How it stands on the day."""
    if hazard.rectified_at is not None:
        return {"kind": "good", "label": _("eliminated")}
    if hazard.struck_at is not None:
        return {"kind": "neutral", "label": _("struck out")}
    if hazard.raised_at is not None:
        return {"kind": "attention", "label": _("graded up to major")}
    if is_overdue(hazard.due_on, on=on):
        return {"kind": "bad", "label": _("past its deadline")}
    return {"kind": "waiting", "label": _("open")}
