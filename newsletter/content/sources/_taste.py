"""What a morning is not begun with: events too grim and words too coarse to be chosen unseen. Pure.

A list of word beginnings is blunt on purpose: what it refuses wrongly is replaced by the next one
of many; what it lets through goes to every reader. An editor may choose otherwise by hand.
"""

from __future__ import annotations

import re

_GRIM = re.compile(
    r"\b(?:abduct|abus|assassin|attack|battle|behead|bomb|casualt|collaps|concentration camp|corpse"
    r"|coup\b|crash|dead|death|deport|die[ds]?\b|disaster|drown|dying|earthquake|epidemic|execut"
    r"|explo(?:de|ding|sion)|famine|fatal|genocid|guillotin|gunm[ae]n|hang(?:ed|ing)\b|hijack"
    r"|holocaust|hostage|injur|invad|invasion|kidnap|kill|lynch|massacre|murder|mutilat|nazi"
    r"|pandemic|perish|plague|pogrom|rap(?:e|ed|es|ist)\b|riot|sank\b|shoot|shot\b|sink|slaughter"
    r"|slave|stabb|suicid|sunk|terroris|tortur|tsunami|victim|wars?\b|warfare|wound)",
    re.IGNORECASE,
)
_COARSE = re.compile(
    r"\b(?:anus|arous|brothel|copulat|defecat|erotic|excrement|faeces|feces|fornicat|fuck|genital"
    r"|intercourse|masturbat|orgasm|penis|porn|prostitut|semen\b|sex\b|sexual|shit|slurs?\b|urinat"
    r"|vagina|vulva|whore)",
    re.IGNORECASE,
)
_LABELS = re.compile(r"\b(?:derogatory|ethnic slur|obscene|offensive|pejorative|slur|taboo|vulgar)")
_IN_PARENTHESES = re.compile(r"\(([^()]*)\)")


def is_grim(text: str) -> bool:
    """Say whether a sentence tells of death, war or disaster, or is coarse."""
    return bool(_GRIM.search(text)) or is_coarse(text)


def is_coarse(text: str) -> bool:
    """Say whether a definition or a sentence is not for everybody's breakfast table."""
    return bool(_COARSE.search(text))


def has_coarse_label(definition: str) -> bool:
    """Say whether a dictionary itself marks a sense: "(vulgar, slang) ..."."""
    labels = _IN_PARENTHESES.findall(definition.casefold())
    return any(_LABELS.search(label) for label in labels)
