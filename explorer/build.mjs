// Builds GraphiQL, the REST documentation, Insight and the map of the schema into dist/: hashed, compressed files, the pages that load them, and the manifest
// the server reads.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';
import { readExamples } from './examples.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url)); // Debian 12 has Node.js 18, without import.meta.dirname
const DIST = path.join(HERE, 'dist');
const FRESH = path.join(HERE, 'dist.new'); // becomes dist/ in one rename, so that a build that fails leaves the old one whole
const ASSETS = path.join(FRESH, 'assets');
const ASSETS_URL = 'graphql/explorer/'; // relative to /graphql, so that a path prefix in front of the server does no harm

const WORKERS = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
};

const MEDIA_TYPES = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};
const COMPRESSIBLE = new Set(['.css', '.js', '.svg', '.ttf']);

const shared = {
  absWorkingDir: HERE,
  assetNames: '[name]-[hash]',
  bundle: true,
  chunkNames: '[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
  entryNames: '[name]-[hash]',
  legalComments: 'none', // third-party-notices.txt carries the licences
  loader: { '.svg': 'file', '.ttf': 'file', '.woff': 'file', '.woff2': 'file' },
  logLevel: 'warning',
  metafile: true,
  minify: true,
  outdir: ASSETS,
  target: 'es2022',
};

/** The example files as a module, with the title and the operations of each already taken apart. */
const examples = {
  name: 'examples',
  setup(build) {
    build.onResolve({ filter: /^examples:all$/ }, () => ({ path: 'all', namespace: 'examples' }));
    build.onLoad({ filter: /.*/, namespace: 'examples' }, async () => ({
      contents: JSON.stringify(await readExamples(path.join(HERE, 'examples'))),
      loader: 'json',
    }));
  },
};

/** GraphiQL carries its fonts inside the style sheet; as files, a browser fetches only the alphabets it shows. */
const fonts = {
  name: 'fonts',
  setup(build) {
    build.onLoad({ filter: /@graphiql[\\/]react[\\/]font[\\/].*\.css$/ }, async ({ path: file }) => {
      const css = await readFile(file, 'utf8');
      const name = path.basename(file, '.css');
      const contents = css.replaceAll(/url\(data:font\/(woff2?);base64,([^)]+)\)/g, (_, kind, data) => {
        return `url(font:${name}.${kind},${data})`;
      });
      return { contents, loader: 'css', resolveDir: path.dirname(file) };
    });
    build.onResolve({ filter: /^font:/ }, ({ path: url }) => {
      const comma = url.indexOf(',');
      const file = path.posix.join(digest(url), url.slice('font:'.length, comma));
      return { path: file, namespace: 'font', pluginData: url.slice(comma + 1) };
    });
    build.onLoad({ filter: /.*/, namespace: 'font' }, ({ pluginData }) => ({
      contents: Buffer.from(pluginData, 'base64'),
      loader: 'file',
    }));
  },
};

await rm(FRESH, { recursive: true, force: true });
await mkdir(ASSETS, { recursive: true });

// The workers come first: the page has to know their hashed names.
const workers = await build({ ...shared, entryPoints: WORKERS, format: 'iife' });
const workerFiles = Object.fromEntries(Object.keys(WORKERS).map((name) => [name, outputOf(workers, WORKERS[name]).file]));

const page = await build({
  ...shared,
  alias: {
    // Prettier's old names are CommonJS, of which a part loaded on demand would see only "default"
    'prettier/parser-babel': 'prettier/plugins/babel',
    'prettier/parser-graphql': 'prettier/plugins/graphql',
  },
  define: { ...shared.define, WORKER_FILES: JSON.stringify(workerFiles) },
  entryPoints: { explorer: 'src/main.jsx' },
  format: 'esm',
  jsx: 'automatic',
  plugins: [examples, fonts],
  splitting: true,
});

const main = outputOf(page, 'src/main.jsx');
const style = path.basename(main.output.cssBundle);
for (const file of await readdir(ASSETS)) {
  if (file.endsWith('.css') && file !== style) await rm(path.join(ASSETS, file)); // of a part loaded on demand: the page's has it all
}
const preload = main.output.imports.filter(({ kind }) => kind === 'import-statement').map(({ path: file }) => path.basename(file));
await writePage('page.html', 'index.html', {
  preload: preload.map((file) => `<link rel="modulepreload" href="${ASSETS_URL}${file}">`).join('\n    '),
  script: ASSETS_URL + main.file,
  style: ASSETS_URL + style,
});

