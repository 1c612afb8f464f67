"""How fast replies are understood: with the rules alone, with the model, and the slowest single text."""

import time
from collections.abc import Iterator
from typing import Final

from yesword.bench.rows import Figure, compared, rate
from yesword.domain.understanding import understand
from yesword.domain.understanding.normalise import forget

# What people text, in the mix of a campaign's answers: words, pleas, answers, chatter, a long one.
_REPLIES: Final = tuple(
    line.strip()
    for line in """
    STOP
    stop please
    Afmelden
    STOPP tack!
    JA
    ok thanks
    HELP
    sotp
    🛑
    Take me off your list
    haal me van de lijst
    hör auf mir zu schreiben
    sluta skicka reklam till mig
    nu er det nok, lad mig være
    déjame en paz por favor
    je ne veux plus recevoir vos messages
    nie chcę więcej tych wiadomości
    en halua enää näitä viestejä
    não quero mais receber isto
    non voglio più ricevere messaggi
    please stop by at five, I'll have the parcel ready
    can I move my appointment to Tuesday?
    do you have these shoes in a 42?
    Kan ik mijn bestelling nog annuleren? Nummer 88123
    Ich komme fünf Minuten später, sorry
    kan jag boka om till fredag eftermiddag
    hvornår åbner I på søndag
    who is this?
    sorry wrong number
    I never signed up for this and I will report you
    the sign at the shop says reply STOP, is that free
    Hi, my daughter used to come on Tuesdays but we have moved to Leeds in the summer, so the reminders about swimming
    Sent from my iPhone
    nonstop fun last night haha
    see you at the end of the month
    delete all the data that you have on me
    only the shoe offers please, keep the reminders
    """.strip().splitlines()
)
_TEXT: Final = (
    _REPLIES[-7] + ", could you take my number out of the list that you use for them? Many thanks, Sarah"
)


def figures(peer: Figure) -> Iterator[Figure]:
    yield rate("replies understood, rules alone", "1/s", _with_rules, against=peer)
    yield rate("replies understood, with the model", "1/s", _with_model, against=peer)
    yield compared(Figure(name="one long reply", value=round(_of_one(), 1), unit="us"), None)


def _with_rules() -> int:
    forget()
    for text in _REPLIES:
        understand(text, with_model=False)
    return len(_REPLIES)


def _with_model() -> int:
    forget()
    for text in _REPLIES:
        understand(text)
    return len(_REPLIES)


def _of_one() -> float:
    """Microseconds for one text of about 200 characters."""
    spent = []
    for _ in range(500):
        forget()
        started = time.perf_counter_ns()
        understand(_TEXT)
        spent.append(time.perf_counter_ns() - started)
    return sorted(spent)[len(spent) // 2] / 1000
