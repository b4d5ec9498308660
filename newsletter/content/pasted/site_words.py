"""What sites write around a text, in the languages that editions are written in.

Folded, without closing punctuation (`folding.fold_open`). Whole lines only.
"""

from __future__ import annotations

from collections.abc import Mapping

OTHER_POSTS = "a list of other posts"  # why a line is left out
_ENDS = """
top of page|bottom of page|back to top|nach oben|volver arriba|haut de page|torna su|naar boven
voltar ao topo
"""
_MENU = """
skip to content|skip to main content|menu|open menu|close menu|main menu|navigation|home
homepage|search|close|open in app|post navigation|skip navigation
log in|login|sign in|sign out|log out|register|my account|become a member|see all
view all|all posts|zum inhalt springen|zum inhalt|menü|startseite|suche|anmelden|abmelden
registrieren|alle ansehen|alle beiträge|ir al contenido|saltar al contenido|menú|inicio|buscar
iniciar sesión|registrarse|ver todo|todas las entradas|aller au contenu|accueil|rechercher
se connecter|connexion|s'inscrire|voir tout|tous les posts|vai al contenuto|cerca|accedi|registrati
vedi tutti|tutti i post|ga naar inhoud|naar de inhoud|zoeken|inloggen|registreren|alles weergeven
ir para o conteúdo|início|entrar|cadastre-se|ver tudo|الرئيسية|القائمة|بحث|תפריט|דף הבית|חיפוש
"""
_SHARING = """
share|share this|share this post|share this article|share on facebook|share on twitter|share on x
share via email|tweet|copy link|print|print this|facebook|twitter|linkedin|whatsapp|instagram
telegram|pinterest|reddit|youtube|like|follow|follow us|reply|save|like this|loading|listen|bookmark
listen to this article|gift article|restacks
teilen|auf facebook teilen|drucken|gefällt mir|link kopieren|compartir
compartir en facebook|copiar enlace|imprimir|me gusta|partager
partager sur facebook|copier le lien|imprimer|j'aime|condividi|condividi su facebook|copia link
stampa|mi piace|delen|deel dit|afdrukken|vind ik leuk|compartilhar|partilhar|copiar link|curtir
مشاركة|שיתוף
"""
_SIGN_UP = """
subscribe|subscribe now|subscribe to our newsletter|sign up|sign up now|sign up for our newsletter
join our mailing list|join the mailing list|join|join now|enter your email|enter your email here
enter your email address|enter your email here*|your email|your email address|email|email*|e-mail
e-mail*|email address|first name|last name|submit|send|thanks for submitting
thanks for subscribing|thank you for subscribing|stay up to date|get the newsletter|don't miss out
i want to subscribe to your mailing list|yes, subscribe me to your newsletter
yes, subscribe me to your newsletter.*|abonnieren|jetzt abonnieren|newsletter abonnieren
e-mail-adresse|e-mail-adresse eingeben|absenden|danke für die anmeldung
vielen dank für ihre anmeldung|suscribirse|suscríbete|suscríbete a nuestro boletín
correo electrónico|introduce tu correo electrónico|enviar|gracias por suscribirte|gracias por enviar
s'abonner|abonnez-vous|abonnez-vous à notre newsletter|adresse e-mail|entrez votre e-mail
saisissez votre e-mail|envoyer|merci pour votre envoi|merci de votre inscription|iscriviti
iscriviti alla newsletter|iscriviti alla nostra newsletter|indirizzo email|inserisci la tua email
invia|grazie per l'iscrizione|grazie per averci inviato|abonneren|abonneer|meld je aan
schrijf je in voor onze nieuwsbrief|e-mailadres|vul je e-mailadres in|verzenden
bedankt voor het inzenden
inscreva-se|subscrever|assine|assine nossa newsletter|endereço de e-mail|digite seu e-mail
obrigado pelo envio|obrigado por se inscrever|اشترك|הרשמה
"""
_COMMENTS = """
comments|leave a reply|discussion about this post
no ratings yet|add a rating|write a comment|comment|leave a comment|kommentare
kommentar verfassen|kommentar schreiben|noch keine bewertungen|comentarios|escribir un comentario
commentaires|rédigez un commentaire|laisser un commentaire|commenti|scrivi un commento|reacties
plaats een reactie|comentários|escreva um comentário|تعليقات|תגובות
"""
_FOOTER = """
contact|us|tell|contact us|about|about us|terms|terms of use|terms of service|terms & conditions
terms and conditions|privacy|privacy policy|cookie policy|cookie settings|cookies|imprint
accessibility|accessibility statement|all rights reserved|advertise|advertise with us|careers|faq
advertisement|sponsored|kontakt|über uns|impressum|datenschutz|datenschutzerklärung|agb
nutzungsbedingungen|alle rechte vorbehalten|anzeige|werbung|contacto|sobre nosotros
quiénes somos|aviso legal|política de privacidad|política de cookies|términos y condiciones
condiciones de uso|todos los derechos reservados|publicidad|nous contacter|contactez-nous
à propos
mentions légales|politique de confidentialité|conditions d'utilisation|tous droits réservés
publicité
contatti|chi siamo|note legali|informativa sulla privacy|termini e condizioni
tutti i diritti riservati|pubblicità|over ons|privacybeleid|algemene voorwaarden|cookiebeleid
alle rechten voorbehouden|advertentie|contato|contacto|quem somos|sobre nós|termos de uso
termos e condições|política de privacidade|todos os direitos reservados|publicidade|اتصل بنا
"""
_RELATED = """
recent posts|related posts|related articles|related stories|related|you may also like
you might also like|read next|up next|more stories|more news|keep reading|recommended
recommended for you|trending|trending now|most read|most popular|popular posts|latest posts
aktuelle beiträge|ähnliche beiträge|verwandte artikel|das könnte sie auch interessieren
das könnte dich auch interessieren|meistgelesen|entradas recientes|entradas relacionadas
artículos relacionados|también te puede interesar|lo más leído|posts récents|articles similaires
articles liés|à lire aussi|vous aimerez aussi|les plus lus|post recenti|post correlati
articoli correlati|potrebbe interessarti anche|leggi anche|i più letti|recente blogposts
gerelateerde berichten|gerelateerde artikelen|lees ook|meest gelezen|posts recentes
posts relacionados|artigos relacionados|você também pode gostar|leia também|mais lidas
مقالات ذات صلة|פוסטים אחרונים
"""


def _lines(words: str) -> frozenset[str]:
    return frozenset(line for row in words.strip().splitlines() for line in row.split("|"))


RELATED = _lines(_RELATED)  # a heading: the short lines below it are titles of other posts
COMMENTS = _lines(_COMMENTS)
FURNITURE: Mapping[str, str] = {
    line: reason
    for words, reason in (
        (_FOOTER, "the site's footer"),
        (_COMMENTS, "the comment section"),
        (_SIGN_UP, "a sign-up form"),
        (_SHARING, "a share button"),
        (_MENU, "the site's navigation"),
        (_ENDS, "the site's navigation"),
        (_RELATED, OTHER_POSTS),
    )
    for line in _lines(words)
}
