// Text from the bot, turned into nodes by hand: only <b>, <i> and character references are understood, all else is text.

const PIECES =
  /<(\/?)([bi])>|&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));|(?<![^\s(>])\/[a-z][a-z0-9_]{1,31}(?![\p{L}\p{N}_/-])|[^<&/]+|[<&/]/gu;
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function character(named, decimal, hexadecimal) {
  if (named) return NAMED[named];
  const code = parseInt(decimal ?? hexadecimal, decimal ? 10 : 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}

function command(text, onCommand) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "command";
  button.textContent = text;
  button.addEventListener("click", () => onCommand(text));
  return button;
}

// `onCommand` is called with a /command that stands in the text when it is pressed.
export function rich(source, onCommand) {
  const open = [document.createDocumentFragment()];
  for (const piece of source.matchAll(PIECES)) {
    const [whole, closing, tag, named, decimal, hexadecimal] = piece;
    const inner = open.at(-1);
    if (tag && !closing) {
      const element = document.createElement(tag);
      inner.append(element);
      open.push(element);
    } else if (tag) {
      if (open.length > 1 && inner.localName === tag) open.pop();
    } else if (named || decimal || hexadecimal) {
      inner.append(character(named, decimal, hexadecimal));
    } else if (whole.length > 1 && whole.startsWith("/")) {
      inner.append(command(whole, onCommand));
    } else {
      inner.append(whole);
    }
  }
  return open[0];
}

// The key under which a name is found without its diacritics.
export function fold(text) {
  const plain = text.replace(/[đĐ]/g, "d").normalize("NFD").replace(/\p{M}/gu, "");
  return plain.toLowerCase().replace(/\s+/g, " ").trim();
}
