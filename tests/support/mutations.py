"""Ways to break the shipped pack on purpose, and the rule that must notice.

Each names a fault as somebody might make it in an editor. The first rule listed
is the one that is meant to catch it; others may notice as well.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    """A fault in flow.yaml.

    Attributes:
        caught_by: The rule that must be broken; ``loader`` where the pack must
            not even load, with words of the message after a colon.
    """

    name: str
    old: str
    new: str
    caught_by: str


def _m(name: str, old: str, new: str, caught_by: str) -> Mutation:
    return Mutation(name, old, new, caught_by)


HARM_ROWS = """      - if: {safety-check: evidence}
        to: refer-now
      - if: harm-ground
        to: share-public-interest
"""

MUTATIONS: tuple[Mutation, ...] = (
    # ---- routes ----------------------------------------------------
    _m(
        "danger goes on to the next question",
        "      - if: in-danger\n        to: act-now\n",
        "      - if: {danger: yes}\n        to: act-now\n",
        "danger-acts-at-once",
    ),
    _m(
        "danger not sure is taken for no",
        "in-danger: {danger: [yes, not-sure]}",
        "in-danger: {danger: yes}",
        "danger-acts-at-once",
    ),
    _m(
        "the dialog starts with the safety check",
        "start: danger",
        "start: safety-check",
        "danger-comes-first",
    ),
    _m(
        "harm grounds and evidence are swapped",
        HARM_ROWS,
        """      - if: harm-ground
        to: refer-now
      - if: {safety-check: evidence}
        to: share-public-interest
""",
        "every-row-is-used",
    ),
    _m(
        "evidence is only shared",
        HARM_ROWS,
        """      - if: harm-ground
        to: share-public-interest
      - if: {safety-check: evidence}
        to: refer-now
