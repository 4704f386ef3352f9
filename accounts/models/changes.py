"""That something about an enterprise changed on which its duties may depend."""

from django.db import models

from accounts.models.bureaus import Bureau
from accounts.models.enterprises import Enterprise


class EnterpriseChange(models.Model):
    """
    An entry of a queue that triggers fill and the clock empties: of one enterprise, or
    of all that a bureau, or one below it, receives from. It waits for the day
    `from_on` (Asia/Shanghai) on which the change takes effect.
    """

    from_on = models.DateField()
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    bureau = models.ForeignKey(
        Bureau, on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(enterprise__isnull=True, bureau__isnull=False)
                | models.Q(enterprise__isnull=False, bureau__isnull=True),
                name="change_is_of_an_enterprise_or_a_bureau",
            )
        ]
        indexes = [models.Index(fields=["from_on", "id"], name="change_from_its_day")]

    def __str__(self) -> str:
        return f"{self.enterprise_id or ''} {self.bureau_id or ''}"
