// A token endpoint over TLS that fails on demand. Commands come as JSON lines on standard input, see the book.
// Every path answers alike, to GET as to POST; faults.mjs says what can go wrong.
import { Connections } from './connections.mjs';
import { Exchange, newRecord, readBody } from './exchange.mjs';
import { FAULTS, REDIRECTED_PATH } from './faults.mjs';
import { changeOptions, DEFAULTS } from './options.mjs';

let options = DEFAULTS;
let records = [];

const connections = new Connections({
  address: process.env.LAB_ADDRESS,
  pki: process.env.LAB_PKI,
  onRequest: answerRequest,
});

async function answerRequest(request, response) {
  const record = newRecord(request);
  const number = records.push(record);
  // Later commands must not change what this request meets.
  const exchange = new Exchange({
    request, response, record, options, number, resetConnection: () => connections.reset(request),
  });
  const fault = faultFor(number, record.path);
  try {
    await readBody(request, record);
    if (exchange.options.delay > 0) await exchange.wait(exchange.options.delay);
    await serveFault(fault, exchange);
  } catch (error) {
    // A client that closes its connection while it sends is no fault of the lab.
    if (error.code !== 'ECONNRESET') process.stderr.write(`${error.stack}\n`);
    request.socket.destroy();
  }
}

function faultFor(number, path) {
  const isOver = options.times !== null && number > options.times;
  return isOver || path === REDIRECTED_PATH ? FAULTS.ok : FAULTS[options.fault];
}

async function serveFault(fault, exchange) {
  if (fault.answer) return fault.answer(exchange);
  if (fault.reply) return exchange.reply(fault.reply);
  if ('token' in fault) exchange.token = fault.token;
  return exchange.giveToken({ fields: fault.fields });
}

const COMMANDS = {
  async reset(changes) {
    const changed = changeOptions(DEFAULTS, changes);
    connections.closeAll();
    records = [];
    await serveBy(changed);
    return { ok: true };
  },
  async set(changes) {
    await serveBy(changeOptions(options, changes));
    return { ok: true };
  },
  async requests() {
    return { requests: records };
  },
  async faults() {
    return { faults: Object.entries(FAULTS).map(([name, { about }]) => ({ name, about })) };
  },
};

async function serveBy(changed) {
  options = changed;
  await connections.use(FAULTS[options.fault].connect ?? 'trusted');
}

async function obey(line) {
  try {
    const command = JSON.parse(line);
    const name = Object.keys(command)[0];
    if (!Object.hasOwn(COMMANDS, name)) {
      return { error: `unknown command \`${name}\`; one of ${Object.keys(COMMANDS).join(', ')}` };
    }
    return await COMMANDS[name](command[name]);
  } catch (error) {
    return { error: error.message };
  }
}

async function* linesOf(stream) {
  let rest = '';
  for await (const text of stream.setEncoding('utf8')) {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    yield* lines;
  }
}

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

await serveBy(options);
say({ ready: true });
for await (const line of linesOf(process.stdin)) {
  if (line.trim() !== '') say(await obey(line));
}
process.exit(0);
