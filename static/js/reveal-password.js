// <reveal-password for="password" data-hide="Hide"> shows what is typed into the field with that id, and hides it again.
// Without scripts the button stays hidden (reveal-password:not(:defined)).
class RevealPassword extends HTMLElement {
  connectedCallback() {
    const field = document.getElementById(this.getAttribute("for"));
    const button = this.querySelector("button");
    const show = button.textContent;
    button.addEventListener("click", () => {
      const hidden = field.type === "password";
      field.type = hidden ? "text" : "password";
      button.textContent = hidden ? this.dataset.hide : show;
    });
    field.form?.addEventListener("submit", () => (field.type = "password"));
  }
}
customElements.define("reveal-password", RevealPassword);
