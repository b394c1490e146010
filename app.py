"""The composition root and the command line: parts are chosen and joined here.

Nothing imports this module. Each command imports only what it needs, so that
the first question is on the screen quickly.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from datetime import date

    from aiohttp import web

    from bot.auditor import Auditor
    from bot.channels.slack.settings import SlackSettings
    from bot.channels.teams.doctor import Found
    from bot.channels.teams.settings import TeamsSettings
    from bot.channels.web.leads import Trying
    from bot.directory import Directory, Opened
    from bot.filing import Filing
    from bot.guide import Guide, Version
    from bot.ports import Clock, Sender
    from bot.preview import PreviewGuide
    from bot.publishing import Publishing, Refused
    from bot.raising import Raiser
    from bot.roles import Who
    from bot.server import Running
    from bot.settings import Settings
    from bot.store import SqlStore
    from knowledge.check import Surroundings
    from knowledge.model import Pack

ROOT = Path(__file__).resolve().parent
CORE_RULES = "core_rules.yaml"
SAFETY = "safety.yaml"
EXIT_WRONG = 1
EXIT_USAGE = 2
EMERGENCY = "If a child may be in danger, ring 999 now."
FOR_REPLAY = (
    "For replaying a proof: this pack may break a safety rule, and nothing is kept."
)
IN_FORCE = "in-force"
SAY_WHO = "In a terminal, say who you are with --author and your id in the directory."
PAGE_PORT = 8080
SERVE_PORT = 3978
MOST_AUDITED = 1_000_000
OTHER_DATABASE = """\
Only SQLite is backed up here. For PostgreSQL use pg_dump or your own tool; after
putting a copy back run: python app.py records reapply-erasures"""
OPEN_TO_OTHERS = """\
That address can be reached from other machines, and this page has no sign-in: whoever
reaches it can begin sessions, and one who learns a browser's cookie can read its
sessions. It is for trying the bot. If you want this all the same, add:
  --i-know-this-page-has-no-sign-in
and, for each name people will use for this machine:
  --name NAME"""

NOTHING_TO_SERVE = """\
No chat platform is set up. docs/teams.md says what to set for Microsoft Teams.
To try the bot without an account: python app.py page"""
NO_TEAMS = """\
The package names the bot's app registration: set TEAMS_APP_ID, TEAMS_APP_SECRET and
TEAMS_TENANT first. docs/teams.md says where each of them comes from."""
ONLY_HERE = """\
TEAMS_DEVELOPMENT lets in requests that nobody has signed, so it works on this machine
only: leave --address out."""


class UnsafePack(Exception):
    """A pack that breaks a safety rule; its message is the proof in words."""


def _settings() -> Settings:
    from bot.settings import read_settings

    return read_settings(os.environ, ROOT)


def _store(settings: Settings) -> SqlStore:
    from bot.store import keys_for, open_store

    keys = keys_for(settings.database, settings.keys)
    return open_store(settings.database, keys)


def _guide(  # noqa: PLR0913 -- here the parts are joined, each by its name
    settings: Settings,
    store: SqlStore,
    channel: str,
    directory: Directory,
    *,
    held: bool = True,
    clock: Clock | None = None,
    raiser: Raiser | None = None,
) -> Guide:
    from bot.guide import Guide, Shelf
    from bot.privacy.guard import read_guard
    from bot.privacy.watch import Watch
    from bot.system import SystemClock, SystemIds

    # The organisation's own numbers are no details; without a directory they may be.
    numbers = [one.number for one in directory.numbers.values()]
    watch = Watch(read_guard(settings.identity, numbers))
    clock, ids = clock or SystemClock(), SystemIds()
    shelf = Shelf.from_folder(settings.pack, clock, ids, _keeps_the_rules)
    if held:
        _hold_to_the_rules(shelf.current)
        shelf.refresh(store, now=True)
        raiser = raiser or _raiser(settings, directory, _reach(settings))
    return Guide(store, clock, ids, shelf, channel=channel, watch=watch, raiser=raiser)


def _reach(settings: Settings) -> tuple[str, ...]:
    """Return the channels on which this installation can send.

    The page counts where there is nothing else: it is there to be tried.
    """
    from bot.channels.slack.settings import read_slack
    from bot.channels.teams.settings import read_teams

    slack, _ = read_slack(os.environ)
    teams, _ = read_teams(os.environ)
    found = [
        *(["slack"] if slack else []),
        *(["teams"] if teams else []),
        *(["mail"] if settings.mail else []),
    ]
    return tuple(found) or ("page",)


def _raiser(
    settings: Settings, directory: Directory, channels: Sequence[str]
) -> Raiser:
    from bot.raising import Policy, Raiser

    policy = Policy(times=settings.times, channels=tuple(channels))
    return Raiser(directory, policy)


def _mail(settings: Settings, clock: Clock) -> dict[str, Sender]:
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


def _hold_to_the_rules(version: Version) -> None:
    """Prove the safety rules once a pack version; later starts find the stamp.

    Raises:
        UnsafePack: A rule is broken; says which, and the shortest way there.
    """
    from knowledge.stamps import Stamp, ensure_proved

    core = (ROOT / "knowledge" / CORE_RULES).read_text(encoding="utf-8")
    safety = version.files.get(SAFETY, "")
    kept = ROOT / "var"
    try:
        kept.mkdir(mode=0o700, exist_ok=True)
        proof = ensure_proved(version.pack, core, kept / "proofs.json", safety)
    except OSError:
        # Nowhere to remember it: proving again each time is slower, and as safe.
        proof = ensure_proved(version.pack, core, None, safety)
    if isinstance(proof, Stamp) or proof.held:
        return
    from dialogs.agreement import Replays
    from knowledge.transcripts import report

    raise UnsafePack(report(version.pack, proof, lines=Replays(version.pack).lines))


def _keeps_the_rules(version: Version) -> bool:
    """Say whether a version keeps every rule; what is broken is printed."""
    from knowledge.paths import TooLarge
    from knowledge.problems import PackError

    try:
        _hold_to_the_rules(version)
    except (UnsafePack, PackError, TooLarge) as error:
        print(f"{error}\nThat version is not used.", file=sys.stderr)
        return False
    return True


def _opened(settings: Settings) -> Opened:
    """Read the directory as far as it goes; what is wrong in it is said."""
    from bot.directory import open_directory

    opened = open_directory(settings.directory)
    if opened.problems:
        lines = "\n".join(str(problem) for problem in opened.problems)
        print(f"The directory cannot be used as it is:\n{lines}", file=sys.stderr)
    return opened


def _directory(settings: Settings) -> Directory:
    """Read whom to ring; with faults the dialog still runs, and says so."""
    return _opened(settings).directory


def _warn_of_faults(opened: Opened) -> bool:
    """Say, before anybody relies on it, who would not be told; tell if anybody."""
    from bot.directory import loud

    faults = loud(opened, _today())
    if faults:
        lines = "\n".join(f"  {fault}" for fault in faults)
        print(f"Somebody may not be told of an alert:\n{lines}", file=sys.stderr)
        print("See: python app.py knowledge check", file=sys.stderr)
    return bool(faults)


def _today() -> date:
    from bot.directory import local_day
    from bot.system import SystemClock

    return local_day(SystemClock().now())


def chat(arguments: argparse.Namespace) -> int:
    """Talk in this terminal, or over lines of JSON."""
    from bot.guide import GuidanceLost
    from dialogs.session import UnknownFact

    if arguments.replay:
        return _replay(arguments)
    settings = _settings()
    directory = _directory(settings)
    user = arguments.user or settings.user
    store = _store(settings)
    try:
        if arguments.json:
            from bot.channels.jsonl import JsonLines

            guide = _guide(settings, store, "json", directory)
            lines = JsonLines(guide, directory, sys.stdin.buffer, sys.stdout.buffer)
            return lines.run(user, arguments.resume)
        from bot.channels.terminal import Terminal

        guide = _guide(settings, store, "terminal", directory)
        terminal = Terminal(guide, directory, sys.stdin, sys.stdout)
        return terminal.run(user, arguments.resume)
    except (GuidanceLost, UnknownFact) as error:
        kind = "guidance version" if isinstance(error, GuidanceLost) else "fact"
        print(f"That session cannot be read here: its {kind}.", file=sys.stderr)
        print(f"Use the version that wrote it. {EMERGENCY}", file=sys.stderr)
        return EXIT_WRONG
    except BrokenPipeError:
        # Whoever read us has gone; everything shown was committed before.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nEverything you answered is saved. Go on with --resume.")
        return 0
    finally:
        store.close()


def _replay(arguments: argparse.Namespace) -> int:
    """Go through a pack that may break a rule, as its proof says; nothing is kept."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from bot.channels.jsonl import JsonLines

    if not arguments.json or arguments.resume:
        print("Write it as: python app.py chat --json --replay PACK", file=sys.stderr)
        return EXIT_USAGE
    print(FOR_REPLAY, file=sys.stderr)
    with TemporaryDirectory() as folder:
        settings = replace(
            _settings(),
            pack=_folders(arguments.replay)[0],
            database=f"sqlite:///{folder}/replay.db",
            keys=Path(folder) / "replay.keys",
        )
        store = _store(settings)
        try:
            directory = _directory(settings)
            guide = _guide(settings, store, "json", directory, held=False)
            lines = JsonLines(guide, directory, sys.stdin.buffer, sys.stdout.buffer)
            return lines.run(arguments.user or settings.user, "")
        finally:
            store.close()


