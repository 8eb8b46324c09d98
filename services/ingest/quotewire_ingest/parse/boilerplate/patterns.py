"""Words by which the furniture of a page is known: labels, calls, credits. Shared by all outlets, none of them named.

Each pattern is for lines that are otherwise suspicious (short, no sentence, at an edge, see `clean.py`); none is a
reason by itself to drop a sentence from the middle of an article.
"""

import re


def _any(*parts: str, end: str = r"\b") -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{'|'.join(parts)}){end}", re.IGNORECASE)


# A label that announces links to other articles, alone or followed by one of them.
RELATED = _any(
    r"related(?: (?:articles?|stor(?:y|ies)|posts?|coverage|content|topics|news|links|reading|video))?(?=\s*[:|»]|$)",
    r"read (?:more|also|next|the full|on)(?=\W|$)",
    r"(?:see|also|don[’']?t) (?:also|"
    r"more|see|read|on|miss)(?=\W|$)",
    r"(?:you )?(?:may|might) (?:also )?(?:like|"
    r"be interested)",
    r"more (?:on this|from|stories|news|like this|in this|about this)",
    r"more(?=:$)",
    r"most (?:read|"
    r"popular|viewed|shared)",
    r"recommended(?: (?:for you|stories|videos?|reading|"
    r"articles?))?(?=\W*$|:)",
    r"trending(?: now| stories)?(?=\W*$|:)",
    r"popular (?:on|now|stories)",
    r"editors?[’']? picks?",
    r"what to read next",
    r"up next",
    r"watch(?: (?:more|"
    r"now|next|also))?(?=:)",
    r"in pictures(?=\W*$)",
    r"filed under",
    r"tags?(?=:)",
    r"topics?(?=:)",
    r"latest (?:news|stories|videos)(?=\W*$)",
    r"(?:lesen|sehen|hören) sie (?:auch|hier|dazu|mehr)",
    r"lies (?:auch|mehr)",
    r"mehr (?:zum thema|"
    r"dazu|über|aus|lesen|von|nachrichten)",
    r"auch interessant",
    r"das könnte (?:sie|"
    r"dich) (?:auch )?interessieren",
    r"(?:zum|passend zum) thema(?=\W*$)",
    r"ähnliche(?: artikel| beiträge)?(?=\W*$)",
    r"weitere (?:artikel|themen|nachrichten|"
    r"meldungen|infos)",
    r"meistgelesen",
    r"lesetipps?",
    r"empfohlene[rs]? (?:artikel|"
    r"redaktioneller inhalt)",
    r"schlagwörter",
    r"(?:à )?lire (?:aussi|également|la suite|plus)",
    r"voir (?:aussi|plus)",
    r"sur le même sujet",
    r"les plus lus",
    r"à (?:découvrir|"
    r"voir) aussi",
    r"articles? (?:liés|associés)",
    r"(?:lea|lee|leer|ver|mira) (?:también|más|además)",
    r"(?:te|le) puede interesar",
    r"más (?:información|"
    r"noticias|sobre|leíd[oa]s)(?=\W*$|:)",
    r"noticias? relacionadas?",
    r"relacionad[oa]s?(?=\W*$|"
    r":)",
    r"leggi (?:anche|tutto|pure)",
    r"(?:vedi|guarda) anche",
    r"potrebbe interessarti",
    r"articoli correlati",
    r"leia (?:também|"
    r"mais)",
    r"veja (?:também|mais)",
    r"saiba mais",
    r"lees (?:ook|meer|verder)",
    r"meer over",
    r"les (?:også|mer)",
    r"læs (?:også|"
    r"mere)",
    r"läs (?:också|mer|även)",
    r"lue (?:myös|lisää)",
    r"czytaj (?:też|także|"
    r"więcej|dalej)",
    r"zobacz (?:też|także|więcej)",
    r"přečtěte si",
    r"čtěte (?:také|"
    r"dále)",
    r"baca (?:juga|selengkapnya)",
    r"ayrıca (?:okuyun|oku)",
    r"читайте (?:также|також)",
    r"関連(?:記事|"
    r"リンク)",
    r"あわせて読みたい",
    r"相关(?:阅读|新闻|报道)",
    r"관련 ?기사",
    r"اقرأ (?:أيضا|أيضًا|المزيد)",
    end="",
)

