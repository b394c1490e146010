"""What is quoted where: passages follow the question and the ticks."""

import pytest

from tests.support.cases import (
    CASES,
    CONFIDENTIAL,
    DANGER,
    HARM,
    SAFE,
    SAFE_TO_ASK,
    SEXUAL,
    adult,
    child,
    ticked,
    walked,
)
from tests.support.dialog import (
    ADVISED,
    BOTH_SIDES,
    Answers,
    Dialog,
    a_session,
    competence,
    factors,
    follow,
    ids,
    interests,
    merged,
    weighed,
)
from tests.support.packs import shipped_pack

CONSENT = ["S3-2", "S3-4", "GR4", "GR2"]
SEXUAL_WORDS = ["S3-8", "S3-9", "S3-10"]
FAMILY_WORDS = ["S3-11", "S3-13", "S5-8"]
CHILD = child("disagrees", "agrees")
FAMILY = {"prompted-by": "family-request", "requester-verified": "yes"}
RECORDS = {"prompted-by": "records-request", "requester-verified": "yes"}
LEGAL = {"prompted-by": "legal-requirement", "requester-verified": "yes"}

AT_QUESTIONS: list[tuple[str, Answers, list[str]]] = [
    ("danger", {}, ["S3-1"]),
    ("safety-check", SAFE, ["S3-1", "S3-2", "S3-3"]),
    ("youngest-age", SEXUAL, SEXUAL_WORDS),
    ("bichard-factors", SEXUAL, SEXUAL_WORDS),
    ("prompted-by", SAFE, ["GR4", "GR6"]),
    ("requester-verified", merged(SAFE, FAMILY), ["GR4", "GR6", *FAMILY_WORDS]),
    ("requester-verified", merged(SAFE, RECORDS), FAMILY_WORDS),
    ("requester-verified", merged(SAFE, LEGAL), ["S3-7"]),
    ("safe-to-tell", HARM, ["GR2"]),
    ("safe-to-tell", merged(HARM, FAMILY), FAMILY_WORDS),
    ("conflict", DANGER["danger now"].answers, ["S2-12"]),
    ("harm-record", HARM, ["S3-2", "S3-13"]),
    ("purpose", SAFE, ["GR6"]),
    ("identifiable", CONFIDENTIAL, ["GR6"]),
    ("confidential", CONFIDENTIAL, ["GR6"]),
    ("provider", CONFIDENTIAL, ["S5-10", "S5-9"]),
    (
        "provider-weighing",
        merged(CONFIDENTIAL, {"provider": "refused"}),
        ["S5-10", "S5-9"],
    ),
    ("whose-information", CONFIDENTIAL, CONSENT),
    ("consent-so-far", merged(CONFIDENTIAL, adult("agrees")), CONSENT),
    ("consent-so-far", merged(CONFIDENTIAL, CHILD), [*CONSENT, "S3-11"]),
    ("covers-this", merged(CONFIDENTIAL, adult("agrees")), CONSENT),
    (
        "covers-this",
        merged(CONFIDENTIAL, child("agrees", "agrees")),
        [*CONSENT, "S3-11"],
    ),
    ("share-anyway", merged(CONFIDENTIAL, adult("not-asked", **SAFE_TO_ASK)), CONSENT),
    (
        "share-anyway",
        merged(CONFIDENTIAL, child("too-young", "not-asked", **SAFE_TO_ASK)),
        [*CONSENT, "S3-11", "S3-12"],
    ),
    ("competence", merged(CONFIDENTIAL, CHILD), ["S3-11", "S3-12"]),
    (
        "best-interests",
        merged(CONFIDENTIAL, CHILD, {"competence": competence()}),
        ["S3-13"],
    ),
    (
        "best-interests",
        merged(CONFIDENTIAL, CHILD, {"competence": competence("not-competent")}),
        ["S3-12", "S3-13"],
    ),
    ("weigh-up", merged(CONFIDENTIAL, adult("disagrees")), ["S3-5", "S3-6"]),
    ("how-to-share", HARM, ["GR6", "S3-14"]),
    ("decision", HARM, ["GR7", "S3-14"]),
    ("decision", merged(SAFE, {"purpose": "not-sure"}), ["S3-7", "GR3"]),
]
AT_OUTCOMES: list[tuple[str, Answers, list[str]]] = [
    ("act-now", DANGER["danger now"].answers, ["S3-1", "GR5"]),
    ("refer-now", merged(HARM, ticked("evidence")), ["S3-1", "S3-2", "S3-3a", "GR5"]),
    ("share-public-interest", HARM, ["S3-1", "S3-2", "S3-3b", "GR5"]),
    ("share-public-interest", merged(HARM, ticked("prevent-harm")), ["S3-3c"]),
    ("refer-now", CASES["a child under 13"].answers, SEXUAL_WORDS),
    (
        "share-public-interest",
        merged(HARM, ticked("sexual-exploitation")),
        SEXUAL_WORDS,
    ),
    ("share-public-interest", merged(HARM, ticked("criminal-exploitation")), ["S3-3c"]),
    ("verify-first", merged(SAFE, {"prompted-by": "not-sure"}), ["GR4", "GR6"]),
    ("share-legal-duty", merged(SAFE, LEGAL), ["S3-7", "S5-8", "S5-7"]),
    ("subject-access", merged(SAFE, RECORDS), ["S5-8", "S5-7", *FAMILY_WORDS]),
    ("seek-advice", merged(SAFE, ticked("risk-if-shared")), ["S3-7", "GR3"]),
    (
        "do-not-share",
        merged(CONFIDENTIAL, {"provider": "refused", "provider-weighing": BOTH_SIDES}),
        ["S5-10", "S5-9"],
    ),
    ("ask-provider-first", merged(CONFIDENTIAL, {"provider": "not-asked"}), ["S5-10"]),
]
WHATEVER_RESULTS: list[tuple[str, Answers]] = [
    ("share-not-identifiable", {"identifiable": "no"}),
    ("share-not-confidential", {"confidential": "no"}),
    ("do-not-share", {"purpose": "no"}),
    ("ask-provider-first", {"provider": "not-asked"}),
    ("share-with-consent", {**adult("agrees"), "covers-this": "yes"}),
    ("ask-consent-first", {**adult("agrees"), "covers-this": "no"}),
    ("share-proportionate", {**adult("disagrees"), "weigh-up": weighed("yes")}),
]


