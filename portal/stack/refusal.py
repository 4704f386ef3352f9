"""A refusal of the command line: one sentence with the remedy, no trace."""

import sys


class RefusalError(Exception):
    """One sentence that says what is wrong and what to do."""


class StoppedError(Exception):
    """Somebody asked for the stop while something was still starting."""


def say(text: str) -> None:
    """Tell the person at the terminal; standard output belongs to commands."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
