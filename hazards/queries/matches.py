"""What stands of the comparison of a finding with the enterprise's record."""

import datetime as dt
from collections.abc import Iterable, Mapping

from hazards.models import (
    ABSENT,
    Finding,
    FindingMatch,
    MatchSecond,
    MatchVerdict,
    OnRecord,
)

Standing = tuple[MatchVerdict, OnRecord | None]


def standing_match(
    finding: Finding, *, at: dt.datetime | None = None
) -> Standing | None:
    """The verdict that counts, see `standing_matches`; 1 query."""
    return standing_matches([finding.pk], at=at).get(finding.pk)


def standing_matches(
    findings: Iterable[int], *, at: dt.datetime | None = None
) -> Mapping[int, Standing]:
    """
    The verdict that counts of each of these findings (keys), with its hazard: that of
    the latest comparison. That nothing on record is the hazard counts once a second
    person has agreed. A finding without one that counts is left out; 1 query.

    :param at: what was said after this instant is left out; nothing is by default
    """
    until = {} if at is None else {"at__lte": at}
    latest = (
        FindingMatch.objects.filter(finding__in=list(findings), **until)
        .select_related("hazard", "general", "second")
        .order_by("finding", "-id")
        .distinct("finding")
    )
    return {
        match.finding_id: (MatchVerdict(match.verdict), match.record)
        for match in latest
        if counts(match, at=at)
    }


def counts(match: FindingMatch, *, at: dt.datetime | None = None) -> bool:
    """Whether a comparison is settled, by that instant; expects `second` loaded."""
    if match.verdict not in ABSENT:
        return True
    second: MatchSecond | None = getattr(match, "second", None)
    if second is None or (at is not None and second.at > at):
        return False
    return second.agrees
