const POINTS = 150;

/** What the chosen route did over the last minutes: messages and failures a second, and how long they took. */
export class Chart {
  constructor() {
    this.points = [];
    this.route = null;
    this.drawn = null;
  }

  take(at, figures, route) {
    if (route !== this.route) {
      this.route = route;
      this.points = [];
      this.last = null;
    }
    if (!route) return;
    const now = { at, ...figures(route) };
    const before = this.last;
    this.last = now;
    if (!before || at <= before.at) return;
    const seconds = (at - before.at) / 1000;
    const done = Math.max(0, now.done - before.done);
    const total = now.meanMs * now.done - before.meanMs * before.done;
    this.points.push({
      label: at.toLocaleTimeString(),
      rate: done / seconds,
      failures: Math.max(0, now.failed - before.failed) / seconds,
      mean: done ? Math.max(0, total / done) : null,
    });
    if (this.points.length > POINTS) this.points.shift();
    this.draw();
  }

  /** Shows itself on a canvas, until that is gone. */
  on(canvas) {
    if (this.canvas === canvas) return;
    this.canvas = canvas;
    this.drawn?.destroy();
    this.drawn = null;
    this.draw();
  }

  draw() {
    if (!this.canvas?.isConnected) return;
    const of = name => this.points.map(point => point[name]);
    const datasets = [
      { label: 'messages/s', data: of('rate'), borderColor: color('--mark'), yAxisID: 'y' },
      { label: 'failures/s', data: of('failures'), borderColor: color('--bad'), yAxisID: 'y' },
      { label: 'mean ms', data: of('mean'), borderColor: color('--good'), yAxisID: 'time', spanGaps: true },
    ];
    if (!this.drawn) this.drawn = new window.Chart(this.canvas, { type: 'line', data: { labels: [], datasets: [] }, options: options() });
    this.drawn.data.labels = of('label');
    datasets.forEach((dataset, i) => {
      this.drawn.data.datasets[i] = Object.assign(this.drawn.data.datasets[i] ?? { borderWidth: 1.5, pointRadius: 0, tension: 0.2 }, dataset);
    });
    this.drawn.update('none');
  }
}

/** Charts do not know light-dark(): what it comes to here. */
function color(name) {
  const probe = document.createElement('span');
  document.body.append(probe);
  probe.style.color = `var(${name})`;
  const known = getComputedStyle(probe).color;
  probe.remove();
  return known;
}

function options() {
  const soft = color('--soft');
  const line = color('--line');
  const axis = (title, more) => ({
    beginAtZero: true, suggestedMax: 1, ticks: { color: soft, maxTicksLimit: 5 }, grid: { color: line },
    title: { display: true, text: title, color: soft }, ...more });
  return {
    animation: false, maintainAspectRatio: false, interaction: { mode: 'index', intersect: false },
    plugins: { legend: { labels: { color: soft, boxWidth: 12, boxHeight: 2 } } },
    scales: {
      x: { ticks: { color: soft, maxTicksLimit: 6, maxRotation: 0 }, grid: { display: false } },
      y: axis('a second', {}),
      time: axis('ms', { position: 'right', grid: { display: false } }),
    },
  };
}
