// What the person does and the server has still to confirm: shown at once, sent in order, kept until it has arrived.

import { Refused, post, postFile } from "./server.js";
import { words } from "./words.js";

const LARGEST = 20 * 1024 * 1024;
const EMPTY = { mine: true, text: "", buttons: [], file: null, attachment: null, note: "", pressed: null };

function why(problem, otherwise) {
  if (!(problem instanceof Refused)) return otherwise;
  return { 404: words.gone, 409: words.noNumber, 413: words.tooLarge }[problem.status] ?? otherwise;
}

export class Sending {
  // who() is the persona now; waiting(is) shows that an answer is on its way; done(who) follows every act.
  constructor({ talk, clock, status, who, waiting, done }) {
    Object.assign(this, { talk, clock, status, who, waiting, done });
    this.lines = new Map(); // persona -> the last of the posts in hand, which go out one after another
    this.outgoing = new Map(); // nonce -> something of one's own that the server has not confirmed
    this.previews = new Map(); // nonce -> address of a picture chosen here; it never leaves the page
    this.busy = new Set(); // buttons that wait for their answer
    this.asking = 0;
  }

  say(text) {
    this.deliver({ text }, (persona, nonce) => post("/say", { persona, nonce, text }));
  }

  // Only a workbook's content is sent; of everything else the server learns the kind and the name.
  attach(kind, file) {
    const name = file?.name ?? "";
    const isWorkbook = kind === "file" && name.toLowerCase().endsWith(".xlsx");
    if (isWorkbook && file.size > LARGEST) return this.status(words.tooLarge);
    const send = isWorkbook
      ? (persona, nonce) => postFile("/document", { persona, nonce, kind, name }, file)
      : (persona, nonce) => post("/attach", { persona, nonce, kind, name });
    const preview = kind === "photo" && file ? URL.createObjectURL(file) : null;
    this.deliver({ attachment: kind, note: name }, send, preview);
  }

  async shareNumber() {
    const nonce = crypto.randomUUID();
    await this.act((persona) => post("/contact", { persona, nonce }), words.failed);
  }

  async press(bubble, button) {
    if (button.kind === "contact") return this.shareNumber();
    const [nonce, key] = [crypto.randomUUID(), `${bubble.id} ${button.send}`];
    if (this.busy.has(key)) return;
    this.busy.add(key);
    this.talk.markBusy(bubble.id, button.send, true);
    const body = { nonce, message: bubble.id, send: button.send };
    await this.act((persona) => post("/press", { persona, ...body }), words.pressFailed);
    this.busy.delete(key);
    this.talk.markBusy(bubble.id, button.send, false);
  }

  isBusy(id, send) {
    return this.busy.has(`${id} ${send}`);
  }

  unconfirmed(who) {
    return [...this.outgoing.values()].filter((item) => item.who === who);
  }

  // `shown` is what the bubble holds; `send` makes the post, the same one again if it has to be repeated.
  deliver(shown, send, preview) {
    const nonce = crypto.randomUUID();
    const at = (this.clock.now() ?? new Date()).toISOString().slice(0, 19);
    if (preview) this.previews.set(nonce, preview);
    const bubble = { ...EMPTY, id: nonce, nonce, at, ...shown };
    this.outgoing.set(nonce, { who: this.who(), bubble, send, state: "sending" });
    this.talk.put(bubble);
    this.attempt(nonce);
  }

  async attempt(nonce) {
    const item = this.outgoing.get(nonce);
    this.setState(item, "sending");
    const arrived = await this.act((who) => item.send(who, nonce), words.failed, item.who);
    this.setState(item, arrived ? "sent" : "failed");
    if (arrived) this.outgoing.delete(nonce);
  }

  setState(item, state) {
    item.state = state;
    if (item.who === this.who()) this.talk.markSending(item.bubble.nonce, state);
  }

  // True once the server has confirmed it; else says why not.
  async act(work, otherwise, who = this.who()) {
    this.wait(+1);
    try {
      await this.inOrder(who, () => work(who));
      return true;
    } catch (problem) {
      this.status(why(problem, otherwise));
      return false;
    } finally {
      this.wait(-1);
      this.done(who);
    }
  }

  inOrder(who, work) {
    const mine = (this.lines.get(who) ?? Promise.resolve()).then(work);
    this.lines.set(who, mine.catch(() => {}));
    return mine;
  }

  wait(more) {
    this.asking += more;
    this.waiting(this.asking > 0);
  }
}
