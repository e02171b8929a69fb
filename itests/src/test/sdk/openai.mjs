// One call of the npm package openai, unchanged, as its documentation shows it: node openai.mjs FOLDER JSON
// What came back is one line of JSON on standard output; a failure is told as {error: {...}}.
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , folder, text] = process.argv;
const args = JSON.parse(text);
const installed = createRequire(folder + '/');
const { default: OpenAI } = await import(pathToFileURL(installed.resolve('openai')).href);
const client = new OpenAI({ baseURL: args.baseURL, apiKey: args.apiKey, ...args.client });

async function events(stream) {
  const all = [];
  for await (const event of stream) {
    all.push(event);
  }
  return all;
}

const cases = {
  transcribe: () => client.audio.transcriptions.create({ file: createReadStream(args.file), ...args.params }),
  transcribeStream: async () =>
    events(await client.audio.transcriptions.create({ file: createReadStream(args.file), ...args.params, stream: true })),
  speak: async () => {
    const answer = await client.audio.speech.create(args.params);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { type: answer.headers.get('content-type'), bytes: bytes.length, start: bytes.subarray(0, 12).toString('latin1') };
  },
  speakStream: async () => {
    const answer = await client.audio.speech.create({ ...args.params, stream_format: 'sse' });
    return (await answer.text()).split('\n\n').filter(Boolean);
  },
  chat: () => client.chat.completions.create(args.params),
  chatStream: async () => events(await client.chat.completions.create({ ...args.params, stream: true })),
  // Reads what comes, and tells that and the failure
  chatBroken: async () => {
    const seen = [];
    try {
      for await (const chunk of await client.chat.completions.create({ ...args.params, stream: true })) {
        seen.push(chunk);
      }
      return { seen };
    } catch (failure) {
      return { seen, failure: failure.message };
    }
  },
  models: async () => (await client.models.list()).data,
  model: () => client.models.retrieve(args.model),
};

try {
  console.log(JSON.stringify((await cases[args.wanted]()) ?? null));
} catch (failure) {
  const { status, code, type, param, message, requestID, headers } = failure;
  const shouldRetry = headers?.get?.('x-should-retry') ?? null;
  const retryAfter = headers?.get?.('retry-after') ?? null;
  const name = failure.constructor.name;
  console.log(JSON.stringify({ error: { name, status, code, type, param, message, requestID, shouldRetry, retryAfter } }));
}
