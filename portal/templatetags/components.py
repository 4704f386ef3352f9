"""
The parts that every page is made of, as typed tags. Each says what it means by a word
and a shape, never by colour alone. What a tag shows is handed to it; none asks the
database.
"""

import datetime as dt
import functools
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Literal, Protocol

from django import template
from django.contrib.staticfiles import finders
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from accounts.permissions import Decision
from portal.navigation import NavigationItem, navigation

register = template.Library()

BadgeKind = Literal["neutral", "waiting", "good", "attention", "bad"]

# Five shapes that differ in outline, so that grey print and colour blindness keep them.
BADGE_ICONS: Final = {
    "neutral": "circle",
    "waiting": "hourglass-split",
    "good": "check-circle-fill",
    "attention": "exclamation-triangle-fill",
    "bad": "x-octagon-fill",
}
BUTTON_STYLES: Final = ("primary", "secondary", "quiet", "danger")


class TimelineItem(Protocol):
    """One act: an `accounts.models.Event` with a `label` that the caller has put on."""

    at: dt.datetime
    by: object
    membership: object
    label: str
    note: str


@register.simple_tag
def bracketed(text: object) -> str:
    """A text in brackets, as the reader's language writes them after another text."""
    # Translators: brackets around a name, after another name
    return gettext(" (%(text)s)") % {"text": text}


@register.simple_tag
def icon(name: str) -> SafeString:
    """
    Draw an icon of Bootstrap's set in the text's colour. It is decoration: the word
    stands beside it.

    :raises ValueError: if the set has no icon of that name
    """
    return _icon(name)


@functools.cache
def _icon(name: str) -> SafeString:
    found = finders.find(f"bootstrap-icons/{name}.svg")
    if not isinstance(found, str):
        msg = f"There is no icon named {name!r}."
        raise ValueError(msg)  # noqa: TRY004 - the name is wrong, not its type
    drawing = Path(found).read_text(encoding="utf-8").strip()
    hidden = drawing.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    # The wheel's own file, never a reader's text.
    return mark_safe(hidden)  # noqa: S308


@register.simple_tag
def status_badge(kind: BadgeKind, label: str) -> SafeString:
    """
    Show a state by word, shape and colour. Written here and not in a template, as
    a list shows some for each of its rows.

    :raises ValueError: if the kind is not one of the five
    """
    if kind not in BADGE_ICONS:
        msg = f"A badge is one of {', '.join(BADGE_ICONS)}, not {kind!r}."
        raise ValueError(msg)
    return format_html(
        '<span class="status status-{}">{}<span>{}</span></span>',
        kind,
        _icon(BADGE_ICONS[kind]),
        label,
    )


@register.inclusion_tag("components/decision_button.html", takes_context=True)
def decision_button(
    context: template.Context,
    decision: Decision,
    *,
    url: str,
    label: str,
    tells: str = "",
    style: str = "primary",
    **fields: object,
) -> dict[str, object]:
    """
    A button for what the person may do, or, greyed out, the reason why they may not.

    `tells` says what the button does and whom it tells. Further keywords travel as
    hidden fields.

    :raises ValueError: if the style is unknown
    """
    if style not in BUTTON_STYLES:
        msg = f"A button is one of {', '.join(BUTTON_STYLES)}, not {style!r}."
        raise ValueError(msg)
    return {
        "csrf_token": context.get("csrf_token"),
        "decision": decision,
        "url": url,
        "label": label,
        "tells": tells,
        "style": style,
        "fields": fields,
        "described": f"about-{zlib.crc32(f'{url} {label}'.encode()):x}",
    }


@register.simple_tag
def when(moment: dt.datetime | dt.date | None) -> SafeString:
    """
    Show a moment to the minute in Asia/Shanghai, or a day; a dash for none. The
    machine-readable form keeps the offset.
    """
    if moment is None:
        return format_html('<span class="when-none">{}</span>', "—")
    if isinstance(moment, dt.datetime):
        local = timezone.localtime(moment)
        text = f"{_day(local)} {local:%H:%M}"
        machine = local.isoformat(timespec="seconds")
    else:
        text, machine = _day(moment), moment.isoformat()
    return format_html('<time datetime="{}">{}</time>', machine, text)


def _day(day: dt.date) -> str:
    if (get_language() or "").startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return formats.date_format(day, "j M Y")


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[TimelineItem]) -> dict[str, object]:
    """List what happened, who did it under which role, and what they wrote."""
    return {"events": list(events)}


@register.inclusion_tag("components/page_header.html")
def page_header(
    title: str,
    *,
    over: str = "",
    lead: str = "",
    badge_kind: str = "",
    badge_label: str = "",
) -> dict[str, object]:
    """
    Head a page: its one h1, above it what it belongs to, below it one sentence, and
    beside it the state of the thing.
    """
    return {
        "title": title,
        "over": over,
        "lead": lead,
        "badge_kind": badge_kind,
        "badge_label": badge_label,
    }


@register.inclusion_tag("components/key_figure.html")
def key_figure(
    value: object, label: str, *, note: str = "", url: str = ""
) -> dict[str, object]:
    """One number that matters, what it counts, and where to see the things counted."""
    return {"value": value, "label": label, "note": note, "url": url}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str, text: str = "", *, url: str = "", label: str = ""
) -> dict[str, object]:
    """Say why a list is empty and, where there is one, what to do next."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("components/pager.html")
def pager(*, newer: str = "", older: str = "") -> dict[str, object]:
    """Links to the neighbouring pages of a list ordered by time; nothing if none."""
    return {"newer": newer, "older": older}


@register.inclusion_tag("components/data_list.html")
def data_list(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Facts by name; a dash where there is no value."""
    shown = [(term, "—" if value in (None, "") else value) for term, value in pairs]
    return {"pairs": shown}


@register.inclusion_tag("components/autosave_status.html")
def autosave_status() -> dict[str, object]:
    """The place where a form that saves itself says so. Empty without JavaScript."""
    return {}


@register.inclusion_tag("components/site_navigation.html", takes_context=True)
def site_navigation(context: template.Context) -> dict[str, object]:
    """The desks of the role under which the request acts."""
    request = context.get("request")
    acting = context.get("acting")
    path = getattr(request, "path", "")
    items: list[NavigationItem] = navigation(acting, path=path) if acting else []
    return {"items": items, "label": gettext("Main")}
