import { html, nothing, render } from '/console/lib/lit-html.js';
import { ask, enterWith } from '/console/api.js';
import { clock, count, time, together } from '/console/figures.js';
import { draw } from '/console/drawing.js';
import { consider } from '/console/dialog.js';
import { detail } from '/console/detail.js';
import { showKamelets } from '/console/kamelets.js';
import { Chart } from '/console/chart.js';

const EVERY_MS = 2000;
const ROLES = ['viewer', 'editor', 'publisher', 'admin'];

const byId = id => document.getElementById(id);
const narrow = matchMedia('(max-width: 60rem)');
const key = byId('key');
key.value = sessionStorage.getItem('caravox-operator-key') ?? '';

/** All that the page shows. */
const page = {
  list: null, // GET /routes
  graph: { routes: [], links: [] },
  steps: new Map(), // route -> step -> figures by version
  files: {}, // of the version in force, by path
  kamelets: [], // of the version in force
  chosen: null,
  all: false, // whether the whole drawing is shown though a route is chosen
  filter: '',
  chart: new Chart(),
  may: role => ROLES.indexOf(page.list?.role) >= ROLES.indexOf(role),
  ofStep: (route, step) => together(page.steps.get(route)?.get(step) ?? []),
  ofRoute,
  choose,
  say,
  act,
  show,
  refresh: load,
};

let timer = 0;
let acts = 0; // how many were begun: what one of them says stays

byId('enter').addEventListener('submit', event => {
  event.preventDefault();
  enter();
});
byId('find').addEventListener('submit', event => {
  event.preventDefault();
  detail.trace(page, byId('trace-id').value.trim());
});
narrow.addEventListener('change', () => page.list && show());
addEventListener('resize', () => page.list && show());
addEventListener('hashchange', () => page.list && fromAddress());
document.addEventListener('visibilitychange', () => document.hidden || poll());

async function enter() {
  enterWith(key.value);
  say('Asking the hub ...');
  try {
    await load();
    say(`${inForce()} You are ${/^[ae]/.test(page.list.role) ? 'an' : 'a'} ${page.list.role}.`);
  } catch (error) {
    byId('page').hidden = byId('find').hidden = true;
    page.list = null;
    say(error.message, true);
    return;
  }
  sessionStorage.setItem('caravox-operator-key', key.value);
  fromAddress();
  clearInterval(timer);
  timer = setInterval(poll, EVERY_MS);
}

/** Everything anew: after the key was given, and after a version came in force. */
async function load() {
  const [list, graph, counts, files, { kamelets }] = await Promise.all([
    ask('GET', '/routes'), ask('GET', '/routes/graph'), ask('GET', '/routes/counts'), ask('GET', '/routes/files'),
    ask('GET', '/kamelets')]);
  page.graph = graph;
  page.files = files.files;
  page.kamelets = kamelets;
  take(list, counts);
  byId('page').hidden = byId('find').hidden = false;
  show();
}

function inForce() {
  return `Version ${page.list.version} is in force.`;
}

async function poll() {
  if (document.hidden || !page.list) return;
  const before = acts;
  try {
    const [list, counts] = await Promise.all([ask('GET', '/routes'), ask('GET', '/routes/counts')]);
    if (list.version !== page.list.version) {
      await load();
      if (acts === before) say(inForce());
      return;
    }
    take(list, counts);
    if (byId('state').classList.contains('away')) say('The hub answers again.');
    show();
  } catch (error) {
    say(`The figures are old: ${error.message}`, true, 'away');
  }
}

function take(list, counts) {
  page.list = list;
  page.steps = new Map();
  for (const one of counts.steps) {
    if (!page.steps.has(one.route)) page.steps.set(one.route, new Map());
    const steps = page.steps.get(one.route);
    steps.set(one.step, [...(steps.get(one.step) ?? []), one]);
  }
  page.chart.take(new Date(counts.at), route => ofRoute(route), page.chosen?.id);
}

/** Those of the list are the route's own; what else is drawn does as its first step does. */
function ofRoute(id) {
  const known = page.list?.routes.filter(route => route.id === id).flatMap(route => route.counts) ?? [];
  if (known.length) return together([...known].sort((a, b) => a.version - b.version));
  const first = page.graph.routes.find(route => route.id === id)?.steps[0];
  return first ? page.ofStep(id, first.id) : together([]);
}

function fromAddress() {
  const id = decodeURIComponent(location.hash.slice(1));
  const known = listed().find(route => route.id === id);
  if (known && known.id !== page.chosen?.id) {
    page.chosen = known;
    page.all = false;
    detail.open(page);
  }
  show();
}

/** Somebody chose a route, by whatever means. */
function choose(id) {
  if (location.hash.slice(1) === encodeURIComponent(id)) {
    page.all = false;
    show();
  } else {
    location.hash = encodeURIComponent(id);
  }
}

/** Routes, and beside them what they use, with their files. */
function listed() {
  const routes = page.list.routes.map(route => ({ ...route, kind: 'ROUTE' }));
  const known = new Set(routes.map(route => route.id));
  const others = Object.keys(page.files)
    .map(path => [path, path.split('/').pop().replace(/\.(camel|kamelet)\.yaml$/, '')])
    .filter(([path, id]) => /\.(camel|kamelet)\.yaml$/.test(path) && !known.has(id))
    .map(([path, id]) => ({ id, file: path, description: '', counts: [], kind: path.endsWith('.kamelet.yaml') ? 'KAMELET' : 'ERRORS' }));
  return [...routes, ...others].sort((a, b) => a.file < b.file ? -1 : 1);
}

