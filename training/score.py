"""How well replies are understood: `make replies-score`. Each set of replies by itself, by language, and the negatives.

The sets called held and h only measure: nobody has read them, written a rule from them or trained on them. `--misses` shows
what is read wrongly in the others, and nothing of what measures; `--false` lists each negative that is called an opt-out.
"""

import sys
from collections import Counter
from collections.abc import Callable

from training.corpora import LEARNT_FROM, MEASURING, Reply, negatives, replies
from yesword.domain.understanding import understand

MAIN = ("en", "nl", "sv", "de", "da")
NO_LANGUAGE = ("xx", "mul")


def label_of(reply: Reply) -> str:
    hints = () if reply.language in NO_LANGUAGE else (reply.language,)
    return understand(reply.text, hints).label.value


def report(half: str, read: Callable[[Reply], str] = label_of, *, shows_misses: bool) -> None:
    rows = list(replies(half))
    answers = [(row, read(row)) for row in rows]
    wanted = [(row, said) for row, said in answers if row.label == "OPT_OUT"]
    others = [(row, said) for row, said in answers if row.acceptable == {"OTHER"}]
    right = sum(said in row.acceptable for row, said in answers)
    caught = sum(said == "OPT_OUT" for _, said in wanted)
    wrongly = [(row, said) for row, said in others if said == "OPT_OUT"]
    print(f"\n{half}: {len(rows)} replies, {right / len(rows):.1%} right")
    print(f"  recall of OPT_OUT      {caught}/{len(wanted)} = {caught / len(wanted):.3f}")
    print(f"  false OPT_OUT on OTHER {len(wrongly)}/{len(others)} = {len(wrongly) / len(others):.3f}")
    languages = Counter(row.language for row, _ in wanted)
    for language, count in languages.most_common():
        found = sum(said == "OPT_OUT" for row, said in wanted if row.language == language)
        mark = "*" if language in MAIN else " "
        print(f"  {mark} {language:4} {found}/{count} = {found / count:.3f}")
    if shows_misses:
        for row, said in answers:
            if said not in row.acceptable:
                print(f"    {row.language} {row.label} read as {said}: {row.text!r}")


def report_negatives(*, held: bool, lists_them: bool) -> None:
    counted: Counter[str] = Counter()
    wrong = []
    for language, text in negatives(held=held):
        counted[language] += 1
        if understand(text, (language,)).label.value == "OPT_OUT":
            wrong.append((language, text))
    total = sum(counted.values())
    print(
        f"\nnegatives, {'held' if held else 'open'}: {len(wrong)}/{total} = {len(wrong) / total:.4%} called OPT_OUT"
    )
    if lists_them:
        for language, text in wrong:
            print(f"    {language}: {text!r}")


if __name__ == "__main__":
    if "--misses" in sys.argv:
        for known in LEARNT_FROM:
            report(known, shows_misses=True)
        report_negatives(held=False, lists_them=True)
    else:
        for each in ("open", *MEASURING):
            report(each, shows_misses=False)
        for is_held in (False, True):
            report_negatives(held=is_held, lists_them="--false" in sys.argv)
