// <draft-saver data-kept data-signed-out data-refused> keeps what is typed into its form as a draft: it sends the form with
// draft=auto a moment after the last key. What can't be sent is kept in this tab and sent again; a reload finds it. Once
// it is saved the page stands at the draft's own address, so that a reload finds that, too.
const [PAUSE, RETRY] = [1500, 5000]; // milliseconds: after the last key, and after what failed

class DraftSaver extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.key = this.keyOf(this.form.getAttribute("action"));
    this.form.addEventListener("input", () => this.later(PAUSE));
    this.form.addEventListener("submit", (event) => this.leave(event));
    const kept = new URLSearchParams(sessionStorage.getItem(this.key) ?? "");
    kept.delete("csrf_token"); // all else comes back: the form's key too, so that it stays the same draft
    for (const field of this.form.elements) {
      if (!kept.has(field.name) || field.type === "submit") continue;
      if (["radio", "checkbox"].includes(field.type)) field.checked = kept.getAll(field.name).includes(field.value);
      else field.value = kept.get(field.name);
    }
    if (kept.size) this.later(0);
  }
  keyOf(address) {
    return `draft:${address}:${this.form.elements.csrf_token.value.split(".")[1]}`;
  }
  leave(event) {
    this.left = navigator.onLine;
    clearTimeout(this.timer);
    if (this.left) return sessionStorage.removeItem(this.key);
    event.preventDefault(); // without a network the page stays, with all that is on it
    this.say("kept");
  }
  later(wait) {
    sessionStorage.setItem(this.key, this.typed());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }
  typed() {
    return String(new URLSearchParams([...new FormData(this.form), ["draft", "auto"]]));
  }
  say(what) {
    this.querySelector("#draft_state").textContent = this.dataset[what];
  }
  /** One at a time; what got no answer goes again as it was, so that it is never saved twice. */
  async send() {
    if (this.sent || !this.isConnected) return;
    const body = (this.sent = this.unsure ?? this.typed());
    const headers = { "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded" };
    const answer = await fetch(this.form.action, { method: "POST", body, headers }).catch(() => ({ status: 503 }));
    this.sent = null;
    this.unsure = answer.status < 500 ? null : body;
    if (this.left) return;
    if (this.unsure) this.say("kept"), this.later(RETRY);
    else if (![200, 422].includes(answer.status)) this.say(answer.status === 401 ? "signedOut" : "refused");
    else this.saved(new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild, body);
  }
  saved(state, body) {
    this.querySelector("#draft_state").replaceChildren(...state.childNodes);
    const more = this.typed() !== body;
    if (!state.dataset.version) return;
    this.form.elements.version.value = state.dataset.version;
    sessionStorage.removeItem(this.key);
    this.settle(state.dataset.address);
    if (more) this.later(PAUSE);
  }
  /** From now on this is the draft at its own address, with what can be done there. */
  async settle(address) {
    if (this.form.getAttribute("action") === address) return;
    this.form.setAttribute("action", address);
    this.key = this.keyOf(address);
    history.replaceState(history.state, "", address);
    const page = await fetch(address).then((answer) => answer.text(), () => "");
    const along = new DOMParser().parseFromString(page, "text/html").querySelector("#along");
    if (along) this.form.querySelector("#along").replaceWith(along);
  }
}
customElements.define("draft-saver", DraftSaver);
