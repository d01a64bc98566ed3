"""What the exports of seven platforms call their columns, as far as their public pages say (see docs/migration.md).

Keys are folded headings. `telling` headings let a file be recognized; every guess is shown before anything is checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Platform(StrEnum):
    """A platform that partners come from."""

    PARTNERSTACK = "partnerstack"
    FIRSTPROMOTER = "firstpromoter"
    IMPACT = "impact"
    AWIN = "awin"
    PARTNERIZE = "partnerize"
    AFFISE = "affise"
    KIFLO = "kiflo"

    @property
    def label(self) -> str:
        """Return the platform's name."""
        return PRESETS[self].label


@dataclass(frozen=True, slots=True)
class Preset:
    """A platform's columns by folded heading, and which of them no other platform has."""

    label: str
    columns: Mapping[str, str]
    telling: frozenset[str]


def _preset(label: str, telling: str, **fields: str) -> Preset:
    columns = {heading: field for field, headings in fields.items() for heading in headings.split()}
    return Preset(label, columns, frozenset(telling.split()))


PRESETS: dict[Platform, Preset] = {
    Platform.PARTNERSTACK: _preset(
        "PartnerStack",
        "partnerkey paidcustomers signups signedup lastactive partnershipkey",
        external_id="partnerkey key partnershipkey",
        name="partner partnername company companyname",
        email="partneremail email",
        revenue="revenue totalrevenue",
        leads="signups",
        # The owner of a partner team there is one of the partner's people, not one of ours.
        contact="owner teamowner",
        extra="group paidcustomers signedup lastactive manager",
    ),
    Platform.FIRSTPROMOTER: _preset(
        "FirstPromoter",
        "defaultrefid refid custid revenueamount referralscount customerscount clickscount promoterid",
        external_id="id promoterid",
        name="companyname company",
        contact="name fullname",
        email="email promoteremail",
        revenue="revenueamount revenue",
        leads="referralscount referrals leads",
        extra="defaultrefid refid custid customerscount clickscount status state",
    ),
    Platform.IMPACT: _preset(
        "impact.com",
        "mediapartnerid mediapartner mediapartnername actioncost totalcost actions addresscountry",
        external_id="mediapartnerid mpid partnerid id",
        name="mediapartner mediapartnername partner partnername name",
        site="website partnerwebsite",
        country="addresscountry country",
        revenue="revenue saleamount amount",
        leads="actions",
        extra="state actioncost totalcost clicks",
    ),
    Platform.AWIN: _preset(
        "Awin",
        "publisherid publishername totalvalue totalno confirmedvalue pendingvalue totalcomm advertiserid",
        external_id="publisherid",
        name="publishername publisher",
        site="publisherwebsite website url",
        revenue="totalvalue",
        leads="totalno",
        currency="currency",
        extra="confirmedvalue confirmedno pendingvalue pendingno totalcomm clicks impressions region tags",
    ),
    Platform.PARTNERIZE: _preset(
        "Partnerize",
        "contactemail accountname operatingcountry networkstatus promotionalmethodname defaultcurrency verticalname",
        external_id="publisherid partnerid",
        name="companyname accountname publishername",
        contact="contactname",
        email="contactemail",
        phone="phone",
        country="operatingcountry",
        site="website websiteurl",
        revenue="value conversionvalue",
        leads="conversions",
        currency="defaultcurrency currency",
        extra="networkstatus promotionalmethodname verticalname description",
    ),
    Platform.AFFISE: _preset(
        "Affise",
        "affiliateid affiliate contactperson companyname affiliatemanager login subaccounts",
        external_id="id affiliateid pid",
        name="companyname title affiliate",
        contact="contactperson",
        email="email affiliateemail login",
        country="country",
        revenue="revenue income",
        leads="conversions",
        extra="status balance affiliatemanager manager tags",
    ),
    Platform.KIFLO: _preset(
        "Kiflo",
        "partnername partnerprogram programlevelid maincontact maincontactemail maincontactfirstname level",
        external_id="partnerid id",
        name="partnername name",
        first_name="maincontactfirstname firstname",
        last_name="maincontactlastname lastname",
        email="maincontactemail email",
        role="maincontactjobtitle jobtitle",
        phone="maincontactphonenumber phonenumber",
        country="country",
        revenue="revenue",
        leads="leads deals",
        extra="status partnerprogram programlevelid level",
    ),
}
