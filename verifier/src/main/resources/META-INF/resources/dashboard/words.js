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

export const clock = time => new Date(time).toLocaleTimeString('en-GB');
