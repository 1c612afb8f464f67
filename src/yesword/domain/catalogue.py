"""The sentences of the domain: id to English wording, as data. Saying them is in `explain`.

The English wording is the gettext msgid. Placeholders are named; one that ends in `_on` holds an ISO date and is
shown as a day.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def gettext_noop(text: str) -> str:
    """Marks a wording for the catalogues of translations, and changes nothing."""
    return text


_ = gettext_noop

CATALOGUE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # --- blocks
        "cancelled": _("The campaign that this text belongs to was cancelled."),
        "fact.cancelled": _("It was taken back before this text went."),
        "remedy.cancelled": _("Start a new campaign."),
        "restricted": _("What is kept of this person may be used for nothing, not even for texts."),
        "fact.restricted": _(
            "They asked for that, or somebody of the brand did, until a question is settled."
        ),
        "remedy.restricted": _(
            "Lift the restriction once the question is settled and the person has been told."
        ),
        "not_a_mobile": _("This number cannot receive texts."),
        "fact.not_a_mobile": _("By the numbering plan of {country} it is no mobile number."),
        "remedy.not_a_mobile": _("Ask the person for a mobile number."),
        # --- permission
        "withdrawn": _("The person has stopped these texts."),
        "fact.withdrawn": _("They stopped on {since_on}."),
        "fact.withdrawn.undated": _("They stopped."),
        "remedy.withdrawn": _(
            "Only the person can change this, by texting START or a keyword from their own phone."
        ),
        "superseded": _("The person has stopped since this text was planned."),
        "fact.superseded": _(
            "The text was planned before the newest stop, or for a request that is no longer open."
        ),
        "remedy.superseded": _("Plan a new text, if the person has joined again."),
        "never_asked": _("The person never agreed to these texts."),
        "fact.never_asked": _("The record has no consent for them."),
        "remedy.never_asked": _(
            "Ask for consent where the person comes to you: a form, a checkout, a keyword."
        ),
        "request_pending": _("The person has not confirmed yet."),
        "fact.request_pending": _("A request for consent is open."),
        "remedy.request_pending": _("Wait for their yes. The request may not be repeated."),
        "request_lapsed": _("The request for consent has lapsed."),
        "fact.request_lapsed": _("It lapsed on {since_on}."),
        "fact.request_lapsed.undated": _("It lapsed."),
        "remedy.request_lapsed": _("The person may sign up again."),
        "no_request": _("There is no open request for consent that this text could ask about."),
        "fact.no_request": _("The record has no open request."),
        "remedy.no_request": _("Asking by text needs a fresh act of the person: a keyword, a form."),
        "refused": _("The person said no."),
        "fact.refused": _("They refused on {since_on}."),
        "fact.refused.undated": _("They refused."),
        "remedy.refused": _("Only the person can change this, by signing up themselves."),
        "other_program": _("The person agreed to other texts, not to these."),
        "fact.other_program": _("Their consent is for {programs}."),
        "remedy.other_program": _("Ask for consent to this program."),
        "grant_ended": _("The person's consent has ended."),
        "fact.grant_ended": _("It ran until {since_on}."),
        "fact.grant_ended.undated": _("It was given for a limited time."),
        "remedy.grant_ended": _("Ask for consent again."),
        "out_of_scope": _("The person's consent does not cover a text like this."),
        "fact.out_of_scope": _("It is limited to other purposes, categories or acts."),
        "remedy.out_of_scope": _(
            "Name the categories of the text if they are missing, or ask for wider consent."
        ),
        "number_invalid": _("Somebody else may have this number now."),
        "fact.number_invalid": _("The number was reported as not theirs on {since_on}."),
        "fact.number_invalid.undated": _("The number was reported as not theirs."),
        "remedy.number_invalid": _("Ask the person for their new number. The new owner may sign up by text."),
        "erased": _("This person was erased at their own wish."),
        "fact.erased": _("They were erased on {since_on}."),
        "fact.erased.undated": _("They were erased."),
        "remedy.erased": _("Only the person can change this, by texting from their own phone."),
        "paused": _("The person has paused these texts until {until_on}."),
        "fact.paused": _("They chose a pause until {until_on}."),
        "remedy.paused": _("Wait, or leave this person out."),
        "category_excluded": _("The person does not want texts about this."),
        "fact.category_excluded": _("They left out a category that the text, or else its program, is about."),
        "remedy.category_excluded": _("Name the categories of the text, or leave this person out."),
        "withdrawn_elsewhere": _("The person has stopped other texts of this sender, which ends these too."),
        "fact.withdrawn_elsewhere": _("They stopped another program on {since_on}."),
        "fact.withdrawn_elsewhere.undated": _("They stopped another program."),
        "remedy.withdrawn_elsewhere": _(
            "Only the person can change this, by texting START or a keyword from their own phone."
        ),
        "invitation_off": _("Asking for consent by text, out of the blue, is switched off."),
        "fact.invitation_off": _("The program does not allow it."),
        "remedy.invitation_off": _("Ask where the person comes to you: a form, a checkout, a keyword."),
        "invitation_barred": _("Asking for consent by text is itself forbidden in {place} ({citation})."),
        "fact.invitation": _("The text asks for consent, and the person has not asked for that."),
        "remedy.invitation_barred": _("Ask where the person comes to you: a form, a checkout, a keyword."),
        "asked_before": _("A person may be asked by text {count} times at most in {place} ({citation})."),
        "asked_before.one": _("A person may be asked by text {count} time at most in {place} ({citation})."),
        "fact.asked_before": _("They were asked {count} times."),
        "fact.asked_before.one": _("They were asked {count} time."),
        "remedy.asked_before": _("Ask where the person comes to you: a form, a checkout, a keyword."),
        "asked_too_soon": _("Who said no may not be asked again for {days} days ({citation})."),
        "remedy.asked_too_soon": _("Wait, and ask by another way than a text."),
        "asks_from_elsewhere": _("In {place} such a question may not come from this sender ({citation})."),
        "fact.sender": _("It would come from {address}."),
        "remedy.asks_from_elsewhere": _(
            "Ask from a sender that the rule allows, or by another way than a text."
        ),
        "no_withdrawal": _("There is no stop that this text could confirm."),
        "fact.no_withdrawal": _(
            "The stop that it answers is not in the record, or a newer one has taken its place."
        ),
        "remedy.no_withdrawal": _("Nothing needs to be sent."),
        "no_conversation": _("There is no text from the person that this one answers."),
        "fact.no_conversation": _("The message names no text that it replies to."),
        "remedy.no_conversation": _(
            "Answer a text of theirs, or send it under a program that they agreed to."
        ),
        "no_trigger": _("There is no order, appointment or request that this text informs about."),
        "fact.no_trigger": _("The message names none, or it promotes something."),
        "remedy.no_trigger": _("Name what it informs about, and leave promotion out."),
        "stop_reply_not_allowed": _("A stop may not be confirmed by text here."),
        "stop_reply_late": _("A stop may be confirmed within {minutes} minutes only."),
        "fact.stopped_ago": _("The person stopped {minutes} minutes ago."),
        "fact.stopped_ago.minute": _("The person stopped {minutes} minute ago."),
        "remedy.stop_reply_not_allowed": _("Nothing needs to be sent; the stop holds."),
        "remedy.stop_reply_late": _("Nothing needs to be sent; the stop holds."),
        "conversation_over": _("A reply may follow the person's text within {hours} hours only."),
        "fact.conversation": _("Their text came on {since_on}."),
        "fact.conversation.undated": _("Their text came earlier."),
        "remedy.conversation_over": _("Wait until they write again, or use a program that they agreed to."),
        "consent_too_weak.implied": _("Such a text needs at least implied consent ({citation})."),
        "consent_too_weak.express": _("Such a text needs express consent ({citation})."),
        "consent_too_weak.express_written": _("Such a text needs express written consent ({citation})."),
        "fact.basis.express_written": _("The person agreed in writing on {since_on}."),
        "fact.basis.express": _("The person agreed on {since_on}, not in writing."),
        "fact.basis.customer": _(
            "The person has been a customer since {since_on}, and did not say yes to texts."
        ),
        "fact.basis.conversation": _("The person wrote first on {since_on}, and agreed to nothing further."),
        "fact.basis.trigger": _(
            "The person placed an order or made an appointment on {since_on}, and no more."
        ),
        "remedy.consent_too_weak": _("Ask for the consent that is missing, with the full wording shown."),
        "grade_too_low": _("The evidence of the consent is too weak: at least grade {lowest} is needed."),
        "fact.grade": _("The evidence is of grade {grade}."),
        "remedy.grade_too_low": _("Ask the person to confirm from their own phone."),
        "soft_opt_in.none": _("Being a customer permits no such text in {place} ({citation})."),
        "soft_opt_in.unknown": _(
            "That a customer may be texted in {place} has conditions, and nothing shows that they are met ({citation})."
        ),
        "soft_opt_in.origin": _("Such an acquaintance does not permit texts in {place} ({citation})."),
        "soft_opt_in.too_old": _("The last purchase was too long ago for {place} ({citation})."),
        "soft_opt_in.not_told": _(
            "In {place} a customer has to be told, when giving the number, that refusing is free ({citation})."
        ),
        "soft_opt_in.other_entity": _(
            "In {place} only the very company that a customer bought from may text them ({citation})."
        ),
        "soft_opt_in.not_similar": _(
            "In {place} a customer may be texted only about things like those that they bought ({citation})."
        ),
        "soft_opt_in.not_told_now": _(
            "In {place} each text to a customer has to say how to stop ({citation})."
        ),
        "fact.customer": _("The person is a customer, and did not say yes to texts."),
        "fact.relation.unknown": _("The record does not say what they bought, or when."),
        "fact.relation.not_told": _("The record does not say that they were told."),
        "fact.relation.other_entity": _("They gave the number to another company."),
        "fact.relation.categories": _("They bought {categories}."),
        "fact.relation.sale": _("They last bought something on {since_on}."),
        "fact.relation.contract": _("They made a contract on {since_on}."),
        "fact.relation.negotiation": _("They negotiated on {since_on}."),
        "fact.relation.enquiry": _("They enquired on {since_on}."),
        "fact.relation.donation": _("They last gave on {since_on}."),
        "fact.relation.interest": _("They showed interest on {since_on}."),
        "fact.relation.membership": _("They have been a member since {since_on}."),
        "fact.relation.contest": _("They entered a contest on {since_on}."),
        "remedy.soft_opt_in": _("Ask the person for their consent, where they come to you."),
        "not_confirmed": _("Such a text needs a confirmation from the person's own phone ({citation})."),
        "remedy.not_confirmed": _("Let the person confirm by text."),
        "confirmation_advised": _(
            "A confirmation from the person's own phone is the proof that counts in {place} ({citation})."
        ),
        "remedy.confirmation_advised": _("Use double opt-in for people there."),
        "promotion_without_grant": _("A text that promotes needs consent to promotion."),
        "fact.promotional": _("The text is promotional, and rests on something else than such consent."),
        "remedy.promotion_without_grant": _("Take the promotion out, or ask for consent first."),
        # --- age and content
        "too_young": _("Texts about this are for people of {age} and older."),
        "fact.age_unknown": _("The person's age is not known."),
        "fact.adult": _("The person was 18 or older on {since_on}."),
        "fact.adult.undated": _("The person is 18 or older."),
        "fact.said_age": _("The person said on {since_on} to be {age} or older."),
        "fact.said_age.undated": _("The person said to be {age} or older."),
        "remedy.too_young": _("Ask for their date of birth when they sign up."),
        "category_banned": _("Texts about {categories} may not go there ({citation})."),
        "fact.categories": _("The text is about {categories}."),
        "remedy.category_banned": _("Leave people there out."),
        # --- sender and wording
        "carrier_answers_stop": _("The carrier has already confirmed this stop."),
        "fact.carrier_answers_stop": _("On this sender's account the carrier answers STOP itself."),
        "remedy.carrier_answers_stop": _("Nothing needs to be sent."),
        "sender_cannot_receive": _("This sender cannot receive the answer that the text has to allow."),
        "fact.way_out_unanswerable": _(
            "The text says to answer a word, and a name as sender cannot be replied to."
        ),
        "fact.sender_cannot_receive": _("A name as sender cannot be replied to."),
        "remedy.sender_cannot_receive": _("Send from a number or a short code."),
        "brand_not_named": _("The text does not say who it is from."),
        "fact.brand_not_named": _("The brand's name is not in it."),
        "remedy.brand_not_named": _("Put the brand's name at the beginning."),
        "way_out_missing": _("The text does not say how to stop."),
        "fact.way_out_missing": _("The way out is not in it."),
        "remedy.way_out_missing": _('Add a line such as "Reply STOP to stop".'),
        "long_text": _("The text is longer than {segments} segments of a text message."),
        "fact.segments": _("It takes {segments} segments in {encoding}."),
        "remedy.long_text": _("Say it shorter, or accept the cost."),
        "label_missing.first": _('The text has to begin with "{label}" ({citation}).'),
        "label_missing.end": _('The text has to end with "{label}" ({citation}).'),
        "label_missing.anywhere": _('The text has to contain "{label}" ({citation}).'),
        "fact.label_missing": _("It does not stand there."),
        "remedy.label_missing": _("Put the words where the rule wants them."),
        "element_forbidden": _("Such a text may not contain this in {place} ({citation})."),
        "fact.has.link": _("It contains a link."),
        "fact.has.phone_number": _("It contains a phone number."),
        "fact.has.public_shortener": _("It contains a link of a public shortener."),
        "fact.has.promotion": _("It promotes something."),
        "remedy.element_forbidden": _("Take it out for people there."),
        "too_many_characters": _("The text may have {characters} characters at most ({citation})."),
        "fact.characters": _("It has {characters}."),
        "remedy.too_many_characters": _("Say it shorter."),
        "sender_kind": _("In {place} such texts may come from these senders only: {asked} ({citation})."),
        "remedy.sender_kind": _("Choose another sender for people there."),
        "sender_not_registered": _("In {place} this sender has to be registered with {asked} ({citation})."),
        "remedy.sender_not_registered": _("Register the sender, and note the registration with it."),
        "sender_name": _("In {place} the sender's name has to be of the form {asked} ({citation})."),
        "remedy.sender_name": _("Choose another sender for people there."),
        # --- registries
        "registry_not_asked": _(
            "The registry {registry} has to be asked about the number first ({citation})."
        ),
        "fact.registry_not_asked": _("Nothing shows that it was asked."),
        "remedy.registry_not_asked": _("Check the number there, and record the answer."),
        "registry_too_old": _("What the registry {registry} said counts for {days} days ({citation})."),
        "fact.registry_asked": _("It was asked on {since_on}."),
        "fact.registry_asked.undated": _("It was asked."),
        "remedy.registry_too_old": _("Check the number there again."),
        "registry_absent": _("The person's consent is not in the registry {registry} ({citation})."),
        "remedy.registry_absent": _("Enter the consent there, and check again."),
        "registry_listed": _("The number is on the list {registry} ({citation})."),
        "remedy.registry_listed": _("Ask the person for their consent, where they come to you."),
        "registry_reassigned": _("By the registry {registry} the number has a new owner ({citation})."),
        "remedy.registry_reassigned": _("Ask the person for their new number."),
        # --- hours
        "quiet_hours": _("Waits until {time} in {place} ({citation})."),
        "quiet_hours.day": _("Waits until {time} on {until_on} in {place} ({citation})."),
        "outside_hours": _("It is outside the hours for such texts in {place} ({citation})."),
        "remedy.quiet_hours": _("Wait, or learn from the person where they are."),
        "fact.local_time.stated_zone": _("It is {time} there ({zone}), the zone that the person chose."),
        "fact.local_time.stated_address": _("It is {time} there ({zone}), by the person's address."),
        "fact.local_time.postcode": _("It is {time} there ({zone}), by the person's postcode."),
        "fact.local_time.area_code": _("It is {time} there ({zone}), presumed from the number's area code."),
        "fact.local_time.country": _("It is {time} there ({zone}), presumed from the number's country."),
        "fact.local_time.toll_free": _(
            "It is {time} in {zone}, one of all zones where such a number may be."
        ),
        "fact.local_time.stated_country": _(
            "It is {time} there ({zone}), by the country that the person named."
        ),
        "fact.local_time.network": _(
            "It is {time} there ({zone}), presumed from the network that serves the number."
        ),
        "emergency": _(
            "An emergency is declared in {place}, and such texts rest while it lasts ({citation})."
        ),
        "fact.emergency": _("{name}, until {until_on}."),
        "remedy.emergency": _("Wait until it is over."),
        "place_unknown": _("Nobody knows where this person is, so no hour is surely lawful."),
        "fact.place_unknown": _("The number belongs to no country, and the person named no place."),
        "remedy.place_unknown": _("Ask the person for their time zone or address."),
        "no_lawful_hour": _("There is no hour that is lawful in every place where the person may be."),
        "fact.no_lawful_hour": _("The next {days} days were searched."),
        "remedy.no_lawful_hour": _("Learn from the person where they are."),
        # --- usefulness, frequency, staleness, pause
        "expired": _("The text would come too late to be of use."),
        "fact.send_by": _("It is of use until {time} UTC on {until_on}."),
        "remedy.expired": _("Send it earlier, or give it a later end."),
        "law_frequency": _("At most {count} such texts in {hours} hours may go to {place} ({citation})."),
        "law_frequency.one": _("At most {count} such text in {hours} hours may go to {place} ({citation})."),
        "promise": _("At most {count} texts in {days} days were promised to the person."),
        "promise.one": _("At most {count} text in {days} days was promised to the person."),
        "promise.day": _("At most {count} texts in {days} day were promised to the person."),
        "promise.one.day": _("At most {count} text in {days} day was promised to the person."),
        "chosen_frequency": _("The person chose at most {count} texts in {days} days."),
        "chosen_frequency.one": _("The person chose at most {count} text in {days} days."),
        "chosen_frequency.day": _("The person chose at most {count} texts in {days} day."),
        "chosen_frequency.one.day": _("The person chose at most {count} text in {days} day."),
        "fact.texts": _("{count} have gone in that time."),
        "fact.texts.one": _("{count} has gone in that time."),
        "remedy.law_frequency": _("Wait until the count has run down."),
        "remedy.promise": _("Wait until the count has run down, or promise another frequency to new people."),
        "remedy.chosen_frequency": _("Wait until the count has run down."),
        "stale_first_text": _("Consent that was not used for {days} days has to be asked for again."),
        "stale_idle": _("After {days} days without a text, consent has to be asked for again."),
        "fact.granted": _("The person agreed on {since_on}, and no text has followed."),
        "fact.granted.undated": _("No text has followed the consent."),
        "fact.last_text": _("The last text went on {since_on}."),
        "fact.last_text.undated": _("The last text went long ago."),
        "remedy.stale_first_text": _("Ask the person to confirm again, by another way than a text."),
        "remedy.stale_idle": _("Ask the person to confirm again, by another way than a text."),
        "stale": _("After {days} days, consent has to be asked for again."),
        "remedy.stale": _("Ask the person to confirm again, by another way than a text."),
        "reconfirm": _(
            "More than {days} days after the consent, the first text has to say why it comes, and how to leave."
        ),
        "remedy.reconfirm": _('Say in the text since when they have agreed, and "Reply STOP to stop".'),
        "renewal_due": _("In {place} consent is confirmed anew every {days} days ({citation})."),
        "remedy.renewal_due": _("Remind the person that they agreed, and how to leave."),
        "after_event_late": _(
            "Such a text may follow what occasions it for {hours} hours only ({citation})."
        ),
        "fact.event": _("That was on {since_on}."),
        "fact.event.undated": _("That was earlier."),
        "fact.event_unknown": _("The message does not say when that was."),
        "remedy.after_event_late": _("Leave the text out."),
        "program_paused": _("The program is paused."),
        "fact.program_paused": _("{program} was paused by hand."),
        "remedy.program_paused": _("Resume the program and send again."),
        "reputation": _("Sending is paused, because of how people took the texts."),
        "fact.reputation.campaign": _(
            "The campaign was paused by itself on {since_on}: too many people left, complained or could not be reached."
        ),
        "fact.reputation.program": _(
            "The program was paused by itself on {since_on}: too many people left, complained or could not be reached."
        ),
        "fact.reputation.sender": _(
            "The number was paused by itself on {since_on}: too many people left, complained or could not be reached."
        ),
        "remedy.reputation": _(
            "Find out what people did not want, and resume with a reason. The text waits until then."
        ),
        # --- what a person has permitted
        "may.named.handset": _(
            "{name} may be texted {texts}, because they confirmed on {since_on} from their own phone."
        ),
        "may.named.express_written": _(
            "{name} may be texted {texts}, because they agreed in writing on {since_on}."
        ),
        "may.named.express": _("{name} may be texted {texts}, because they agreed on {since_on}."),
        "may.named.customer": _(
            "{name} has been a customer since {since_on}, which alone does not permit {texts}."
        ),
        "may.named.conversation": _("{name} wrote on {since_on}, so their text may be answered."),
        "may.named.trigger": _("{name} may be texted about what they ordered or booked on {since_on}."),
        "may.person.handset": _(
            "This person may be texted {texts}, because they confirmed on {since_on} from their own phone."
        ),
        "may.person.express_written": _(
            "This person may be texted {texts}, because they agreed in writing on {since_on}."
        ),
        "may.person.express": _("This person may be texted {texts}, because they agreed on {since_on}."),
        "may.person.customer": _(
            "This person has been a customer since {since_on}, which alone does not permit {texts}."
        ),
        "may.person.conversation": _("This person wrote on {since_on}, so their text may be answered."),
        "may.person.trigger": _("This person may be texted about what they ordered or booked on {since_on}."),
        # --- the tree
        "asked": _("Asked"),
        "asked.at": _("May this text go at {time} UTC on {asked_on}?"),
        "asked.number": _("To {number}."),
        "asked.text": _("Kind of text: {kind}. Class: {message_class}."),
        "asked.program": _("Program: {program}."),
        "asked.categories": _("About: {categories}."),
        "asked.places": _("Where the person may be"),
        "asked.many_places": _("{count} places in {country}, where it is {earliest} to {latest}."),
        "rules": _("Rules"),
        "rules.decided": _("decided"),
        "rules.against": _("against it too"),
        "rules.noted": _("noted"),
        "rules.met": _("met"),
        "rules.spared": _("does not hold for this person"),
        "rules.not_asked": _("not asked"),
        "rules.lifted": _("The person's own consent or record lifts it."),
        "rules.excused": _("An exception in law makes such a consent needless here."),
        "rules.rests_elsewhere": _("The text rests on an act of the person, not on a consent."),
        "rules.no_consent": _("There is no consent to hold against it."),
        "rules.lacks_input": _("The question does not say."),
        "rules.refused_before": _("The text was refused before it came to the hour."),
        "rules.place_has_own": _("The place has hours of its own, which hold instead."),
        "rules.other_act": _("It speaks to other texts than one of this kind."),
        "rules.confirmed": _("The person confirmed from their own phone."),
        "rules.way_out_there": _("The text says how to stop."),
        "rules.way_out_before": _("An earlier text said how to stop."),
        "rules.brand_named": _("The text says who it is from."),
        "rules.label_there": _("The words stand there."),
        "rules.contains_none": _("The text contains none of that."),
        "rules.no_other_stop": _("No stop of another program reaches this one."),
        "rules.no_emergency": _("No emergency is declared there."),
        "decided": _("Decided"),
        "verdict.send": _("Send."),
        "verdict.wait": _("Wait until {time} UTC on {until_on}."),
        "verdict.refuse": _("Refuse."),
        "notes": _("Noted"),
        "change": _("What would change it"),
        "not_asked": _("Not asked, for lack of input"),
    }
)
