"""Whether a digest that is about to leave is still about anything (promise R10)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from accounts.models import Notice
from hazards.models import OWED, ReminderLine


def standing_texts(notices: Sequence[Notice]) -> Mapping[int, str | None]:
    """
    For each digest (by its key) what it says of duties that are owed as of now; None
    where all were done, or taken away, since it was written. One query.
    """
    owed: dict[int | None, dict[str, bool]] = defaultdict(dict)
    lines = ReminderLine.objects.filter(notice__in=notices).values_list(
        "notice_id", "text", "reminder__obligation__outlook"
    )
    for notice, text, outlook in lines:
        # One text may speak of several enterprises: it stands as long as one owes.
        owed[notice][text] = owed[notice].get(text, False) or outlook in OWED
    return {notice.pk: _of(notice, owed[notice.pk]) for notice in notices}


def _of(notice: Notice, owed: Mapping[str, bool]) -> str | None:
    if owed and not any(owed.values()):
        return None
    text: str = notice.body
    for said, is_owed in owed.items():
        if not is_owed:
            text = text.replace(f"\n\n{said}", "", 1)
    return text
