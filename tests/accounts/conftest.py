"""What every test of people and organisations begins with."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Sentences are compared in the language in which they were written."""
    with translation.override("en"):
        yield
