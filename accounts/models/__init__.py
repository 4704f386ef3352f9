"""One aggregate a module; this page names them all."""

from accounts.models.acting import Acting
from accounts.models.addresses import OUTSIDE, Channel, Mute, OutsideAddress
from accounts.models.attempts import Attempt
from accounts.models.bureaus import (
    Bureau,
    BureauCoverage,
    BureauDay,
    BureauPolicy,
    Jurisdiction,
)
from accounts.models.changes import EnterpriseChange
from accounts.models.dated import DatedFact
from accounts.models.enterprises import (
    Enterprise,
    EnterpriseImport,
    HazardFeature,
    HighRiskDesignation,
    Site,
    StandardizationLevel,
    SupervisionAssignment,
)
from accounts.models.events import Event
from accounts.models.invitations import Invitation, RecoveryLink
from accounts.models.memberships import (
    BUREAU_ROLES,
    EDITOR_ROLES,
    ENTERPRISE_ROLES,
    Capacity,
    Membership,
    PrincipalChange,
    Role,
)
from accounts.models.notices import Delivery, DeliveryState, Notice, Trouble
from accounts.models.users import User

__all__ = [
    "BUREAU_ROLES",
    "EDITOR_ROLES",
    "ENTERPRISE_ROLES",
    "OUTSIDE",
    "Acting",
    "Attempt",
    "Bureau",
    "BureauCoverage",
    "BureauDay",
    "BureauPolicy",
    "Capacity",
    "Channel",
    "DatedFact",
    "Delivery",
    "DeliveryState",
    "Enterprise",
    "EnterpriseChange",
    "EnterpriseImport",
    "Event",
    "HazardFeature",
    "HighRiskDesignation",
    "Invitation",
    "Jurisdiction",
    "Membership",
    "Mute",
    "Notice",
    "OutsideAddress",
    "PrincipalChange",
    "RecoveryLink",
    "Role",
    "Site",
    "StandardizationLevel",
    "SupervisionAssignment",
    "Trouble",
    "User",
]
