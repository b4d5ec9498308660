"""What a cell says of a subscription, in the words of many programs and languages. Pure.

Words are compared folded: small letters without accents, parted by single blanks, so that
`NEVER_SUBSCRIBED`, `never-subscribed` and “Never  subscribed” are one. A cell of nothing but signs,
such as ✓ or ?, is a word, too; strokes, dots and brackets alone are none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from newsletter.core.model import SubscriberState
from newsletter.subscribers.lifecycle import WORST_LAST

ACTIVE, PENDING = SubscriberState.ACTIVE, SubscriberState.PENDING
UNSUBSCRIBED, BOUNCED = SubscriberState.UNSUBSCRIBED, SubscriberState.BOUNCED
COMPLAINED = SubscriberState.COMPLAINED
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "’": "", "'": ""}
)
# Two letters as which a letter of UTF-8 appears that was read byte by byte.
_MANGLED = re.compile(r"[\u00c2-\u00df](?:[\u0080-\u00bf]|[^\W\d_a-zA-Z]|[^\w\s])")
_PARTS = re.compile(r"[^\W_]+")
# What stands in a cell where nothing was meant: strokes, dots, quotes, brackets, blanks.
_NOTHING_MEANT = re.compile(
    r"[-‐-―_.,;:·…'\"`´‘-‟/\\|()\[\]{}<>\s\u200b-\u200f\u2060\ufe0f\ufeff]+"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=4_096)
def folded(text: str) -> str:
    """Write a text in small letters without accents, its parts with one blank between them."""
    small = (text if text.isascii() else _unmangled(text)).casefold().translate(_LETTERS)
    if not small.isascii():
        parted = unicodedata.normalize("NFKD", small)
        small = "".join(letter for letter in parted if not unicodedata.combining(letter))
    return " ".join(_PARTS.findall(small)) or _NOTHING_MEANT.sub("", small)


def _unmangled(text: str) -> str:
    """Read UTF-8 that was once taken for Windows-1252, such as “DÃ©sabonnÃ©”, as it was meant."""
    if _MANGLED.search(text) is None:
        return text
    try:
        return b"".join(map(_byte, text)).decode()
    except UnicodeError:
        return text


def _byte(letter: str) -> bytes:
    return letter.encode("latin-1" if "\x80" <= letter <= "\x9f" else "cp1252")


def folded_name(text: str) -> str:
    """Fold the name of a column, where `doNotContact` is three words."""
    return " ".join(_PARTS.findall(folded(_CAMEL.sub(" ", text))))


def worst(states: Iterable[SubscriberState]) -> SubscriberState:
    """Return the worst of some states; active where there are none."""
    return max(states, key=WORST_LAST.index, default=ACTIVE)


# A line or two a language: English, German, French, Spanish, Portuguese, Italian, Dutch, Polish;
# behind them in `_FURTHER` Russian, Ukrainian, Swedish, Danish and Norwegian, Czech and Slovak,
# Hungarian, Turkish, Romanian, Finnish, Greek, Chinese, Japanese.
_WORDS: Mapping[SubscriberState, str] = {
    ACTIVE: """
active, subscribed, confirmed, enabled, regular, premium, free, paid, trialed, opted in, optin,
opt in, allowed, allow, permitted, accepted, granted, agreed, subscriber, marketing contact,
mailable, verified, single opt in, double opt in, valid, deliverable, implicit, implied, explicit,
express, all email, each email, digest, abridged
aktiv, angemeldet, abonniert, bestatigt, eingetragen
actif, abonne, abonnee, inscrit, inscrite, confirme, confirmee
activo, activa, suscrito, suscrita, confirmado, confirmada, dado de alta
ativo, ativa, inscrito, inscrita, subscrito
attivo, attiva, iscritto, iscritta, confermato, confermata
actief, ingeschreven, aangemeld, geabonneerd, bevestigd
aktywny, aktywna, zapisany, zapisana, potwierdzony, potwierdzona
""",
    PENDING: """
