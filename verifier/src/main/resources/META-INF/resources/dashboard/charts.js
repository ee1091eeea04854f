import { html, render, uPlot } from './libraries.js';
import { bytes, number, rate } from './words.js';

const HEIGHT = 100;
const WINDOWS = [[5, '5 min'], [15, '15 min'], [60, '1 h']];
/** Shown at least, however little has been seen. */
const LEAST_SECONDS = 60;
/** An hour in steps of two seconds, and some. */
const KEPT = 2000;

const SERIES = [
  { name: 'Lag', unit: 'events not applied', of: sample => sample.lag, text: number },
  { name: 'Retained WAL', unit: 'kept for the slot', of: sample => sample.retainedWalBytes, text: bytes },
  { name: 'Commits', unit: 'per second at the source', of: sample => sample.sourceCommitsPerSecond, text: rate },
  { name: 'Applied', unit: 'rows per second at the sink', of: sample => sample.sinkRowsPerSecond, text: rate },
  { name: 'Differences', unit: 'rows, events in flight included', of: sample => sample.differences, text: number },
];

let plots = [];
let minutes = 5;
let faults = [];
let data = [[], ...SERIES.map(() => [])];
let colours;

/** One chart under the other, with one time axis, one cursor, and the faults behind all of them. */
export function createCharts(into, windowInto) {
  render(
    html`${SERIES.map(
      series => html`<figure>
        <figcaption><strong>${series.name}</strong> <span class="dim">${series.unit}</span> <output></output></figcaption>
        <div class="plot" role="img"></div>
      </figure>`,
    )}
    <p class="legend dim">
      <span><span class="swatch injected"></span> fault injected</span>
      <span><span class="swatch lifted"></span> lifted, not yet proven equal</span>
    </p>`,
    into,
  );
  const figures = [...into.querySelectorAll('figure')];
  readColours();
  plots = SERIES.map((series, at) => ({
    series,
    value: figures[at].querySelector('output'),
    element: figures[at].querySelector('.plot'),
    uplot: new uPlot(options(series, at), [[], []], figures[at].querySelector('.plot')),
  }));
  new ResizeObserver(resize).observe(into);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    readColours();
    plots.forEach(plot => plot.uplot.redraw(false));
  });
  drawWindows(windowInto);
}

function drawWindows(into) {
  render(
    html`<div class="choice" role="group" aria-label="Time shown">
      ${WINDOWS.map(
        ([length, label]) =>
          html`<button aria-pressed=${length === minutes} @click=${() => {
            minutes = length;
            drawWindows(into);
            drawCharts();
          }}>${label}</button>`,
      )}
    </div>`,
    into,
  );
}

export function addSamples(whole, samples, knownFaults) {
  faults = knownFaults ?? faults;
  if (whole) {
    // What this page has seen stays where the verifier, started anew, does not know it any more.
    const first = samples.length ? Date.parse(samples[0].timestamp) / 1000 : Infinity;
    const older = data[0].filter(time => time < first).length;
    data = data.map(column => column.slice(0, older));
  }
  for (const sample of samples) {
    data[0].push(Date.parse(sample.timestamp) / 1000);
    SERIES.forEach((series, at) => data[at + 1].push(series.of(sample) ?? null));
  }
  if (data[0].length > KEPT) {
    data = data.map(column => column.slice(-KEPT));
  }
  drawCharts();
}

function drawCharts() {
  const end = data[0].at(-1) ?? Date.now() / 1000;
  const begin = Math.max(end - minutes * 60, Math.min(data[0][0] ?? end, end - LEAST_SECONDS));
  const from = data[0].findIndex(time => time >= begin);
  const first = Math.max(0, from - 1);
  const times = data[0].slice(first);
  plots.forEach((plot, at) => {
    const values = data[at + 1].slice(first);
    plot.uplot.batch(() => {
      plot.uplot.setData([times, values], false);
      plot.uplot.setScale('x', { min: begin, max: end });
    });
    const now = values.at(-1) ?? null;
    const known = values.filter(value => value !== null);
    const most = known.length ? known.reduce((a, b) => Math.max(a, b)) : null;
    plot.value.textContent = plot.series.text(now);
    plot.element.setAttribute(
      'aria-label',
      `${plot.series.name}, ${plot.series.unit}: now ${plot.series.text(now)}, at most ${plot.series.text(most)} in the last ${minutes} minutes`,
    );
  });
}

