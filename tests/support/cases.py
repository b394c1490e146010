"""Named ways through the shipped flow, each with the outcomes it must show.

Together they take every row of every routing table; ``tests/flows/test_reach.py``
walks them all and names what they miss. Other tests begin from the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from tests.support.dialog import (
    ADVISED,
    BOTH_SIDES,
    HOW_TO_SHARE,
    LATER,
    OTHER_FACTORS,
    WHY_NOT_REFERRED,
    Answers,
    Dialog,
    competence,
    decides,
    factors,
    follow,
    in_turn,
    interests,
    merged,
    weighed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SAFE: Final[Answers] = {
    "danger": "no",
    "safety-check": ["none"],
    "prompted-by": "own-initiative",
}
"""Nothing of harm is ticked, and nobody asks."""
CONFIDENTIAL: Final[Answers] = {
    **SAFE,
    "purpose": "yes",
    "identifiable": "yes",
    "confidential": "yes",
    "provider": "no",
}
"""Up to the questions about consent."""
HARM: Final[Answers] = {
    "danger": "no",
    "safety-check": ["reasonable-cause"],
    "prompted-by": "own-initiative",
    "safe-to-tell": "yes",
}
SEXUAL: Final[Answers] = {
    **CONFIDENTIAL,
    "safety-check": ["sexual-activity"],
    "youngest-age": "13-to-15",
    "bichard-factors": factors(),
    "why-not-referred": WHY_NOT_REFERRED,
}
EVERY_TICK: Final = [
    "evidence",
    "reasonable-cause",
    "prevent-harm",
    "sexual-activity",
    "sexual-exploitation",
    "criminal-exploitation",
    "risk-if-shared",
    "professional-or-lead",
    "low-level",
    "not-sure",
]


def ticked(*ticks: str) -> dict[str, object]:
    """Return the safety question with these boxes ticked."""
    return {"safety-check": list(ticks)}


def child(child_view: str, responsible_view: str, **lines: str) -> dict[str, object]:
    """Return a child's information, with these views of it."""
    views = {"child-view": child_view, "responsible-view": responsible_view, **lines}
    return {"whose-information": "child", "consent-so-far": views}


def adult(view: str, **lines: str) -> dict[str, object]:
    """Return an adult's information, with this view of it."""
    return {
        "whose-information": "adult",
        "consent-so-far": {"adult-view": view, **lines},
    }


def both(
    child_view: str, responsible_view: str, adult_view: str, **lines: str
) -> dict[str, object]:
    """Return information about a child and an adult, with these views of it."""
    views = {
        "child-view": child_view,
        "responsible-view": responsible_view,
        "adult-view": adult_view,
        **lines,
    }
    return {"whose-information": "both", "consent-so-far": views}


SAFE_TO_ASK: Final = {"safe-to-ask": "yes"}
UNSAFE_TO_ASK: Final = {"safe-to-ask": "no"}
UNSURE_TO_ASK: Final = {"safe-to-ask": "not-sure"}


@dataclass(frozen=True, slots=True)
class Case:
    """Answers, and the outcomes they show, in order."""

    answers: Answers
    outcomes: tuple[str, ...]


def _led_to(outcomes: str, *answers: Answers) -> Case:
    return Case(merged(*answers), tuple(outcomes.split()))


DANGER: Final[Mapping[str, Case]] = {
    "danger now": _led_to(
        "act-now",
        {"danger": "yes", "conflict": ["none"], "safe-to-tell": "no"},
    ),
    "unsure of danger, and finished in full": _led_to(
        "act-now",
        {"danger": "not-sure", "conflict": ["lead"], "safe-to-tell": "yes"},
        {
            "harm-record": {
                "grounds": ["evidence"],
                "asked-by": "nobody",
                "others-at-risk": "A brother of 4",
            }
        },
    ),
    "danger, and the decision departs": _led_to(
        "act-now",
        {"danger": "yes", "conflict": ["not-sure"], "safe-to-tell": "not-sure"},
        {"decision": decides("share", **{"departing-because": "Referred before."})},
    ),
}

