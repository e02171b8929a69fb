// Verifies a webhook with the npm package standardwebhooks or svix, unchanged: node webhooks.mjs FOLDER JSON
// What was verified is one line of JSON on standard output; a failure is told as {error: ...}.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , folder, text] = process.argv;
const args = JSON.parse(text);
const installed = createRequire(folder + '/');
const { Webhook } = await import(pathToFileURL(installed.resolve(args.library)).href);

try {
  // svix only throws when a signature is wrong; standardwebhooks returns what was signed.
  const signed = new Webhook(args.secret).verify(args.body, args.headers) ?? JSON.parse(args.body);
  console.log(JSON.stringify({ verified: signed }));
} catch (e) {
  console.log(JSON.stringify({ error: String(e) }));
}
