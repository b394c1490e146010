"""Hours of the week in local time, and the days on which nobody comes in.

A time on the clock means the one on the wall in the United Kingdom, summer and
winter; moments come in and go out in UTC. Bank holidays are those of the
`holidays` library. Nothing here asks what time it is.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
"""The wall clock of every time in a directory."""
DAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
REGIONS = {
    "england": "ENG",
    "wales": "WLS",
    "scotland": "SCT",
    "northern-ireland": "NIR",
}
"""Regions a directory may name, and what the library calls them."""
FULL_DAY = 24 * 60
"""Minutes of a day on the wall; also how midnight at the end of a day is kept."""
NINE = time(9)
SATURDAY = 5
LOOK_AHEAD = 15
"""Days looked ahead for the next opening: longer than any usual closure. Ours."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one day, in minutes from midnight on the wall.

    Attributes:
        start: First minute, from 0.
        end: The minute it ends, up to 1440. Where it is not after the start it
            is a minute of the next morning.
    """

    start: int
    end: int

    @property
    def overnight(self) -> bool:
        """Whether it goes on into the next morning."""
        return self.end <= self.start


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody answers.

    Attributes:
        week: The spans of each day from Monday on; a night belongs to the day
            on which it begins.
        bank_holidays: The spans of a bank holiday; None where it is a day as any
            other.
    """

    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    bank_holidays: tuple[Span, ...] | None = ()

    def cover(self, at: datetime, region: str) -> bool:
        """Tell whether a moment is inside these hours.

        Args:
            at: The moment, time zone aware.
            region: Whose bank holidays count, one of `REGIONS`.
        """
        local = at.astimezone(ZONE)
        minute = local.hour * 60 + local.minute
        today = local.date()
        yesterday = today - timedelta(days=1)
        return any(
            span.start <= minute and (span.overnight or minute < span.end)
            for span in self.on(today, region)
        ) or any(
            span.overnight and minute < span.end for span in self.on(yesterday, region)
        )

    def on(self, day: date, region: str) -> tuple[Span, ...]:
        """Return the spans that begin on a day."""
        if self.bank_holidays is not None and bank_holiday(day, region):
            return self.bank_holidays
        return self.week[day.weekday()]

    def opens(self, after: datetime, region: str) -> datetime | None:
        """Return when a span next begins, UTC; None where none does for weeks.

        Args:
            after: The moment, time zone aware.
            region: Whose bank holidays count.
        """
        first = after.astimezone(ZONE).date()
        for day in (first + timedelta(days=ahead) for ahead in range(LOOK_AHEAD)):
            for span in sorted(self.on(day, region), key=lambda one: one.start):
                opens = on_the_wall(day, span.start)
                if opens > after:
                    return opens
        return None


ALWAYS = Hours(((Span(0, FULL_DAY),),) * 7, bank_holidays=None)
"""Day and night, every day of the year."""
NEVER = Hours()
"""No hours at all."""


def on_the_wall(day: date, minute: int) -> datetime:
    """Return the moment of a minute of a local day, UTC.

    Args:
        day: The local day.
        minute: From midnight on the wall, 0 to 1440.
    """
    day += timedelta(days=minute // FULL_DAY)
    minute %= FULL_DAY
    return datetime.combine(day, time(minute // 60, minute % 60), ZONE).astimezone(UTC)


def local_day(at: datetime) -> date:
    """Return the date on the wall at a moment."""
    return at.astimezone(ZONE).date()


def local_midnight(day: date) -> datetime:
    """Return the moment at which a day begins on the wall, in UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def bank_holiday(day: date, region: str) -> str:
    """Return the name of the bank holiday on a day, or nothing."""
    return _bank_holidays(REGIONS[region], day.year).get(day, "")


@cache
def _bank_holidays(region: str, year: int) -> dict[date, str]:
    # Only who looks at hours needs the library, and importing it takes a moment.
    from holidays import country_holidays  # noqa: PLC0415

    return dict(country_holidays("GB", subdiv=region, years=year))


def working_day(day: date, region: str) -> bool:
    """Tell whether a day is neither at a weekend nor a bank holiday."""
    return day.weekday() < SATURDAY and not bank_holiday(day, region)


def next_working_day(
    at: datetime, region: str = "england", opens: time = NINE
) -> datetime:
    """Return when the next working day opens, UTC; never the day of `at` itself.

    Args:
        at: The moment, time zone aware.
        region: Whose bank holidays count.
        opens: When a working day begins on the wall.
    """
    day = local_day(at) + timedelta(days=1)
    while not working_day(day, region):
        day += timedelta(days=1)
    return datetime.combine(day, opens, ZONE).astimezone(UTC)
