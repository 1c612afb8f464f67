"""Places where consent is asked, and the links that lead to them."""

from django.db import models

from yesword.store.models.programs import Brand, Program


class CollectionPoint(models.Model):
    """The place as it is now; what it asks stands in its versions, and what is being written in `draft`."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    key = models.SlugField(max_length=60, unique=True)  # of its address, so unique over all brands
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    draft = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)  # 0: never published
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key


class PointVersion(models.Model):
    """What a point asked from some moment on. Never changed: events pin its digest."""

    point = models.ForeignKey(CollectionPoint, on_delete=models.PROTECT)
    version = models.PositiveIntegerField()
    definition = models.BinaryField()  # the point as the domain encodes it
    digest = models.CharField(max_length=64, db_index=True)
    pages = models.JSONField(default=dict)  # language → digest of the page as it was published
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "version"], name="one_point_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.point_id} v{self.version}"


class SourceTag(models.Model):
    """A link of its own to a point, so that it is known where people come from: the shop door, a profile, a poster."""

    point = models.ForeignKey(CollectionPoint, on_delete=models.PROTECT)
    code = models.CharField(max_length=12, unique=True)
    medium = models.CharField(max_length=16)  # store, profile, social, site, email, print
    label = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.label


class VisitorKey(models.Model):
    """With which a site's own server signs who looks at its page. Sealed, and not a digest: signatures are made with it."""

    point = models.ForeignKey(CollectionPoint, on_delete=models.PROTECT)
    sealed = models.BinaryField()
    hint = models.CharField(max_length=12)  # its first letters, so that one knows which it is
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.hint
