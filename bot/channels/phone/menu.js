// A button that opens a menu: arrows move in it, Esc and a click outside close it, and focus comes back to the button.

export class Menu {
  constructor(opener, menu, onChoice) {
    this.opener = opener;
    this.menu = menu;
    opener.addEventListener("click", () => (menu.hidden ? this.open() : this.close()));
    opener.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      this.open(event.key === "ArrowUp" ? -1 : 0);
    });
    menu.addEventListener("keydown", (event) => this.key(event));
    menu.addEventListener("click", (event) => {
      const item = event.target.closest('[role="menuitem"]');
      if (!item) return;
      this.close();
      onChoice(item);
    });
    document.addEventListener("pointerdown", (event) => {
      if (!menu.contains(event.target) && !opener.contains(event.target)) this.close(false);
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget) && event.relatedTarget !== opener) this.close(false);
    });
  }

  items() {
    return [...this.menu.querySelectorAll('[role="menuitem"]')];
  }

  open(first = 0) {
    this.menu.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.items().at(first)?.focus();
  }

  close(back = true) {
    if (this.menu.hidden) return;
    this.menu.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    if (back) this.opener.focus();
  }

  key(event) {
    const items = this.items();
    const here = items.indexOf(document.activeElement);
    const next = { ArrowDown: (here + 1) % items.length, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") this.close();
    else if (next !== undefined) items.at(next)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
