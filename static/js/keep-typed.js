// Changing language or theme in the footer loads the page anew: what is being typed comes along, once.
const KEY = "typed";
const FIELDS = "main form[method=post] :is(textarea, select, input:not([type=hidden], [type=password], [type=file]))";

/** Says which field it is, on this page and on the same page in another language. */
function nameOf(field) {
  const choice = ["radio", "checkbox"].includes(field.type) ? field.value : "";
  return JSON.stringify([field.form.getAttribute("action"), field.name, choice]);
}

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/preferences") return;
  const typed = [...document.querySelectorAll(FIELDS)].map((f) => [nameOf(f), f.value, Boolean(f.checked)]);
  if (typed.some(([, value]) => value)) sessionStorage.setItem(KEY, JSON.stringify(typed));
});

const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
sessionStorage.removeItem(KEY);
for (const field of document.querySelectorAll(FIELDS)) {
  const [, value, checked] = kept.find(([name]) => name === nameOf(field)) ?? [];
  if (value === undefined || (field.value === value && Boolean(field.checked) === checked)) continue;
  field.value = value;
  field.checked = checked;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
