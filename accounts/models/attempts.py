"""Wrong tries, counted before the secret is looked at."""

from django.db import models


class Attempt(models.Model):
    """
    Tries for one key (a digest of what was typed, or of who signs) since `since`.
    Counted in one statement, so that a hundred at once are a hundred.
    """

    key = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(count__gte=1), name="attempt_counts_at_least_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"
