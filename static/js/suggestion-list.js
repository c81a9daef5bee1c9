// <suggestion-list> holds what the server suggests: a text to be read out, and a listbox with one option chosen, or none.
class SuggestionList extends HTMLElement {
  /** Puts a list into `place`, called as its field is, and where it is read out. */
  static build(place, field) {
    const list = Object.assign(document.createElement("suggestion-list"), { id: `${field.id}-list`, hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.labels[0]?.textContent.trim() || field.name);
    const said = Object.assign(document.createElement("p"), { className: "visually-hidden" });
    said.setAttribute("role", "status");
    place.append(list, said);
    return list;
  }

  /** Shows what the server sent; gives the text to be read out. */
  show(html) {
    this.innerHTML = html;
    const said = this.querySelector("p");
    said.remove();
    this.options = [...this.querySelectorAll("[role=option]")];
    this.hidden = !this.options.length;
    this.choose(undefined);
    return said.textContent;
  }

  move(step) {
    const from = this.options.indexOf(this.chosen);
    this.choose(this.options.at(from < 0 && step < 0 ? -1 : (from + step) % this.options.length));
  }

  choose(option) {
    this.chosen?.setAttribute("aria-selected", "false");
    this.chosen = option;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    this.dispatchEvent(new CustomEvent("chosen", { detail: option }));
  }

  close() {
    this.hidden = true;
    this.replaceChildren(); // two lists of a page never hold the same ids
    this.choose(undefined);
  }
}
customElements.define("suggestion-list", SuggestionList);
