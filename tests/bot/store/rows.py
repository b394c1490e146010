"""Rows to store, and stores that already hold some."""

from bot.ports import DecisionRow, GuidanceRow, SessionRow, Store, StoredFact
from tests.support.fakes import START

HASH = "c0ffee"
SESSION = "s-2222222222222"
REFERENCE = "R-2222-2222-22"

GUIDANCE = GuidanceRow(
    hash=HASH,
    pack="derby",
    files={"pack.yaml": "id: derby\n", "source.txt": "“Frazer” – consent\n"},
    first_seen=START,
)
A_SESSION = SessionRow(
    id=SESSION,
    user="U1",
    channel="terminal",
    pack="derby",
    guidance=HASH,
    started_at=START,
    facts=0,
    state="open",
)
A_DECISION = DecisionRow(
    reference=REFERENCE,
    session=SESSION,
    n=1,
    at=START,
    user="U1",
    outcome="share",
    level="may",
    alert="none",
    decision="shared",
    departing=False,
    guidance=HASH,
    body={"with": "school", "passages": ["S3-1", "S3-2"]},
)


def a_fact(n: int, **body: object) -> StoredFact:
    return StoredFact(n=n, at=START, kind="answered", body=body)


def with_a_session(store: Store, *, facts: int = 0) -> None:
    """Keep the pack version and start the session with that many facts."""
    with store.begin() as transaction:
        transaction.keep_guidance(GUIDANCE)
        transaction.start_session(A_SESSION)
        if facts:
            transaction.append(
                SESSION, 0, [a_fact(n) for n in range(1, facts + 1)], "open"
            )


def stored_facts(store: Store) -> tuple[StoredFact, ...]:
    with store.reading() as transaction:
        return transaction.facts(SESSION)