HARM_CASES: Final[Mapping[str, Case]] = {
    "evidence": _led_to("refer-now", HARM, ticked("evidence")),
    "reasonable cause": _led_to("share-public-interest", HARM),
    "preventing harm to an adult": _led_to(
        "share-public-interest", HARM, ticked("prevent-harm")
    ),
    "sexual exploitation": _led_to(
        "share-public-interest", HARM, ticked("sexual-exploitation")
    ),
    "criminal exploitation": _led_to(
        "share-public-interest", HARM, ticked("criminal-exploitation")
    ),
    "telling is unsafe": _led_to("share-public-interest", HARM, {"safe-to-tell": "no"}),
    "harm, and sharing could put someone at risk": _led_to(
        "refer-now",
        HARM,
        ticked("evidence", "risk-if-shared"),
        {
            "prompted-by": "family-request",
            "requester-verified": "no",
            "who-is-safe-to-tell": "The grandmother",
        },
    ),
    "harm, and a solicitor sends an order": _led_to(
        "share-public-interest",
        HARM,
        {"prompted-by": "legal-requirement", "requester-verified": "not-sure"},
    ),
    "harm, and a parent asks for records": _led_to(
        "refer-now",
        HARM,
        ticked("evidence"),
        {"prompted-by": "records-request", "requester-verified": "yes"},
    ),
    "evidence, and the law asks": _led_to(
        "refer-now",
        HARM,
        ticked("evidence"),
        {"prompted-by": "legal-requirement", "requester-verified": "no"},
    ),
    "reasonable cause, and a relative asks": _led_to(
        "share-public-interest",
        HARM,
        {"prompted-by": "family-request", "requester-verified": "no"},
    ),
    "harm by a professional": _led_to(
        "share-public-interest",
        HARM,
        ticked("reasonable-cause", "professional-or-lead"),
        {"conflict": ["lead", "manager"]},
    ),
    "unsure of harm, and still unsure after advice": _led_to(
        "seek-advice share-public-interest",
        HARM,
        {
            "safety-check": in_turn(["not-sure"], ["not-sure"]),
            "advice-received": ADVISED,
        },
    ),
    "unsure of harm, and advised that there is none": _led_to(
        "seek-advice share-not-confidential",
        SAFE,
        {
            "safety-check": in_turn(["not-sure"], ["none"]),
            "advice-received": ADVISED,
            "purpose": "yes",
            "identifiable": "yes",
            "confidential": "no",
        },
    ),
    "harm with sexual activity at 14": _led_to(
        "share-public-interest",
        HARM,
        ticked("reasonable-cause", "sexual-activity"),
        {"youngest-age": "13-to-15", "bichard-factors": factors()},
    ),
    "harm, and the decision departs": _led_to(
        "share-public-interest",
        HARM,
        {
            "decision": decides(
                "do-not-share", **{"departing-because": "It was shared already."}
            )
        },
    ),
}

SEXUAL_CASES: Final[Mapping[str, Case]] = {
    "a child under 13": _led_to(
        "refer-now", HARM, ticked("sexual-activity"), {"youngest-age": "under-13"}
    ),
    "a child under 13 with every box ticked": _led_to(
        "refer-now",
        HARM,
        ticked(*EVERY_TICK),
        {
            "youngest-age": "under-13",
            "conflict": ["someone-else"],
            "who-is-safe-to-tell": "The aunt",
        },
    ),
    "no factor at 14": _led_to(
        "do-not-share", SEXUAL, {"purpose": "no", "if-not-shared": "Little."}
    ),
    "a serious factor at 14": _led_to(
        "seek-advice share-not-identifiable",
        SEXUAL,
        {
            "bichard-factors": factors("yes", "secrecy"),
            "advice-received": ADVISED,
            "identifiable": "no",
        },
    ),
    "a serious factor still not sure": _led_to(
        "seek-advice share-not-identifiable",
        SEXUAL,
        {
            "bichard-factors": in_turn(
                factors("not-sure", "grooming"), factors("not-sure", "grooming")
            ),
            "advice-received": ADVISED,
            "identifiable": "no",
        },
    ),
    "another factor at 14": _led_to(
        "share-not-identifiable",
        SEXUAL,
        {"bichard-factors": factors("yes", "denial"), "identifiable": "no"},
    ),
    "other factors not sure at 14": _led_to(
        "share-not-identifiable",
        SEXUAL,
        {
            "bichard-factors": factors("not-sure", *OTHER_FACTORS),
            "identifiable": "no",
        },
    ),
    "the youngest age is not known, and still not known": _led_to(
        "seek-advice refer-now",
        SEXUAL,
        {
            "youngest-age": in_turn("not-sure", "not-sure"),
            "advice-received": ADVISED,
            "safe-to-tell": "no",
        },
    ),
    "the youngest is 16": _led_to(
        "share-not-identifiable",
        SEXUAL,
        {"youngest-age": "16-or-over", "identifiable": "no"},
    ),
}

