"""Our own frozen normalisation of URLs, and what we decide from a URL alone.

Article ids are made from normalised URLs and stand in topics and tables of other people, so nothing here may change for
a URL that has been seen. Therefore no library decides; the golden vectors in ``tests/unit/ingest/url_vectors.json`` are
the contract.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

# Query names that never select an article: campaign tags and click ids of the large networks.
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_", "at_custom", "at_campaign", "at_medium", "__twitter_", "wt_")
_TRACKING = frozenset(
    [
        "fbclid",
        "gclid",
        "gclsrc",
        "gbraid",
        "wbraid",
        "dclid",
        "msclkid",
        "yclid",
        "ysclid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "mkt_tok",
        "oly_anon_id",
        "oly_enc_id",
        "vero_id",
        "wickedid",
        "s_cid",
        "ocid",
        "cmpid",
        "xtor",
        "ncid",
        "smid",
        "soc_src",
        "soc_trk",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "amp_js_v",
        "usqp",
        "__tn__",
        "fb_action_ids",
        "fb_action_types",
        "fb_source",
    ]
)
# Names that are a campaign tag on one site and select the article on another: dropped only where the value is a word.
_TRACKING_IF_WORD = frozenset(["cmp", "ref", "ref_src", "referrer", "campaign", "partner", "ito", "feed", "source"])
_HOME_FILES = re.compile(r"^(?:/(?:index|default|home)(?:\.[a-z]{2,5})?)?/?$", re.IGNORECASE)
_LANGUAGE_HOME = re.compile(
    r"^/[a-z]{2}(?:[-_][a-z]{2})?(?:/(?:index|default|home)(?:\.[a-z]{2,5})?)?/?$", re.IGNORECASE
)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT_IN_PATH = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_KEPT_IN_QUERY = _KEPT_IN_PATH | frozenset("?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Second-level labels under which registries sell names (``co.uk``, ``com.au``, ``go.jp``), for two-letter endings only.
_REGISTRY_LABELS = frozenset(
    [
        "ac",
        "asso",
        "co",
        "com",
        "ed",
        "edu",
        "firm",
        "gen",
        "go",
        "gob",
        "gouv",
        "gov",
        "gub",
        "ind",
        "info",
        "inf",
        "law",
        "ltd",
        "me",
        "mil",
        "ne",
        "net",
        "nhs",
        "nic",
        "nom",
        "or",
        "org",
        "plc",
        "press",
        "sch",
        "web",
    ]
)
# Hosts whose sub-domains belong to different people.
_SHARED_HOSTS = frozenset(
    [
        "blogspot.com",
        "wordpress.com",
        "substack.com",
        "github.io",
        "gitlab.io",
        "medium.com",
        "tumblr.com",
        "livejournal.com",
        "typepad.com",
        "weebly.com",
        "wixsite.com",
        "squarespace.com",
        "netlify.app",
        "vercel.app",
        "pages.dev",
        "herokuapp.com",
        "web.app",
        "firebaseapp.com",
        "ghost.io",
        "beehiiv.com",
        "over-blog.com",
    ]
)


def is_url(target: str | Path) -> bool:
    """Whether an input names a URL, of any scheme, rather than a path."""
    return bool(_SCHEME.match(str(target)))


def normalize_url(url: str) -> str:
    """Give the frozen form of an address: what ``canonical_url`` carries and what identity is made from.

    The host is lower case and in ASCII, default port, user information, fragment (but ``#!``) and campaign tags are
    gone, escapes are uniform, dot segments resolved, the query sorted by name, a trailing slash of a path taken off.
    Scheme and ``www.`` stay, so that the result can be asked for. Raises ``ValueError`` for anything but an http(s)
    address with a host.
    """
    cleaned = re.sub(r"[\t\r\n]", "", url.strip(" \t\r\n\f\0"))
    parts = urlsplit(cleaned)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(f"not an http or https address: {url[:200]!r}")
    host = _host(parts.hostname or "")
    if not host:
        raise ValueError(f"an address without a host: {url[:200]!r}")
    port = parts.port
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    path = _escape(_without_dots(parts.path), _KEPT_IN_PATH)
    path = path.rstrip("/") or "/"
    query = _query(parts.query)
    fragment = f"#{_escape(parts.fragment, _KEPT_IN_QUERY)}" if parts.fragment.startswith("!") else ""
    return f"{scheme}://{host}{path}{'?' + query if query else ''}{fragment}"


def url_key(url: str) -> str:
    """The part of a normalised address that identity rests on.

    Scheme and a leading ``www.`` do not tell articles apart.
    """
    _, _, rest = normalize_url(url).partition("://")
    return rest.removeprefix("www.")


def is_home_page(url: str) -> bool:
    """Whether an address is the front page of a site or of one of its languages."""
    parts = urlsplit(url)
    return not parts.query and bool(_HOME_FILES.match(parts.path) or _LANGUAGE_HOME.match(parts.path))


def registrable_domain(host: str) -> str:
    """The domain that somebody registered, by a frozen rule: two labels.

    Three below ``co.uk`` and kin or on shared hosts.
    """
    host = host.lower().rstrip(".")
    if ":" in host or re.fullmatch(r"[\d.]+", host):
        return host
    labels = host.split(".")
    shared = ".".join(labels[-2:]) in _SHARED_HOSTS
    registry = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _REGISTRY_LABELS
    return ".".join(labels[-3:] if shared or registry else labels[-2:])


def _host(host: str) -> str:
    host = host.rstrip(".").lower()
    if host.isascii():
        return f"[{host}]" if ":" in host else host
    try:
        return host.encode("idna").decode("ascii")  # IDNA 2003 of the standard library: frozen at Unicode 3.2
    except UnicodeError as error:
        raise ValueError(f"not a host name: {host[:100]!r}") from error


def _without_dots(path: str) -> str:
    out: list[str] = []
    segments = path.split("/")
    for i, segment in enumerate(segments):
        plain = segment.lower().replace("%2e", ".")
        if plain == "..":
            if len(out) > 1:
                out.pop()
        elif plain != ".":
            out.append(segment)
        if plain in (".", "..") and i == len(segments) - 1:
            out.append("")
    return "/".join(out)


def _escape(text: str, kept: frozenset[str]) -> str:
    """Make escapes uniform: what needs none is written plainly, the rest as upper-case ``%XX`` of its UTF-8."""
    out: list[str] = []
    position = 0
    while position < len(text):
        char = text[position]
        code = text[position + 1 : position + 3]
        if char == "%" and len(code) == 2 and all(c in "0123456789abcdefABCDEF" for c in code):
            plain = chr(int(code, 16))
            out.append(plain if plain in _UNRESERVED else f"%{code.upper()}")
            position += 3
            continue
        out.append(char if char in kept else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass")))
        position += 1
    return "".join(out)


def _query(query: str) -> str:
    pairs = [pair for pair in query.split("&") if pair and not _is_tracking(pair)]
    return "&".join(sorted((_escape(pair, _KEPT_IN_QUERY) for pair in pairs), key=lambda pair: pair.partition("=")[0]))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in _TRACKING_IF_WORD and not any(char.isdigit() for char in value)
