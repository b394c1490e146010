"""The parts that commands join: settings, store, guidance, directory, what sends.

Each is imported only when it is wanted, so that the first question is on the
screen quickly.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.anchoring import DailyAnchor
    from bot.auditor import Auditor
    from bot.directory import Alarm, Directory, Opened
    from bot.guide import Guide, Shelf, Version
    from bot.keeping import Keeping
    from bot.ports import Clock, Sender
    from bot.privacy.guard import IdentityGuard
    from bot.raising import Raiser
    from bot.retention import DailyRetention, Keeper
    from bot.roles import Who
    from bot.settings import Settings
    from bot.store import SqlStore
    from knowledge.prove import Proof

ROOT = Path(__file__).resolve().parents[2]
CHAT = frozenset({"slack", "teams"})
"""Channels of people whom others could crowd out."""
SAFETY = "safety.yaml"


class UnsafePack(Exception):
    """A pack that breaks a safety rule; its message is the proof in words."""


def environment_here() -> dict[str, str]:
    """Return the environment of this process, with secrets that stand in files.

    Raises:
        SettingsError: A file of a secret is wrong; says each.
    """
    from bot.settings import with_secrets

    return with_secrets(os.environ)


def settings_here() -> Settings:
    """Return the settings of this process, from its environment.

    Raises:
        SettingsError: A setting is wrong; says each.
    """
    from bot.settings import read_settings

    return read_settings(environment_here(), ROOT)


def store_of(settings: Settings) -> SqlStore:
    """Open the store that the settings name, with its keys.

    Raises:
        StoreError: It cannot be opened; says what to do.
    """
    from bot.store import keys_for, open_store

    keys = keys_for(settings.database, settings.keys)
    return open_store(settings.database, keys)


def shelf_for(
    settings: Settings, store: SqlStore, clock: Clock, *, held: bool = True
) -> Shelf:
    """Load the pack of this place, held to the safety rules.

    Raises:
        PackError: Anything is wrong with it.
        UnsafePack: The pack breaks a rule (never with `held` false).
    """
    from bot.guide import Shelf
    from bot.system import SystemIds

    shelf = Shelf.from_folder(settings.pack, clock, SystemIds(), keeps_the_rules)
    if held:
        hold_to_the_rules(shelf.current)
        shelf.refresh(store, now=True)
    return shelf


def guide_for(  # noqa: PLR0913 -- here the parts are joined, each by its name
    settings: Settings,
    store: SqlStore,
    channel: str,
    directory: Directory,
    *,
    held: bool = True,
    clock: Clock | None = None,
    raiser: Raiser | None = None,
    alarm: Alarm | None = None,
    shelf: Shelf | None = None,
    guard: IdentityGuard | None = None,
) -> Guide:
    """Join the dialog for one channel; its pack is held to the safety rules.

    Args:
        settings: Of this process.
        store: Where sessions are kept.
        channel: The channel's name.
        directory: Whom to ring.
        held: Whether alerts are raised and the rules proved; not to try a pack.
        clock: The time, UTC; this machine's by default.
        raiser: Raises alerts; by the settings by default.
        alarm: Whether the directory has faults, where every screen says so.
        shelf: The pack, where several channels share it; read here by default.
        guard: What finds details in free text, likewise.

    Raises:
        UnsafePack: The pack breaks a rule (never with `held` false).
    """
    from bot.guide import Guide
    from bot.privacy.watch import Watch
    from bot.system import SystemClock, SystemIds

    watch = Watch(guard or guard_of(settings, directory))
    clock, ids = clock or SystemClock(), SystemIds()
    shelf = shelf or shelf_for(settings, store, clock, held=held)
    if held:
        raiser = raiser or raiser_for(settings, directory, channels_in_reach(settings))
    return Guide(
        store,
        clock,
        ids,
        shelf,
        channel=channel,
        watch=watch,
        raiser=raiser,
        alarm=alarm,
        # The page and the terminal are for trying the bot.
        sessions_a_day=settings.limits.sessions if channel in CHAT else 0,
    )


def guard_of(settings: Settings, directory: Directory) -> IdentityGuard:
    """Return what finds details in free text, by the lists of this place.

    Raises:
        PackError: A list cannot be read.
    """
    from bot.privacy.guard import read_guard

    # The organisation's own numbers are no details; without a directory they may be.
    numbers = [one.number for one in directory.numbers.values()]
    return read_guard(settings.identity, numbers)


def channels_in_reach(settings: Settings) -> tuple[str, ...]:
    """Return the channels on which this installation can send.

    The page counts where there is nothing else: it is there to be tried.
    """
    from bot.channels.slack.settings import read_slack
    from bot.channels.teams.settings import read_teams

    environment = environment_here()
    slack, _ = read_slack(environment)
    teams, _ = read_teams(environment)
    found = [
        *(["slack"] if slack else []),
        *(["teams"] if teams else []),
        *(["mail"] if settings.mail else []),
    ]
    return tuple(found) or ("page",)


def raiser_for(
    settings: Settings, directory: Directory, channels: Sequence[str]
) -> Raiser:
    """Return what raises alerts, by the times and channels of this place."""
    from bot.raising import Policy, Raiser

    policy = Policy(times=settings.times, channels=tuple(channels))
    return Raiser(directory, policy)


def mail_senders(settings: Settings, clock: Clock) -> dict[str, Sender]:
    """Return what sends mail, by its channel; nothing where no server is named."""
    import ssl

    from bot.mail import Login, MailSender

    if settings.mail is None:
        return {}
    mail = settings.mail
    login = Login(mail.user, mail.password) if mail.user else None
    tls = ssl.create_default_context() if mail.tls else None
    sender = MailSender(mail.server, mail.sender, clock, login=login, tls=tls)
    return {"mail": sender}


def hold_to_the_rules(version: Version) -> None:
    """Prove the safety rules once a pack version; later starts find the stamp.

    Raises:
        UnsafePack: A rule is broken; says which, and the shortest way there.
    """
    from knowledge.rule_reader import core_rules_text
    from knowledge.stamps import Stamp, ensure_proved

    core = core_rules_text()
    safety = version.files.get(SAFETY, "")
    try:
        proof = ensure_proved(version.pack, core, _proofs(), safety)
    except OSError:
        # Nowhere to remember it: proving again each time is slower, and as safe.
        proof = ensure_proved(version.pack, core, None, safety)
    if isinstance(proof, Stamp) or proof.held:
        return
    from dialogs.agreement import Replays
    from knowledge.transcripts import report

    raise UnsafePack(report(version.pack, proof, lines=Replays(version.pack).lines))


def keep_proof(proof: Proof) -> None:
    """Remember a proof that held, so that later starts find its stamp."""
    from knowledge.stamps import keep

    # Nowhere to remember it: the next start proves it, slower and as safe.
    with suppress(OSError):
        keep(proof, _proofs())


def _proofs() -> Path:
    """Return the file that keeps the stamps of proofs; its folder is made.

    Raises:
        OSError: The folder cannot be made.
    """
    kept = ROOT / "var"
    kept.mkdir(mode=0o700, exist_ok=True)
    return kept / "proofs.json"


def keeps_the_rules(version: Version) -> bool:
    """Say whether a version keeps every rule; what is broken is printed."""
    from knowledge.paths import TooLarge
    from knowledge.problems import PackError

    try:
        hold_to_the_rules(version)
    except (UnsafePack, PackError, TooLarge) as error:
        print(f"{error}\nThat version is not used.", file=sys.stderr)
        return False
    return True


def opened_directory(settings: Settings) -> Opened:
    """Read the directory as far as it goes; what is wrong in it is said."""
    from bot.directory import open_directory

    opened = open_directory(settings.directory)
    if opened.problems:
        lines = "\n".join(str(problem) for problem in opened.problems)
        print(f"The directory cannot be used as it is:\n{lines}", file=sys.stderr)
    return opened


def directory_of(settings: Settings) -> Directory:
    """Read whom to ring; with faults the dialog still runs, and says so."""
    return opened_directory(settings).directory


def alarm_of(opened: Opened) -> Alarm:
    """Say, before anybody relies on it, who would not be told; and watch for that."""
    from bot.directory import Alarm

    alarm = Alarm(opened, local_today)
    lines = "\n".join(f"  {fault}" for fault in alarm.lines())
    if lines:
        print(f"Somebody may not be told of an alert:\n{lines}", file=sys.stderr)
        print("See: python app.py knowledge check", file=sys.stderr)
    return alarm


def local_today() -> date:
    """Return the day it is in England."""
    from bot.directory import local_day
    from bot.system import SystemClock

    return local_day(SystemClock().now())


def who_here(directory: Directory, name: str) -> Who:
    """Return who somebody says they are; whoever has the keys may say so.

    Args:
        directory: Where people are named.
        name: An id in the directory, or a name on any channel.
    """
    from dataclasses import replace

    from bot.roles import who_is

    person = directory.people.get(name)
    ways = list(person.identities.items()) if person else []
    ways += [(channel, name) for channel in ("terminal", "slack", "teams")]
    known = [who_is(directory, *way, local_today()) for way in ways]
    who = next((one for one in known if one.person), known[-1])
    # A decision of theirs is theirs, on whichever channel it was made.
    names = who.names | {(channel, name) for channel, name in ways}
    return replace(who, channel="terminal", user=name, names=frozenset(names))


def keeping_of(settings: Settings, store: SqlStore) -> Keeping:
    """Return what somebody on this machine does with the record as a whole."""
    from bot.keeping import Keeping
    from bot.roles import who_is
    from bot.system import SystemClock, SystemIds

    directory, day = directory_of(settings), local_today()
    who = who_is(directory, "terminal", settings.user, day, operator=True)
    return Keeping(store, SystemClock(), SystemIds(), who)


def auditor_of(
    settings: Settings, store: SqlStore, clock: Clock, *, retains: bool
) -> Auditor:
    """Return what looks for overdue alerts and beats to an address outside.

    Args:
        settings: Of this process.
        store: Where it looks.
        clock: The time, UTC.
        retains: Whether this process carries out a schedule of retention.
    """
    from bot.auditor import Auditor, looking_at_all
    from bot.heartbeat import Heartbeat, NoHeart

    heart = Heartbeat(settings.heartbeat) if settings.heartbeat else NoHeart()
    retains = retains and retention_is_due(settings)
    return Auditor(store, clock, heart, looking_at_all(retains=retains))


def retention_is_due(settings: Settings) -> bool:
    """Say whether a schedule of retention is to be carried out each day.

    One that cannot be read counts: nothing is erased by it, which somebody has to hear.
    """
    from bot.retention import read_schedule
    from knowledge.problems import PackError

    try:
        return read_schedule(settings.retention).approved
    except PackError:
        return True


def keeper_of(settings: Settings, directory: Directory) -> Keeper:
    """Return what says how long records are kept.

    Raises:
        PackError: The schedule cannot be read.
    """
    from bot.retention import Keeper, read_schedule

    schedule = read_schedule(settings.retention)
    for name in schedule.organisations:
        if name not in directory.organisations:
            print(f"No organisation of the directory is {name}.", file=sys.stderr)
    return Keeper(schedule, directory)


def retention_of(
    settings: Settings, store: SqlStore, directory: Directory
) -> DailyRetention | None:
    """Return what erases each day what was kept long enough.

    A schedule that cannot be read is said, and keeps nobody from being guided: then
    nothing is erased.
    """
    from bot.retention import DailyRetention
    from bot.store.anchors import Anchors
    from knowledge.problems import PackError

    try:
        keeper = keeper_of(settings, directory)
    except PackError as error:
        print(f"{error}\nNothing is erased by itself.", file=sys.stderr)
        return None
    return DailyRetention(keeper, Anchors(settings.anchors, store.keys), store.scrub)


def anchor_of(
    settings: Settings, store: SqlStore, directory: Directory, channels: Sequence[str]
) -> DailyAnchor:
    """Return what signs the end of the ledger each day, and where it is sent."""
    from bot.anchoring import DailyAnchor, anchor_routes
    from bot.store.anchors import Anchors

    to = anchor_routes(directory, channels, settings.anchor_mail)
    return DailyAnchor(Anchors(settings.anchors, store.keys), to)
