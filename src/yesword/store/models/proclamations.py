"""Emergencies and holidays that an authority declared, entered by hand because no calendar knows them."""

from django.db import models


class Proclamation(models.Model):
    """Never deleted and never changed, but for its end: past decisions rest on it."""

    class Cause(models.TextChoices):
        EMERGENCY = "emergency"
        HOLIDAY = "holiday"

    cause = models.CharField(max_length=12, choices=Cause)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=6, blank=True)  # empty: the whole country
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    name = models.CharField(max_length=120)
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # before its time, or because it was entered in error

    def __str__(self) -> str:
        return self.name
