"""`zorya partner token` and `webhook-key`: by what Zorya knows a partner's machine, and that machine knows Zorya."""

from datetime import timedelta
from typing import Annotated

import typer

from zorya.cli.output import NOTHING_TO_DO, now, say

ACTOR = "command line"


def partner_token(
    partner: Annotated[str, typer.Argument(help="Id of the partner.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="End the token in force and make no new one.")] = False,
    days: Annotated[int, typer.Option(min=1, max=1000, help="How long the new token holds.")] = 365,
) -> None:
    """Make the token by which a partner's machine reads its feed and its data; the one before it ends.

    It is printed once and stored as a hash. Tell it to the partner by a way that nobody else reads.
    """
    from alerts.partners import load_all
    from zorya.cli.sharing import opened
    from zorya.domain.ids import new_secret
    from zorya.store import audit, partner_tokens

    at, token = now(), f"zorya-{new_secret()}"
    with opened() as (store, settings), store.writing() as connection:
        if revoke:  # also of a partner whose file is gone or broken
            ended = partner_tokens.revoke(connection, partner, at=at)
            if not ended:
                say(f"zorya: {partner!r} has no token in force")
                raise typer.Exit(NOTHING_TO_DO)
            audit.add(connection, at=at, actor=ACTOR, action="partner.token.revoke", object=partner)
            say(f"the token of {partner} is revoked")
            return
        known, until = load_all(settings).get(partner), at + timedelta(days=days)
        partner_tokens.issue(connection, known.id, token, at=at, expires_at=until)
        audit.add(connection, at=at, actor=ACTOR, action="partner.token", object=known.id, reason=f"until {until:%F}")
    print(token)
    say(f"the token of {known.id} holds until {until:%-d %B %Y}; it is not shown again")


def webhook_key(
    partner: Annotated[str, typer.Argument(help="Id of the partner.")],
    renew: Annotated[bool, typer.Option("--renew", help="Make a new key; the one before it signs no more.")] = False,
) -> None:
    """Print the key by which a partner's machine checks that a webhook is ours. It is kept in the keys folder.

    Tell it to the partner by a way that nobody else reads.
    """
    from alerts.channels import webhook
    from alerts.partners import load_all
    from zorya.cli.sharing import opened
    from zorya.store import audit

    with opened() as (store, settings), store.writing() as connection:
        known = load_all(settings).get(partner)
        action = "partner.webhook-key.renew" if renew else "partner.webhook-key.show"
        audit.add(connection, at=now(), actor=ACTOR, action=action, object=known.id)
        key = webhook.renew_key(settings, known.id) if renew else webhook.told_key(settings, known.id)
    print(key)
    if "webhook" not in {channel.kind for channel in known.spec.channels}:
        say(f"{known.path} names no webhook yet: add `- {{kind: webhook, url: https://…}}` to its channels")
