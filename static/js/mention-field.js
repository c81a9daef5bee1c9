// <mention-field data-from="/ideas/…/mentions?typed="> around a textarea offers people while one types @ and a name; Enter or
// Tab takes one. Without scripts one types the whole name or the address.
const CALLED = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}'’.\- ]{0,40})$/u;

class MentionField extends customElements.get("suggesting-field") {
  keys = ["Enter", "Tab"];
  eager = true;

  connectedCallback() {
    if (this.field) return;
    this.build(this.querySelector("textarea"));
  }

  /** What stands between the @ and the cursor; undefined where nobody is being called. */
  get called() {
    return CALLED.exec(this.field.value.slice(0, this.field.selectionStart))?.[1];
  }

  /** The name in place of what was typed of it; undo keeps working where the browser can do so. */
  take(option) {
    const end = this.field.selectionStart;
    if (this.called === undefined) return;
    this.field.setSelectionRange(end - this.called.length, end);
    const words = `${option.dataset.words} `;
    if (!document.execCommand("insertText", false, words)) this.field.setRangeText(words);
  }
}
customElements.define("mention-field", MentionField);
