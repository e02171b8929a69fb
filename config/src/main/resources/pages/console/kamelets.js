import { html, nothing, render } from '/console/lib/lit-html.js';

/** The steps that routes may use, each with YAML to paste. */
export function showKamelets(page, where) {
  render(html`<details class="bare"><summary id="kamelets-open"><h2>Kamelets</h2>
      <span class="figure">${page.kamelets.length} steps that routes may use</span></summary>
    ${page.kamelets.map(kamelet => html`<details id="kamelet-${kamelet.name}">
      <summary><strong>${kamelet.name}</strong> ${kamelet.title}</summary>
      <p>${kamelet.description}</p>
      ${kamelet.parameters.length ? parameters(kamelet) : nothing}
      <div class="row"><h3>To paste</h3>
        <button type="button" id="copy-${kamelet.name}" aria-label="Copy the snippet of ${kamelet.name}" @click=${() => copy(page, kamelet)}>Copy</button></div>
      <pre id="snippet-${kamelet.name}" tabindex="0" aria-label="Snippet of ${kamelet.name}">${kamelet.snippet}</pre>
    </details>`)}</details>`, where);
}

function parameters(kamelet) {
  return html`<table><caption class="figure">Parameters of ${kamelet.name}</caption>
    <thead><tr><th>Parameter</th><th>Default</th><th class="wide">Example</th><th>What it is</th></tr></thead><tbody>
    ${kamelet.parameters.map(each => html`<tr>
      <td><code>${each.name}</code>${each.secret ? html`<br><span class="pill">secret</span>` : nothing}</td>
      <td>${each.required ? html`<strong>required</strong>` : each.default}</td>
      <td class="wide"><code>${each.example}</code></td>
      <td>${each.description}${each.values.length ? html`<br><span class="figure">one of ${each.values.join(', ')}</span>` : nothing}</td></tr>`)}</tbody></table>`;
}

/** Without TLS the browser keeps its clipboard from pages; then the marked text is copied the old way. */
async function copy(page, kamelet) {
  getSelection().selectAllChildren(document.getElementById(`snippet-${kamelet.name}`));
  const copied = navigator.clipboard
    ? await navigator.clipboard.writeText(kamelet.snippet).then(() => true, () => false)
    : document.execCommand('copy');
  page.say(copied ? `The snippet of ${kamelet.name} is in the clipboard.` : `The snippet of ${kamelet.name} is marked: copy it with Ctrl+C.`);
}
