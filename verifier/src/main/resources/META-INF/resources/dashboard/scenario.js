import { html, render, nothing } from './libraries.js';
import { symbol, stateOf } from './symbols.js';
import { moment } from './words.js';

/** The scenario's failures in their order: what was, what is, what comes next. */
export function showScenario(into, scenario) {
  if (!scenario) {
    render(html`<p class="dim">The chaos-injector does not answer, or this verifier has none.</p>`, into);
    return;
  }
  render(
    html`<p class="run">${scenario.verdict ? symbol(stateOf(scenario.verdict)) : nothing} ${scenario.words}</p>
      <ol class="failures">
        ${scenario.failures.map(
          failure => html`<li class=${failure.stage} data-failure=${failure.id} aria-current=${failure.stage === 'now' ? 'step' : 'false'}>
            ${symbol(failure.verdict ? stateOf(failure.verdict) : failure.stage === 'now' ? 'busy' : 'coming')}
            <div>
              <h3>${failure.id} ${failure.verdict ? html`<span class="verdict ${stateOf(failure.verdict)}">${failure.verdict}</span>` : nothing}</h3>
              <p>${failure.words}</p>
              ${failure.description || failure.expected
                ? html`<details>
                    <summary>what it does, what is expected</summary>
                    <p class="dim">${failure.description}</p>
                    <p class="dim">${failure.expected}</p>
                    ${failure.injectedAt ? html`<p class="dim">injected at ${moment(failure.injectedAt)}</p>` : nothing}
                  </details>`
                : nothing}
            </div>
          </li>`,
        )}
      </ol>`,
    into,
  );
}
