"""What a person wants to get, once they have shown that the handset is theirs: topics, how often, a pause, the language."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yesword.consent.preferring import prefer
from yesword.domain.choosing import MONTH_DAYS, PAUSE
from yesword.domain.events import Preferences
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.privacy.access import Proof
from yesword.privacy.rectifying import Changes, rectify
from yesword.privacy.restricting import NobodyThereError
from yesword.sending.leaving import GoneError, leave_proven
from yesword.store import contacts, programs
from yesword.web.installation import store
from yesword.web.languages import NAMES, direction_of
from yesword.web.public.handset_proof import proven
from yesword.web.public.leave import LOOKING, SENDING
from yesword.web.public.receipt import Opened, behind_a_link, frame, here_url

_PACES: Final = (4, 2, 1)  # texts in thirty days, of which those are offered that are fewer than promised
_OWN_NAMES: Final = dict(NAMES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """One choice of how often. `count` 0: as promised."""

    count: int
    is_chosen: bool


def _page(request: HttpRequest, opened: Opened, proof: Proof) -> HttpResponse:
    if request.method == "POST":
        return _save(request, opened)
    now = datetime.now(UTC)
    state = _state(opened)
    # What a former owner of the number chose is none of theirs.
    chosen = None if proof.reassigned_at else state.preferences_for(opened.program.id)
    chosen = chosen or Preferences()
    program = opened.program
    language, texts = program.texts_in(opened.person.language)
    promised_in, promised = program.texts_in(get_language())
    context = {
        **frame(opened),
        "number": opened.person.number,
        "is_in": state.grant_for(program.id) is not None,
        "may_stop": bool(state.grants) or state.withdrawal_for(None) is None,
        "may_stop_program": state.withdrawal_for(program.id) is None,
        "has_left": state.withdrawal_for(program.id) is not None,
        "others": len(programs.of_brand(program.brand)) > 1,
        "topics": [(each, each not in chosen.without_categories) for each in program.categories],
        "paces": _paces(program, chosen),
        "frequency": promised.frequency or texts.frequency,
        "promised_in": promised_in,
        "runs": direction_of(promised_in),
        "paused_until": chosen.paused_until if chosen.paused_until and chosen.paused_until > now else None,
        "pause_days": PAUSE.days,
        "month_days": MONTH_DAYS,
        "tongues": [(code, _OWN_NAMES.get(code, code), code == language) for code in program.languages],
        "done": request.GET.get("done", ""),
    }
    return render(request, "public/my_preferences.html", context)


def _paces(program: Program, chosen: Preferences) -> list[Pace]:
    promised = program.frequency.count / program.frequency.days
    fewer = [each for each in _PACES if each / MONTH_DAYS < promised]
    now = chosen.count if chosen.window_days == MONTH_DAYS and chosen.count in fewer else 0
    return [Pace(count=each, is_chosen=each == now) for each in (0, *fewer)]


def _save(request: HttpRequest, opened: Opened) -> HttpResponse:
    now = datetime.now(UTC)
    here, program = store(), opened.program
    wanted = request.POST.getlist("topic")
    pace = request.POST.get("pace", "")
    count = int(pace) if pace in {str(each.count) for each in _paces(program, Preferences())} else 0
    before = _state(opened).preferences_for(program.id) or Preferences()
    chosen = Preferences(
        count=count or None,
        window_days=MONTH_DAYS if count else None,
        paused_until=_paused_until(request.POST.get("pause", ""), before, now),
        without_categories=tuple(each for each in program.categories if each not in wanted),
    )
    with here.database.write() as session:
        brand = programs.brand(opened.person.brand)
        prefer(here, session, brand, opened.person, program.id, chosen, now)
    language = request.POST.get("language", "")
    if language in program.languages and language != opened.person.language:
        try:
            rectify(here, opened.person, Changes(language=language), None, now)
        except NobodyThereError:
            return redirect(here_url("my-data", opened))
    return redirect(here_url("my-preferences", opened, done="saved"))


def _paused_until(typed: str, before: Preferences, at: datetime) -> datetime | None:
    if typed == "keep":
        return before.paused_until
    return at + PAUSE if typed == "pause" else None


def _stop(request: HttpRequest, opened: Opened, proof: Proof) -> HttpResponse:
    """Leave altogether. Told as done only once nothing is on its way any more."""
    del proof
    try:
        left = leave_proven(
            store(),
            opened.person,
            opened.program,
            datetime.now(UTC),
            language=get_language() or "en",
            is_program_only=request.POST.get("what") == "program",
        )
    except GoneError:
        return redirect(here_url("my-data", opened))
    if not left.is_drained:
        said = _("A text is on its way at this moment. Go back, and press the button again.")
        return HttpResponse(said + "\n", status=503, content_type="text/plain; charset=utf-8")
    return redirect(here_url("my-preferences", opened, done="stopped"))


def _state(opened: Opened) -> ConsentState:
    with store().database.read() as session:
        return contacts.standings(session, [opened.person.id])[opened.person.id].state


page = behind_a_link(proven(_page), (*LOOKING, *SENDING))
stop = behind_a_link(proven(_stop), SENDING)