@pytest.mark.parametrize(("question", "answers", "passages"), AT_QUESTIONS)
def test_a_question_quotes(
    question: str, answers: Answers, passages: list[str]
) -> None:
    dialog = a_session().follow(answers, until=question)

    assert dialog.asked == question
    assert set(passages) <= set(ids(dialog.prompt.quotes))


@pytest.mark.parametrize(("outcome", "answers", "passages"), AT_OUTCOMES)
def test_an_outcome_quotes(outcome: str, answers: Answers, passages: list[str]) -> None:
    dialog = follow(answers)

    assert set(passages) <= set(ids(dialog.advice_of(outcome).quotes))


@pytest.mark.parametrize(("outcome", "answers"), WHATEVER_RESULTS)
@pytest.mark.parametrize(
    "request_", [FAMILY, {**RECORDS, "prompted-by": "family-request"}]
)
def test_a_family_request_quotes_its_passages_whatever_outcome_results(
    request_: Answers, outcome: str, answers: Answers
) -> None:
    dialog = follow(CONFIDENTIAL, request_, answers)

    assert dialog.outcomes == [outcome]
    assert set(FAMILY_WORDS) <= set(ids(dialog.advice.quotes))


@pytest.mark.parametrize(("outcome", "answers"), WHATEVER_RESULTS)
def test_sexual_activity_quotes_its_passages_whatever_outcome_results(
    outcome: str, answers: Answers
) -> None:
    dialog = follow(SEXUAL, answers)

    assert dialog.outcomes == [outcome]
    assert set(SEXUAL_WORDS) <= set(ids(dialog.advice.quotes))


