"""Whether a text of a feed says that it is only the beginning: “…”, “Read more”. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.content.html import tree
from newsletter.content.web.links import link, link_key

_TAIL = 4_000  # characters of markup in which the end of a text is looked for
_LONGEST_LINE = 140
_ELLIPSIS = re.compile(r"[\[(]?\s*(?:…|\.\.\.|\. \. \.)\s*[\])]?\s*\Z")
_PHRASES = (
    # English
    *("read more", "read on", "read the rest", "read the full", "read the whole", "read full"),
    *("read the entire", "read the complete", "read the original", "read the article"),
    *("read the story", "read the post", "read this article", "read this post", "read it all"),
    *("continue reading", "keep reading", "full story", "full article", "see more", "show more"),
    *(
        "click here to read",
        "click to read",
        "view the full",
        "view full",
        "view article",
        "view this post",
    ),
    # German
    *("weiterlesen", "weiter lesen", "mehr lesen", "hier weiterlesen", "lesen sie mehr"),
    *("lesen sie weiter", "lesen sie hier", "lesen sie den", "mehr erfahren", "zum artikel"),
    *("zum ganzen artikel", "zum vollständigen artikel", "den ganzen artikel", "ganzen artikel"),
    *("den ganzen beitrag", "ganzen beitrag", "zum beitrag", "beitrag lesen", "artikel lesen"),
    # French
    *("lire la suite", "lire plus", "lire l’article", "lire la totalité", "lire davantage"),
    *("en savoir plus", "continuer la lecture", "continuer à lire", "poursuivre la lecture"),
    *("la suite", "voir la suite", "voir plus"),
    # Spanish
    *("leer más", "lee más", "leer el artículo", "leer la nota", "leer completo", "seguir leyendo"),
    *("sigue leyendo", "continuar leyendo", "continúa leyendo", "continúe leyendo", "ver más"),
    *("leer la noticia", "saber más"),
    # Italian
    *("leggi tutto", "leggi di più", "leggi l’articolo", "leggi ancora", "leggi altro"),
    *("leggi il resto", "continua a leggere", "continua la lettura", "prosegui la lettura"),
    *("per saperne di più", "continua"),
    # Portuguese
    *("leia mais", "ler mais", "leia o artigo", "leia a matéria", "leia a notícia", "saiba mais"),
    *("continue lendo", "continuar lendo", "continue a ler", "continuar a ler", "veja mais"),
    # Dutch
    *("lees meer", "lees verder", "lees het hele", "lees het volledige", "lees door", "meer lezen"),
    *("verder lezen", "doorlezen"),
    # Arabic
    *("اقرأ المزيد", "إقرأ المزيد", "قراءة المزيد", "المزيد", "تابع القراءة", "أكمل القراءة"),
    *("متابعة القراءة", "لقراءة المزيد", "واصل القراءة"),
    # Hebrew
    *("קרא עוד", "קראו עוד", "קרא/י עוד", "המשך קריאה", "להמשך קריאה", "המשך לקרוא"),
    *("המשיכו לקרוא", "לקריאה נוספת", "לכתבה המלאה", "לקריאת הכתבה"),
)
# What may follow one of them in the line, besides the words of the title.
_NOUNS = frozenset(
    {"here", "story", "article", "post", "entry", "column", "text", "this", "the", "full", "more"}
    | {"of", "on", "hier", "artikel", "beitrag", "lesen", "de", "l", "article", "complet", "ici"}
    | {"artículo", "completo", "completa", "noticia", "nota", "aquí", "articolo", "qui", "matéria"}
    | {"notícia", "artigo", "aqui", "verhaal", "bericht", "המאמר", "הכתבה", "כאן", "المقال", "هنا"}
)
_WORD = re.compile(r"\w+")
_LONGEST_FIRST = sorted(_PHRASES, key=len, reverse=True)
_WORDS = "|".join(re.escape(one).replace("’", "['’]\\s?") for one in _LONGEST_FIRST)
_LEADS = re.compile(rf"\W*(?:{_WORDS})(?!\w)", re.IGNORECASE)
_LAST = re.compile(
    rf"(?:\A|(?<=[.!?…)\]»“”\"])\s+|[\[(]\s*)\W*(?P<sign>(?:{_WORDS})(?!\w)[^.!?]*?)[\s\])…→»›>.]*\Z",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"[\[(]\s*(?:more|mehr|weiter|suite|más|mas|altro|mais|meer|المزيد|עוד)\s*"
    r"(?:…|\.\.\.|→|»)?\s*[\])]\s*\Z",
    re.IGNORECASE,
)
_LINK = re.compile(r"<a\b[^<>]*>(?:(?!</?a\b)[\s\S]){0,400}?</a\s*>", re.IGNORECASE)
_EDGE = re.compile(r"[\s\[(\])…→»›>.|:–—-]+")
_MARKS = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a text ends."""

    html: str  # the text, without the line that leads to the rest of it
    sign: str = ""  # what says that the text is cut; empty where nothing does
    line: str = ""  # the line that was taken out, as it read