pending, unconfirmed, unactivated, validating, not confirmed, unverified, not verified,
waiting for confirmation, awaiting confirmation, opt in pending, optin pending,
double opt in pending, pending double opt in, double optin pending, confirmation pending,
never subscribed, neversubscribed, nonsubscribed, non subscribed, not subscribed, not opted in,
no opt in, no consent, transactional, non marketing contact, not a subscriber, non subscriber,
nonsubscriber, needs confirmation, subscription pending, requested, not activated
ausstehend, unbestatigt, nicht bestatigt, wartend, nicht angemeldet, nie angemeldet
en attente, non confirme, non confirmee, a confirmer, non abonne, non inscrit, jamais abonne
pendiente, sin confirmar, no confirmado, no confirmada, no suscrito, nunca suscrito
pendente, nao confirmado, nao confirmada, nao inscrito, nunca inscrito
in attesa, non confermato, non confermata, non iscritto, non iscritta, mai iscritto
in afwachting, niet bevestigd, onbevestigd, niet ingeschreven, nooit ingeschreven
oczekujacy, oczekujaca, niepotwierdzony, niepotwierdzona, niezapisany, nie zapisany
""",
    UNSUBSCRIBED: """
unsubscribed, unsubscribe, unsub, unsubbed, opted out, opt out, optout, optedout, inactive,
cancelled, canceled, disabled, removed, deleted, archived, blocklisted, blocklist, block listed,
blacklisted, blacklist, black listed, blocked, suppressed, suppression, suppress, do not contact,
do not mail, do not email, do not send, donotcontact, dnc, global opt out, globally opted out,
global unsubscribe, globally unsubscribed, unsubscribed from all, revoked, withdrawn,
consent withdrawn, declined, refused, denied, not allowed, excluded, deactivated, unmailable,
by user, by moderator, not mailable, no longer subscribed, no mail, no email, no emails,
no newsletter, nomail, suspended, banned, rejected, do not allow, dont allow, disallow, disallowed,
deny, forbidden
abgemeldet, abgemeldete, abbestellt, ausgetragen, gesperrt, inaktiv, geloscht, widerrufen,
widersprochen, deaktiviert, blockiert, gekundigt, werbesperre, nicht anschreiben, kein newsletter
desabonne, desabonnee, desinscrit, desinscrite, inactif, inactive, supprime, supprimee, bloque,
bloquee, resilie, refuse, ne pas contacter, liste noire, annule, desactive
baja, de baja, dado de baja, dada de baja, cancelado, cancelada, desuscrito, desuscrita, inactivo,
inactiva, bloqueado, bloqueada, eliminado, eliminada, no contactar, lista negra, desactivado
descadastrado, descadastrada, desinscrito, desinscrita, inativo, inativa, removido, removida,
excluido, nao contatar, nao contactar, desativado, anulado, cancelou
disiscritto, disiscritta, cancellato, cancellata, inattivo, inattiva, bloccato, bloccata, annullato,
revocato, non contattare, disattivato, rimosso, eliminato, eliminata
uitgeschreven, afgemeld, inactief, geblokkeerd, opgezegd, verwijderd, niet mailen, geannuleerd,
niet contacteren
wypisany, wypisana, wypisano, nieaktywny, nieaktywna, usuniety, usunieta, zablokowany, zablokowana,
zrezygnowal, zrezygnowala, rezygnacja, anulowany, nie kontaktowac, wyrejestrowany, anulowano
""",
    BOUNCED: """
bounced, bounce, bounces, hard bounce, hard bounced, hardbounce, hardbounced, hard, soft bounce,
soft bounced, softbounce, softbounced, cleaned, undeliverable, undelivered, invalid, unreachable,
invalid email, does not exist, mailbox does not exist, held, failed, permanent, bouncing
by bounces, disabled by bounces, temp hold, on hold
unzustellbar, nicht zustellbar, nicht erreichbar, unerreichbar, ungultig, rucklaufer
rebond, rebondi, rejete, invalide, injoignable, non distribuable, hard bounce
rebotado, rebotada, rebote, rebotes, rebote duro, invalido, no valido, inalcanzable
devolvido, devolvida, invalida, inalcancavel, rejeitado, rejeitada
rimbalzato, rimbalzata, non valido, non valida, irraggiungibile, non recapitabile
gebounced, gebouncet, onbereikbaar, ongeldig, niet bezorgbaar, onbestelbaar
odbity, odbita, odrzucony, nieprawidlowy, nieosiagalny, niedostarczalny
""",
    COMPLAINED: """
complained, complaint, complaints, complainer, spam, spammed, junk, marked as spam, marked spam,
spam complaint, spam complaints, spam report, spam reports, spam reported, spamreport, abuse,
abuse complaint, abuse report, reported, reported spam, reported as spam, feedback loop, fbl
beschwerde, spambeschwerde, als spam markiert, hat sich beschwert
plainte, plainte spam, signale comme spam, marque comme spam
queja, queja de spam, denunciado, marcado como spam
reclamacao, reclamou, denuncia, denuncia de spam
reclamo, segnalato, segnalato come spam, reclamo spam
klacht, spamklacht, gemarkeerd als spam, klaagt
skarga, zgloszono spam, oznaczono jako spam, reklamacja
""",
}
_FURTHER: Mapping[SubscriberState, str] = {
    ACTIVE: """
