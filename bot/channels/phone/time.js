// Office time: the wall clock of the office, whatever time zone this browser is in.

import { words } from "./words.js";

const two = (number) => String(number).padStart(2, "0");

// The office's wall clock as a Date whose UTC fields are to be read.
export const wall = (iso) => new Date(`${iso.slice(0, 19)}Z`);
export const timeOf = (date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
export const dayOf = (date) =>
  `${words.weekdays[date.getUTCDay()]} ${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${date.getUTCFullYear()}`;

// Shows the office time and lets it run between two words from the server.
export class OfficeClock {
  constructor(time, day) {
    this.time = time;
    this.day = day;
    this.office = null;
    setInterval(() => this.show(), 1000);
  }

  set(iso) {
    this.office = wall(iso).getTime();
    this.heard = Date.now();
    this.show();
  }

  now() {
    return this.office === null ? null : new Date(this.office + (Date.now() - this.heard));
  }

  show() {
    const now = this.now();
    if (now === null || (this.time.textContent === timeOf(now) && this.day.textContent === dayOf(now))) return;
    this.time.textContent = timeOf(now);
    this.day.textContent = dayOf(now);
  }
}
