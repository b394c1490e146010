// node bundle.mjs: makes of each draw_*.jsx here one script that a blank page can run,
// and one sheet of styles, in the folder `drawn`.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
await build({
  absWorkingDir: here, entryPoints: ['draw_slack.jsx', 'draw_adaptive.jsx'], outdir: 'drawn', bundle: true, minify: true,
  format: 'iife', jsx: 'automatic', define: { 'process.env.NODE_ENV': '"production"' }, logLevel: 'error',
});
