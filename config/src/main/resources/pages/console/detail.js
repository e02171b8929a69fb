import { html, nothing, render } from '/console/lib/lit-html.js';
import { ask } from '/console/api.js';
import { clock, count, flat, time } from '/console/figures.js';
import { consider } from '/console/dialog.js';
import { editor } from '/console/editor.js';
import { diffOf, waysOf } from '/console/views.js';

const TABS = [['steps', 'Steps'], ['yaml', 'YAML'], ['versions', 'Versions'], ['cases', 'Cases'],
  ['failures', 'Failures'], ['messages', 'Messages']];

/** What is told of the chosen route, by tabs. */
export const detail = {
  tab: 'steps',
  versions: [],
  changes: null, // what is shown of a version: {title, changes}
  cases: new Map(), // route -> the last results
  failures: null,
  last: null, // the last messages of the route
  ways: null, // of a message that was asked for

  open(page) {
    Object.assign(this, { changes: null, failures: null, last: null });
    editor.open(page);
    this.load(page);
  },

  refused(page, error) {
    editor.refused(error);
    if (error.cases?.length) this.remember(error.cases);
  },

  remember(results) {
    for (const route of new Set(results.map(result => result.route))) {
      this.cases.set(route, results.filter(result => result.route === route));
    }
  },

  async load(page) {
    const id = page.chosen?.id;
    if (!id) return;
    try {
      const [name, path] = {
        versions: ['versions', '/routes/versions'],
        failures: ['failures', `/routes/${encodeURIComponent(id)}/failures`],
        messages: ['traces', `/routes/traces?route=${encodeURIComponent(id)}&limit=20`],
      }[this.tab] ?? [];
      if (!path) return;
      const answer = await ask('GET', path);
      this[this.tab === 'messages' ? 'last' : name] = answer[name];
    } catch (error) {
      page.say(error.message, true);
    }
    page.show();
  },

  choose(page, tab) {
    this.tab = tab;
    this.load(page);
    page.show();
    document.getElementById(`tab-${tab}`).focus();
  },

  /** Looks a message up, whichever route it came by. */
  async trace(page, id) {
    await page.act(`Looking for ${id}`, async () => {
      const { traces } = await ask('GET', `/routes/traces/${encodeURIComponent(id)}`);
      this.ways = traces;
      this.tab = 'messages';
      if (page.chosen === null) page.choose(traces[0].route);
      return `${traces[0].what} ${id}: ${traces.length === 1 ? 'one way' : `${traces.length} ways`} through the routes.`;
    });
    document.getElementById('ways')?.focus();
  },

  show(page, where) {
    const route = page.chosen;
    if (!route) {
      render(html`<p>Choose a route, in the list or in the drawing.</p>`, where);
      return;
    }
    render(html`<div class="row"><h2 id="route-id">${route.id}</h2>
        ${route.version ? html`<span class="pill" title="the version that changed its file last">version ${route.version}</span>` : nothing}</div>
      <p>${route.description} <span class="figure mono">${route.file}</span></p>
      <div class="tabs" role="tablist" aria-label="Of this route" @keydown=${event => this.arrows(page, event)}>
        ${TABS.map(([id, word]) => html`<button type="button" role="tab" id="tab-${id}" aria-controls="panel"
          aria-selected=${id === this.tab ? 'true' : 'false'} tabindex=${id === this.tab ? 0 : -1}
          @click=${() => this.choose(page, id)}>${word}</button>`)}</div>
      <div role="tabpanel" id="panel" aria-labelledby="tab-${this.tab}">${this[`${this.tab}Panel`](page)}</div>`, where);
    const canvas = document.getElementById('chart');
    if (canvas) page.chart.on(canvas);
    editor.scrolled();
  },

  arrows(page, event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = TABS.findIndex(([id]) => id === this.tab);
    this.choose(page, TABS[(at + step + TABS.length) % TABS.length][0]);
  },

  stepsPanel(page) {
    const drawn = page.graph.routes.find(route => route.id === page.chosen.id);
    if (!drawn) return html`<p>It does not run on this hub: what a hub does not do by its role is left out.</p>`;
    return html`<div class="chart"><canvas id="chart" role="img" aria-label="Messages and failures a second, and the mean time"></canvas></div>
      ${drawn.from ? html`<p class="figure">from <span class="mono">${drawn.from}</span></p>` : nothing}
      <table id="steps"><thead><tr><th>Step</th><th class="wide">Does</th><th class="n">done</th><th class="n">failed</th>
        <th class="n">now</th><th class="n">mean</th><th class="n">p99</th></tr></thead>
      <tbody>${flat(drawn.steps).map(step => this.stepRow(page, step))}</tbody></table>
      ${this.byVersion(page)}`;
  },

  stepRow(page, step) {
    const sums = page.ofStep(page.chosen.id, step.id);
    return html`<tr><td class="depth-${Math.min(4, step.depth)}">${step.id}</td>
      <td class="wide does">${does(step)}</td>
      <td class="n">${count(sums.done)}</td><td class="n ${sums.failed ? 'bad' : ''}">${count(sums.failed)}</td>
      <td class="n">${count(sums.inFlight)}</td><td class="n">${sums.done ? time(sums.meanMs) : '-'}</td>
      <td class="n">${sums.done ? time(sums.p99Ms) : '-'}</td></tr>`;
  },

  byVersion(page) {
    const counts = page.list.routes.filter(route => route.id === page.chosen.id).flatMap(route => route.counts);
    if (!counts.length) return nothing;
    return html`<h3>By version</h3><table><thead><tr><th>Version</th><th class="wide">since</th><th class="n">done</th>
      <th class="n">failed</th><th class="n">now</th><th class="n">mean</th><th class="n">p99</th></tr></thead><tbody>
      ${counts.map(one => html`<tr><td>${one.version}</td><td class="wide">${clock(one.since)}</td><td class="n">${count(one.done)}</td>
        <td class="n ${one.failed ? 'bad' : ''}">${count(one.failed)}</td><td class="n">${count(one.inFlight)}</td>
        <td class="n">${time(one.meanMs)}</td><td class="n">${time(one.p99Ms)}</td></tr>`)}</tbody></table>`;
  },

  yamlPanel(page) {
    return editor.panel(page, this);
  },

  versionsPanel(page) {
    return html`<table id="versions"><thead><tr><th>Version</th><th class="wide">When</th><th>What</th><th></th></tr></thead>
      <tbody>${this.versions.map(version => html`<tr><td>${version.number}
        ${version.inForce ? html`<span class="pill force">in force</span>` : nothing}</td>
        <td class="wide">${clock(version.at)}</td>
        <td>${version.message || html`<span class="figure">no message</span>`}<br><span class="figure">${version.kind} by ${version.actorName ?? version.actor}:
          ${this.changed(page, version)}</span></td>
        <td><div class="row"><button type="button" id="diff-${version.number}" @click=${() => this.diff(page, version)}>Diff</button>
          <button type="button" id="rollback-${version.number}" ?disabled=${version.inForce || !page.may('publisher')}
            @click=${() => this.rollBack(page, version)}>Roll back</button></div></td></tr>`)}</tbody></table>
      ${this.changes ? html`<h3>${this.changes.title}</h3>${diffOf(this.changes.changes)}` : nothing}`;
  },

  changed(page, version) {
    if (version.changed.includes(page.chosen.file)) return html`<strong>this file</strong>${version.changed.length > 1 ? `, and ${version.changed.length - 1} more` : ''}`;
    return version.changed.length === 1 ? version.changed[0] : `${version.changed.length} files`;
  },

  diff(page, version) {
    page.act('Comparing', async () => {
      const { changes } = await ask('GET', `/routes/versions/${version.number}`);
      this.changes = { title: `What version ${version.number} changed`, changes };
      return `Version ${version.number} changed ${changes.length === 1 ? 'one file' : `${changes.length} files`}.`;
    });
  },

  async rollBack(page, version) {
    const given = await consider(`Roll back to version ${version.number}`,
      'New work begins on it at once; what is under way ends where it began.', [{ name: 'message', label: 'Why' }], 'Roll back');
    if (!given) return;
    await page.act('Rolling back', async () => {
      const made = await ask('POST', '/routes/rollback', { version: version.number, ...given });
      await page.refresh();
      editor.open(page);
      await this.load(page);
      return `Version ${made.version.number} is in force: the routes of version ${version.number}.`;
    });
  },

  casesPanel(page) {
    const file = Object.keys(page.files).find(path => path.endsWith(`/${page.chosen.id}.case.yaml`));
    const results = this.cases.get(page.chosen.id) ?? [];
    return html`<div class="row"><button type="button" id="run-cases" ?disabled=${!page.may('editor')} @click=${() => this.runCases(page)}>
        Run the cases${editor.changed(page) ? ' with the edit' : ''}</button>
        ${file ? html`<button type="button" @click=${() => { editor.path = file; this.choose(page, 'yaml'); }}>Edit them</button>`
          : html`<span class="figure">no file ${page.chosen.id}.case.yaml beside the route</span>`}</div>
      ${results.length ? html`<ul class="bare">${results.map(result => html`<li>
        <p><span class=${result.holds ? 'good' : 'bad'}>${result.holds ? 'holds' : 'fails'}</span> ${result.name}
          <span class="figure">${time(result.tookMs)}, ${result.file}:${result.line}</span></p>
        ${result.failures.map(text => html`<pre>${text}</pre>`)}</li>`)}</ul>` : html`<p class="figure">They have not been run from here yet.</p>`}`;
  },

  async runCases(page) {
    await page.act('Running the cases', async () => {
      const { cases } = await ask('POST', '/routes/test', { ...editor.edit(page), routes: [page.chosen.id] });
      this.cases.set(page.chosen.id, cases);
      const failed = cases.filter(result => !result.holds).length;
      return failed ? `${failed} of ${cases.length} cases fail.` : `${cases.length === 1 ? 'One case holds' : `${cases.length} cases hold`}.`;
    });
  },

  failuresPanel(page) {
    if (!this.failures) return nothing;
    if (!this.failures.length) return html`<p>No message has failed here since the hub started.</p>`;
    return html`<p class="figure">What people said and who they are is masked; what senders did wrong is not listed.</p>
      ${this.failures.map(failure => html`<details><summary>${clock(failure.at)} <strong>${failure.step}</strong>
        ${failure.error}</summary>
        <p class="figure">${failure.what} ${failure.id}${failure.tenant ? `, of ${failure.tenant}` : ''}${failure.version ? `, version ${failure.version}` : ''}</p>
        ${this.messageOf(failure.message)}
        <div class="row"><button type="button" @click=${() => this.trace(page, failure.id)}>Its way</button>
          ${this.again(page, failure)}</div></details>`)}`;
  },

  messageOf(message) {
    return html`${message.body ? html`<pre>${message.body}</pre>` : html`<p class="figure">body: ${message.of || 'none'}</p>`}
      ${Object.keys(message.headers).length ? html`<details><summary class="figure">headers</summary><pre>${Object.entries(message.headers)
        .map(([name, value]) => `${name}: ${value}`).join('\n')}</pre></details>` : nothing}`;
  },

  /** What may be done with a message once more. */
  again(page, message) {
    const real = message.what === 'job' || message.what === 'delivery' || message.what === 'request';
    return html`<button type="button" ?disabled=${!real || !page.may('publisher')} title="jobs, deliveries and dead letters"
        @click=${() => this.replay(page, message)}>Replay</button>
      <button type="button" ?disabled=${!page.may('editor')} @click=${() => this.dryRun(page, message)}>Dry run</button>`;
  },

  async replay(page, message) {
    const given = await consider(`Replay ${message.what} ${message.id}`, 'It is done again, for real.', [], 'Replay');
    if (!given) return;
    page.act('Replaying', async () => {
      await ask('POST', `/routes/traces/${encodeURIComponent(message.id)}/replay`);
      return `${message.what} ${message.id} is done again.`;
    });
  },

  /** The masked message, through the edit, or through what is in force. */
  dryRun(page, message) {
    page.act('Trying', async () => {
      const { body, headers } = message.message;
      const given = { headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('Camel'))) };
      if (body) given.body = parsed(body);
      this.dry = await ask('POST', '/routes/dry-run', { ...editor.edit(page), route: message.route, message: given });
      this.tab = 'messages';
      return 'Tried: nothing left the hub.';
    });
  },

  messagesPanel(page) {
    return html`${this.dry ? html`<h3>Dry run</h3><div id="dry-run">${dryOf(this.dry)}</div>` : nothing}
      ${this.ways ? html`<div id="ways" tabindex="-1">${waysOf(this.ways, page, way => this.again(page, way), message => this.messageOf(message))}</div>` : nothing}
      <h3>The last messages of ${page.chosen.id}</h3>
      ${this.last?.length ? html`<table id="last"><thead><tr><th>When</th><th>Message</th><th class="n">took</th><th class="wide">Failed</th></tr></thead>
        <tbody>${this.last.map(way => html`<tr><td>${clock(way.at)}</td>
          <td>${way.what} <button type="button" class="plain mono" @click=${() => this.trace(page, way.id)}>${way.id}</button></td>
          <td class="n ${way.error ? 'bad' : ''}">${time(way.tookMs)}</td><td class="wide">${way.error ?? ''}</td></tr>`)}</tbody></table>`
        : html`<p class="figure">None that this hub remembers.</p>`}`;
  },
};

/** Conditions of a choice stand in its YAML, and at its branches. */
function does(step) {
  const label = step.kind === 'choice' ? '' : step.label.replace(new RegExp(`^${step.kind}\\[(.*)\\]$`, 's'), '$1');
  return `${step.kind}${label && label !== step.kind ? `: ${label}` : ''}`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function dryOf(run) {
  const steps = run.steps ?? [];
  const rest = Object.fromEntries(Object.entries(run).filter(([name]) => name !== 'steps'));
  return html`${steps.map(step => html`<details><summary><strong>${step.step ?? step.id}</strong>
      ${step.failure ? html`<span class="bad">${step.failure}</span>` : nothing}</summary><pre>${JSON.stringify(step, null, 2)}</pre></details>`)}
    ${Object.keys(rest).length ? html`<pre>${JSON.stringify(rest, null, 2)}</pre>` : nothing}`;
}
