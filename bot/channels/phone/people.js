// The list of those whom the phone can be: by role and unit, found without diacritics, walked with the arrow keys.

import { fold } from "./text.js";
import { words } from "./words.js";

const make = (name, className, text = "") => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
};

const initial = (name) => (name.trim().split(/\s+/).at(-1) ?? "")[0] ?? "?";
const tint = (text) => [...text].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;

function grouped(people, key) {
  const groups = new Map();
  for (const person of people) groups.set(person[key], [...(groups.get(person[key]) ?? []), person]);
  return groups;
}

export class People {
  constructor({ list, search, unreadOnly, onChoice }) {
    Object.assign(this, { list, search, unreadOnly, onChoice });
    this.people = [];
    this.unread = new Map();
    this.current = null;
    search.addEventListener("input", () => this.render());
    unreadOnly.addEventListener("click", () => {
      unreadOnly.setAttribute("aria-pressed", String(!this.onlyUnread()));
      this.render();
    });
    search.addEventListener("keydown", (event) => this.searchKey(event));
    list.addEventListener("keydown", (event) => this.listKey(event));
    list.addEventListener("click", (event) => {
      const row = event.target.closest(".person");
      if (row) onChoice(row.dataset.address);
    });
  }

  set({ people, strangers }) {
    const guests = strangers.map(({ address, number }) => ({
      address, name: words.stranger(number), role: words.guests, unit: "", group: "",
    }));
    this.people = [...people, ...guests];
    for (const person of this.people) person.key = fold(`${person.name} ${person.role} ${person.unit} ${person.group}`);
    this.render();
  }

  find(address) {
    return this.people.find((person) => person.address === address);
  }

  choose(address) {
    this.current = address;
    for (const row of this.rows()) this.mark(row);
    this.rove(this.row(address) ?? this.rows()[0]);
    this.row(address)?.scrollIntoView({ block: "nearest" });
  }

  setAllUnread(counts) {
    this.unread = new Map(Object.entries(counts));
    for (const row of this.rows()) this.badge(row);
    if (this.onlyUnread() && Object.keys(counts).some((address) => !this.row(address))) this.render();
  }

  setUnread(address, count) {
    if (count) this.unread.set(address, count);
    else this.unread.delete(address);
    const row = this.row(address);
    if (row) this.badge(row);
    else if (count && this.onlyUnread()) this.render();
  }

  onlyUnread() {
    return this.unreadOnly.getAttribute("aria-pressed") === "true";
  }

  totalUnread() {
    return [...this.unread.values()].reduce((sum, count) => sum + count, 0);
  }

  render() {
    const wanted = fold(this.search.value).split(" ");
    const unread = this.onlyUnread();
    const shown = this.people.filter(
      (person) => wanted.every((word) => person.key.includes(word)) && (!unread || this.unread.has(person.address)),
    );
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.address : null;
    this.list.replaceChildren(...[...grouped(shown, "role")].flatMap(([role, people]) => this.section(role, people)));
    if (!shown.length) this.list.append(make("p", "nobody", unread ? words.nobodyUnread : words.nobody));
    this.rove(this.row(focused ?? this.current) ?? this.rows()[0]);
    if (focused) (this.row(focused) ?? this.rows()[0] ?? this.search).focus();
  }

  // A role with many people in few units is divided by unit; else the unit stands under each name.
  section(role, people) {
    const groups = grouped(people, "group");
    const divided = groups.size > 1 && people.length >= 3 * groups.size;
    const title = make("h3", "role", role);
    if (!divided) return [title, this.rowsOf(people, (person) => person.unit || person.group)];
    return [title, ...[...groups].flatMap(([group, some]) => [make("h4", "group", group), this.rowsOf(some, () => "")])];
  }

  rowsOf(people, second) {
    const list = make("ul", "rows");
    list.append(...people.map((person) => this.rowFor(person, second(person))));
    return list;
  }

  rowFor(person, second) {
    const row = make("button", "person");
    row.type = "button";
    row.tabIndex = -1;
    row.dataset.address = person.address;
    const face = make("span", "face", initial(person.name));
    face.dataset.tint = tint(person.name);
    face.setAttribute("aria-hidden", "true");
    const lines = make("span", "lines");
    lines.append(make("span", "name", person.name));
    if (second) lines.append(" ", make("span", "unit", second));
    row.append(face, lines);
    this.badge(row);
    this.mark(row);
    const item = document.createElement("li");
    item.append(row);
    return item;
  }

  badge(row) {
    row.querySelector(".badge")?.remove();
    const count = this.unread.get(row.dataset.address);
    if (!count) return;
    const badge = make("span", "badge", count > 99 ? "99+" : String(count));
    badge.setAttribute("aria-label", words.unread(count));
    badge.setAttribute("role", "img");
    row.append(badge);
  }

  mark(row) {
    if (row.dataset.address === this.current) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }

  rows() {
    return [...this.list.querySelectorAll(".person")];
  }

  row(address) {
    return address ? this.list.querySelector(`[data-address="${CSS.escape(address)}"]`) : null;
  }

  // One row is in the Tab order; the arrows move it.
  rove(row) {
    for (const other of this.list.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    if (row) row.tabIndex = 0;
  }

  listKey(event) {
    const rows = this.rows();
    const here = rows.indexOf(document.activeElement);
    const last = rows.length - 1;
    const next = { ArrowDown: Math.min(here + 1, last), ArrowUp: here - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0) return this.search.focus();
    this.rove(rows[next]);
    rows[next].focus();
  }

  searchKey(event) {
    const rows = this.rows();
    if (event.key === "ArrowDown" && rows.length) {
      event.preventDefault();
      this.rove(rows[0]);
      rows[0].focus();
    } else if (event.key === "Enter" && this.search.value && rows.length) {
      event.preventDefault();
      this.onChoice(rows[0].dataset.address);
    } else if (event.key === "Escape" && this.search.value) {
      event.stopPropagation();
      event.preventDefault();
      this.search.value = "";
      this.render();
    }
  }
}
