"""Who is let in, and where a token goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import jwt
import pytest

from bot.channels.teams.hosts import CLOUDS, WrongHost, trusted
from bot.channels.teams.http import Http
from bot.channels.teams.keys import GAP, LASTS
from bot.channels.teams.settings import TeamsSettings
from bot.system import SystemClock
from tests.support.microsoft import (
    APP,
    ISSUER,
    METADATA_HOST,
    SECRET_TOKEN,
    SERVICE,
    Microsoft,
    listening,
    session_to,
    token,
)
from tests.support.teams import MAYA, SETTINGS, Served, served


def now() -> int:
    """Return the present second: on a busy machine this file was read long ago."""
    return int(SystemClock().now().timestamp())


NOW: Final = now()
EVIL: Final = "https://evil.trafficmanager.net/emea/"
CLAIMS: Final = {"iss": ISSUER, "aud": APP, "serviceurl": SERVICE, "exp": NOW + 3600}


def unsigned() -> str:
    return jwt.encode(CLAIMS, None, "none", headers={"kid": "k1"})  # type: ignore[arg-type]  # what an attacker does


def shared_secret() -> str:
    return jwt.encode(CLAIMS, "s" * 32, "HS256", headers={"kid": "k1"})


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (token, 200),
        (lambda: token(exp=now() - 60), 200),
        (lambda: token(exp=NOW - 4_000, nbf=1), 401),
        (lambda: token(nbf=NOW + 4_000), 401),
        (lambda: token(exp=None), 401),
        (lambda: token(iss="https://evil.example"), 401),
        (lambda: token(iss=None), 401),
        (lambda: token(aud="another-app"), 401),
        (lambda: token(aud=None), 401),
        (lambda: token("evil", kid="k1"), 401),
        (lambda: token("k9"), 401),
        (unsigned, 401),
        (shared_secret, 401),
        (lambda: "abc", 401),
        (lambda: "a.b.c", 401),
        (lambda: token(serviceurl="https://evil.example/"), 403),
        (lambda: token(serviceurl=None), 403),
    ],
    ids=[
        "valid",
        "expired within the leeway",
        "expired",
        "not yet valid",
        "without an end",
        "of another issuer",
        "of no issuer",
        "for another app",
        "for no app",
        "signed by another key of the same name",
        "signed by an unknown key",
        "alg none",
        "alg HS256",
        "garbage",
        "garbage in three parts",
        "for another address",
        "for no address",
    ],
)
def test_a_token_is_held_to_everything(
    teams: Served, make: Callable[[], str], status: int
) -> None:
    answer = teams.post(teams.activity(text="start"), signed=make())

    assert answer.status == status
    with teams.store.reading() as transaction:
        assert len(transaction.sessions(MAYA, 5)) == (status == 200)


def test_a_request_without_a_token_is_not_read(teams: Served) -> None:
    answers = [
        teams.post(teams.activity(), signed=None),
        teams.post(b"{", signed=None),
    ]

    assert [one.status for one in answers] == [401, 401]
    assert teams.microsoft.asked == []


def test_a_key_that_is_not_endorsed_for_teams_lets_nobody_in(teams: Served) -> None:
    teams.microsoft.published = {"k1": ["webchat"]}

    assert teams.post(teams.activity(text="start")).status == 403


@pytest.mark.parametrize(
    ("differs", "status"),
    [
        ({"channelData": {"tenant": {"id": "another"}}}, 403),
        ({"channelData": {}}, 403),
        ({"channelData": None}, 403),
        ({"channelId": "webchat"}, 403),
        ({"channelId": "emulator"}, 403),
        ({"channelId": None}, 400),
        ({"serviceUrl": None}, 400),
        ({"serviceUrl": 7}, 400),
        ({"type": None}, 400),
        ({"conversation": None}, 400),
        ({"from": "maya"}, 400),
        ({"text": {"a": 1}}, 400),
        ({"id": "a" * 2_000}, 400),
        ({"membersAdded": "all"}, 400),
        ({"type": "messageReaction"}, 200),
        ({"type": "typing"}, 200),
        ({"type": "somethingNew"}, 200),
    ],
    ids=str,
)
def test_a_body_is_held_to_who_is_served(
    teams: Served, differs: dict[str, object], status: int
) -> None:
    whole = teams.activity(**{"text": "start", **differs})
    activity = {name: value for name, value in whole.items() if value}

    assert teams.post(activity).status == status


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b"null", b"\xff\xfe", b"[" * 100_000],
    ids=lambda body: repr(body[:8]),
)
def test_what_is_no_activity_is_a_400(teams: Served, body: bytes) -> None:
    assert teams.post(body).status == 400


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded"]
)
def test_another_content_type_is_a_400(teams: Served, kind: str) -> None:
    assert teams.post(teams.activity(), content_type=kind).status == 400


def test_too_large_a_body_is_a_413(teams: Served) -> None:
    assert teams.post(b" " * 600_000).status == 413


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("composeExtension/query", {}, 501),
        ("task/fetch", {"data": {}}, 501),
        ("signin/verifyState", {"state": "1"}, 501),
        ("", {}, 501),
        ("adaptiveCard/action", None, 400),
        ("adaptiveCard/action", {}, 400),
        ("adaptiveCard/action", {"action": {"type": "Action.Submit"}}, 400),
        ("adaptiveCard/action", {"action": {"type": "Action.Execute"}}, 400),
        ("adaptiveCard/action", {"action": "press"}, 400),
    ],
)
def test_an_invoke_that_is_none_of_ours(
    teams: Served, name: str, value: object, status: int
) -> None:
    activity = teams.activity(type="invoke", name=name, value=value)

    assert teams.post(activity).status == status


@pytest.mark.parametrize(
    "data",
    [
        {"do": "explode", "s": "s-1", "n": 1},
        {"do": "answer", "s": "s-1", "k": "one"},
        {"do": "answer", "s": "s-1", "k": "one", "n": True},
        {"do": "answer", "s": "s-1", "k": "one", "n": -1},
        {"do": "answer", "s": "s-1", "k": "one", "n": 1.5},
        {"do": "answer", "s": "s-1", "k": "other", "n": 1},
        {"do": "answer", "s": "s-1", "k": "one", "n": 1, "answer": ["yes"]},
        {"do": ["answer"]},
        {"do": "back", "s": 7, "n": 1},
        {f"line.{n}": "x" for n in range(300)} | {"do": "answer", "s": "s", "n": 1},
    ],
    ids=lambda data: str(data)[:40],
)
def test_a_button_that_none_of_our_cards_has_is_a_400(
    teams: Served, data: dict[str, object]
) -> None:
    value = {"action": {"type": "Action.Execute", "verb": "x", "data": data}}
    activity = teams.activity(type="invoke", name="adaptiveCard/action", value=value)

    assert teams.post(activity).status == 400


def test_a_number_that_comes_back_with_a_point_is_that_number(teams: Served) -> None:
    person = teams.person()
    person.comes().press("Start a new session")
    data = {**person.button("Continue")["data"], "n": 1.0, "answer": "no"}
    value = {"action": {"type": "Action.Execute", "verb": "answer", "data": data}}

    person.send(type="invoke", name="adaptiveCard/action", value=value)

    assert person.answer.card


class TestWhenKeysChange:
    def test_a_new_key_is_found_and_the_old_one_holds_on(self, teams: Served) -> None:
        assert teams.post(teams.activity(), signed=token("k1")).status == 200
        teams.microsoft.published["k2"] = ["msteams"]
        teams.clock.move(GAP)

        answers = [teams.post(teams.activity(), signed=token(k)) for k in ("k2", "k1")]

        assert [one.status for one in answers] == [200, 200]
        assert teams.microsoft.key_reads == 2

    def test_a_key_that_was_withdrawn_lets_nobody_in_after_that(
        self, teams: Served
    ) -> None:
        teams.post(teams.activity())
        teams.microsoft.published = {"k2": ["msteams"]}
        teams.clock.move(GAP)

        answers = [teams.post(teams.activity(), signed=token(k)) for k in ("k2", "k1")]

        assert [one.status for one in answers] == [200, 401]

    def test_made_up_keys_cost_one_look_in_a_while(self, teams: Served) -> None:
        teams.post(teams.activity())

        for n in range(20):
            forged = token("evil", kid=f"made-up-{n}")
            assert teams.post(teams.activity(), signed=forged).status == 401

        assert teams.microsoft.key_reads == 1

    def test_keys_are_read_again_after_a_day(self, teams: Served) -> None:
        teams.post(teams.activity())
        teams.clock.move(LASTS + timedelta(seconds=1))

        teams.post(teams.activity())

        assert teams.microsoft.key_reads == 2

    def test_known_keys_hold_while_none_can_be_read(self, teams: Served) -> None:
        teams.post(teams.activity())
        teams.clock.move(LASTS + timedelta(seconds=1))
        teams.microsoft.fail("GET", "openidconfiguration", 500)

        assert teams.post(teams.activity()).status == 200

    def test_without_any_key_it_is_said_that_nothing_can_be_checked(
        self, teams: Served
    ) -> None:
        teams.microsoft.fail("GET", "openidconfiguration", 500)

        assert teams.post(teams.activity()).status == 503
        assert teams.post(teams.activity()).status == 200

    def test_twenty_at_once_wait_for_one_look_and_hold_nobody_up(
        self, teams: Served
    ) -> None:
        teams.microsoft.slow = 1.0
        longest = 0.0

        async def watch() -> None:
            nonlocal longest
            loop = asyncio.get_running_loop()
            while True:
                before = loop.time()
                await asyncio.sleep(0.005)
                longest = max(longest, loop.time() - before)

        async def send() -> int:
            headers = {"Authorization": f"Bearer {token()}"}
            async with teams.client.post(
                "/teams/messages",
                json=teams.activity(type="typing"),
                headers=headers,
            ) as response:
                return response.status

        async def everything() -> list[int]:
            watching = asyncio.create_task(watch())
            found = await asyncio.gather(*(send() for _ in range(20)))
            watching.cancel()
            return list(found)

        statuses = teams.runner.run(everything())

        assert statuses == [200] * 20
        assert teams.microsoft.key_reads == 1
        # Whoever held the loop up would hold it up as long as the look takes.
        assert longest < teams.microsoft.slow / 2

    def test_a_key_set_on_another_host_is_not_read(self, tmp_path: Path) -> None:
        elsewhere = CLOUDS["public"].metadata.replace(
            METADATA_HOST, "evil.trafficmanager.net"
        )
        cloud = CLOUDS["public"]
        with served(
            tmp_path,
            TeamsSettings(
                APP,
                "s3cret",
                SETTINGS.tenant,
                SETTINGS.tenants,
                type(cloud)(cloud.hosts, cloud.issuer, elsewhere, "", ""),
                development=False,
            ),
        ) as teams:
            assert teams.post(teams.activity()).status == 503
            assert teams.microsoft.key_reads == 0


@pytest.mark.parametrize(
    "address",
    [
        EVIL,
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example/smba.trafficmanager.net/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://user:pass@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:444/",
        "https://smba.trafficmanager.net\\@evil.example/",
        "https://smba.trafficmanager.net/?x=1",
        "https://smba.trafficmanager.net/#x",
        "https://smba.trafficmanager.net/../",
        "https://smba.trafficmanager.net/\n",
        "https://SMBA.trafficmanager.net/",
        "https://smbа.trafficmanager.net/",  # noqa: RUF001 -- the letter is Cyrillic
        "http://smba.trafficmanager.net/",
        "//smba.trafficmanager.net/",
        "ftp://smba.trafficmanager.net/",
        "http://127.0.0.1:8080/",
        "https://smba.infra.gov.teams.microsoft.us/teams",
        "",
    ],
)
def test_an_address_that_is_none_of_microsofts_is_not_trusted(address: str) -> None:
    with pytest.raises(WrongHost):
        trusted(address, CLOUDS["public"].hosts)


@pytest.mark.parametrize(
    ("cloud", "address"),
    [
        ("public", "https://smba.trafficmanager.net/emea/"),
        ("public", "https://smba.trafficmanager.net"),
        ("public", "https://smba.infra.gcc.teams.microsoft.com/teams"),
        ("us-gcc-high", "https://smba.infra.gov.teams.microsoft.us/teams"),
        ("us-dod", "https://smba.infra.dod.teams.microsoft.us/teams"),
    ],
)
def test_each_cloud_has_its_own_addresses(cloud: str, address: str) -> None:
    assert trusted(address, CLOUDS[cloud].hosts) == address.rstrip("/")


class TestWhereATokenGoes:
    @pytest.mark.parametrize(
        "address",
        [
            EVIL,
            "https://user@smba.trafficmanager.net/emea/",
            "http://smba.trafficmanager.net/emea/",
        ],
    )
    def test_a_wrong_address_is_refused_before_anything_is_kept_or_sent(
        self, teams: Served, address: str
    ) -> None:
        activity = teams.activity(text="start", serviceUrl=address)

        answer = teams.post(activity, signed=token(serviceurl=address))

        assert answer.status == 403
        assert teams.microsoft.messages == []
        with teams.store.reading() as transaction:
            assert transaction.conversation("teams", MAYA) is None

    def test_an_address_that_was_kept_is_held_to_the_list_again(
        self, teams: Served
    ) -> None:
        person = teams.person().comes()
        with teams.store.begin() as transaction:
            kept = transaction.conversation("teams", MAYA)
            assert kept is not None
            planted = {**kept, "service_url": EVIL}
            transaction.keep_conversation("teams", MAYA, planted)
        before = len(teams.microsoft.messages)
        group = {"id": "19:x", "conversationType": "groupChat"}

        # The welcome in private remembers the good address again before it sends.
        person.send(text="hello", conversation=group)

        hosts = {one.host for one in teams.microsoft.messages[before:]}
        assert hosts <= {"smba.trafficmanager.net"}

    def test_a_redirect_is_not_followed(self, teams: Served) -> None:
        teams.microsoft.headers = {"Location": EVIL}
        teams.microsoft.fail("POST", "activities", 307)

        answer = teams.post(teams.activity(text="start"))

        assert answer.status == 503
        assert {one.host for one in teams.microsoft.messages} == {
            "smba.trafficmanager.net"
        }

    def test_our_token_goes_to_the_connector_and_nowhere_else(
        self, teams: Served
    ) -> None:
        teams.person().comes()

        with_token = {one.host for one in teams.microsoft.asked if one.token}

        assert with_token == {"smba.trafficmanager.net"}
        assert {one.token for one in teams.microsoft.messages} == {SECRET_TOKEN}

    def test_one_connection_serves_many_turns(self, teams: Served) -> None:
        person = teams.person().comes()

        for _ in range(5):
            person.type("hello")

        assert len(teams.microsoft.messages) == 6


class TestDevelopment:
    SETTINGS = TeamsSettings(
        "", "", "", frozenset(), CLOUDS["public"], development=True
    )

    def test_only_this_machine_is_talked_to_and_no_token_is_sent(
        self, tmp_path: Path
    ) -> None:
        with served(tmp_path, self.SETTINGS) as teams:
            answers = [
                teams.post(teams.activity(serviceUrl=url), signed=None)
                for url in (
                    SERVICE,
                    EVIL,
                    "http://evil.example:80/",
                    "http://10.0.0.1:9/",
                )
            ]

            assert [one.status for one in answers] == [403] * 4

    def test_no_token_is_asked_for_or_sent(self, tmp_path: Path) -> None:
        with served(tmp_path, self.SETTINGS) as teams:
            here = str(teams.client.make_url("/"))

            answer = teams.post(
                teams.activity(type="typing", serviceUrl=here), signed=None
            )

            assert answer.status == 200
            assert teams.microsoft.asked == []


def test_what_was_written_reaches_no_log(
    teams: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = teams.person().type("start")
    person.type("marked-secret-words")
    person.press("Continue", answer="marked-secret-words")
    teams.post(teams.activity(text="marked-secret-words", channelId="webchat"))
    teams.post(b'{"text": "marked-secret-words"}')
    teams.microsoft.fail("POST", "activities", 403, "marked-secret-words")
    person.type("marked-secret-words")

    assert "marked-secret-words" not in caplog.text
    assert "Maya" not in caplog.text


def test_an_answer_that_teams_refuses_is_not_an_error_of_ours(teams: Served) -> None:
    teams.microsoft.fail("POST", "activities", 403, "ForbiddenOperationException")

    assert teams.post(teams.activity(text="start")).status == 503


def test_an_answer_is_tried_once_more_where_teams_is_busy(teams: Served) -> None:
    teams.microsoft.headers = {"Retry-After": "0"}
    teams.microsoft.fail("POST", "activities", 429)
    person = teams.person()

    person.type("start")

    assert person.answer.status == 200
    assert person.question.startswith("Does a child")


def test_a_dead_connection_is_told_from_an_answer(tmp_path: Path) -> None:
    async def ask() -> str:
        microsoft = Microsoft()
        server = await listening(microsoft, tmp_path)
        http = Http(lambda: session_to(server, tmp_path))
        try:
            await http.send("GET", "https://unknown.example/")
        except Exception as error:  # noqa: BLE001 -- its name is what is looked at
            return f"{type(error).__name__}: {error}"
        finally:
            await http.close()
            await server.close()
        return ""

    found = asyncio.run(ask())

    assert found.startswith("Unreachable: ")
    assert "unknown.example" not in found
