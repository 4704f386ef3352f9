"""The factories reach every state through the services."""

import pytest

from hazards.models import ReportStatus
from tests.factories_reports import Desks, make_report


@pytest.mark.parametrize("status", ReportStatus)
def test_every_status_is_reached_through_the_services(
    desks: Desks, status: ReportStatus
) -> None:
    assert make_report(desks, status=status).status == status
