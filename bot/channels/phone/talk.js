// The conversation on the screen: bubbles in their order under the day they were said, and where the reader is in it.

import { icon, make, makeBubble, markBusy, markPressed } from "./bubbles.js";
import { dayOf, wall } from "./time.js";
import { words } from "./words.js";

const NEAR = 96;

export class Talk {
  // Actions: those of a bubble, and retry(nonce), isBusy(id, send), previewOf(nonce).
  constructor({ log, empty, down, actions }) {
    Object.assign(this, { log, empty, down, actions });
    this.lines = make("div", "lines-said");
    log.append(this.lines);
    this.missed = 0;
    this.follow = true; // the reader is at the end and wants to stay there
    this.lastTop = 0;
    log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    down.addEventListener("click", () => {
      this.toEnd();
      this.log.focus();
    });
    const grown = new ResizeObserver(() => this.follow && this.toEnd());
    for (const part of [log, this.lines]) grown.observe(part); // a keyboard opens, a picture arrives
  }

  // A whole conversation at once, which is not read out.
  show(bubbles) {
    this.log.setAttribute("aria-busy", "true");
    this.lines.replaceChildren();
    this.day = null;
    for (const bubble of bubbles) this.append(bubble);
    this.empty.hidden = bubbles.length > 0;
    this.toEnd();
    requestAnimationFrame(() => {
      this.toEnd();
      this.log.removeAttribute("aria-busy");
    });
  }

  put(bubble) {
    if (!bubble.mine) this.log.dataset.heard = Number(this.log.dataset.heard) + 1;
    const old = this.find(bubble.id) ?? (bubble.nonce && this.byNonce(bubble.nonce));
    if (old) return this.replace(old, bubble);
    const element = this.append(bubble);
    this.empty.hidden = true;
    if (bubble.mine) this.toEnd();
    else if (this.follow) this.showTop(element);
    else this.miss();
  }

  append(bubble) {
    const day = dayOf(wall(bubble.at));
    if (day !== this.day) this.lines.append(make("p", "day", make("span", "", day)));
    this.day = day;
    const element = this.build(bubble);
    this.lines.append(element);
    return element;
  }

  build(bubble) {
    const element = makeBubble(bubble, this.actions, this.actions.previewOf(bubble.nonce));
    for (const { send } of bubble.buttons.flat()) {
      if (this.actions.isBusy(bubble.id, send)) markBusy(element, send, true);
    }
    return element;
  }

  // Whoever had the focus on a button of the old bubble finds it on the same place of the new one.
  replace(old, bubble) {
    const place = [...old.querySelectorAll(".choice")].indexOf(document.activeElement);
    const element = this.build(bubble);
    // A picture that is shown already need not be loaded again.
    const preview = old.querySelector(".preview");
    if (preview) element.querySelector(".preview")?.replaceWith(preview);
    old.replaceWith(element);
    const choices = element.querySelectorAll(".choice");
    if (place >= 0) (choices[Math.min(place, choices.length - 1)] ?? this.log).focus({ preventScroll: true });
    if (this.follow && element === this.lines.lastElementChild) this.showTop(element);
  }

  markPressed(id, send) {
    const element = this.find(id);
    if (element) markPressed(element, send);
  }

  markBusy(id, send, busy) {
    const element = this.find(id);
    if (element) markBusy(element, send, busy);
  }

  // How far something of one's own has got: "sending", "failed" or "sent".
  markSending(nonce, state) {
    const element = this.byNonce(nonce);
    if (!element) return;
    element.querySelector(".fate")?.remove();
    element.classList.toggle("sending", state === "sending");
    if (state !== "failed") return;
    const again = make("button", "again", words.again);
    again.type = "button";
    again.addEventListener("click", () => this.actions.retry(nonce));
    element.append(make("p", "fate", words.failed, " ", again));
    this.toEnd();
  }

  find(id) {
    return this.log.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  byNonce(nonce) {
    return this.log.querySelector(`[data-nonce="${CSS.escape(nonce)}"]`);
  }

  atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  // Only whoever scrolls up leaves the end; what grows below does not push anybody away from it.
  scrolled() {
    const top = this.log.scrollTop;
    if (this.atEnd()) this.toBe(true);
    else if (top < this.lastTop) this.toBe(false);
    this.lastTop = top;
  }

  toBe(atEnd) {
    this.follow = atEnd;
    if (atEnd) this.read();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.lastTop = this.log.scrollTop;
    this.toBe(true);
  }

  // To the end, but never past the beginning of what is new.
  showTop(element) {
    const bottom = this.log.scrollHeight - this.log.clientHeight;
    const top = element.offsetTop - 12;
    if (top >= bottom) return this.toEnd();
    this.log.scrollTop = top;
    this.lastTop = top;
    this.miss(0);
  }

  miss(more = 1) {
    this.follow = false;
    this.missed += more;
    this.down.hidden = false;
    this.down.replaceChildren(icon("down"), make("span", "", words.newMessages(this.missed)));
  }

  read() {
    this.missed = 0;
    this.down.hidden = true;
  }
}