@contextmanager
def _kept_or_thrown_away(draft: str) -> Iterator[Settings]:
    """Give the settings; for a draft, those of a store that is gone afterwards."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    settings = _settings()
    if not draft:
        yield settings
        return
    with TemporaryDirectory() as folder:
        yield replace(
            settings,
            pack=_folders(draft)[0],
            database=f"sqlite:///{folder}/preview.db",
            keys=Path(folder) / "preview.keys",
            anchors=Path(folder) / "anchors",
            # Nobody is told of what is only tried.
            mail=None,
            heartbeat="",
        )


def _preview(
    settings: Settings, store: SqlStore, channel: str, clock: Clock, raiser: Raiser
) -> PreviewGuide:
    """Return a guide on a draft that may break a rule and says what it is."""
    from bot.guide import Shelf, Version
    from bot.preview import PreviewGuide, as_preview
    from bot.system import SystemIds
    from knowledge.load import load_folder

    version = Version(*load_folder(settings.pack))
    ids = SystemIds()
    shelf = Shelf(as_preview(version, clock.now().date()), clock, ids)
    return PreviewGuide(store, clock, ids, shelf, channel=channel, raiser=raiser)


def knowledge_preview(arguments: argparse.Namespace) -> int:
    """Walk a draft in this terminal; nothing is kept and nobody is told."""
    from bot.channels.terminal import Terminal
    from bot.system import MovableClock

    with _kept_or_thrown_away(arguments.pack) as settings:
        clock = MovableClock(arguments.as_at or _today())
        directory = _directory(settings)
        store = _store(settings)
        try:
            raiser = _raiser(settings, directory, ("page",))
            guide = _preview(settings, store, "terminal", clock, raiser)
            if arguments.view == "lead":
                guide.overhear = _told_to_a_lead
            terminal = Terminal(guide, directory, sys.stdin, sys.stdout)
            with suppress(KeyboardInterrupt):
                terminal.run(settings.user, "")
            print("\nThe preview is over, and nothing of it was kept.")
        except BrokenPipeError:
            # Whoever read us has seen enough; nothing was to be kept.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        finally:
            store.close()
        return 0


def _told_to_a_lead(lines: tuple[str, ...]) -> None:
    print("\nA lead would now be told:")
    print("\n".join(f"  {line}" for line in lines), flush=True)


def ask(arguments: argparse.Namespace) -> int:
    """Ask the guidance and show its own words; nothing is kept."""
    from bot.channels.words import Words
    from bot.system import SystemClock
    from dialogs.asking import Asking
    from knowledge.load import load_folder

    settings = _settings()
    pack, _ = load_folder(settings.pack)
    words = Words(_directory(settings))
    today = SystemClock().now().date()
    try:
        for notice in Asking(pack, lambda: today).answer(" ".join(arguments.words)):
            print("\n".join(words.drawn(notice)), end="\n\n", flush=True)
    except BrokenPipeError:
        # Whoever read us has seen enough; nothing was to be kept.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def page(arguments: argparse.Namespace) -> int:
    """Serve the local page until it is stopped."""
    from bot.server import OpenToOthers, names_for

    address = arguments.address
    try:
        names = names_for(
            address,
            frozenset(arguments.name),
            no_sign_in=arguments.i_know_this_page_has_no_sign_in,
        )
    except OpenToOthers:
        print(OPEN_TO_OTHERS, file=sys.stderr)
        return EXIT_USAGE
    if arguments.as_at and not arguments.preview:
        print("--as-at goes with --preview PACK.", file=sys.stderr)
        return EXIT_USAGE
    with _kept_or_thrown_away(arguments.preview) as settings:
        return _served(arguments, settings, names)


def _served(
    arguments: argparse.Namespace, settings: Settings, names: frozenset[str]
) -> int:
    from bot.channels.web.site import Site
    from bot.server import application, serve
    from bot.store.worker import Worker
    from bot.system import SystemIds

    address, port = arguments.address, arguments.port
    day = (arguments.as_at or _today()) if arguments.preview else None
    store = _store(settings)
    opened = _opened(settings)
    loud = _warn_of_faults(opened)
    trying = _Trying(settings, store, opened.directory, preview=day)
    worker, ids = Worker(store), SystemIds()
    behind = trying.behind()
    site = Site(
        trying.guide,
        worker,
        opened.directory,
        trying.clock,
        ids,
        trying=behind,
        loud=loud,
    )
    shown = f"[{address}]" if ":" in address else address

    def ready() -> None:
        print(f"The page is at http://{shown}:{port}/ - open it in a browser.")
        print("Stop it with Ctrl+C. To talk in a terminal instead:")
        print("  python app.py chat", flush=True)

    try:
        running = (trying.sending,)
        serve(application(site, names, running), address, port, ready)
    except OSError as error:
        print(f"Port {port} of {address} cannot be used: {error.strerror}.")
        print(f"Try another one: python app.py page --port {port + 1}")
        return EXIT_WRONG
    finally:
        worker.close()
        store.close()
    return 0


class _Trying:
    """The page with everything behind it, in one process and on one clock."""

    def __init__(
        self,
        settings: Settings,
        store: SqlStore,
        directory: Directory,
        *,
        preview: date | None = None,
    ) -> None:
        from bot.channels.web.leads import PageSender
        from bot.delivery import Deliveries
        from bot.due import DueAlerts
        from bot.system import MovableClock, SystemIds

        self.settings = settings
        self.store = store
        self.directory = directory
        self.clock, self.ids = MovableClock(preview), SystemIds()
        senders: dict[str, Sender] = {"page": PageSender()}
        senders |= _mail(settings, self.clock)
        self.raiser = _raiser(settings, directory, tuple(senders))
        self.guide = (
            _guide(
                settings,
                store,
                "page",
                directory,
                clock=self.clock,
                raiser=self.raiser,
            )
            if preview is None
            else _preview(settings, store, "page", self.clock, self.raiser)
        )
        due = DueAlerts(self.raiser, self.ids)
        self.loop = Deliveries(store, senders, self.clock, self.ids, due)

    def behind(self) -> Trying:
        """Return what the lead's pane works with."""
        from bot.alerts import Alerts
        from bot.channels.web.leads import Trying
        from bot.practitioner import Practitioners

        shelf = self.guide.shelf
        alerts = Alerts(self.store, self.clock, self.ids, self.raiser, shelf)
        own = Practitioners(self.store, self.clock, self.ids, self.raiser)
        return Trying(
            self.store, self.directory, alerts, own, self.clock, self.loop.step
        )

    async def sending(self, _app: web.Application) -> AsyncIterator[None]:
        """Send what is promised while the page is served."""
        import asyncio

        auditor = _auditor(self.settings, self.store, self.clock)
        tasks = [asyncio.create_task(one.run()) for one in (self.loop, auditor)]
        yield
        self.loop.stop()
        auditor.stop()
        await asyncio.gather(*tasks)


def _auditor(settings: Settings, store: SqlStore, clock: Clock) -> Auditor:
    from bot.auditor import Auditor
    from bot.heartbeat import Heartbeat, NoHeart

    heart = Heartbeat(settings.heartbeat) if settings.heartbeat else NoHeart()
    return Auditor(store, clock, heart)


def serve(arguments: argparse.Namespace) -> int:
    """Serve the chat platforms that are set up, until it is stopped."""
    from bot.channels.slack.settings import read_slack
    from bot.channels.teams.settings import read_teams
    from bot.server import serve as listen
    from bot.server import serving
    from bot.settings import SettingsError

    settings = _settings()
    slack, wrong = read_slack(os.environ)
    teams, also_wrong = read_teams(os.environ)
    if wrong or also_wrong:
        raise SettingsError([*wrong, *also_wrong])
    if teams is None and slack is None:
        print(NOTHING_TO_SERVE, file=sys.stderr)
        return EXIT_USAGE
    address, port = arguments.address, arguments.port
    if teams is not None and teams.development and not _is_here(address):
        print(ONLY_HERE, file=sys.stderr)
        return EXIT_USAGE
    store = _store(settings)
    channels = _Channels(settings, store)
    if slack is not None:
        channels.add_slack(slack)
    if teams is not None:
        channels.add_teams(teams)

    from bot.vitals import Vitals

    routes = [*channels.routes, *Vitals(store, channels.clock).routes()]

    def ready() -> None:
        names = " and ".join(channels.names)
        print(f"Serving {names} on port {port} of {address}.", flush=True)

    try:
        listen(serving(routes, channels.all_running()), address, port, ready)
    except OSError as error:
        print(f"Port {port} of {address} cannot be used: {error.strerror}.")
        return EXIT_WRONG
    finally:
        channels.worker.close()
        store.close()
    return 0


