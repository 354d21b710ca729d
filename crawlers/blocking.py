"""Recognising answers that are the board's door: challenges, captchas, block pages, log-ins. We stop and report them,
and never work around one.

A door says little: what merely mentions a captcha, or carries the script of a bot protection on an ordinary page, is a
page. So every sign counts only where hardly any text stands beside it.
"""

import re
from functools import lru_cache

from scrapy.http import Response

from crawlers.encodings import decode
from crawlers.text import strip_tags

_MARKUP = re.compile(
    r"_cf_chl_opt|cf-challenge|challenge-platform/h/[a-z]/orchestrate|captcha-delivery\.com/(?:captcha|interstitial)"
    r"|incapsula incident id|id=[\"']?px-captcha|/showcaptcha|ddos-guard/js-challenge|awswafcaptcha|__qrator/",
    re.IGNORECASE,
)
"""Markup of challenge pages themselves; what protections put into ordinary pages (`jsd/main.js`, `tags.js`) and into
forms (`g-recaptcha`) is not here."""
_TITLE = re.compile(
    r"<title[^>]*>\s*(?:just a moment|attention required|access (?:to this page has been )?denied"
    r"|are you (?:a )?(?:human|robot)|ddos-guard|checking your browser|security check|verify you are human"
    r"|request (?:rejected|blocked)|captcha\b|проверка браузера|подтвердите, что вы не робот|вы не робот"
    r"|доступ (?:ограничен|запрещ[её]н|заблокирован|обмежено|заборонено)"
    r"|odmowa dostępu|dostęp (?:zabroniony|zablokowany)|acces (?:interzis|respins|blocat|refuzat)"
    r"|zugriff verweigert|toegang geweigerd|přístup odepřen|hozzáférés megtagadva|достъпът е отказан)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"unusual (?:traffic|activity) (?:from|on|in)|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|are you a (?:human|robot)\?|confirm (?:that )?you(?:'re| are) (?:not a robot|(?:a )?human)|you have been blocked"
    r"|your (?:ip|access) (?:address )?(?:has been|is|was) (?:temporarily )?(?:blocked|banned|denied)"
    r"|enable javascript and cookies to continue|access denied|automated (?:queries|requests)"
    r"|подозрительн\w+ (?:трафик|активность)|автоматическ\w+ запрос|подтвердите, что (?:запросы отправляли )?вы"
    r"|ваш (?:ip|айпи)[- ]?(?:адрес )?(?:временно )?заблокирован"
    r"|доступ (?:к сайту )?(?:временно )?(?:ограничен|запрещ[её]н|заблокирован)"
    r"|підтвердіть, що ви (?:не робот|людина)"
    r"|доступ (?:до сайту )?(?:тимчасово )?(?:обмежено|заборонено|заблоковано)"
    r"|nietypowy ruch|potwierdź, że (?:nie jesteś robotem|jesteś człowiekiem)|odmowa dostępu"
    r"|tw(?:ój|oje) (?:adres ip|ip|dostęp) został\w* zablokowan|dostęp (?:został )?(?:zablokowany|zabroniony)"
    r"|trafic neobi[sșş]nuit|confirm(?:ă|a|ați|ati) c[ăa] (?:nu (?:ești|sunteți) (?:un )?robot|ești om)"
    r"|acces(?:ul)? (?:a fost |este )?(?:interzis|respins|blocat|restricționat)"
    r"|ungewöhnliche[rn]? (?:datenverkehr|zugriffe)|zugriff verweigert"
    r"|bestätigen sie, dass sie (?:kein roboter|ein mensch) sind"
    r"|ongebruikelijk verkeer|bevestig dat je (?:geen robot|een mens) bent|toegang geweigerd"
    r"|neobvyklý provoz|potvrďte, že nejste robot|přístup (?:byl )?odepřen"
    r"|szokatlan forgalom|erősítse meg, hogy nem robot"
    r"|необичаен трафик|потвърдете, че не сте робот|достъпът (?:е|беше) (?:отказан|ограничен|блокиран)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"<title[^>]*>[^<]{0,60}(?:log ?in|sign in|anmelden|zaloguj|logowanie|войти|вход|авторизация|увійти|вхід"
    r"|autentificare|conectare|inloggen|přihlášení|bejelentkezés)[^<]{0,60}</title>",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"<input[^>]{1,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_LONG_PAGE = 60_000
_MUCH_TEXT = 1_200
"""Characters of visible text beyond which a page is something to read, whatever else it says."""
_NO_TEXT = re.compile(
    r"<(script|style|noscript|template|svg|head)\b[^>]{0,2000}>.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)|<[^>]*>"
    r"|&[#\w]{1,12};|\s{2,}",
    re.IGNORECASE | re.DOTALL,
)
"""What is certainly not visible text, and entities, whose length says nothing."""


@lru_cache(maxsize=4)
def barrier(text: str) -> str:
    """Why a page is a barrier, or an empty string. Each answer is asked about by several middlewares in a row."""
    if len(text) > _LONG_PAGE or _says_much(text):
        return ""
    sign = _MARKUP.search(text) or _TITLE.search(text)
    login = _LOGIN.search(text) and _PASSWORD.search(text)
    words = _WORDS.search(text)
    if not (sign or login or words):
        return ""
    visible = strip_tags(text)
    if len(visible) > _MUCH_TEXT:
        return ""
    if sign:
        return "the site shows a challenge page"
    if login:
        return "the site asks for a log-in"
    return "the site shows a block page" if _WORDS.search(visible) else ""


def _says_much(text: str) -> bool:
    """Quickly, and never too early: whether more than _MUCH_TEXT characters stand outside tags, scripts and styles."""
    said = position = 0
    for match in _NO_TEXT.finditer(text):
        said += len(text[position : match.start()].strip())
        position = match.end()
        if said > 2 * _MUCH_TEXT:
            return True
    return False


def obstacle_in(response: Response) -> str:
    """Why the visit ends with this answer; empty when it goes on."""
    if response.status == 429:
        return "the site asked us to slow down (429)"
    if b"challenge" in (response.headers.get("cf-mitigated") or b""):
        return "the site shows a challenge page"
    if response.status in {404, 410} or b"<" not in response.body[:1000] or b"JobPosting" in response.body:
        return ""  # no page, or one that states an ad: no door
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return barrier(decode(response.body[: 2 * _LONG_PAGE], content_type=kind))
