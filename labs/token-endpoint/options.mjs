// The options of `reset` and `set`. A new option is one line in `DEFAULTS` and one in `ACCEPTS`.
import { FAULTS } from './faults.mjs';

export const DEFAULTS = Object.freeze({
  fault: 'ok',
  times: null,
  token: 'tok-GOOD.abc_123~+/==',
  count: false,
  lifetime: 3600,
  format: 'json',
  body: null,
  delay: 0,
});

/** @typedef {typeof DEFAULTS} Options */

const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount = (value) => Number.isInteger(value) && value >= 0;

const ACCEPTS = {
  fault: { what: 'the name of a fault', test: (value) => typeof value === 'string' },
  times: { what: 'a whole number or null', test: (value) => value === null || isCount(value) },
  token: { what: 'text', test: (value) => typeof value === 'string' },
  count: { what: 'true or false', test: (value) => typeof value === 'boolean' },
  lifetime: { what: 'a number or null', test: (value) => value === null || isNumber(value) },
  format: { what: '`json` or `text`', test: (value) => value === 'json' || value === 'text' },
  body: { what: 'text or null', test: (value) => value === null || typeof value === 'string' },
  delay: { what: 'a number of milliseconds', test: isCount },
};

/**
 * Lays `changes` over `options`. Throws when a name or a value is not understood.
 * @param {Options} options
 * @param {Record<string, unknown>} changes
 * @returns {Options}
 */
export function changeOptions(options, changes) {
  if (changes === null || typeof changes !== 'object' || Array.isArray(changes)) {
    throw new Error('the options must be an object');
  }
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(ACCEPTS, name)) throw new Error(unknown('option', name, ACCEPTS));
    if (!ACCEPTS[name].test(value)) throw new Error(`option \`${name}\` must be ${ACCEPTS[name].what}`);
  }
  const changed = { ...options, ...changes };
  if (!Object.hasOwn(FAULTS, changed.fault)) throw new Error(unknown('fault', changed.fault, FAULTS));
  return changed;
}

function unknown(kind, name, known) {
  return `unknown ${kind} \`${name}\`; one of ${Object.keys(known).join(', ')}`;
}