REQUEST_CASES: Final[Mapping[str, Case]] = {
    "sharing could put someone at risk": _led_to(
        "seek-advice share-proportionate",
        CONFIDENTIAL,
        ticked("risk-if-shared"),
        child("too-young", "not-asked"),
        {"advice-received": ADVISED, "weigh-up": weighed("yes")},
    ),
    "a professional is involved": _led_to(
        "seek-advice do-not-share",
        SAFE,
        ticked("professional-or-lead"),
        {"conflict": ["lead"], "advice-received": ADVISED, "purpose": "no"},
    ),
    "who must not be told is not sure": _led_to(
        "seek-advice",
        SAFE,
        ticked("professional-or-lead"),
        {"conflict": ["not-sure"]},
    ),
    "a records request": _led_to(
        "subject-access",
        SAFE,
        {"prompted-by": "records-request", "requester-verified": "no"},
    ),
    "a records request beside a risk": _led_to(
        "seek-advice",
        SAFE,
        ticked("risk-if-shared"),
        {"prompted-by": "records-request", "requester-verified": "yes"},
    ),
    "an order": _led_to(
        "share-legal-duty",
        SAFE,
        {"prompted-by": "legal-requirement", "requester-verified": "yes"},
    ),
    "an order beside a risk": _led_to(
        "seek-advice",
        SAFE,
        ticked("risk-if-shared"),
        {"prompted-by": "legal-requirement", "requester-verified": "no"},
    ),
    "a professional who was not checked": _led_to(
        "verify-first share-not-confidential",
        CONFIDENTIAL,
        {
            "prompted-by": "professional-request",
            "requester-verified": in_turn("no", "yes"),
            "confidential": "no",
        },
    ),
    "unsure what prompted it": _led_to(
        "verify-first share-not-confidential",
        CONFIDENTIAL,
        {
            "prompted-by": in_turn("not-sure", "own-initiative"),
            "confidential": "no",
        },
    ),
    "a parent who was not checked": _led_to(
        "verify-first",
        SAFE,
        {"prompted-by": "family-request", "requester-verified": "not-sure"},
    ),
    "the media, about somebody": _led_to(
        "do-not-share",
        CONFIDENTIAL,
        {"prompted-by": "outside-request", "if-not-shared": "Nothing."},
    ),
    "the media, about nobody": _led_to(
        "share-not-identifiable",
        CONFIDENTIAL,
        {"prompted-by": "outside-request", "identifiable": "no"},
    ),
}

PURPOSE_CASES: Final[Mapping[str, Case]] = {
    "no purpose": _led_to("do-not-share", SAFE, {"purpose": "no"}),
    "purpose still not sure": _led_to(
        "seek-advice do-not-share",
        SAFE,
        {"purpose": in_turn("not-sure", "not-sure"), "advice-received": ADVISED},
    ),
    "nobody can be recognised": _led_to(
        "share-not-identifiable", CONFIDENTIAL, {"identifiable": "no"}
    ),
    "small numbers, and still small": _led_to(
        "seek-advice share-not-confidential",
        CONFIDENTIAL,
        {
            "identifiable": in_turn("could-be", "could-be"),
            "advice-received": ADVISED,
            "confidential": "no",
        },
    ),
    "unsure whether anyone can be recognised": _led_to(
        "seek-advice", CONFIDENTIAL, {"identifiable": "not-sure"}
    ),
    "not confidential": _led_to(
        "share-not-confidential", CONFIDENTIAL, {"confidential": "no"}
    ),
    "confidential still not sure": _led_to(
        "seek-advice do-not-share",
        CONFIDENTIAL,
        {
            "confidential": in_turn("not-sure", "not-sure"),
            "advice-received": ADVISED,
            "provider": "refused",
            "provider-weighing": BOTH_SIDES,
        },
    ),
    "the provider was not asked, then agrees": _led_to(
        "ask-provider-first share-with-consent",
        CONFIDENTIAL,
        {"provider": in_turn("not-asked", "agrees"), "covers-this": "yes"},
        adult("agrees"),
    ),
    "unsure of the provider": _led_to(
        "ask-provider-first", CONFIDENTIAL, {"provider": "not-sure"}
    ),
    "the provider refused": _led_to(
        "do-not-share",
        CONFIDENTIAL,
        {"provider": "refused", "provider-weighing": BOTH_SIDES},
    ),
    "the provider refused, and the decision departs": _led_to(
        "do-not-share",
        CONFIDENTIAL,
        {
            "provider": "refused",
            "provider-weighing": BOTH_SIDES,
            "decision": decides("share", **{"departing-because": "Welfare."}),
            "how-to-share": {
                **HOW_TO_SHARE,
                "method": "other-email",
                "method-because": "It is all they have.",
                "tell-them": "not-told",
                "why-not-told": "They cannot be reached.",
            },
        },
    ),
}

