"""One aggregate a module; this page names them all."""

from hazards.models.attachments import Attachment, MediaType
from hazards.models.checklists import Answer, ChecklistAnswer
from hazards.models.copies import CopyOfRecord, Repudiation
from hazards.models.flags import (
    ComplianceFlag,
    FlagChange,
    FlagEvent,
    FlagKind,
    FlagStatus,
)
from hazards.models.hazards import (
    PLAN_FIELDS,
    HazardPhoto,
    HazardStatement,
    MajorHazard,
)
from hazards.models.inspections import (
    Attendance,
    PrincipalParticipation,
    SelfInspection,
    TeamKind,
)
from hazards.models.obligations import (
    OWED,
    STATE_WORDS,
    WHOLE_YEAR,
    DueChange,
    Obligation,
    ObligationKind,
    Opening,
)
from hazards.models.relief import Suspension, Waiver
from hazards.models.reminders import Reminder, ReminderLine
from hazards.models.report_guards import REPORT_MOVES, ReportStatus
from hazards.models.reports import (
    ReportVersion,
    SelfInspectionReport,
    VersionInspection,
)
from hazards.models.reviews import (
    PaperReceipt,
    ReportTally,
    ReportTransfer,
    ReviewComment,
)
from hazards.models.scans import ClockFault, Scan
from hazards.models.seals import ChainEntry, Seal, SealKind
from hazards.models.self_checks import Drift, SelfCheck

__all__ = [
    "OWED",
    "PLAN_FIELDS",
    "REPORT_MOVES",
    "STATE_WORDS",
    "WHOLE_YEAR",
    "Answer",
    "Attachment",
    "Attendance",
    "ChainEntry",
    "ChecklistAnswer",
    "ClockFault",
    "ComplianceFlag",
    "CopyOfRecord",
    "Drift",
    "DueChange",
    "FlagChange",
    "FlagEvent",
    "FlagKind",
    "FlagStatus",
    "HazardPhoto",
    "HazardStatement",
    "MajorHazard",
    "MediaType",
    "Obligation",
    "ObligationKind",
    "Opening",
    "PaperReceipt",
    "PrincipalParticipation",
    "Reminder",
    "ReminderLine",
    "ReportStatus",
    "ReportTally",
    "ReportTransfer",
    "ReportVersion",
    "Repudiation",
    "ReviewComment",
    "Scan",
    "Seal",
    "SealKind",
    "SelfCheck",
    "SelfInspection",
    "SelfInspectionReport",
    "Suspension",
    "TeamKind",
    "VersionInspection",
    "Waiver",
]
