"""Comments beside the items of a report, and the boxes in which they are typed."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from hazards.models import Answer, TeamKind
from hazards.queries.comments import Comment, Comments
from hazards.rules.deadlines import SHANGHAI

register = template.Library()


class Filter(Protocol):
    """A form that narrows a list: hazards.forms.filters.FilterForm."""

    on: dt.date
    is_used: bool

    def is_valid(self) -> bool:
        """Whether it could be read."""


@register.simple_tag
def queue_filter(form: Filter) -> SafeString:
    """The form that narrows the queue; while it narrows nothing, made once a day."""
    if form.is_used or not form.is_valid():
        return _filter(form)
    return _unused_filter(type(form), form.on, get_language())


@lru_cache(maxsize=8)
def _unused_filter(
    form: Callable[..., Filter], on: dt.date, _language: str | None
) -> SafeString:
    return _filter(form({}, on=on))


def _filter(form: Filter) -> SafeString:
    return render_to_string("hazards/reviews/_filter.html", {"form": form})


class Commenting(Protocol):
    """A form in which comments are typed: hazards.forms.reviews.ReturnForm."""

    def box(self, item: str) -> object:
        """The box beside an item."""


@register.inclusion_tag("hazards/reviews/_comments.html")
def comments_on(comments: Comments | None, item: str) -> dict[str, object]:
    """What the bureau wrote on an item ("statement.scope"); nothing if it did not."""
    return {"comments": (comments or {}).get(item, [])}


@register.inclusion_tag("hazards/reviews/_beside.html", takes_context=True)
def beside(
    context: template.Context, part: str, name: str = "", field: str = ""
) -> dict[str, object]:
    """
    What stands beside an item of a sheet: `comments` on it, and the box of the form
    `commenting`, where the page has them. `part` with `name` is a row of a list, with
    `field` a place in the row: {% beside "hazards" hazard.number "causes" %}.
    """
    item = f"{part}[{name}]" if name else part
    item = f"{item}.{field}" if field else item
    comments: Comments = context.get("comments") or {}
    form: Commenting | None = context.get("commenting")
    return {
        "item": item,
        "comments": comments.get(item, []),
        "box": form.box(item) if form else None,
    }


@register.filter
def in_order(comments: Comments) -> list[Comment]:
    """All comments of a round, one after the other."""
    return [comment for given in comments.values() for comment in given]


@register.filter
def days_before(moment: dt.datetime, now: dt.datetime) -> str:
    """How many days lie between the days of the two instants, in Asia/Shanghai."""
    today, day = (each.astimezone(SHANGHAI).date() for each in (now, moment))
    days = (today - day).days
    if days == 0:
        return _("since today")
    return ngettext("for %(days)s day", "for %(days)s days", days) % {"days": days}


@register.filter
def in_words(value: Any) -> str:
    """A value of the content as people read it: a row by what tells it from others."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return _row_in_words(value)
    if isinstance(value, list):
        separator = pgettext("between the items of a list", ", ")
        return separator.join(in_words(each) for each in value) or "—"
    return _text_in_words(str(value))


def _text_in_words(text: str) -> str:
    for choices in (Answer, TeamKind):
        if text in choices.values:
            return str(choices(text).label)
    try:
        if _DAY.fullmatch(text):
            return date_format(dt.date.fromisoformat(text))
        if _INSTANT.fullmatch(text):
            local = timezone.localtime(dt.datetime.fromisoformat(text))
            return f"{date_format(local)} {local:%H:%M}"
    except ValueError:
        pass  # written like a day, and none
    return text


def _row_in_words(row: Mapping[str, Any]) -> str:
    telling = next(each for each in _TELLING if each[0] in row or each[0] == "name")
    told = [row[key] for key in telling if row.get(key)]
    return " · ".join(in_words(each) for each in told) or "—"


# What is said of a row beside its own number, which the label gives: of a hazard, of an
# answer, of anything else.
_TELLING = (
    ("place", "description"),
    ("answer", "reason"),
    (
        "name",
        "number",
        "started_on",
        "areas",
        "text",
        "signed_in_at",
        "evidence",
        "confirmed_at",
        "sha256",
    ),
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*[+-]\d\d:\d\d")
