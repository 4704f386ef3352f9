"""
A process of its own that does one share of a run of the clock: it says that it is
ready, waits for a line, works, and says how long it took and what memory it held.
"""

import argparse
import datetime as dt
import json
import sys
import time
from pathlib import Path

import django


def main() -> None:
    """Do the share that the command line names, at the instant it names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", type=dt.datetime.fromisoformat, required=True)
    parser.add_argument("--number", type=int, required=True)
    parser.add_argument("--of", type=int, required=True)
    wanted = parser.parse_args()
    django.setup()
    from django.urls import reverse  # noqa: PLC0415 (after the setup)

    from hazards.services import scans  # noqa: PLC0415

    # As a worker that has done its first tasks: connected, all that it needs is loaded.
    scans.is_due(at=wanted.at)
    reverse("desk")
    before = megabytes("VmRSS")
    _say({"ready": True})
    sys.stdin.readline()
    began = time.perf_counter()
    run = scans.run_share(at=wanted.at, number=wanted.number, of=wanted.of, park=False)
    _say(
        {
            "seconds": time.perf_counter() - began,
            "moved": run.moved,
            "flags": run.flags_raised,
            "notices": run.notices,
            "before": before,
            "peak": megabytes("VmHWM"),
        }
    )


def megabytes(name: str) -> float:
    """What the kernel says of this process's resident memory."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def _say(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 (to the benchmark)


if __name__ == "__main__":
    main()
