"""Writes the transcript into the document again: python -m tests.docs."""

from tests.docs.transcript import BEGINS, DOCUMENT, ENDS, rendered


def main() -> None:
    """Replace what stands between the marks."""
    text = DOCUMENT.read_text()
    before, rest = text.split(BEGINS, 1)
    _, after = rest.split(ENDS, 1)
    DOCUMENT.write_text(f"{before}{BEGINS}{rendered()}{ENDS}{after}")


if __name__ == "__main__":
    main()
