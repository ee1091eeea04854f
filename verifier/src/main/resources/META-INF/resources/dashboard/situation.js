import { html, render, nothing } from './libraries.js';
import { symbol } from './symbols.js';
import { clock } from './words.js';

const announcement = document.querySelector('#announcement');
let announced;

/** The one sentence, and the three answers that people want first. */
export function showSituation(into, situation) {
  render(
    html`<div class="headline ${situation.state}">
        ${symbol(situation.state)}
        <p class="sentence">${situation.sentence}</p>
      </div>
      <dl class="answers">
        <div><dt>Broken now</dt><dd>${situation.broken.length ? situation.broken.join(', ') : 'nothing'}</dd></div>
        <div><dt>Is data at risk?</dt><dd>${situation.risk}</dd></div>
        <div><dt>Last proven equal</dt><dd>${situation.provenAt ? clock(situation.provenAt) : 'not yet'}</dd></div>
        ${situation.wellAgainAt
          ? html`<div><dt>Well again</dt><dd>${clock(situation.wellAgainAt)}, after ${situation.troubleFor}</dd></div>`
          : nothing}
      </dl>`,
    into,
  );
  document.title = `${situation.title} – CDC pipeline`;
  // The seconds in the sentence would be read aloud each time; what is announced changes only with what happens.
  if (announced !== situation.title) {
    announced = situation.title;
    announcement.textContent = situation.sentence;
  }
}
