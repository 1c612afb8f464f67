"""Law and industry codes as dated, cited data: typed packs, and what of them speaks to a text."""

from yesword.domain.rules.loader import PackError
from yesword.domain.rules.resolve import Asked, RuleBook, Rules

__all__ = ["Asked", "PackError", "RuleBook", "Rules"]
