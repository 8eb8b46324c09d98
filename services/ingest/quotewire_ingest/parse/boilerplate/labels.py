"""Labels that pages put around an article: short lines that are no part of any article.

The lists are shared by all outlets and name none of them. A pattern matches the beginning of a line; whether the line
is a label depends on its length and punctuation as well.
"""

import re

from quotewire_ingest.parse.boilerplate.sentences import is_sentence, reports_speech

# The longest label, byline or date line.
MAX_LABEL_WORDS = 12


def _begins_with(*labels: str) -> re.Pattern[str]:
    return re.compile(rf"^\W*+(?:{'|'.join(labels)})", re.IGNORECASE)


# Announces links to other articles: alone in its line, or followed by one of the links.
RELATED_LABEL = _begins_with(
    # English
    r"related(?: (?:articles?|stor(?:y|ies)|posts?|coverage|content|topics|news|links|reading|video))?(?=\s*[:|»]|$)",
    r"read (?:more|also|next|the full|on)(?=\W|$)",
    r"(?:see|also|don[’']?t) (?:also|more|see|read|on|miss)(?=\W|$)",
    r"(?:you )?(?:may|might) (?:also )?(?:like|be interested)",
    r"more (?:on this|from|stories|news|like this|in this|about this)",
    r"more(?=:$)",
    r"most (?:read|popular|viewed|shared)",
    r"recommended(?: (?:for you|stories|videos?|reading|articles?))?(?=\W*$|:)",
    r"trending(?: now| stories)?(?=\W*$|:)",
    r"popular (?:on|now|stories)",
    r"editors?[’']? picks?",
    r"what to read next",
    r"up next",
    r"watch(?: (?:more|now|next|also))?(?=:)",
    r"in pictures(?=\W*$)",
    r"filed under",
    r"tags?(?=:)",
    r"topics?(?=:)",
    r"latest (?:news|stories|videos)(?=\W*$)",
    # German
    r"(?:lesen|sehen|hören) sie (?:auch|hier|dazu|mehr)",
    r"lies (?:auch|mehr)",
    r"mehr (?:zum thema|dazu|über|aus|lesen|von|nachrichten)",
    r"auch interessant",
    r"das könnte (?:sie|dich) (?:auch )?interessieren",
    r"(?:zum|passend zum) thema(?=\W*$)",
    r"ähnliche(?: artikel| beiträge)?(?=\W*$)",
    r"weitere (?:artikel|themen|nachrichten|meldungen|infos)",
    r"meistgelesen",
    r"lesetipps?",
    r"empfohlene[rs]? (?:artikel|redaktioneller inhalt)",
    r"schlagwörter",
    # French
    r"(?:à )?lire (?:aussi|également|la suite|plus)",
    r"voir (?:aussi|plus)",
    r"sur le même sujet",
    r"les plus lus",
    r"à (?:découvrir|voir) aussi",
    r"articles? (?:liés|associés)",
    # Spanish
    r"(?:lea|lee|leer|ver|mira) (?:también|más|además)",
    r"(?:te|le) puede interesar",
    r"más (?:información|noticias|sobre|leíd[oa]s)(?=\W*$|:)",
    r"noticias? relacionadas?",
    r"relacionad[oa]s?(?=\W*$|:)",
    # Italian
    r"leggi (?:anche|tutto|pure)",
    r"(?:vedi|guarda) anche",
    r"potrebbe interessarti",
    r"articoli correlati",
    # Portuguese
    r"leia (?:também|mais)",
    r"veja (?:também|mais)",
    r"saiba mais",
    # Dutch
    r"lees (?:ook|meer|verder)",
    r"meer over",
    # Norwegian, Danish, Swedish, Finnish
    r"les (?:også|mer)",
    r"læs (?:også|mere)",
    r"läs (?:också|mer|även)",
    r"lue (?:myös|lisää)",
    # Polish, Czech
    r"czytaj (?:też|także|więcej|dalej)",
    r"zobacz (?:też|także|więcej)",
    r"přečtěte si",
    r"čtěte (?:také|dále)",
    # Indonesian, Turkish, Ukrainian
    r"baca (?:juga|selengkapnya)",
    r"ayrıca (?:okuyun|oku)",
    r"читайте (?:также|також)",
    # Japanese, Chinese, Korean, Arabic
    r"関連(?:記事|リンク)",
    r"あわせて読みたい",
    r"相关(?:阅读|新闻|报道)",
    r"관련 ?기사",
    r"اقرأ (?:أيضا|أيضًا|المزيد)",
)