function say(text, error = false, extra = '') {
  byId('state').textContent = text;
  byId('state').className = `${error ? 'error' : ''} ${extra}`;
}

/** Does something that may be refused, and tells how it went. */
async function act(what, done) {
  acts++;
  say(`${what} ...`);
  try {
    say(await done());
    return true;
  } catch (error) {
    say(error.message, true);
    detail.refused(page, error);
    return false;
  } finally {
    show();
  }
}

function show() {
  render(routesList(), byId('routes'));
  render(staged(), byId('stage'));
  render(drawing(), byId('drawing'));
  detail.show(page, byId('detail'));
  showKamelets(page, byId('kamelets'));
}

function routesList() {
  const wanted = page.filter.toLowerCase();
  const routes = listed().filter(route => `${route.file} ${route.id} ${route.description}`.toLowerCase().includes(wanted));
  const folders = [...new Set(routes.map(route => folder(route)))];
  return html`<input id="filter" type="search" placeholder="Filter ${listed().length} routes" aria-label="Filter the routes"
      .value=${page.filter} @input=${event => { page.filter = event.target.value; show(); }}>
    ${folders.map(name => html`<h3 id="folder-${name.replaceAll('/', '-')}">${name}</h3>
      <ul aria-labelledby="folder-${name.replaceAll('/', '-')}">${routes.filter(route => folder(route) === name).map(item)}</ul>`)}
    ${routes.length ? nothing : html`<p>No route has that in its name.</p>`}`;
}

function folder(route) {
  return route.file.includes('/') ? route.file.slice(0, route.file.lastIndexOf('/')) : '.';
}

function item(route) {
  const sums = ofRoute(route.id);
  return html`<li><button type="button" title=${route.description} aria-current=${route.id === page.chosen?.id ? 'true' : 'false'}
      @click=${() => { choose(route.id); byId('detail').focus({ preventScroll: !narrow.matches }); }}>
    <span class="id">${route.id}</span>
    ${sums.inFlight ? html`<span class="figure" title="in flight">${count(sums.inFlight)} now</span>` : nothing}
    ${sums.failed ? html`<span class="figure bad">${count(sums.failed)} failed</span>` : nothing}
    ${sums.done ? html`<span class="figure">${count(sums.done)}</span>` : nothing}
  </button></li>`;
}

function drawing() {
  const figures = { ...page, room: Math.max(240, byId('drawing').clientWidth - 28), choose };
  return html`<div class="row"><h2>${page.chosen && !page.all ? 'Around this route' : 'Routes that call each other'}</h2>
      ${page.chosen ? html`<button type="button" id="whole" aria-pressed=${page.all}
        @click=${() => { page.all = !page.all; show(); }}>Whole drawing</button>` : nothing}
      ${page.chosen && !page.all ? html`<span class="figure">per step: done +in flight · mean · p99</span>` : nothing}</div>
    ${draw(page.graph, page.all ? null : page.chosen, narrow.matches, figures)}`;
}

/** What is tried, or is on probation, beside what was before. */
function staged() {
  const { staged: tried, comparison, probationUntil, nodes, version } = page.list;
  const lost = nodes.filter(node => node.problem);
  if (!tried && !probationUntil && !lost.length) return nothing;
  return html`<div>
    ${tried ? html`<div class="row"><strong>Version ${tried.version} is tried</strong>
      <span>${tried.tenant ? `on ${tried.tenant}'s new work` : `on ${tried.percent} % of new work`} since ${clock(tried.since)}</span>
      <button id="promote" type="button" class="main" ?disabled=${!page.may('publisher')} @click=${promote}>Promote</button>
      <button id="return" type="button" ?disabled=${!page.may('publisher')} @click=${() => takeBack(tried.version)}>Take back</button></div>` : nothing}
    ${probationUntil ? html`<div class="row"><strong>Version ${version} is on probation</strong>
      <span>until ${clock(probationUntil)}: it returns by itself when what it changed fails</span>
      ${tried ? nothing : html`<button id="return" type="button" ?disabled=${!page.may('publisher')} @click=${() => takeBack(version)}>Take back</button>`}</div>` : nothing}
    ${comparison.length ? html`<table><thead><tr><th>Route</th><th class="n">before</th><th class="n">after</th></tr></thead><tbody>
      ${comparison.map(each => html`<tr><td>${each.route}</td>${[each.before, each.after].map(one => html`<td class="n ${one === each.after && each.worse ? 'bad' : ''}">
        ${count(one.failed)} of ${count(one.done)} failed, p99 ${time(one.p99Ms)}</td>`)}</tr>`)}</tbody></table>` : nothing}
    ${lost.map(node => html`<p class="error">${node.node}: ${node.problem}</p>`)}
  </div>`;
}

async function promote() {
  const given = await consider('Promote', 'All new work goes to the version that is tried.', [{ name: 'message', label: 'Why' }], 'Promote');
  if (given) act('Promoting', async () => told(await ask('POST', '/routes/promote', given), 'is in force'));
}

async function takeBack(version) {
  const given = await consider(`Take back version ${version}`, 'It gets no more new work.', [{ name: 'message', label: 'Why' }], 'Take back');
  if (given) act('Taking back', async () => told(await ask('POST', '/routes/return', given), 'is in force'));
}

async function told(published, is) {
  await load();
  return `Version ${published.version.number} ${is}.`;
}
