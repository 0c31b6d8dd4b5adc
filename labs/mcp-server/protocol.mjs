// The conversation with patternbook: one JSON object per line on stdin, one line of JSON on stdout for each.
// A lab sees no folder but its own, so every lab that needs this file holds a copy; it knows nothing of OAuth or MCP.
import { createInterface } from 'node:readline';

/**
 * @typedef {object} Lab
 * @property {(options: object) => Promise<void>} reset forgets everything, then serves by these options
 * @property {(options: object) => Promise<void>} set changes options only
 * @property {() => object[]} requests
 */

/** Says that the lab can serve, then obeys until stdin ends. @param {Lab} lab */
export async function obey(lab) {
  print({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim()) print(await answer(lab, line));
  }
  process.exit(0);
}

/** Keeps stdout for answers: libraries that write a notice there would break the conversation. */
export function keepStdoutForAnswers() {
  console.log = console.error;
  console.info = console.error;
}

async function answer(lab, line) {
  try {
    const command = JSON.parse(line);
    if (command.reset) await lab.reset(command.reset);
    else if (command.set) await lab.set(command.set);
    else if (command.requests) return { requests: lab.requests() };
    else throw new Error('unknown command; one of `reset`, `set`, `requests`');
    return { ok: true };
  } catch (error) {
    return { error: error.message };
  }
}

function print(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/**
 * Merges options into the current ones, or says which one is wrong.
 * @param {Record<string, {initial: unknown, problem: (value: any) => string | undefined}>} known
 */
export function mergeOptions(known, current, changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(known, name)) {
      throw new Error(`unknown option \`${name}\`; one of ${Object.keys(known).join(', ')}`);
    }
    const problem = known[name].problem(value);
    if (problem) throw new Error(`${problem} (option \`${name}\`)`);
  }
  return { ...current, ...changes };
}

/** The options of a lab after a reset to healthy defaults. */
export function initialOptions(known) {
  return Object.fromEntries(Object.entries(known).map(([name, { initial }]) => [name, initial]));
}

/** Each of these builds one entry of a table of options. */
export const option = {
  /** @param {string} noun what a choice is called in the message @param {string[]} choices the first is the default */
  choice: (noun, choices, initial = choices[0]) => ({
    initial,
    problem: (value) =>
      value === initial || choices.includes(value) ? undefined : `unknown ${noun} \`${value}\`; one of ${choices.join(', ')}`,
  }),
  number: (initial, least = 0) => ({
    initial,
    problem: (value) =>
      value === initial || (Number.isInteger(value) && value >= least) ? undefined : `expected a whole number from ${least} up`,
  }),
  text: (initial) => ({
    initial,
    problem: (value) => (value === initial || (typeof value === 'string' && value) ? undefined : 'expected a text'),
  }),
  texts: (initial) => ({
    initial,
    problem: (value) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : 'expected a list of texts',
  }),
  object: (initial) => ({
    initial,
    problem: (value) =>
      value && typeof value === 'object' && !Array.isArray(value) ? undefined : 'expected a mapping',
  }),
};
