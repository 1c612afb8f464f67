"""Carriers' audits of consent: who asked about how many numbers, by when they want the answer, and what became of it."""

from django.db import models

from yesword.store.models.people import User
from yesword.store.models.programs import Brand


class CarrierAudit(models.Model):
    """One list of numbers that a carrier asked about. The numbers stand nowhere but in the answer, which is sealed."""

    class State(models.TextChoices):
        OPEN = "open"  # the clock runs
        ANSWERED = "answered"
        CLOSED = "closed"  # and nothing of the answer is kept

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    sender = models.CharField(max_length=20)  # the address that the texts came from
    carrier = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=120, blank=True)  # the carrier's own
    campaign = models.CharField(max_length=60, blank=True)  # as it is registered with the carriers
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    # How far the answer is; nothing is made any more where this was long ago.
    asked_count = models.PositiveIntegerField(default=0)  # numbers
    done_count = models.PositiveIntegerField(default=0)
    touched_at = models.DateTimeField()
    # What is in the answer, once it is made.
    contacts = models.JSONField(default=list)  # con_… of those who were found
    unknown_count = models.PositiveIntegerField(default=0)
    unknown_digests = models.JSONField(default=list)  # keyed, of numbers that nobody here has
    counts = models.JSONField(default=dict)  # how many lines of it say what
    # The answer is sealed under a key of its own in the vault. Null: it is not made, or kept no longer.
    vault_key = models.BigIntegerField(null=True)
    file_digest = models.CharField(max_length=64, blank=True)  # of the zip file, before it was sealed
    file_size = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="audits_opened")
    answered_at = models.DateTimeField(null=True)
    # Null though it is answered: the auditor took the answer by the link.
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="audits_answered")
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"audit {self.pk}"
