// The phone: brings the server, the conversation, the people and the clock together.

import { make } from "./bubbles.js";
import { Menu } from "./menu.js";
import { People } from "./people.js";
import { Sending } from "./sending.js";
import { Stream, fileAddress, people as askPeople, post } from "./server.js";
import { Talk } from "./talk.js";
import { OfficeClock, dayOf, timeOf, wall } from "./time.js";
import { words } from "./words.js";

const $ = (id) => document.getElementById(id);
const wide = matchMedia("(min-width: 60rem)");
const STATUS_SHOWN = 6000;

let persona = null;
const drafts = new Map(); // persona -> text not sent yet

// ---- what is said about the state of things

let statusTimer = 0;
// `quiet`: for a screen reader alone, where the eye sees it anyway.
function status(text, quiet = false) {
  clearTimeout(statusTimer);
  $("status").classList.toggle("sr", quiet);
  $("status").textContent = text;
  statusTimer = setTimeout(() => ($("status").textContent = ""), STATUS_SHOWN);
}

function lost(is) {
  $("banner").hidden = !is;
  $("banner").textContent = is ? words.lost : "";
}

// ---- the parts of the page

const clock = new OfficeClock($("clock-time"), $("clock-day"));

const talk = new Talk({
  log: $("log"),
  empty: $("empty"),
  down: $("down"),
  actions: {
    press: (bubble, button) => sending.press(bubble, button),
    say: (text) => sending.say(text),
    retry: (nonce) => sending.attempt(nonce),
    isBusy: (id, send) => sending.isBusy(id, send),
    previewOf: (nonce) => sending.previews.get(nonce),
    fileAddress: (bubble) => fileAddress(persona, bubble.id),
  },
});

const sending = new Sending({
  talk,
  clock,
  status,
  who: () => persona,
  waiting: (is) => ($("doing").textContent = is ? words.answering : ""),
  // A stranger may have joined by what was just sent, and has a name then.
  done: (who) => people.find(who)?.role === words.guests && refreshPeople().catch(() => lost(true)),
});

const people = new People({
  list: $("list"),
  search: $("search"),
  unreadOnly: $("unread-only"),
  onChoice: (address) => {
    become(address);
    if (wide.matches) $("text").focus();
    else closePeople();
  },
});

const stream = new Stream(
  {
    snapshot({ bubbles, unread, menu, now }) {
      clock.set(now);
      people.setAllUnread(unread);
      showUnread();
      setCommands(menu);
      showTalk(bubbles);
    },
    bubble: (bubble) => talk.put(bubble),
    pressed: ({ id, send }) => talk.markPressed(id, send),
    unread: ({ address, count }) => {
      people.setUnread(address, count);
      showUnread();
    },
    clock: (now) => clock.set(now),
    menu: setCommands,
  },
  lost,
);

function showTalk(bubbles) {
  const arrived = new Set(bubbles.map((bubble) => bubble.nonce));
  const mine = sending.unconfirmed(persona);
  talk.show([...bubbles, ...mine.map((item) => item.bubble).filter((bubble) => !arrived.has(bubble.nonce))]);
  for (const { bubble, state } of mine) talk.markSending(bubble.nonce, state);
  document.body.dataset.persona = persona;
}

function showUnread() {
  const count = people.totalUnread();
  for (const badge of [$("unread-all"), $("switch-unread")]) {
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : String(count);
  }
  $("switch").setAttribute("aria-label", words.switchPerson(count));
}

function setCommands(commands) {
  $("commands-menu").replaceChildren(
    ...commands.map(([name, about]) => {
      const item = make("button", "", make("b", "", `/${name}`), " ", make("span", "", about));
      item.type = "button";
      item.setAttribute("role", "menuitem");
      item.dataset.command = `/${name}`;
      return item;
    }),
  );
  showCommands();
}

function showCommands() {
  $("commands-popup").hidden = $("text").value !== "" || !$("commands-menu").children.length;
}

// ---- being somebody

