"""The families of mail programs a publication may be made for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Family = Literal[
    "gmail",
    "apple-mail",
    "outlook-windows",
    "outlook-com",
    "outlook-mac",
    "outlook-mobile",
    "yahoo",
    "aol",
    "samsung",
    "thunderbird",
    "protonmail",
    "fastmail",
    "gmx",
]


USUAL: tuple[Family, ...] = (
    "gmail",
    "apple-mail",
    "outlook-windows",
    "outlook-com",
    "yahoo",
    "samsung",
    "thunderbird",
)


NAMES: Mapping[Family, str] = {
    "gmail": "Gmail",
    "apple-mail": "Apple Mail",
    "outlook-windows": "Outlook (Windows)",
    "outlook-com": "Outlook.com",
    "outlook-mac": "Outlook (Mac)",
    "outlook-mobile": "Outlook (phones)",
    "yahoo": "Yahoo",
    "aol": "AOL",
    "samsung": "Samsung Email",
    "thunderbird": "Thunderbird",
    "protonmail": "Proton Mail",
    "fastmail": "Fastmail",
    "gmx": "GMX",
}
