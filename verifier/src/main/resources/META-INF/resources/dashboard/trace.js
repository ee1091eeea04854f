import { html, render, nothing } from './libraries.js';
import { moment } from './words.js';

const dialog = document.querySelector('#trace');

/** A row's way: at the source, its events and what the sink did with each, at the sink. */
export async function openTrace(table, key) {
  show(table, key, html`<p>Reading the row's events …</p>`);
  dialog.showModal();
  try {
    const answer = await fetch(`/trace/${encodeURIComponent(table)}/${encodeURIComponent(key)}`);
    const trace = await answer.json();
    show(table, key, answer.ok ? way(trace) : html`<p>${trace.error}</p>`);
  } catch (failure) {
    show(table, key, html`<p>The verifier does not answer: ${failure.message}</p>`);
  }
}

function show(table, key, content) {
  render(
    html`<div class="title">
        <h2 id="trace-title">${table} ${key}</h2>
        <button @click=${() => dialog.close()}>Close</button>
      </div>
      ${content}`,
    dialog,
  );
}

const CHANGES = { c: 'inserted', r: 'read by a snapshot', u: 'updated', d: 'deleted', t: 'truncated' };
/** No value, which is not the text "NULL". */
const NONE = html`<span class="dim">no value</span>`;

function way(trace) {
  const columns = Object.keys(trace.source ?? trace.sink ?? {});
  return html`<p>Both sides now: <strong>${trace.verdict}</strong>. Events may be on their way.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="The row on both sides"><table>
      <thead><tr><th scope="col">column</th><th scope="col">at the source</th><th scope="col">at the sink</th></tr></thead>
      <tbody>
        ${columns.length === 0 ? html`<tr><td colspan="3">no row on either side</td></tr>` : nothing}
        ${columns.map(column => {
          // Long values are cut here, so only the verifier can tell.
          const differs = !trace.source || !trace.sink || trace.differing.includes(column);
          return html`<tr class=${differs ? 'differs' : ''}>
            <th scope="row">${column}${differs ? ' ≠' : ''}</th>
            <td class="value">${trace.source ? trace.source[column] ?? NONE : 'no row'}</td>
            <td class="value">${trace.sink ? trace.sink[column] ?? NONE : 'no row'}</td>
          </tr>`;
        })}
      </tbody>
    </table></div>
    <h3>Its events, oldest first</h3>
    ${trace.incomplete ? html`<p class="dim">${trace.incomplete}</p>` : nothing}
    <div class="scroll" tabindex="0" role="region" aria-label="Its events"><table>
      <thead><tr><th scope="col">committed (your time)</th><th scope="col">change</th><th scope="col">partition, offset</th><th scope="col">what the sink did</th><th scope="col">row after it</th></tr></thead>
      <tbody>
        ${trace.events.length === 0 ? html`<tr><td colspan="5">none that Kafka still has</td></tr>` : nothing}
        ${trace.events.map(
          event => html`<tr>
            <td>${event.committedAt ? moment(event.committedAt) : '–'}</td>
            <td>${CHANGES[event.op] ?? event.op}</td>
            <td>${event.partition}, ${event.offset}</td>
            <td>${event.fate.replaceAll('_', ' ')}${event.reason ? `: ${event.reason}` : ''}</td>
            <td class="value">${Object.entries(event.values).map(([name, value]) => `${name}=${value === null ? 'null' : `'${value}'`}`).join('  ')}</td>
          </tr>`,
        )}
      </tbody>
    </table></div>`;
}
