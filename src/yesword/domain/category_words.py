"""What the usual categories of programs are called in each language. What rules make of a category is not here.

The words are for people's eyes. What is kept, chosen and judged by is the category as its program names it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files("yesword.domain").joinpath("category_words.toml").read_text("utf-8"))


def word(category: str, language: str) -> str:
    """As it is written where none ships, with blanks for what joins its parts."""
    found = _words().get(category, {})
    return found.get(language) or found.get(language[:2]) or category.replace("_", " ")


def listed(categories: Iterable[str], language: str) -> str:
    return ", ".join(word(each, language) for each in categories)
