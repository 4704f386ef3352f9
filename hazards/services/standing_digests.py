"""What a digest still has to say when it is to leave the portal."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from accounts.models import Notice
from hazards.models import OWED, Reminder, ReminderLine
from hazards.services.hazard_reminding import gone_among


def still_owed(digests: Sequence[Notice]) -> Mapping[int, str | None]:
    """
    The text of each digest without what was done since it was written; none where all
    of it was. A sentence about several enterprises or hazards stays until all of them
    are done.
    """
    standing: dict[int, set[str]] = defaultdict(set)
    gone: dict[int, set[str]] = defaultdict(set)
    taken = ReminderLine.objects.filter(notice__in=[each.pk for each in digests])
    lines = taken.values_list(
        "notice_id", "text", "reminder_id", "reminder__obligation__outlook"
    )
    of_hazards = {reminder for _, _, reminder, outlook in lines if outlook is None}
    settled = _settled(of_hazards) if of_hazards else set()
    for notice, text, reminder, outlook in lines:
        stands = reminder not in settled if outlook is None else outlook in OWED
        (standing if stands else gone)[notice or 0].add(text)
    return {
        each.pk: _without(each.body, gone[each.pk] - standing[each.pk])
        if standing[each.pk]
        else None
        for each in digests
    }


def _without(body: str, texts: set[str]) -> str:
    return "\n\n".join(part for part in body.split("\n\n") if part not in texts)


def _settled(reminders: Collection[int]) -> set[int]:
    rows = Reminder.objects.filter(pk__in=reminders).select_related("hazard")
    return gone_among(list(rows))
