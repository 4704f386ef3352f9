"""Where the channels post in tests: to this machine, which must be allowed."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.http_sink import HttpSink, http_sink


@pytest.fixture
def sink(settings: Any) -> Iterator[HttpSink]:
    """Return a web server that may be posted to."""
    settings.CHANNELS_LOOPBACK = True
    with http_sink() as running:
        yield running
