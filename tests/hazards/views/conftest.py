"""An enterprise and its bureau whose people sit at their desks today."""

from django.utils import timezone

from hazards.models import ReportStatus, SelfInspectionReport
from tests.database.stages import stage
from tests.factories import PASSWORD
from tests.factories_reports import Desks, make_desks
from tests.hazards.views.walking import make_filed


@stage
def seats(db: None) -> Desks:
    """Everybody at their desk today; the principal has a password."""
    return make_desks(on=timezone.localdate(), password=PASSWORD)


@stage
def draft(seats: Desks) -> SelfInspectionReport:
    """A complete draft of the last quarter."""
    return make_filed(seats, ReportStatus.DRAFT)


@stage
def waiting(seats: Desks) -> SelfInspectionReport:
    """A report of the last quarter on the principal's desk."""
    return make_filed(seats, ReportStatus.AWAITING_SIGNATURE)


@stage
def received(seats: Desks) -> SelfInspectionReport:
    """A report of the last quarter that the bureau has."""
    return make_filed(seats, ReportStatus.RECEIVED)