function resize() {
  plots.forEach(plot => plot.uplot.setSize({ width: plot.element.clientWidth, height: heightOf(plot.series) }));
}

const isLast = series => series === SERIES[SERIES.length - 1];
const heightOf = series => HEIGHT + (isLast(series) ? 22 : 0);

function options(series, at) {
  const last = isLast(series);
  return {
    width: 600,
    height: heightOf(series),
    padding: [at === 0 ? 16 : 6, 8, last ? 0 : 6, 0],
    cursor: { sync: { key: 'time' }, drag: { setScale: false }, points: { size: 6 } },
    legend: { show: false },
    scales: { y: { range: (_, low, high) => [0, Math.max(1, (high ?? 1) * 1.1)] } },
    axes: [
      {
        show: last,
        size: 22,
        stroke: () => colours.dim,
        grid: { stroke: () => colours.line, width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map(split => new Date(split * 1000).toLocaleTimeString('en-GB')),
        space: 80,
      },
      {
        size: 64,
        stroke: () => colours.dim,
        grid: { stroke: () => colours.line, width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map(split => (Number.isInteger(split) ? series.text(split) : '')),
        space: 28,
      },
    ],
    series: [{}, { stroke: () => colours.accent, fill: () => colours.shade, width: 1.5, points: { show: false } }],
    hooks: {
      drawClear: [plot => drawFaults(plot, at === 0)],
      setCursor: [
        plot => {
          const index = plot.cursor.idx;
          const shown = plots[at];
          if (shown) {
            const values = plot.data[1];
            shown.value.textContent = series.text(index === null || index === undefined ? values.at(-1) ?? null : values[index]);
          }
        },
      ],
    },
  };
}

/** Hatched while a fault is open, plain until both sides are proven equal again. */
function drawFaults(plot, named) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const position = time => Math.min(Math.max(plot.valToPos(time, 'x', true), bbox.left), bbox.left + bbox.width);
  const seconds = time => Date.parse(time) / 1000;
  const names = [];
  ctx.save();
  for (const fault of faults) {
    const left = position(seconds(fault.injectedAt));
    const lifted = fault.liftedAt ? position(seconds(fault.liftedAt)) : undefined;
    const open = fault.outcome ? lifted ?? left : bbox.left + bbox.width;
    const right = fault.consistentAt ? position(seconds(fault.consistentAt)) : open;
    if (right <= bbox.left || left >= bbox.left + bbox.width) {
      continue;
    }
    const until = Math.max(lifted ?? right, left + 2 * ratio);
    ctx.fillStyle = colours.lifted;
    ctx.fillRect(left, bbox.top, Math.max(right, until) - left, bbox.height);
    ctx.fillStyle = colours.injected;
    ctx.fillRect(left, bbox.top, until - left, bbox.height);
    hatch(ctx, left, bbox.top, until - left, bbox.height, ratio);
    names.push([fault.type, left]);
  }
  if (named) {
    drawNames(ctx, names, bbox, ratio);
  }
  ctx.restore();
}

/** From the newest to the oldest, leaving out what would be written over another; the scenario and the log name all. */
function drawNames(ctx, names, bbox, ratio) {
  ctx.fillStyle = colours.dim;
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'bottom';
  ctx.textAlign = 'left';
  let free = bbox.left + bbox.width;
  for (const [name, left] of names.reverse()) {
    const width = ctx.measureText(name).width;
    const at = Math.max(bbox.left, Math.min(left, free - width));
    if (at + width <= free && left - at < width) {
      ctx.fillText(name, at, bbox.top - 2 * ratio);
      free = at - 4 * ratio;
    }
  }
}

function hatch(ctx, left, top, width, height, ratio) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.strokeStyle = colours.hatch;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += 6 * ratio) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const of = name => style.getPropertyValue(`--${name}`).trim();
  colours = {
    dim: of('dim'),
    line: of('line'),
    accent: of('accent'),
    shade: of('shade'),
    injected: of('injected'),
    lifted: of('lifted'),
    hatch: of('hatch'),
  };
}