class _Channels:
    """The chat platforms that are set up, and what sends for them."""

    def __init__(self, settings: Settings, store: SqlStore) -> None:
        from bot.store.worker import Worker
        from bot.system import SystemClock, SystemIds

        self.settings = settings
        self.store = store
        self.worker = Worker(store)
        opened = _opened(settings)
        _warn_of_faults(opened)
        self.directory = opened.directory
        self.clock, self.ids = SystemClock(), SystemIds()
        self.names: list[str] = []
        self.routes: list[web.RouteDef] = []
        self.running: list[Running] = []
        self.senders: dict[str, Sender] = _mail(settings, self.clock)
        self.raiser = _raiser(settings, self.directory, _reach(settings))
        self.wakers: list[Callable[[Callable[[], None]], None]] = []

    def add_slack(self, slack: SlackSettings) -> None:
        """Mount Slack; its SDK is imported only here."""
        from bot.alerts import Alerts
        from bot.channels.slack.mount import Slack

        guide = self._guide("slack")
        alerts = Alerts(self.store, self.clock, self.ids, self.raiser, guide.shelf)
        mounted = Slack(
            slack,
            guide,
            self.store,
            self.directory,
            clock=self.clock,
            ids=self.ids,
            worker=self.worker,
            alerts=alerts,
        )
        self.names.append("Slack")
        self.routes += mounted.routes()
        self.running.append(mounted.running)
        self.senders["slack"] = mounted.sender
        self.wakers.append(mounted.waking)

    def add_teams(self, teams: TeamsSettings) -> None:
        """Mount Teams; its SDK is imported only here."""
        from bot.alerts import Alerts
        from bot.channels.teams.mount import Teams

        guide = self._guide("teams")
        alerts = Alerts(self.store, self.clock, self.ids, self.raiser, guide.shelf)
        mounted = Teams(
            teams,
            guide,
            self.store,
            self.directory,
            self.clock,
            alerts=alerts,
            worker=self.worker,
        )
        self.names.append("Microsoft Teams")
        self.routes += mounted.routes()
        self.running.append(mounted.running)
        self.senders["teams"] = mounted.sender

    def _guide(self, channel: str) -> Guide:
        return _guide(
            self.settings, self.store, channel, self.directory, raiser=self.raiser
        )

    def all_running(self) -> list[Running]:
        """Return what runs beside the routes, with what sends at the end."""
        return [*self.running, self._sending]

    async def _sending(self, _app: web.Application) -> AsyncIterator[None]:
        """Send what is promised on the channels that are here."""
        import asyncio

        from bot.delivery import Deliveries
        from bot.due import DueAlerts

        due = DueAlerts(self.raiser, self.ids)
        loop = Deliveries(self.store, self.senders, self.clock, self.ids, due)
        for waking in self.wakers:
            waking(loop.wake)
        auditor = _auditor(self.settings, self.store, self.clock)
        tasks = [asyncio.create_task(one.run()) for one in (loop, auditor)]
        yield
        loop.stop()
        auditor.stop()
        await asyncio.gather(*tasks)


def _is_here(address: str) -> bool:
    from bot.channels.web.guard import is_loopback

    return is_loopback(address)


def slack_manifest(arguments: argparse.Namespace) -> int:
    """Print the manifest that makes the app in Slack by paste."""
    import json

    from bot.channels.slack.manifest import manifest

    print(json.dumps(manifest(arguments.url), indent=2))
    return 0


def teams_package(arguments: argparse.Namespace) -> int:
    """Write the app package that an administrator uploads to Teams."""
    from bot.channels.teams.package import About, package
    from bot.channels.teams.settings import read_teams
    from bot.settings import SettingsError

    teams, wrong = read_teams(os.environ)
    if wrong:
        raise SettingsError(wrong)
    if teams is None or teams.development:
        print(NO_TEAMS, file=sys.stderr)
        return EXIT_USAGE
    about = About(
        teams.app_id,
        arguments.package_version,
        arguments.developer,
        arguments.site,
        arguments.privacy or arguments.site,
        arguments.terms or arguments.site,
    )
    try:
        Path(arguments.output).write_bytes(package(about))
    except OSError as error:
        print(f"{arguments.output} cannot be written: {error.strerror}.")
        return EXIT_WRONG
    print(
        f"The package is in {arguments.output}. docs/teams.md says where to upload it."
    )
    return 0


def doctor(_arguments: argparse.Namespace) -> int:
    """Check that what is set up works, and that each lead can be reached."""
    settings = _settings()
    troubles = _examine_alerts(settings)
    for line in troubles:
        print(f"WRONG: {line}")
    right = [not troubles, _slack_doctor(settings), _teams_doctor(settings)]
    return 0 if all(right) else EXIT_WRONG


def _slack_doctor(settings: Settings) -> bool:
    import asyncio

    from bot.channels.slack.doctor import examine
    from bot.channels.slack.settings import read_slack

    slack, wrong = read_slack(os.environ)
    if wrong:
        print("Slack: these settings are wrong or missing:")
        print("\n".join(f"  {line}" for line in wrong))
        return False
    if slack is None:
        print("Slack: not set up, and not used.")
        return True
    found = asyncio.run(examine(slack, _directory(settings)))
    for one in found:
        print(f"Slack: {'right' if one.good else 'WRONG'}: {one.text}")
    return all(one.good for one in found)


def _teams_doctor(settings: Settings) -> bool:
    import asyncio

    from bot.channels.teams.settings import read_teams

    teams, wrong = read_teams(os.environ)
    if wrong:
        print("Teams: these settings are wrong or missing:")
        print("\n".join(f"  {line}" for line in wrong))
        return False
    if teams is None or teams.development:
        print("Teams: not set up, and not used.")
        return True
    from bot.channels.teams.doctor import Doctor, told
    from bot.channels.teams.http import Http
    from bot.channels.teams.tokens import Tokens, by_secret
    from bot.system import SystemClock

    clock, http = SystemClock(), Http()
    looking = Doctor(teams, http, Tokens(by_secret(teams), clock), clock)
    store, directory = _store(settings), _directory(settings)

    async def look() -> list[Found]:
        try:
            return await looking.examine(store, directory)
        finally:
            await http.close()

    try:
        found = asyncio.run(look())
    finally:
        store.close()
    print("\n".join(told(found)))
    return all(one.good for one in found)


def _examine_alerts(settings: Settings) -> list[str]:
    """Return everything that is wrong with the store and with what is promised."""
    from bot.auditor import findings, promises_without_an_alert
    from bot.directory import loud
    from bot.guide import Shelf
    from bot.system import SystemClock, SystemIds

    # Opening it checks the tables' revision, the file's mode and the keys.
    with closing(_store(settings)) as store:
        clock = SystemClock()
        shelf = Shelf.from_folder(settings.pack, clock, SystemIds())
        with store.reading() as transaction:
            found = [
                f"{one.code} {one.about}: {one.what}".replace(" :", ":")
                for one in findings(transaction, clock.now())
            ]
            broken = promises_without_an_alert(transaction, shelf)
    found += [f"directory: {fault}" for fault in loud(_opened(settings), _today())]
    print(f"Promises without an alert: {len(broken)}")
    return [*found, *(f"no-alert {session}: nobody is told" for session in broken)]


def alerts_list(_arguments: argparse.Namespace) -> int:
    """List alerts, the oldest first."""
    from bot.channels.alert_lines import listed
    from bot.system import SystemClock

    settings = _settings()
    with closing(_store(settings)) as store, store.reading() as transaction:
        rows = transaction.alerts()
    now = SystemClock().now()
    print("\n".join(listed(rows, _directory(settings), now)))
    return 0


def alerts_show(arguments: argparse.Namespace) -> int:
    """Show where one alert stands, its chain and what happened to it."""
    from bot.channels.alert_lines import shown
    from bot.system import SystemClock

    settings = _settings()
    with closing(_store(settings)) as store, store.reading() as transaction:
        row = transaction.alert(arguments.alert.strip().upper())
        events = transaction.alert_events(row.id) if row else ()
    if row is None:
        print("There is no alert of that reference.", file=sys.stderr)
        return EXIT_WRONG
    now = SystemClock().now()
    print("\n".join(shown(row, events, _directory(settings), now)))
    return 0


