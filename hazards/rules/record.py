"""
The record as it stood at the cut-off: what the questions of the rulebook read.

Only what the server had received strictly before the cut-off exists.
"""

from hazards.rules.hazard_record import HazardRecord
from hazards.rules.quarter_record import QuarterRecord


class Case(HazardRecord, QuarterRecord):
    """One finding with the record as it stood, under the policies of the facts."""

    __slots__ = ()
