"""The envelope of a rule: where it is written, whether it is in force, how sure we are, and what it may do. And packs."""

import enum
from dataclasses import dataclass
from datetime import date

from yesword.domain.rules.model.parameter import Parameter
from yesword.domain.rules.model.when import ALWAYS, When


class Layer(enum.StrEnum):
    """Where the authority of a rule comes from."""

    STATUTE = "statute"
    REGULATION = "regulation"
    CASE_LAW = "case_law"
    GUIDANCE = "guidance"
    CODE = "code"  # an industry's own
    CARRIER = "carrier"
    PROVIDER = "provider"
    HOUSE = "house"
    BRAND = "brand"


class Status(enum.StrEnum):
    IN_FORCE = "in_force"
    CONTESTED = "contested"  # held to, as if it were beyond doubt
    STAYED = "stayed"
    PROPOSED = "proposed"
    VACATED = "vacated"

    @property
    def applies(self) -> bool:
        return self in (Status.IN_FORCE, Status.CONTESTED)


class Confidence(enum.StrEnum):
    """How far the fact was checked. Only what was found decides; the rest is noted."""

    FOUND = "found"
    KNOWN = "known"
    UNVERIFIED = "unverified"


class Severity(enum.StrEnum):
    BLOCK = "block"  # refuses
    HOLD = "hold"  # makes a text wait, or asks for more
    WARN = "warn"  # is noted beside the answer
    RECORD = "record"  # is on record only


class Merge(enum.StrEnum):
    """How a rule meets its parent pack's rule on the same matter."""

    REPLACE = "replace"  # refused at load where the parent's rule may not be relaxed
    STRICTEST = "strictest"  # both hold


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """The envelope: what a rule is, where it is written, how sure we are of it, and what it sets."""

    id: str
    pack: str
    pack_name: str
    depth: int  # 0 for a lineage's root; the deeper, the closer to the person
    layer: Layer
    citation: str
    source: str  # key of the table of sources, or "house"
    verified_on: date
    confidence: Confidence
    severity: Severity
    parameter: Parameter
    when: When = ALWAYS
    status: Status = Status.IN_FORCE
    may_relax: bool = False  # by a child pack
    merge: Merge = Merge.REPLACE
    where_silent: bool = False  # only where the place's own packs say nothing verified on the matter
    effective_from: date = date.min
    effective_to: date = date.max  # the first day on which it is no longer in force
    version: int = 1
    stayed_until: date | None = (
        None  # of a stayed rule: the first day on which it is in force; None: nobody knows
    )
    stayed_part: str = ""  # which part is stayed, where not all of it is
    note: str = ""  # what a reader should know: why it is read this way, what is open

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def is_house(self) -> bool:
        return self.layer in (Layer.HOUSE, Layer.BRAND)

    @property
    def is_verified(self) -> bool:
        """Whether the rule may permit, or stand for its parent's: it was found in a source, or is our own."""
        return self.is_house or self.confidence is Confidence.FOUND

    @property
    def is_enforced(self) -> bool:
        """Whether the rule may decide.

        What was found in a source does. What is only known may make a text wait, for a wait harms nobody, but refuses
        and permits nothing. All else is noted and no more.
        """
        if self.severity in (Severity.WARN, Severity.RECORD):
            return False
        return self.is_verified or (self.confidence is Confidence.KNOWN and self.severity is Severity.HOLD)

    def is_in_force(self, on: date) -> bool:
        if self.status is Status.STAYED:
            return (
                self.stayed_until is not None
                and max(self.stayed_until, self.effective_from) <= on < self.effective_to
            )
        return self.status.applies and self.effective_from <= on < self.effective_to

    @property
    def borders(self) -> tuple[date, ...]:
        """The days on which it comes into force or ceases to be."""
        days = (self.effective_from, self.effective_to, self.stayed_until)
        return tuple(day for day in days if day is not None and day not in (date.min, date.max))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """To which texts a pack speaks: people or senders in these places, numbers of these countries, or every text."""

    countries: tuple[str, ...] = ()
    region: str | None = None  # then only people there, not the whole country
    number_countries: tuple[str, ...] = ()
    has_senders: bool = False  # also texts that are sent from the region
    providers: tuple[str, ...] = ()  # only texts that leave by these providers' accounts
    is_everywhere: bool = False

    def has_place(self, country: str, region: str | None) -> bool:
        return country in self.countries if self.region is None else region == self.region


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """A set of rules of one authority or place. `parent` is the pack whose rules it inherits."""

    id: str
    name: str
    parent: str | None
    reach: Reach
    rules: tuple[Rule, ...]
    digest: str
    file: str