def alerts_drill(arguments: argparse.Namespace) -> int:
    """Send a marked test to every lead, or say how the last one went."""
    from bot.channels.alert_lines import drilled
    from bot.climb import Doing
    from bot.drill import begin_drill, last_drill
    from bot.raising import Policy
    from bot.system import SystemClock, SystemIds

    settings = _settings()
    directory = _directory(settings)
    store = _store(settings)
    clock, ids = SystemClock(), SystemIds()
    try:
        if arguments.report:
            with store.reading() as transaction:
                began, answers = last_drill(transaction)
            print("\n".join(drilled(began, answers, directory, clock.now())))
            return 0 if all(one.after is not None for one in answers) else EXIT_WRONG
        with store.begin() as transaction:
            doing = Doing(transaction, clock.now(), ids)
            policy = Policy(times=settings.times, channels=_reach(settings))
            without = begin_drill(doing, directory, policy)
    except LookupError:
        print("There has been no drill. Begin one: python app.py alerts drill")
        return EXIT_WRONG
    finally:
        store.close()
    for person in without:
        print(f"NO ROUTE reaches {directory.people[person].name}.")
    print("A marked test goes to every lead as soon as the bot sends.")
    print("Who answered: python app.py alerts drill --report")
    return EXIT_WRONG if without else 0


def records_list(arguments: argparse.Namespace) -> int:
    """List sessions and decisions."""
    from bot.channels.records import listed

    settings = _settings()
    with closing(_store(settings)) as store:
        print(listed(store, arguments.user or settings.user, as_json=arguments.json))
    return 0


def records_show(arguments: argparse.Namespace) -> int:
    """Show one decision whole."""
    from bot.channels.records import shown

    settings = _settings()
    with closing(_store(settings)) as store:
        user = arguments.user or settings.user
        text = shown(store, arguments.reference, user, as_json=arguments.json)
    if text is None:
        return _no_such_decision()
    print(text)
    return 0


def _no_such_decision() -> int:
    print("You have no decision of that reference.", file=sys.stderr)
    print("List yours with: python app.py records list", file=sys.stderr)
    return EXIT_WRONG


def _filing(settings: Settings, arguments: argparse.Namespace) -> Filing | None:
    """Return a decision of the person who asks, with what belongs to it."""
    from bot.filing import gather

    with closing(_store(settings)) as store, store.reading() as transaction:
        filing = gather(transaction, arguments.reference)
    mine = filing and filing.row.user == (arguments.user or settings.user)
    return filing if mine else None


def records_export(arguments: argparse.Namespace) -> int:
    """Write a copy of one decision into a new file that only its owner can read."""
    from bot.exports.files import write_private
    from bot.exports.make import Export, Maker
    from bot.privacy.guard import read_guard
    from bot.system import SystemClock

    settings = _settings()
    filing = _filing(settings, arguments)
    if filing is None:
        return _no_such_decision()
    directory = _directory(settings)
    numbers = [one.number for one in directory.numbers.values()]
    guard = read_guard(settings.identity, numbers)
    names = {one.id: one.name for one in directory.people.values()}
    maker = Maker(directory.organisation, guard, SystemClock().now(), names)
    what = Export(arguments.what)
    path = Path(arguments.out or f"{filing.row.reference}.{what}")
    try:
        write_private(path, maker.made(filing, what))
    except OSError as error:
        print(f"{path} cannot be written: {error.strerror}.", file=sys.stderr)
        return EXIT_WRONG
    _say_exported(settings, filing, arguments)
    print(f"{path} is written. Only you can read it; keep it so.")
    return 0


def _say_exported(
    settings: Settings, filing: Filing, arguments: argparse.Namespace
) -> None:
    """Put into the ledger who made a copy, and of which kind."""
    from bot.ports import Audit
    from bot.system import SystemClock

    said = {
        "who": arguments.user or settings.user,
        "reference": filing.row.reference,
        "as": arguments.what,
    }
    with closing(_store(settings)) as store, store.begin() as transaction:
        now = SystemClock().now()
        transaction.log(Audit.RECORD_EXPORTED, filing.row.session, said, now)


def records_audit(_arguments: argparse.Namespace) -> int:
    """Print all decisions as CSV, without anything that says who somebody is."""
    from bot.exports.table import audit_table

    store = _store(_settings())
    try:
        with store.reading() as transaction:
            rows = transaction.decisions(limit=MOST_AUDITED)
    finally:
        store.close()
    print(audit_table(rows), end="")
    return 0


def records_report(arguments: argparse.Namespace) -> int:
    """Write the report on practice as a page, and its figures as CSV."""
    from bot.exports.figures import Practice, measures, table
    from bot.exports.files import write_private
    from bot.exports.report import report
    from bot.filing import time
    from bot.system import SystemClock
    from knowledge.load import load_folder

    settings, since = _settings(), arguments.since
    pack, _ = load_folder(settings.pack)
    with closing(_store(settings)) as store, store.reading() as transaction:
        rows = transaction.decisions(limit=MOST_AUDITED)
        sessions = transaction.sessions(None, MOST_AUDITED)
        begun = [row for row in sessions if f"{row.started_at:%Y-%m-%d}" >= since]
        practice = Practice(
            [row for row in rows if f"{row.at:%Y-%m-%d}" >= since],
            [(row, transaction.facts(row.id)) for row in begun],
        )
    found = measures(practice)
    page = report(
        found,
        title=f"Report on practice{f' since {since}' if since else ''}",
        made=time(SystemClock().now()),
        document=f"{pack.document.title}, {pack.document.edition}",
    )
    for path, text in (
        (f"{arguments.out}.html", page),
        (f"{arguments.out}.csv", table(found)),
    ):
        try:
            write_private(Path(path), text.encode())
        except OSError as error:
            print(f"{path} cannot be written: {error.strerror}.", file=sys.stderr)
            return EXIT_WRONG
    print(
        f"{arguments.out}.html and {arguments.out}.csv are written. They name nobody."
    )
    return 0


def records_note(arguments: argparse.Namespace) -> int:
    """Print a note to information governance about one decision."""
    from bot.exports.notes import Note, note

    settings = _settings()
    filing = _filing(settings, arguments)
    if filing is None:
        return _no_such_decision()
    print(note(filing, Note(arguments.about), _directory(settings)), end="")
    return 0


def records_verify_bundle(arguments: argparse.Namespace) -> int:
    """Check a bundle against itself, with no database."""
    from bot.exports.bundle import MOST_BYTES, NoBundle, verify

    try:
        with Path(arguments.file).open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        found = verify(raw[:MOST_BYTES].decode())
    except OSError as error:
        print(f"The file cannot be read: {error.strerror}.", file=sys.stderr)
        return EXIT_WRONG
    except (NoBundle, UnicodeDecodeError):
        print("That is no bundle of this version of the bot.", file=sys.stderr)
        return EXIT_WRONG
    wrong = list(found.wrong)
    if arguments.fingerprint and arguments.fingerprint.lower() != found.fingerprint:
        wrong.append("The fingerprint is not the one you gave.")
    print(f"Record {found.reference}")
    print(f"Fingerprint {found.fingerprint}")
    for line in wrong or ("It agrees, and its facts give the same record again.",):
        print(line)
    return EXIT_WRONG if wrong else 0


def records_verify(_arguments: argparse.Namespace) -> int:
    """Walk the ledger, and name the first thing that is not right."""
    from bot.store.anchors import Anchors

    settings = _settings()
    with closing(_store(settings)) as store:
        anchors = Anchors(settings.anchors, store.keys).heads()
        with store.reading() as transaction:
            found = transaction.verify(anchors)
    if found.trouble is not None:
        print(f"The record is not as it was: {found.trouble.what}.", file=sys.stderr)
        print(f"Until then {found.entries} entries are right.", file=sys.stderr)
        return EXIT_WRONG
    print(
        f"{found.entries} entries are right, {found.erased} of them erased;"
        f" {found.anchors} anchors agree."
    )
    if not found.anchors:
        print("Without anchors, a ledger written anew would look right as well.")
        print("Make one every day, and keep copies elsewhere:")
        print("  python app.py records anchor")
    return 0


def records_anchor(_arguments: argparse.Namespace) -> int:
    """Sign the head of the ledger, and print the line to be kept elsewhere."""
    from bot.store.anchors import Anchors
    from bot.store.upkeep import anchor
    from bot.system import SystemClock

    settings = _settings()
    with closing(_store(settings)) as store:
        anchors = Anchors(settings.anchors, store.keys)
        print(anchor(store, anchors, SystemClock().now()))
    return 0


