"""An enterprise and its bureau whose people sit at their desks today."""

import pytest
from django.utils import timezone

from hazards.models import ReportStatus, SelfInspectionReport
from tests.factories import PASSWORD
from tests.factories_reports import Desks, make_desks
from tests.hazards.views.walking import make_filed


@pytest.fixture
def seats(db: None) -> Desks:
    """Everybody at their desk today; the principal has a password."""
    return make_desks(on=timezone.localdate(), password=PASSWORD)


@pytest.fixture
def draft(seats: Desks) -> SelfInspectionReport:
    """A complete draft of the last quarter."""
    return make_filed(seats, ReportStatus.DRAFT)


@pytest.fixture
def waiting(seats: Desks) -> SelfInspectionReport:
    """A report of the last quarter on the principal's desk."""
    return make_filed(seats, ReportStatus.AWAITING_SIGNATURE)


@pytest.fixture
def received(seats: Desks) -> SelfInspectionReport:
    """A report of the last quarter that the bureau has."""
    return make_filed(seats, ReportStatus.RECEIVED)
