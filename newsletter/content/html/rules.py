"""Which blocks are no part of a story: lines of plug-ins, share links, forms, what is hidden. Pure.

Each rule looks at one block, by its place and its words, and gives the reason that is told.
Words of sites are in the languages of the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from newsletter.content.html.blocks import Block, Kind
from newsletter.content.html.tree import Element

_FORM = frozenset({"form", "button", "select", "textarea", "option", "fieldset"})
# "The post … appeared first on …" as the plug-ins of blogs write it, by language.
_PLUG_IN = re.compile(
    r"(?:the (?:post|article)\b.+\b(?:first )?appeared (?:first )?on\b.+"
    r"|(?:der )?(?:beitrag|artikel)\b.+\berschien (?:zuerst )?(?:auf|bei|in)\b.+"
    r"|(?:l['’]article|cet article|le billet)\b.+\b(?:est apparu|a été publié|est paru)\b.+"
    r"|(?:la entrada|el artículo)\b.+\b(?:se publicó|apareció|aparece)\b.+\ben\b.+"
    r"|(?:o post|o artigo|a publicação)\b.+\b(?:apareceu|foi publicad[oa]|surgiu)\b.+"
    r"|(?:l['’]articolo|il post)\b.+\b(?:proviene da|sembra essere il primo su|è apparso)\b.+"
    r"|(?:het )?(?:bericht|artikel)\b.+\bverscheen (?:het )?eerst op\b.+"
    r"|(?:artykuł|wpis)\b.+\b(?:pochodzi z|pojawił się)\b.+"
    r"|inlägget\b.+\bdök (?:först )?upp (?:först )?på\b.+"
    r"|indlægget\b.+\bblev først\b.+"
    r"|.+\bwas originally published (?:in|on)\b.+\bwhere people are continuing the conversation\b.+"
    r"|(?:this (?:post|article|story)|.{0,80}) (?:was )?(?:originally|first) "
    r"(?:appeared|published|posted) (?:on|at|in) .{1,80})",
    re.IGNORECASE | re.DOTALL,
)
_PLUG_INS_OWN = re.compile(
    r"appeared first on|erschien zuerst auf|apparu en premier sur|se publicó primero en"
    r"|apareceu primeiro em|proviene da|verscheen eerst op|pochodzi z serwisu|dök först upp på"
    r"|was originally published",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"share (?:this|on|via|it|with)\b.{0,60}|share:?|like this:?(?: like)?(?: loading\W*)?"
    r"|(?:tweet|pin it|email this|print|e-?mail|facebook|twitter|linkedin|whatsapp|telegram|reddit"
    r"|pinterest|tumblr|pocket|mastodon|bluesky|threads|x|copy link|click to share.{0,60}"
    r"|[\s,;|•·/&+]|(?:share|teilen|partager|compartir|condividi|delen)(?: on| via| this)?)+"
    r"|(?:teilen|partager|compartir|compartilhar|condividi|delen|udostępnij|dela)\b.{0,30}",
    re.IGNORECASE,
)
_ENDPOINTS = re.compile(
    r"facebook\.com/(?:sharer|share|dialog)|(?:twitter|x)\.com/(?:intent|share|home\?status)"
    r"|linkedin\.com/share|linkedin\.com/sharing|reddit\.com/submit|pinterest\.[a-z.]+/pin/create"
    r"|(?:api|web)\.whatsapp\.com/send|wa\.me/\?|t\.me/share|telegram\.me/share|tumblr\.com/share"
    r"|bsky\.app/intent|news\.ycombinator\.com/submitlink|getpocket\.com/save|addtoany\.com"
    r"|mailto:\?|threads\.net/intent|plus\.google\.com/share|vk\.com/share",
    re.IGNORECASE,
)
_ONWARD = re.compile(
    r"\W*(?:(?:read|view|see)(?: the)?(?: full| whole| entire| rest of the| original)?"
    r"(?: more| article| story| post| entry| on)?|continue(?: reading)?|keep reading|learn more"
    r"|read the rest|click here to read.{0,40}|more|(?:mehr|weiter) ?lesen|weiterlesen"
    r"|(?:den )?(?:ganzen|vollständigen) artikel lesen|lire (?:la suite|plus|l['’]article)"
    r"|leer (?:más|más…|el artículo)|seguir leyendo|sigue leyendo|ler (?:mais|artigo)"
    r"|continue (?:a )?(?:lendo|leggere)|leia mais|leggi (?:tutto|di più|ancora|l['’]articolo)"
    r"|lees (?:meer|verder)|czytaj (?:więcej|dalej)|läs (?:mer|vidare)|læs (?:mere|videre)"
    r"|les mer|permalink|comments?|\d+ comments?|leave a (?:comment|reply))\b\W*",
    re.IGNORECASE,
)
# Lines that hosts of sites put around a text.
_FURNITURE = re.compile(
    r"(?:top|bottom) of page|no ratings yet|add a rating|write a comment\W*|see all|log in"
    r"|advertisements?|sponsored|anzeige|publicité|publicidad|pubblicità|advertentie|reklama"
    r"|skip to (?:main )?content|article continues below\W*|story continues below.{0,20}",
    re.IGNORECASE,
)
_LONGEST_LINE = 160  # a longer block of such words is prose about them


def reason_in_text(block: Block, *, base: str) -> str:
    """Say why a block of an item's own text is not the story's; nothing where it is."""
    return block.reason or _by_place(block.way) or by_words(block, base=base)


def by_words(block: Block, *, base: str) -> str:
    """Say why a block is none of the story's by what it says; nothing where it is."""
    words = " ".join(block.plain.split())
    if not any(sign.isalnum() for sign in words):
        return "a line without words"
    if block.kind not in {Kind.PARAGRAPH, Kind.LIST, Kind.HEADING}:
        return ""
    if _is_plug_in(block, words):
        return "a line of the site's plug-in"
    if len(words) > _LONGEST_LINE:
        return ""
    if _FURNITURE.fullmatch(words):
        return "a line of the site around the text"
    return _by_links(block, words, base)


def _is_plug_in(block: Block, words: str) -> bool:
    """Say whether a line tells where a post stood first; prose may do so, too, without a link."""
    if len(words) > 3 * _LONGEST_LINE or not _PLUG_IN.fullmatch(words):
        return False
    return bool(block.hrefs) or _PLUG_INS_OWN.search(words) is not None


def _by_links(block: Block, words: str, base: str) -> str:
    targets = block.hrefs
    mostly = block.linked > 0.6
    if targets and mostly and all(_ENDPOINTS.search(one) for one in targets):
        return "links for sharing"
    if block.kind is not Kind.HEADING and _SHARE.fullmatch(words) and (targets or len(words) > 4):
        return "links for sharing"
    onward = mostly and targets and _ONWARD.fullmatch(words)
    if onward and all(leads_to(one, base) for one in targets):
        return "leads to the page itself"
    return ""


def leads_to(target: str, page: str) -> bool:
    """Say whether an address is that of the page, or of a place on it."""
    try:
        one, other = urlsplit(urljoin(page, target)), urlsplit(page)
    except ValueError:
        return False
    return (one.netloc, one.path.rstrip("/")) == (other.netloc, other.path.rstrip("/"))


def _by_place(way: Iterable[Element]) -> str:
    for element in way:
        if element.is_hidden:
            return "hidden on the page"
        if element.tag in _FORM:
            return "a form"
        if element.tag == "nav":
            return "navigation"
        if element.tag == "figcaption":
            return "the caption of a picture"
    return ""
