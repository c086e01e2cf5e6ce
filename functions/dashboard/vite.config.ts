import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

// With a hash, as all of assets/ is kept for ever.
const licenses = `assets/licenses-${createHash('sha256').update(readFileSync('package-lock.json')).digest('hex').slice(0, 8)}.txt`;

/** Adds to the licences the notice that Apache's wants with it, and puts a .br and a .gz beside each file, so that a host only picks one. */
function finished(): Plugin {
  return {
    name: 'finished',
    apply: 'build',
    writeBundle({ dir }) {
      appendFileSync(join(dir!, licenses), `\n## NOTICE of echarts\n\n${readFileSync('node_modules/echarts/NOTICE', 'utf8')}`);
      for (const file of readdirSync(dir!, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
        const path = join(file.parentPath, file.name);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  // A host serves the page below any path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { LICENSES: JSON.stringify(licenses) },
  build: {
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    // Of what is bundled.
    license: { fileName: licenses },
  },
  plugins: [finished()],
  // `npm run dev` shows the jobs of a `serverless-sql` that runs.
  server: { proxy: { '/api': 'http://127.0.0.1:5080' } },
});
