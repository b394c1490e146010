// The Slack service of the npm package `emulate` 0.12.2 on 127.0.0.1, behind a front
// that keeps every call, since the emulator keeps none. It is copied beside the package
// that whoever runs the journeys has installed, and needs Node 22.15 or later.
//   node server.mjs --events http://127.0.0.1:PORT/slack/events --port N --front N
// The front has the same API, and GET /_record: every call with its answer.
import http from 'node:http';
import { createEmulator, defineEmulator } from 'emulate';

const arg = (n, d) => { const i = process.argv.indexOf(`--${n}`); return i > 0 ? process.argv[i + 1] : d; };
const eventsUrl = arg('events', '');
const port = Number(arg('port', 4003));
const front = Number(arg('front', 4004));
const scopes = ['chat:write', 'channels:read', 'channels:history', 'channels:join', 'channels:manage', 'channels:write', 'groups:read',
  'groups:history', 'groups:write', 'im:read', 'im:history', 'im:write', 'users:read', 'users:read.email', 'reactions:read',
  'reactions:write', 'team:read', 'pins:read', 'pins:write', 'bookmarks:read', 'bookmarks:write', 'files:read', 'files:write'];
const seed = {
  slack: {
    signing_secret: 'test-signing-secret',
    strict_scopes: true,
    team: { name: 'Test Workspace', domain: 'test-workspace' },
    users: [
      { name: 'ana', real_name: 'Ana', email: 'ana@example.com' },
      { name: 'ben', real_name: 'Ben', email: 'ben@example.com' },
    ],
    channels: [{ name: 'incidents', topic: 'incidents' }],
    oauth_apps: [{ app_id: 'A0TESTAPP1', client_id: '11.22', client_secret: 'client-secret', name: 'Incident Bot',
      bot_id: 'B0TESTBOT1', bot_user_id: 'U0TESTBOT1', bot_name: 'incident-bot', redirect_uris: ['http://127.0.0.1:3000/slack/oauth_redirect'], scopes }],
    tokens: [
      { token: 'xoxb-test-token', type: 'bot', user_id: 'U0TESTBOT1', app_id: 'A0TESTAPP1', bot_id: 'B0TESTBOT1', bot_user_id: 'U0TESTBOT1', scopes },
      { token: 'xoxp-ana', type: 'user', user: 'ana', scopes },
      { token: 'xoxp-ben', type: 'user', user: 'ben', scopes },
      { token: 'xoxb-narrow', type: 'bot', user_id: 'U0TESTBOT1', app_id: 'A0TESTAPP1', bot_id: 'B0TESTBOT1', bot_user_id: 'U0TESTBOT1', scopes: ['users:read'] },
    ],
  },
};

// 0.12.2 signs and sends Slack events but has no seed key or route to subscribe a URL. Its dispatcher class is
// reachable through a custom emulator's context; the Slack plugin calls setHeaderFactory once on its own instance.
if (eventsUrl) {
  let Dispatcher;
  const probe = await createEmulator({ listen: false, service: defineEmulator({ name: 'probe', state: () => ({}), setup: (c) => { Dispatcher = c.webhooks.constructor; } }) });
  await probe.close();
  const original = Dispatcher.prototype.setHeaderFactory;
  Dispatcher.prototype.setHeaderFactory = function (f) {
    original.call(this, f);
    this.register({ url: eventsUrl, events: ['*'], active: true, owner: 'slack' });
  };
}
const emu = await createEmulator({ service: 'slack', port, hostname: '127.0.0.1', seed, baseUrl: `http://127.0.0.1:${port}` });

const record = [], faults = [];
const read = (s) => new Promise((res, rej) => { const b = []; s.on('data', (d) => b.push(d)).on('end', () => res(Buffer.concat(b))).on('error', rej); });
const parse = (buf, type = '') => {
  const s = buf.toString();
  if (type.includes('x-www-form-urlencoded')) {
    return Object.fromEntries([...new URLSearchParams(s)].map(([k, v]) => { if (/^[[{]/.test(v)) { try { return [k, JSON.parse(v)]; } catch { /* text */ } } return [k, v]; }));
  }
  try { return JSON.parse(s); } catch { return s.slice(0, 2000); }
};
const srv = http.createServer(async (req, res) => {
  const body = await read(req);
  const json = (code, v) => { res.writeHead(code, { 'content-type': 'application/json' }); res.end(JSON.stringify(v)); };
  if (req.url === '/_record') return json(200, record);
  if (req.url === '/_fault') { faults.push({ times: 1, status: 200, ...JSON.parse(body) }); return json(200, { ok: true }); }
  if (req.url === '/_reset') { record.length = faults.length = 0; return json(200, { ok: true }); }
  if (req.url.startsWith('/_respond/')) {
    record.push({ method: 'response_url', id: req.url.slice(10), request: parse(body, req.headers['content-type']) });
    return json(200, { ok: true });
  }
  const fault = faults.find((f) => f.times > 0 && new URL(req.url, 'http://x').pathname === `/api/${f.method}`);
  if (fault) {
    fault.times--;
    if (fault.retryAfter) res.setHeader('retry-after', String(fault.retryAfter));
    record.push({ method: fault.method, token: (req.headers.authorization || '').replace('Bearer ', ''), request: parse(body, req.headers['content-type']), status: fault.status, fault: true });
    return json(fault.status, { ok: false, error: fault.error ?? 'internal_error' });
  }
  // Slack takes GET and POST, and arguments in the query string, for every method, and slack_sdk (Python) uses both;
  // emulate 0.12.2 mostly has POST only and reads the body only.
  let { url, method, headers } = req; let payload = body;
  const u = new URL(url, 'http://x');
  if (url.startsWith('/api/') && (method === 'GET' || u.search) && !(headers['content-type'] || '').includes('json')) {
    [url, method] = [u.pathname, 'POST'];
    payload = Buffer.from([u.search.slice(1), body.toString()].filter(Boolean).join('&'));
    headers = { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'content-length': payload.length };
    delete headers['transfer-encoding'];
  }
  const up = http.request({ host: '127.0.0.1', port, path: url, method, headers: { ...headers, host: `127.0.0.1:${port}` } }, async (r) => {
    const out = await read(r);
    record.push({ method: url.replace(/^\/api\//, ''), token: (req.headers.authorization || '').replace('Bearer ', ''),
      request: parse(payload, headers['content-type']), status: r.statusCode, response: parse(out) });
    res.writeHead(r.statusCode, r.headers); res.end(out);
  });
  up.on('error', (e) => json(502, { ok: false, error: e.message }));
  up.end(payload);
});
srv.listen(front, '127.0.0.1', () => console.log(`emulate ${emu.url} front http://127.0.0.1:${front} events -> ${eventsUrl || 'nowhere'}`));
for (const s of ['SIGTERM', 'SIGINT']) process.on(s, async () => { srv.close(); await emu.close(); process.exit(0); });
