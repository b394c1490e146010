"""Hours of the week in local time, and the days on which nobody comes in.

A time on the clock means the one on the wall in the United Kingdom, summer and
winter; moments come in and go out in UTC. Bank holidays are those of the
`holidays` library. Nothing here asks what time it is.
"""

from collections.abc import Iterator
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
SATURDAY = 5


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
        bank_holidays: Whether a bank holiday changes nothing.
    """

    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    bank_holidays: bool = False

    def cover(self, at: datetime, region: str) -> bool:
        """Tell whether a moment is inside these hours.

        Args:
            at: The moment, time zone aware.
            region: Whose bank holidays count, one of `REGIONS`.
        """
        local = at.astimezone(ZONE)
        minute = local.hour * 60 + local.minute
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        return any(
            span.start <= minute and (span.overnight or minute < span.end)
            for span in self.on(today, region)
        ) or any(
            span.overnight and minute < span.end for span in self.on(yesterday, region)
        )

    def on(self, day: date, region: str) -> tuple[Span, ...]:
        """Return the spans that begin on a day; none on a bank holiday off."""
        if not self.bank_holidays and bank_holiday(day, region):
            return ()
        return self.week[day.weekday()]


ALWAYS = Hours((((Span(0, FULL_DAY)),),) * 7, bank_holidays=True)
"""Day and night, every day of the year."""
NEVER = Hours()
"""No hours at all."""


def bank_holiday(day: date, region: str) -> str:
    """Return the name of the bank holiday on a day, or nothing."""
    return str(_bank_holidays(REGIONS[region], day.year).get(day, ""))


@cache
def _bank_holidays(region: str, year: int) -> dict[date, str]:
    # Only who plans an alert needs the library, and it is slow to import.
    from holidays import country_holidays  # noqa: PLC0415

    return dict(country_holidays("GB", subdiv=region, years=year))


def working_day(day: date, region: str) -> bool:
    """Tell whether a day is neither at a weekend nor a bank holiday."""
    return day.weekday() < SATURDAY and not bank_holiday(day, region)


def next_working_day(at: datetime, region: str, opens: time = time(9)) -> datetime:
    """Return when the next working day opens, UTC; never the day of `at` itself.

    Args:
        at: The moment, time zone aware.
        region: Whose bank holidays count.
        opens: When a working day begins on the wall.
    """
    day = at.astimezone(ZONE).date() + timedelta(days=1)
    while not working_day(day, region):
        day += timedelta(days=1)
    return datetime.combine(day, opens, ZONE).astimezone(UTC)


def quarter_hours(begin: datetime, days: int) -> Iterator[datetime]:
    """Yield each quarter of an hour from a moment on, UTC."""
    for step in range(days * 24 * 4):
        yield begin + step * timedelta(minutes=15)