# Advertising, buttons, menus, share bars, sign-up forms, notices about cookies.
PAGE_LABEL = _begins_with(
    # English
    r"advert(?:isement|isment|ising)?(?=\W*$)",
    r"sponsored(?: content)?(?=\W*$)",
    r"story continues below",
    r"article (?:content|continues)",
    r"continue reading",
    r"loading",
    r"\d* ?comments?(?=\W*$)",
    r"leave a (?:comment|reply)",
    r"(?:re)?share(?: (?:this|on|via|with|page|article|story|full)[^?]*)?(?=[^\w?]*$)",
    r"(?:send|email|print|save|copy|listen to) (?:this|link|article|page|story)",
    r"print(?=\W*$)",
    r"(?:e-?mail|facebook|twitter|whatsapp|linkedin|pinterest|reddit|telegram|x|messenger)(?=\W*$)",
    r"(?:accessibility|skip) (?:links|to)",
    r"breaking news(?=\W*$)",
    r"sign (?:up|in)(?=\W*$)",
    r"log ?in(?=\W*$)",
    r"subscribe(?: now| today)?(?=\W*$)",
    r"follow us",
    r"thanks for signing up",
    r"sorry!?(?=\W*$)",
    r"(?:photo|image|video) ?gallery",
    r"click (?:here|to)",
    r"\d+ min(?:ute)?s? read",
    r"(?:estimated )?reading time",
    r"read time",
    r"watch live",
    r"play video",
    r"view (?:all|comments|gallery)",
    r"back to top",
    r"close(?=\W*$)",
    r"menu(?=\W*$)",
    r"search(?=\W*$)",
    r"home(?=\W*$)",
    r"next(?=\W*$)",
    r"previous(?=\W*$)",
    r"copied(?=\W*$)",
    r"xs|sm|md|lg",
    r"tell us what you think",
    r"like this story",
    r"this (?:web)?site uses cookies",
    r"we use cookies",
    r"accept (?:all )?cookies",
    # German
    r"anzeige(?=\W*$)",
    r"werbung(?=\W*$)",
    r"hauptinhalt(?=\W*$)",
    r"(?:geschätzte )?lese(?:dauer|zeit)",
    r"artikel (?:anhören|teilen|merken)",
    r"teilen(?=\W*$)",
    r"drucken(?=\W*$)",
    r"kommentare?(?: \d+)?(?=\W*$)",
    r"(?:jetzt )?abonnieren(?=\W*$)",
    # "Advertisement" in other languages
    r"publicidad(?=\W*$)",
    r"publicité(?=\W*$)",
    r"pubblicità(?=\W*$)",
    r"publicidade(?=\W*$)",
    r"reklam[aey]?(?=\W*$)",
    r"annons(?=\W*$)",
    r"iklan(?=\W*$)",
    # "Reading time"
    r"temps de lecture",
    r"tempo d[ei] (?:leitura|lettura)",
    r"tiempo de lectura",
    r"leestijd",
    # "Share"
    r"partager(?=\W*$)",
    r"compartir(?=\W*$)",
    r"condividi(?=\W*$)",
    # "Comments"
    r"commentaires?(?=\W*$)",
    r"comentarios?(?=\W*$)",
    r"commenti(?=\W*$)",
    # Czech, Japanese, Dutch, Finnish
    r"článek(?=\W*$)",
    r"広告(?=\W*$)",
    r"advertentie(?=\W*$)",
    r"mainos(?=\W*$)",
)


def is_page_label(line: str) -> bool:
    """Whether a line is a label of the page and no sentence of the article."""
    return (
        len(line.split()) <= MAX_LABEL_WORDS
        and not is_sentence(line)
        and not reports_speech(line)
        and bool(PAGE_LABEL.match(line))
    )
