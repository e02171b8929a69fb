// Calls a hub through one of Deepgram's own SDKs, as its documentation says, and prints what came back as JSON.
// Usage: node deepgram.mjs FOLDER_OF_THE_SDK '{"url": ..., "key": ..., "call": ..., "options": {...}, ...}'
import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, task] = process.argv.slice(2);
const { url, key, call, options = {}, file, skip = 58, packets, audio, callback, text, retries } = JSON.parse(task);
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
    live: () => {
      const socket = sdk.createClient(key, { global: { websocket: { options: { url } } } }).listen.live(options);
      const { LiveTranscriptionEvents: events } = sdk;
      const opened = new Promise((done, fail) => {
        socket.on(events.Open, done);
        socket.on(events.Error, fail);
      });
      const closed = new Promise((done) => socket.on(events.Close, done));
      return spoken(
        () => opened,
        (audio) => socket.send(audio),
        () => socket.requestClose(),
        {
          message: (take) =>
            [events.Transcript, events.Metadata, events.SpeechStarted, events.UtteranceEnd].forEach((event) =>
              socket.on(event, take),
            ),
          closed: () => closed,
        },
      );
    },
  };
}

/** Sends a file in pieces; what comes back, by type, and how it ended. */
async function spoken(open, send, finish, on) {
  const messages = [];
  on.message((message) => messages.push(message));
  await open();
  const audio = readFileSync(file);
  if (packets) packetsOf(audio).forEach(send);
  else for (let at = skip; at < audio.length; at += 1600) send(audio.subarray(at, at + 1600));
  finish();
  await on.closed();
  return { messages };
}

/** The Opus packets of an Ogg file, without its two headers (RFC 3533, section 6; here none is longer than a page). */
function packetsOf(ogg) {
  const found = [];
  for (let page = 0; page < ogg.length; ) {
    const segments = ogg.subarray(page + 27, page + 27 + ogg[page + 26]);
    let at = page + 27 + segments.length;
    let from = at;
    for (const length of segments) {
      at += length;
      if (length < 255) {
        found.push(ogg.subarray(from, at));
        from = at;
      }
    }
    page = at;
  }
  return found.slice(2);
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
    live: async () => {
      const socket = await client.listen.v1.connect({
        ...options,
        Authorization: `Token ${key}`,
        reconnectAttempts: 0,
      });
      const closed = new Promise((done) => socket.on("close", done));
      return spoken(
        async () => {
          socket.connect();
          await socket.waitForOpen();
        },
        (audio) => socket.sendMedia(audio),
        () => socket.sendCloseStream({ type: "CloseStream" }),
        { message: (take) => socket.on("message", take), closed: () => closed },
      );
    },
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
