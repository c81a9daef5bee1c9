// <mention-field data-from="/ideas/…/mentions"> around a textarea offers people while one types @ and a name. Arrows move
// in the list, Enter or Tab takes one, Escape closes it. Without scripts one types the whole name or the address.
const CALLED = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}'’.\- ]{0,40})$/u;
const PAUSE = 150; // milliseconds

class MentionField extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.text = this.querySelector("textarea");
    this.list = Object.assign(document.createElement("suggestion-list"), { id: `${this.text.id}-list`, hidden: true });
    this.said = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });
    this.append(this.list, this.said);
    this.text.setAttribute("aria-autocomplete", "list");
    this.text.setAttribute("aria-controls", this.list.id);
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    this.text.addEventListener("blur", () => this.list.close());
    this.list.addEventListener("chosen", ({ detail }) => this.text.setAttribute("aria-activedescendant", detail?.id ?? ""));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the focus stays in the text
      this.take(event.target.closest("[role=option]"));
    });
  }

  /** What stands between the @ and the cursor; undefined where nobody is being called. */
  get called() {
    return CALLED.exec(this.text.value.slice(0, this.text.selectionStart))?.[1];
  }

  typed() {
    clearTimeout(this.waiting);
    if (this.called === undefined) this.list.close();
    else this.waiting = setTimeout(() => this.ask(this.called), PAUSE);
  }

  async ask(words) {
    const answer = await fetch(`${this.dataset.from}?${new URLSearchParams({ typed: words ?? "" })}`).catch(() => null);
    if (answer?.ok && !answer.redirected && words === this.called) this.said.textContent = this.list.show(await answer.text());
  }

  pressed(event) {
    if (this.list.hidden || event.isComposing) return;
    const act = { ArrowDown: () => this.list.move(1), ArrowUp: () => this.list.move(-1), Escape: () => this.list.close() };
    act.Enter = act.Tab = () => this.take(this.list.chosen);
    act[event.key]?.();
    if (event.key in act) event.preventDefault();
  }

  /** The name in place of what was typed of it; undo keeps working where the browser can do so. */
  take(option) {
    const end = this.text.selectionStart;
    if (!option || this.called === undefined) return;
    this.text.setSelectionRange(end - this.called.length, end);
    const words = `${option.dataset.words} `;
    if (!document.execCommand("insertText", false, words)) this.text.setRangeText(words);
    clearTimeout(this.waiting);
    this.list.close();
  }
}
customElements.define("mention-field", MentionField);
