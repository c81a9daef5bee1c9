// <search-box data-from="/search/suggestions?q="> around a search field offers titles and names while one types, as a combobox.
// Enter on a suggestion opens it; Enter without one sends the form, as it does without scripts.
class SearchBox extends customElements.get("suggesting-field") {
  keys = ["Enter"];

  connectedCallback() {
    this.connect(this.querySelector("input"), this.querySelector("suggestion-list"));
    this.field.setAttribute("role", "combobox");
    this.field.setAttribute("aria-expanded", "false");
  }

  get called() {
    return this.field.value;
  }

  take(option) {
    location.assign(option.dataset.address);
  }
}
customElements.define("search-box", SearchBox);
