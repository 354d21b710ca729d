"""What `zorya doctor` says of the ways to partners."""

import pytest

from zorya.cli.channel_checks import channels


@pytest.mark.parametrize(
    ("address", "is_told"),
    [("http://zorya.example", True), ("https://zorya.example", False), ("http://127.0.0.1:8000", False), ("", False)],
)
def test_doctor_says_when_mails_lead_to_plain_http(sqlite_settings, address, is_told):
    digest = sqlite_settings.digest.model_copy(update={"answer_url": address})
    said = [check.detail for check in channels(sqlite_settings.model_copy(update={"digest": digest}))]
    assert any("whoever is on the way reads the links" in detail for detail in said) == is_told
