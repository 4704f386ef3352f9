"""What verification finds."""

from dataclasses import dataclass

BATCH = 200
"""Rows held in memory at a time; a constant number of queries each batch."""

UNEXPLAINED = (
    "the quick comparison doubts it and the full one finds nothing wrong: the program "
    "that verifies is at fault, not the record; report it"
)
"""Said where a doubt has no explanation, so that none is ever dropped."""


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold; an empty text = not known any more."""

    enterprise: str
    report: str
    receipt: str
    what: str

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"enterprise {self.enterprise or '(gone)'}, report {self.report or '-'}, "
            f"receipt {self.receipt or '-'}: {self.what}"
        )


@dataclass(frozen=True)
class TableFault:
    """Rows of a table and of days (Asia/Shanghai) that are not those once covered."""

    table: str
    days: str
    what: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"table {self.table}, {self.days}: {self.what}"
