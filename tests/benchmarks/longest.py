"""A long way through the shipped pack: 20 answers, a pause for advice among them."""

from typing import Final

WORDS: Final = "What was seen, by whom, and when; two sentences, as people write."

ANSWERS: Final[tuple[tuple[str, object], ...]] = (
    ("danger", "no"),
    (
        "safety-check",
        ["sexual-activity", "risk-if-shared", "professional-or-lead", "low-level"],
    ),
    ("youngest-age", "13-to-15"),
    ("conflict", ["lead"]),
    (
        "bichard-factors",
        dict.fromkeys(
            (
                *("young-age", "immature", "living-circumstances", "age-gap"),
                *("aggression-or-power", "coercion-or-bribery", "family-offences"),
                *("behaviour-change", "substance-disinhibitor", "secrecy"),
                *("substance-incapable", "denial", "grooming", "partner-known"),
            ),
            "no",
        ),
    ),
    ("why-not-referred", {"why-not-referred": WORDS, "review-date": "2199-01-31"}),
    ("prompted-by", "professional-request"),
    ("requester-verified", "yes"),
    ("decision", {"decision": "not-yet", "reasons": WORDS}),
    (
        "advice-received",
        {"from-role": WORDS, "advice": WORDS, "identity-withheld": "yes"},
    ),
    ("purpose", "yes"),
    ("identifiable", "yes"),
    ("confidential", "yes"),
    ("provider", "no"),
    ("whose-information", "both"),
    (
        "consent-so-far",
        {"child-view": "disagrees", "responsible-view": "agrees"}
        | {"responsibility-known-from": WORDS, "adult-view": "agrees"},
    ),
    (
        "competence",
        dict.fromkeys(
            (
                *("understands-question", "what-shared", "main-reason"),
                *("implications", "alternatives", "weighs-up"),
                *("clear-view", "consistent"),
            ),
            "no",
        )
        | {"age-band": "12-to-15", "conclusion": "not-competent"},
    ),
    (
        "best-interests",
        {"if-shared": WORDS, "if-not-shared": WORDS}
        | {"best-interests": "share", "because": WORDS},
    ),
    ("covers-this", "no"),
    (
        "weigh-up",
        {"if-shared": WORDS, "if-not-shared": WORDS, "proportionate": "yes"},
    ),
)
"""Question and answer, in the order in which they are asked."""

NEXT: Final = (
    "how-to-share",
    {"what": WORDS, "facts-and-opinion": WORDS, "with-whom": WORDS, "why": WORDS}
    | {"accurate": "yes", "method": "phone"},
)
"""The answer that is measured, after those."""