подписан, подписана, подписчик, активен, активна, активный, подтвержден, подтверждена, разрешено
підписаний, підписана, активний, підтверджений
prenumererar, prenumerant, bekräftad
tilmeldt, påmeldt, abonnerer, abonnent, bekræftet, bekreftet
aktivní, aktívny, přihlášen, přihlášený, prihlásený, odebírá, potvrzeno, potvrzený
aktív, feliratkozott, feliratkozva, megerősített
aktif, abone, onaylı, onaylandı
activ, abonat, confirmat
aktiivinen, tilaaja, tilattu, vahvistettu
ενεργός, ενεργή, εγγεγραμμένος, εγγεγραμμένη, επιβεβαιωμένος
已订阅, 订阅中, 活跃, 有效, 已确认
購読中, 有効, 登録済み, 配信中, アクティブ
""",
    PENDING: """
не подтвержден, не подтверждена, неподтвержден, неподтвержденный, ожидает подтверждения, ожидает
не підтверджений, не підтверджена, очікує підтвердження
väntar, obekräftad, ej bekräftad, inte bekräftad
afventer, venter, ubekræftet, ikke bekræftet, ubekreftet, ikke bekreftet
nepotvrzeno, nepotvrzený, nepotvrdený, čeká na potvrzení
megerősítésre vár, függőben, nem megerősített
beklemede, onaysız, onay bekliyor
neconfirmat, în așteptare
vahvistamaton, odottaa, odottaa vahvistusta
εκκρεμεί, μη επιβεβαιωμένος
待确认, 未确认, 未订阅
未確認, 仮登録, 未登録, 確認待ち
""",
    UNSUBSCRIBED: """
отписан, отписана, отписался, отписалась, отписка, отказ, отказался, отказалась, неактивен
неактивна, неактивный, удален, удалена, заблокирован, заблокирована, черный список
в черном списке, не писать, исключен, исключена, запрещено, не подписан, не подписана
відписаний, відписана, відписався, відписалась, неактивний, видалений, заблокований
avregistrerad, avprenumererad, avanmäld, spärrad, borttagen
afmeldt, frameldt, slettet, blokeret, avmeldt, blokkert
odhlášen, odhlášený, odhlášeno, odhlásený, neaktivní, neaktívny, smazaný, zablokovaný
leiratkozott, leiratkozva, inaktív, törölt, letiltott
abonelikten çıktı, abonelikten ayrıldı, abonelik iptal edildi, pasif, iptal, engellendi, silindi
dezabonat, dezabonată, inactiv, șters, blocat
peruttu, perunut, estetty, poistettu, passiivinen
διαγραμμένος, διαγράφηκε, απεγγεγραμμένος, ανενεργός, αποκλεισμένος
已退订, 退订, 取消订阅, 已取消订阅, 取消訂閱, 黑名单, 已屏蔽, 已删除, 停用
購読解除, 配信停止, 解除, 解除済み, 退会, 退会済み, 停止, 停止中, 削除済み, 拒否
""",
    BOUNCED: """
недоступен, недоступна, недействителен, ошибка доставки, не доставлено, возврат, не существует
недоступний, недоступна, не доставлено
studsad, studsade, studsar, ogiltig
ugyldig, afvist, avvist
nedoručitelné, nedoručitelný, nedoručiteľné, neplatný
visszapattant, kézbesíthetetlen, érvénytelen
geri döndü, geçersiz, ulaşılamıyor
respins, nelivrabil
virheellinen, palautunut
μη έγκυρος, μη έγκυρο
退信, 硬退信, 无效
不達, 無効, エラー, 配信エラー
""",
    COMPLAINED: """
