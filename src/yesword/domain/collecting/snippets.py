"""The box for somebody else's checkout, as HTML: not ticked, with the wording to the letter and the digest that names it."""

import hashlib
import html

from yesword.domain.collecting.points import BadPointError, PointDefinition
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.programs import Program


class SilentBoxError(BadPointError):
    """The collection point cannot be published: it says nothing in {language}."""

    code = "bad_point_silent"


def box(definition: PointDefinition, program: Program, language: str) -> str:
    """No script and no style; the shop's form sends both fields along. Raises BadPointError for a language without words."""
    if language not in definition.languages:
        raise SilentBoxError(language=language)
    wording = consent_text(definition, program, language)
    digest = hashlib.sha256(wording.encode()).hexdigest()
    name = html.escape(language)
    return (
        f'<p lang="{name}">\n'
        f'  <input type="checkbox" id="sms-consent" name="sms_consent" value="yes">\n'
        f'  <label for="sms-consent">{html.escape(wording)}</label>\n'
        f'  <input type="hidden" name="sms_consent_wording" value="{digest}">\n'
        f'  <input type="hidden" name="sms_consent_language" value="{name}">\n'
        f"</p>"
    )
