"""A link means the same contact in an ad's words and behind a button of its page."""

import pytest

from crawlers.contacts import page_contacts
from models.contacts import find_contacts
from zorya.domain.contact_links import contact_links

LINKS = {
    "https://t.me/jobs_example": ("telegram", "jobs_example"),
    "https://t.me/s/jobs_example": ("telegram", "jobs_example"),
    "https://t.me/jobs_example_bot?start=1": ("telegram", "jobs_example_bot"),
    "https://t.me/joinchat/AbCdEfGh1234": ("telegram", "+abcdefgh1234"),
    "https://t.me/+AbCdEfGh1234": ("telegram", "+abcdefgh1234"),
    "tg://resolve?domain=jobs_example": ("telegram", "jobs_example"),
    "https://t.me/+447700900123": ("telegram", "+447700900123"),
    "tg://resolve?phone=447700900123": ("telegram", "+447700900123"),
    "tg://join?invite=AbCdEfGh1234": ("telegram", "+abcdefgh1234"),
    "https://jobs_example.t.me": ("telegram", "jobs_example"),
    "https://wa.me/447700900123?text=hi": ("whatsapp", "+447700900123"),
    "whatsapp://send?phone=447700900123": ("whatsapp", "+447700900123"),
    "https://api.whatsapp.com/send/?phone=%2B447700900123": ("whatsapp", "+447700900123"),
    "https://chat.whatsapp.com/AbCdEfGhIjKl": ("whatsapp", "chat.whatsapp.com/AbCdEfGhIjKl"),
    "viber://chat?number=%2B447700900123": ("viber", "+447700900123"),
    "https://invite.viber.com/?g2=AbCdEfGhIjKl": ("viber", "invite.viber.com/AbCdEfGhIjKl"),
    "https://www.instagram.com/luna.example/": ("instagram", "luna.example"),
    "https://vk.com/luna_example": ("vk", "luna_example"),
}


@pytest.mark.parametrize(("link", "contact"), LINKS.items())
def test_a_link_is_the_same_contact_in_text_and_page(link: str, contact: tuple[str, str]) -> None:
    (in_text,) = find_contacts(f"Scrie: {link}")
    (in_page,) = page_contacts([link], country=None)
    assert (in_text.kind, in_text.value) == (in_page.kind, in_page.value) == contact


@pytest.mark.parametrize(
    "link",
    [
        "https://t.me/share/url?url=x",
        "https://t.me/c/123456/78",
        "https://www.instagram.com/p/AbCdEf/",
        "https://vk.com/wall-123_456",
        "https://example.invalid/t.me",
        "notwa.me/447700900123",
    ],
)
def test_links_that_reach_nobody_are_none(link: str) -> None:
    assert list(contact_links(link)) == []