CONSENT_CASES: Final[Mapping[str, Case]] = {
    "early help for a child of 8 with a parent's agreement": _led_to(
        "share-with-consent",
        CONFIDENTIAL,
        ticked("low-level"),
        child("too-young", "agrees"),
        {"covers-this": "yes"},
    ),
    "child and parent agree": _led_to(
        "share-with-consent",
        CONFIDENTIAL,
        child("agrees", "agrees"),
        {"covers-this": "yes", "decision": decides("share", **{"review-date": LATER})},
    ),
    "agreement that does not cover this": _led_to(
        "ask-consent-first",
        CONFIDENTIAL,
        child("agrees", "agrees"),
        {"covers-this": "no"},
    ),
    "agreement that does not cover this, where sharing is a risk": _led_to(
        "seek-advice do-not-share",
        CONFIDENTIAL,
        ticked("risk-if-shared"),
        child("agrees", "agrees"),
        {
            "covers-this": "not-sure",
            "advice-received": ADVISED,
            "weigh-up": weighed("no"),
        },
    ),
    "agreement that covers this, where sharing is a risk": _led_to(
        "seek-advice share-with-consent",
        CONFIDENTIAL,
        ticked("risk-if-shared"),
        child("agrees", "agrees"),
        {"covers-this": "yes", "advice-received": ADVISED},
    ),
    "a competent child refuses": _led_to(
        "do-not-share",
        CONFIDENTIAL,
        child("disagrees", "disagrees"),
        {"competence": competence(), "weigh-up": weighed("no")},
    ),
    "a parent refuses for a child who cannot decide": _led_to(
        "share-proportionate",
        CONFIDENTIAL,
        child("disagrees", "disagrees"),
        {"competence": competence("not-competent"), "weigh-up": weighed("yes")},
    ),
    "withdrawn by an adult": _led_to(
        "share-proportionate",
        CONFIDENTIAL,
        adult("withdrawn"),
        {"weigh-up": weighed("yes")},
    ),
    "a competent child was not asked": _led_to(
        "share-proportionate",
        CONFIDENTIAL,
        child("not-asked", "not-asked", **SAFE_TO_ASK),
        {
            "competence": competence(),
            "share-anyway": "yes",
            "weigh-up": weighed("yes"),
        },
    ),
    "a parent was not asked": _led_to(
        "ask-consent-first share-with-consent",
        CONFIDENTIAL,
        {
            "whose-information": "child",
            "consent-so-far": in_turn(
                {
                    "child-view": "too-young",
                    "responsible-view": "not-asked",
                    "safe-to-ask": "yes",
                },
                {"child-view": "too-young", "responsible-view": "agrees"},
            ),
            "share-anyway": "no",
            "covers-this": "yes",
        },
    ),
    "unsure whether to share anyway, twice": _led_to(
        "seek-advice ask-consent-first",
        CONFIDENTIAL,
        adult("not-asked", **SAFE_TO_ASK),
        {
            "share-anyway": in_turn("not-sure", "not-sure"),
            "advice-received": ADVISED,
        },
    ),
    "told and not asked, but not proportionate": _led_to(
        "ask-consent-first",
        CONFIDENTIAL,
        adult("not-sure", **SAFE_TO_ASK),
        {"share-anyway": "yes", "weigh-up": weighed("no")},
    ),
    "unsure whether it is proportionate, twice": _led_to(
        "seek-advice do-not-share",
        CONFIDENTIAL,
        adult("disagrees"),
        {
            "weigh-up": in_turn(weighed("not-sure"), weighed("not-sure")),
            "advice-received": ADVISED,
        },
    ),
    "nobody has parental responsibility": _led_to(
        "share-proportionate",
        CONFIDENTIAL,
        child("too-young", "none"),
        {"weigh-up": weighed("yes")},
    ),
    "a competent child cannot be asked": _led_to(
        "share-proportionate",
        CONFIDENTIAL,
        child("cannot-ask", "cannot-ask"),
        {"competence": competence(), "weigh-up": weighed("yes")},
    ),
    "asking is unsafe": _led_to(
        "seek-advice share-proportionate",
        CONFIDENTIAL,
        adult("not-asked", **UNSAFE_TO_ASK),
        {"advice-received": ADVISED, "weigh-up": weighed("yes")},
    ),
    "unsure whether asking is safe, twice": _led_to(
        "seek-advice share-proportionate",
        CONFIDENTIAL,
        {
            "whose-information": "adult",
            "consent-so-far": in_turn(
                {"adult-view": "not-asked", **UNSURE_TO_ASK},
                {"adult-view": "not-asked", **UNSURE_TO_ASK},
            ),
            "advice-received": ADVISED,
            "weigh-up": weighed("yes"),
        },
    ),
    "everyone agrees for both": _led_to(
        "share-with-consent",
        CONFIDENTIAL,
        both("agrees", "agrees", "agrees"),
        {"covers-this": "yes"},
    ),
    "unsure whose it is, and the adult refuses": _led_to(
        "share-proportionate",
        CONFIDENTIAL,
        both("agrees", "agrees", "disagrees"),
        {"whose-information": "not-sure", "weigh-up": weighed("yes")},
    ),
    "views differ and a competent child agrees": _led_to(
        "share-with-consent",
        CONFIDENTIAL,
        child("agrees", "disagrees"),
        {
            "competence": competence(),
            "best-interests": interests("share"),
            "covers-this": "yes",
        },
    ),
    "views differ and a competent child refuses": _led_to(
        "share-proportionate",
        CONFIDENTIAL,
        child("withdrawn", "agrees"),
        {"competence": competence(), "best-interests": interests("share")},
    ),
    "parents disagree and it is not shared": _led_to(
        "do-not-share",
        CONFIDENTIAL,
        child("too-young", "parents-disagree"),
        {"best-interests": interests("do-not-share")},
    ),
    "best interests not sure, twice": _led_to(
        "seek-advice do-not-share",
        CONFIDENTIAL,
        child("too-young", "parents-disagree"),
        {
            "best-interests": in_turn(interests("not-sure"), interests("not-sure")),
            "advice-received": ADVISED,
        },
    ),
    "agreement and a risk, and the record is shared in the post": _led_to(
        "share-with-consent",
        CONFIDENTIAL,
        adult("agrees"),
        {
            "covers-this": "yes",
            "how-to-share": {**HOW_TO_SHARE, "method": "post"},
        },
    ),
    "do not share, with a professional involved": _led_to(
        "seek-advice do-not-share",
        CONFIDENTIAL,
        ticked("professional-or-lead"),
        adult("disagrees"),
        {
            "conflict": ["none"],
            "advice-received": ADVISED,
            "weigh-up": weighed("no"),
        },
    ),
}

