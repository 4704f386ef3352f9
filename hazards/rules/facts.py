"""
What a determination is made from: what an enterprise filed and did, and one finding.

Names are those of a facts file (`hazards.rules.facts_files`). Instants carry a zone;
days are days in Asia/Shanghai. Nothing here knows when it is read: what had been
received by the cut-off is told apart in `hazards.rules.record`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hazards.rules.obligations import Suspension
from hazards.rules.policies import PolicyValue
from hazards.rules.quarters import Quarter

VISITS: Final = (
    "planned",
    "special",
    "complaint",
    "transfer",
    "data_alert",
    "recheck",
    "guidance",
)
REGULATORS: Final = ("emergency", "other")
VERDICTS: Final = ("same", "part", "unclear", "different", "none")
GRADES: Final = ("major", "general")
REPORT_STATES: Final = ("received", "returned", "accepted")
PLAN_ELEMENTS: Final = (
    "goals",
    "measures",
    "funds",
    "responsible",
    "schedule",
    "emergency",
)
"""The six elements of a treatment plan (安监总局令第16号 art. 15)."""

SINCE_EVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)
"""When a suspension was declared of which no instant is known: before any cut-off."""


@dataclass(frozen=True, slots=True)
class WaiverFacts:
    """The bureau's word that a quarter is not asked for; counts whenever given."""

    quarter: Quarter


@dataclass(frozen=True, slots=True)
class PrincipalTerm:
    """Who was principal, both days included; no `to_on` = still is."""

    person: str
    from_on: dt.date
    to_on: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Say whether the day lies in the term."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class EnterpriseFacts:
    """
    Who is judged. A suspension that the bureau refused is left out; one declared at
    `SINCE_EVER` was declared before any cut-off.
    """

    established_on: dt.date
    responsible_bureau: str
    suspensions: tuple[Suspension, ...] = ()
    waivers: tuple[WaiverFacts, ...] = ()
    principals: tuple[PrincipalTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class InspectionFacts:
    """
    An inspection of the enterprise's own. `internal`: by its own team, not by
    outsiders alone. `took_part` is None where nobody recorded who did.
    """

    id: str
    held_on: dt.date
    ended_on: dt.date
    """The same day, but of an inspection of several days."""
    internal: bool
    took_part: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A quarterly report as it was received; `inspections` are ids of inspections."""

    quarter: Quarter
    inspections: tuple[str, ...]
    received_at: dt.datetime
    signed_by: str | None = None


@dataclass(frozen=True, slots=True)
class ExtensionFacts:
    """More time asked for. Neither approved nor refused = undecided."""

    asked_at: dt.datetime
    due_on: dt.date
    approved_at: dt.datetime | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class HazardFacts:
    """A hazard on the enterprise's own record, from the explicit act of registering."""

    id: str
    found_at: dt.datetime
    registered_at: dt.datetime
    graded: str = "major"
    """One of `GRADES`."""
    reported_at: dt.datetime | None = None
    """The server's receipt of the first report; None = never reported."""
    reported_to: str | None = None
    report_state: str = "received"
    """One of `REPORT_STATES`."""
    signed_by: str | None = None
    plan: tuple[str, ...] = ()
    """Some of `PLAN_ELEMENTS`."""
    planned_at: dt.datetime | None = None
    """Receipt of the first plan with all six elements."""
    interim_measures: bool = False
    due_on: dt.date | None = None
    """The deadline of that plan."""
    extensions: tuple[ExtensionFacts, ...] = ()
    progress: tuple[dt.datetime, ...] = ()
    accepted_at: dt.datetime | None = None
    """When the enterprise accepted the rectification."""
    closed_at: dt.datetime | None = None
    """When it was closed (销号)."""


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """Whether the finding is a hazard of the record, as a person answered it."""

    hazard: str | None
    verdict: str
    """One of `VERDICTS`; ``same`` names a hazard."""


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """One finding of a bureau's spot check; None = nobody has said."""

    found_at: dt.datetime
    visit: str
    """One of `VISITS`."""
    major: bool
    """Whether it meets a criterion of a major hazard."""
    arrival_at: dt.datetime | None = None
    notice_at: dt.datetime | None = None
    regulator: str = "emergency"
    """One of `REGULATORS`."""
    match: MatchFacts | None = None
    measures_effective: bool | None = None
    existed_at_last_inspection: bool | None = None
    falsified: bool = False
    stop_order_defied: bool = False
    accident: bool = False


@dataclass(frozen=True, slots=True)
class QuarterOnRecord:
    """
    What was fixed for a quarter when it began: goes before policy and calendar.
    """

    due_on: dt.date | None = None
    """The last day in time."""
    first_quarter: Quarter | None = None
    """The policy of that name on the quarter's first day."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one determination is made from."""

    name: str
    enterprise: EnterpriseFacts
    finding: FindingFacts
    inspections: tuple[InspectionFacts, ...] = ()
    reports: tuple[ReportFacts, ...] = ()
    hazards: tuple[HazardFacts, ...] = ()
    decided_on: dt.date | None = None
    """The day whose rulebook is compared; None = the day of the finding."""
    policy: Mapping[str, PolicyValue] = field(default_factory=dict)
    """The policies that differ from their defaults."""
    quarters: Mapping[Quarter, QuarterOnRecord] = field(default_factory=dict)
