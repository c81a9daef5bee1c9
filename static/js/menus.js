// Menus close when something else is clicked, and by Escape.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open], .dock details[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open], .dock details[open]");
  menu?.querySelector("summary").focus();
  closeMenus(null);
});
