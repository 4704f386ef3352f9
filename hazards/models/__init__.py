"""One aggregate a module; this page names them all."""

from hazards.models.inspections import (
    Attendance,
    PrincipalParticipation,
    SelfInspection,
    TeamKind,
)
from hazards.models.report_guards import REPORT_MOVES, ReportStatus
from hazards.models.reports import (
    ReportVersion,
    SelfInspectionReport,
    VersionInspection,
)
from hazards.models.seals import ChainEntry, Seal

__all__ = [
    "REPORT_MOVES",
    "Attendance",
    "ChainEntry",
    "PrincipalParticipation",
    "ReportStatus",
    "ReportVersion",
    "Seal",
    "SelfInspection",
    "SelfInspectionReport",
    "TeamKind",
    "VersionInspection",
]