# Short lines that are no part of any article.
FURNITURE = _any(
    r"advert(?:isement|isment|ising)?(?=\W*$)",
    r"sponsored(?: content)?(?=\W*$)",
    r"story continues below",
    r"article (?:content|"
    r"continues)",
    r"continue reading",
    r"loading",
    r"\d* ?comments?(?=\W*$)",
    r"leave a (?:comment|"
    r"reply)",
    r"(?:re)?share(?: (?:this|on|via|with|page|article|story|full)[^?]*)?(?=[^\w?]*$)",
    r"(?:send|"
    r"email|print|save|copy|listen to) (?:this|link|article|page|story)",
    r"print(?=\W*$)",
    r"(?:e-?mail|"
    r"facebook|twitter|whatsapp|linkedin|pinterest|reddit|telegram|x|messenger)(?=\W*$)",
    r"(?:accessibility|"
    r"skip) (?:links|to)",
    r"breaking news(?=\W*$)",
    r"sign (?:up|in)(?=\W*$)",
    r"log ?in(?=\W*$)",
    r"subscribe(?: now|"
    r" today)?(?=\W*$)",
    r"follow us",
    r"thanks for signing up",
    r"sorry!?(?=\W*$)",
    r"(?:photo|"
    r"image|video) ?gallery",
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
    r"xs|"
    r"sm|md|lg",
    r"tell us what you think",
    r"like this story",
    r"this (?:web)?site uses cookies",
    r"we use cookies",
    r"accept (?:all )?cookies",
    r"anzeige(?=\W*$)",
    r"werbung(?=\W*$)",
    r"hauptinhalt(?=\W*$)",
    r"(?:geschätzte )?lese(?:dauer|"
    r"zeit)",
    r"artikel (?:anhören|teilen|merken)",
    r"teilen(?=\W*$)",
    r"drucken(?=\W*$)",
    r"kommentare?(?: \d+)?(?=\W*$)",
    r"(?:jetzt )?abonnieren(?=\W*$)",
    r"publicidad(?=\W*$)",
    r"publicité(?=\W*$)",
    r"pubblicità(?=\W*$)",
    r"publicidade(?=\W*$)",
    r"reklam[aey]?(?=\W*$)",
    r"annons(?=\W*$)",
    r"iklan(?=\W*$)",
    r"temps de lecture",
    r"tempo d[ei] (?:leitura|"
    r"lettura)",
    r"tiempo de lectura",
    r"leestijd",
    r"partager(?=\W*$)",
    r"compartir(?=\W*$)",
    r"condividi(?=\W*$)",
    r"commentaires?(?=\W*$)",
    r"comentarios?(?=\W*$)",
    r"commenti(?=\W*$)",
    r"článek(?=\W*$)",
    r"広告(?=\W*$)",
    r"advertentie(?=\W*$)",
    r"mainos(?=\W*$)",
    end="",
)

