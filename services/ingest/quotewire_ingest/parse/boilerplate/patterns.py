"""Patterns of lines around an article that are longer than a label: calls to readers, credits, captions, dates.

They are shared by all outlets and name none of them. Most are for lines that are suspicious for other reasons (short,
no sentence, near an edge: see `cleaner.py`); only ``SIGNUP_CALL``, ``CONSENT_NOTICE`` and ``PICTURE_CREDIT`` drop a
sentence from the middle of a text.
"""

import re

# Sentences with which outlets address their readers, near an edge.
READER_CALL = re.compile(
    r"\b(?:subscribe|subscriptions? (?:offer|today)|newsletters?|sign(?:ing)? up|inbox|"
    r"follow (?:us|me|@|(?:\w+ ){1,3}on (?:facebook|twitter|x|instagram|linkedin))\b|"
    r"(?:us|our (?:page|channel)|@\w+),? (?:up )?on (?:facebook|twitter|x|instagram|whatsapp)\b|"
    r"download (?:the|our) .{0,30}app|get (?:the|our) .{0,30}(?:app|newsletter)|click here|all rights reserved|"
    r"terms of (?:use|service)|privacy policy|cookie policy|affiliate (?:links?|commissions?|partners?)|bookmark|"
    r"have a tip|send (?:us )?(?:your )?(?:tips|feedback)|support (?:our|independent) journalism|"
    r"letters to the editor|may earn|(?:share|cut|percentage) of the sale|uses akismet|"
    r"(?:this|our) (?:web)?site .{0,40}\bcookies|moderat(?:es?|ed|ing|ion of) (?:all )?(?:the )?comments|"
    r"keep (?:your )?comments|comment(?:ing|s)? (?:policy|guidelines)|submission guidelines|"
    r"copyright|©|unsubscribe|free trial|newsletter|"
    # German
    r"abonnieren|abonnement|jetzt (?:testen|lesen|bestellen|registrieren)|melden sie sich|ihre meinung|"
    r"alle rechte vorbehalten|nachdruck|"
    # French, Spanish, Italian, Portuguese
    r"abonnez-vous|inscrivez-vous|tous droits réservés|suscr[ií]be(?:te|se)|suscripción|todos los derechos|iscriviti|"
    r"riproduzione riservata|tutti i diritti|inscreva-se|assine|todos os direitos|"
    # Dutch, Norwegian, Danish, Finnish, Polish, Korean, Chinese, Japanese
    r"nieuwsbrief|nyhetsbrev|nyhedsbrev|newslettera|prenumer\w+|wszelkie prawa|무단 ?전재|禁无断|未经授权|無断転載)",
    re.IGNORECASE,
)

# Asks readers to sign up, and names what is offered: no part of an article anywhere. News has the same verbs and nouns
# ("Support for membership rose"), so both halves have to mention "us" or "you".
_OFFERED = (
    r"\b(?:newsletters?|(?:our|your) inbox|(?:e-?mail|news) alerts?|our (?:app|journalism|reporting|channels?)|"
    r"privacy policy|terms (?:of (?:use|service)|and conditions)|unlimited (?:digital )?access|"
    r"(?:our|your|a|today) ?membership)\b"
)
SIGNUP_CALL = re.compile(
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
    r"^\W*(?:(?:additional )?report(?:ing|ed) (?:by|from)|writing by|edit(?:ing|ed) by|compiled by|"
    r"with (?:files|reporting|inputs?|material|agency inputs?)\b|with contributions|sources?:\s|quellen?:\s|"
    r"\(?(?:mit material|mit (?:dpa|afp|agenturen))|(?:the )?associated press (?:writers?|journalists?|reporters?)|"
    r"(?:photos?|images?|fotos?|bild(?:er)?|translation|übersetzung|redaktion|faktencheck|featured image)"
    r"(?: (?:by|credit|courtesy))?:\s|copyright\b|©|dieses thema im programm)"
    r"|\bcontributed (?:to this|reporting|to the)|^\W*\((?:[a-zäöü]{2,4}|reuters)(?:[/,]\s?\w{2,8})*\)\W*$"
    r"|^\W*(?:dpa|afp|apa|sda|reuters)(?:[/,]\s?\w{2,8})*\W*$"
    r"|^\W*(?:mit|with|med|avec|con) (?:dpa|afp|apa|reuters|agencies|agenturen)\W*$|^updated(?: at| on|:)",
    re.IGNORECASE,
)

# The end of a caption: whose picture it is. An agency alone in brackets behind a full stop is as often the source of a
# paragraph, so it does not count.
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

# Asks for consent: says what "we" or a provider use, or asks "you" to accept it.
CONSENT_NOTICE = re.compile(
    r"\bwe and our partners\b|\bour (?:use of )?cookies?\b.{0,80}\b(?:policy|settings|you)\b"
    r"|\b(?:we|(?:this|our|the) (?:web)?sites?|which|that|provider|and)\b.{0,60}"
    r"\b(?:uses?|using|set|sets|store|stores|place|places) (?:\w+ ){0,2}cookies\b(?=.*\b(?:you|your|our|us)\b)"
    r"|\b(?:accept|allow|enable|manage|agree to|consent to) (?:\w+ ){0,4}cookies\b(?=.*\b(?:we|our|your?)\b)"
    r"|\b(?:you|your|our|we)\b.*\bcookies? (?:policy|notice|settings|preferences|and (?:other|similar))\b"
    r"|\bcookies? (?:policy|notice|settings|preferences|and (?:other|similar) \w+)\b.*\b(?:you|your|our|we)\b",
    re.IGNORECASE,
)

# A line that says who wrote the article: a word such as "By", and one to ten words in which the first is a name.
BYLINE = re.compile(
    r"^\W*+(?i:(?:written|reported|story|words|analysis|opinion|text) )?"
    r"(?i:by|von|par|por|di|da|door|av|af|od|autor(?:in)?:|author:|texte:?|text:)"
    r"\s+[A-ZÀ-ÖØ-ÞА-ЯČŠŽŁ][\w.’'-]+(?:\s+\S+){0,9}$"
)

# Month names and their abbreviations in English, German, French, Spanish, Italian, Dutch, Portuguese.
_MONTHS = (
    r"jan(?:uary|uar|vier|uari)?|feb(?:ruary|ruar|ruari)?|février|mar(?:ch|s|zo)?|märz|maart|apr(?:il|ile)?|avril|abril|"
    r"ma[yij]o?|mai|june?|juni|juin|junio|giugno|july?|juli|juillet|julio|luglio|aug(?:ust|ustus)?|août|agosto|"
    r"sep(?:t|tember|tembre|tiembre)?|o[ck]t(?:ober|obre|ubre)?|ottobre|nov(?:ember|embre|iembre)?|"
    r"de[czs](?:ember|embre|iembre)?|décembre|dezember"
)
# A date or a clock time anywhere in a line.
DATE = re.compile(
    rf"\b(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}|"
    rf"\d{{1,2}}\.? (?:de |di )?(?:{_MONTHS})\.?,? (?:de |del )?\d{{4}}|"
    rf"(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}:\d{{2}})(?!\w)|\d年\d",
    re.IGNORECASE,
)
