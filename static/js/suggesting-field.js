// What <search-box> and <mention-field> are: around a field, they show what the server suggests for what is `called` there
// (undefined: nothing). Arrows move in the list, Escape closes it, `keys` take what is chosen; the focus stays in the field.
const PAUSE = 200; // milliseconds

class SuggestingField extends HTMLElement {
  /** With a list of its own. */
  build(field) {
    this.connect(field, customElements.get("suggestion-list").build(this, field));
  }

  connect(field, list) {
    Object.assign(this, { field, list, said: this.querySelector("[role=status]") });
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.addEventListener("input", () => this.typed());
    field.addEventListener("keydown", (event) => this.pressed(event));
    field.addEventListener("blur", () => this.close());
    list.addEventListener("chosen", ({ detail }) => this.chosen(detail));
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.taken(event.target.closest("[role=option]"));
    });
  }

  /** Where the server suggests. */
  get from() {
    return this.dataset.from;
  }

  typed() {
    clearTimeout(this.waiting);
    if (this.called === undefined) this.close();
    else this.waiting = setTimeout(() => this.ask(this.called), PAUSE);
  }

  async ask(words) {
    const answer = await fetch(this.from + encodeURIComponent(words ?? "")).catch(() => null);
    if (!answer?.ok || answer.redirected || words !== this.called || document.activeElement !== this.field) return;
    this.said.textContent = this.list.show(await answer.text());
    if (this.eager && !this.list.hidden) this.list.move(1);
  }

  chosen(option) {
    this.field.setAttribute("aria-activedescendant", option?.id ?? "");
    if (this.field.hasAttribute("aria-expanded")) this.field.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  pressed(event) {
    if (this.list.hidden || event.isComposing) return;
    const act = { ArrowDown: () => this.list.move(1), ArrowUp: () => this.list.move(-1), Escape: () => this.close() };
    if (this.list.chosen) for (const key of this.keys) act[key] = () => this.taken(this.list.chosen);
    act[event.key]?.();
    if (event.key in act) event.preventDefault();
  }

  taken(option) {
    if (!option) return;
    this.take(option);
    this.close();
  }

  close() {
    clearTimeout(this.waiting);
    this.list.close();
  }
}
customElements.define("suggesting-field", SuggestingField);
