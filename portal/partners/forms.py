"""The form of an organisation."""

from __future__ import annotations

from typing import Any

from wtforms.validators import StopValidation

from portal.text.address import mail_domain
from portal.text.language import gettext
from portal.web.beside import SeenForm
from portal.web.forms import StringField, TagsField, at_most, lazy, required


class DomainsField(TagsField):
    """Domains, separated by commas or spaces; `data` is a list in ASCII without doubles."""

    most = 20

    def process_formdata(self, valuelist: list[str]) -> None:
        """Splits."""
        typed = ",".join(valuelist).replace(";", ",").replace(",", " ").split()
        self.data = list(dict.fromkeys(word.removeprefix("@") for word in typed))

    def pre_validate(self, form: Any) -> None:
        """Each is one; all that is wrong is said at once."""
        found = {word: mail_domain(word) for word in self.data or []}
        wrong = [word for word, domain in found.items() if domain is None]
        if wrong:
            words = gettext("“%(value)s” is no domain. Write what stands behind the @, such as overwater.example.")
            raise StopValidation(" ".join(words % {"value": word[:60]} for word in wrong[:5]))
        if len(found) > self.most:
            raise StopValidation(gettext("An organisation has at most %(n)s domains.") % {"n": self.most})
        self.data = list(dict.fromkeys(domain for domain in found.values() if domain))


class PartnerForm(SeenForm):
    """An organisation, and the domains of its addresses."""

    name = StringField(lazy("Name"), [required(lazy("Say what the organisation is called.")), at_most(120)])
    domains = DomainsField(lazy("Domains of its addresses"), [required(lazy("Give at least one domain."))])