# Sentences with which outlets address their readers, found near an edge.
CALL = re.compile(
    r"\b(?:subscribe|subscriptions? (?:offer|today)|newsletters?|sign(?:ing)? up|"
    r"inbox|follow (?:us|me|@|(?:\w+ ){1,3}on (?:facebook|twitter|x|instagram|linkedin))\b|"
    r"(?:us|our (?:page|channel)|@\w+),? (?:up )?on (?:facebook|twitter|x|instagram|whatsapp)\b|"
    r"download (?:the|our) .{0,30}app|get (?:the|our) .{0,30}(?:app|newsletter)|"
    r"click here|"
    r"all rights reserved|terms of (?:use|service)|privacy policy|cookie policy|"
    r"affiliate (?:links?|commissions?|partners?)|"
    r"bookmark|have a tip|send (?:us )?(?:your )?(?:tips|feedback)|support (?:our|"
    r"independent) journalism|letters to the editor|may earn|copyright|©|unsubscribe|"
    r"free trial|"
    r"newsletter|abonnieren|abonnement|jetzt (?:testen|lesen|bestellen|registrieren)|"
    r"melden sie sich|ihre meinung|alle rechte vorbehalten|nachdruck|abonnez-vous|"
    r"inscrivez-vous|tous droits réservés|suscr[ií]be(?:te|se)|suscripción|todos los derechos|"
    r"iscriviti|riproduzione riservata|tutti i diritti|inscreva-se|assine|todos os direitos|"
    r"nieuwsbrief|nyhetsbrev|nyhedsbrev|newslettera|prenumer\w+|wszelkie prawa|무단 ?전재|"
    r"禁无断|未经授权|無断転載)",
    re.IGNORECASE,
)

# So begins what asks readers to sign up, and what it offers is named: no part of an article anywhere. News has the same
# verbs and nouns ("Support for membership rose"), so both halves have to speak of us or to you.
_OFFERED = (
    r"\b(?:newsletters?|(?:our|your) inbox|(?:e-?mail|news) alerts?|our (?:app|journalism|reporting|channels?)|"
    r"privacy policy|terms (?:of (?:use|service)|and conditions)|unlimited (?:digital )?access|"
    r"(?:our|your|a|today) ?membership)\b"
)
ASKING = re.compile(
    r"^\W*(?:sign(?:ing)? up|subscribe|get (?:our|the|all|your|more|unlimited|breaking|free|a|daily|weekly)|"
    r"join (?:us|our|now|today|the conversation)|support (?:us|our|independent|quality|local)|"
    r"become an? (?:member|subscriber|supporter|reader|friend)|want more|download (?:our|the)|"
    r"register (?:now|here|today|with|for (?:free|our))|receive (?:our|the|a|free)|don[’']t miss)\b.{0,200}"
    + _OFFERED
    + r"|^\W*by (?:clicking|signing|providing|submitting|subscribing|entering|choosing|continuing)\b.{0,200}"
    r"\byou(?:r|[’']re)?\b.{0,200}\b(?:privacy|terms|cookies|newsletters?|e-?mails?)\b",
    re.IGNORECASE,
)

# Who helped, who edited, whose material it is: at the end of an article.
CREDITS = re.compile(
    r"^\W*(?:(?:additional )?report(?:ing|ed) (?:by|from)|writing by|edit(?:ing|ed) by|"
    r"compiled by|with (?:files|reporting|inputs?|material|agency inputs?)\b|with contributions|"
    r"sources?:\s|quellen?:\s|\(?(?:mit material|mit (?:dpa|afp|agenturen))|"
    r"(?:the )?associated press (?:writers?|journalists?|reporters?)|(?:photos?|images?|"
    r"fotos?|bild(?:er)?|translation|übersetzung|redaktion|faktencheck|featured image)(?: (?:by|"
    r"credit|courtesy))?:\s|copyright\b|©|dieses thema im programm)"
    r"|\bcontributed (?:to this|reporting|to the)|^\W*\((?:[a-zäöü]{2,4}|reuters)"
    r"(?:[/,]\s?\w{2,8})*\)\W*$|^\W*(?:dpa|afp|apa|sda|reuters)(?:[/,]\s?\w{2,8})*\W*$"
    r"|^\W*(?:mit|with|med|avec|con) (?:dpa|"
    r"afp|apa|reuters|agencies|agenturen)\W*$|^updated(?: at| on|:)",
    re.IGNORECASE,
)

