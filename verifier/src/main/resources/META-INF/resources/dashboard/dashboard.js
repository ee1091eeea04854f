import { html, render } from './libraries.js';
import { follow } from './stream.js';
import { showSilence, showSituation } from './situation.js';
import { showPipeline } from './pipeline.js';
import { addSamples, createCharts } from './charts.js';
import { showScenario } from './scenario.js';
import { showActions } from './actions.js';
import { showTables } from './tables.js';
import { showLog } from './log.js';

const at = id => document.getElementById(id);

createCharts(at('charts'), at('window'));
showActions(at('actions'), false);
let last;
showConnection(false);

follow(message => {
  if (!last) {
    at('situation').replaceChildren();
  }
  last = message.at;
  showSituation(at('situation'), message.situation);
  showPipeline(at('pipeline'), message.parts);
  showScenario(at('scenario'), message.scenario);
  showActions(at('actions'), message.scenario?.running ?? false);
  if (message.whole || message.samples.length > 0 || message.faults) {
    addSamples(message.whole, message.samples, message.faults);
  }
  if (message.report) {
    showTables(at('tables'), message.report);
  }
  showLog(at('log'), message.whole, message.log);
}, showConnection);

/** What is shown stays, marked as old, while nothing comes; only how it stands is not said any more. */
function showConnection(live) {
  const old = !live && last;
  document.body.classList.toggle('old', Boolean(old));
  if (old) {
    showSilence(at('situation'), last);
  }
  const words = live ? 'live' : old ? 'not connected: what you see is old' : 'connecting …';
  render(html`<span class="live ${live ? 'well' : 'busy'}" role="status">${words}</span>`, at('connection'));
}
