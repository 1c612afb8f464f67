"""`yesword invite` and `yesword invitations`: invite people by e-mail to join by text, and see what comes of it."""

import json
import os
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yesword.cli.options import using, with_store
from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yesword.collect.inviting import Added
    from yesword.collect.letters import Wording
    from yesword.reporting.invitations import Result
    from yesword.store.models import InvitationCampaign


class BadWordsFileError(YeswordError):
    """The invitation cannot be sent: the words are no TOML with tables of subject and body, such as [en]."""

    code = "bad_invitation_file"


@click.command("invite")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--point", "key", metavar="KEY", required=True, help="The form that the letter leads to.")
@click.option("--name", help="What to call the invitation; by default the name of the file.")
@click.option(
    "--permitted-by",
    required=True,
    metavar="WHY",
    help="Why these people may be written to, such as 'newsletter sign-up on example.org'. It is kept.",
)
@click.option(
    "--words",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML: a table for each language, each with subject and body; by default what ships.",
)
@click.option(
    "--measure-opens",
    "measures_opens",
    is_flag=True,
    help="Count who opens the letter, by a picture. Ask your lawyer first where the GDPR or ePrivacy rules hold.",
)
@click.option("--start", "is_started", is_flag=True, help="Start at once, instead of leaving a draft.")
@with_store
def command(
    file: Path,
    key: str,
    name: str | None,
    permitted_by: str,
    words: Path | None,
    data: Path,
    database_url: str | None,
    *,
    measures_opens: bool,
    is_started: bool,
) -> None:
    """Invite the people in FILE by e-mail to join by text; prints the number of the invitation.

    FILE is CSV with a line of column names: e-mail, and perhaps name, language, phone, and status or unsubscribed. Who
    wants no e-mail is recorded first, and gets none from any list. That somebody may be written to by e-mail permits no
    text: each is asked, and says yes from their own phone.
    """
    with using(data, database_url) as store:
        from yesword.collect import invitee_lists, inviting, points
        from yesword.collect.inviting import NewCampaign

        read = invitee_lists.reader(file)
        point = points.find(key)
        made = inviting.create(
            NewCampaign(
                point=key,
                name=name or file.stem,
                wordings=_wordings(words) if words else _shipped(point.program.languages),
                permitted_by=permitted_by,
                measures_opens=measures_opens,
            )
        )
        now = datetime.now(UTC)
        _print_added(inviting.add_people(store, made, read, now))
        if is_started:
            inviting.start(made, now)
        click.echo(made.pk)


def _wordings(file: Path) -> "Mapping[str, Wording]":
    from yesword.collect.letters import Wording

    try:
        found = tomllib.loads(file.read_text("utf-8"))
        return {
            language: Wording(subject=str(each["subject"]), body=str(each["body"]))
            for language, each in found.items()
        }
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise BadWordsFileError from error


def _shipped(languages: tuple[str, ...]) -> "Mapping[str, Wording]":
    from yesword.collect.letters import Wording
    from yesword.domain.collecting import invitation_words

    known = [each for each in languages if each in invitation_words.languages()]
    fixed = {each: invitation_words.fixed_words(each) for each in known or [invitation_words.FALLBACK]}
    return {language: Wording(subject=each.subject, body=each.body) for language, each in fixed.items()}


def _print_added(added: "Added") -> None:
    """To the error output: what is printed on the other is the number, for scripts."""
    said = [
        (added.invited, "to be invited"),
        (added.again, "in it already, or twice in the list"),
        (added.left, "want no e-mail, recorded now"),
        (added.numbers_unread, "numbers that cannot be read; the people are invited without"),
        *((count, f"rejected: {code}") for code, count in added.rejected.most_common()),
    ]
    for count, sentence in said:
        if count:
            click.echo(f"{count:>9,}  {sentence}", err=True)


@click.group("invitations")
def group() -> None:
    """Start, pause, watch and cancel invitations by e-mail, and read what people answer."""


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@with_store
def list_(data: Path, database_url: str | None, *, as_json: bool) -> None:
    """All invitations, newest first."""
    with using(data, database_url):
        from yesword.store.models import InvitationCampaign

        rows = [
            {"number": each.pk, "name": each.name, "state": each.state, "point": each.point.key}
            for each in InvitationCampaign.objects.select_related("point").order_by("-pk")
        ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['number']:>6}  {row['state']:<10} {row['name']} → {row['point']}")
    if not rows:
        click.echo("No invitations yet. `yesword invite --help` says how to make one.")


