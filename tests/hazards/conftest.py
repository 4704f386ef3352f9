"""What every test of hazards stands on."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.factories_reports import Desks, make_desks


@pytest.fixture
def _addresses() -> Iterator[None]:
    """Services name pages in notices; the pages themselves are tested elsewhere."""
    with override_settings(ROOT_URLCONF="tests.hazards.paths"):
        yield


@pytest.fixture
def desks(db: None, _addresses: None) -> Desks:
    """An enterprise and its bureau, everybody at their desk."""
    return make_desks()
