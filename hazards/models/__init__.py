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
from hazards.models.general_hazards import GeneralHazard
from hazards.models.hazard_guards import (
    HAZARD_MOVES,
    OFF_THE_BOOKS,
    ON_THE_BOOKS,
    TO_BE_ELIMINATED,
    HazardState,
)
from hazards.models.hazards import (
    PLAN_FIELDS,
    HazardPhoto,
    HazardStatement,
    ListedLevel,
    MajorHazard,
    Stop,
)
from hazards.models.inspections import (
    Attendance,
    PrincipalParticipation,
    SelfInspection,
    TeamKind,
)
from hazards.models.lives import (
    AcceptedBy,
    Audience,
    HazardAcceptance,
    HazardAct,
    HazardActFile,
    HazardActKind,
    HazardExtension,
    HazardGrading,
    HazardHandover,
    HazardListing,
    HazardOrder,
    HazardProgress,
    HazardRecheck,
    HazardTelling,
    Moment,
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
    ReportKind,
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
    "HAZARD_MOVES",
    "OFF_THE_BOOKS",
    "ON_THE_BOOKS",
    "OWED",
    "PLAN_FIELDS",
    "REPORT_MOVES",
    "STATE_WORDS",
    "TO_BE_ELIMINATED",
    "WHOLE_YEAR",
    "AcceptedBy",
    "Answer",
    "Attachment",
    "Attendance",
    "Audience",
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
    "GeneralHazard",
    "HazardAcceptance",
    "HazardAct",
    "HazardActFile",
    "HazardActKind",
    "HazardExtension",
    "HazardGrading",
    "HazardHandover",
    "HazardListing",
    "HazardOrder",
    "HazardPhoto",
    "HazardProgress",
    "HazardRecheck",
    "HazardState",
    "HazardStatement",
    "HazardTelling",
    "ListedLevel",
    "MajorHazard",
    "MediaType",
    "Moment",
    "Obligation",
    "ObligationKind",
    "Opening",
    "PaperReceipt",
    "PrincipalParticipation",
    "Reminder",
    "ReminderLine",
    "ReportKind",
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
    "Stop",
    "Suspension",
    "TeamKind",
    "VersionInspection",
    "Waiver",
]
