"""Campaigns, what the gate said of them beforehand, and imports."""

from django.db import models

from yesword.store.models.people import User
from yesword.store.models.programs import Brand, Program


class Campaign(models.Model):
    """One sending of one template to one segment."""

    class State(models.TextChoices):
        DRAFT = "draft"
        RUNNING = "running"
        PAUSED = "paused"
        CANCELLED = "cancelled"
        DONE = "done"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    template = models.TextField()
    subject = models.CharField(max_length=80, blank=True)
    segment = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    is_mixed = models.BooleanField(default=False)  # its author says that it informs and sells
    # It ends with the consent question of this program, whose yes is a consent of its own.
    invites = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    starts_at = models.DateTimeField(null=True)
    send_by = models.DateTimeField(null=True)
    # The feeder's place in the audience, and how many it has passed.
    cursor = models.BigIntegerField(default=0)
    is_fed = models.BooleanField(default=False)
    audience = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class CampaignVerdict(models.Model):
    """What the gate would say to each of the audience, counted by the gate that sends."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE)
    at = models.DateTimeField()  # the moment for which it was asked
    cursor = models.BigIntegerField(default=0)
    is_done = models.BooleanField(default=False)
    total = models.BigIntegerField(default=0)  # people in the brand's book, for progress
    looked_at = models.BigIntegerField(default=0)
    now = models.BigIntegerField(default=0)
    waiting = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    segments = models.BigIntegerField(default=0)
    reasons = models.JSONField(default=list)  # [verdict, code, rule, until (micros or null), count]
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.campaign_id} at {self.at}"


class VerdictPerson(models.Model):
    """Some of the people behind each number of a verdict: enough to look at, not the whole audience."""

    verdict = models.ForeignKey(CampaignVerdict, on_delete=models.CASCADE)
    outcome = models.CharField(max_length=8)
    code = models.CharField(max_length=60, blank=True)
    rule = models.CharField(max_length=60, blank=True)
    contact_id = models.BigIntegerField()
    not_before = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.outcome}"


class ImportRun(models.Model):
    """One reading of one file."""

    class State(models.TextChoices):
        RUNNING = "running"
        STOPPED = "stopped"  # by somebody; the same file goes on
        DONE = "done"
        FAILED = "failed"
        UNDONE = "undone"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=80)  # keyed: `pepper:digest`, never one that anybody can make
    state = models.CharField(max_length=12, choices=State, default=State.RUNNING)
    rows = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)  # how the file was read: another way is another run
    # How far it is, in the order in which rows are written, and what came of those; committed with each batch.
    cursor = models.BigIntegerField(default=0)
    tally = models.JSONField(default=dict)
    attempt = models.IntegerField(default=1)  # who goes on with a run takes it from whoever had it
    received_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name
