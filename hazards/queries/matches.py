"""What stands of the comparison of a finding with the enterprise's record."""

from collections.abc import Iterable, Mapping

from hazards.models import (
    ABSENT,
    Finding,
    FindingMatch,
    MatchVerdict,
    OnRecord,
)

Standing = tuple[MatchVerdict, OnRecord | None]


def standing_match(finding: Finding) -> Standing | None:
    """The verdict that counts, see `standing_matches`; 1 query."""
    return standing_matches([finding.pk]).get(finding.pk)


def standing_matches(findings: Iterable[int]) -> Mapping[int, Standing]:
    """
    The verdict that counts of each of these findings (keys), with its hazard: that of
    the latest comparison. That nothing on record is the hazard counts once a second
    person has agreed. A finding without one that counts is left out; 1 query.
    """
    latest = (
        FindingMatch.objects.filter(finding__in=list(findings))
        .select_related("hazard", "general", "second")
        .order_by("finding", "-id")
        .distinct("finding")
    )
    return {
        match.finding_id: (MatchVerdict(match.verdict), match.record)
        for match in latest
        if counts(match)
    }


def counts(match: FindingMatch) -> bool:
    """Whether a comparison is settled; expects `second` loaded."""
    if match.verdict not in ABSENT:
        return True
    second = getattr(match, "second", None)
    return second is not None and second.agrees
