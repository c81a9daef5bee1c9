// <search-box data-from="/search/suggestions"> around a search field offers titles and names while one types, as a combobox.
// Enter on a suggestion opens it; Enter without one sends the form, as it does without scripts.
const PAUSE = 200; // milliseconds

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.list = this.querySelector("suggestion-list");
    this.said = this.querySelector("[role=status]");
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(attributes)) this.field.setAttribute(name, value);
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("blur", () => this.close());
    this.list.addEventListener("chosen", ({ detail }) => this.field.setAttribute("aria-activedescendant", detail?.id ?? ""));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the focus stays in the field
      this.open(event.target.closest("[role=option]"));
    });
  }

  typed() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(this.field.value), PAUSE);
  }

  async ask(words) {
    const answer = await fetch(`${this.dataset.from}?${new URLSearchParams({ q: words })}`).catch(() => null);
    if (!answer?.ok || answer.redirected || words !== this.field.value || document.activeElement !== this.field) return;
    this.said.textContent = this.list.show(await answer.text());
    this.list.choose(undefined);
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  pressed(event) {
    if (this.list.hidden || event.isComposing) return;
    const { list } = this;
    const act = { ArrowDown: () => list.move(1), ArrowUp: () => list.move(list.chosen ? -1 : 0), Escape: () => this.close() };
    if (list.chosen) act.Enter = () => this.open(list.chosen);
    act[event.key]?.();
    if (event.key in act) event.preventDefault();
  }

  close() {
    clearTimeout(this.waiting);
    this.list.close();
    this.field.setAttribute("aria-expanded", "false");
  }

  open(option) {
    if (option) location.assign(option.dataset.address);
  }
}
customElements.define("search-box", SearchBox);
