"""A plan as it is kept with its alert, and back again. Pure.

An alert keeps who is told, in which order and by which routes, as it was when the
alert was raised, so that an edit of the directory never changes what was promised.
What is learnt on the way is kept with it: who turned out not to be reachable, and
who said that the worry is about them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.directory import Role, Why
from bot.escalation import Plan, Route, Skipped, Step


@dataclass(frozen=True, slots=True)
class Kept:
    """What an alert keeps of whom it is told to.

    Attributes:
        plan: The chain.
        named: Who is kept out, as the conflict answer says it.
        settled: Whether the conflict answer has been given, or need not be.
        out: Ids of people whom that answer keeps out.
        stood_down: Ids of people who said that the worry may be about them.
        unreachable: Ids of people no route of whom could be used.
    """

    plan: Plan
    named: tuple[str, ...] = ()
    settled: bool = True
    out: frozenset[str] = frozenset()
    stood_down: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()

    @property
    def barred(self) -> frozenset[str]:
        """Everybody who is neither told nor shown anything."""
        return self.out | set(self.stood_down)

    def planned(self, plan: Plan) -> "Kept":
        """Return the same with another chain, without whoever stood down."""
        kept = replace(self, plan=plan, unreachable=())
        for person in self.stood_down:
            kept = kept.without(person)
        return kept

    def without(self, person: str) -> "Kept":
        """Return the same with one person's steps taken out."""
        steps = tuple(step for step in self.plan.steps if step.person != person)
        return replace(self, plan=replace(self.plan, steps=steps))


def as_body(kept: Kept) -> dict[str, object]:
    """Return what JSON can hold of it."""
    plan = kept.plan
    return {
        "steps": [_step_body(step) for step in plan.steps],
        "skipped": [[one.person, one.why.value] for one in plan.skipped],
        "ring": list(plan.ring),
        "starts_at": plan.starts_at.astimezone(UTC).isoformat(),
        "repeat": plan.repeat.total_seconds(),
        "outside_hours": plan.outside_hours,
        "opens_at": plan.opens_at.isoformat() if plan.opens_at else "",
        "last_resort": plan.last_resort,
        "named": list(kept.named),
        "settled": kept.settled,
        "out": sorted(kept.out),
        "stood_down": list(kept.stood_down),
        "unreachable": list(kept.unreachable),
    }


def _step_body(step: Step) -> dict[str, object]:
    return {
        "person": step.person,
        "role": step.role.value,
        "routes": [[one.channel, one.user] for one in step.routes],
        "also": [[one.channel, one.user] for one in step.also],
        "wait": step.wait.total_seconds(),
        "covers": step.covers,
    }


def from_body(body: Mapping[str, Any]) -> Kept:
    """Return what `as_body` wrote."""
    plan = Plan(
        steps=tuple(_step(one) for one in body["steps"]),
        skipped=tuple(Skipped(person, Why(why)) for person, why in body["skipped"]),
        ring=tuple(body["ring"]),
        starts_at=datetime.fromisoformat(body["starts_at"]),
        repeat=timedelta(seconds=body["repeat"]),
        outside_hours=body["outside_hours"],
        opens_at=datetime.fromisoformat(body["opens_at"]) if body["opens_at"] else None,
        last_resort=body["last_resort"],
    )
    return Kept(
        plan,
        named=tuple(body["named"]),
        settled=body["settled"],
        out=frozenset(body["out"]),
        stood_down=tuple(body["stood_down"]),
        unreachable=tuple(body["unreachable"]),
    )


def _step(body: Mapping[str, Any]) -> Step:
    return Step(
        person=body["person"],
        role=Role(body["role"]),
        routes=tuple(Route(*one) for one in body["routes"]),
        wait=timedelta(seconds=body["wait"]),
        also=tuple(Route(*one) for one in body["also"]),
        covers=body["covers"],
    )