function showPersona() {
  const person = people.find(persona);
  $("who-name").textContent = person?.name ?? "";
  $("who-role").textContent = [person?.role, person?.group].filter(Boolean).map((part) => ` · ${part}`).join("");
  document.title = `${person?.name ?? ""} – ${words.bot}`;
}

function become(address) {
  if (persona) drafts.set(persona, $("text").value);
  if (persona === address) return;
  persona = address;
  delete document.body.dataset.persona;
  history.replaceState(null, "", `#${encodeURIComponent(address)}`);
  $("text").value = drafts.get(address) ?? "";
  fitText();
  people.choose(address);
  showPersona();
  stream.open(address);
}

async function refreshPeople() {
  people.set(await askPeople());
  showPersona();
}

function openPeople() {
  document.body.classList.add("choosing");
  for (const part of [$("phone"), $("clock")]) part.inert = true;
  $("people").setAttribute("role", "dialog");
  $("people").setAttribute("aria-modal", "true");
  $("switch").setAttribute("aria-expanded", "true");
  refreshPeople().catch(() => lost(true));
  (people.row(persona) ?? $("search")).focus();
}

function closePeople() {
  if (!document.body.classList.contains("choosing")) return;
  document.body.classList.remove("choosing");
  for (const part of [$("phone"), $("clock")]) part.inert = false;
  $("people").removeAttribute("role");
  $("people").removeAttribute("aria-modal");
  $("switch").setAttribute("aria-expanded", "false");
  $("switch").focus();
}

// ---- typing

function fitText() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
  $("send").setAttribute("aria-disabled", String(text.value.trim() === ""));
  showCommands();
}

function sendText() {
  const text = $("text").value;
  if (!persona || text.trim() === "") return;
  $("text").value = "";
  fitText();
  sending.say(text);
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  sendText();
  $("text").focus();
});
$("text").addEventListener("input", fitText);
$("text").addEventListener("keydown", (event) => {
  // While an input method is composing a word, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  sendText();
});

new Menu($("attach"), $("attach-menu"), (item) => {
  const kind = item.dataset.attach;
  if (kind === "photo" || kind === "file") $(`pick-${kind}`).click();
  else if (kind === "contact") sending.shareNumber();
  else sending.attach(kind);
});
new Menu($("commands"), $("commands-menu"), (item) => {
  sending.say(item.dataset.command);
  $("text").focus();
});
for (const kind of ["photo", "file"]) {
  $(`pick-${kind}`).addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (file) sending.attach(kind, file);
    event.target.value = "";
  });
}
$("begin").addEventListener("click", () => {
  sending.say("/start");
  $("text").focus();
});

// ---- the clock, the people

$("clock-toggle").addEventListener("click", () => {
  const open = $("clock").classList.toggle("open");
  $("clock-toggle").setAttribute("aria-expanded", String(open));
});
$("clock-steps").addEventListener("click", async (event) => {
  const step = event.target.closest("[data-step]")?.dataset.step;
  if (!step || $("clock").getAttribute("aria-busy") === "true") return;
  $("clock").setAttribute("aria-busy", "true");
  try {
    const now = wall((await post("/clock", { step })).now);
    status(words.movedTo(timeOf(now), dayOf(now)), true);
  } catch {
    status(words.clockFailed);
  } finally {
    $("clock").setAttribute("aria-busy", "false");
  }
});

$("switch").addEventListener("click", openPeople);
$("people-close").addEventListener("click", closePeople);
wide.addEventListener("change", closePeople);
document.addEventListener("keydown", (event) => event.key === "Escape" && closePeople());
$("stranger").addEventListener("click", async () => {
  try {
    const { address } = await post("/stranger", {});
    await refreshPeople();
    become(address);
  } catch {
    return lost(true);
  }
  if (wide.matches) $("text").focus();
  else closePeople();
});

async function start() {
  await refreshPeople();
  const wanted = decodeURIComponent(location.hash.slice(1));
  const first = people.find(wanted) ?? people.people[0];
  if (first) become(first.address);
  fitText();
}

start().catch(() => {
  lost(true);
  stream.reloadWhenUp();
});
