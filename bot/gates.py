"""What has to be green before a version of a pack may be proposed or approved.

Check, proof and cases, as the command line runs them one by one, here all at once and
told in lines that say what to do. Pure but for the time it takes: what is needed from
outside is handed in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from dialogs.agreement import Replays, disagreements
from dialogs.case_runs import run_cases
from knowledge.check import Surroundings, check
from knowledge.compare import Comparison, compare
from knowledge.comparison_report import in_five_lines
from knowledge.model import Pack
from knowledge.paths import Loops, TooLarge
from knowledge.problems import PackError
from knowledge.prove import Proof, proof_stamp, prove
from knowledge.reviews import DEPUTIES, Force, force, unnamed
from knowledge.rule_reader import in_short, rules_hash
from knowledge.search import PassageIndex
from knowledge.transcripts import told

SAFETY = "safety.yaml"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the gates found.

    Attributes:
        pack: The pack; None where it does not load.
        faults: What must be mended, each in a line or a few; none where it is green.
        stamp: Names the proof that held; empty where none did.
        lacks: What a version needs beyond a trial: who signed it off, and the like.
    """

    pack: Pack | None
    faults: tuple[str, ...]
    stamp: str = ""
    lacks: tuple[str, ...] = ()


class Gates:
    """Check, proof and cases for one installation."""

    def __init__(
        self,
        surroundings: Callable[[], Surroundings],
        core: str,
        lacking: Callable[[Pack], tuple[str, ...]],
        keep: Callable[[Proof], None] | None = None,
    ) -> None:
        """Take what is needed from outside.

        Args:
            surroundings: Returns what the check needs, with the day it is then.
            core: The text of the core rules.
            lacking: Says which numbers and places the directory lacks for a pack.
            keep: Remembers a proof that held, so that no start has to repeat it;
                None where nobody does.
        """
        self._surroundings = surroundings
        self._core = core
        self._lacking = lacking
        self._keep = keep

    def stamp(self, pack: Pack, files: Mapping[str, str]) -> str:
        """Return what names a proof of a pack by the rules and prover of today."""
        return proof_stamp(pack.hash, rules_hash(self._core, files.get(SAFETY, "")))

    def compared(self, old: Pack, new: Pack) -> Comparison:
        """Compare two versions.

        Raises:
            TooLarge, Loops: They cannot be compared within the bound.
        """
        return compare(old, new)

    def changes(self, old: Pack, new: Pack) -> tuple[bool, tuple[str, ...]]:
        """Say whether safety changes, and what changed in five lines."""
        try:
            found = self.compared(old, new)
        except (TooLarge, Loops):
            first = f"{new.title}: version {old.hash[:12]} became {new.hash[:12]}."
            return True, (first, "What it changes is too much to work out: read it.")
        return found.changes_safety, in_five_lines(found)

    def judge(self, files: Mapping[str, str], *, where: str = "") -> Judged:
        """Run everything; the proof only where the check is green.

        Args:
            files: Text by file name.
            where: Put before file names in problems, such as the folder.
        """
        surroundings = self._surroundings()
        checked = check(files, surroundings, where=where)
        pack = checked.pack
        faults = [str(problem) for problem in checked.problems]
        if pack is None:
            return Judged(None, tuple(faults))
        faults.extend(self._lacking(pack))
        if faults:
            return Judged(pack, tuple(faults))
        faults.extend(self._cases(pack, where))
        faults.extend(self._proof(pack, files))
        stamp = "" if faults else self.stamp(pack, files)
        return Judged(
            pack, tuple(faults), stamp, tuple(_lacks(pack, surroundings.today))
        )

    def _cases(self, pack: Pack, where: str) -> list[str]:
        if not pack.cases:
            return [f"{where}cases.csv: the pack has no cases -> add some"]
        report = run_cases(pack, PassageIndex(pack).search)
        return [
            f"{where}cases.csv:{case.line}: {case.case}: {'; '.join(case.differs)}"
            for case in report.results
            if case.differs
        ]

    def _proof(self, pack: Pack, files: Mapping[str, str]) -> list[str]:
        try:
            replays = Replays(pack)
            proof = prove(
                pack, self._core, files.get(SAFETY, ""), confirm=replays.confirm
            )
        except PackError as error:
            return list(in_short(error))
        except (TooLarge, Loops) as error:
            return [str(error)]
        if not proof.held:
            return self._broken(pack, proof)
        if self._keep is not None:
            self._keep(proof)
        return [
            f"The machine goes another way than the data says: {line}"
            for line in disagreements(pack, proof)
        ]

    def _broken(self, pack: Pack, proof: Proof) -> list[str]:
        return [told(pack.flow, each) for each in proof.verdicts if not each.held]


def _lacks(pack: Pack, today: date) -> list[str]:
    found = []
    if not pack.signed_off_by or not pack.signed_off_on:
        what = "pack.yaml: no safeguarding lead has signed it off"
        found.append(f"{what} -> write signed-off-by and signed-off-on")
    if unnamed(pack):
        found.append("pack.yaml: nobody owns it -> write a person's name in owner")
    if len(pack.deputies) < DEPUTIES:
        found.append(f"pack.yaml: deputies -> name {DEPUTIES} people")
    if force(pack, today) == Force.ENDED:
        found.append(f"pack.yaml: it was in force until {pack.in_force_to}")
    return found
