"""Scene 7: a list of mixed quality, read twice."""

from pathlib import Path
from typing import Final

from yesword.collect.imports import Options, Outcome, Report, run_import
from yesword.demo.story.joining import JOINERS
from yesword.demo.story.stage import Stage
from yesword.domain.events import Grade

_ROWS: Final = (
    "Naam;Mobiel;Plaats;Toestemming op;Bron;Tekst toestemming",
    "Zoë Mulder;06 1234 5930;Den Haag;12-01-2026;winkel Spui;Ja, stuur mij aanbiedingen per sms",
    "Zoë Mulder;+31 6 12345930;Den Haag;12-01-2026;winkel Spui;Ja, stuur mij aanbiedingen per sms",
    "Ot Visser;0031612345931;Breda;13-01-2026;winkel Breda;Ja, stuur mij aanbiedingen per sms",
    "Jo Blok;0612345932;Assen;;;",
    "Vaste Lijn;070 123 4567;Den Haag;12-01-2026;winkel Spui;Ja",
    "Onzin;zie achterkant;Tiel;12-01-2026;winkel;Ja",
    "Toekomst;0612345933;Tiel;12-01-2031;winkel;Ja",
    "Koop Lijst;0612345934;Tiel;12-01-2026;gekocht adressenbestand;Ja",
    f"Anna de Wit;{JOINERS[0][1]};Utrecht;12-01-2026;winkel Utrecht;Ja, stuur mij aanbiedingen per sms",
)


def play(stage: Stage) -> None:
    stage.begin("7. A list of mixed quality, read twice")
    club = stage.demo.program("club")
    path = stage.store.folder / "people.csv"
    path.write_text("\n".join(_ROWS) + "\n", encoding="latin-1")
    rejected = stage.store.folder / "rejected.csv"
    report = _run(stage, path, rejected)
    for row in _ROWS[1:]:
        stage.say(f"  {row}")
    stage.narrate(
        "The report: "
        + ", ".join(
            f"{count} {outcome.value.replace('_', ' ')}"
            for outcome, count in report.outcomes.items()
            if count
        )
        + ". Grades: "
        + ", ".join(f"{count} of {grade.value}" for grade, count in sorted(report.grades.items()) if count)
        + "."
    )
    stage.claim(
        "Every row is accounted for, semicolons, Latin-1 and all.",
        "G4",
        held=report.rows == len(_ROWS) - 1 == sum(report.outcomes.values()),
    )
    back = rejected.read_text(encoding="utf-8-sig")
    stage.claim(
        "The landline, the nonsense, the day that has not come and the bought list come back in a file, with reasons.",
        "A18", "G2",
        held=report.outcomes.get(Outcome.REJECTED, 0) == 4
        and all(name in back for name in ("Vaste Lijn", "Onzin", "Toekomst", "Koop Lijst")),
    )  # fmt: skip
    zoe, jo, anna = "+31612345930", "+31612345932", JOINERS[0][1]
    grant = stage.state(zoe).grant_for(club.id)
    stage.claim(
        "With date, source and wording it is a grant of grade D; with a claim alone nobody may be texted.",
        "G3",
        held=grant is not None and grant.grade is Grade.D and stage.state(jo).grant_for(club.id) is None,
    )
    stage.claim(
        "Anna, who had stopped, is not brought back by a list.", "C4", held=not stage.is_in(anna, club)
    )
    seqs = [stage.state(number).seq for number in (zoe, jo, anna)]
    again = _run(stage, path, rejected)
    stage.claim(
        "Reading the same file again changes nothing.",
        held=seqs == [stage.state(number).seq for number in (zoe, jo, anna)]
        and not again.outcomes.get(Outcome.CREATED, 0),
    )


def _run(stage: Stage, path: Path, rejected: Path) -> Report:
    stage.step(minutes=5)
    return run_import(
        stage.store, stage.demo.program("club"), path, Options(rejected=rejected), clock=lambda: stage.now
    )
