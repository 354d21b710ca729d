"""Which network addresses are plainly public, and how a host is written. Whoever connects somewhere asks here first.

`ipaddress.is_global` is wrong about NAT64, 6to4 and multicast, so the lists are explicit.
"""

import ipaddress
import re

_V4_DENIED = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
_V6_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is routed today; loopback, mapped, NAT64, unique-local, link- and site-local and multicast lie outside."""
_V6_DENIED = tuple(
    ipaddress.IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,254}}\Z)(?:{_LABEL}\.)*{_LABEL}\.?")
_LIKE_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
"""Names that some resolvers read as an IPv4 address (WHATWG "ends in a number"): `127.1`, `0x7f.1`, `2130706433`."""


def forbidden_address(address: str) -> bool:
    """True for every address that is not plainly public."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(parsed, ipaddress.IPv4Address):
        return any(parsed in net for net in _V4_DENIED)
    return parsed not in _V6_UNICAST or any(parsed in net for net in _V6_DENIED)


def plain_host(host: str) -> bool:
    """True for a name or address in its ordinary, lower-case ASCII form.

    Other spellings of an address are refused unasked: the guard, the resolver and the TLS layer may read them
    differently. Scrapy writes international names in their ASCII form before they come here.
    """
    if ":" in host or _LIKE_A_NUMBER.fullmatch(host):
        try:
            parsed = ipaddress.ip_address(host)
        except ValueError:
            return False
        return "%" not in host and (parsed.version == 6 or host == str(parsed))
    return _NAME.fullmatch(host) is not None
