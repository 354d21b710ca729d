"""Public Telegram previews (`t.me/s/CHANNEL`): one draft per message, the message id as native id."""

import re

from crawlers.contacts import page_contacts
from crawlers.dates import parse_date
from crawlers.draft import Draft, split_title
from crawlers.fields import Reading
from crawlers.page import Page
from crawlers.text import element_text

_MESSAGES = "//*[contains(concat(' ', normalize-space(@class), ' '), ' tgme_widget_message ')][@data-post]"
_TEXT = ".//*[contains(concat(' ', normalize-space(@class), ' '), ' tgme_widget_message_text ')]"


def looks_like_preview(source: str) -> bool:
    """True for a page made of Telegram messages."""
    return "tgme_widget_message" in source and "data-post=" in source


def message_ids(page: Page) -> tuple[str, ...]:
    """Native ids of every message a preview page shows, those without text too."""
    posts = (str(message.xpath("@data-post").get() or "") for message in page.selector.xpath(_MESSAGES))
    return tuple(post.lower() for post in posts if re.fullmatch(r"[A-Za-z0-9_]+/\d+", post))


def read_preview(page: Page, *, reading: Reading) -> list[Draft]:
    """Messages with text, in the page's order. A message id is `channel/number`."""
    found = []
    for message in page.selector.xpath(_MESSAGES):
        post = str(message.xpath("@data-post").get() or "")
        texts = message.xpath(_TEXT + "[not(ancestor::*[contains(@class,'tgme_widget_message_reply')])]")
        text = "\n".join(filter(None, (element_text(node.root) for node in texts)))
        if not text or not re.fullmatch(r"[A-Za-z0-9_]+/\d+", post):
            continue
        title, body = split_title(text)
        when = str(message.xpath(".//time/@datetime").get() or "")
        links = [str(href) for node in texts for href in node.xpath(".//a/@href").getall()]
        handles = [
            link for link in links if re.search(r"(?:t\.me|wa\.me|viber:|whatsapp|mailto:|tel:|instagram\.com)", link)
        ]
        found.append(
            Draft(
                native_id=post.lower(),
                url=f"https://t.me/{post}",
                title=title,
                body=body,
                posted_on=parse_date(when, today=reading.today),
                contacts=page_contacts(handles, country=reading.country),
            )
        )
    return found
