"""What every test of hazards stands on."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.database.stages import stage
from tests.factories_reports import Desks, make_desks


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read refusals in the language in which they are written."""
    with translation.override("en"):
        yield


@stage
def desks(db: None) -> Desks:
    """An enterprise and its bureau, everybody at their desk."""
    return make_desks()
