"""Scrapy settings of every crawl: its defaults are unsafe for hostile pages, and several lines here close one."""

from typing import Any
from urllib.parse import urlsplit

from crawlers.browser import program
from crawlers.guard import AddressGuard
from crawlers.spec import SourceSpec
from zorya.settings import CrawlSettings

_HTTP = "crawlers.transport.HttpHandler"
_NO_DELAY_S = 0.005
"""A delay below this is none: only boards that are excepted from the guard, our own, are read that way."""
_AT_ONCE = 8
"""Requests under way to such a board. To any other there is one, so that a halt stops the very next request."""


def scrapy_settings(crawl: CrawlSettings, spec: SourceSpec) -> dict[str, Any]:
    """Settings of one run of one source."""
    at_once = _AT_ONCE if spec.limits.delay < _NO_DELAY_S and _our_own(crawl, spec) else 1
    return {
        # manners
        "ROBOTSTXT_OBEY": True,
        "USER_AGENT": crawl.user_agent,
        "DOWNLOAD_DELAY": spec.limits.delay,
        "DOWNLOAD_DELAY_JITTER": 0.0,  # the delay is a promise to the site, not a mean
        "CONCURRENT_REQUESTS": at_once,
        "CONCURRENT_REQUESTS_PER_DOMAIN": at_once,
        "CONCURRENT_ITEMS": 1,  # the spider yields none; Scrapy would start a hundred idle tasks per answer
        "SCHEDULER": "crawlers.scheduler.FrontierScheduler",
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": [429, 500, 502, 503, 504, 522, 524],  # 429 only if it says when: crawlers.patience
        **_closed_doors(crawl),
        # bounds
        "DOWNLOAD_MAXSIZE": crawl.max_body_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": crawl.timeout_s,
        "REDIRECT_MAX_TIMES": 5,
        "DEPTH_LIMIT": 0,  # pages and ads are counted by the spider, which records what it leaves out
        "CLOSESPIDER_TIMEOUT": crawl.run_limit_s,
        "URLLENGTH_LIMIT": 2083,
        # every answer reaches the spider, so that every request gets an outcome
        "HTTPERROR_ALLOW_ALL": True,
        "LOG_ENABLED": False,
        "STATS_DUMP": False,
    } | _middleware(crawl, spec)


def _our_own(crawl: CrawlSettings, spec: SourceSpec) -> bool:
    """True when the operator excepted every start of the source by name."""
    guard, parts = AddressGuard(crawl.allow_hosts), [urlsplit(url) for url in spec.start]
    return all(guard.excepted(one.hostname or "", one.port or (443 if one.scheme == "https" else 80)) for one in parts)


def _closed_doors(crawl: CrawlSettings) -> dict[str, Any]:
    """Nothing listens, and nothing but HTTP to allowed addresses leaves."""
    return {
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "DOWNLOAD_HANDLERS": {"http": _HTTP, "https": _HTTP, "data": None, "file": None, "ftp": None, "s3": None},
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "METAREFRESH_MAXDELAY": 6,  # what sends a visitor on at once, not what reloads a list every minute
        "REFERER_ENABLED": False,
        "ADDRESS_GUARD": AddressGuard(crawl.allow_hosts),
        "TWISTED_DNS_RESOLVER": "crawlers.guard.GuardedResolver",
    }


def _middleware(crawl: CrawlSettings, spec: SourceSpec) -> dict[str, Any]:
    """What every request and every answer passes; requests from the smallest number on, answers from the largest."""
    base = "scrapy.downloadermiddlewares"
    ours: dict[str, Any] = {
        "DOWNLOADER_MIDDLEWARES": {
            "crawlers.guard.GuardMiddleware": 60,
            "crawlers.robots.RobotsPolicy": 100,
            "crawlers.answers.MetaRefresh": 580,
            "crawlers.answers.Unpacking": 590,
            "crawlers.patience.Patience": 650,
            f"{base}.redirect.MetaRefreshMiddleware": None,
            f"{base}.httpcompression.HttpCompressionMiddleware": None,
            f"{base}.robotstxt.RobotsTxtMiddleware": None,
            f"{base}.offsite.OffsiteMiddleware": None,
            f"{base}.httpauth.HttpAuthMiddleware": None,
        }
    }
    if spec.javascript:
        ours["BROWSER"] = program(crawl.browser)
        ours["DOWNLOADER_MIDDLEWARES"]["crawlers.browser.Drawing"] = 570
    return ours
