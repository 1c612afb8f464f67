"""Brands, what they send from, and the programs that they run."""

from django.db import models


class Brand(models.Model):
    """The legal sender that consent is given to."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=6, blank=True)  # from where it sends, where a law asks: "US-TX"
    traits = models.JSONField(default=list)  # what it says of itself, as `domain.parties` names it
    address = models.CharField(max_length=240, blank=True)
    origin = models.CharField(max_length=200, unique=True)  # names the brand's ledger
    # On so many days a carrier has to say that nobody has a number before its consents end; 0: never by itself.
    gone_after = models.PositiveSmallIntegerField(default=3)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """One account with one carrier, and which words the carrier answers by itself."""

    key = models.SlugField(max_length=40, unique=True)
    channel = models.CharField(max_length=40)  # "simulator"
    settings = models.JSONField(default=dict)  # addresses and rates; secrets live in key files
    answers_stop = models.BooleanField(default=False)
    answers_help = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.key


class Sender(models.Model):
    """What a text comes from: a code, a number or a name, on one account."""

    class Kind(models.TextChoices):
        SHORT_CODE = "short_code"
        LONG_CODE = "long_code"
        TOLL_FREE = "toll_free"
        ALPHANUMERIC = "alphanumeric"

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    address = models.CharField(max_length=20)
    kind = models.CharField(max_length=16, choices=Kind)
    # Overrides the account where one number differs, as toll-free numbers do.
    answers_stop = models.BooleanField(default=False)
    registrations = models.JSONField(default=list)  # registries in which it stands: "tcr"
    # What it is for, where a program has several to choose from.
    countries = models.JSONField(default=list)  # where it may text people; empty: anywhere
    classes = models.JSONField(
        default=list
    )  # of texts that it may carry, as `domain.messages` names them; empty: all

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "address"], name="one_sender_an_address")]

    def __str__(self) -> str:
        return self.address


class Program(models.Model):
    """The program as it is now; what it says stands in its versions."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    key = models.SlugField(max_length=40)
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT)
    version = models.PositiveIntegerField()
    is_paused = models.BooleanField(default=False)
    weight = models.PositiveSmallIntegerField(default=1)  # its share where programs compete for a carrier

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "key"], name="one_program_a_key")]

    def __str__(self) -> str:
        return self.key


class FurtherSender(models.Model):
    """A sender that a program may text from besides its own: for other countries or classes, or when its own fails."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="further_senders")
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField()  # 1 is asked first after the program's own

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "sender"], name="one_place_a_further_sender")
        ]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.sender_id}"


class SendingLimit(models.Model):
    """How fast, and how many a day, texts may go that have all of what it names. `key` says the same, and is the only one."""

    key = models.CharField(max_length=60, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True)
    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, null=True)
    country = models.CharField(max_length=2, blank=True)
    per_second = models.FloatField(null=True)
    burst = models.PositiveIntegerField(default=1)
    day_cap = models.PositiveIntegerField(null=True)
    day_zone = models.CharField(max_length=64, default="UTC")

    def __str__(self) -> str:
        return self.key


class ProgramVersion(models.Model):
    """What a program said from some moment on. Never changed: events pin it."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    version = models.PositiveIntegerField()
    definition = models.BinaryField()  # the program as the domain encodes it
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "version"], name="one_version_a_number")]

    def __str__(self) -> str:
        return f"{self.program_id} v{self.version}"


class Disclosure(models.Model):
    """The exact wording shown when asking, found by its own digest. Never changed."""

    digest = models.CharField(max_length=64, primary_key=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=12)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest[:12]
