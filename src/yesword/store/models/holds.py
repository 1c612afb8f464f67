"""Who stopped sending and when, who let it go on and why; and what those who run it are told of."""

from django.db import models

from yesword.store.models.people import User
from yesword.store.models.programs import Account, Brand


class SendingHold(models.Model):
    """One time that sending was held, of everything or of one account or brand.

    The valve itself is `store.holds`: its lock sees to it that of each why and scope one is open at most.
    """

    why = models.CharField(max_length=10)  # halted, gap
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True)
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)  # why, where somebody said so at once
    since = models.DateTimeField(null=True)  # of a gap: when somebody listened last
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # Why it might go on; empty where it did so by itself.
    reason = models.CharField(max_length=500, blank=True)
    caught_up = models.CharField(max_length=10, blank=True)  # how a gap was closed: pulled, settled
    is_released = models.BooleanField(default=False)  # what waited apart is due again

    def __str__(self) -> str:
        return f"{self.why} since {self.began_at:%Y-%m-%d %H:%M}"


class AlertSettings(models.Model):
    """Where alerts go: one row. An address stands in no row in the clear."""

    sealed = models.BinaryField(default=bytes)  # mail, webhook, its secret
    language = models.CharField(max_length=12, default="en")
    kinds = models.JSONField(default=list)  # those that nobody wants to hear of

    def __str__(self) -> str:
        return "where alerts go"


class Alert(models.Model):
    """One thing that was wrong for a while, and whether those who run it were told."""

    kind = models.CharField(max_length=20)
    # The key of an account, brand or log; never a number.
    subject = models.CharField(max_length=80, blank=True)
    is_noted = models.BooleanField(default=False)  # by whoever found it, and not by looking
    began_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    resolved_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_alert_a_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()
