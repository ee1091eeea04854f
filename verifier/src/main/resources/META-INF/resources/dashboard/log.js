import { html, render } from './libraries.js';
import { moment } from './words.js';

const KEPT = 300;
let entries = [];

/** Newest first. */
export function showLog(into, whole, more) {
  if (!whole && more.length === 0) {
    return;
  }
  entries = [...more.slice().reverse(), ...(whole ? [] : entries)].slice(0, KEPT);
  render(
    html`<ol class="log" tabindex="0" aria-label="What happened, newest first">
      ${entries.map(
        entry => html`<li class=${entry.state}>
          ${moment(entry.at)} <span class="subject">${entry.subject}</span> ${entry.text}
        </li>`,
      )}
    </ol>`,
    into,
  );
}
