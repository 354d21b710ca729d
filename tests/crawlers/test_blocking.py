"""Doors that end a visit, in several languages; pages that merely look a little like one do not."""

from collections.abc import Callable

import pytest
from scrapy.http import HtmlResponse

from crawlers.blocking import barrier, obstacle_in

DOORS = {
    "cloudflare": "<title>Just a moment...</title><script>window._cf_chl_opt={cType:'managed'}</script>",
    "cloudflare, localised": "<title>Чекайте</title>"
    "<script src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'></script>",
    "datadome": "<title>board.example</title><script>var dd={'host':'geo.captcha-delivery.com/captcha/'}</script>"
    "<iframe src='https://geo.captcha-delivery.com/captcha/?id=1'></iframe>",
    "incapsula": "<iframe id='main-iframe'>Request unsuccessful. Incapsula incident ID: 1-2</iframe>",
    "perimeterx": "<div id='px-captcha'></div><p>Press and hold</p>",
    "yandex": "<form action='/showcaptcha'><input></form>",
    "ddos-guard": "<title>DDoS-Guard</title><h1>Checking your browser before accessing</h1>",
    "generic": "<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>Reference #18</body></html>",
    "soft block": "<h1>Sorry</h1><p>We have detected unusual traffic from your network. Try again later.</p>",
    "blocked": "<h1>Error</h1><p>You have been blocked. Your IP address is 192.0.2.1.</p>",
    "ru title": "<title>Доступ ограничен</title><p>Проблема с IP</p>",
    "ru": "<h2>Подтвердите, что запросы отправляли вы, а не робот</h2>"
    "<p>С вашего адреса идут автоматические запросы</p>",
    "uk": "<p>Доступ до сайту тимчасово обмежено. Підтвердіть, що ви не робот.</p>",
    "pl": "<h1>Uwaga</h1><p>Wykryliśmy nietypowy ruch. Potwierdź, że nie jesteś robotem.</p>",
    "pl title": "<title>Odmowa dostępu</title>",
    "ro": "<h1>Verificare</h1><p>Am detectat trafic neobișnuit. Confirmați că nu sunteți un robot.</p>",
    "ro denied": "<h1>Accesul a fost blocat</h1>",
    "de": "<p>Ungewöhnlicher Datenverkehr. Bestätigen Sie, dass Sie kein Roboter sind.</p>",
    "nl": "<title>Toegang geweigerd</title>",
    "cs": "<p>Potvrďte, že nejste robot</p>",
    "hu": "<p>Szokatlan forgalom: erősítse meg, hogy nem robot</p>",
    "bg": "<p>Достъпът е ограничен. Потвърдете, че не сте робот.</p>",
    "log-in": "<title>Log in | Board</title><form><input name=user><input name=p type=password></form>",
    "log-in ru": "<title>Вход на сайт</title><form><input type='password'></form>",
    "log-in pl": '<title>Zaloguj się</title><form><input type="password"></form>',
    "log-in ro": "<title>Autentificare</title><form><input type=password></form>",
}
AD = "<p>Seamstress in a workshop, mornings only, contract from day one, meals and lodging named in the contract.</p>"
PAGES = {
    "consent wall": "<title>Before you continue</title><h1>We value your privacy</h1><button>Accept cookies</button>",
    "no script": "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
    "protected board": f"<h1>Seamstress</h1>{AD}"
    "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
    "tagged board": f"<h1>Seamstress</h1>{AD}<script src='https://js.datadome.example/tags.js'></script>",
    "form with captcha": f"<h1>Seamstress</h1>{AD}<form><div class='g-recaptcha'></div><button>Apply</button></form>",
    "log-in box": f"<title>Jobs in Chișinău</title><form><input type=password></form>{AD}",
    "entrance in the title": f"<title>Охранник на вход</title><h1>Охранник</h1>{AD}",
    "board of forbidden work": f"<title>Guard</title><h1>Guard</h1>{AD}<p>Access control, traffic and parking.</p>",
    "article": "<title>What is a captcha?</title>" + "<p>Sites ask: are you a robot? You have been blocked!</p>" * 40,
    "404": "<title>404 Not Found</title><h1>Not Found</h1>",
    "nginx 403": "<title>403 Forbidden</title><h1>403 Forbidden</h1><hr>nginx",
    "empty": "",
}


@pytest.mark.parametrize("name", DOORS)
def test_a_door_is_recognised(name: str) -> None:
    assert barrier(DOORS[name])


@pytest.mark.parametrize("name", PAGES)
def test_an_ordinary_page_is_not_taken_for_a_door(name: str) -> None:
    assert barrier(PAGES[name]) == ""


@pytest.mark.parametrize("name", DOORS)
def test_the_same_words_on_a_page_with_much_to_read_are_no_door(name: str) -> None:
    assert barrier(DOORS[name] + AD * 20) == ""


def answer(status: int, body: str, **headers: str) -> HtmlResponse:
    named = {"Content-Type": "text/html; charset=utf-8"} | {
        key.replace("_", "-"): text for key, text in headers.items()
    }
    return HtmlResponse("https://board.example/", status=status, headers=named, body=body.encode())


@pytest.mark.parametrize(
    ("response", "ends"),
    [
        (lambda: answer(429, ""), True),
        (lambda: answer(403, DOORS["cloudflare"]), True),
        (lambda: answer(503, DOORS["datadome"]), True),
        (lambda: answer(403, "<p>x</p>", cf_mitigated="challenge"), True),
        (lambda: answer(200, DOORS["soft block"]), True),
        (lambda: answer(403, PAGES["nginx 403"]), False),
        (lambda: answer(404, DOORS["generic"]), False),
        (lambda: answer(200, AD), False),
        (lambda: answer(500, ""), False),
    ],
)
def test_which_answers_end_the_visit(response: Callable[[], HtmlResponse], *, ends: bool) -> None:
    assert bool(obstacle_in(response())) is ends
