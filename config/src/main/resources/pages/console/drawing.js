import { html, svg, nothing } from '/console/lib/lit-html.js';
import { count, flat, time } from '/console/figures.js';

const ROW = 17;
const HEAD = 40;
const WIDE = 292;
const SMALL = 196;
const BESIDE = 34;
const LETTERS = 41;

/** Everybody who calls somebody, as small boxes; with a route that is chosen, it and its neighbours with their steps. */
export function draw(graph, chosen, narrow, figures) {
  const steps = chosen && graph.routes.some(route => route.id === chosen.id);
  const shown = steps ? neighbours(graph, chosen.id) : linked(graph);
  const boxes = graph.routes.filter(route => shown.has(route.id)).map(route => box(route, steps))
    .sort((a, b) => rank(graph, chosen, a.id) - rank(graph, chosen, b.id));
  const links = graph.links.filter(link => shown.has(link.from) && shown.has(link.to) && link.from !== link.to);
  const plan = narrow && steps ? stack(boxes, links, figures.room) : layOut(boxes, links, narrow);
  const scale = Math.min(1, Math.max(0.6, figures.room / plan.width));
  return html`<div class="canvas" tabindex="0" aria-label="Drawing">
    <svg width=${plan.width * scale} height=${plan.height * scale} viewBox="0 0 ${plan.width} ${plan.height}" role="group"
      aria-label=${steps ? `${chosen.id} and its neighbours` : 'Routes that call each other'}>
      <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="arrow" d="M0 0 8 4 0 8z"/></marker></defs>
      ${plan.links.map(line => svg`<path class="link" d=${line} marker-end="url(#tip)"/>`)}
      ${plan.boxes.map(each => drawBox(each, each.id === chosen?.id, figures))}
    </svg></div>`;
}

function linked(graph) {
  return new Set(graph.links.flatMap(link => [link.from, link.to]));
}

/** Who calls it, and all that it calls, and these call. */
function neighbours(graph, id) {
  const found = new Set([id]);
  for (const link of graph.links) if (link.to === id) found.add(link.from);
  let last = [id];
  for (let hops = 0; hops < 2; hops++) {
    last = graph.links.filter(link => last.includes(link.from) && !found.has(link.to)).map(link => link.to);
    last.forEach(each => found.add(each));
  }
  return found;
}

/** Callers come before the chosen route, and what it calls after it. */
function rank(graph, chosen, id) {
  if (!chosen || id === chosen.id) return 1;
  return graph.links.some(link => link.from === id && link.to === chosen.id) ? 0 : 2;
}

function box(route, steps) {
  const rows = steps ? flat(route.steps) : [];
  return { id: route.id, route, rows, width: steps ? WIDE : SMALL, height: HEAD + (rows.length ? rows.length * ROW + 6 : 0) };
}

function layOut(boxes, links, narrow) {
  const plan = new dagre.graphlib.Graph({ multigraph: false });
  plan.setGraph({ rankdir: narrow ? 'TB' : 'LR', nodesep: 14, ranksep: 44, marginx: 6, marginy: 6 });
  plan.setDefaultEdgeLabel(() => ({}));
  boxes.forEach(each => plan.setNode(each.id, each));
  links.forEach(link => plan.setEdge(link.from, link.to));
  dagre.layout(plan);
  const { width, height } = plan.graph();
  return {
    width: Number.isFinite(width) ? width : 100,
    height: Number.isFinite(height) ? height : 40,
    boxes,
    links: plan.edges().map(edge => path(plan.edge(edge).points)),
  };
}

/** One below the other, for narrow screens: who calls whom is drawn beside them. */
function stack(boxes, links, room) {
  const width = Math.max(200, room - BESIDE);
  let y = 6;
  for (const each of boxes) {
    Object.assign(each, { width, x: width / 2, y: y + each.height / 2 });
    y += each.height + 14;
  }
  const at = new Map(boxes.map(each => [each.id, each]));
  return {
    width: width + BESIDE,
    height: y,
    boxes,
    links: links.map(link => {
      const from = at.get(link.from);
      const to = at.get(link.to);
      return `M${width} ${from.y} C${width + BESIDE} ${from.y} ${width + BESIDE} ${to.y - 8} ${width} ${to.y - 8}`;
    }),
  };
}

function path(points) {
  const [first, ...rest] = points.map(point => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`);
  return `M${first} L${rest.join(' ')}`;
}

function cut(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function drawBox(each, chosen, figures) {
  const sums = figures.ofRoute(each.id);
  const words = `${each.id}: ${sums.done} done, ${sums.failed} failed, ${sums.inFlight} in flight`;
  const choose = () => figures.choose(each.id);
  const key = event => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      choose();
    }
  };
  return svg`<g class="route ${chosen ? 'chosen' : ''} ${sums.failed ? 'fails' : ''}" tabindex="0" role="button" aria-label=${words}
      transform="translate(${each.x - each.width / 2} ${each.y - each.height / 2})" @click=${choose} @keydown=${key}>
    <title>${each.route.description}</title>
    <rect class="box" width=${each.width} height=${each.height} rx="6"/>
    <rect class="head" x="1" y="1" width=${each.width - 2} height=${HEAD - 2} rx="5"/>
    <text x="8" y="16" font-weight="600">${cut(each.id, each.rows.length ? LETTERS - 6 : 25)}</text>
    <text x="8" y="32" class="soft">${count(sums.done)} done${sums.done ? ` · p99 ${time(sums.p99Ms)}` : ''}</text>
    ${sums.failed ? svg`<text x=${each.width - 8} y="32" text-anchor="end" class="bad">${count(sums.failed)} failed</text>` : nothing}
    ${sums.inFlight ? svg`<text x=${each.width - 8} y="16" text-anchor="end" class="soft">${count(sums.inFlight)} now</text>` : nothing}
    ${each.rows.map((step, i) => row(each, step, HEAD + 13 + i * ROW, figures))}
  </g>`;
}

function row(each, step, y, figures) {
  const sums = figures.ofStep(each.id, step.id);
  const told = sums.done || sums.inFlight
    ? `${count(sums.done)}${sums.inFlight ? ` +${sums.inFlight}` : ''} · ${time(sums.meanMs)} · ${time(sums.p99Ms)}` : '';
  const right = sums.failed ? `${count(sums.failed)} failed` : told;
  return svg`<text x=${10 + step.depth * 10} y=${y}>${cut(step.id, Math.max(10, Math.floor(each.width / 7) - right.length - step.depth * 2))}</text>
    <text x=${each.width - 8} y=${y} text-anchor="end" class=${sums.failed ? 'bad' : 'soft'}>${right}</text>`;
}
