"""Folding the rows of the tallies together, so that sums stay short."""

from django.db import connection

# One statement: what it takes out and what it puts in are seen together or not at all.
# Rows that a move is writing at this moment are not seen and stay for the next time;
# rows that another fold is taking are passed over.
_FOLD = """
    WITH crowded AS (
        SELECT bureau_id, status FROM hazards_reporttally
        GROUP BY bureau_id, status HAVING count(*) > %s
    ), taken AS (
        DELETE FROM hazards_reporttally WHERE id IN (
            SELECT row.id FROM hazards_reporttally AS row
            JOIN crowded USING (bureau_id, status)
            FOR UPDATE OF row SKIP LOCKED
        )
        RETURNING bureau_id, status, change
    )
    INSERT INTO hazards_reporttally (bureau_id, status, change)
    SELECT bureau_id, status, sum(change) FROM taken
    GROUP BY bureau_id, status HAVING sum(change) <> 0
"""

CROWDED = 100
"""Rows of one bureau and status beyond which they are folded."""


def fold(*, beyond: int = CROWDED) -> None:
    """
    Replace many rows of one bureau and status by their sum. May run twice, at once, and
    while reports move: the sums are the same before and after.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [beyond])