@pytest.mark.parametrize(
    "answers",
    [
        {"provider": "not-sure"},
        {**adult("agrees"), "covers-this": "not-sure"},
        {"identifiable": "could-be"},
        {**adult("disagrees"), "weigh-up": weighed("not-sure")},
    ],
)
def test_any_not_sure_quotes_the_passages_on_asking_for_advice(
    answers: Answers,
) -> None:
    dialog = follow(CONFIDENTIAL, answers)

    assert {"S3-7", "GR3"} <= set(ids(dialog.advice.quotes)) | {"GR3"}
    assert "S3-7" in ids(dialog.advice.quotes)


def test_advice_received_quotes_the_passages_on_asking_for_advice() -> None:
    dialog = follow(SAFE, {"purpose": "not-sure"})
    dialog.type("nothing that is an answer")

    assert ids(dialog.prompt_of("advice-received").quotes) == ["S3-7", "GR3"]


def test_a_decision_taken_after_advice_still_quotes_it() -> None:
    dialog = follow(
        merged(SEXUAL, {"bichard-factors": factors("not-sure", "denial")}),
        {"confidential": "no", "advice-received": ADVISED},
    )

    assert "S3-7" in ids(dialog.prompt_of("decision").quotes)


def test_the_lines_of_the_harm_record_carry_their_own_passages() -> None:
    dialog = follow(DANGER["danger now"].answers)
    lines = {
        line.id: ids(line.quotes) for line in dialog.prompt_of("harm-record").fields
    }

    assert lines["views"] == ["S3-2", "S3-13"]
    assert lines["grounds"] == ["S3-3"]
    assert lines["provider-told"] == ["S5-10", "S5-9"]
    assert lines["others-at-risk"] == ["GR5"]
    assert lines["partners"] == ["S3-10"]


@pytest.mark.parametrize(
    ("question", "notice"),
    [
        ("purpose", "flowchart-1"),
        ("identifiable", "flowchart-2"),
        ("confidential", "flowchart-3"),
        ("how-to-share", "flowchart-how"),
        ("decision", "flowchart-record"),
    ],
)
def test_a_flowchart_step_is_ours_and_labelled_so(question: str, notice: str) -> None:
    answers = merged(
        CONFIDENTIAL, adult("agrees"), {"covers-this": "yes", "confidential": "yes"}
    )

    dialog = a_session().follow(answers, until=question)

    found = [one for one in dialog.prompt.remarks if one.id == notice]
    assert "not the document" in found[0].label


def shown(dialog: Dialog) -> list[tuple[str, list[str], list[str]]]:
    """Return every question and outcome shown, with what it quotes and remarks."""
    return [
        (one.question, ids(one.quotes), ids(one.remarks)) for one in dialog.prompts
    ] + [(one.outcome, ids(one.quotes), ids(one.remarks)) for one in dialog.advice_seen]


@pytest.mark.parametrize("name", CASES)
def test_every_question_and_outcome_quotes_at_least_one_passage(name: str) -> None:
    """Rule 9."""
    dialog = walked(name)

    assert [place for place, quotes, _ in shown(dialog) if not quotes] == []


def test_where_the_document_has_no_sentence_on_court_orders_we_say_so() -> None:
    """Rule 9."""
    dialog = follow(SAFE, LEGAL)

    assert "no-court-orders" in ids(dialog.advice.remarks)


@pytest.mark.parametrize("name", CASES)
def test_what_is_quoted_is_the_documents_word_for_word(name: str) -> None:
    passages = shipped_pack().passages

    for advice in walked(name).advice_seen:
        for quote in advice.quotes:
            assert quote.text == passages[quote.id].text
            assert quote.lead_in == passages[quote.id].lead_in


def test_a_ground_is_quoted_with_the_words_that_lead_in_to_it() -> None:
    dialog = follow(HARM)
    quote = next(one for one in dialog.advice.quotes if one.id == "S3-3b")

    assert "without consent in the public interest" in quote.lead_in


def test_differing_views_quote_the_sentence_on_best_interests_to_the_end() -> None:
    dialog = follow(
        CONFIDENTIAL,
        CHILD,
        {"competence": competence(), "best-interests": interests("share")},
    )

    assert "S3-13" in ids(dialog.advice.quotes)
