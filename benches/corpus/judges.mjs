// The reference parser of each language: takes many texts, gives `null` for a valid one and
// its message for any other.

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

// The packages lie where REFERENCES points, not in this repository.
const references = process.env.REFERENCES;
const require = createRequire(path.join(references, 'package.json'));
const typescript = require('typescript');
const yaml = require('yaml');
const babel = require('@babel/parser');
const GOFMT = process.env.GOFMT ?? 'gofmt';

function failure(parse) {
  try {
    return parse() ?? null;
  } catch (error) {
    return String(error.message ?? error).split('\n')[0] || 'error';
  }
}

function firstOf(texts, ways) {
  return texts.map(text => {
    const failures = ways.map(way => failure(() => way(text)));
    return failures.includes(null) ? null : failures[0];
  });
}

/** Runs a program on each text, two at a time. */
async function each(texts, judge) {
  const results = new Array(texts.length);
  let next = 0;
  const work = async () => {
    while (next < texts.length) {
      const at = next++;
      results[at] = await judge(texts[at]);
    }
  };
  await Promise.all([work(), work(), work()]);
  return results;
}

function runOn(program, args, text, env) {
  return new Promise(resolve => {
    const child = execFile(program, args, { env: { ...process.env, ...env } }, (error, _, stderr) => {
      // `bash -n` can print a syntax error and still exit with 0.
      resolve(error || stderr ? stderr.split('\n')[0] || 'error' : null);
    });
    child.stdin.on('error', () => {});
    child.stdin.end(text);
  });
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'agree-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

async function bash(texts) {
  return each(texts, text => {
    const file = path.join(folder, `${process.hrtime.bigint()}.sh`);
    fs.writeFileSync(file, text);
    return runOn('bash', ['--norc', '-n', file], '', { LC_ALL: 'C.UTF-8' }).finally(() => fs.rmSync(file));
  });
}

let pyodide;
async function python(code) {
  if (!pyodide) {
    pyodide = await require('pyodide').loadPyodide({ packageCacheDir: folder });
    pyodide.runPython(`
import ast, json, tomllib, warnings
warnings.simplefilter("ignore")
def judge(kind, texts):
    out = []
    for text in json.loads(texts):
        try:
            tomllib.loads(text) if kind == "toml" else ast.parse(text)
            out.append(None)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            out.append(str(error) or "error")
    return json.dumps(out)
`);
  }
  return code ? pyodide.globals.get('judge') : pyodide;
}

async function byPython(kind, texts) {
  const judge = await python(true);
  return JSON.parse(judge(kind, JSON.stringify(texts)));
}

function byTypescript(text, name) {
  const result = typescript.transpileModule(text, {
    fileName: name,
    reportDiagnostics: true,
    compilerOptions: { target: typescript.ScriptTarget.ESNext, module: typescript.ModuleKind.ESNext, jsx: typescript.JsxEmit.Preserve, allowJs: true },
  });
  const error = result.diagnostics.find(one => one.category === typescript.DiagnosticCategory.Error);
  return error ? typescript.flattenDiagnosticMessageText(error.messageText, ' ') : null;
}

function byBabel(text, plugins, sourceType) {
  babel.parse(text, { sourceType, plugins: [...plugins, 'explicitResourceManagement'], allowReturnOutsideFunction: false });
  return null;
}

// Babel knows the early errors, such as a name that is declared twice.
function script(plugins) {
  return async texts => firstOf(texts, [
    text => byBabel(text, [...plugins, 'decorators'], 'module'),
    text => byBabel(text, [...plugins, 'decorators'], 'script'),
  ]);
}

// The compiler's parser does not look for early errors, and Babel's does. TypeScript has two kinds of decorators, and
// declaration files; and it still takes `assert`.
function typed(name, plugins) {
  const more = ['decoratorAutoAccessors', 'deprecatedImportAssert'];
  const declarations = plugins.map(plugin => plugin === 'typescript' ? ['typescript', { dts: true }] : plugin);
  const early = texts => firstOf(texts, [
    text => byBabel(text, [...plugins, ...more, 'decorators'], 'module'),
    text => byBabel(text, [...plugins, ...more, 'decorators-legacy'], 'module'),
    text => byBabel(text, [...declarations, ...more, 'decorators'], 'module'),
  ]);
  return async texts => {
    const later = early(texts);
    return texts.map((text, at) => failure(() => byTypescript(text, name)) ?? later[at]);
  };
}

/** Makes statements of imports and functions, as a fence may show all three together. */
function asStatements(text) {
  return text
    .replace(/^import (\([^]*?^\)|.*$)/gm, '')
    .replace(/^func (\([^)\n]*\) ?)?\w+(\[[^\]\n]*\])?\(/gm, 'var _ = func(');
}

