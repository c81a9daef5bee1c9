// <colleague-field data-space> around a field offers colleagues while one types a name, as a combobox; Enter takes one. In a form
// in which a space is chosen, it offers who reads that. Without scripts one types the whole name or the address.
const SHORTEST = 2; // letters, as the server has it

class ColleagueField extends customElements.get("suggesting-field") {
  keys = ["Enter"];

  connectedCallback() {
    if (this.field) return;
    const field = this.querySelector("input");
    this.build(field);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "false");
  }

  get from() {
    const space = this.field.form.elements.space?.value || this.dataset.space;
    return `/colleagues?space=${encodeURIComponent(space)}&typed=`;
  }

  get called() {
    return this.field.value.trim().length < SHORTEST ? undefined : this.field.value;
  }

  take(option) {
    this.field.value = option.dataset.words;
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
customElements.define("colleague-field", ColleagueField);
