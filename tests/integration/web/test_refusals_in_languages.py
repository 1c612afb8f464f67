"""What a page refuses, it refuses in the language of whoever reads it: contests, invitations, pop-ups, and numbers."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from factories.consoles import fresh, signed_in
from factories.contests import announced
from factories.contests import definition as contest
from factories.mail import invitation
from factories.points import published
from factories.worlds import ANNA, world
from yesword.collect import contest_draws, contest_refusals, contests, invitation_errors, invitee_lists
from yesword.domain import phone, templates
from yesword.domain.collecting import contest_errors
from yesword.domain.collecting import popups as popup_errors
from yesword.domain.collecting.contest_words import suggested
from yesword.domain.collecting.contests import ContestWording
from yesword.domain.linting.finding import Severity
from yesword.domain.linting.sentences import Said
from yesword.store.models import InvitationCampaign
from yesword.web.error_words import told
from yesword.web.languages import CODES

A_DAY = timedelta(days=1)


@pytest.fixture
def here(sqlite_store):
    fresh()
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture(params=CODES)
def page(request, here):
    return Reader(request.param)


class Reader:
    """Somebody at the console whose browser asks for one language."""

    def __init__(self, language):
        self.language = language
        self.client = signed_in()

    def post(self, address, typed, *, follow=False):
        wanted = {"accept-language": self.language}
        with translation.override(self.language):  # so that the next test begins in no language of a page
            answer = self.client.post(address, typed, headers=wanted, follow=follow)
        assert f'<html lang="{self.language}"' in answer.content.decode()
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())

    def is_told(self, said, error):
        """In these words and, but for English, in none of the error's own."""
        with translation.override(self.language):
            expected = " ".join(told(error).split())
        assert expected in said
        assert (expected == error.message) == (self.language == "en")


def local(moment):
    return moment.strftime("%Y-%m-%dT%H:%M")


def typed_contest(here, **changes):
    return {
        "program": str(here.club.id),
        "name": "Colour",
        "key": "colour",
        "keywords": "vote",
        "answering": "options",
        "options": "A Red\nB Blue",
        "opens": local(here.at + A_DAY),
        "closes": local(here.at + 3 * A_DAY),
        "entries_each": "1",
        "winners": "1",
        "seed_source": "the lottery",
        "seed_at": local(here.at + 5 * A_DAY),
        "asks_after": "on",
        "keeps_days": "30",
        "winners_days": "365",
        "speaks_en": "on",
        "title_en": "Colour",
        "consent_en": suggested(here.club, "en"),
        **changes,
    }


def test_a_contest_that_cannot_run(here, page):
    errors = contest_errors
    unknown = "[Nothing]"
    with pytest.raises(templates.UnknownFieldError) as found:
        templates.render(templates.parse(unknown), {})
    for change, error in (
        ({"title_en": ""}, errors.NoTitleError(language="en")),
        ({"consent_en": ""}, errors.NoConsentTermsError(language="en")),
        ({"consent_en": unknown}, errors.TermsFieldError(language="en", why=found.value)),
        ({"keywords": ";"}, errors.NoKeywordError()),
        ({"keywords": "SAVEMORE"}, errors.KeywordInUseError(word="SAVEMORE", sender=here.club.sender)),
        ({"keywords": "STOP"}, errors.LeavingWordError(word="STOP")),
        ({"keywords": "A" * 21}, errors.LongWordError(word="A" * 21)),
        ({"options": "A Red\nA Blue"}, errors.WordTwiceError()),
        ({"options": "A Red"}, errors.OptionCountError(most=20)),
        ({"options_en": "C Green"}, errors.UnknownOptionError(word="C", language="en")),
        ({"right": "C"}, errors.UnknownRightAnswerError(answer="C")),
        ({"answering": "none", "right": "C"}, errors.RightOfNothingError()),
        ({"closes": local(here.at)}, errors.ClosesFirstError()),
        ({"seed_source": ""}, errors.NoSeedError()),
        ({"seed_at": local(here.at + 2 * A_DAY)}, errors.KnownSeedError()),
    ):
        page.is_told(page.post("/contests/new", typed_contest(here, **change)), error)


