// node render-slack.mjs payload.json out.png [--width 640] [--dark]
// Renders Block Kit in real Chromium with the npm package slack-blocks-to-jsx (third party, not Slack's own code).
// Accepts {blocks:[...]}, a bare array of blocks, a modal / home view, or a chat.postMessage body.
// Exit 1 when a block of the payload left nothing on the page.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { cli, withPage } from './browser.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const c = cli('usage: render-slack.mjs payload.json out.png [--width 640] [--dark]');
const width = Number(c.opt('width', 640)), dark = c.flag('dark');
const [file, out] = c.rest();
const payload = JSON.parse(fs.readFileSync(file, 'utf8'));
const view = payload.view ?? (payload.type === 'modal' || payload.type === 'home' ? payload : null);
const blocks = view?.blocks ?? payload.blocks ?? payload;
if (!Array.isArray(blocks)) { console.error('no blocks in', file); process.exit(2); }

const js = await build({
  absWorkingDir: here, bundle: true, write: false, outdir: '/', format: 'iife', jsx: 'automatic', minify: true, define: { 'process.env.NODE_ENV': '"production"' },
  stdin: { resolveDir: here, loader: 'jsx', contents: `
    import { createRoot } from 'react-dom/client';
    import { flushSync } from 'react-dom';
    import { Message } from 'slack-blocks-to-jsx';
    import 'slack-blocks-to-jsx/dist/style.css';
    const blank = 'data:image/svg+xml,' + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="36" height="36"><rect width="36" height="36" rx="6" fill="#4a154b"/></svg>');
    window.renderBlocks = (id, blocks, opts) => flushSync(() => createRoot(document.getElementById(id)).render(
      <Message blocks={blocks} logo={blank} name={opts.name} time={new Date(0)} theme={opts.theme} withoutWrapper={opts.bare} data={opts.data}/>));` },
});
const code = js.outputFiles.find((f) => f.path.endsWith('.js')).text, css = js.outputFiles.find((f) => f.path.endsWith('.css')).text;

const r = await withPage({ width: width + 40, height: 600, dark }, async (page) => {
  const head = view?.type === 'modal' ? `<div style="font:700 18px Lato,'Liberation Sans',sans-serif;padding:12px 0">${(view.title?.text ?? '').replace(/</g, '&lt;')}</div>` : '';
  const foot = view?.type === 'modal' && view.submit ? `<div style="text-align:right;padding:12px 0"><span style="background:#007a5a;color:#fff;padding:7px 14px;border-radius:4px;font:700 14px 'Liberation Sans',sans-serif">${view.submit.text.replace(/</g, '&lt;')}</span></div>` : '';
  await page.setContent(`<body data-theme="${dark ? 'dark' : 'light'}" style="margin:0;background:${dark ? '#1a1d21' : '#fff'};color:${dark ? '#d1d2d3' : '#1d1c1d'}"><div id=shot style="width:${width}px;padding:20px">${head}<div id=root></div>${foot}</div><div id=probe hidden></div>`);
  await page.addStyleTag({ content: css });
  await page.addScriptTag({ content: code });
  const report = await page.evaluate(({ blocks, view, dark }) => {
    const opts = { name: 'May I share this?', theme: dark ? 'dark' : 'light', bare: Boolean(view), data: { users: [], channels: [], user_groups: [] } };
    // Each block alone, to see whether the library drew anything for it.
    const drawn = blocks.map((b, i) => {
      const d = document.createElement('div'); d.id = `p${i}`; document.getElementById('probe').append(d);
      let error; try { window.renderBlocks(d.id, [b], { ...opts, bare: true }); } catch (e) { error = e.message; }
      return { i, type: b.type, chars: d.textContent.length, nodes: d.querySelectorAll('*').length, error };
    });
    window.renderBlocks('root', blocks.filter((b, i) => !drawn[i].error), opts);
    const empty = drawn.filter((x) => x.error || (x.type !== 'divider' && x.type !== 'image' && x.chars === 0));
    const buttons = [...document.querySelectorAll('#root button')].map((x) => x.textContent).filter(Boolean);
    return { blocks: blocks.length, drawn, empty, buttons };
  }, { blocks, view, dark });
  await page.waitForTimeout(200);
  await page.locator('#shot').screenshot({ path: out });
  return report;
});
console.log(JSON.stringify(r, null, 1));
process.exit(r.empty.length || r.pageErrors.length ? 1 : 0);
