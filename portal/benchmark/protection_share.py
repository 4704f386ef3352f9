"""
A process of its own that says of a whole bureau whether the record would protect, and
what memory it held: before, and at most.
"""

import datetime as dt
import json
import sys
from collections import deque
from itertools import islice

import django

from portal.benchmark.share import megabytes


def main() -> None:
    """Do it as of the instant that the command line names."""
    at = dt.datetime.fromisoformat(sys.argv[1])
    django.setup()
    from accounts.models import Bureau  # noqa: PLC0415 (after the setup)
    from hazards.queries.protection_pages import of_bureau  # noqa: PLC0415

    bureau = Bureau.objects.get()
    # As a process that has done its first batch: all that it needs is loaded.
    deque(islice(of_bureau(bureau, at=at), 1), maxlen=0)
    before = megabytes("VmRSS")
    deque(of_bureau(bureau, at=at), maxlen=0)
    told = {"before": before, "peak": megabytes("VmHWM")}
    print(json.dumps(told), flush=True)  # noqa: T201 (to the benchmark)


if __name__ == "__main__":
    main()
