import { html, render, nothing } from './libraries.js';
import { symbol, stateOf } from './symbols.js';
import { moment, number } from './words.js';
import { openTrace } from './trace.js';

const open = new Set();
let shown;

/** Counts of both sides, what differs, and the rows themselves when a table is opened. */
export function showTables(into, report) {
  shown = () => showTables(into, report);
  const tables = Object.entries(report.tables).sort((one, other) => place(one) - place(other));
  render(
    html`${tables.length === 0
        ? html`<p class="dim">No comparison was possible: ${report.reason ?? 'not known why'}.</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Tables"><table class="tables">
            <thead>
              <tr>
                <th scope="col">table</th><th scope="col">verdict</th>
                <th scope="col" class="n">source</th><th scope="col" class="n">sink</th>
                <th scope="col" class="n">missing</th><th scope="col" class="n">orphans</th><th scope="col" class="n">mismatches</th>
              </tr>
            </thead>
            ${tables.map(([name, table]) => oneTable(name, table))}
          </table></div>`}
      <p class="dim">${report.status === 'PASS' ? 'All rows and columns compared' : report.reason ?? report.status},
        ${moment(report.timestamp)}, in ${number(report.durationMillis)} ms.</p>
      <form class="lookup" @submit=${lookUp}>
        <label>Any row's way: table <input name="table" required placeholder="orders" list="table-names" autocomplete="off"></label>
        <datalist id="table-names">${tables.map(([name]) => html`<option value=${name}></option>`)}</datalist>
        <label>key <input name="key" required placeholder="as a report writes it" autocomplete="off"></label>
        <button>Trace</button>
      </form>`,
    into,
  );
}

/** What is wrong comes first; otherwise the order stays, and so do the eyes. */
const place = ([, table]) => (table.status === 'FAIL' ? 0 : 1);

function lookUp(event) {
  event.preventDefault();
  const form = new FormData(event.target);
  openTrace(form.get('table').trim(), form.get('key').trim());
}

function oneTable(name, table) {
  const differs = table.differences.length > 0;
  const isOpen = differs && open.has(name);
  return html`<tbody data-table=${name}>
    <tr>
      <th scope="row">
        ${differs
          ? html`<button class="open" aria-expanded=${isOpen} @click=${() => toggle(name)}>${isOpen ? '▾' : '▸'} ${name}</button>`
          : name}
      </th>
      <td class="verdict ${stateOf(table.status)}">${symbol(stateOf(table.status))} ${table.status}</td>
      <td class="n">${number(table.counts.source)}</td>
      <td class="n">${number(table.counts.sink)}</td>
      ${[table.missing, table.orphans, table.mismatches].map(
        count => html`<td class="n ${count ? 'broken' : ''}">${count && table.atLeast ? '≥ ' : ''}${number(count)}</td>`,
      )}
    </tr>
    ${isOpen ? html`<tr><td colspan="7" class="rows">${rows(name, table)}</td></tr>` : nothing}
  </tbody>`;
}

function toggle(name) {
  if (!open.delete(name)) {
    open.add(name);
  }
  shown();
}

const rows = (name, table) => html`<table>
  <thead>
    <tr><th scope="col">class</th><th scope="col">key</th><th scope="col">columns</th><th scope="col">at the source</th><th scope="col">at the sink</th></tr>
  </thead>
  <tbody>
    ${table.differences.map(
      row => html`<tr>
        <td class="broken">${row.class}</td>
        <td><button class="open key" @click=${() => openTrace(name, row.key)}>${row.key}</button></td>
        <td>${row.source === null || row.sink === null ? 'the whole row' : row.columns.join(', ')}</td>
        <td class="value">${row.source ?? 'no row'}</td>
        <td class="value">${row.sink ?? 'no row'}</td>
      </tr>`,
    )}
  </tbody>
</table>`;
