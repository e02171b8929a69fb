// Calls a hub through one of Deepgram's own SDKs, as its documentation says, and prints what came back as JSON.
// Usage: node deepgram.mjs FOLDER_OF_THE_SDK '{"url": ..., "key": ..., "call": ..., "options": {...}, ...}'
import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, task] = process.argv.slice(2);
const { url, key, call, options = {}, file, audio, callback, text, retries } = JSON.parse(task);
const sdk = createRequire(join(folder, "package.json"))("@deepgram/sdk");

/** Versions 3 and 4 hand errors back; 5 throws them. */
function older() {
  const client = sdk.createClient(key, { global: { fetch: { options: { url } } } });
  const listen = client.listen.prerecorded;
  const result = async (asked) => {
    const { result, error } = await asked;
    if (error) throw error;
    return result;
  };
  return {
    url: () => result(listen.transcribeUrl({ url: audio }, options)),
    buffer: () => result(listen.transcribeFile(readFileSync(file), options)),
    stream: () => result(listen.transcribeFile(createReadStream(file), options)),
    callback: () =>
      result(listen.transcribeUrlCallback({ url: audio }, new sdk.CallbackUrl(callback), options)),
    speak: async () => {
      const spoken = await client.speak.request({ text }, options);
      return told(await spoken.getHeaders(), await spoken.getStream());
    },
  };
}

function newer() {
  const client = new sdk.DeepgramClient({ apiKey: key, baseUrl: url, maxRetries: retries ?? 0 });
  const media = client.listen.v1.media;
  const full = async (asked) => {
    const { data, rawResponse } = await asked.withRawResponse();
    return { ...data, headers: Object.fromEntries(rawResponse.headers) };
  };
  return {
    url: () => full(media.transcribeUrl({ url: audio, ...options })),
    buffer: () =>
      full(media.transcribeFile({ data: readFileSync(file), contentType: "audio/wav" }, options)),
    stream: () => full(media.transcribeFile(createReadStream(file), options)),
    callback: () => media.transcribeUrl({ url: audio, callback, ...options }),
    speak: async () => {
      const { data, rawResponse } = await client.speak.v1.audio.generate({ text, ...options }).withRawResponse();
      return told(rawResponse.headers, data.stream());
    },
  };
}

/** The audio, and in how many pieces it came. */
async function told(headers, stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  const whole = Buffer.concat(pieces);
  return {
    headers: Object.fromEntries(headers),
    pieces: pieces.length,
    bytes: whole.length,
    head: whole.subarray(0, 4).toString("latin1"),
  };
}

try {
  const calls = sdk.DeepgramClient && !sdk.createClient ? newer() : older();
  console.log(JSON.stringify({ result: await calls[call]() }));
} catch (error) {
  const { name, message, status, statusCode, body } = error;
  console.log(JSON.stringify({ error: { name, message, status: status ?? statusCode, body } }));
}