# The end of a caption: whose picture it is. An agency alone in brackets behind a full stop is as often the source of a
# paragraph.
_AGENCIES = (
    r"(?:Getty|GETTY|getty)(?: [Ii](?i:mages))?|Shutterstock|iStock(?:photo)?|R(?i:euters)|AFP|EPA|AP|PA(?: Wire)?"
)
_PICTURE = r"(?i:(?:main |featured )?(?:photo(?:graph)?|image|picture|pic|file|illustration)s?)"
PICTURE_CREDIT = re.compile(
    rf"(?<![.!?”\"’»] )(?<![.!?”\"’»])[(\[](?:{_AGENCIES})[)\]]\W*$"
    rf"|[(\[](?:[^()\[\]]{{0,40}}(?:[/|:©–-] ?|\bvia )(?:{_AGENCIES})(?!\w)|"
    rf"(?:{_AGENCIES})(?: ?[/|–-]|,? (?i:via|file|photo|image|archive|pool|handout)\b)|"
    rf"(?:[^()\[\]]{{0,40}}\W)?(?:{_PICTURE} ?(?i:by|credit|courtesy|source|:)|"
    rf"(?i:credits?(?: |:)|courtesy|file (?:photo|image|picture))))[^()\[\]]{{0,80}}[)\]]\W*$"
    rf"|(?:\bGetty Images|\bShutterstock|\biStock(?:photo)?|\bAP Photo|\bAFP [Pp]hoto|(?:\bvia|/) ?(?:{_AGENCIES}))"
    r"(?:[ /-]\w+){0,3}\W*$"
    rf"|\b{_PICTURE} ?(?i:by|credit|source|courtesy(?: of)?)?: ?[^\W_a-z][^.?!“”\"„]{{0,60}}$"
)

# Notices that ask for consent: they say what we or a provider use, or ask you to accept it.
CONSENT = re.compile(
    r"\bwe and our partners\b|\bour (?:use of )?cookies?\b.{0,80}\b(?:policy|settings|you)\b"
    r"|\b(?:we|(?:this|our|the) (?:web)?sites?|which|that|provider|and)\b.{0,60}"
    r"\b(?:uses?|using|set|sets|store|stores|place|places) (?:\w+ ){0,2}cookies\b(?=.*\b(?:you|your|our|us)\b)"
    r"|\b(?:accept|allow|enable|manage|agree to|consent to) (?:\w+ ){0,4}cookies\b(?=.*\b(?:we|our|your?)\b)"
    r"|\b(?:you|your|our|we)\b.*\bcookies? (?:policy|notice|settings|preferences|and (?:other|similar))\b"
    r"|\bcookies? (?:policy|notice|settings|preferences|and (?:other|similar) \w+)\b.*\b(?:you|your|our|we)\b",
    re.IGNORECASE,
)

# The first words of a line that says who wrote the article.
BYLINE = re.compile(
    r"^\W*(?i:(?:written|reported|story|words|analysis|opinion|text) )?(?i:by|von|par|"
    r"por|di|da|door|av|af|od|autor(?:in)?:|author:|texte:?|text:)\s+[A-ZÀ-ÖØ-ÞА-ЯČŠŽŁ][\w.’'-]+(?:\s+\S+){0,9}$"
)

# A line that is a date, a time or both, with or without a label.
_MONTHS = (
    r"jan(?:uary|uar|vier|uari)?|feb(?:ruary|ruar|ruari)?|février|mar(?:ch|s|zo)?|"
    r"märz|maart|apr(?:il|ile)?|avril|abril|ma[yij]o?|mai|june?|juni|juin|junio|giugno|"
    r"july?|juli|juillet|julio|luglio|aug(?:ust|ustus)?|août|agosto|"
    r"sep(?:t|tember|tembre|tiembre)?|o[ck]t(?:ober|obre|ubre)?|ottobre|nov(?:ember|"
    r"embre|iembre)?|de[czs](?:ember|embre|iembre)?|décembre|dezember"
)
DATE = re.compile(
    rf"\b(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}|"
    rf"\d{{1,2}}\.? (?:de |di )?(?:{_MONTHS})\.?,? (?:de |del )?\d{{4}}|(?:{_MONTHS})\.? \d{{1,2}}(?:st|"
    rf"nd|rd|th)?,? \d{{4}}|\d{{1,2}}:\d{{2}})(?!\w)|\d年\d",
    re.IGNORECASE,
)
