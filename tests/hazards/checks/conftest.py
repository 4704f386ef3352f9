"""People who sit at their desks today."""

from django.utils import timezone

from tests.database.stages import stage
from tests.factories_reports import Desks, make_desks


@stage
def seats(db: None) -> Desks:
    """Everybody at their desk today."""
    return make_desks(on=timezone.localdate())