async function go(texts) {
  const wrappers = [
    text => text,
    text => `package p; ${text}`,
    text => `package p; func _() { ${text}\n\n}`,
    text => `package p; func _() { ${asStatements(text)}\n\n}`,
    text => `package p; var _ = T{ ${text}\n}`,
  ];
  const files = [];
  texts.forEach((text, number) => wrappers.forEach((wrap, way) => {
    const file = path.join(folder, `${number}_${way}.go`);
    fs.writeFileSync(file, wrap(text));
    files.push(file);
  }));
  const errors = new Map();
  for (let at = 0; at < files.length; at += 1000) {
    const result = spawnSync(GOFMT, ['-e', '-l', ...files.slice(at, at + 1000)], { encoding: 'utf8', maxBuffer: 1 << 28 });
    for (const line of result.stderr.split('\n')) {
      const match = /(\d+_\d)\.go:(.*)/.exec(line);
      if (match && !errors.has(match[1])) errors.set(match[1], match[2]);
    }
  }
  files.forEach(file => fs.rmSync(file));
  return texts.map((_, number) => {
    const failures = wrappers.map((_, way) => errors.get(`${number}_${way}`) ?? null);
    return failures.includes(null) ? null : failures[0];
  });
}

async function rust(texts) {
  const wrappers = [['async fn _f() {', '\n}'], ['', ''], ['impl X {', '\n}'], ['trait X {', '\n}']];
  // The option is unstable, and only parses.
  const args = ['--edition', '2024', '-Zparse-crate-root-only', '--crate-type', 'lib', '--cap-lints', 'allow', '-'];
  return each(texts, async text => {
    let first = null;
    for (const [before, after] of wrappers) {
      const error = await runOn('rustc', args, before + text + after, { RUSTC_BOOTSTRAP: '1' });
      if (error === null) return null;
      first ??= error;
    }
    return first;
  });
}

export const judges = {
  bash,
  json: async texts => firstOf(texts, [text => { JSON.parse(text); }]),
  python: texts => byPython('python', texts),
  toml: texts => byPython('toml', texts),
  yaml: async texts => texts.map(text => failure(() => {
    const documents = yaml.parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' });
    const error = [documents].flat().flatMap(one => one.errors ?? [])[0];
    // An alias without its anchor shows only when values are made.
    if (!error) [documents].flat().forEach(one => one.toJS?.({ maxAliasCount: -1 }));
    return error?.message.split('\n')[0];
  })),
  js: script(['jsx']),
  jsx: script(['jsx']),
  ts: typed('a.ts', ['typescript']),
  tsx: typed('a.tsx', ['typescript', 'jsx']),
  go,
  rust,
};

/** The name and the version of each reference parser. */
export async function versions() {
  const first = (program, args) => execFileSync(program, args, { encoding: 'utf8' }).split('\n')[0];
  const version = name => JSON.parse(fs.readFileSync(path.join(references, 'node_modules', name, 'package.json'), 'utf8')).version;
  const pythonVersion = (await python()).runPython('import sys; sys.version.split()[0]');
  return [
    ['bash', `\`bash -n\`: ${first('bash', ['--version']).replace(/ \(.*/, '')}`],
    ['json', `\`JSON.parse\` of Node.js ${process.versions.node}`],
    ['python', `\`ast.parse\` of CPython ${pythonVersion} (pyodide ${version('pyodide')})`],
    ['toml', `\`tomllib\` of CPython ${pythonVersion}: TOML 1.0`],
    ['yaml', `\`yaml\` ${version('yaml')} (npm), keys that stand twice left aside`],
    ['js, jsx', `\`@babel/parser\` ${version('@babel/parser')}, as a module or as a script`],
    ['ts, tsx', `\`typescript\` ${version('typescript')} and, for early errors, \`@babel/parser\` with either kind of decorators, or as a declaration file`],
    ['go', `\`gofmt -e\` of Go ${process.env.GO_VERSION ?? ''}, as a file, as declarations, as statements, as fields of a literal`],
    ['rust', `${first('rustc', ['--version']).replace(/ \(.*/, '')}, parsing only, as a file, as statements, as members`],
  ];
}
