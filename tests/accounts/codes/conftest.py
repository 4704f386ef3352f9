from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True, scope="module")
def source_language() -> Iterator[None]:
    """Sentences are compared as they stand in the source, not translated."""
    with translation.override(None):
        yield
