/**
 * Builds the snippet into dist/, or with --check only tells whether dist/ is what the
 * sources give and keeps to the size budget.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  gunzipSync,
  gzipSync,
} from 'node:zlib';
import { build, transform } from 'esbuild';
import { minify } from 'terser';
import { CHUNKS, CORE_CHUNKS, overBudget, READERS } from './budget.mjs';

const ESM = /** @type {const} */ ('esm');
const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Properties that only our own modules know: no frame, no storage, no browser and no shop
 * has them, so they may be shortened. A name that is left out costs a few bytes, nothing else.
 */
const OURS =
  `addressed applied armed begun better carried described focused frames hears hold inTurn isAway isTouched keep moments
  overhears queue presence random reader receive refused reportDwell rest takeOver unreported visible waits
  wanted`.split(/\s+/);

/**
 * The same for what comes with a popup and its chunks, which know each other by these names: they are
 * shortened alike in one build, and a chunk of another build has another name.
 */
const POPUPS_OURS =
  `calm claim closeButton codeRow corner dismiss goLink held icon landing letGo make modal
  offer panel part place raise tell ticket unraise untilMs vanish vary words`.split(/\s+/);

/** The style sheets' own variables, which no page sets and no script knows: a letter each. @type {Record<string, string>} */
const VARIABLES = {
  accent: 'a',
  edge: 'e',
  face: 'f',
  ink: 'i',
  line: 'l',
  on: 'o',
  ring: 'g',
  soft: 's',
  tint: 't',
};

/** @type {import('terser').CompressOptions} */
const COMPRESS = { passes: 4, unsafe_arrows: true, pure_getters: true, keep_fargs: false };

/** For what every page pays: `+ ''` in the place of templates and String(), 1 in that of true, functions together. */
const SMALLEST = { unsafe: true, booleans_as_integers: true, hoist_funs: true };

/** @typedef {{name: string, code: Uint8Array<ArrayBuffer>}} Bundle */

/**
 * Shrinks the style sheets: each stands in a module of its own, as the text that it exports.
 *
 * @type {import('esbuild').Plugin}
 */
const smallStyles = {
  name: 'small styles',
  setup(bundler) {
    bundler.onLoad({ filter: /style\.js$/ }, async ({ path }) => {
      const { css } = await import(path);
      const { code } = await transform(css, { loader: 'css', minify: true });
      const names = new RegExp(`(?<![\\w-])--(${Object.keys(VARIABLES).join('|')})(?![\\w-])`, 'g');
      const short = code.trim().replace(names, (_, name) => `--${VARIABLES[name]}`);
      return { contents: `export const css = ${JSON.stringify(short)}` };
    });
  },
};

/**
 * Bundles with esbuild and shrinks with terser, which inlines more: 500 bytes less of the core.
 *
 * @param {import('esbuild').BuildOptions} options
 * @param {string[]} ours names of properties to shorten
 * @param {{props?: object}} [names] what they were shortened to by an earlier call, and are by this one
 * @param {import('terser').CompressOptions} [more]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function bundle(options, ours, names = {}, more = {}) {
  const result = await build({
    absWorkingDir: here,
    bundle: true,
    minify: true,
    write: false,
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    plugins: [smallStyles],
    ...options,
  });
  const [file] = result.outputFiles ?? [];
  if (!file) throw new Error('the bundler returned no file');
  // variables of one module are no business of another
  const cache = { props: names.props };
  const { code = '' } = await minify(file.text, {
    ecma: 2020,
    module: options.format === 'esm',
    mangle: ours.length === 0 || { properties: { regex: new RegExp(`^(${ours.join('|')})$`) } },
    nameCache: cache,
    compress: { ...COMPRESS, ...more },
    format: { quote_style: 1 },
  });
  names.props = cache.props;
  return new TextEncoder().encode(code);
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function gzip(bytes) {
  const packed = gzipSync(bytes, { level: 9 });
  packed[9] = 255; // "unknown" operating system, so that every machine writes the same bytes
  return packed;
}

/** What the encoder may take a file for, and how it may write distances: the best of these differs from file to file. */
const WAYS = [constants.BROTLI_MODE_GENERIC, constants.BROTLI_MODE_TEXT].flatMap((mode) =>
  [
    [0, 0],
    [0, 12],
    [2, 0],
    [3, 64],
  ].map(([postfix, direct]) => ({
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 16, // more than any of these files
    [constants.BROTLI_PARAM_MODE]: mode,
    [constants.BROTLI_PARAM_NPOSTFIX]: postfix ?? 0,
    [constants.BROTLI_PARAM_NDIRECT]: direct ?? 0,
  })),
);

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Uint8Array<ArrayBuffer>} the smallest that says the same */
const brotli = (bytes) =>
  WAYS.map((params) => brotliCompressSync(bytes, { params })).reduce((best, next) =>
    next.length < best.length ? next : best,
  );

/** @param {...Uint8Array} contents */
function hashOf(...contents) {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  return hash.digest('hex').slice(0, 10);
}

/** @param {Bundle[]} bundles @param {string} hash @returns {Bundle[]} each named by its hash */
const stamped = (bundles, hash) =>
  bundles.map(({ name, code }) => ({ name: `${name}.${hash}.js`, code }));

