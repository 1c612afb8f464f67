"""Who may tell us something from outside, and whom we tell. Secrets are sealed: see `store.hook_secrets`."""

from django.db import models

from yesword.store.models.collection import CollectionPoint
from yesword.store.models.programs import Brand, Program


class HookSource(models.Model):
    """Another system that calls us: a shop, an advertiser's network, a system for applications."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    provider = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=64, unique=True)  # of its address: random
    point = models.ForeignKey(CollectionPoint, on_delete=models.PROTECT, related_name="hooks")
    general = models.ForeignKey(
        CollectionPoint, on_delete=models.PROTECT, null=True, related_name="general_hooks"
    )  # of the second question of an application
    informs = models.ForeignKey(Program, on_delete=models.PROTECT, null=True)  # of texts about orders
    fields = models.JSONField(default=dict)  # what a form calls the number, the name, the consent …
    forms = models.JSONField(default=dict)  # id of a form → language and wording that it shows
    language = models.CharField(max_length=8)
    graph_url = models.URLField(default="")
    sealed = models.BinaryField()
    is_open = models.BooleanField(default=True)
    received = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    last_received_at = models.DateTimeField(null=True)
    last_refused_at = models.DateTimeField(null=True)
    last_refusal = models.CharField(max_length=40, default="")  # the code of an error
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class PointKey(models.Model):
    """What lets a shop's own server speak for one collection point, and for nothing else. Only its digest is kept."""

    point = models.ForeignKey(CollectionPoint, on_delete=models.PROTECT)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)  # its first letters, so that one knows which it is
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.hint


class WebhookEndpoint(models.Model):
    """Whom we tell, and of what. One that has failed for days is off, until somebody turns it on again."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    url = models.URLField(max_length=400)
    kinds = models.CharField(max_length=120)  # with commas between
    with_number = models.BooleanField(default=False)
    sealed = models.BinaryField()  # the secret that signs
    is_on = models.BooleanField(default=True)
    off_because = models.CharField(max_length=40, default="")
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # one after the other
    rests_until = models.DateTimeField(null=True)
    last_delivered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["brand", "is_on"], name="webhook_endpoint_of_brand")]

    def __str__(self) -> str:
        return self.url
