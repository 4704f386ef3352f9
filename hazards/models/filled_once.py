"""
Guards of rows that are filled in later, each column once, and of acts that need two
people (promise S11).
"""

import pgtrigger

from accounts.models.dated import never_truncated


def filled_once(*columns: str, always: tuple[str, ...] = ()) -> list[pgtrigger.Trigger]:
    """
    Triggers for a table whose rows are never deleted, and of which only these columns
    change: from empty (null or "") to something, once.

    :param columns: as PostgreSQL names them, a foreign key with its "_id"
    :param always: columns that another guard watches, such as a state
    """
    later = ", ".join(f"'{name}'" for name in (*columns, *always))
    kept = "".join(
        f"""
                   OR (COALESCE(OLD.{name}::text, '') <> ''
                       AND NEW.{name} IS DISTINCT FROM OLD.{name})"""
        for name in columns
    )
    return [
        pgtrigger.Trigger(
            name="filled_once_never_edited",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=f"""
                IF to_jsonb(NEW) - ARRAY[{later}]
                   <> to_jsonb(OLD) - ARRAY[{later}]{kept}
                THEN
                    RAISE EXCEPTION 'what is on record is filled once, never edited';
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        never_truncated(),
    ]


def another_person(
    name: str, *, column: str, first: str, refusal: str, update: bool = False
) -> pgtrigger.Trigger:
    """
    A trigger that refuses a row whose author is among those of an earlier act.

    :param column: of the membership that acts, with its "_id"
    :param first: SQL of the memberships that acted before, as a query of one column
    :param refusal: what the database says then
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update if update else pgtrigger.Insert,
        func=f"""
            IF EXISTS (
                SELECT FROM accounts_membership mine, accounts_membership theirs
                WHERE mine.id = NEW.{column} AND theirs.user_id = mine.user_id
                  AND theirs.id IN ({first})
            ) THEN
                RAISE EXCEPTION '{refusal}';
            END IF;
            RETURN NEW;
        """,
    )
