import { html, nothing, svg } from '/console/lib/lit-html.js';
import { clock, time } from '/console/figures.js';

/** Changes in the unified form of diffs. */
export function diffOf(changes) {
  if (!changes.length) return html`<p class="figure">Nothing differs.</p>`;
  return changes.map(change => html`<p class="figure">${change.change}: ${change.path}</p>
    <pre class="diff" tabindex="0" aria-label="Diff of ${change.path}">${change.diff.split('\n').map(line => html`<span class=${kind(line)}>${line || ' '}</span>`)}</pre>`);
}

function kind(line) {
  if (line.startsWith('@@')) return 'at';
  if (line.startsWith('+')) return 'add';
  return line.startsWith('-') ? 'del' : '';
}

/** The ways of a message: each step from when it began to when it ended. */
export function waysOf(ways, page, again, message) {
  return ways.map((way, i) => html`<h3>${way.what} ${way.id}${ways.length > 1 ? `, ${i + 1} of ${ways.length}` : ''}</h3>
    <p class="figure">${clock(way.at)}${way.tenant ? `, of ${way.tenant}` : ''}, in by ${way.route}, ${time(way.tookMs)}
      ${way.error ? html`<span class="bad">${way.error}</span>` : nothing}</p>
    <table class="way"><thead><tr><th>Route</th><th>Step</th><th class="wide">When</th><th class="n">took</th></tr></thead><tbody>
      ${way.steps.map((step, at) => html`<tr>
        <td>${step.route === way.steps[at - 1]?.route ? '' : html`<button type="button" class="plain" @click=${() => page.choose(step.route)}>${step.route}</button>`}</td>
        <td>${step.step}${step.error ? html`<br><span class="bad">${step.error}</span>` : nothing}</td>
        <td class="wide">${bar(step, way)}</td>
        <td class="n ${step.error ? 'bad' : ''}">${time(step.tookMs)}</td></tr>`)}</tbody></table>
    ${way.more ? html`<p class="figure">and ${way.more} steps more</p>` : nothing}
    <div class="row">${again({ ...way })}</div>
    <details><summary class="figure">as it came in</summary>${message(way.message)}</details>`);
}

function bar(step, way) {
  const whole = Math.max(way.tookMs, 0.001);
  const x = Math.min(199, step.afterMs / whole * 200);
  const width = Math.min(200 - x, Math.max(1.5, (step.tookMs ?? whole) / whole * 200));
  return html`<svg width="200" height="12" role="img" aria-label="after ${time(step.afterMs)}">${svg`<rect class="bar ${step.error ? 'bad' : ''}" x=${x} y="2" height="8" rx="2" width=${width}/>`}</svg>`;
}
