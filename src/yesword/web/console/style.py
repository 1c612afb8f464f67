"""The living style page: every part with sample data. It is served in debug only, and never translated."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yesword.domain.rules.sources import RuleSource
from yesword.web import parts
from yesword.web.access import open_to_all
from yesword.web.states import STATES

_AT = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)
_AMSTERDAM = "Europe/Amsterdam"
_COLOURS = (
    "paper", "raised", "sunk", "ink", "muted", "line", "edge", "leaf", "amber", "brick", "slate", "accent",
)  # fmt: skip
_ICONS = (
    "home", "people", "message", "send", "program", "import", "handset", "more", "leave", "check", "cross", "clock",
    "stop", "question", "warning", "info", "proof", "sliders", "undo", "erase", "edit", "pause", "play", "search",
    "copy", "plus", "next", "previous", "key", "lock", "eye",
)  # fmt: skip


class SampleForm(forms.Form):
    name = forms.CharField(label="Campaign name", help_text="Only your colleagues see it.")
    send_by = forms.CharField(label="Send by", required=False)
    text = forms.CharField(label="Text", widget=forms.Textarea)
    program = forms.ChoiceField(label="Program", choices=[("club", "SAVEMORE"), ("events", "EVENTS")])
    is_reviewed = forms.BooleanField(
        label="I have read the text aloud", help_text="It finds what a spelling check does not."
    )


@open_to_all
@require_safe
def style_page(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Campaign “Spring offers” was paused. 4,120 texts are still to go.")
    form = SampleForm(
        {
            "name": "",
            "text": "Hej [Customer Name], 20 % på allt i Malmö till söndag. Stoppa? Svara STOPP",
            "program": "club",
        }
    )
    return render(
        request,
        "console/style.html",
        {
            "colours": _COLOURS,
            "icons": _ICONS,
            "sizes": range(1, 7),
            "states": STATES,
            "form": form,
            "notices": _notices(),
            "permissions": _permissions(),
            "timeline": _timeline(),
            "tree": _tree(),
            "bar": parts.VerdictBar(
                now=parts.Share(count=8412, url="#now"),
                waiting=parts.Share(count=312, url="#waiting", detail="until 08:00 in Florida"),
                refused=parts.Share(count=96, url="#refused", detail="most have stopped"),
                counted_at=_AT,
            ),
            "chart": _chart(),
            "card": _card(),
            "handset": _handset(),
            "silent_handset": parts.Handset(
                id="silent",
                title="Noah, in Miami",
                correspondent="800123",
                zone="America/New_York",
                reply_url="#",
                empty="Text SAVEMORE to join, as a person would.",
            ),
            "figures": _figures(),
            "progress": parts.Progress(
                label="Sending “Spring offers”",
                done=4292,
                total=8820,
                state="running",
                per_second=2140.0,
                left_s=132,
                pause_url="#",
                cancel_url="#",
            ),
            "table": _table(),
            "empty": parts.Empty(
                icon="send",
                title="No campaigns yet",
                text="A campaign sends one text to many people. Before it goes you see who gets it now, who waits, and who is refused and why.",
                action_url="#",
                action_label="Write a campaign",
            ),
            "confirm": parts.Confirm(
                id="cancel-campaign",
                title="Cancel “Spring offers”?",
                text="4,528 texts that are still to go will not go. Texts that went cannot be called back.",
                button="Cancel 4,528 texts",
                action_url="#",
                word="CANCEL",
            ),
            "code": parts.Code(
                label="Check a number from the terminal", text="yesword check +31612345678 --program club"
            ),
            "crumbs": [("Campaigns", "#"), ("Spring offers", "#")],
        },
    )


def _notices() -> list[parts.Notice]:
    return [
        parts.Notice(tone="leaf", title="Everything that was acknowledged is in the ledger."),
        parts.Notice(
            tone="amber",
            title="SAVEMORE is near its promise.",
            text="1,204 people have had three of the four texts that you promised this month.",
            url="#",
            url_label="See who",
        ),
        parts.Notice(
            tone="brick",
            title="Sending is stopped: the disk is full.",
            text="What people text us is still recorded. Free some space, then resume.",
        ),
        parts.Notice(tone="slate", title="Rule pack us-fl was verified on 2 March 2026."),
    ]


def _permissions() -> list[parts.Permission]:
    return [
        parts.Permission(
            state="granted",
            sentence="Anna may be texted club offers, because she confirmed on 3 March from her own phone.",
            detail="Up to four texts a month, on SMS, from SAVEMORE of Example Shop.",
            evidence_url="#timeline",
            evidence_label="See the evidence",
        ),
        parts.Permission(
            state="pending",
            sentence="Jonas asked for club offers, and has not yet said yes from his phone.",
            remedy="Nothing more is sent. His yes counts until 5 March 2026.",
        ),
        parts.Permission(
            state="withdrawn",
            sentence="Freja may not be texted by Example Shop: she texted “STOP.” on 1 March.",
            remedy="Only she can change it, by texting START from her phone.",
        ),
        parts.Permission(
            state="unknown", sentence="Nobody with this number has said anything to Example Shop."
        ),
    ]


def _timeline() -> list[parts.TimelineItem]:
    return [
        parts.TimelineItem(
            state="withdrawn",
            sentence="Anna ended everything from Example Shop by text.",
            at=_AT + timedelta(days=20, hours=3),
            zone=_AMSTERDAM,
            wording="Stop 🙏",
            wording_label="Texted to 800123",
            wording_language="nl",
            facts=[
                ("Understood as", "Opt-out, all programs (keyword “stop”)"),
                ("Queued texts cancelled", "2"),
            ],
            grade="A",
            proof=parts.Proof.PENDING,
        ),
        parts.TimelineItem(
            state="confirmed",
            sentence="Anna confirmed club offers from her own phone.",
            at=_AT,
            zone=_AMSTERDAM,
            wording="JA",
            wording_label="Texted to 800123",
            wording_language="nl",
            grade="A",
            proof=parts.Proof.PROVED,
            proof_url="#",
        ),
        parts.TimelineItem(
            state="requested",
            sentence="Anna asked for club offers with the keyword SAVEMORE, and was asked to confirm.",
            at=_AT - timedelta(minutes=2),
            zone=_AMSTERDAM,
            wording="Example Shop: antwoord JA om tot 4 aanbiedingen per maand te krijgen. Berichttarief kan gelden. Stoppen kan altijd met STOP, hulp met HELP. Voorwaarden: example.org/v",
            wording_label="Disclosure as shown, in Dutch, version 3",
            wording_language="nl",
            facts=[("Program", "SAVEMORE, version 3"), ("Lapses", "5 March 2026")],
            grade="B",
            proof=parts.Proof.PROVED,
            proof_url="#",
        ),
    ]


def _tree() -> parts.ReasonTree:
    return parts.ReasonTree(
        verdict="wait",
        asked="May Noah (+1 •••••• 143) get “Spring offers” of SAVEMORE?",
        decided="Waits until 08:00 in Florida.",
        asked_at=_AT + timedelta(hours=12, minutes=25),
        zone="America/New_York",
        reasons=[
            parts.ReasonLine(
                verdict="wait",
                sentence="In Florida, no offers between 20:00 and 08:00.",
                fact="It is 20:30 there. Noah's number and postcode both say Florida.",
                rule="us-fl.ftsa.tm",
                citation="Fla. Stat. 501.616(6)(a)",
                remedy="Nothing needs doing: it goes at 08:00, unless Noah stops first.",
                not_before=_AT + timedelta(hours=23, minutes=55),
                zone="America/New_York",
            ),
            parts.ReasonLine(
                verdict="send",
                sentence="Noah confirmed club offers on 3 March from his own phone.",
                rule="consent",
            ),
        ],
        facts=[
            ("Text", "promotion, campaigns"),
            ("Where they may be", "Florida (New York time, the number’s area code)"),
        ],
        packs=[("United States", "#"), ("Florida", "#"), ("Yesword", "#")],
        remedies=["Nothing needs doing: it goes at 08:00, unless Noah stops first."],
        footnote="Computed again just now from stored facts, with the same result.",
    )


def _chart() -> parts.HoursChart:
    day = parts.HoursRow(
        label="Florida",
        detail="New York time, by the number’s area code",
        bars=[
            parts.HoursBar(door="open", start=18.75, width=25),
            parts.HoursBar(door="open", start=68.75, width=25),
        ],
        door="shut",
        says="from 09:00",
        now="07:12",
    )
    both = parts.HoursRow(
        label="Everywhere they may be",
        detail="New York time; hatched where it is open in some of these places only",
        bars=[
            parts.HoursBar(door="partly", start=16.67, width=2.08),
            parts.HoursBar(door="open", start=18.75, width=22.9),
            parts.HoursBar(door="partly", start=41.65, width=2.08),
        ],
        door="partly",
        says="from 09:00",
        now="07:12",
    )
    return parts.HoursChart(
        title="Lawful hours",
        zone="America/New_York",
        rows=[day, day],
        everywhere=both,
        days=[parts.HoursTick(at=0, label="2 March 2026"), parts.HoursTick(at=50, label="3 March 2026")],
        ticks=[parts.HoursTick(at=12.5 * each, label=f"{each % 4 * 6:02}:00") for each in range(8)],
        now=15.0,
        table=[
            parts.HoursStretch(
                place="Florida",
                since=_AT,
                until=_AT + timedelta(hours=11),
                zone="America/New_York",
                door="open",
            )
        ],
        id="sample-hours",
    )


def _card() -> parts.RuleCard:
    return parts.RuleCard(
        anchor="sample.rule",
        topic="How far a stop reaches",
        asks=["A stop ends everything of the brand."],
        citation="47 CFR 64.1200(a)(10)",
        source=RuleSource(key="cfr", address="https://example.org/cfr/64.1200", is_primary=True),
        layer="Regulation",
        verified_on="2 March 2026",
        status="stayed",
        status_word="Stayed until 31 January 2027",
        confidence="found",
        facts=[("What is stayed", "that a stop ends texts on other matters too")],
        note="Held to by most senders already.",
        relation="Holds beside the rule of Yesword on this matter.",
    )


def _handset() -> parts.Handset:
    minute = timedelta(minutes=1)
    return parts.Handset(
        title="Anna, in Utrecht",
        correspondent="800123",
        zone=_AMSTERDAM,
        bubbles=[
            parts.Bubble(text="Savemore", at=_AT - 2 * minute, is_from_person=True),
            parts.Bubble(
                text="Example Shop: antwoord JA om tot 4 aanbiedingen per maand te krijgen. Stoppen kan altijd met STOP.",
                at=_AT - 2 * minute,
                segments=1,
                encoding="GSM-7",
                language="nl",
            ),
            parts.Bubble(text="ja 😊", at=_AT, is_from_person=True),
            parts.Bubble(
                text="Welkom bij de club, Anna! Je eerste aanbieding komt vrijdag. STOP om te stoppen.",
                at=_AT,
                segments=1,
                encoding="GSM-7",
                state="delivered",
                url="#",
                language="nl",
            ),
        ],
        reply_url="#",
        cost="1 segment for each person, 8,412 in all",
    )


def _figures() -> list[parts.Figure]:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return [
        parts.Figure(
            title="People who may be texted", value=8412, note="of 8,820 known", url="#", counted_at=_AT
        ),
        parts.Figure(
            title="Said yes this week",
            value=214,
            points=list(zip(days, (22, 31, 28, 40, 52, 27, 14), strict=True)),
        ),
        parts.Figure(
            title="Stopped this week",
            value=9,
            points=list(zip(days, (1, 0, 2, 1, 3, 2, 0), strict=True)),
            tone="brick",
        ),
    ]


def _table() -> parts.Table:
    return parts.Table(
        caption="Messages, newest first",
        columns=[
            parts.Column(label="Person"),
            parts.Column(label="State", kind=parts.Kind.STATE),
            parts.Column(label="Program"),
            parts.Column(label="Segments", kind=parts.Kind.NUMBER),
            parts.Column(label="When", kind=parts.Kind.TIME),
        ],
        rows=[
            parts.Row(cells=["Anna, +31 •••••• 678", "delivered", "SAVEMORE", 1, _AT], url="#"),
            parts.Row(cells=["Noah, +1 ••••••• 143", "queued", "SAVEMORE", 1, _AT], url="#"),
            parts.Row(cells=["Freja, +45 •••••• 21", "refused", "EVENTS", 2, _AT], url="#"),
            parts.Row(cells=["Jonas, +49 •••••••• 310", "uncertain", "REMINDME", 1, _AT], url="#"),
        ],
        total=18204,
        counted_at=_AT,
        zone=_AMSTERDAM,
        newer_url="#",
        older_url="#",
    )
