// <markdown-editor> wakes the toolbar around its textarea. Each button says what it does in data-mark:
// "wrap:**" sets marks around the selection, "line:- " puts a mark before each line, "link" makes a link.
// One button takes the Tab key, arrows move between them, as a toolbar should.
class MarkdownEditor extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector("textarea");
    this.buttons = [...this.querySelectorAll("button[data-mark]")];
    this.buttons.forEach((button, index) => {
      button.hidden = false;
      button.tabIndex = index ? -1 : 0;
      button.addEventListener("click", () => this.apply(button.dataset.mark));
    });
    this.querySelector("[role=toolbar]")?.addEventListener("keydown", (event) => this.move(event));
  }

  apply(mark) {
    const { selectionStart: from, selectionEnd: to, value } = this.text;
    const chosen = value.slice(from, to);
    if (mark.startsWith("wrap:")) {
      const sign = mark.slice(5);
      this.replace(from, to, sign + chosen + sign, from + sign.length, to + sign.length);
    } else if (mark.startsWith("line:")) {
      const start = value.lastIndexOf("\n", from - 1) + 1;
      const lines = value.slice(start, to).split("\n").map((line) => mark.slice(5) + line).join("\n");
      this.replace(start, to, lines, start, start + lines.length);
    } else {
      const link = `[${chosen}](https://)`;
      this.replace(from, to, link, chosen ? from + link.length - 1 : from + 1);
    }
  }

  /** Replace a part of the text and select; undo keeps working where the browser can do so. */
  replace(from, to, text, start, end = start) {
    this.text.focus();
    this.text.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) {
      this.text.setRangeText(text);
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.text.setSelectionRange(start, end);
  }

  move(event) {
    const here = this.buttons.indexOf(event.target);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (here < 0 || !step) return;
    event.preventDefault();
    const next = this.buttons.at((here + step) % this.buttons.length);
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}
customElements.define("markdown-editor", MarkdownEditor);
