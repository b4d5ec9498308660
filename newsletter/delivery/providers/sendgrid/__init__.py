"""SendGrid's v3 Web API.

`payload` says what is sent, `answers` what comes back means, `provider` puts them together;
`events` reads what is reported later, `lists` whom SendGrid mails no more.
"""

from newsletter.delivery.providers.sendgrid.provider import SECRETS, make

__all__ = ["SECRETS", "make"]