// The REST documentation has nothing in common with the explorer.
const docs = await build({ ...shared, entryPoints: { docs: 'src/docs.js' }, format: 'esm' });
const docsMain = outputOf(docs, 'src/docs.js');
await writePage('docs.html', 'docs.html', {
  script: ASSETS_URL + docsMain.file,
  style: ASSETS_URL + path.basename(docsMain.output.cssBundle),
});

// Insight and the map share the sign-in with the explorer, but none of its weight; and with each other what their pages begin with.
const others = {};
const catalogues = await Promise.all(['en', 'zh'].map(async (name) => [name, JSON.parse(await readFile(path.join(HERE, `src/texts/${name}.json`), 'utf8'))]));
for (const name of ['insight', 'map']) {
  others[name] = await build({ ...shared, entryPoints: { [name]: `src/${name}/main.jsx` }, format: 'esm', jsx: 'automatic' });
  const { file, output } = outputOf(others[name], `src/${name}/main.jsx`);
  await writePage('frame.html', `${name}.html`, {
    name,
    noscript: catalogues.map(([lang, texts]) => `<p lang="${lang}">${texts[`${name}.noscript`]}</p>`).join(''),
    script: ASSETS_URL + file,
    style: ASSETS_URL + path.basename(output.cssBundle),
    title: catalogues[0][1][`${name}.title`],
  });
}
await writeFile(path.join(FRESH, 'third-party-notices.txt'), await notices([workers, page, docs, ...Object.values(others)]));

const files = (await readdir(ASSETS)).sort();
const assets = Object.fromEntries(await Promise.all(files.map(async (file) => [file, await describe(file)])));
await writeFile(path.join(FRESH, 'manifest.json'), `${JSON.stringify({ page: 'index.html', docs: 'docs.html', insight: 'insight.html', map: 'map.html', assets }, null, 2)}\n`);

await rm(DIST, { recursive: true, force: true });
await rename(FRESH, DIST);
const total = (key) => (Object.values(assets).reduce((sum, asset) => sum + (asset.sizes[key] ?? asset.sizes.identity), 0) / 1e6).toFixed(1);
console.log(`explorer/dist: ${files.length} files, ${total('identity')} MB (${total('gzip')} MB gzip, ${total('br')} MB brotli)`);

function outputOf({ metafile }, entryPoint) {
  const [file, output] = Object.entries(metafile.outputs).find(([, { entryPoint: entry }]) => entry?.endsWith(entryPoint));
  return { file: path.basename(file), output };
}

function digest(content) {
  return createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
}

async function writePage(source, target, values) {
  const template = await readFile(path.join(HERE, 'src', source), 'utf8');
  const html = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? fail(`src/${source} asks for an unknown {{${name}}}`));
  await writeFile(path.join(FRESH, target), html);
}

function fail(message) {
  throw new Error(message);
}

async function describe(file) {
  const extension = path.extname(file);
  const type = MEDIA_TYPES[extension] ?? fail(`no media type is known for ${file}`);
  const content = await readFile(path.join(ASSETS, file));
  const sizes = { identity: content.length };
  if (COMPRESSIBLE.has(extension)) {
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
    const [br, gz] = await Promise.all([promisify(brotliCompress)(content, quality), promisify(gzip)(content, { level: 9 })]);
    await Promise.all([writeFile(path.join(ASSETS, `${file}.br`), br), writeFile(path.join(ASSETS, `${file}.gz`), gz)]);
    Object.assign(sizes, { br: br.length, gzip: gz.length });
  }
  return { type, sizes };
}

/** The licence of every package that ended up in the bundle. */
async function notices(results) {
  const packages = new Set();
  for (const { metafile } of results) {
    for (const input of Object.keys(metafile.inputs)) {
      const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
      if (match) packages.add(match[0]);
    }
  }
  const texts = [...packages].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(path.join(HERE, folder, 'package.json'), 'utf8'));
    const file = (await readdir(path.join(HERE, folder))).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(path.join(HERE, folder, file), 'utf8') : '';
    return `${name} ${version} (${license})\n\n${text}`.trimEnd();
  });
  return `${(await Promise.all(texts)).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
