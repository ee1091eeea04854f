import { html, render, nothing } from './libraries.js';

const KEPT_AS = 'cdc-token';
/** What each failure does, in the words of someone who is about to do it. */
const FAILURES = [
  ['restart', 'Kill the connector', 'the Connect worker is killed with SIGKILL'],
  ['lag', 'Stop the sink-consumer', 'for 20 s, while the source goes on'],
  ['schema', 'Add a column', 'ALTER TABLE customers … while rows are written'],
  ['duplicate', 'Send everything again', 'offsets are deleted, all is snapshotted anew; meanwhile some rows are changed and deleted'],
  ['backfill', 'Insert last year’s rows', 'as a migration would, with dates of the past'],
];

let token = sessionStorage.getItem(KEPT_AS);
let answer = '';
let refused = '';
let running = false;
let target;

/** Buttons that change something; without the token the page only shows. */
export function showActions(into, isRunning) {
  target = into;
  running = isRunning;
  draw();
}

function draw() {
  render(token ? buttons() : locked(), target);
}

const locked = () => html`<form class="unlock" @submit=${unlock}>
    <p class="dim">Read-only: breaking things needs the token. On one machine it is in <code>.stack/secrets/api-token</code>, in a
      cluster in the chart’s secret.</p>
    <label>Token <input type="password" name="token" required autocomplete="off" spellcheck="false"></label>
    <button>Unlock</button>
    ${refused ? html`<p role="alert" class="broken">${refused}</p>` : nothing}
  </form>`;

/** Buttons that cannot be used now keep the keyboard's focus, which a disabled one would lose. */
const buttons = () => html`<ul class="buttons">
    ${FAILURES.map(
      ([type, label, does]) => html`<li>
        <button data-trigger=${type} aria-disabled=${running} aria-describedby="does-${type}" @click=${() => running || act(`trigger/${type}`, label)}>${label}</button>
        <span class="dim" id="does-${type}">${does}</span>
      </li>`,
    )}
  </ul>
  <div class="buttons row">
    <button data-action="run" aria-disabled=${running} @click=${() => running || act('run', 'Run the scenario')}>Run the whole scenario</button>
    <button data-action="abort" aria-disabled=${!running} @click=${() => running && act('abort', 'Abort')}>Abort</button>
    <button data-action="verify" @click=${() => act('verify', 'Verify')}>Verify now</button>
    <button class="quiet" @click=${() => lock('')}>Forget the token</button>
  </div>
  <p role="status" class="dim">${answer}</p>`;

async function unlock(event) {
  event.preventDefault();
  const given = new FormData(event.target).get('token').trim();
  const { ok, text } = await post('unlock', given);
  if (ok) {
    token = given;
    sessionStorage.setItem(KEPT_AS, token);
    answer = '';
  }
  refused = ok ? '' : text;
  draw();
  focus(ok ? 'button' : 'input');
}

function lock(why) {
  token = null;
  sessionStorage.removeItem(KEPT_AS);
  refused = why;
  draw();
  focus('input');
}

/** What had the focus is gone. */
const focus = element => target.querySelector(element).focus();

async function act(path, label) {
  answer = `${label}: asked …`;
  draw();
  const { ok, text, unauthorised } = await post(path, token);
  if (unauthorised) {
    lock(`${label} was refused: ${text}`);
    return;
  }
  answer = ok ? `${label}: ${text}` : `${label} was refused: ${text}`;
  draw();
}

async function post(path, bearer) {
  // A header could not hold it, and the browser would say so in words of its own.
  if (!/^[ -~]+$/.test(bearer)) {
    return { ok: false, text: 'this is not the token: it has letters beyond ASCII' };
  }
  try {
    const response = await fetch(`/actions/${path}`, { method: 'POST', headers: { Authorization: `Bearer ${bearer}` } });
    const body = await response.json();
    return { ok: response.ok, text: response.ok ? body.done : body.error, unauthorised: response.status === 401 };
  } catch (failure) {
    return { ok: false, text: `the verifier does not answer (${failure.message})` };
  }
}
