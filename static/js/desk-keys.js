// <desk-keys> around the moderators' desk: single keys for what the page's own buttons and links do. J and K go through
// the list; any other key presses what carries it as data-key. They can be switched off, on this device (WCAG 2.1.4).
const SWITCH = "desk-keys";

class DeskKeys extends HTMLElement {
  connectedCallback() {
    this.bar = this.querySelector(".keys");
    this.button = this.bar?.querySelector("button");
    this.pressed = (event) => this.press(event);
    this.button?.addEventListener("click", () => this.turn(!this.on));
    if (this.bar) this.bar.hidden = false;
    this.turn(localStorage.getItem(SWITCH) !== "off");
    document.addEventListener("keydown", this.pressed);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.pressed);
  }

  turn(on) {
    this.on = on;
    this.toggleAttribute("keys", on); // the numbers on what can be chosen
    localStorage.setItem(SWITCH, on ? "on" : "off");
    if (this.button) this.button.textContent = on ? this.dataset.on : this.dataset.off;
  }

  press(event) {
    const writing = event.target.closest?.("textarea, select, input:not([type=radio])");
    if (!this.on || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const links = [...this.querySelectorAll(".modlist a")];
    const here = links.findIndex((link) => link.hasAttribute("aria-current"));
    const target =
      key === "j" ? links[here + 1] : key === "k" ? links[here - 1] : this.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.click();
  }
}
customElements.define("desk-keys", DeskKeys);
