"""`python3 start.py test`: everything, on throwaway servers of its own."""

import subprocess
import sys
from collections.abc import Sequence

from portal.stack.state import ROOT


def test(arguments: Sequence[str]) -> int:
    """Run the tests, on two cores unless some are named; return the status."""
    named = any(not argument.startswith("-") for argument in arguments)
    parallel = [] if named else ["--numprocesses=2", "--dist=loadscope"]
    return subprocess.call(  # noqa: S603 (the person's own words)
        [sys.executable, "-m", "pytest", *parallel, *arguments], cwd=ROOT
    )
