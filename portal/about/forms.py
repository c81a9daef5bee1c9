"""The form of a page of the organisation's own."""

from portal.text.markdown import LONGEST
from portal.web.forms import Form, HiddenNumber, StringField, TextAreaField, at_most, lazy, required


class AboutForm(Form):
    """Title and text, in Markdown."""

    title = StringField(lazy("Title"), [required(lazy("Give the page a title.")), at_most(120)])
    body = TextAreaField(lazy("Text"), [required(lazy("Write the page.")), at_most(LONGEST)])
    version = HiddenNumber(default=0)
