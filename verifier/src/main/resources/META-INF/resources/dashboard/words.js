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

/** "4 s", "3 min 20 s", "2 h 5 min". */
export function duration(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
