let key = '';

/** Why the hub did not do something: its problem (RFC 9457), with what is wrong with routes. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.error ?? `the hub answered with HTTP status ${status}`);
    this.status = status;
    this.findings = problem.findings ?? [];
    this.cases = problem.cases ?? [];
    this.conflicts = problem.conflicts ?? [];
    this.node = problem.node;
  }
}

/** Whose key goes with what is asked from now on. */
export function enterWith(operatorsKey) {
  key = operatorsKey;
}

export async function ask(method, path, body) {
  const headers = { Authorization: `Bearer ${key}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: 'no-store' });
  const text = await answer.text();
  const told = text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}
