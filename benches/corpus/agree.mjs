// Compares the checkers with the reference parser of each language, on the fences of a corpus
// and on mutants of the valid ones. `README.md` beside this file says how to run it.

import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { judges, versions } from './judges.mjs';

const [corpus, judge, output] = process.argv.slice(2);
if (!output) {
  console.error('usage: node agree.mjs CORPUS JUDGE OUTPUT');
  process.exit(2);
}
const MOST_SNIPPETS = Number(process.env.MOST_SNIPPETS ?? 4000);
const MOST_MUTANTS = Number(process.env.MOST_MUTANTS ?? 2000);
const only = process.env.ONLY?.split(',');

const LABELS = {
  bash: 'bash', sh: 'bash', shell: 'bash',
  json: 'json', python: 'python', py: 'python', python3: 'python',
  yaml: 'yaml', yml: 'yaml', toml: 'toml',
  js: 'js', javascript: 'js', mjs: 'js', jsx: 'jsx',
  ts: 'ts', typescript: 'ts', tsx: 'tsx',
  go: 'go', golang: 'go', rust: 'rust', rs: 'rust',
};
// Most Go and Rust in documentation is a part of a file, so parts are compared too.
const PARTS = { go: 'go-fragment', rust: 'rust-fragment' };

// A generator of numbers that gives the same each time.
let state = 1;
function random(below) {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * below);
}

