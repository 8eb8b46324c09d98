"""What pages say that are no articles, in many languages. None of the patterns names an outlet.

Each is for a short text or a title only: an article may say the same of something else.
"""

import re

BOT_WALL = re.compile(
    r"just a moment|attention required|are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"pardon our interruption"
    r"|unusual traffic|access (?:to this page has been )?denied|enable javascript and cookies|"
    r"checking (?:if the site|your browser)"
    r"|security check|ddos protection|captcha|request (?:was )?blocked",
    re.IGNORECASE,
)
CONSENT = re.compile(
    r"before you continue|we (?:and our (?:\d+ )?partners )?(?:use|store|value) .{0,40}(?:cookies|"
    r"privacy)|accept (?:all|and continue)"
    r"|manage (?:your )?(?:cookies|consent|preferences)|cookie[- ]einstellungen|"
    r"alle akzeptieren|accepter (?:tout|et continuer)|aceptar (?:todo|y continuar)|"
    r"accetta",
    re.IGNORECASE,
)
# A title, from its beginning: that of an error page, of maintenance, or of a form.
ERROR_TITLE = re.compile(
    r"^\W*(?:error\b|erreur\b|fehler\b|40[34]\b|410\b|451\b|50[0-4]\b|"
    r"(?:the |this |that |your )?(?:page|article|story|content|post|site|file)?\s*"
    r"(?:(?:that )?you (?:are looking|requested).{0,30})?(?:was |could |can )?not (?:be )?found"
    r"|(?:sorry|oops|whoops|uh-oh|oups)\b|page (?:unavailable|removed)|we can(?:no|[’']?)t find|nothing (?:was )?found"
    r"|(?:the |this |that )?(?:page|article|story|content|post)(?: you (?:are looking for|requested))?"
    r" (?:does ?n[’o]t exist|(?:is|has been|was) (?:no longer available|removed|deleted|not available|unavailable))"
    r"|something went wrong|(?:we[’']?ll|we will) be (?:right )?back|(?:site|down for|under|scheduled) maintenance"
    r"|(?:sign|log) ?in\W*$|log ?in to your account"
    r"|(?:diese |die )?seite (?:existiert nicht|(?:wurde )?nicht gefunden|nicht verfügbar)"
    r"|(?:cette |la )?page (?:introuvable|non trouvée|n[’']existe)"
    r"|(?:la |esta )?página no (?:encontrada|existe|disponible)"
    r"|(?:la )?pagina (?:non (?:trovata|esiste|disponibile)|niet gevonden)|página não (?:encontrada|existe)"
    r"|sidan (?:kunde inte hittas|finns inte)|siden (?:finnes ikke|findes ikke|ble ikke funnet)|sivua ei löy"
    r"|strona nie (?:istnieje|została znaleziona)|nie znaleziono strony|страница не найдена|сторінку не знайдено"
    r"|ページが見つかりません|页面不存在|페이지를 찾을 수 없)",
    re.IGNORECASE,
)
# A text that speaks of the page that was asked for.
ERROR_TEXT = re.compile(
    r"\b(?:page|article|story|content|post) (?:that )?you(?:[’']re| are| were|[’']ve| have)?"
    r" (?:looking for|requested|trying to)"
    r"|\b(?:page|article|story|content) (?:that )?you (?:want|seek|asked for)"
    r"|nothing was found at this location|enable javascript to|(?:turn on|activate|requires) javascript"
    r"|(?:not|un)available (?:to|for|in) (?:\w+ ){0,4}(?:european economic area|your (?:country|region|location))"
    r"|unavailable (?:due to|for) legal reasons|internal (?:server )?error has occurred"
    r"|(?:down|closed|offline) for (?:scheduled |planned )?maintenance"
    r"|sign in to your account|(?:don[’']t|do not) have an account"
    r"|(?:gesuchte|angeforderte|aufgerufene)n? seite|(?:seite|artikel),? (?:die|den) sie (?:suchen|aufgerufen)"
    r"|page (?:que vous|demandée)|página (?:que (?:estás? )?(?:buscas?|buscando|solicita|procura|você)|solicitada)"
    r"|pagina (?:che (?:stai )?cerca|richiesta|die u zoekt)"
    r"|sidan (?:som )?du (?:söker|letar)|siden (?:som )?du (?:leter|søger)"
    r"|strona, której (?:szukasz|szuka)|запрашиваем\w+ страниц|お探しのページ|您(?:访问|请求)的页面",
    re.IGNORECASE,
)
PAYWALL = re.compile(
    # English
    r"(?:subscribe|sign (?:in|up)|log ?in|register|join|upgrade|become an? (?:\w+ )?(?:subscriber|member)|"
    r"create (?:an?|your) (?:free )?account)(?: (?!to\b)[\w’'-]+){0,5} to (?:continue|keep|read|unlock|view|finish)\b"
    r"|(?:continue|keep) reading (?:with|for) (?:an? |your |just |only |free)"
    r"|to (?:continue|keep) reading\b.{0,40}\b(?:subscri|sign|log|regist|become|create|join|trial|account)"
    r"|to (?:read|unlock|view|access) (?:the (?:full|rest|whole|entire|complete)\b|this (?:article|story)).{0,40}"
    r"\b(?:subscri|sign|log|regist|become|create|join|trial|account)"
    r"|(?:want|like) to (?:read|keep reading|continue)\b.{0,40}\b(?:subscri|member|sign|regist|trial)"
    r"|read the (?:full|rest of the|whole|entire) (?:article|story) with (?:an?|your)\b"
    r"|you(?:[’']ve| have) (?:reached|used|read) (?:your|all|the)\b.{0,40}\b(?:limit|free articles)"
    r"|(?:this|the) (?:article|story|content|post) is (?:only |exclusively |exclusive )?"
    r"(?:for|to|available (?:only )?(?:to|for)|reserved for) (?:(?:our|paid|paying|registered|premium|digital) )*"
    r"(?:subscribers|members)|\b(?:exclusive|only) (?:to|for) (?:our )?(?:paying |paid )?(?:subscribers|members)\b"
    r"|\bfor (?:paying |paid )?(?:subscribers|members) only|already a (?:subscriber|member)\?"
    # German
    r"|(?:abonnieren|anmelden|registrieren|einloggen)\b.{0,40}\bweiter ?(?:zu)?lesen|(?:jetzt|bitte) abonnieren,? um"
    r"|um (?:den (?:ganzen|vollständigen|gesamten) )?(?:artikel )?weiterzulesen|weiterlesen (?:mit|\?)"
    r"|sie (?:möchten|wollen) weiterlesen|(?:möchten|wollen) sie (?:\w+ ){0,3}weiterlesen"
    r"|mit (?:einem |dem )?(?:[\w-]+)?abo (?:weiter)?lesen"
    r"|(?:nur|exklusiv) für (?:unsere )?(?:abonnent|leser mit)|abonnent(?:en|innen)\b.{0,30}\b(?:vorbehalten|exklusiv)"
    # French
    r"|réservée?s? (?:aux|à nos) abonnés|il vous reste [\d.,]+\s?% de cet article|pour (?:nos )?abonnés uniquement"
    r"|abonnez-vous pour (?:lire|continuer|poursuivre|accéder)"
    r"|pour (?:lire la suite|continuer (?:la|votre) lecture).{0,40}abonn"
    # Spanish, Portuguese, Italian
    r"|suscr[ií]be(?:te|se) para (?:seguir|continuar|leer)|(?:s[oó]lo|exclusiv[oa]s?) para (?:nuestros )?suscriptores"
    r"|para (?:seguir|continuar) leyendo\b.{0,30}(?:suscr|inicia|reg[ií]str)"
    r"|assine para (?:continuar|ler)|(?:exclusiv[oa]|reservad[oa]) (?:para|aos) assinantes"
    r"|abb[oò]nati (?:ora )?per (?:continuare|leggere|proseguire)|(?:riservato|esclusiv[oa]) (?:agli|per gli) abbonati"
    r"|per continuare a leggere\b.{0,30}abb[oò]n"
    # Dutch, Swedish, Norwegian, Danish, Polish
    r"|lees verder met|(?:alleen|exclusief|enkel) voor abonnees"
    r"|(?:för|for) (?:våra |vores )?(?:prenumeranter|abonnenter)\b"
    r"|för att läsa vidare|for å lese videre|for at læse videre|(?:bli|bliv) (?:prenumerant|abonnent)\b.{0,30}\bl[æäe]s"
    r"|(?:dostępn\w+|tylko) (?:tylko )?dla (?:prenumeratorów|subskrybentów)"
    # Russian, Ukrainian
    r"|(?:только|доступ\w+) (?:для|по) подпис|лише для передплатників",
    re.IGNORECASE,
)
