"""What a registration asks and no program knows: who the business is, where people say yes, what the texts hold.

It is the operator's own word, read from a TOML file. An answer that is not given stays empty; it is asked for, and never
made up.
"""

import enum
from dataclasses import dataclass

from yesword.reporting.registration import strict


class Method(enum.StrEnum):
    """How people say yes."""

    WEB_FORM = "web_form"
    KEYWORD = "keyword"  # texted to the sender
    QR_CODE = "qr_code"  # which writes the text with the keyword
    PAPER_FORM = "paper_form"
    VERBAL = "verbal"
    IMPORT = "import"  # asked elsewhere, with the evidence brought along


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """One place where people are asked. `None`: not known, and asked for."""

    method: Method
    where: str = ""  # in words: "the sign-up page", "posters at the tills"
    url: str = ""  # the page itself, or a page that shows what people see
    is_public: bool | None = None  # of a web form: no sign-in stands before it
    pictures: tuple[str, ...] = ()  # public addresses of pictures of what people see
    wording: str = ""  # the call to action, where it is not the program's disclosure
    script: str = ""  # of what is asked aloud
    has_phone_field: bool | None = None
    box_is_ticked: bool | None = None  # before anybody touches it
    is_condition: bool | None = None  # nobody is served who does not agree to texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    street: str = ""
    street2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BusinessDetails:
    # The business.
    legal_name: str = ""
    doing_business_as: str = ""
    website: str = ""
    business_type: str = ""  # PRIVATE_PROFIT, PUBLIC_PROFIT, NON_PROFIT, SOLE_PROPRIETOR, GOVERNMENT
    registration_number: str = ""  # in the United States the EIN
    registration_authority: str = ""  # EIN, CBN, VAT and so on
    registration_country: str = ""
    address: Address = Address()
    contact: Contact = Contact()
    notification_email: str = ""
    # What the registries call it.
    brand_id: str = ""  # of The Campaign Registry, B…; or Twilio's of it, BN…
    phone_number_sid: str = ""
    reference_id: str = ""
    accepts_registry_terms: bool | None = None
    # The texts.
    use_case: str = ""  # where the program's purpose does not tell it
    sub_use_cases: tuple[str, ...] = ()
    description: str = ""
    samples: tuple[str, ...] = ()  # word for word as they go out
    monthly_volume: str = ""
    has_links: bool | None = None  # do the texts hold links, whatever the samples show
    has_phone_numbers: bool | None = None
    uses_number_pool: bool = False
    is_age_gated: bool | None = None  # otherwise as the program says
    is_direct_lending: bool | None = None
    is_affiliate_marketing: bool = False
    renews_by_itself: bool = True
    additional_information: str = ""
    # What cannot be seen from here.
    privacy_policy_says_not_shared: bool | None = None  # that opt-in data go to nobody else for marketing
    collections: tuple[Collection, ...] = ()


def read_details(text: str, *, file: str) -> BusinessDetails:
    """Raises `strict.RegistrationFileError`, which names file and key."""
    return strict.read(BusinessDetails, text, file=file)
