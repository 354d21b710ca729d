"""A subject arrives as it was written, whatever its length and script."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

from hypothesis import example, given
from hypothesis import strategies as st

from alerts.mail import Letter, message
from zorya.domain.sharing import Marking
from zorya.settings import Settings

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
_WORDS = st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20), min_size=1, max_size=12)


@given(_WORDS.map(" ".join))
@example("[TLP:AMBER] 1 нове сповіщення, 7 груд. 2026 – 8 груд. 2026 р.")
@example("[TLP:AMBER+STRICT] 12 de alerte noi, 17–23 nov. 2026, dintre care una urgentă")
def test_no_space_is_lost_where_a_subject_is_folded(subject: str) -> None:
    letter = Letter("p", "d-1", 1, Marking.AMBER, "uk", "<d-1@zorya.example>", subject, "text", "<p>text</p>", NOW)
    sent = message(letter, Settings()).as_bytes()
    assert message_from_bytes(sent, policy=policy.default)["Subject"] == subject
    assert max(len(line) for line in sent.partition(b"\r\nDate")[0].split(b"\r\n")) <= 78