/** @param {Bundle[]} bundles */
const hashOfAll = (bundles) => hashOf(...bundles.map(({ code }) => code));

/**
 * What a popup comes with, the renderer in it, and the chunks that it fetches when one needs them, which
 * share a hash of them all; the renderer has it compiled in.
 *
 * @returns {Promise<{renderer: Bundle, kinds: Bundle[]}>}
 */
async function popups() {
  const names = {};
  /** @param {string} hash */
  const bundled = (hash) => {
    const define = { CHUNKS_HASH: JSON.stringify(hash) };
    const entry = { entryPoints: ['src/near/index.js'], format: ESM, define };
    return bundle(entry, POPUPS_OURS, names, SMALLEST);
  };
  // once for nothing, so that it has the shortest names
  await bundled('');
  const kinds = [];
  for (const [name, folder] of Object.entries(CHUNKS)) {
    const entry = { entryPoints: [`src/${folder}/${name}.js`], format: ESM };
    kinds.push({ name: `k.${name}`, code: await bundle(entry, POPUPS_OURS, names) });
  }
  const hash = hashOfAll(kinds);
  const renderer = { name: 'p', code: await bundled(hash) };
  return { renderer, kinds: stamped(kinds, hash) };
}

/**
 * What the core fetches where a page needs it. The names of properties stay: for an hour after an
 * upgrade, a core of before works with these.
 *
 * @returns {Promise<{entries: Bundle[], platforms: Bundle[]}>} the platforms are those of the readers
 */
async function parts() {
  const platforms = [];
  for (const name of READERS) {
    const entry = { entryPoints: [`src/readers/chunks/${name}.js`], format: ESM };
    platforms.push({ name: `r.${name}`, code: await bundle(entry, []) });
  }
  const hash = hashOfAll(platforms);
  const define = { READERS_HASH: JSON.stringify(hash) };
  const entries = [];
  for (const [name, folder] of Object.entries(CORE_CHUNKS)) {
    const entry = { entryPoints: [`src/${folder}/index.js`], format: ESM, define };
    entries.push({ name, code: await bundle(entry, []) });
  }
  return { entries, platforms: stamped(platforms, hash) };
}

/**
 * What the core fetches is named by one hash of it all, which the core has compiled in.
 *
 * @returns {Promise<Map<string, Uint8Array<ArrayBuffer>>>} file name to content
 */
async function outputs() {
  const { renderer, kinds } = await popups();
  const { entries, platforms } = await parts();
  const hash = hashOfAll([renderer, ...entries]);
  const define = { CHUNKS_HASH: JSON.stringify(hash) };
  const entry = { entryPoints: ['src/main.js'], format: /** @type {const} */ ('iife'), define };
  const core = await bundle(entry, OURS, {}, SMALLEST);
  const [fetched, ...chunks] = [...stamped([renderer, ...entries], hash), ...kinds, ...platforms];
  const manifest = `${JSON.stringify({
    core: 's.js',
    popups: fetched?.name,
    chunks: chunks.map(({ name }) => name),
  })}\n`;
  const files = new Map([['manifest.json', new TextEncoder().encode(manifest)]]);
  for (const { name, code } of [
    { name: 's.js', code: core },
    ...(fetched ? [fetched] : []),
    ...chunks,
  ]) {
    files.set(name, code);
    files.set(`${name}.br`, brotli(code));
    files.set(`${name}.gz`, gzip(code));
  }
  return files;
}

/** @param {string} folder @param {Map<string, Uint8Array<ArrayBuffer>>} files */
async function write(folder, files) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
}

/** @param {string} folder @returns {Promise<Map<string, Uint8Array<ArrayBuffer>>>} */
async function read(folder) {
  const files = new Map();
  for (const name of await readdir(folder).catch(() => /** @type {string[]} */ ([]))) {
    files.set(name, await readFile(join(folder, name)));
  }
  return files;
}

/**
 * Other releases of Node may compress a little differently: what counts is that a
 * compressed file unpacks to the file it stands for.
 *
 * @param {string} name @param {Uint8Array<ArrayBuffer>} bytes
 */
function unpacked(name, bytes) {
  if (name.endsWith('.br')) return brotliDecompressSync(bytes);
  if (name.endsWith('.gz')) return gunzipSync(bytes);
  return bytes;
}

/**
 * @param {Map<string, Uint8Array<ArrayBuffer>>} built @param {Map<string, Uint8Array<ArrayBuffer>>} fresh
 * @returns {string[]} a sentence for each file that differs
 */
function differences(built, fresh) {
  const wrong = [...built.keys()]
    .filter((name) => !fresh.has(name))
    .map((name) => `dist/${name} is left over`);
  for (const [name, bytes] of fresh) {
    const old = built.get(name);
    if (!old) wrong.push(`dist/${name} is missing`);
    else if (Buffer.compare(unpacked(name, old), unpacked(name, bytes)) !== 0) {
      wrong.push(`dist/${name} is not what the sources give, run npm run build`);
    }
  }
  return wrong;
}

async function main() {
  const dist = join(here, 'dist');
  const check = process.argv.includes('--check');
  const files = await outputs();
  if (!check) await write(dist, files);
  const built = await read(dist);
  const { lines, problems } = overBudget(built);
  for (const line of lines) console.log(line);
  if (check) problems.push(...differences(built, files));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

await main();
