import { html, render, svg } from './libraries.js';
import { symbol } from './symbols.js';

/** An arrow that moves while something flows, stands while nothing does, and is cut where the next part is broken. */
const arrow = flow => svg`<svg class="arrow ${flow}" viewBox="0 0 48 16" aria-hidden="true">
  <path class="shaft" d="M2 8h38"/><path class="head" d="M38 3l7 5-7 5z"/>
  ${flow === 'cut' ? svg`<path class="cross" d="M17 2l10 12m0-12L17 14"/>` : ''}</svg>`;

/** The way of a row as a picture: what each part does, and what waits between two. */
export function showPipeline(into, parts) {
  render(
    html`<ol class="parts">
      ${parts.map(
        (part, at) => html`<li class="part ${part.state}" data-part=${part.name}>
            <h3>${symbol(part.state)} ${part.name}</h3>
            <p class="word">${part.word}</p>
            <p class="dim">${part.detail}</p>
          </li>
          ${at < parts.length - 1
            ? html`<li class="between">
                ${arrow(part.flow)}<span class="dim">${part.waits ?? ''}</span>
              </li>`
            : ''}`,
      )}
    </ol>`,
    into,
  );
}
