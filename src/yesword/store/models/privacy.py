"""What the brand writes down about its handling of data: breaches, and how far the retention job has come."""

from django.db import models

from yesword.store.models.people import User
from yesword.store.models.programs import Brand


class Breach(models.Model):
    """A personal data breach (GDPR art. 33(5)). Nobody's data stand here: who is affected is asked of the store."""

    class Risk(models.TextChoices):
        UNLIKELY = "unlikely"  # then nobody has to be told
        LIKELY = "likely"  # the authority has to be
        HIGH = "high"  # and the people, too

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    what = models.TextField()
    happened_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField()  # the clock runs from here
    data = models.JSONField(default=list)  # categories of data
    people = models.JSONField(default=list)  # categories of people
    people_count = models.BigIntegerField(null=True)  # about how many
    risk = models.CharField(max_length=12, choices=Risk, default=Risk.LIKELY)
    consequences = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    authority_told_at = models.DateTimeField(null=True)
    why_late = models.TextField(blank=True)  # art. 33(1): reasons for a delay
    people_told_at = models.DateTimeField(null=True)
    why_people_not_told = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="breaches_opened")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="breaches_closed")
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"breach {self.pk}"


class RetentionRun(models.Model):
    """One run of the retention job: the one that is under way, or those that are done. Its place outlives a stop."""

    started_at = models.DateTimeField()
    step = models.CharField(max_length=20)
    cursor = models.BigIntegerField(default=-1)
    texts_until = models.DateTimeField()  # texts of before then are looked at
    counts = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)
    is_whole = models.BooleanField(default=True)  # False: it left out somebody who is not restricted any more

    def __str__(self) -> str:
        return f"retention of {self.started_at:%Y-%m-%d}"