function markdownFiles(folder) {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(md|mdx|markdown)$/i.test(entry.name))
    .map(entry => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function run(program, args, input) {
  const options = { maxBuffer: 1 << 30, encoding: 'utf8', input };
  return execFileSync(program, args, options).trim().split('\n').filter(Boolean).map(line => JSON.parse(line));
}

/** Every fence once, by language, in an order that does not depend on the repositories. */
function extract() {
  const files = markdownFiles(corpus);
  const unique = new Map();
  for (let at = 0; at < files.length; at += 500) {
    for (const fence of run(judge, files.slice(at, at + 500))) {
      const language = LABELS[fence.language.toLowerCase()];
      if (!language || !fence.code.trim() || (only && !only.includes(language))) continue;
      const key = createHash('sha256').update(`${language}\0${fence.code}`).digest('hex');
      if (!unique.has(key)) unique.set(key, { ...fence, label: language, key });
    }
  }
  const languages = {};
  for (const fence of [...unique.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    (languages[fence.label] ??= []).push(fence);
  }
  return languages;
}

/** What is wrong by our syntax rules; a key that stands twice is no matter of syntax. */
function isValid(fence) {
  const errors = fence.errors.filter(([rule]) => !rule.endsWith('-duplicate-key'));
  const part = PARTS[fence.label];
  const isPart = part && fence.tolerances.length === 1 && fence.tolerances[0] === part;
  return errors.length === 0 || Boolean(isPart);
}

function mutate(code) {
  const places = pattern => [...code.matchAll(pattern)].map(match => match.index);
  const without = at => code.slice(0, at) + code.slice(at + 1);
  const pick = list => list[random(list.length)];
  const mutants = [];
  const brackets = places(/[()[\]{}]/g);
  if (brackets.length) mutants.push(['bracket deleted', without(pick(brackets))]);
  const quotes = places(/["'`]/g);
  if (quotes.length) mutants.push(['quote deleted', without(pick(quotes))]);
  const commas = places(/[,;:]/g);
  if (commas.length) {
    const at = pick(commas);
    mutants.push(['sign doubled', code.slice(0, at) + code[at] + code.slice(at)]);
  }
  if (code.length > 20) mutants.push(['cut in half', code.slice(0, code.length >> 1)]);
  mutants.push(['character deleted', without(random(code.length))]);
  return mutants;
}

function percent(count, total) {
  return total ? `${((100 * count) / total).toFixed(2)}%` : '–';
}

const languages = extract();
const rows = [];
const disagreements = [];
for (const language of [...new Set(Object.values(LABELS))]) {
  const all = languages[language];
  if (!all) continue;
  // The compiler of Rust starts anew for each.
  const share = language === 'rust' ? 0.2 : 1;
  const fences = all.slice(0, MOST_SNIPPETS * share);
  const started = Date.now();
  const reference = await judges[language](fences.map(fence => fence.code));
  const row = { language, n: fences.length, all: all.length, valid: 0, invalid: 0, alarms: 0, missed: 0, tolerated: 0 };
  const good = [];
  fences.forEach((fence, index) => {
    const ours = isValid(fence);
    const theirs = reference[index] === null;
    if (fence.tolerant === 'tolerated') row.tolerated++;
    if (ours && theirs) { row.valid++; good.push(fence.code); }
    if (!ours && !theirs) row.invalid++;
    if (ours === theirs) return;
    row[theirs ? 'alarms' : 'missed']++;
    disagreements.push({ language, what: theirs ? 'false alarm' : 'missed', where: `${path.relative(corpus, fence.path)}:${fence.line}`, ours: fence.errors[0] ?? null, reference: reference[index], code: fence.code });
  });

  const mutants = [];
  for (const code of good) for (const [how, text] of mutate(code)) if (text.trim()) mutants.push([how, text]);
  // Evenly over all snippets.
  const most = MOST_MUTANTS * share;
  const step = Math.max(1, mutants.length / most);
  const chosen = Array.from({ length: Math.min(mutants.length, most) }, (_, at) => mutants[Math.floor(at * step)]);
  const lines = chosen.map(([, code]) => JSON.stringify({ language, code })).join('\n');
  const verdicts = chosen.length ? run(judge, ['-'], lines) : [];
  const truths = chosen.length ? await judges[language](chosen.map(([, code]) => code)) : [];
  Object.assign(row, { mutants: chosen.length, mutantsInvalid: 0, mutantAlarms: 0, mutantMissed: 0 });
  verdicts.forEach((verdict, index) => {
    const ours = isValid({ ...verdict, label: language });
    const theirs = truths[index] === null;
    if (!theirs) row.mutantsInvalid++;
    if (ours === theirs) return;
    row[theirs ? 'mutantAlarms' : 'mutantMissed']++;
    disagreements.push({ language, what: theirs ? 'false alarm' : 'missed', where: chosen[index][0], ours: verdict.errors[0] ?? null, reference: truths[index], code: chosen[index][1] });
  });
  rows.push(row);
  console.error(`${language}: ${((Date.now() - started) / 1000).toFixed(1)} s`, JSON.stringify(row));
}

const table = [
  '| language | fences | both valid | both invalid | tolerated by us | false alarms | missed | mutants | of them invalid | false alarms | missed |',
  '|---|---|---|---|---|---|---|---|---|---|---|',
  ...rows.map(row => `| ${[
    row.language, row.n, row.valid, row.invalid, row.tolerated,
    `${row.alarms} (${percent(row.alarms, row.n)})`, `${row.missed} (${percent(row.missed, row.n)})`,
    row.mutants, row.mutantsInvalid,
    `${row.mutantAlarms} (${percent(row.mutantAlarms, row.mutants)})`,
    `${row.mutantMissed} (${percent(row.mutantMissed, row.mutants)})`,
  ].join(' | ')} |`),
].join('\n');

fs.mkdirSync(output, { recursive: true });
fs.writeFileSync(path.join(output, 'disagreements.json'), JSON.stringify(disagreements, null, 1));
const here = import.meta.dirname;
const repositories = fs.readFileSync(path.join(corpus, 'repositories.txt'), 'utf8').trim().split('\n')
  .map(line => line.split(' ')).map(([name, commit]) => `- \`${name}\` at \`${commit}\``).join('\n');
const page = fs.readFileSync(path.join(here, 'page.md'), 'utf8')
  .replace('{date}', new Date().toISOString().slice(0, 10))
  .replace('{table}', table)
  .replace('{most_snippets}', MOST_SNIPPETS)
  .replace('{repositories}', repositories)
  .replace('{versions}', (await versions()).map(([name, version]) => `| ${name} | ${version} |`).join('\n'));
fs.writeFileSync(path.join(output, 'agreement.md'), page);
console.log(table);
