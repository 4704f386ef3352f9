"""Did the report come between the notice of the check and the arrival?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from when the report was received, also at the cut-off or later."""
    if not case.came_in_notice_window:
        return NO
    hazard, finding = case.same, case.finding
    on_site = finding.arrival_at is not None and (
        hazard.reported_at is not None and hazard.reported_at >= finding.arrival_at
    )
    return Said(
        holds=True,
        params={
            "hazard": hazard.id,
            "reported_at": hazard.reported_at,
            "from_at": finding.arrival_at if on_site else finding.notice_at,
            "until_at": (None if on_site else finding.arrival_at) or finding.found_at,
        },
        records=case.same_link,
    )