def test_a_contest_that_cannot_be_announced_closed_or_drawn(here, page):
    vague = (("en", ContestWording(title="Colour", consent="By entering you agree to everything.")),)
    written = contest(here, keywords=("VAGUE",), asks_after=True, wordings=vague)
    drafted = contests.draft(here.club.brand, "vague", written, here.at)
    found = contests.findings(written, here.club, "en", here.at)
    first = next(each for each in found if each.severity is Severity.ERROR)
    refused = contest_refusals.UnplainTermsError(name=drafted.name, language="en", what=Said(first.sentence))
    page.is_told(page.post("/contests/vague/announce", {}), refused)
    made = announced(here)
    until = made.closes_at.strftime("%Y-%m-%d %H:%M UTC")
    still_open = contest_refusals.StillOpenError(name=made.name, until=until)
    page.is_told(page.post("/contests/colour/close", {}), still_open)
    here.text(ANNA, "VOTE A")
    page.post("/contests/colour/close", {"early": "yes"}, follow=True)
    with here.store.database.read() as session:
        fixed = contest_draws.exported(session, contests.find("colour")).commitment
    draw = {"seed": "3 14", "seed_at": "2026-01-05T12:00"}
    early = contest_refusals.EarlySeedError(
        seed_at="2026-01-05 11:00 UTC", committed_at=fixed.committed_at.strftime("%Y-%m-%d %H:%M UTC")
    )
    page.is_told(page.post("/contests/colour/draw", draw), early)
    changed = page.post("/contests/colour/edit", typed_contest(here))
    page.is_told(changed, contest_refusals.AnnouncedContestError(name=made.name))


def written(**changes):
    return {
        "name": "Autumn",
        "point": "door",
        "permitted_by": "newsletter sign-up",
        "subject_en": "Hello",
        "body_en": "Join [Program]?",
        **changes,
    }


def test_an_invitation_that_cannot_be_sent(here, page):
    published(here)
    errors = invitation_errors
    known = "There is no field"
    said = page.post("/invitations/new", written(body_en="[Nothing]?"))
    assert (known in said) == (page.language == "en")
    for change, error in (
        ({"subject_en": ""}, errors.EmptyLetterError(language="en")),
        ({"subject_en": "", "body_en": ""}, errors.SilentInvitationError()),
    ):
        page.is_told(page.post("/invitations/new", written(**change)), error)


def test_an_invitation_that_is_over_and_lists_that_cannot_be_read(here, page):
    published(here)
    row = invitation(here, "anna@example.net,Anna,,,\n", is_started=False)
    for text, error in (
        (b"name\nAnna\n", invitee_lists.NoMailColumnError()),
        ("e-mail\nåsa@example.net\n".encode("latin-1"), invitee_lists.NotUtf8Error()),
    ):
        file = SimpleUploadedFile("people.csv", text, "text/csv")
        said = page.post(f"/invitations/{row.pk}/people", {"file": file}, follow=True)
        page.is_told(said, error)
    InvitationCampaign.objects.filter(pk=row.pk).update(state=InvitationCampaign.State.CANCELLED)
    for wish, error in (
        ("start", invitation_errors.NotStartableError),
        ("pause", invitation_errors.NotPausableError),
        ("resume", invitation_errors.NotResumableError),
        ("cancel", invitation_errors.NotCancellableError),
    ):
        said = page.post(f"/invitations/{row.pk}/{wish}", {}, follow=True)
        page.is_told(said, error(state=InvitationCampaign.State.CANCELLED))


def test_a_pop_up_that_cannot_be_shown(here, page):
    published(here)
    usual = {
        "origins": "https://shop.example",
        "way": "form",
        "trigger": "delay",
        "after": "8",
        "position": "corner",
        "theme": "auto",
        "every_days": "30",
        "most_closes": "3",
    }
    for change, error in (
        ({"origins": "https://*.example"}, popup_errors.BadSiteError(site="https://*.example")),
        ({"origins": "http://shop.example"}, popup_errors.UnsafeSiteError(site="http://shop.example")),
        ({"trigger": "scroll", "after": "101"}, popup_errors.BadDelayError(most=100, after=101)),
    ):
        page.is_told(page.post("/collect/door/popup", {**usual, **change}), error)


def test_a_number_that_cannot_be_read(here, page):
    assert here.club
    for typed, error in (
        ("06 1234", phone.NumberTooShortError(digits=6)),
        ("06 1234 5678 9012 3456", phone.NumberTooLongError(digits=18)),
        ("06 12345678 / 06 12345679", phone.SeveralNumbersError()),
        ("+999 12345678", phone.UnknownCallingCodeError()),
    ):
        page.is_told(page.post("/people/search", {"q": typed}), error)