@group.command("status")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def status(number: int, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """How far it is, and how many opened, clicked, signed up and confirmed, with what each share is one of."""
    with using(data, database_url) as store:
        from yesword.collect import inviting
        from yesword.reporting import invitations

        row = inviting.find(number)
        found = invitations.result(store, row)
        if as_json:
            click.echo(json.dumps(_as_json(row, found)))
        else:
            _print_result(row, found)


def _as_json(row: "InvitationCampaign", found: "Result") -> dict[str, Any]:
    return {
        "number": row.pk,
        "name": row.name,
        "state": row.state,
        "pause_reason": row.pause_reason,
        "letters": {state.value: count for state, count in sorted(found.states.items())},
        "funnel": [
            {
                "stage": line.stage.value,
                "count": line.count,
                "of_before": line.of_before,
                "before": line.before.value if line.before else None,
                "of_sent": line.of_sent,
            }
            for line in found.lines
        ],
        "replied": found.replied,
        "bounced": found.bounced,
        "left": found.left,
        "reasons": [
            {"state": state.value, "reason": reason, "count": count} for state, reason, count in found.reasons
        ],
    }


def _print_result(row: "InvitationCampaign", found: "Result") -> None:
    why = f" ({row.pause_reason})" if row.pause_reason else ""
    click.echo(f"{row.name}: {row.state}{why}, {found.people:,} people, {found.waiting:,} still to go")
    for line in found.lines:
        if line.count is None:
            click.echo(f"  {'–':>9}  {line.stage.value.replace('_', ' ')}: not measured")
            continue
        shares = []
        if line.of_before is not None and line.before is not None:
            shares.append(f"{line.of_before:.1%} of {line.before.value.replace('_', ' ')}")
        if line.of_sent is not None and line.before is not None and line.before.value != "sent":
            shares.append(f"{line.of_sent:.1%} of sent")
        said = f": {', '.join(shares)}" if shares else ""
        click.echo(f"  {line.count:>9,}  {line.stage.value.replace('_', ' ')}{said}")
    for count, what in (
        (found.replied, "answered"),
        (found.bounced, "came back"),
        (found.left, "want no more e-mail"),
    ):
        if count:
            click.echo(f"  {count:>9,}  {what}")
    for state, reason, count in found.reasons:
        click.echo(f"  {count:>9,}  {state.value}: {reason}")


def _moving(name: str, said: str) -> click.Command:
    @click.argument("number", type=int)
    @with_store
    def move(number: int, data: Path, database_url: str | None) -> None:
        with using(data, database_url) as store:
            from yesword.collect import inviting

            row = inviting.find(number)
            now = datetime.now(UTC)
            if name == "start":
                inviting.start(row, now)
            elif name == "pause":
                inviting.pause(row)
            elif name == "resume":
                inviting.resume(row)
            else:
                click.echo(f"{inviting.cancel(store, row, now):,} letters will not go.")

    return click.command(name, help=said)(move)


group.add_command(_moving("start", "Start a draft. The running installation sends it."))
group.add_command(_moving("pause", "Pause it; the letter that is being handed over still goes."))
group.add_command(_moving("resume", "Go on with a paused one. Nobody gets a second letter."))
group.add_command(_moving("cancel", "Cancel it for good; what is not sent yet never goes."))


@group.command("send")
@with_store
def send(data: Path, database_url: str | None) -> None:
    """Send all letters that are due now, and end; for when nothing else of the installation runs."""
    with using(data, database_url) as store:
        from yesword.mail.settings import read_settings
        from yesword.worker import mailing

        sent = mailing.send(store, read_settings(os.environ), lambda: datetime.now(UTC))
        click.echo(f"{sent:,} letters sent.")


@group.command("read")
@click.argument("file", required=False, type=click.File("rb"))
@with_store
def read(file: Any, data: Path, database_url: str | None) -> None:
    """Act on what people answered: one letter from FILE (- for a pipe from a mail server), or else the whole mail box."""
    with using(data, database_url) as store:
        from yesword.collect.mail_answers import take
        from yesword.mail.reading import LARGEST
        from yesword.mail.servers import Server
        from yesword.mail.settings import BOX, NoMailError, read_settings
        from yesword.worker import mailing

        if file is not None:
            click.echo(take(store, file.read(LARGEST + 1), datetime.now(UTC)).value)
            return
        box = read_settings(os.environ).box
        if not isinstance(box, Server):  # none, or a door, at which letters are handed on
            raise NoMailError(name=BOX)
        click.echo(f"{mailing.read_box(store, box, lambda: datetime.now(UTC)):,} letters read.")
