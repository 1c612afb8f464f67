"""The fields as each form wants them: its own names, lists or commas. What is not known is left out, never sent empty."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Final

from yesword.reporting.registration.fields import CampaignFields, TollFreeFields

Form = Mapping[str, Any]
_TWILIO_BRAND: Final = re.compile(r"BN[0-9a-fA-F]{32}")


def tcr(fields: CampaignFields) -> Form:
    """The Campaign Registry's own names, as Telnyx and others take them: keywords with commas between, samples numbered."""
    common = fields.common
    return _known(
        {
            "brandId": "" if _is_twilios(fields.brand_id) else fields.brand_id,
            "usecase": common.use_case,
            "subUsecases": list(fields.sub_use_cases),
            "description": fields.description,
            "messageFlow": fields.message_flow,
            **{f"sample{place}": text for place, text in enumerate(common.samples, start=1)},
            "optinMessage": common.optin_message,
            "optoutMessage": common.optout_message,
            "helpMessage": common.help_message,
            "optinKeywords": ",".join(common.optin_keywords),
            "optoutKeywords": ",".join(common.optout_keywords),
            "helpKeywords": ",".join(common.help_keywords),
            "subscriberOptin": True,
            "subscriberOptout": True,
            "subscriberHelp": True,
            "embeddedLink": fields.embedded_link,
            "embeddedLinkSample": fields.embedded_link_sample,
            "embeddedPhone": fields.embedded_phone,
            "numberPool": fields.number_pool,
            "ageGated": common.is_age_gated,
            "directLending": fields.direct_lending,
            "affiliateMarketing": fields.affiliate_marketing,
            "privacyPolicyLink": common.privacy_policy_url,
            "termsAndConditionsLink": common.terms_url,
            "termsAndConditions": fields.accepts_terms,
            "autoRenewal": fields.auto_renewal,
            "referenceId": fields.reference_id,
        }
    )


def twilio_campaign(fields: CampaignFields) -> Form:
    """Twilio's Usa2p resource: samples and keywords as lists."""
    common = fields.common
    return _known(
        {
            "BrandRegistrationSid": fields.brand_id if _is_twilios(fields.brand_id) else "",
            "UsAppToPersonUsecase": common.use_case,
            "Description": fields.description,
            "MessageFlow": fields.message_flow,
            "MessageSamples": list(common.samples),
            "OptInMessage": common.optin_message,
            "OptOutMessage": common.optout_message,
            "HelpMessage": common.help_message,
            "OptInKeywords": list(common.optin_keywords),
            "OptOutKeywords": list(common.optout_keywords),
            "HelpKeywords": list(common.help_keywords),
            "HasEmbeddedLinks": fields.embedded_link,
            "HasEmbeddedPhone": fields.embedded_phone,
            "SubscriberOptIn": True,
            "AgeGated": common.is_age_gated,
            "DirectLending": fields.direct_lending,
            "PrivacyPolicyUrl": common.privacy_policy_url,
            "TermsAndConditionsUrl": common.terms_url,
        }
    )


def twilio_toll_free(fields: TollFreeFields) -> Form:
    """Twilio's toll-free verification."""
    common, business = fields.common, fields.business
    return _known(
        {
            "TollfreePhoneNumberSid": business.phone_number_sid,
            "BusinessName": fields.business_name,
            "DoingBusinessAs": business.doing_business_as,
            "BusinessWebsite": business.website,
            "BusinessType": business.business_type,
            "BusinessRegistrationNumber": business.registration_number,
            "BusinessRegistrationAuthority": business.registration_authority,
            "BusinessRegistrationCountry": business.registration_country,
            "BusinessStreetAddress": business.address.street,
            "BusinessStreetAddress2": business.address.street2,
            "BusinessCity": business.address.city,
            "BusinessStateProvinceRegion": business.address.region,
            "BusinessPostalCode": business.address.postal_code,
            "BusinessCountry": business.address.country,
            "BusinessContactFirstName": business.contact.first_name,
            "BusinessContactLastName": business.contact.last_name,
            "BusinessContactEmail": business.contact.email,
            "BusinessContactPhone": business.contact.phone,
            "NotificationEmail": business.notification_email,
            "UseCaseCategories": list(fields.use_case_categories),
            "UseCaseSummary": fields.use_case_summary,
            "ProductionMessageSample": "\n".join(common.samples),
            "OptInImageUrls": list(fields.opt_in_image_urls),
            "OptInType": fields.opt_in_type,
            "OptInKeywords": list(common.optin_keywords),
            "OptInConfirmationMessage": common.optin_message,
            "HelpMessageSample": common.help_message,
            "MessageVolume": fields.message_volume,
            "PrivacyPolicyUrl": common.privacy_policy_url,
            "TermsAndConditionsUrl": common.terms_url,
            "AgeGatedContent": common.is_age_gated,
            "AdditionalInformation": fields.additional_information,
            "ExternalReferenceId": business.reference_id,
        }
    )


def generic(fields: CampaignFields | TollFreeFields) -> Form:
    """Our own names, for a portal that takes neither: somebody copies them field by field."""
    values = dataclasses.asdict(fields)
    common = values.pop("common")
    if isinstance(fields, TollFreeFields):
        values["business"] = _business(values["business"])
    common.pop("collections")
    return _known({**values, **common})


def _is_twilios(brand_id: str) -> bool:
    """Twilio has a name of its own for a brand; neither form takes the other's."""
    return _TWILIO_BRAND.fullmatch(brand_id) is not None


def _business(values: dict[str, Any]) -> Form:
    """Of the operator's answers those that say who the business is."""
    named = (
        *("legal_name", "doing_business_as", "website", "business_type", "registration_number"),
        *("registration_authority", "registration_country", "address", "contact", "notification_email"),
    )
    return _known({key: _known(value) if isinstance(value := values[key], dict) else value for key in named})


def _known(values: Mapping[str, Any]) -> Form:
    """A no is an answer; an empty string, an empty list and nothing are not."""
    return {
        key: value for key, value in values.items() if value is not None and value not in ("", [], (), {})
    }
