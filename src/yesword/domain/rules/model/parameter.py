"""What every parameter is: one matter that a rule settles, and how rules on the same matter meet."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from yesword.domain.messages import MessageClass, MessageKind

AT_LEAST = "at_least"  # metadata of a field: the least that a pack may write


def at_least(least: int, **default: Any) -> Any:
    return field(metadata={AT_LEAST: least}, **default)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One matter that a rule settles.

    Rules of different lineages on the same matter are all held to, which is what merging to the strictest comes to;
    `operator` says what that means for the values. Within a lineage a child's rule stands for its parent's rule of the
    same `slot`.
    """

    table: ClassVar[str]  # the name of its table in TOML
    operator: ClassVar[str]

    @property
    def slot(self) -> str:
        return self.table

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002 - by default, all
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class ForClasses(Parameter):
    """A parameter that speaks to texts of these classes, but for these kinds."""

    classes: tuple[MessageClass, ...]
    exempt_kinds: tuple[MessageKind, ...] = ()

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:
        return message_class in self.classes and kind not in self.exempt_kinds


@dataclass(frozen=True, kw_only=True, slots=True)
class ForKinds(Parameter):
    """A parameter that speaks to texts of these kinds; to some classes of them only, where it names any."""

    kinds: tuple[MessageKind, ...]
    classes: tuple[MessageClass, ...] = ()

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:
        return kind in self.kinds and (not self.classes or message_class in self.classes)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnRecord(Parameter):
    """A parameter that no text is held against: other parts, and readers, look it up."""

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return False
