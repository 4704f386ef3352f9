"""Words for codes that notices and pages carry."""

import datetime as dt

from django import template
from django.utils import timezone

from accounts.models import Capacity, Role

register = template.Library()


@register.filter
def role_name(code: str) -> str:
    """The role's word in the language active now; the code itself if unknown."""
    return str(Role(code).label) if code in Role.values else code


@register.filter
def capacity_name(code: str) -> str:
    """As whom a member sits in the team."""
    return str(Capacity(code).label) if code in Capacity.values else code


@register.filter
def beijing(text: str) -> str:
    """An instant written as ISO 8601, as 2026-04-10 09:30 in Asia/Shanghai."""
    moment = timezone.localtime(dt.datetime.fromisoformat(text))
    return f"{moment:%Y-%m-%d %H:%M}"
