"""Law and industry codes as dated, cited data: typed packs, and what of them speaks to a text."""

from yesword.domain.rules.book import RuleBook, UnknownRuleError
from yesword.domain.rules.resolve import Asked, Rules, resolve, settle
from yesword.domain.rules.tables import PackError

__all__ = ["Asked", "PackError", "RuleBook", "Rules", "UnknownRuleError", "resolve", "settle"]