""",
        "evidence-is-referred",
    ),
    _m(
        "a harm ground is forgotten",
        "      - prevent-harm\n      - sexual-exploitation\n",
        "      - sexual-exploitation\n",
        "a-harm-ground-shares",
    ),
    _m(
        "under 13 goes the way of 13 to 15",
        "      - if: counts-as-under-13\n        to: refer-now\n",
        "",
        "under-13-is-referred",
    ),
    _m(
        "sexual activity no longer asks the age",
        "      - if: {safety-check: sexual-activity}\n        to: youngest-age\n",
        "      - if: {safety-check: sexual-exploitation}\n        to: youngest-age\n",
        "sexual-activity-asks-the-age",
    ),
    _m(
        "13 to 15 skips the factors",
        "      - if: {youngest-age: [13-to-15, not-sure]}\n",
        "      - if: {youngest-age: not-sure}\n",
        "under-16-is-assessed",
    ),
    _m(
        "no factor, no reasons asked",
        "          - {not: other-factor}\n        to: why-not-referred\n",
        "          - {not: other-factor}\n          - departing\n"
        "        to: why-not-referred\n",
        "no-referral-is-explained",
    ),
    _m(
        "the conflict question is skipped",
        "      - if: professional-involved\n        to: conflict\n",
        "      - if: sexual-concern\n        to: conflict\n",
        "conflict-is-asked",
    ),
    _m(
        "act now asks something else before conflict",
        "    routes:\n      - else: conflict\n",
        "    routes:\n      - else: safe-to-tell\n",
        "conflict-comes-before-the-rest",
    ),
    _m(
        "a fixed outcome goes on to the purpose",
        "      - if: outcome-fixed\n        to: safe-to-tell\n",
        "      - if: {outcome: act-now}\n        to: safe-to-tell\n",
        "safety-stays-fixed",
    ),
    _m(
        "who asks decides whether a fixed outcome stays",
        "      - if: outcome-fixed\n        to: safe-to-tell\n",
        "      - if: [outcome-fixed, {not: {prompted-by: family-request}}]\n"
        "        to: safe-to-tell\n",
        "safety-stays-fixed",
    ),
    _m(
        "doubts are passed over",
        "      - if: safety-doubt\n        to: seek-advice\n"
        "      - if: {prompted-by: records-request}\n        to: subject-access\n",
        "      - if: {prompted-by: records-request}\n        to: subject-access\n"
        "      - if: safety-doubt\n        to: seek-advice\n",
        "doubts-get-advice",
    ),
    _m(
        "one doubt is left out of the doubts",
        "      - {open-doubt: professional-or-lead}\n",
        "",
        "doubts-get-advice",
    ),
    _m(
        "an unverified request is answered",
        "      - if: unverified\n        to: verify-first\n",
        "      - if: {prompted-by: not-sure}\n        to: verify-first\n",
        "the-unverified-wait",
    ),
    _m(
        "verification not sure is taken for yes",
        "      - {requester-verified: [no, not-sure]}\n  telling-unsafe:",
        "      - {requester-verified: no}\n  telling-unsafe:",
        "the-unverified-wait",
    ),
    _m(
        "a request is not asked about verification",
        "      - family-request\n      - records-request\n      - legal-requirement\n"
        "  asked-by-family",
        "      - records-request\n      - legal-requirement\n  asked-by-family",
        "requests-are-verified",
    ),
    _m(
        "purpose not sure is sent to no",
        "      - if: {open-doubt: purpose-not-sure}\n        to: seek-advice\n",
        "      - if: {open-doubt: purpose-not-sure}\n        to: if-not-shared\n",
        "not-sure-asks-before-it-answers",
    ),
    _m(
        "purpose not sure is sent to yes",
        "      - if: {purpose: yes}\n        to: identifiable\n",
        "      - if: {purpose: [yes, not-sure]}\n        to: identifiable\n",
        "not-sure-asks-before-it-answers",
    ),
    _m(
        "identifiable could-be counts as no",
        "      - if: {identifiable: no}\n        to: share-not-identifiable\n",
        "      - if: {identifiable: [no, could-be]}\n"
        "        to: share-not-identifiable\n",
        "sharing-rests-on-its-own-answer",
    ),
    _m(
        "confidential not sure counts as no after advice",
        "      - else: provider\n",
        "      - if: {confidential: not-sure}\n        to: share-not-confidential\n"
        "      - else: provider\n",
        "sharing-rests-on-its-own-answer",
    ),
    _m(
        "an outside request goes the common way",
        "      - if: {prompted-by: outside-request}\n        to: if-not-shared\n",
        "      - if: {prompted-by: not-sure}\n        to: if-not-shared\n",
        "outside-requests-get-nothing",
    ),
    _m(
        "a provider who refused is passed over",
        "      - if: {provider: [no, agrees]}\n",
        "      - if: {provider: [no, agrees, refused]}\n",
        "sharing-rests-on-its-own-answer",
    ),
    _m(
        "unsafe asking gets no advice",
        "      - if: {open-doubt: asking-unsafe}\n        to: seek-advice\n"
        "      - if:\n          - child-involved\n",
        "      - if: {open-doubt: purpose-not-sure}\n        to: seek-advice\n"
        "      - if:\n          - child-involved\n",
        "asking-unsafe-gets-advice",
    ),
    _m(
        "competence is not asked",
        "          - {not: child-and-responsible-agree}\n        to: competence\n",
        "          - {not: child-and-responsible-agree}\n          - departing\n"
        "        to: competence\n",
        "everything-is-reachable",
    ),
    _m(
        "differing views are not weighed",
        "      - if: views-differ\n        to: best-interests\n",
        "      - if: deciding-view-refuses\n        to: best-interests\n",
        "differing-views-are-weighed",
    ),
    _m(
        "a refusal leads to asking again",
        "      - if: deciding-view-refuses\n        to: weigh-up\n"
        "      - if: deciding-view-cannot-be-had\n        to: weigh-up\n",
        "      - if: deciding-view-refuses\n        to: share-anyway\n"
        "      - if: deciding-view-cannot-be-had\n        to: weigh-up\n",
        "a-refusal-decides-nothing-alone",
    ),
    _m(
        "a weighing that says no asks whoever refused",
        "      - if: {share-anyway: yes}\n        to: ask-consent-first\n"
        "      - else: do-not-share\n",
        "      - if: {share-anyway: yes}\n        to: ask-consent-first\n"
        "      - if: deciding-view-refuses\n        to: ask-consent-first\n"
        "      - else: do-not-share\n",
        "who-refused-is-not-asked-again",
    ),
    _m(
        "any age band of 16 or 17 decides",
        "  child-decides:\n    - child-involved\n"
        "    - {competence.conclusion: competent}\n",
        "  child-decides:\n    - child-involved\n    - any:\n"
        "        - {competence.conclusion: competent}\n"
        "        - {competence.age-band: 16-or-17}\n",
        "age-band-routes-nothing",
    ),
    _m(
        "an unclear conclusion counts as competent",
        "  child-decides:\n    - child-involved\n"
        "    - {competence.conclusion: competent}\n",
        "  child-decides:\n    - child-involved\n"
        "    - {competence.conclusion: [competent, unclear]}\n",
        "not-competent-needs-the-responsible-view",
    ),
    _m(
        "an adult is left out of consent",
        "  consent-holds: [child-side-agrees, adult-side-agrees]\n",
        "  consent-holds: [child-side-agrees]\n",
        "sharing-with-consent-has-consent",
    ),
    _m(
        "covers-this not sure is taken for yes",
        "      - if: {covers-this: yes}\n",
        "      - if: {covers-this: [yes, not-sure]}\n",
        "sharing-with-consent-has-consent",
    ),
    _m(
        "unsafe asking is sent to ask",
        "          any: [asking-unsafe, {consent-so-far.responsible-view:",
        "          any: [{consent-so-far.responsible-view:",
        "unsafe-asking-is-never-indicated",
    ),
    _m(
        "a risk does not make asking unsafe",
        "      - {consent-so-far.safe-to-ask: [no, not-sure]}\n"
        "      - could-be-harmed-by-sharing\n  child-involved:",
        "      - {consent-so-far.safe-to-ask: [no, not-sure]}\n  child-involved:",
        "unsafe-asking-is-never-indicated",
    ),
    _m(
        "telling is not asked about",
        "      - if: outcome-fixed\n        to: safe-to-tell\n",
        "      - if: outcome-fixed\n        to: harm-record\n",
        "telling-is-thought-about",
    ),
    _m(
        "who is safe to tell is not asked",
        "        to: who-is-safe-to-tell\n      - else: harm-record\n",
        "        to: harm-record\n      - else: harm-record\n",
        "everything-is-reachable",
    ),
    _m(
        "weighing is proportionate if not sure",
        "      - if: {weigh-up.proportionate: yes}\n",
        "      - if: {weigh-up.proportionate: [yes, not-sure]}\n",
        "not-sure-asks-before-it-answers",
    ),
    _m(
        "best interests not sure is taken for share",
        "      - if: {best-interests.best-interests: share}\n"
        "        to: share-proportionate\n",
        "      - if: {best-interests.best-interests: [share, not-sure]}\n"
        "        to: share-proportionate\n",
        "sharing-rests-on-its-own-answer",
    ),
    _m(
        "sharing is not followed by how to share",
        "    notices: [new-duty-2026]\n    routes:\n      - else: how-to-share\n"
        "  share-not-identifiable:",
        "    notices: [new-duty-2026]\n    routes:\n      - else: decision\n"
        "  share-not-identifiable:",
        "sharing-says-how",
    ),
    _m(
        "a departing decision to share skips how to share",
        "          - {not: {answered: how-to-share}}\n        to: how-to-share\n",
        "          - {not: {answered: how-to-share}}\n          - {level: 4}\n"
        "        to: how-to-share\n",
        "sharing-says-how",
    ),
    _m(
        "the dialog goes round",
        "      - if: {answered: decision}\n        to: end\n      - else: decision\n",
        "      - else: decision\n",
        "no-path-comes-back",
    ),
    _m(
        "an outcome ends without a decision",
        "    notices: [subject-access-now]\n    routes:\n      - else: decision\n",
        "    notices: [subject-access-now]\n    routes:\n      - else: end\n",
        "every-path-is-decided",
    ),
    _m(
        "a pass ends in the harm record",
        "    quotes: [S3-2, S3-13]\n    routes:\n      - else: how-to-share\n",
        "    quotes: [S3-2, S3-13]\n    routes:\n      - else: end\n",
        "every-path-is-decided",
    ),
    # ---- else rows and names: the loader ---------------------------
    _m(
        "an else is removed",
        "      - else: under-16\n  under-16:",
        "  under-16:",
        "loader: the last row must be else",
    ),
    _m(
        "a row stands below else",
        "      - if: in-danger\n        to: safe-to-tell\n      - else: under-16\n",
        "      - else: under-16\n      - if: in-danger\n        to: safe-to-tell\n",
        "loader: else",
    ),
    _m(
        "a route leads nowhere",
        "        to: weigh-up\n      - if: {open-doubt: share-anyway-not-sure}",
        "        to: way-up\n      - if: {open-doubt: share-anyway-not-sure}",
        "loader: way-up is no",
    ),
    _m(
        "a doubt is removed",
        "  professional-or-lead:\n    question: safety-check\n"
        "    when: {safety-check: professional-or-lead}\n",
        "",
        "loader: professional-or-lead",
    ),
    # ---- doubts ----------------------------------------------------
    _m(
        "the doubt about harm reads another tick",
        "    when: {safety-check: not-sure}\n    again: {safety-check: not-sure}\n",
        "    when: {safety-check: none}\n    again: {safety-check: not-sure}\n",
        "doubts-get-advice",
    ),
    _m(
        "a second not sure of harm counts as nothing",
        "      - if: unsure-of-harm-after-advice\n        to: share-public-interest\n",
        "      - if: unsure-of-harm-after-advice\n        to: who-may-see\n",
        "a-second-not-sure-of-harm-is-a-ground",
    ),
    _m(
        "a second not sure of age counts as over 13",
        "      - all: [{youngest-age: not-sure}, {advised: age-not-sure}]\n",
        "",
        "a-second-not-sure-of-age-is-under-13",
    ),
    _m(
        "a serious factor not sure is no doubt",
        "      - {bichard-factors.grooming: [yes, not-sure]}\n",
        "      - {bichard-factors.grooming: yes}\n",
        "age-and-factors-get-advice",
    ),
    _m(
        "a serious factor is left out",
        "      - {bichard-factors.age-gap: [yes, not-sure]}\n",
        "",
        "age-and-factors-get-advice",
    ),
    # ---- levels, alerts, decisions ---------------------------------
    _m(
        "refer now is level 3",
        "    level: 4\n    alert: urgent\n    decision: refer\n    fixed: yes\n"
        "    quotes:\n",
        "    level: 3\n    alert: urgent\n    decision: refer\n    fixed: yes\n"
        "    quotes:\n",
        "under-13-is-referred",
    ),
    _m(
        "share in the public interest is level 2",
        "    level: 3\n    alert: today\n",
        "    level: 2\n    alert: today\n",
        "a-harm-ground-shares",
    ),
    _m(
        "seek advice on a doubt is level 1",
        "      - if: {any: [safety-doubt, {open-doubt: asking-unsafe}]}\n"
        "        is: 2\n",
        "      - if: {any: [safety-doubt, {open-doubt: asking-unsafe}]}\n"
        "        is: 1\n",
        "doubts-get-advice",
    ),
    _m(
        "seek advice for unsafe asking is level 1",
        "      - if: {any: [safety-doubt, {open-doubt: asking-unsafe}]}\n"
        "        is: 2\n",
        "      - if: safety-doubt\n        is: 2\n",
        "asking-unsafe-gets-advice",
    ),
    _m(
        "verify first is level 0",
        "not one you were given.\n    level: 1\n",
        "not one you were given.\n    level: 0\n",
        "outcomes-keep-their-level",
    ),
    _m(
        "act now alerts today",
        "    level: 4\n    alert: urgent\n    decision: refer\n    fixed: yes\n"
        "    quotes: [S3-1]\n",
        "    level: 4\n    alert: today\n    decision: refer\n    fixed: yes\n"
        "    quotes: [S3-1]\n",
        "outcomes-keep-their-alert",
    ),
    _m(
        "a professional alerts today only",
        "  - if: professional-involved\n    urgency: urgent\n",
        "  - if: professional-involved\n    urgency: today\n",
        "grave-answers-alert-urgently",
    ),
    _m(
        "an unknown age alerts today only",
        "  - if: {youngest-age: not-sure}\n    urgency: urgent\n",
        "  - if: {youngest-age: not-sure}\n    urgency: today\n",
        "grave-answers-alert-urgently",
    ),
    _m(
        "unsafe telling is not alerted",
        "  - if: [outcome-fixed, {safe-to-tell: [no, not-sure]}]\n",
        "  - if: [outcome-fixed, {safe-to-tell: no}]\n",
        "grave-answers-alert-urgently",
    ),
    _m(
        "not sure about harm is alerted by routine",
        "  - if: {safety-check: not-sure}\n    urgency: today\n",
        "  - if: {safety-check: not-sure}\n    urgency: routine\n",
        "not-sure-on-safety-alerts",
    ),
    _m(
        "a risk loses its alert once advised on",
        "  - if: could-be-harmed-by-sharing\n    urgency: today\n",
        "  - if: could-be-harmed-by-sharing\n    urgency: routine\n",
        "heavier-answers-alert-no-later",
    ),
    _m(
        "a departure alerts nobody",
        "  - if: departing\n    urgency: today\n",
        "  - if: departing\n    urgency: routine\n",
        "departures-alert",
    ),
    _m(
        "refer now indicates sharing",
        "    level: 4\n    alert: urgent\n    decision: refer\n    fixed: yes\n"
        "    quotes:\n",
        "    level: 4\n    alert: urgent\n    decision: share\n    fixed: yes\n"
        "    quotes:\n",
        "outcomes-indicate-what-they-say",
    ),
    _m(
        "refer now is not marked as fixed",
        "    decision: refer\n    fixed: yes\n    quotes:\n",
        "    decision: refer\n    quotes:\n",
        "safety-outcomes-last",
    ),
    _m(
        "seek advice no longer waits for advice",
        "    pause:\n      advice: yes\n",
        "    pause:\n      again:\n        - else: safety-check\n",
        "advice-waits-for-advice",
    ),
    _m(
        "asking first cannot be resumed",
        "    pause:\n      again:\n        - else: consent-so-far\n",
        "",
        "pauses-can-be-resumed",
    ),
    # ---- instructions ----------------------------------------------
    _m(
        "act now no longer says not to contact home",
        "    at: [act-now]\n    says: [do-not-contact-home]\n",
        "    at: [refer-now]\n    says: [do-not-contact-home]\n",
        "danger-answers-nobody",
    ),
    _m(
        "act now loses the number to ring",
        "    numbers: [emergency, social-care, social-care-out-of-hours]\n"
        "  do-not-contact-home:",
        "    numbers: [social-care-out-of-hours]\n  do-not-contact-home:",
        "danger-answers-nobody",
    ),
    _m(
        "do not tell yet is dropped from one screen",
        "conflict, bichard-factors, prompted-by, requester-verified",
        "conflict, bichard-factors, prompted-by",
        "nothing-to-the-family-yet",
    ),
    _m(
        "give nothing is not said to a records request",
        "    prompted-by: [family-request, outside-request, records-request]\n",
        "    prompted-by: [family-request, outside-request]\n",
        "nothing-goes-to-whoever-asks",
    ),
    _m(
        "give nothing is dropped where there is a risk",
        "      - any: [outcome-fixed, could-be-harmed-by-sharing]\n",
        "      - outcome-fixed\n",
        "a-risk-gives-nothing",
    ),
    _m(
        "an unverified request may delay a referral",
        "    says: [verify, refer]\n",
        "    says: [verify]\n",
        "the-unverified-do-not-delay-a-referral",
    ),
    _m(
        "tell the person although it is unsafe",
        "    at: [share-proportionate]\n    if: {not: telling-unsafe}\n"
        "    says: [tell-family]\n",
        "    at: [share-proportionate]\n    says: [tell-family]\n",
        "unsafe-telling-is-never-advised",
    ),
    _m(
        "an instruction to ask loses its mark",
        "    at: [ask-consent-first]\n    says: [ask-consent]\n",
        "    at: [ask-consent-first]\n",
        "asking-and-telling-are-marked",
    ),
    _m(
        "a mark has a typing mistake",
        "    at: [weigh-up]\n    if: {share-anyway: yes}\n    says: [tell-family]\n",
        "    at: [weigh-up]\n    if: {share-anyway: yes}\n    says: [tell-famly]\n",
        "marks-are-known",
    ),
    _m(
        "they can be told although telling is unsafe",
        "          if: telling-unsafe\n          to: not-told\n",
        "          if: asking-unsafe\n          to: not-told\n",
        "unsafe-telling-is-fixed",
    ),
    _m(
        "advice one step away is dropped",
        "  advice-one-step-away:\n"
        "    text: You were not sure of something. A person's advice is one step away,"
        " with Talk to a person.\n    if: anything-not-sure\n    says: [get-advice]\n",
        "",
        "not-sure-offers-a-person",
    ),
    _m(
        "the decision no longer quotes asking again",
        "  - at: [decision]\n    if: anything-not-sure\n    passages: [S3-7, GR3]\n",
        "",
        "not-sure-is-seen-at-the-decision",
    ),
    _m(
        "the outcomes no longer quote asking again",
        "  - if: anything-not-sure\n    passages: [S3-7, GR3]\n\ninstructions:",
        "\ninstructions:",
        "not-sure-offers-a-person",
    ),
    _m(
        "advice about a professional goes to the lead",
        "    at: [seek-advice]\n    if: {not: professional-involved}\n"
        "    says: [get-advice]\n",
        "    at: [seek-advice]\n    says: [get-advice]\n",
        "advice-avoids-the-usual-people",
    ),
    _m(
        "the designated officer is not named",
        "    if: professional-involved\n    numbers: [designated-officer]\n",
        "    if: sexual-concern\n    numbers: [designated-officer]\n",
        "professionals-go-to-the-designated-officer",
    ),
    _m(
        "if worry rises is dropped from a pause",
        "    at: [seek-advice, verify-first, ask-consent-first, ask-provider-first, "
        "subject-access]\n",
        "    at: [seek-advice, verify-first, ask-consent-first, subject-access]\n",
        "pauses-say-what-to-do-if-worry-rises",
    ),
    _m(
        "adult social care is not named",
        "    at: [share-public-interest, refer-now]\n"
        "    if: {safety-check: prevent-harm}\n",
        "    at: [share-public-interest]\n    if: {safety-check: prevent-harm}\n",
        "adults-at-risk-are-named",
    ),
    # ---- quotations ------------------------------------------------
    _m(
        "a question loses its quotation",
        "    quotes: [GR2]\n    depends-on: [safe-to-tell, safety-check]\n",
        "    depends-on: [safe-to-tell, safety-check]\n",
        "everything-quotes",
    ),
    # ---- what is recorded ------------------------------------------
    _m(
        "reasons may be left out",
        "        label: Your reasons\n        required: yes\n",
        "        label: Your reasons\n",
        "decisions-have-reasons",
    ),
    _m(
        "a departure needs no reason",
        "        if: departing\n        required: yes\n",
        "        if: departing\n",
        "departures-are-explained",
    ),
    _m(
        "one side of a weighing may be empty",
        "        required: yes\n      proportionate:\n",
        "      proportionate:\n",
        "weighing-has-two-sides",
    ),
    _m(
        "a line reads one that stands below it",
        "      responsible-view:\n        kind: one\n"
        "        label: A person with parental responsibility\n"
        "        if: child-involved\n",
        "      responsible-view:\n        kind: one\n"
        "        label: A person with parental responsibility\n"
        "        if: [child-involved, {not: {consent-so-far.adult-view: agrees}}]\n",
        "forms-read-downwards",
    ),
    # ---- budgets ---------------------------------------------------
    _m(
        "harm waits for who asks",
        "      - if: {safety-check: sexual-activity}\n        to: youngest-age\n"
        "      - else: harm\n",
        "      - if: {safety-check: sexual-activity}\n        to: youngest-age\n"
        "      - else: who-may-see\n",
        "a-harm-ground-shares",
    ),
    _m(
        "under 13 waits for conflict and who asks",
        "      - else: harm\n\n  conflict:",
        "      - else: prompted-by\n\n  conflict:",
        "under-13-is-referred",
    ),
    _m(
        "danger waits five answers to be acted on",
        "      - if: in-danger\n        to: act-now\n      - else: safety-check\n",
        "      - else: safety-check\n",
        "danger-acts-at-once",
    ),
    _m(
        "the budget of twenty answers is burst",
        "    depends-on: [safe-to-tell, safety-check]\n"
        "    routes:\n      - else: harm-record\n",
        "    depends-on: [safe-to-tell, safety-check]\n"
        "    routes:\n      - else: purpose\n",
        "paths-are-short",
    ),
    _m(
        "give nothing is forgotten once a person has advised",
        "verify-first, subject-access, ask-provider-first, share-with-consent,",
        "verify-first, subject-access, ask-provider-first,",
        "a-risk-gives-nothing",
    ),
    # ---- what must be said and quoted -------------------------------
    _m(
        "the agency that gave it is never told",
        "    says: [tell-agency-afterwards]\n",
        "",
        "providers-are-told-afterwards",
    ),
    _m(
        "act now forgets the designated officer",
        "    at: [act-now]\n    numbers: [designated-officer]\n",
        "    at: [refer-now]\n    numbers: [designated-officer]\n",
        "act-now-names-the-designated-officer",
    ),
    _m(
        "advice is asked for with names",
        "    at: [seek-advice]\n    says: [ask-without-names]\n",
        "    at: [verify-first]\n    says: [ask-without-names]\n",
        "advice-is-sought-without-names",
    ),
    _m(
        "advice gives nobody to ring",
        "    numbers: [lead, manager, information-governance, legal]\n",
        "    numbers: [information-governance, legal]\n",
        "advice-is-sought-without-names",
    ),
    _m(
        "an unknown age says nothing of under 13",
        "    if: {youngest-age: not-sure}\n    says: [refer, under-13-duty]\n",
        "    if: {youngest-age: under-13}\n    says: [refer, under-13-duty]\n",
        "an-unknown-age-says-the-duty",
    ),
    _m(
        "a doubt forgets the court order",
        "    at: [seek-advice, refer-now, share-public-interest, safe-to-tell]\n"
        "    if: {prompted-by: legal-requirement}\n",
        "    at: [refer-now, share-public-interest, safe-to-tell]\n"
        "    if: {prompted-by: legal-requirement}\n",
        "a-doubt-keeps-the-request",
    ),
    _m(
        "a fixed outcome forgets the request for records",
        "    at: [seek-advice, safe-to-tell]\n    if: {prompted-by: records-request}\n",
        "    at: [seek-advice]\n    if: {prompted-by: records-request}\n",
        "a-doubt-keeps-the-request",
    ),
    _m(
        "a withdrawal lets the recipient go on using it",
        "    if: a-view-withdrawn\n    says: [stop-using]\n",
        "    at: [do-not-share]\n    if: a-view-withdrawn\n    says: [stop-using]\n",
        "a-withdrawal-stops-the-use",
    ),
    _m(
        "a checked request is given the whole file",
        "    says: [relevant-part-only]\n",
        "",
        "light-outcomes-say-their-own",
    ),
    _m(
        "a solicitor's letter passes for an order",
        "    at: [share-legal-duty]\n    says: [legal-first]\n    numbers: [legal]\n",
        "    at: [share-legal-duty]\n    numbers: [legal]\n",
        "light-outcomes-say-their-own",
    ),
    _m(
        "not sharing forgets the new duty",
        "    quotes: [S3-6, GR7]\n    notices: [new-duty-2026]\n",
        "    quotes: [S3-6, GR7]\n",
        "not-sharing-says-what-would-change-it",
    ),
    _m(
        "not sharing is final",
        "    says: [what-would-change]\n",
        "",
        "not-sharing-says-what-would-change-it",
    ),
    _m(
        "an order looks as if the document spoke of it",
        "    quotes: [S3-7]\n    notices: [no-court-orders]\n    routes:\n",
        "    quotes: [S3-7]\n    routes:\n",
        "what-the-document-lacks-is-said",
    ),
    _m(
        "a step of the flowchart passes for a quotation",
        "    notices: [flowchart-1]\n",
        "",
        "steps-of-the-flowchart-are-ours",
    ),
    _m(
        "the safety check loses its grounds",
        "    quotes: [S3-1, S3-2, S3-3]\n",
        "    quotes: [S3-1, S3-2]\n",
        "safety-quotes-its-words",
    ),
    _m(
        "the age loses the duty to refer",
        "    quotes: [S3-8, S3-9, S3-10]\n    notices: [under-13-scope]\n",
        "    quotes: [S3-8, S3-10]\n    notices: [under-13-scope]\n",
        "safety-quotes-its-words",
    ),
    _m(
        "a ground that is ticked is not quoted",
        "    if: {safety-check: evidence}\n    passages: [S3-3a]\n",
        "    if: {safety-check: evidence}\n    passages: [S3-3b]\n",
        "each-ground-is-quoted",
    ),
    _m(
        "conflict quotes something else",
        "    quotes: [S2-12]\n    routes:\n      - if: in-danger\n",
        "    quotes: [GR6]\n    routes:\n      - if: in-danger\n",
        "telling-and-conflict-quote-their-words",
    ),
    _m(
        "a family request loses its passages",
        "  - if: {prompted-by: [family-request, records-request]}\n"
        "    passages: [S3-11, S3-13, S5-8]\n",
        "",
        "family-requests-quote-their-words",
    ),
    _m(
        "the provider's agreement is not quoted",
        "    quotes: [S5-10, S5-9]\n"
        "    routes:\n"
        "      - if: {provider: [no, agrees]}\n",
        "    quotes: [GR6]\n    routes:\n      - if: {provider: [no, agrees]}\n",
        "providers-quote-their-words",
    ),
    _m(
        "agreement is asked about without the words on consent",
        "    quotes: [S3-2, S3-4, GR4, GR2]\n",
        "    quotes: [GR4, GR2]\n",
        "consent-quotes-its-words",
    ),
    _m(
        "competence loses its criteria",
        "    quotes: [S3-11, S3-12]\n",
        "    quotes: [S3-12]\n",
        "competence-and-interests-quote-their-words",
    ),
    _m(
        "best interests are not quoted",
        "    quotes: [S3-13, S3-6]\n",
        "    quotes: [S3-6]\n",
        "competence-and-interests-quote-their-words",
    ),
    _m(
        "a weighing loses its measure",
        "    quotes: [S3-5, S3-6]\n    notices: [flowchart-5]\n",
        "    quotes: [S3-6]\n    notices: [flowchart-5]\n",
        "weighing-quotes-its-words",
    ),
    _m(
        "seek advice loses golden rule 3",
        "    quotes: [S3-7, GR3, S2-12]\n",
        "    quotes: [S3-7, S2-12]\n",
        "advice-and-records-quote-their-words",
    ),
    _m(
        "not sharing forgets that telling is unsafe",
        "    at: [share-proportionate, share-with-consent, do-not-share, "
        "safe-to-tell, harm-record, how-to-share, decision]\n"
        "    if: telling-unsafe\n",
        "    at: [share-proportionate, share-with-consent, safe-to-tell, "
        "harm-record, how-to-share, decision]\n"
        "    if: telling-unsafe\n",
        "telling-unsafe-is-said",
    ),
    _m(
        "a light outcome is marked as fixed",
        "    decision: do-not-share\n    quotes: [S3-6, GR7]\n",
        "    decision: do-not-share\n    fixed: yes\n    quotes: [S3-6, GR7]\n",
        "safety-outcomes-last",
    ),
    # ---- what must be written down, and asked again -----------------
    _m(
        "with whom it is shared may be left out",
        "        label: With whom, by role and organisation\n"
        "        required: {not: may-finish-later}\n",
        "        label: With whom, by role and organisation\n",
        "how-it-is-shared-is-written-down",
    ),
    _m(
        "any sharing may be written down later",
        "  may-finish-later: {outcome: [act-now, refer-now]}\n",
        "  may-finish-later: {outcome: [act-now, refer-now, share-proportionate]}\n",
        "how-it-is-shared-is-written-down",
    ),
    _m(
        "ordinary e-mail is not challenged",
        "  insecure-method: {how-to-share.method: [other-email, other]}\n",
        "  insecure-method: {how-to-share.method: other}\n",
        "insecure-ways-are-explained",
    ),
    _m(
        "nobody is told, and nobody says why",
        "        if: [{how-to-share.tell-them: not-told}, {not: telling-unsafe}]\n"
        "        required: yes\n",
        "        if: [{how-to-share.tell-them: not-told}, {not: telling-unsafe}]\n",
        "silence-to-those-concerned-is-explained",
    ),
    _m(
        "a conclusion against the lines needs no reason",
        "        if: conclusion-contradicts-lines\n        required: yes\n",
        "        if: conclusion-contradicts-lines\n",
        "a-conclusion-against-the-lines-is-explained",
    ),
    _m(
        "another requester counts as checked",
        "    depends-on: [prompted-by]\n",
        "",
        "another-requester-is-checked-anew",
    ),
    _m(
        "a risk that is ticked later changes no weighing",
        "    depends-on: [safety-check, whose-information, consent-so-far, "
        "competence, share-anyway, covers-this]\n",
        "    depends-on: [whose-information, consent-so-far, competence, "
        "share-anyway, covers-this]\n",
        "another-risk-is-thought-about-anew",
    ),
    _m(
        "who is safe to tell outlives the answer on telling",
        "    depends-on: [safe-to-tell, safety-check]\n",
        "    depends-on: [safety-check]\n",
        "telling-is-not-inherited",
    ),
    _m(
        "one child's views stand for another's",
        "    notices: [flowchart-4]\n    depends-on: [whose-information]\n",
        "    notices: [flowchart-4]\n",
        "other-people-are-asked-about-anew",
    ),
    _m(
        "an agreement outlives the views",
        "    depends-on: [whose-information, consent-so-far, competence]\n"
        "    routes:\n"
        "      - if: {covers-this: yes}\n",
        "    depends-on: [whose-information, competence]\n"
        "    routes:\n"
        "      - if: {covers-this: yes}\n",
        "other-views-are-weighed-anew",
    ),
    _m(
        "best interests outlive the competence",
        "    depends-on: [whose-information, consent-so-far, competence]\n",
        "    depends-on: [whose-information, consent-so-far]\n",
        "another-competence-is-weighed-anew",
    ),
    _m(
        "a decision outlives the answers it rests on",
        "    depends-on: everything\n",
        "    depends-on: [danger, safety-check]\n",
        "any-change-is-decided-anew",
    ),
)
