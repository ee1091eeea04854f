import { html } from './libraries.js';

/** Numbers and times as people read them. Null is "–": not known. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export const number = value => (value === null || value === undefined ? '–' : Math.round(value).toLocaleString('en-US'));

export const rate = value =>
  value === null || value === undefined ? '–' : value < 10 && value > 0 ? value.toFixed(1) : number(value);

/** In powers of 1000, as PostgreSQL's own figures are compared with a disk's. */
export function bytes(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

const day = time => time.toLocaleDateString('en-CA');

/** In the browser's zone; with the date where it is not today's. */
export function clock(time) {
  const date = new Date(time);
  const text = date.toLocaleTimeString('en-GB');
  return day(date) === day(new Date()) ? text : `${day(date)} ${text}`;
}

/** For eyes the clock, for who points at it the exact time with its zone. */
export const moment = time => html`<time datetime=${time} title=${time}>${clock(time)}</time>`;