def retention_run(arguments: argparse.Namespace) -> int:
    """Erase what has been kept long enough, or say what would be erased and why."""
    from bot.retention import Fate, judged, read_schedule
    from bot.store.anchors import Anchors
    from bot.store.upkeep import Lawful, erase
    from bot.system import SystemClock

    settings, now = _settings(), SystemClock().now()
    schedule = read_schedule(ROOT / "knowledge" / "retention.yaml")
    with closing(_store(settings)) as store:
        with store.reading() as transaction:
            found = tuple(judged(transaction, schedule, now))
        anchors = Anchors(settings.anchors, store.keys)
        for one in found:
            if one.fate is Fate.KEEP:
                continue
            print(f"{one.fate}: {one.reference or one.session}, {one.why}")
            if one.fate is Fate.ERASE and not arguments.dry_run:
                lawful = Lawful(f"schedule approved by {schedule.approved_by}", one.why)
                erase(store, anchors, one.session, lawful, now)
    count = sum(one.fate is Fate.ERASE for one in found)
    done = "would be erased" if arguments.dry_run else "erased"
    print(f"{len(found)} sessions looked at, {count} {done}.")
    return 0


def retention_hold(arguments: argparse.Namespace) -> int:
    """Put a lawful hold on a record, or end the one that stands."""
    from bot.retention import change_hold
    from bot.system import SystemClock

    settings = _settings()
    with closing(_store(settings)) as store, store.begin() as transaction:
        decision = transaction.decision(arguments.reference.upper())
        if decision is None:
            return _no_such_decision()
        now = SystemClock().now()
        stands = change_hold(
            transaction,
            decision.session,
            arguments.authority,
            arguments.reason,
            now,
        )
    print("It is held: nothing erases it." if stands else "The hold has ended.")
    return 0


def records_erase(arguments: argparse.Namespace) -> int:
    """Erase a session for good."""
    from bot.ports import NoSuchSession
    from bot.store.anchors import Anchors
    from bot.store.upkeep import Lawful, erase
    from bot.system import SystemClock

    settings = _settings()
    store = _store(settings)
    lawful = Lawful(arguments.authority, arguments.reason)
    try:
        anchors = Anchors(settings.anchors, store.keys)
        now = SystemClock().now()
        done = erase(store, anchors, arguments.reference, lawful, now)
    except NoSuchSession:
        print("There is no decision or session of that name.", file=sys.stderr)
        return EXIT_WRONG
    finally:
        store.close()
    print(f"Session {done.records[0]} is erased, with every decision made in it.")
    _say_what_is_left(scrubbed=done.scrubbed)
    return 0


def records_reapply_erasures(_arguments: argparse.Namespace) -> int:
    """Erase again what had been erased, after a backup was put back."""
    from bot.store.anchors import Anchors
    from bot.store.upkeep import erase_again
    from bot.system import SystemClock

    settings = _settings()
    with closing(_store(settings)) as store:
        anchors = Anchors(settings.anchors, store.keys)
        done = erase_again(store, anchors, SystemClock().now())
    print(f"{len(done.records)} sessions were in the backup and are erased again.")
    _say_what_is_left(scrubbed=done.scrubbed)
    return 0


def _say_what_is_left(*, scrubbed: bool) -> None:
    if not scrubbed:
        print("Somebody was reading, so it is still in the database's log on disk.")
        print("It goes when the bot is stopped.")
    print("A backup made before still holds it, with its key, until it is destroyed.")


def records_rotate_key(arguments: argparse.Namespace) -> int:
    """Wrap every record key with a new master key, or drop the old ones."""
    from bot.store.upkeep import rotate
    from bot.system import SystemClock

    settings = _settings()
    with closing(_store(settings)) as store:
        now = SystemClock().now()
        count = rotate(store, settings.keys, now, drop_old=arguments.drop_old)
    print(f"{count} record keys are wrapped by the newest master key.")
    if arguments.drop_old:
        print("The older master keys are gone from the key file.")
    else:
        print("Older ones stay in the key file until no backup needs them; then run:")
        print("  python app.py records rotate-key --drop-old")
    return 0


def _folders(named: str) -> list[Path]:
    """Return the folder of the pack that is named, or of every shipped one."""
    from bot.settings import pack_folder

    if named:
        return [pack_folder(named, ROOT)]
    packs = ROOT / "knowledge" / "packs"
    return sorted(path for path in packs.iterdir() if path.is_dir())


def _near(folder: Path) -> str:
    """Return a folder as whoever typed the command sees it, with a slash."""
    here = Path.cwd()
    near = folder.relative_to(here) if folder.is_relative_to(here) else folder
    return f"{near}/"


def _syllables() -> Callable[[str], int] | None:
    """Count syllables by where a word may be parted, if the library is there."""
    import importlib

    try:
        pyphen = importlib.import_module("pyphen")
    except ImportError:
        return None
    # The American patterns part words more often, which is nearer to how they sound.
    parts = pyphen.Pyphen(lang="en_US")
    return lambda word: len(parts.positions(word)) + 1


def _surroundings() -> Surroundings:
    from bot.channels.limits import LIMITS
    from bot.system import SystemClock
    from dialogs.screens import EMERGENCY_OUTCOME
    from knowledge.check import Surroundings

    rules = ROOT / "knowledge" / "core_rules.yaml"
    return Surroundings(
        today=SystemClock().now().date(),
        limits=LIMITS,
        syllables=_syllables(),
        at_any_time=frozenset({EMERGENCY_OUTCOME}),
        rules=rules.read_text(encoding="utf-8") if rules.is_file() else "",
    )


def _lacking(pack: Pack, directory: Directory | None) -> tuple[str, ...]:
    """Say which numbers a pack names and the directory lacks."""
    from bot.directory import missing_numbers

    if directory is None:
        return ()
    wanted = {one.id: one.numbers for one in pack.flow.instructions.values()}
    return missing_numbers(wanted, directory)


def knowledge_check(arguments: argparse.Namespace) -> int:
    """Check packs and the directory; print every problem and warning at once."""
    from bot.directory import open_directory, placed
    from knowledge.check import check, told
    from knowledge.load import read_files
    from knowledge.problems import PackError

    failed = 0
    path = _settings().directory
    opened = open_directory(path)
    wrong = placed(_near(path).rstrip("/"), opened, _today())
    if wrong:
        print("\n".join(str(problem) for problem in wrong))
        print("The directory cannot be published as it is.")
        failed = EXIT_WRONG
    directory = None if opened.node is None else opened.directory
    surroundings = _surroundings()
    for folder in _folders(arguments.pack):
        try:
            checked = check(read_files(folder), surroundings, where=_near(folder))
        except PackError as error:
            print(error)
            failed = EXIT_WRONG
            continue
        pack = checked.pack
        lacking = _lacking(pack, directory) if pack else ()
        words = [told(checked), *(f"{folder.name}: {line}" for line in lacking)]
        print("\n".join(each for each in words if each))
        if pack is None or checked.problems or lacking:
            print(f"{folder.name} cannot be used as it is.")
            failed = EXIT_WRONG
            continue
        print(
            f"{pack.id}: {len(pack.passages)} passages stand in the source word for"
            f" word; {len(pack.flow.questions)} questions,"
            f" {len(pack.flow.outcomes)} outcomes, {len(pack.cases)} cases."
            f" Version {pack.hash[:12]}."
        )
    return failed


def knowledge_cases(arguments: argparse.Namespace) -> int:
    """Run the cases of packs, and print what differs and what none touches."""
    import json

    from dialogs.case_report import plain, told
    from dialogs.case_runs import run_cases
    from knowledge.load import CASES, load_folder
    from knowledge.search import PassageIndex

    failed = 0
    found = []
    for folder in _folders(arguments.pack):
        pack, _ = load_folder(folder)
        report = run_cases(pack, PassageIndex(pack).search)
        failed = failed or (EXIT_WRONG if report.failed else 0)
        found.append({"pack": pack.id, "guidance": pack.hash, **plain(report)})
        if not arguments.json:
            print(told(report, f"{_near(folder)}{CASES}"))
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    return failed


def knowledge_prove(arguments: argparse.Namespace) -> int:
    """Prove the safety rules over every path, and hold the machine to the data."""
    import time

    from dialogs.agreement import Replays, disagreements
    from knowledge.load import load_folder
    from knowledge.paths import TooLarge
    from knowledge.problems import PackError
    from knowledge.prove import prove
    from knowledge.rule_reader import in_short
    from knowledge.transcripts import report

    core = (ROOT / "knowledge" / CORE_RULES).read_text(encoding="utf-8")
    failed = 0
    for folder in _folders(arguments.pack):
        pack, files = load_folder(folder)
        replays = Replays(pack)
        begun = time.perf_counter()
        try:
            proof = prove(pack, core, files.get(SAFETY, ""), confirm=replays.confirm)
        except (TooLarge, PackError) as error:
            told = in_short(error) if isinstance(error, PackError) else (str(error),)
            print("\n".join(f"{pack.id}: {line}" for line in told), file=sys.stderr)
            failed = EXIT_WRONG
            continue
        seconds = time.perf_counter() - begun
        print(report(pack, proof, seconds=seconds, lines=replays.lines))
        apart = list(disagreements(pack, proof)) if proof.held else []
        for line in apart:
            print(f"The machine goes another way than the data says: {line}")
        if proof.held and not apart:
            print("The machine goes the same way on every merged path.")
        if apart or not proof.held:
            failed = EXIT_WRONG
    return failed


