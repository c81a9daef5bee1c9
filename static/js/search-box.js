// <search-box data-none="…" data-some="…"> around a search field and a hidden list: suggestions while one types, as a combobox.
// Enter on a suggestion opens it; Enter without one sends the form, as it does without scripts.
const PAUSE = 200; // milliseconds

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.said = this.querySelector("[role=status]");
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(attributes)) this.field.setAttribute(name, value);
    this.field.addEventListener("input", () => this.wait());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the field
    this.list.addEventListener("click", (event) => this.open(event.target.closest("[role=option]")));
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const asked = this.field.value.trim();
    const address = `${this.dataset.address}?${new URLSearchParams({ q: asked })}`;
    const response = asked.length > 1 ? await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null) : null;
    const options = response?.ok ? await response.text() : "";
    if (asked !== this.field.value.trim() || document.activeElement !== this.field) return;
    this.list.innerHTML = options;
    const many = this.options.length;
    this.show(many > 0);
    this.said.textContent = many ? this.dataset.some.replace("{n}", String(many)) : this.dataset.none;
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  show(open) {
    this.list.hidden = !open;
    this.field.setAttribute("aria-expanded", String(open));
    this.choose(-1);
  }

  close() {
    clearTimeout(this.timer);
    this.show(false);
  }

  choose(index) {
    this.options.forEach((option, nth) => option.setAttribute("aria-selected", String(nth === index)));
    const chosen = this.options[index];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.field.setAttribute("aria-activedescendant", chosen.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (this.list.hidden) return;
    const here = this.options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const many = this.options.length;
    if (event.key === "ArrowDown") this.choose(here + 1 < many ? here + 1 : -1);
    else if (event.key === "ArrowUp") this.choose(here < 0 ? many - 1 : here - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && here >= 0) this.open(this.options[here]);
    else return;
    event.preventDefault();
  }

  open(option) {
    if (option) location.assign(option.dataset.address);
  }
}
customElements.define("search-box", SearchBox);
