// <auto-submit> inside a form submits that form once, as soon as it is on the page.
// The form keeps its button, so that it also works without scripts.
class AutoSubmit extends HTMLElement {
  connectedCallback() {
    if (this.done) return;
    this.done = true;
    this.closest("form")?.requestSubmit();
  }
}
customElements.define("auto-submit", AutoSubmit);