def _publishing(
    settings: Settings, store: SqlStore, directory: Directory
) -> Publishing:
    from bot.gates import Gates
    from bot.guide import Shelf
    from bot.publishing import Publishing
    from bot.system import SystemClock, SystemIds

    clock = SystemClock()
    shelf = Shelf.from_folder(settings.pack, clock, SystemIds(), _keeps_the_rules)
    surroundings = _surroundings()
    gates = Gates(surroundings, surroundings.rules, lambda p: _lacking(p, directory))
    return Publishing(store, clock, shelf, gates)


def _author(directory: Directory, name: str) -> Who:
    """Return who proposes: an id in the directory, or a name on this machine."""
    from dataclasses import replace

    from bot.roles import who_is

    day = _today()
    who = who_is(directory, "terminal", name, day)
    person = directory.people.get(name)
    if not who.person and person is not None and person.identities:
        channel, user = next(iter(person.identities.items()))
        who = replace(
            who_is(directory, channel, user, day), channel="terminal", user=name
        )
    return who


def _say_refused(error: Refused) -> None:
    from bot.publishing import Why

    print("\n".join(error.lines), file=sys.stderr)
    if error.why == Why.NOT_ADMINISTRATOR:
        print(SAY_WHO, file=sys.stderr)


def knowledge_propose(arguments: argparse.Namespace) -> int:
    """Propose a draft, so that another administrator can put it in force."""
    from bot.directory import local_midnight
    from bot.publishing import Draft, Refused
    from bot.versions import proposed
    from knowledge.load import read_files

    settings = _settings()
    folder = _folders(arguments.pack)[0]
    directory = _directory(settings)
    from_at = local_midnight(arguments.from_day) if arguments.from_day else None
    draft = Draft(read_files(folder), arguments.reason, from_at, _near(folder))
    who = _author(directory, arguments.author or settings.user)
    store = _store(settings)
    try:
        publishing = _publishing(settings, store, directory)
        act = publishing.try_out if arguments.trial else publishing.propose
        print(proposed(act(draft, who)))
    except Refused as error:
        _say_refused(error)
        return EXIT_WRONG
    finally:
        store.close()
    return 0


def knowledge_overlay(arguments: argparse.Namespace) -> int:
    """Lay an organisation's own words over a pack, and say what fits."""
    from knowledge.load import content_hash, read_files
    from knowledge.overlay import FILE, joined, read_overlay, told

    folder, out = Path(arguments.folder), Path(arguments.out)
    text = read_files(folder).get(FILE)
    if text is None:
        print(f"{_near(folder)}{FILE}: there is no such file.", file=sys.stderr)
        return EXIT_WRONG
    overlay, _ = read_overlay(text, where=_near(folder))
    below = read_files(_folders(overlay.over)[0])
    result = joined(below, overlay)
    print(told(result, overlay))
    if result.moved_on:
        print(f"  written-for: {content_hash(below)}")
    if not result.fits:
        return EXIT_WRONG
    if out.exists() and any(out.iterdir()):
        print(f"{out} is not empty: name a folder that is new.", file=sys.stderr)
        return EXIT_WRONG
    out.mkdir(parents=True, exist_ok=True)
    for name, written in result.files.items():
        (out / name).write_text(written, encoding="utf-8")
    print(f"The joined pack is in {_near(out)}. See what it changes:")
    print(f"  python app.py knowledge diff {overlay.over} {out}")
    return 0


def knowledge_history(arguments: argparse.Namespace) -> int:
    """Tell which versions were proposed, approved, sent back and in force."""
    from bot.system import SystemClock
    from bot.versions import history

    settings = _settings()
    with closing(_store(settings)) as store:
        publishing = _publishing(settings, store, _directory(settings))
        now = SystemClock().now()
        print(history(publishing.history(), now, as_json=arguments.json))
    return 0


def knowledge_rollback(arguments: argparse.Namespace) -> int:
    """Show what going back would change; with a reason, do it or propose it."""
    from bot.publishing import Refused
    from bot.versions import proposed, rolling_back

    settings = _settings()
    directory = _directory(settings)
    store = _store(settings)
    try:
        publishing = _publishing(settings, store, directory)
        if not arguments.reason:
            print(rolling_back(publishing.going_back(arguments.to)))
            return 0
        who = _author(directory, arguments.author or settings.user)
        done = publishing.roll_back(
            arguments.reason, who, signed_in=False, name=arguments.to
        )
        print(proposed(done))
    except Refused as error:
        _say_refused(error)
        return EXIT_WRONG
    finally:
        store.close()
    return 0


def _pack_in_force() -> Pack:
    """Return the pack that new sessions begin on now."""
    from bot.guide import Shelf
    from bot.system import SystemClock, SystemIds

    settings = _settings()
    with closing(_store(settings)) as store:
        shelf = Shelf.from_folder(settings.pack, SystemClock(), SystemIds())
        shelf.refresh(store, now=True)
    return shelf.current.pack


def knowledge_diff(arguments: argparse.Namespace) -> int:
    """Compare two packs, and say what the new one would do to recorded decisions."""
    import json
    import time

    from bot.hindsight import hindsight
    from bot.hindsight import plain as plain_hindsight
    from bot.hindsight import told as told_hindsight
    from bot.settings import pack_folder
    from dialogs.agreement import Replays
    from knowledge.compare import compare
    from knowledge.comparison_report import plain, told
    from knowledge.load import load_folder
    from knowledge.paths import Loops, TooLarge

    old = _pack_in_force() if arguments.old == IN_FORCE else None
    if old is None:
        old, _ = load_folder(pack_folder(arguments.old, ROOT))
    new, _ = load_folder(pack_folder(arguments.new, ROOT))
    begun = time.perf_counter()
    try:
        found = compare(old, new, confirm=Replays(old).both(Replays(new)))
    except (TooLarge, Loops) as error:
        print(f"These two cannot be compared. {error}", file=sys.stderr)
        print("Prove each first: python app.py knowledge prove PACK", file=sys.stderr)
        return EXIT_WRONG
    seconds = time.perf_counter() - begun
    seen = None
    if arguments.replay:
        store = _store(_settings())
        try:
            seen = hindsight(store, new)
        finally:
            store.close()
    if arguments.json:
        values = plain(found)
        if seen is not None:
            values["replay"] = plain_hindsight(seen)
        print(json.dumps(values, ensure_ascii=False, indent=2))
        return 0
    print(told(found, seconds=seconds))
    if seen is not None:
        print(f"\n{told_hindsight(seen)}")
    return 0


def knowledge_review(arguments: argparse.Namespace) -> int:
    """Say whether packs are in force, and which reviews are near or overdue."""
    from knowledge.load import load_folder
    from knowledge.reviews import told

    today = arguments.as_at or _surroundings().today
    for folder in _folders(arguments.pack):
        pack, _ = load_folder(folder)
        print(told(pack, today))
    return 0


def knowledge_diagram(arguments: argparse.Namespace) -> int:
    """Show a pack's flow as an outline, as Mermaid or as a picture."""
    from bot.settings import pack_folder
    from knowledge.diagram import mermaid, outline
    from knowledge.load import load_folder

    folder = pack_folder(arguments.pack, ROOT) if arguments.pack else _settings().pack
    pack, _ = load_folder(folder)
    against = None
    if arguments.against:
        against, _ = load_folder(pack_folder(arguments.against, ROOT))
    if not arguments.svg:
        drawn = mermaid if arguments.mermaid else outline
        print(drawn(pack, against), end="")
        return 0
    from knowledge.drawing import DrawingError, svg

    try:
        Path(arguments.svg).write_text(svg(pack, against), encoding="utf-8")
    except DrawingError as error:
        print(f"{error}\nThe outline needs nothing else.", file=sys.stderr)
        return EXIT_WRONG
    except OSError as error:
        print(f"{arguments.svg} cannot be written: {error.strerror}", file=sys.stderr)
        return EXIT_WRONG
    print(f"The picture is in {arguments.svg}.")
    return 0


def figures(_arguments: argparse.Namespace) -> int:
    """Print figures for whoever watches the bot, in Prometheus' text format."""
    from bot.system import SystemClock
    from bot.vitals import Vitals

    store = _store(_settings())
    try:
        print(Vitals(store, SystemClock()).figures(), end="")
    finally:
        store.close()
    return 0


