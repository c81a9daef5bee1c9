// <char-counter for="title" limit="90" data-template="{n} of 90"> keeps count of what is typed into the field with that id.
// The server writes the first text; without scripts the counter stays hidden (char-counter:not(:defined)).
class CharCounter extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.count = () => {
      const typed = [...this.field.value.trim()].length; // characters as the server counts them
      this.textContent = this.dataset.template.replace("{n}", typed.toLocaleString(document.documentElement.lang));
      this.toggleAttribute("data-over", typed > Number(this.getAttribute("limit")));
    };
    this.field?.addEventListener("input", this.count);
    if (this.field) this.count();
  }

  disconnectedCallback() {
    this.field?.removeEventListener("input", this.count);
  }
}
customElements.define("char-counter", CharCounter);
