import { svg } from './libraries.js';

/** A shape for each state, so that nothing is told by colour alone. */
const SHAPES = {
  well: svg`<circle cx="8" cy="8" r="7"/><path class="ink" d="M4.6 8.3l2.3 2.3 4.5-5"/>`,
  busy: svg`<rect x="1.5" y="1.5" width="13" height="13" rx="3"/><path class="ink" d="M8 4.4v4l2.6 1.6"/>`,
  broken: svg`<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path class="ink" d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2"/>`,
  unknown: svg`<circle cx="8" cy="8" r="7.2"/><path class="ink" d="M6.3 6.4c0-2.2 3.4-2.2 3.4 0C9.7 7.8 8 7.7 8 9.2m0 1.5v.3"/>`,
  coming: svg`<circle class="hollow" cx="8" cy="8" r="6"/>`,
};

export const symbol = state =>
  svg`<svg class="symbol ${state}" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[state] ?? SHAPES.unknown}</svg>`;

/** The state in which a verdict leaves what it is about. */
export const stateOf = verdict =>
  ({ PASS: 'well', SYNC_IN_PROGRESS: 'busy', FAIL: 'broken' })[verdict] ?? 'unknown';
