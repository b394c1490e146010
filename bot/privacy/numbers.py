"""Finds numbers, dates and addresses that belong to one person.

Check digits keep the noise down: nine in ten numbers of ten digits are no NHS
number. Numbers of organisations (03 and 08, 101, 999 and the like) are left alone.
"""

import re
from collections.abc import Iterator
from typing import Final

from stdnum.gb import nhs, upn

from bot.privacy.details import Detail, Found

_NHS: Final = re.compile(r"(?<![\d.])[4679]\d{2}[ -]?\d{3}[ -]?\d{4}(?![\d])")
# Numbers for England begin with 4, 6 or 7; those kept for testing begin with 9.
# Source: NHS Data Dictionary, NHS NUMBER (read November 2026).
_NHS_SAID: Final = re.compile(r"\bNHS\b[^\d\n]{0,20}(\d[\d -]{8,11}\d)", re.IGNORECASE)
_UPN: Final = re.compile(r"\b[A-Z]\d{11}[\dA-Z]\b", re.IGNORECASE)
_UPN_DIGITS: Final = 13

_MONTH: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE: Final = (
    r"(?:\d{1,2}[ ./-]\d{1,2}[ ./-](?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\.?,? (?:\d{{4}}|'?\d{{2}})"
    rf"|(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})(?!\d)"
)
_BORN: Final = re.compile(
    r"\b(?:d\.?\s?o\.?\s?b\b|date of birth|birth ?da(?:y|te)|born|b\.)"
    rf"[\s.:;,=(-]{{0,4}}(?:(?:is|was|on|of|the|her|his|their)[\s:]{{1,2}}){{0,4}}({_DATE})",
    re.IGNORECASE,
)

_AREAS: Final = (
    "AB|AL|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]"
    "|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]"
    "|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)
_POSTCODE: Final = re.compile(
    rf"\b(?:{_AREAS})\d[\dA-Z]? {{0,2}}\d[ABD-HJLNP-UW-Z]{{2}}\b", re.IGNORECASE
)
"""Source: the postcode areas and the letters of the second half as Royal Mail uses
them (Programmers' Guide to the Postcode Address File, read November 2026)."""
_ORDINAL: Final = ("st", "nd", "rd", "th")

_TELEPHONE: Final = re.compile(
    r"(?<![\w+])(?:\+ ?44 ?(?:\(0\) ?)?|0044 ?|\(?0)"
    r"(?=[127])(?:[ ().-]{0,2}\d){9,10}(?!\d)"
    r"|(?<![\w+])\+(?!44)[ ]?[1-9](?:[ ().-]{0,2}\d){7,13}(?!\d)"
)
_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?![\w-])"
)


def digits(text: str) -> str:
    """Return the digits of a telephone number as dialled in the United Kingdom."""
    only = "".join(sign for sign in text if sign.isdigit())
    for abroad in ("0044", "44"):
        if only.startswith(abroad):
            only = only.removeprefix(abroad)
            return only if only.startswith("0") else f"0{only}"
    return only


def in_numbers(text: str, own_numbers: frozenset[str]) -> Iterator[Found]:
    """Yield every number, date and address of a person in a text.

    Args:
        text: As written.
        own_numbers: Telephone numbers of the organisation, digits only.
    """
    has_digit = any(sign.isdigit() for sign in text)
    if has_digit:
        yield from _health(text)
        yield from _pupils(text)
        for match in _BORN.finditer(text):
            yield Found(Detail.DATE_OF_BIRTH, *match.span(1))
        yield from _postcodes(text)
        for match in _TELEPHONE.finditer(text):
            if digits(match[0]) not in own_numbers:
                yield Found(Detail.TELEPHONE, *match.span())
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Found(Detail.EMAIL, *match.span())


def _health(text: str) -> Iterator[Found]:
    for match in _NHS.finditer(text):
        if nhs.is_valid(match[0]):
            yield Found(Detail.NHS_NUMBER, *match.span())
    for match in _NHS_SAID.finditer(text):
        # A wrong digit in what is called an NHS number may still name somebody.
        if sum(sign.isdigit() for sign in match[1]) == 10:  # noqa: PLR2004 -- an NHS number has ten
            yield Found(Detail.NHS_NUMBER, *match.span(1))


def _pupils(text: str) -> Iterator[Found]:
    for match in _UPN.finditer(text):
        # A temporary number ends in a letter, and the check letter covers that too.
        if upn.is_valid(match[0].upper()):
            yield Found(Detail.PUPIL_NUMBER, *match.span())


def _postcodes(text: str) -> Iterator[Found]:
    for match in _POSTCODE.finditer(text):
        if not match[0].endswith(_ORDINAL):
            yield Found(Detail.POSTCODE, *match.span())