def backup_make(arguments: argparse.Namespace) -> int:
    """Write a verified copy of the store into a new file."""
    from bot.store.anchors import Anchors
    from bot.store.backup import BackupBroken, NotSqlite, backup

    settings = _settings()
    store = _store(settings)
    try:
        anchors = Anchors(settings.anchors, store.keys)
        to = Path(arguments.file)
        entries = backup(settings.database, to, store.keys, anchors)
    except NotSqlite:
        print(OTHER_DATABASE, file=sys.stderr)
        return EXIT_WRONG
    except (OSError, BackupBroken) as error:
        said = error.strerror if isinstance(error, OSError) else error
        print(f"There is no backup: {said}.", file=sys.stderr)
        return EXIT_WRONG
    finally:
        store.close()
    print(f"{to} is written and verified: {entries} entries of the ledger are right.")
    print(f"The keys are not in it. Keep {settings.keys} elsewhere, never beside it.")
    print("What is erased from now on is still in this copy until you delete it.")
    return 0


def backup_restore(arguments: argparse.Namespace) -> int:
    """Put a copy back where there is no store, and hold its alerts."""
    from bot.store import read_keys
    from bot.store.anchors import Anchors
    from bot.store.backup import BackupBroken, NotSqlite, restore
    from bot.system import SystemClock

    settings = _settings()
    keys = read_keys(settings.keys)
    anchors, now = Anchors(settings.anchors, keys), SystemClock().now()
    copy = Path(arguments.file)
    try:
        done = restore(copy, settings.database, keys, anchors, now)
    except NotSqlite:
        print(OTHER_DATABASE, file=sys.stderr)
        return EXIT_WRONG
    except (OSError, BackupBroken) as error:
        said = error.strerror if isinstance(error, OSError) else error
        print(f"Nothing was put back: {said}.", file=sys.stderr)
        return EXIT_WRONG
    print(f"Put back: {done.entries} entries are right, {done.erased} erased again.")
    print(f"{done.held} things that would happen by themselves are held.")
    print("Look at open alerts first; ring whoever may not have been told. Then:")
    print("  python app.py backup go")
    return 0


def backup_go(arguments: argparse.Namespace) -> int:
    """Let alerts go that were held when a backup was put back."""
    from bot.store.backup import go
    from bot.system import SystemClock

    settings = _settings()
    with closing(_store(settings)) as store:
        who = arguments.user or settings.user
        count = go(store, who, SystemClock().now())
    print(f"{count} held things go on now.")
    return 0


def db_upgrade(_arguments: argparse.Namespace) -> int:
    """Bring the database to this version's tables."""
    from bot.store import keys_for, upgrade

    settings = _settings()
    keys = keys_for(settings.database, settings.keys)
    before = upgrade(settings.database, keys)
    print(f"The database was at {before or 'nothing'} and is up to date now.")
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line without repeating what was typed."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and what kind of thing is wrong, and exit with 2."""
        self.print_usage(sys.stderr)
        # Other messages quote what was typed, and that may be a child's name.
        lacking = message.startswith("the following arguments are required")
        what = message if lacking else "something on this line is not understood"
        print(f"{what.capitalize()}. See --help.", file=sys.stderr)
        raise SystemExit(EXIT_USAGE)


def _port(word: str) -> int:
    number = int(word)
    if not 0 < number < 65536:  # noqa: PLR2004 -- the range of TCP ports
        raise ValueError
    return number


def _versions(actions: argparse._SubParsersAction[_Parser]) -> None:
    proposing = actions.add_parser("propose", help="propose a draft")
    proposing.add_argument("pack", metavar="PACK")
    proposing.add_argument("--reason", required=True, metavar="WORDS", help="why")
    proposing.add_argument("--author", default="", metavar="PERSON", help="who")
    proposing.add_argument(
        "--from", type=_day, default=None, metavar="DATE", dest="from_day"
    )
    proposing.add_argument(
        "--trial",
        action="store_true",
        help="put it in force unreviewed, on one machine; every screen says so",
    )
    proposing.set_defaults(run=knowledge_propose)
    laying = actions.add_parser("overlay", help="lay your own words over a pack")
    laying.add_argument("folder", metavar="OVERLAY")
    laying.add_argument("out", metavar="NEW")
    laying.set_defaults(run=knowledge_overlay)
    past = actions.add_parser("history", help="the versions that were in force")
    past.add_argument("--json", action="store_true", help="for scripts")
    past.set_defaults(run=knowledge_history)
    back = actions.add_parser("rollback", help="go back to an earlier version")
    back.add_argument("to", nargs="?", default="", metavar="VERSION")
    back.add_argument("--reason", default="", metavar="WORDS", help="do it, and why")
    back.add_argument("--author", default="", metavar="PERSON", help="who")
    back.set_defaults(run=knowledge_rollback)


def _day(word: str) -> date:
    from datetime import date

    return date.fromisoformat(word)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python app.py",
        description="Guidance on sharing information to safeguard a child. "
        + EMERGENCY,
    )
    commands = parser.add_subparsers(title="commands", required=True)
    talk = commands.add_parser("chat", help="talk in this terminal")
    talk.add_argument("--json", action="store_true", help="lines of JSON, for scripts")
    talk.add_argument("--resume", default="", metavar="SESSION", help="go on")
    talk.add_argument("--user", default="", metavar="ID", help="who is talking")
    talk.add_argument(
        "--replay",
        default="",
        metavar="PACK",
        help="with --json: go through a pack that breaks a rule; nothing is kept",
    )
    talk.set_defaults(run=chat)
    asking = commands.add_parser("ask", help="ask the guidance, without a session")
    asking.add_argument("words", nargs="+", metavar="WORDS", help="what to look for")
    asking.set_defaults(run=ask)
    _page(commands)
    _serving(commands)
    _teams(commands)
    _slack(commands)
    _records(commands)
    _alerts(commands)
    _knowledge(commands)
    watching = commands.add_parser("figures", help="for Prometheus, as text")
    watching.set_defaults(run=figures)
    _backup(commands)
    _retention(commands)
    db = commands.add_parser("db", help="the database").add_subparsers(required=True)
    db.add_parser("upgrade", help="bring the tables up to date").set_defaults(
        run=db_upgrade
    )
    return parser


def _retention(commands: argparse._SubParsersAction[_Parser]) -> None:
    keeping = commands.add_parser("retention", help="how long records are kept")
    actions = keeping.add_subparsers(required=True)
    running = actions.add_parser("run", help="erase what was kept long enough")
    running.add_argument("--dry-run", action="store_true", help="only say it")
    running.set_defaults(run=retention_run)
    holding = actions.add_parser("hold", help="begin or end a lawful hold")
    holding.add_argument("reference", metavar="REFERENCE")
    holding.add_argument("--authority", required=True, metavar="WHO")
    holding.add_argument("--reason", required=True, metavar="WHY")
    holding.set_defaults(run=retention_hold)


def _backup(commands: argparse._SubParsersAction[_Parser]) -> None:
    backing = commands.add_parser("backup", help="copies of the whole store")
    actions = backing.add_subparsers(required=True)
    for name, run, words in (
        ("make", backup_make, "write a verified copy into a new file"),
        ("restore", backup_restore, "put a copy back, alerts held"),
    ):
        each = actions.add_parser(name, help=words)
        each.add_argument("file", metavar="FILE")
        each.set_defaults(run=run)
    going = actions.add_parser("go", help="let held alerts go")
    going.add_argument("--user", default="", metavar="ID")
    going.set_defaults(run=backup_go)


def _alerts(commands: argparse._SubParsersAction[_Parser]) -> None:
    alerts = commands.add_parser("alerts", help="alerts to leads, and drills")
    actions = alerts.add_subparsers(required=True)
    actions.add_parser("list", help="list alerts").set_defaults(run=alerts_list)
    show = actions.add_parser("show", help="show one, and what happened to it")
    show.add_argument("alert", metavar="REFERENCE", help="such as A-7K3M-Q2XD-9P")
    show.set_defaults(run=alerts_show)
    drill = actions.add_parser("drill", help="send a marked test to every lead")
    drill.add_argument("--report", action="store_true", help="say who answered")
    drill.set_defaults(run=alerts_drill)


def _page(commands: argparse._SubParsersAction[_Parser]) -> None:
    serving = commands.add_parser("page", help="try the bot on a page in a browser")
    serving.add_argument("--port", type=_port, default=PAGE_PORT, metavar="PORT")
    serving.add_argument("--address", default="127.0.0.1", metavar="ADDRESS")
    serving.add_argument("--name", action="append", default=[], metavar="NAME")
    serving.add_argument("--i-know-this-page-has-no-sign-in", action="store_true")
    serving.add_argument(
        "--preview", default="", metavar="PACK", help="walk a draft; nothing is kept"
    )
    serving.add_argument("--as-at", type=_day, default=None, metavar="DATE")
    serving.set_defaults(run=page)


