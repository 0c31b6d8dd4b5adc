// Answers every request with its number. Commands come as JSON lines on standard input.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const KNOWN = ['status', 'failing-tests'];
let options = {};
let requests = [];
// A reset forgets everything but this, which is what makes a flaky server flaky.
let failed = 0;

const server = createServer((request, response) => {
  const { method, url: path, headers } = request;
  const status = options['failing-tests'] ? 500 : options.status ?? 200;
  requests.push({ method, path, headers, status });
  response.writeHead(status).end(`${requests.length}\n`);
});

function use(changes) {
  const unknown = Object.keys(changes).find((name) => !KNOWN.includes(name));
  if (unknown) return { error: `unknown option \`${unknown}\`` };
  if (typeof (changes.status ?? 200) !== 'number') return { error: '`status` must be a number' };
  options = { ...options, ...changes };
  return { ok: true };
}

function reset(changes) {
  options = {};
  requests = [];
  const answer = use(changes);
  if (options['failing-tests'] <= failed) options['failing-tests'] = 0;
  if (options['failing-tests']) failed += 1;
  return answer;
}

function obey(command) {
  if (command.reset) return reset(command.reset);
  if (command.set) return use(command.set);
  return { requests };
}

server.listen(80, process.env.LAB_ADDRESS, () => console.log('{"ready":true}'));
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => console.log(JSON.stringify(obey(JSON.parse(line)))));
lines.on('close', () => process.exit(0));
