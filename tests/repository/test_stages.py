"""States that tests begin with are made once, and gone back to (tests/database)."""

import pytest

from accounts.models import Bureau
from tests.database.stages import stage
from tests.factories import make_bureau

pytestmark = pytest.mark.django_db
made: list[int] = []


@stage
def bureau(db: None) -> Bureau:
    """Counts how often it is made."""
    new = make_bureau()
    made.append(new.pk)
    return new


@pytest.mark.parametrize("name", ["县局", "市局"])
def test_it_is_made_once_and_is_as_it_was_for_the_next(
    bureau: Bureau, name: str
) -> None:
    assert made == [bureau.pk]
    assert bureau.name != name
    bureau.name = name
    bureau.save()
    assert Bureau.objects.get().name == name
