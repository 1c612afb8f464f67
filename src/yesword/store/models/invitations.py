"""Invitations by e-mail to join a program by text. Who gets one, and what came of it, is in the hot table `invitation`."""

from django.db import models

from yesword.store.models.collection import CollectionPoint
from yesword.store.models.people import User
from yesword.store.models.programs import Brand


class InvitationCampaign(models.Model):
    """One letter to the people of one list, and where its link leads."""

    class State(models.TextChoices):
        DRAFT = "draft"
        RUNNING = "running"
        PAUSED = "paused"
        CANCELLED = "cancelled"
        DONE = "done"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    point = models.ForeignKey(CollectionPoint, on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    wordings = models.JSONField(default=dict)  # language → {"subject", "body"}, both templates
    permitted_by = models.CharField(max_length=200)  # why these people may be written to, which texts are not
    measures_opens = models.BooleanField(default=False)  # by a picture of our own
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    pause_reason = models.CharField(max_length=40, blank=True)  # a code, where it paused by itself
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
