import { html, nothing } from '/console/lib/lit-html.js';
import { ask } from '/console/api.js';
import { consider } from '/console/dialog.js';
import { diffOf } from '/console/views.js';

/** Files as somebody changes them. Texts go to the hub as they are written here: nothing lays them out anew. */
export const editor = {
  path: '',
  texts: new Map(), // what was changed, by path
  base: 0, // the version that it was made from
  findings: [],
  conflicts: [],
  changes: null,

  open(page) {
    this.path = page.chosen?.file ?? '';
  },

  changed(page) {
    return [...this.texts].some(([path, text]) => page.files[path] !== text);
  },

  /** What the hub is to check, try or publish. */
  edit(page) {
    if (!this.changed(page)) return {};
    return { base: this.base, files: Object.fromEntries([...this.texts].filter(([path, text]) => page.files[path] !== text)) };
  },

  refused(error) {
    this.findings = error.findings ?? [];
    this.conflicts = error.conflicts ?? [];
    const first = this.findings.find(finding => !finding.warning);
    if (first && (this.texts.has(first.file) || !this.path)) this.path = first.file;
  },

  forget() {
    this.texts.clear();
    this.findings = [];
    this.conflicts = [];
    this.changes = null;
  },

  text(page) {
    return this.texts.get(this.path) ?? page.files[this.path] ?? '';
  },

  typed(page, text) {
    if (!this.changed(page)) this.base = page.list.version;
    this.texts.set(this.path, text);
    this.findings = this.findings.filter(finding => finding.file !== this.path);
    page.show();
  },

  panel(page, detail) {
    const text = this.text(page);
    const here = this.findings.filter(finding => finding.file === this.path);
    const may = page.may('editor');
    const publish = page.may('publisher') && this.changed(page);
    return html`<div class="row">
        <label>File <select id="file" @change=${event => { this.path = event.target.value; page.show(); }}>
          ${this.paths(page).map(path => html`<option value=${path} ?selected=${path === this.path}>${path}${this.isChanged(page, path) ? ' (changed)' : ''}</option>`)}</select></label>
        ${this.changed(page) ? html`<span class="pill">edit of version ${this.base}</span>` : nothing}
        ${may ? nothing : html`<span class="figure">A viewer reads: editing needs the role editor.</span>`}</div>
      <div class="editor"><div class="gutter" id="gutter" aria-hidden="true">${text.split('\n').map((line, i) => html`<span class=${mark(here, i + 1)}>${i + 1}</span>`)}</div>
        <textarea id="text" spellcheck="false" wrap="off" autocapitalize="off" aria-label="Text of ${this.path}" aria-describedby="findings"
          ?readonly=${!may} .value=${text} @input=${event => this.typed(page, event.target.value)} @scroll=${() => this.scrolled()}></textarea></div>
      <ul class="findings" id="findings" aria-live="polite">${this.findings.map(finding => this.finding(page, finding))}</ul>
      ${this.conflicts.map(conflict => html`<p class="error">${conflict.path} was changed by ${conflict.version.actorName ?? conflict.version.actor}
        in version ${conflict.version.number}: ${conflict.version.message}</p>${diffOf([{ path: conflict.path, change: 'changed', diff: conflict.diff }])}`)}
      <div class="row">
        <button type="button" id="check" ?disabled=${!may} @click=${() => this.check(page)}>Check</button>
        <button type="button" id="test" ?disabled=${!may} @click=${() => detail.runCases(page).then(() => detail.choose(page, 'cases'))}>Run cases</button>
        <button type="button" id="save" ?disabled=${!may || !this.changed(page)} @click=${() => this.save(page)}>Save as draft</button>
        <button type="button" id="drafts" @click=${() => this.load(page)}>Open a draft</button>
        <button type="button" id="stage-edit" ?disabled=${!publish} @click=${() => this.stage(page)}>Stage</button>
        <button type="button" id="publish" class="main" ?disabled=${!publish} @click=${() => this.publish(page)}>Publish</button>
        <button type="button" id="forget" ?disabled=${!this.changed(page)} @click=${() => { this.forget(); page.show(); }}>Undo all</button></div>
      ${this.changes ? html`<h3>${this.changes.title}</h3>${diffOf(this.changes.changes)}` : nothing}`;
  },

  paths(page) {
    const all = [...new Set([...Object.keys(page.files), ...this.texts.keys()])].sort();
    const own = all.filter(path => path.includes(`/${page.chosen.id}.`));
    return [...own, ...all.filter(path => !own.includes(path))];
  },

  isChanged(page, path) {
    return this.texts.has(path) && this.texts.get(path) !== page.files[path];
  },

  finding(page, finding) {
    const place = finding.line ? `${finding.file}:${finding.line}${finding.column ? `:${finding.column}` : ''}` : finding.file;
    return html`<li class=${finding.warning ? 'warning' : ''}><button type="button" class="plain mono" @click=${() => this.go(page, finding)}>${place}</button>
      ${finding.warning ? 'warning: ' : ''}${finding.problem}${finding.remedy ? `; ${finding.remedy}` : ''}</li>`;
  },

  /** To the line that something is wrong with. */
  go(page, finding) {
    this.path = finding.file;
    page.show();
    const area = document.getElementById('text');
    const lines = area.value.split('\n');
    const line = Math.max(1, finding.line);
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.focus();
    area.setSelectionRange(start + Math.max(0, finding.column - 1), start + (lines[line - 1] ?? '').length);
    area.scrollTop = Math.max(0, (line - 6) * area.scrollHeight / lines.length);
  },

  scrolled() {
    const area = document.getElementById('text');
    if (area) document.getElementById('gutter').scrollTop = area.scrollTop;
  },

  check(page) {
    return page.act('Checking', async () => {
      const { findings, conflicts } = await ask('POST', '/routes/check', this.edit(page));
      this.findings = findings;
      this.conflicts = conflicts;
      const errors = findings.filter(finding => !finding.warning).length;
      return errors ? `${errors === 1 ? 'One error' : `${errors} errors`}: it cannot be published like this.` : 'Nothing is wrong with it.';
    });
  },

  async save(page) {
    const given = await consider('Save as draft', 'Nothing is put in force.', [
      { name: 'name', label: 'Name: small letters, digits and dashes', value: `${page.chosen.id}`, required: true },
      { name: 'description', label: 'What is changed and why' }], 'Save');
    if (!given) return;
    page.act('Saving', async () => {
      await ask('PUT', `/routes/drafts/${encodeURIComponent(given.name)}`, { ...this.edit(page), description: given.description });
      const { changes } = await ask('GET', `/routes/diff?draft=${encodeURIComponent(given.name)}`);
      this.changes = { title: `What draft ${given.name} changes`, changes };
      return `Draft ${given.name} is kept.`;
    });
  },

  async load(page) {
    const { drafts } = await ask('GET', '/routes/drafts');
    if (!drafts.length) {
      page.say('There are no drafts.');
      return;
    }
    const given = await consider('Open a draft', `There are: ${drafts.map(draft => draft.name).join(', ')}.`,
      [{ name: 'name', label: 'Which', value: drafts[0].name, required: true }], 'Open');
    if (!given) return;
    page.act('Opening', async () => {
      const draft = await ask('GET', `/routes/drafts/${encodeURIComponent(given.name)}`);
      this.forget();
      this.base = draft.base;
      Object.entries(draft.files).forEach(([path, text]) => this.texts.set(path, text));
      this.path = Object.keys(draft.files)[0] ?? this.path;
      return `Draft ${draft.name}, made from version ${draft.base}.`;
    });
  },

  async publish(page) {
    const given = await consider('Publish', `${this.names(page)}. It is checked, and its cases run; then new work begins on it.`,
      [{ name: 'message', label: 'What is changed and why', required: true }], 'Publish');
    if (given) await this.put(page, 'Publishing', '/routes/publish', given, version => `Version ${version} is in force.`);
  },

  async stage(page) {
    const given = await consider('Stage', `${this.names(page)}. It gets some of the new work, and is compared.`, [
      { name: 'message', label: 'What is changed and why', required: true },
      { name: 'percent', label: 'Percent of new work', type: 'number', value: '10' },
      { name: 'tenant', label: 'Only this tenant\'s; empty for everybody\'s' }], 'Stage');
    if (!given) return;
    const order = { message: given.message };
    if (given.percent) order.percent = Number(given.percent);
    if (given.tenant) order.tenant = given.tenant;
    await this.put(page, 'Staging', '/routes/stage', order, version => `Version ${version} is tried.`);
  },

  names(page) {
    return Object.keys(this.edit(page).files ?? {}).join(', ');
  },

  async put(page, what, path, order, told) {
    await page.act(what, async () => {
      const made = await ask('POST', path, { ...this.edit(page), ...order });
      this.forget();
      await page.refresh();
      return `${told(made.version.number)} ${made.cases === 1 ? 'One case holds' : `${made.cases} cases hold`}; it took ${Math.round(made.tookMs)} ms.`;
    });
  },
};

function mark(findings, line) {
  const here = findings.filter(finding => finding.line === line);
  if (here.some(finding => !finding.warning)) return 'wrong';
  return here.length ? 'doubt' : '';
}
