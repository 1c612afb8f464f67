"""How people take what is sent: each brand's thresholds, and what crossed them."""

from django.db import models

from yesword.store.models.people import User
from yesword.store.models.programs import Brand


class BrandThresholds(models.Model):
    """In place of the usual ones of `domain.thresholds`."""

    brand = models.OneToOneField(Brand, on_delete=models.PROTECT, primary_key=True)
    limits = models.JSONField(default=dict)  # measure → [warn, pause] in hundredths of a percent; minimum …

    def __str__(self) -> str:
        return f"thresholds of {self.brand_id}"


class SendingAlarm(models.Model):
    """One threshold that was crossed: a warning, or a pause that stands until somebody resumes it with a reason."""

    level = models.CharField(max_length=8)  # warn, pause
    watched = models.CharField(max_length=10)  # campaign, program, sender
    key = models.BigIntegerField()  # the id of what is watched
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True)  # null: brands may share a sender
    # Why: what was counted in which window, and the threshold that it reached.
    measure = models.CharField(max_length=12)
    threshold = models.PositiveIntegerField()  # hundredths of a percent
    minimum = models.PositiveIntegerField()  # texts
    texts = models.BigIntegerField()
    opt_outs = models.BigIntegerField()
    complaints = models.BigIntegerField()
    errors = models.BigIntegerField()
    counted_since = models.DateTimeField()
    began_at = models.DateTimeField()
    # Who ended it and why; nobody where a warning passed, or where what was paused is over.
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    reason = models.CharField(max_length=500, blank=True)
    is_released = models.BooleanField(default=False)  # what it held back is due again

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "watched", "key"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_alarm_a_key",
            )
        ]
        indexes = [models.Index(fields=["watched", "key", "ended_at"], name="alarm_by_key")]

    def __str__(self) -> str:
        return f"{self.level} of {self.watched} {self.key}"
