"""How far the daily look at people's consents has come."""

from django.db import models

from yesword.store.models.programs import Brand


class RenewalRound(models.Model):
    """One a brand: the round that runs, or the last one. Its cursor passes over the brand's contacts once."""

    brand = models.OneToOneField(Brand, on_delete=models.PROTECT, primary_key=True)
    started_at = models.DateTimeField()
    cursor = models.BigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.brand_id} from {self.started_at}"
