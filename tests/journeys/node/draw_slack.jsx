// Draws Block Kit with the npm package slack-blocks-to-jsx, which is not Slack's own.
// draw(payload) takes {blocks: [...]}, a modal or a home tab, and returns complaints:
// a block that left nothing on the page. The frame of a modal is ours.
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { Message } from 'slack-blocks-to-jsx';
import 'slack-blocks-to-jsx/dist/style.css';

const square = '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="36"><rect width="36" height="36" rx="6" fill="#4a154b"/></svg>';
const logo = `data:image/svg+xml,${encodeURIComponent(square)}`;
const data = { users: [], channels: [], user_groups: [] };

const part = (parent, style, text = '') => {
  const made = document.createElement('div');
  made.style.cssText = style;
  made.textContent = text;
  parent.append(made);
  return made;
};
const show = (where, blocks, bare) => flushSync(() => createRoot(where).render(
  <Message blocks={blocks} logo={logo} name="May I share this?" time={new Date(0)} theme="light" withoutWrapper={bare} data={data} />));

// Each block is drawn alone, to see whether the library drew anything for it.
const complaint = (block, probe) => {
  const alone = part(probe, '');
  try { show(alone, [block], true); } catch (error) { return `${block.type}: ${error.message}`; }
  const silent = ['divider', 'image'].includes(block.type);
  return silent || alone.textContent ? '' : `${block.type}: nothing is drawn`;
};

window.draw = (payload, width) => {
  document.body.textContent = '';
  document.body.style.cssText = 'margin:0;background:#fff;color:#1d1c1d';
  const shot = part(document.body, `width:${width}px;padding:20px`);
  shot.id = 'shot';
  const probe = part(document.body, '');
  probe.hidden = true;
  const modal = payload.type === 'modal';
  if (modal) part(shot, "font:700 18px 'Liberation Sans',sans-serif;padding:12px 0", payload.title.text);
  const found = payload.blocks.map((block) => complaint(block, probe)).filter(Boolean);
  if (!found.length) show(part(shot, ''), payload.blocks, Boolean(payload.type));
  for (const words of modal ? [payload.close?.text, payload.submit?.text].filter(Boolean) : []) {
    part(shot, "display:inline-block;border:1px solid #999;padding:7px 14px;border-radius:4px;margin:12px 8px 0 0;font:700 14px 'Liberation Sans'", words);
  }
  return found;
};
