// What every page needs beyond htmx: custom elements, focus after a refused form, toasts.
import "./elements.js";
import "./menus.js";

const SHOWN = 8000; // milliseconds

function focusErrors() {
  document.querySelector("#error-summary")?.focus();
}

/** A toast leaves by itself, wherever it came from; what must stay is a notice on the page. */
function dismissLater() {
  for (const note of document.querySelectorAll(".toast:not([data-leaving])")) {
    note.dataset.leaving = "";
    setTimeout(() => note.remove(), SHOWN);
  }
}

/** Show one of the texts that the live region carries: data-refused, data-signed-out, data-broken, data-offline. Once at a time. */
function toast(kind) {
  const region = document.getElementById("toasts");
  if (region?.querySelector(`[data-kind="${kind}"]`)) return;
  const note = Object.assign(document.createElement("p"), { className: "toast" });
  note.textContent = region?.dataset[kind] ?? "";
  note.dataset.kind = kind;
  region?.append(note);
  dismissLater();
}

/** A live region that was itself put in place of another one stays silent: what came with data-say is said from a lasting one. */
function sayWhatIsNew(target) {
  const place = document.getElementById(target?.id);
  if (place) document.getElementById("said").textContent = place.querySelector("[data-say]")?.textContent ?? "";
}

document.addEventListener("htmx:after:swap", (event) => {
  sayWhatIsNew(event.detail.ctx?.target);
  focusErrors();
  dismissLater();
});
// Of the refusals only 422 belongs into the page, and those that name their own place (signing in again, for one).
document.addEventListener("htmx:before:swap", (event) => {
  const { response, hx } = event.detail.ctx;
  if ([401, 403].includes(response?.status) && !hx?.retarget) event.preventDefault();
});
document.addEventListener("htmx:response:error", (event) => {
  const { response } = event.detail.ctx;
  if (response.status >= 500) toast("broken");
  else if (response.status !== 422 && !response.headers.has("HX-Retarget")) toast(response.status === 401 ? "signedOut" : "refused");
});
document.addEventListener("htmx:error", () => toast("offline"));

focusErrors();
dismissLater();
// What a page says when it opens is put into its live region once more, else many screen readers pass over it.
const flash = document.getElementById("flash");
setTimeout(() => flash?.append(...flash.childNodes), 500);