спам, жалоба, жалоба на спам, пожаловался, пожаловалась
скарга, скарга на спам
klagomål, skräppost, spamanmäld
klage, spamklage
stížnost, nahlásil spam
panasz, spamnek jelölte
şikayet, şikayet etti, spam olarak işaretledi
plângere, reclamație
roskaposti, ilmoitti roskapostiksi
παράπονο, ανεπιθύμητη
投诉, 举报, 垃圾邮件
苦情, 迷惑メール, 迷惑メール報告
""",
}


def _listed(lines: str) -> Iterable[str]:
    return filter(None, map(folded, lines.replace("\n", ",").split(",")))


WORDS: Mapping[str, SubscriberState] = {"": ACTIVE} | {
    word: state for state in WORST_LAST for word in _listed(_WORDS[state] + _FURTHER[state])
}
"""What the words of a subscription column mean, folded."""

_YES = """
true yes y t 1 x on ja j wahr oui o vrai si s verdadero sim verdadeiro vero waar tak prawda
checked ok да истина так ano áno pravda igen igaz evet doğru kyllä tosi adevărat ναι sann sant
sand 是 はい 有 ✓ ✔ ☑ ✅ 🗸 🗹
"""
_NO = """
false no n f 0 off nein falsch non faux falso nao nee onwaar nie falsz unchecked нет ложь ні ne
nepravda nem hamis hayır yanlış ei epätosi fals όχι falskt falsk usann nej nei 否 いいえ 無 无 ☐ ⬜
"""
_NOTHING = "none null nil nan na never undefined blank empty"
YES, NO = frozenset(map(folded, _YES.split())), frozenset(map(folded, _NO.split()))
NOTHING = frozenset({"", *_NOTHING.split(), "n a", "not set", "0000 00 00", "0000 00 00 00 00 00"})

# What cannot be meant otherwise, in the middle of a text as well; folded beginnings of words.
_TELLING = (
    *("unsubscri", "opt out", "opted out", "optout", "blacklist", "blocklist", "do not contact"),
    *("do not mail", "do not email", "dont email", "nonsubscri", "non subscri", "not subscri"),
    *("never subscri", "hard bounce", "marked as spam", "spam complaint", "spam report"),
    *("suppressed", "abgemeldet", "abbestellt", "desabonn", "desinscri", "desuscri", "de baja"),
    *("descadastr", "disiscri", "uitgeschreven", "afgemeld", "wypisa", "no longer wants"),
    *("отписа", "відписа", "avregistrer", "avprenumerer", "odhlas", "leiratkoz", "dezabon"),
    *("abonelikten ci", "abonelikten ay", "no more mail", "no more email", "stop sending"),
    *("take me off", "keine mail", "keine e mail", "keinen newsletter", "nicht mehr anschreiben"),
    *("ne plus envoyer", "ne plus recevoir", "no enviar", "non inviare", "nao enviar"),
    *("geen mail", "geen e mail", "geen nieuwsbrief", "nie wysyla", "не присыл", "не отправл"),
)
_PLAINLY_TELLING = tuple(filter(str.isascii, _TELLING))
# Where no name of a column says what they are about, they may be about anything.
_VAGUE = frozenset(
    (
        *("hard", "permanent", "held", "failed", "requested", "reported", "denuncia", "on hold"),
        *("rejected", "do not allow", "dont allow", "disallow", "disallowed", "deny", "forbidden"),
        *("transactional", "возврат", "отказ", "ожидает", "запрещено", "venter", "afventer"),
        *("beklemede", "iptal", "pasif", "odottaa", "停用", "停止", "停止中", "无效"),
        *("無効", "拒否", "エラー", "解除", "未登録"),
    )
)
_SAYING = frozenset(word for word, state in WORDS.items() if state is not ACTIVE) - _VAGUE
_LOUD = re.compile("|".join(rf"(?:\b{re.escape(stem)})" for stem in _TELLING))
_PIECES = re.compile(r"""[,;|\[\]{}":/\n]+""")


def speaks(cell: str) -> bool:
    """Say whether a cell that may hold anything speaks of opting out, whole or in a part of it."""
    if "://" in cell or ("@" in cell and " " not in cell.strip()):
        return False
    whole = folded(cell)
    if whole in _SAYING or _LOUD.search(whole):
        return True
    return any(folded(piece) in _SAYING for piece in _PIECES.split(cell))


def speaking(cells: Iterable[str]) -> set[str]:
    """Find the cells that `speaks` of, quickly where there are none."""
    different = list(cells)
    text = "\n".join(different)
    if not text.isascii():
        return {cell for cell in different if speaks(cell)}
    small = text.lower().replace("_", " ").replace("-", " ")
    if not any(stem in small for stem in _PLAINLY_TELLING) and _SAYING.isdisjoint(
        map(str.strip, _PIECES.split(small))
    ):
        return set()
    return {cell for cell in different if speaks(cell)}
