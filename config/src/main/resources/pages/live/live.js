const RATE = 16000;
const FRAME_MS = 20;
const FRAME_BYTES = RATE * 2 * FRAME_MS / 1000;
const MOST_BUFFERED = 64 * 1024;
const HUB_STOPS = 1012;

const byId = id => document.getElementById(id);
const key = byId('key');
const words = byId('words');
key.value = sessionStorage.getItem('caravox-key') ?? '';

let session = null;

byId('form').addEventListener('submit', event => {
  event.preventDefault();
  begin(microphone);
});
byId('file').addEventListener('change', event => {
  const file = event.target.files[0];
  if (file && byId('form').reportValidity()) begin((send, done) => playFile(file, send, done));
});
byId('stop').addEventListener('click', () => session?.end());

/** Opens a stream and lets a source speak into it. A source gets a function that sends audio; it gives one that ends it. */
async function begin(source) {
  session?.end();
  sessionStorage.setItem('caravox-key', key.value);
  words.replaceChildren();
  const query = new URLSearchParams({ encoding: 'linear16', sample_rate: RATE, channels: 1, interim_results: true });
  for (const name of ['language', 'provider']) {
    if (byId(name).value.trim()) query.set(name, byId(name).value.trim());
  }
  const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/stream?${query}`;
  state('Connecting ...');
  const socket = new WebSocket(address, ['token', key.value]); // browsers cannot send the header Authorization
  const own = session = new Session(socket);
  socket.onmessage = message => own.told(JSON.parse(message.data));
  socket.onclose = event => own.closed(event);
  socket.onopen = async () => {
    if (own.ended) { // another one was begun meanwhile
      socket.send('{"type":"CloseStream"}');
      return;
    }
    running(true);
    try {
      own.stopSource = await source(audio => own.send(audio), () => own.end());
      if (own.ended) own.silence();
    } catch (error) {
      own.failure = error.message;
      own.end();
      state(own.failure, true);
    }
  };
}

class Session {
  constructor(socket) {
    this.socket = socket;
    this.sentBytes = 0;
    this.sentAt = []; // when each 100 ms of audio went out
    this.open = new Map(); // the line of each channel that is not settled
    this.opened = false;
    this.ended = false;
    this.failure = null; // of the source, which its end is not to hide
    this.stopSource = () => {};
  }

  send(audio) {
    if (this.socket.readyState !== WebSocket.OPEN || this.ended) return true;
    if (this.socket.bufferedAmount > MOST_BUFFERED) return false;
    this.socket.send(audio);
    this.sentBytes += audio.byteLength;
    const tenths = Math.floor(this.sentBytes / (RATE * 2) * 10);
    while (this.sentAt.length <= tenths) this.sentAt.push(performance.now());
    byId('seconds').textContent = `${(this.sentBytes / (RATE * 2)).toFixed(1)} s`;
    return true;
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    this.silence();
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ type: 'CloseStream' }));
      state('Waiting for the last words ...');
    }
  }

  /** Stops the source, once. */
  silence() {
    const stop = this.stopSource;
    this.stopSource = () => {};
    stop();
  }

  told(event) {
    switch (event.type) {
      case 'session':
        this.opened = true;
        this.id = event.sessionId;
        state('Listening.');
        byId('heard-by').textContent = event.provider ?? '-';
        break;
      case 'transcript':
        this.heard(event);
        break;
      case 'provider_changed':
        byId('heard-by').textContent = event.to;
        note(`${event.to} took over from ${event.from} at ${event.at.toFixed(1)} s`);
        break;
      case 'error':
        if (event.code === 'hub_stops') break; // this page does not resume: what is true for it is told at the end
        note(event.error);
        state(event.error, true);
        break;
      case 'end':
        this.transcriptId = event.transcriptId;
        break;
    }
  }

  heard(event) {
    const went = this.sentAt[Math.floor((event.start + event.duration) * 10)];
    if (went && event.transcript) {
      byId(event.isFinal ? 'final-latency' : 'interim-latency').textContent = `${Math.round(performance.now() - went)} ms`;
    }
    if (event.provider) byId('heard-by').textContent = event.provider;
    let line = this.open.get(event.channel);
    if (!event.transcript) {
      if (event.isFinal && line) {
        line.remove();
        this.open.delete(event.channel);
      }
      return;
    }
    if (!line) {
      line = words.appendChild(document.createElement('p'));
      this.open.set(event.channel, line);
    }
    line.textContent = event.transcript;
    line.className = event.isFinal ? 'final' : 'interim';
    if (event.isFinal) this.open.delete(event.channel);
  }

  closed(event) {
    const failed = !this.opened || event.code !== 1000;
    this.ended = true;
    this.silence();
    if (session === this) running(false);
    if (!this.opened) {
      state('The hub refused the stream: is the API key right, and does the hub have room?', true);
    } else if (this.failure) {
      state(this.failure, true);
    } else if (event.code === HUB_STOPS) {
      state(`The hub stops. What was said so far will be stored as ${this.id}. Begin again in a moment.`, true);
    } else if (failed) {
      state(`The stream broke off (${event.code}${event.reason ? `: ${event.reason}` : ''}).`, true);
    } else {
      state(`Done. The transcript is stored${this.transcriptId ? ` as ${this.transcriptId}` : ''}.`);
    }
  }
}

/** The microphone, until it is stopped. */
async function microphone(send) {
  const stream = await askForMicrophone({ audio: { channelCount: 1, echoCancellation: true } });
  const context = new AudioContext({ sampleRate: RATE });
  await context.audioWorklet.addModule('/live/microphone.js');
  const node = new AudioWorkletNode(context, 'microphone', { numberOfOutputs: 0 });
  node.port.onmessage = message => send(message.data);
  context.createMediaStreamSource(stream).connect(node);
  return () => {
    stream.getTracks().forEach(track => track.stop());
    context.close();
  };
}

async function askForMicrophone(wanted) {
  if (!navigator.mediaDevices) {
    throw new Error('The browser gives microphones to pages of https:// and of localhost only: open this page there, or choose a file.');
  }
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    throw new Error({
      NotAllowedError: 'The microphone is not allowed: allow it for this page in the browser, and begin again, or choose a file.',
      NotFoundError: 'There is no microphone: connect one and begin again, or choose a file.',
    }[error.name] ?? `The microphone cannot be used: ${error.message}.`);
  }
}

/** A recording, as fast as it would be spoken. */
async function playFile(file, send, done) {
  state('Reading the file ...');
  const context = new OfflineAudioContext(1, 1, RATE);
  const audio = await context.decodeAudioData(await file.arrayBuffer());
  const pcm = new Int16Array(audio.length);
  for (let channel = 0; channel < audio.numberOfChannels; channel++) {
    audio.getChannelData(channel).forEach((sample, i) => {
      pcm[i] += Math.max(-1, Math.min(1, sample)) * 0x7fff / audio.numberOfChannels;
    });
  }
  const began = performance.now();
  let at = 0;
  state('Listening.');
  const timer = setInterval(() => {
    const due = Math.min(pcm.byteLength, Math.floor((performance.now() - began) / FRAME_MS) * FRAME_BYTES);
    while (at < due && send(pcm.buffer.slice(at, Math.min(at + FRAME_BYTES, pcm.byteLength)))) at += FRAME_BYTES;
    if (at >= pcm.byteLength) done();
  }, FRAME_MS);
  return () => clearInterval(timer);
}

/** Whoever used a button that is off now finds the next one under the same key. */
function running(is) {
  const [off, on] = is ? [['microphone', 'file'], ['stop']] : [['stop'], ['microphone', 'file']];
  const used = off.includes(document.activeElement?.id) || (is && document.activeElement === key);
  for (const id of on) byId(id).disabled = false;
  if (used) byId(on[0]).focus();
  for (const id of off) byId(id).disabled = true;
}

function state(text, error = false) {
  byId('state').textContent = text;
  byId('state').className = error ? 'error' : '';
}

function note(text) {
  const line = words.appendChild(document.createElement('p'));
  line.className = 'note';
  line.textContent = text;
}
