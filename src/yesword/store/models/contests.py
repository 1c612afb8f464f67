"""Contests and votes, as they were announced. Their entries, and what was published of them, are SQL: see `schema/`."""

from django.db import models

from yesword.store.models.collection import CollectionPoint
from yesword.store.models.programs import Brand, Program, Sender


class Contest(models.Model):
    """One contest. `definition` changes until it opens, and never after."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT)
    point = models.ForeignKey(
        CollectionPoint, on_delete=models.PROTECT, null=True
    )  # where its terms are pinned
    point_digest = models.CharField(max_length=64, default="")
    key = models.SlugField(max_length=40, unique=True)  # of its address, so unique over all brands
    name = models.CharField(max_length=120)
    definition = models.BinaryField()  # as the domain encodes it
    keywords = models.CharField(max_length=200)  # as they are compared, between spaces
    is_announced = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)  # before its time
    others_deleted_at = models.DateTimeField(null=True)
    winners_deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