RISKY_REQUEST: Final[Answers] = merged(
    CONFIDENTIAL,
    ticked("risk-if-shared"),
    {
        "prompted-by": "family-request",
        "requester-verified": "yes",
        "advice-received": ADVISED,
    },
)
"""A relative asks, sharing could put someone at risk, and a person has advised."""
_RISKY_ENDS: Final[Mapping[str, Answers]] = {
    "verify-first": {"requester-verified": "no"},
    "subject-access": {"prompted-by": "records-request"},
    "do-not-share": {"purpose": "no"},
    "share-not-identifiable": {"identifiable": "no"},
    "share-not-confidential": {"confidential": "no"},
    "ask-provider-first": {"provider": "not-asked"},
    "share-with-consent": {**adult("agrees"), "covers-this": "yes"},
    "share-proportionate": {**adult("disagrees"), "weigh-up": weighed("yes")},
}
RISKY_REQUEST_CASES: Final[Mapping[str, Case]] = {
    f"a risky request ends in {outcome}": _led_to(
        f"seek-advice {outcome}", RISKY_REQUEST, answers
    )
    for outcome, answers in _RISKY_ENDS.items()
}

CASES: Final[Mapping[str, Case]] = {
    **DANGER,
    **HARM_CASES,
    **SEXUAL_CASES,
    **REQUEST_CASES,
    **PURPOSE_CASES,
    **CONSENT_CASES,
    **RISKY_REQUEST_CASES,
}


@cache
def walked(name: str) -> Dialog:
    """Return a case as it was walked once; to look at, never to move on."""
    return follow(CASES[name].answers)
