"""Who vouches for the ledgers from outside: witnesses and timestamp authorities, and how asking them went.

What they said stands with the ledgers (`ledger_attestation`), under the names that they have here.
"""

from django.db import models

from yesword.store.models.programs import Brand


class Witness(models.Model):
    """Somebody who cosigns checkpoints. Never deleted: its key is needed to check what it cosigned."""

    brand = models.ForeignKey(Brand, null=True, on_delete=models.PROTECT)  # null: all, those to come too
    name = models.CharField(max_length=80, unique=True)
    url = models.TextField()
    vkey = models.TextField()
    is_on = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class StampAuthority(models.Model):
    """Somebody who stamps times (RFC 3161), for all brands. Never deleted: its roots are needed to check its tokens."""

    name = models.CharField(max_length=80, unique=True)
    url = models.TextField()
    roots = models.TextField()  # PEM
    every_s = models.PositiveIntegerField(default=3600)
    is_on = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Asking(models.Model):
    """How asking one of them about one log went. One that does not know one brand's log may well know another's."""

    kind = models.CharField(max_length=8)  # as in `ledger_attestation`
    name = models.CharField(max_length=80)
    log = models.BigIntegerField()
    size = models.BigIntegerField(default=0)  # of the log, when it was last vouched for
    last_asked_at = models.DateTimeField()
    last_ok_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # since it last went well
    last_error_code = models.CharField(max_length=60, blank=True)
    last_error = models.TextField(blank=True)  # a sentence; empty when the last time went well

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name", "log"], name="one_asking_a_log")]

    def __str__(self) -> str:
        return f"{self.name} about {self.log}"
