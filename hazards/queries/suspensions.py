"""Declared stops: those of an enterprise, and those that wait for a bureau."""

from dataclasses import dataclass

from accounts.models import Acting
from accounts.queries.paging import PAGE_SIZE, after_row
from hazards.models import Suspension


@dataclass(frozen=True)
class SuspensionPage:
    """Some stops, and where the next page begins."""

    rows: list[Suspension]
    next_after: str


def suspension_page(
    acting: Acting, *, answered: bool = False, after: str = ""
) -> SuspensionPage:
    """
    The enterprise's stops, newest first; for a bureau, of the enterprises that it sees,
    those without an answer, the longest wait first, or those with one, newest first.
    """
    rows = Suspension.objects.visible_to(acting).select_related("enterprise")
    if acting.enterprise is not None:
        ordered = after_row(rows, "from_on", "id", after=after, newest_first=True)
    elif answered:
        rows = rows.filter(confirmed__isnull=False)
        ordered = after_row(rows, "answered_at", "id", after=after, newest_first=True)
    else:
        waiting = rows.filter(confirmed__isnull=True)
        ordered = after_row(waiting, "declared_at", "id", after=after)
    found = list(ordered[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return SuspensionPage(shown, str(shown[-1].public_id) if more else "")
