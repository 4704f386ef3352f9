"""Words of the clock's page."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hazards.models import Scan
from hazards.queries.vitals import COUNTED_UP_TO

register = template.Library()


@register.simple_tag
def some(count: int) -> str:
    """A count, and that it is at least so many where counting ended."""
    if count < COUNTED_UP_TO:
        return str(count)
    return _("%(count)s or more") % {"count": count}


@register.simple_tag
def run_counts(run: Scan) -> str:
    """What a run did; what it did not do is left out."""
    counts = (
        (run.opened, _("opened")),
        (run.moved, _("moved")),
        (run.flags_raised, _("flags raised")),
        (run.flags_settled, _("flags settled")),
        (run.reminders, _("reminders")),
        (run.notices, _("messages")),
        (run.parked, _("parked")),
        (run.faults, _("faults")),
    )
    said = [f"{word} {count}" for count, word in counts if count]
    return pgettext("list", ", ").join(said) if said else _("nothing to do")
