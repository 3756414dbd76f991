// The phone's own server: posts, and the stream of what happens. Everything carries the token of this page.

const token = document.querySelector('meta[name="token"]').content;
const NEXT_TRY = 1000;

export class Refused extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

async function ask(path, options) {
  const response = await fetch(path, { ...options, headers: { ...options.headers, "X-Phone-Token": token } });
  if (!response.ok) throw new Refused(response.status);
  return response.json();
}

export const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const postFile = (path, query, file) =>
  ask(`${path}?${new URLSearchParams(query)}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
  });

export const people = () => ask("/people", { method: "GET" });

export const fileAddress = (persona, bubble) => `/file?${new URLSearchParams({ persona, bubble, token })}`;

// The stream of one persona. `hear` has a function for each event; `lost` is told true and false.
export class Stream {
  constructor(hear, lost) {
    this.hear = hear;
    this.lost = lost;
    this.source = null;
  }

  open(persona) {
    this.source?.close();
    const source = new EventSource(`/events?${new URLSearchParams({ persona, token })}`);
    this.source = source;
    source.addEventListener("open", () => this.lost(false));
    source.addEventListener("error", () => source === this.source && this.broken(source));
    for (const [name, heard] of Object.entries(this.hear)) {
      source.addEventListener(name, (event) => source === this.source && heard(JSON.parse(event.data)));
    }
  }

  // The browser tries again by itself, except where the server refused: then it was restarted and the page is out of date.
  broken(source) {
    this.lost(true);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => this.reloadWhenUp(), NEXT_TRY);
  }

  async reloadWhenUp() {
    try {
      if ((await fetch("/", { cache: "no-store" })).ok) return location.reload();
    } catch {
      // Not up yet: the next try will tell.
    }
    setTimeout(() => this.reloadWhenUp(), NEXT_TRY);
  }
}
