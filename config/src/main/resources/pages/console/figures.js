/** A time in as many words as are needed. */
export function time(ms) {
  if (ms === undefined || ms === null) return '-';
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return ms < 10000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function count(n) {
  if (n < 10000) return String(n);
  return n < 1e6 ? `${(n / 1e3).toFixed(1)}k` : `${(n / 1e6).toFixed(1)}M`;
}

export function clock(iso) {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' });
}

/** Figures of several versions, the oldest first, as one; the 99th percentile is that of the last one. */
export function together(versions) {
  const all = { done: 0, failed: 0, inFlight: 0, meanMs: 0, p99Ms: 0 };
  for (const one of versions) {
    if (one.done > 0) {
      all.meanMs = (all.meanMs * all.done + one.meanMs * one.done) / (all.done + one.done);
      all.p99Ms = one.p99Ms;
    }
    all.done += one.done;
    all.failed += one.failed;
    all.inFlight += one.inFlight;
  }
  return all;
}

/** Steps of a route in the order in which they are written, those within others after them. */
export function flat(steps, depth = 0) {
  return steps.flatMap(step => [{ ...step, depth }, ...flat(step.steps, depth + 1)]);
}
