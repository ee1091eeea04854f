import { html, render, nothing } from './libraries.js';
import { symbol } from './symbols.js';
import { clock, moment } from './words.js';

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
        <div><dt>Last proven equal</dt><dd>${situation.provenAt ? moment(situation.provenAt) : 'not yet'}</dd></div>
        ${situation.wellAgainAt
          ? html`<div><dt>Last trouble</dt><dd>over at ${moment(situation.wellAgainAt)}, after ${situation.troubleFor}</dd></div>`
          : nothing}
      </dl>
      ${situation.attention?.length
        ? html`<div class="attention"><h2>Look at this as well</h2><ul>${situation.attention.map(finding => html`<li>${finding}</li>`)}</ul></div>`
        : nothing}`,
    into,
  );
  announce(situation.title, situation.sentence);
}

/** What is not known any more must not look well. @param since when the last news came */
export function showSilence(into, since) {
  const sentence = `Not known: no news from the verifier since ${clock(since)}. What is below was so then.`;
  render(
    html`<div class="headline unknown">${symbol('unknown')}<p class="sentence">${sentence}</p></div>`,
    into,
  );
  announce('Not known', sentence);
}

/** The seconds in the sentence would be read aloud each time; what is announced changes only with what happens. */
function announce(title, sentence) {
  document.title = `${title} – CDC pipeline`;
  if (announced !== title) {
    announced = title;
    announcement.textContent = sentence;
  }
}