def ending(html: str, *, address: str, title: str, base: str = "") -> Ending:
    """Say whether a text is cut by its own words, and take the line out that leads to the rest.

    What counts is an ellipsis at the very end, and a last line “Read more” in one of nine
    languages, by whole words, which leads to the item itself (`address`) or stands alone. What a
    plug-in writes below (“The post TITLE appeared first on …”) does not count.
    """
    tail = html[-_TAIL:]
    lines = _lines(tail, title)
    if not lines:
        return Ending(html=html)
    last = lines[-1]
    linked = _leading_link(tail, last, address=address, base=base)
    found = _leading_words(last, title) if linked is None else linked
    if found:
        return Ending(html=_without(html, found), sign=found, line=found)
    more = _MORE.search(last)
    ellipsis = more or _ELLIPSIS.search(last)
    return Ending(html=html, sign=ellipsis[0].strip() if ellipsis else "")


def _lines(tail: str, title: str) -> tuple[str, ...]:
    """Return the last lines of a text, but for those that only name the item itself."""
    is_markup = "<" in tail or "&" in tail
    lines = [_plain(line) for line in (tree.parse(tail).blocks() if is_markup else (tail,))]
    lines = [line for line in lines if line]
    name = _plain(title).casefold()
    while len(lines) > 1 and _names_the_item(lines[-1], name):
        lines.pop()
    return tuple(lines)


def _names_the_item(line: str, name: str) -> bool:
    is_about = bool(name) and name in line.casefold() and len(line) <= len(name) + 120
    return is_about and not _LEADS.match(line)


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).split())


def _leading_link(tail: str, last: str, *, address: str, base: str) -> str | None:
    """Return the words of a link to the item itself that ends the last line and says “more”.

    Empty for a link that says so and leads elsewhere; None where there is none.
    """
    for found in reversed(list(_LINK.finditer(tail))):
        element = next(iter(tree.parse(found[0]).all("a")), None)
        words = _plain(element.text()) if element else ""
        if element is None or not words:
            continue
        if not _EDGE.sub("", last).endswith(_EDGE.sub("", words)):
            continue
        leads = _LEADS.match(words) or _MORE.search(f"({_EDGE.sub(' ', words).strip()})")
        if not leads:
            leads, words = _LEADS.match(last), last
        if not leads or len(words) > _LONGEST_LINE:
            return None
        target = link(element.attributes.get("href", ""), base=base)
        is_itself = not address or link_key(target or "") == link_key(address)
        return words if is_itself else ""
    return None


def _leading_words(last: str, title: str) -> str:
    """Return “Read more” where it stands alone at the end, or with the title and no more."""
    found = _LAST.search(last[-_LONGEST_LINE:])
    if not found or (last.endswith(".") and not last.endswith("..")):
        return ""
    rest = _LEADS.sub("", found["sign"], count=1)
    known = _NOUNS.union(_WORD.findall(_plain(title).casefold()))
    is_no_more = known.issuperset(_WORD.findall(rest.casefold()))
    return found["sign"].strip() if is_no_more else ""


def _without(html: str, words: str) -> str:
    """Take the last occurrence of some words out of a text, with the marks around them."""
    gap = r"(?:\s|&nbsp;|&#160;|<[^<>]*>|[\u200b\u200e\u200f])+"
    letters = gap.join(_as_written(word) for word in words.split())
    found = None
    for found in re.finditer(letters, html[-_TAIL:]):  # noqa: B007 - the last one counts
        pass
    if found is None:
        return html
    start = len(html[:-_TAIL])
    before, after = html[: start + found.start()], html[start + found.end() :]
    # What was around them in brackets goes too; their tags stay, for they may be of more.
    return re.sub(r"(?:\[|\(|&#91;)\s*((?:<[^<>]*>\s*)*)\Z", r"\1", before) + re.sub(
        r"\A((?:</[^<>]*>)*)(?:[\s\])…→»›.]|&[a-z]+;|&#\w+;)*", r"\1", after
    )


def _as_written(word: str) -> str:
    return "".join(_signs(word))


def _signs(word: str) -> Iterator[str]:
    for sign in word:
        yield {
            "’": "(?:’|'|&rsquo;|&#8217;|&#x2019;|&#39;)",
            "'": "(?:'|&#39;|&apos;|&#x27;)",
            "&": "(?:&amp;|&)",
            "<": "(?:&lt;|<)",
            ">": "(?:&gt;|>)",
            "…": "(?:…|&hellip;|&#8230;)",
            "→": "(?:→|&rarr;|&#8594;)",
            "»": "(?:»|&raquo;|&#187;)",
        }.get(sign, re.escape(sign))
