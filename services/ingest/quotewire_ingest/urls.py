"""Normalize URLs, recognise home pages, find registrable domains, by rules that never change.

Article ids are made from normalized URLs and are stored in topics and tables of other people: a URL that was once seen
must keep its form. Therefore no library is used whose next release may decide otherwise; the vectors in
``tests/unit/ingest/url_vectors.json`` are the contract.
"""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

MAX_URL_BYTES = 2048
"""The longest address that is taken, from wherever it comes. Sitemaps allow no longer ones; index keys of PostgreSQL
end at 2.7 KB, header lines of many servers at 4 KB."""
_MAX_HOST, _MAX_LABEL = 253, 63  # RFC 1035
# Query parameters that never select an article: campaign tags and click ids of the large networks.
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_", "at_custom", "at_campaign", "at_medium", "__twitter_", "wt_")
_TRACKING = frozenset([
    "fbclid", "gclid", "gclsrc", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "ysclid", "twclid", "ttclid",
    "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "oly_anon_id",
    "oly_enc_id", "vero_id", "wickedid", "s_cid", "ocid", "cmpid", "xtor", "ncid", "smid", "soc_src", "soc_trk",
    "guccounter", "guce_referrer", "guce_referrer_sig", "amp_js_v", "usqp", "__tn__", "fb_action_ids",
    "fb_action_types", "fb_source",
])  # fmt: skip
# Parameters that are a campaign tag on one site and select the article on another: dropped only if the value has no
# digit.
_TRACKING_WITHOUT_DIGIT = frozenset(
    ["cmp", "ref", "ref_src", "referrer", "campaign", "partner", "ito", "feed", "source"]
)
_HOME_FILES = re.compile(r"^(?:/(?:index|default|home)(?:\.[a-z]{2,5})?)?/?$", re.IGNORECASE)
_LANGUAGE_HOME = re.compile(
    r"^/[a-z]{2}(?:[-_][a-z]{2})?(?:/(?:index|default|home)(?:\.[a-z]{2,5})?)?/?$", re.IGNORECASE
)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT_IN_PATH = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_KEPT_IN_QUERY = _KEPT_IN_PATH | frozenset("?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Second-level labels below which registries sell names, under two-letter domains only (``co.uk``, ``com.au``,
# ``go.jp``).
_REGISTRY_LABELS = frozenset([
    "ac", "asso", "co", "com", "ed", "edu", "firm", "gen", "go", "gob", "gouv", "gov", "gub", "ind", "info", "inf",
    "law", "ltd", "me", "mil", "ne", "net", "nhs", "nic", "nom", "or", "org", "plc", "press", "sch", "web",
])  # fmt: skip
# Domains whose subdomains belong to different people.
_SHARED_DOMAINS = frozenset([
    "blogspot.com", "wordpress.com", "substack.com", "github.io", "gitlab.io", "medium.com", "tumblr.com",
    "livejournal.com", "typepad.com", "weebly.com", "wixsite.com", "squarespace.com", "netlify.app", "vercel.app",
    "pages.dev", "herokuapp.com", "web.app", "firebaseapp.com", "ghost.io", "beehiiv.com", "over-blog.com",
])  # fmt: skip


def is_url(target: str | Path) -> bool:
    """Whether an input is a URL, of any scheme, and not a path."""
    return bool(_SCHEME.match(str(target)))


def normalize_url(url: str) -> str:
    """Return the one form of a URL that ``canonical_url`` has and that article ids are made from.

    The host becomes lower case and ASCII. Default port, user information, fragment (except ``#!``), campaign tags and a
    trailing slash are dropped. Escapes are made uniform, dot segments resolved, the query sorted by name. Scheme and
    ``www.`` stay, so that the result can be fetched. Raises ``ValueError`` for anything but an http(s) URL with a host.
    """
    check_length(url)
    cleaned = re.sub(r"[\t\r\n]", "", url.strip(" \t\r\n\f\0"))
    parts = urlsplit(cleaned)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(f"not an http or https address: {url[:200]!r}")
    host = _normalize_host(parts.hostname or "")
    if not host:
        raise ValueError(f"an address without a host: {url[:200]!r}")
    port = parts.port
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    path = _escape(_resolve_dots(parts.path), _KEPT_IN_PATH)
    path = path.rstrip("/") or "/"
    query = _normalize_query(parts.query)
    fragment = f"#{_escape(parts.fragment, _KEPT_IN_QUERY)}" if parts.fragment.startswith("!") else ""
    return check_length(f"{scheme}://{host}{path}{'?' + query if query else ''}{fragment}")


def check_length(url: str) -> str:
    """Return a URL of at most ``MAX_URL_BYTES``. Raises ``ValueError`` for a longer one."""
    if len(url) > MAX_URL_BYTES or len(url.encode("utf-8", "surrogatepass")) > MAX_URL_BYTES:
        raise ValueError(f"an address of more than {MAX_URL_BYTES} bytes: {url[:80]!r}…")
    return url


def resolve_link(base: str, link: str) -> str | None:
    """Return the URL that a link of a document leads to; None where it is none, or too long."""
    try:
        return check_length(urljoin(base, link.strip(" \t\r\n\f\0")))
    except ValueError:
        return None


def host_name(url: str) -> str | None:
    """Return the host of a URL, in lower case; None where there is none, or none that can exist."""
    try:
        name = urlsplit(url).hostname
    except ValueError:
        return None
    return name if name and is_possible_host(name) else None


def is_possible_host(name: str) -> bool:
    """Whether a host name, or an IP address, keeps to the lengths of the domain name system."""
    labels = name.removesuffix(".").split(".")
    return len(name) <= _MAX_HOST and all(0 < len(label) <= _MAX_LABEL for label in labels)


def url_key(url: str) -> str:
    """Return the part of a normalized URL that tells articles apart: without scheme and a leading ``www.``."""
    _, _, rest = normalize_url(url).partition("://")
    return rest.removeprefix("www.")


def is_home_page(url: str) -> bool:
    """Whether a URL is the home page of a site, or of one of its languages."""
    parts = urlsplit(url)
    return not parts.query and bool(_HOME_FILES.match(parts.path) or _LANGUAGE_HOME.match(parts.path))


def registrable_domain(host: str) -> str:
    """Return the domain that somebody registered: two labels, below ``co.uk`` and its like and on shared domains three.

    An IP address is returned as it is.
    """
    host = host.lower().rstrip(".")
    if ":" in host or re.fullmatch(r"[\d.]+", host):
        return host
    labels = host.split(".")
    shared = ".".join(labels[-2:]) in _SHARED_DOMAINS
    registry = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _REGISTRY_LABELS
    return ".".join(labels[-3:] if shared or registry else labels[-2:])


def _normalize_host(host: str) -> str:
    host = host.rstrip(".").lower()
    if host.isascii():
        return f"[{host}]" if ":" in host else host
    try:
        return host.encode("idna").decode("ascii")  # IDNA 2003 of the standard library: frozen at Unicode 3.2
    except UnicodeError as error:
        raise ValueError(f"not a host name: {host[:100]!r}") from error


def _resolve_dots(path: str) -> str:
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
    """Escape what is not in ``kept`` as upper-case ``%XX`` of its UTF-8, and undo escapes that nothing needs."""
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


def _normalize_query(query: str) -> str:
    pairs = [pair for pair in query.split("&") if pair and not _is_tracking(pair)]
    return "&".join(sorted((_escape(pair, _KEPT_IN_QUERY) for pair in pairs), key=lambda pair: pair.partition("=")[0]))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in _TRACKING_WITHOUT_DIGIT and not any(char.isdigit() for char in value)
