"""What a digest still has to say when it is to leave the portal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from accounts.models import Notice
from hazards.models import OWED, ReminderLine


def still_owed(digests: Sequence[Notice]) -> Mapping[int, str | None]:
    """
    The text of each digest without what was done since it was written; none where all
    of it was. A sentence about several enterprises stays until all of them are done.
    """
    standing: dict[int, set[str]] = defaultdict(set)
    gone: dict[int, set[str]] = defaultdict(set)
    lines = ReminderLine.objects.filter(notice__in=[each.pk for each in digests])
    for notice, text, outlook in lines.values_list(
        "notice_id", "text", "reminder__obligation__outlook"
    ):
        (standing if outlook in OWED else gone)[notice].add(text)
    return {
        each.pk: _without(each.body, gone[each.pk] - standing[each.pk])
        if standing[each.pk]
        else None
        for each in digests
    }


def _without(body: str, texts: set[str]) -> str:
    return "\n\n".join(part for part in body.split("\n\n") if part not in texts)
