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
import { CHUNKS, overBudget } from './budget.mjs';

const ESM = /** @type {const} */ ('esm');
const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Properties that only our own modules know: no frame, no storage, no browser and no shop
 * has them, so they may be shortened. A name that is left out costs a few bytes, nothing else.
 */
const OURS =
  `addressed applied armed begun check claim clock focused frames hello inCart inSession inTurn
  inputMs keep landing leave listen measureSoon moments carts shows queue preload presence random receive
  refused report reportDwell reportedMs rest runs said scrolled settled signal takeOver totalMs
  turnPage unreported untilMs visible waits wanted`.split(/\s+/);

/**
 * The same for the popup renderer and its chunks, which know each other by these names: they are
 * shortened alike in one build, and a chunk of another build has another name.
 */
const POPUPS_OURS =
  `closeButton codeRow corner dismiss goLink icon leave lower make modal offer panel
  raise report tell ticket turn vary words`.split(/\s+/);

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
      return { contents: `export const css = ${JSON.stringify(code.trim())}` };
    });
  },
};

/**
 * Bundles with esbuild and shrinks with terser, which inlines more: 500 bytes less of the core.
 *
 * @param {import('esbuild').BuildOptions} options
 * @param {string[]} ours names of properties to shorten
 * @param {object} [names] what they were shortened to by an earlier call, and are by this one
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function bundle(options, ours, names = {}) {
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
  const { code = '' } = await minify(file.text, {
    ecma: 2020,
    module: options.format === 'esm',
    mangle: { properties: { regex: new RegExp(`^(${ours.join('|')})$`) } },
    nameCache: names,
    compress: { passes: 4, unsafe_arrows: true, pure_getters: true, keep_fargs: false },
  });
  return new TextEncoder().encode(code);
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function gzip(bytes) {
  const packed = gzipSync(bytes, { level: 9 });
  packed[9] = 255; // "unknown" operating system, so that every machine writes the same bytes
  return packed;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function brotli(bytes) {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    },
  });
}

/** @param {...Uint8Array} contents */
function hashOf(...contents) {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  return hash.digest('hex').slice(0, 10);
}

/**
 * The kinds of popup that the renderer fetches when one is shown.
 *
 * @param {object} names
 */
async function chunksOf(names) {
  const chunks = [];
  for (const kind of CHUNKS) {
    const entry = { entryPoints: [`src/popup/kinds/${kind}.js`], format: ESM };
    chunks.push({ kind, code: await bundle(entry, POPUPS_OURS, names) });
  }
  return chunks;
}

/**
 * The chunks come first, and share one hash of them all, which the renderer has compiled in;
 * then the renderer, whose name carries a hash of its content; the core has that name compiled in.
 *
 * @returns {Promise<Map<string, Uint8Array<ArrayBuffer>>>} file name to content
 */
async function outputs() {
  const names = {};
  const chunks = await chunksOf(names);
  const chunksHash = hashOf(...chunks.map(({ code }) => code));
  const popups = await bundle(
    {
      entryPoints: ['src/popup/index.js'],
      format: ESM,
      define: { CHUNKS_HASH: JSON.stringify(chunksHash) },
    },
    POPUPS_OURS,
    names,
  );
  const popupsName = `p.${hashOf(popups)}.js`;
  const core = await bundle(
    {
      entryPoints: ['src/main.js'],
      format: 'iife',
      define: { POPUPS_FILE: JSON.stringify(popupsName) },
    },
    OURS,
  );
  const named = chunks.map(({ code, kind }) => ({ code, name: `k.${kind}.${chunksHash}.js` }));
  const manifest = `${JSON.stringify({
    core: 's.js',
    popups: popupsName,
    chunks: named.map(({ name }) => name),
  })}\n`;
  const files = new Map([['manifest.json', new TextEncoder().encode(manifest)]]);
  for (const [name, bytes] of /** @type {[string, Uint8Array<ArrayBuffer>][]} */ ([
    ['s.js', core],
    [popupsName, popups],
    ...named.map(({ code, name }) => [name, code]),
  ])) {
    files.set(name, bytes);
    files.set(`${name}.br`, brotli(bytes));
    files.set(`${name}.gz`, gzip(bytes));
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
