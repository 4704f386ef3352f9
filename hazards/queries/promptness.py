"""How soon a hazard was reported, beside the bureau's number for prompt (及时)."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Bureau
from hazards.models import ReportKind, Seal, SelfInspectionReport
from hazards.queries.policies import Standing, standing
from hazards.rules.lives import day_of, report_due
from hazards.rules.policies import definition

_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Promptness:
    """
    The time between discovery and receipt, or until now. `until` itself is still
    prompt. What was received keeps the number that it was received under; `policy` is
    whence the number comes.
    """

    found_at: dt.datetime
    until: dt.datetime
    # The receipt, or the moment of the page as long as there is none.
    at: dt.datetime
    is_received: bool
    policy: Standing

    @property
    def passed(self) -> int:
        """Whole hours since it was found."""
        return max(self.at - self.found_at, dt.timedelta()) // _HOUR

    @property
    def hours(self) -> int:
        """The bureau's number."""
        return (self.until - self.found_at) // _HOUR

    @property
    def is_prompt(self) -> bool:
        """Whether it came, or would come now, within the hours."""
        return self.at <= self.until


def promptness(
    report: SelfInspectionReport,
    *,
    bureau: Bureau | None,
    at: dt.datetime,
    receipt: Seal | None = None,
) -> Promptness | None:
    """
    How prompt the report of a hazard is; None of any other, and where nobody receives.
    At most two queries.

    :param bureau: which receives it, as long as it was not received
    :param receipt: its first receipt, if there is one
    """
    if report.kind != ReportKind.HAZARD or report.hazard is None:
        return None
    bureau = receipt.bureau if receipt else bureau
    if bureau is None:
        return None
    found_at = report.hazard.found_at
    policy = standing(bureau, definition("prompt_report_hours"), on=day_of(found_at))
    until = receipt.due_at if receipt else None
    return Promptness(
        found_at=found_at,
        until=until or report_due(found_at, hours=int(str(policy.value))),
        at=receipt.received_at if receipt else at,
        is_received=receipt is not None,
        policy=policy,
    )
