// One bubble: what was said, a picture or file, the time, and the rows of buttons under it.

import { rich } from "./text.js";
import { timeOf, wall } from "./time.js";
import { words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  photo: "photo", file: "file", voice: "voice", video: "video", sticker: "sticker", place: "place",
  contact: "phone", foreign_contact: "card", other: "file",
};

export function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  picture.append(use);
  return picture;
}

function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} byte`;
  const [number, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "KB"] : [bytes / 1024 / 1024, "MB"];
  return `${number.toFixed(number < 10 ? 1 : 0).replace(".", ",")} ${unit}`;
}

function pictureOf(bubble, address) {
  const image = make("img");
  image.src = address;
  image.alt = words.picture(bubble.file.name);
  const link = make("a", "picture", image);
  Object.assign(link, { href: address, target: "_blank", rel: "noopener" });
  return link;
}

function downloadOf(bubble, address) {
  const { name, size } = bubble.file;
  const lines = make("span", "lines", make("span", "name", name), " ", make("span", "size", sizeOf(size)));
  const link = make("a", "file", make("span", "disc", icon("download")), lines);
  Object.assign(link, { href: address, download: name });
  link.setAttribute("aria-label", words.download(name, sizeOf(size)));
  return link;
}

function attachmentOf(bubble, preview) {
  const kind = words.attachments[bubble.attachment] ?? words.attachments.other;
  if (preview) {
    const image = make("img", "preview");
    image.src = preview;
    image.alt = `${kind} ${bubble.note}`;
    return image;
  }
  const lines = make("span", "lines", make("span", "name", kind));
  if (bubble.note) lines.append(" ", make("span", "size", bubble.note));
  return make("span", "file", make("span", "disc", icon(ICONS[bubble.attachment] ?? "file")), lines);
}

function buttonOf(button, bubble, actions) {
  if (button.kind === "link") {
    const link = make("a", "choice", make("span", "", button.label), icon("out"), make("span", "sr", words.newTab));
    Object.assign(link, { href: /^https?:\/\//.test(button.send) ? button.send : "#", target: "_blank", rel: "noopener noreferrer" });
    return link;
  }
  const element = make("button", "choice", make("span", "", button.label));
  element.type = "button";
  element.dataset.send = button.send;
  if (button.kind === "contact") element.prepend(icon("phone"));
  element.addEventListener("click", () => actions.press(bubble, button));
  return element;
}

// What was chosen last carries a tick, so that whoever reads back sees why the next message came.
export function markPressed(element, send) {
  for (const button of element.querySelectorAll("button.choice")) {
    const chosen = button.dataset.send === send && send !== "";
    button.querySelector(".tick")?.remove();
    button.classList.toggle("chosen", chosen);
    if (chosen) button.append(make("span", "tick", icon("check"), make("span", "sr", words.pressed)));
  }
}

export function markBusy(element, send, busy) {
  for (const button of element.querySelectorAll("button.choice")) {
    if (button.dataset.send !== send) continue;
    button.setAttribute("aria-disabled", String(busy));
    button.setAttribute("aria-busy", String(busy));
  }
}

// Actions: press(bubble, button), say(text), fileAddress(bubble); `preview` is the address of a picture chosen here.
export function makeBubble(bubble, actions, preview) {
  const body = make("div", "body", make("span", "sr", `${bubble.mine ? words.me : words.bot}: `));
  const address = bubble.file && actions.fileAddress(bubble);
  if (bubble.file?.picture) body.append(pictureOf(bubble, address));
  if (bubble.file && !bubble.file.picture) body.append(downloadOf(bubble, address));
  if (bubble.attachment) body.append(attachmentOf(bubble, preview));
  if (bubble.text) body.append(make("span", "text", bubble.mine ? bubble.text : rich(bubble.text, actions.say)));
  const time = make("time", "", timeOf(wall(bubble.at)));
  time.dateTime = bubble.at;
  body.append(" ", time);
  const element = make("article", `bubble ${bubble.mine ? "mine" : "bot"}`, body);
  element.dataset.id = bubble.id;
  element.dataset.nonce = bubble.nonce;
  if (bubble.buttons.length) {
    const rows = bubble.buttons.map((row) => make("div", "row", ...row.map((b) => buttonOf(b, bubble, actions))));
    element.append(make("div", "choices", ...rows));
  }
  if (bubble.pressed !== null) markPressed(element, bubble.pressed);
  return element;
}
