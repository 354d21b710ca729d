"""Recognising pages that are the board's door: challenges, captchas, log-ins. We stop and report, never work around."""

import re

_CHALLENGE = re.compile(
    r"<title>\s*(?:just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|ddos-guard"
    r"|checking your browser"
    r"|security check|проверка браузера|доступ ограничен|подтвердите, что вы не робот|verify you are human)"
    r"|cf-challenge|cf_chl_opt|/_incapsula_resource|px-captcha|datadome|showcaptcha",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"<title>[^<]{0,60}(?:log ?in|sign in|anmelden|zaloguj|войти|вход|увійти|autentificare|inloggen|přihlášení)"
    r"[^<]{0,60}</title>",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"<input[^>]{1,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_LONG_PAGE = 60_000


def barrier(text: str) -> str:
    """Why a page is a barrier, or an empty string. Long pages that merely mention a captcha are not."""
    if len(text) > _LONG_PAGE:
        return ""
    if _CHALLENGE.search(text):
        return "the site shows a challenge page"
    if _LOGIN.search(text) and _PASSWORD.search(text):
        return "the site asks for a log-in"
    return ""
