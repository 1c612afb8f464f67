"""Providers' own lists of opt-outs beside ours: each comparison, and where the two differed. No number stands here."""

from django.db import models

from yesword.store.models.people import User
from yesword.store.models.programs import Account, Brand


class OptOutCheck(models.Model):
    """One comparison. Only the newest of an account keeps its differences."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    at = models.DateTimeField()
    source = models.CharField(max_length=10)  # pulled, file
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    trouble = models.CharField(max_length=60, blank=True)  # the code of the error: nothing was compared
    listed = models.PositiveIntegerField(default=0)  # numbers in their list
    unread = models.PositiveIntegerField(default=0)  # lines without a number
    agreed = models.PositiveIntegerField(default=0)
    came_back = models.PositiveIntegerField(default=0)  # texted START to us after the date in their list

    def __str__(self) -> str:
        return f"{self.account_id} at {self.at:%Y-%m-%d}"


class OptOutDifference(models.Model):
    """One number that only one of the two lists has, of one brand. Of somebody nobody here knows, only a keyed digest."""

    class Side(models.TextChoices):
        OURS = "ours"  # missing here: they have it, and we do not
        THEIRS = "theirs"  # missing there

    check_of = models.ForeignKey(OptOutCheck, on_delete=models.CASCADE)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE)
    side = models.CharField(max_length=8, choices=Side)
    contact_id = models.BigIntegerField(null=True)
    digest = models.BinaryField(null=True)
    pepper = models.BigIntegerField(null=True)  # under which the digest was made
    stopped_at = models.DateTimeField(null=True)  # as their list says
    is_settled = models.BooleanField(default=False)  # recorded here, or handed to them

    class Meta:
        indexes = [
            models.Index(fields=["check_of", "side", "is_settled"], name="difference_of_check"),
            models.Index(fields=["contact_id"], name="difference_of_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.side} of {self.check_of_id}"


class GoneFile(models.Model):
    """One list of numbers that were given up or passed on, as far as it was read."""

    name = models.CharField(max_length=100, unique=True)  # a keyed digest of the file
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lines = models.PositiveBigIntegerField(default=0)  # so many were done
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"list {self.pk}"
