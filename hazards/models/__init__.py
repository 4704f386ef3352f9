"""One aggregate a module; this page names them all."""

from hazards.models.attachments import Attachment, MediaType
from hazards.models.checklists import Answer, ChecklistAnswer
from hazards.models.copies import CopyOfRecord, Repudiation
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
from hazards.models.seals import ChainEntry, Seal, SealKind

__all__ = [
    "PLAN_FIELDS",
    "REPORT_MOVES",
    "Answer",
    "Attachment",
    "Attendance",
    "ChainEntry",
    "ChecklistAnswer",
    "CopyOfRecord",
    "HazardPhoto",
    "HazardStatement",
    "MajorHazard",
    "MediaType",
    "PaperReceipt",
    "PrincipalParticipation",
    "ReportStatus",
    "ReportTally",
    "ReportTransfer",
    "ReportVersion",
    "Repudiation",
    "ReviewComment",
    "Seal",
    "SealKind",
    "SelfInspection",
    "SelfInspectionReport",
    "TeamKind",
    "VersionInspection",
]