def _serving(commands: argparse._SubParsersAction[_Parser]) -> None:
    serving = commands.add_parser("serve", help="serve the chat platforms")
    serving.add_argument("--port", type=_port, default=SERVE_PORT, metavar="PORT")
    serving.add_argument("--address", default="127.0.0.1", metavar="ADDRESS")
    serving.set_defaults(run=serve)


def _slack(commands: argparse._SubParsersAction[_Parser]) -> None:
    slack = commands.add_parser("slack", help="setting up Slack")
    actions = slack.add_subparsers(required=True)
    printing = actions.add_parser("manifest", help="print the app's manifest")
    printing.add_argument(
        "--url",
        default="",
        metavar="URL",
        help="where Slack reaches the bot, if at all",
    )
    printing.set_defaults(run=slack_manifest)
    checking = commands.add_parser("doctor", help="check that what is set up works")
    checking.set_defaults(run=doctor)


def _https(word: str) -> str:
    if not word.startswith("https://"):
        raise ValueError
    return word


def _short_name(word: str) -> str:
    if not 0 < len(word) <= 32:  # noqa: PLR2004 -- what the manifest takes
        raise ValueError
    return word


def _teams(commands: argparse._SubParsersAction[_Parser]) -> None:
    teams = commands.add_parser("teams", help="setting Microsoft Teams up")
    actions = teams.add_subparsers(required=True)
    packing = actions.add_parser("package", help="write the app package to upload")
    packing.add_argument("--developer", required=True, type=_short_name, metavar="NAME")
    packing.add_argument("--site", required=True, type=_https, metavar="HTTPS")
    packing.add_argument("--privacy", type=_https, metavar="HTTPS")
    packing.add_argument("--terms", type=_https, metavar="HTTPS")
    packing.add_argument("--package-version", default="1.0.0", metavar="N.N.N")
    packing.add_argument("--output", default="teams-app.zip", metavar="FILE")
    packing.set_defaults(run=teams_package)


def _records(commands: argparse._SubParsersAction[_Parser]) -> None:
    records = commands.add_parser("records", help="decisions in the record")
    actions = records.add_subparsers(required=True)
    listing = actions.add_parser("list", help="list your sessions and decisions")
    showing = actions.add_parser("show", help="show one decision whole")
    showing.add_argument("reference", metavar="REFERENCE")
    for each, run in ((listing, records_list), (showing, records_show)):
        each.add_argument("--user", default="", metavar="ID")
        each.add_argument("--json", action="store_true")
        each.set_defaults(run=run)
    _copies(actions)


def _copies(actions: argparse._SubParsersAction[_Parser]) -> None:
    copying = actions.add_parser("export", help="write a copy of one decision")
    copying.add_argument("reference", metavar="REFERENCE")
    form = copying.add_mutually_exclusive_group()
    for flag, what, words in (
        ("--pdf", "pdf", "for the child's file (usual)"),
        ("--json", "json", "exact, to verify elsewhere"),
        ("--csv", "csv", "for a spreadsheet"),
        ("--subject-access", "zip", "to be reviewed before anything is sent"),
    ):
        form.add_argument(
            flag, dest="what", action="store_const", const=what, help=words
        )
    copying.add_argument("--out", default="", metavar="FILE", help="a new file")
    copying.set_defaults(run=records_export, what="pdf")
    noting = actions.add_parser("note", help="a note to information governance")
    noting.add_argument("reference", metavar="REFERENCE")
    noting.add_argument("about", choices=("breach", "complaint", "onward"))
    noting.set_defaults(run=records_note)
    for each in (copying, noting):
        each.add_argument("--user", default="", metavar="ID")
    audit = actions.add_parser("audit", help="all decisions as CSV, naming nobody")
    audit.set_defaults(run=records_audit)
    reporting = actions.add_parser("report", help="figures on practice, naming nobody")
    reporting.add_argument("--since", default="", metavar="DATE", help="2026-09-01")
    reporting.add_argument("--out", default="practice", metavar="NAME")
    reporting.set_defaults(run=records_report)
    verifying = actions.add_parser("verify-bundle", help="check an exported bundle")
    verifying.add_argument("file", metavar="FILE")
    verifying.add_argument("--fingerprint", default="", metavar="HEX")
    verifying.set_defaults(run=records_verify_bundle)
    _ledger(actions)


def _ledger(actions: argparse._SubParsersAction[_Parser]) -> None:
    for name, run, said in (
        ("verify", records_verify, "check that nothing was changed"),
        ("anchor", records_anchor, "sign the end of the ledger, to be kept elsewhere"),
        (
            "reapply-erasures",
            records_reapply_erasures,
            "erase again what had been erased, after a restore",
        ),
    ):
        actions.add_parser(name, help=said).set_defaults(run=run)
    erasing = actions.add_parser("erase", help="erase a session for good")
    erasing.add_argument("reference", metavar="REFERENCE")
    erasing.add_argument("--authority", required=True, metavar="WHO")
    erasing.add_argument("--reason", required=True, metavar="WHY")
    erasing.set_defaults(run=records_erase)
    rotating = actions.add_parser("rotate-key", help="change the master key")
    rotating.add_argument("--drop-old", action="store_true", help="forget older ones")
    rotating.set_defaults(run=records_rotate_key)


def _knowledge(commands: argparse._SubParsersAction[_Parser]) -> None:
    knowledge = commands.add_parser("knowledge", help="packs of guidance")
    actions = knowledge.add_subparsers(required=True)
    check = actions.add_parser("check", help="find every problem in a pack")
    check.add_argument("pack", nargs="?", default="", metavar="PACK")
    check.set_defaults(run=knowledge_check)
    cases = actions.add_parser("cases", help="run the cases of a pack")
    cases.add_argument("pack", nargs="?", default="", metavar="PACK")
    cases.add_argument("--json", action="store_true", help="for scripts")
    cases.set_defaults(run=knowledge_cases)
    proving = actions.add_parser("prove", help="prove the safety rules of a pack")
    proving.add_argument("pack", nargs="?", default="", metavar="PACK")
    proving.set_defaults(run=knowledge_prove)
    preview = actions.add_parser("preview", help="walk a draft; nothing is kept")
    preview.add_argument("pack", metavar="PACK")
    preview.add_argument("--as-at", type=_day, default=None, metavar="DATE")
    preview.add_argument(
        "--as", choices=("practitioner", "lead"), default="practitioner", dest="view"
    )
    preview.set_defaults(run=knowledge_preview)
    comparing = actions.add_parser("diff", help="say what a new version changes")
    comparing.add_argument("old", metavar="OLD", help="a pack, or in-force")
    comparing.add_argument("new", metavar="NEW")
    comparing.add_argument(
        "--replay", action="store_true", help="look at all recorded decisions too"
    )
    comparing.add_argument("--json", action="store_true", help="for scripts")
    comparing.set_defaults(run=knowledge_diff)
    review = actions.add_parser("review", help="what must be reviewed, and by whom")
    review.add_argument("pack", nargs="?", default="", metavar="PACK")
    review.add_argument("--as-at", type=_day, default=None, metavar="DATE")
    review.set_defaults(run=knowledge_review)
    _versions(actions)
    diagram = actions.add_parser("diagram", help="show the flow of a pack as a whole")
    diagram.add_argument("pack", nargs="?", default="", metavar="PACK")
    form = diagram.add_mutually_exclusive_group()
    form.add_argument("--outline", action="store_true", help="numbered lines (usual)")
    form.add_argument("--mermaid", action="store_true", help="Mermaid text")
    form.add_argument("--svg", default="", metavar="FILE", help="a picture, in FILE")
    diagram.add_argument(
        "--against", default="", metavar="OLD", help="mark what has changed since OLD"
    )
    diagram.set_defaults(run=knowledge_diagram)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        words: The command line without the program; the process's own if None.

    Returns:
        The exit code: 0 done, 1 something is wrong and said, 2 wrong usage.
    """
    from bot.ports import StoreError
    from bot.settings import SettingsError
    from knowledge.problems import PackError

    arguments = _parser().parse_args(words)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except PackError as error:
        print(f"{error}\nThe guidance cannot be used. {EMERGENCY}", file=sys.stderr)
    except UnsafePack as error:
        print(f"{error}\nThis guidance is not used. {EMERGENCY}", file=sys.stderr)
    except SettingsError as error:
        lines = "\n".join(error.wrong)
        print(f"These settings are wrong:\n{lines}\n{EMERGENCY}", file=sys.stderr)
    except StoreError as error:
        print(f"{error}\n{EMERGENCY}", file=sys.stderr)
    return EXIT_WRONG


if __name__ == "__main__":
    # What is imported stays, and counting it again and again while it is imported
    # would be a tenth of the time to the first question.
    gc.set_threshold(100_000)
    sys.exit(main())
