import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve, type HttpBindings, type ServerType } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { LinearRouter } from 'hono/router/linear-router';
import * as z from 'zod';
import { judgeExchanges, keepExchange } from '../contract/openapi/exchanges.ts';
import { scopes as everyScope } from './scopes.ts';
import { refuse, traced } from './answers.ts';
import { calendars } from './calendars.ts';
import { contacts } from './contacts.ts';
import { conversations } from './conversations.ts';
import { FaultRule, Faults, faultTable, LATE_MS, play } from './faults.ts';
import { forms } from './forms.ts';
import { checkLocation, checkToken, checkVersion, Limiter, type Env, type RateLimit } from './gate.ts';
import { groups } from './groups.ts';
import { CHANNEL, jivochat } from './jivochat.ts';
import { locations } from './locations.ts';
import { loggedBody, loggedHeaders, type LoggedRequest } from './log.ts';
import { notes } from './notes.ts';
import { CLIENT, oauth } from './oauth.ts';
import { opportunities } from './opportunities.ts';
import { search } from './search.ts';
import { seed } from './seed.ts';
import { Store, type Token } from './store.ts';
import { tasks } from './tasks.ts';

export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** The initial numbers of contacts and tasks. */
  contacts?: number;
  tasks?: number;
  /** HighLevel's clock, epoch ms. */
  now?: () => number;
  allowDuplicateContact?: boolean;
  /** How long a change needs to show in the contact search. */
  indexLagMs?: number;
  rateLimit?: Partial<RateLimit> | false;
  seed?: number;
  /** Called now and then with the number of contacts that exist already, because many take a while. */
  onSeeded?: (contacts: number) => void;
  /** An additional page, served next to the API, and not counted or logged. */
  page?: (sandbox: Sandbox) => Hono;
  /** Called when a request comes, before it is answered: what happens in HighLevel meanwhile. */
  onRequest?: (method: string, path: string) => void;
}

export interface Sandbox {
  url: string;
  locationId: string;
  otherLocationId: string;
  companyId: string;
  clientId: string;
  clientSecret: string;
  /** Its records. */
  store: Store;
  /** Every request that came, oldest first. */
  log: LoggedRequest[];
  /** The address of the fake JivoChat channel. */
  jivoChannelUrl: string;
  /** Plays a fault on the next request that fits. */
  fail: (rule: FaultRule) => void;
  /** Whether a fault still waits for its request. */
  faultsWait: () => boolean;
  /** A token, issued without a sign-in. */
  token: (options?: TokenOptions) => IssuedToken;
  /** The burst window: the requests that it allows, and the remaining ones. */
  rateLimit: () => { max: number; left: number };
  /** The bytes sent in responses, including headers. */
  bytesSent: () => number;
  /** Forgets log, faults and the rate limit's count. */
  reset: () => void;
  close: () => Promise<void>;
}

export interface TokenOptions {
  scopes?: string[];
  locationId?: string;
  userType?: 'Location' | 'Company';
  /** Seconds. */
  expiresIn?: number;
  kind?: 'oauth' | 'pit';
  /** A token of one's own choosing, for a sandbox that is started again and again. */
  accessToken?: string;
  /** A refresh token of one's own choosing, which the token endpoint accepts. */
  refreshToken?: string;
}

export interface IssuedToken {
  accessToken: string;
  scope: string;
  userType: 'Location' | 'Company';
}

/** Starts a HighLevel and a JivoChat Chat API for this machine alone, on a loopback port. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now = Date.now, allowDuplicateContact = false, indexLagMs = 0 } = options;
  const store = new Store({ now, seed: options.seed ?? 1, indexLagMs, allowDuplicateContact });
  const lag = store.index.lagMs;
  store.index.lagMs = 0;
  seed(store, { contacts: options.contacts ?? 12, tasks: options.tasks ?? 5 }, options.onSeeded);
  store.index.lagMs = lag;

  const limiter =
    options.rateLimit === false
      ? undefined
      : new Limiter({ max: 100, intervalMs: 10_000, daily: 200_000, others: 0, ...options.rateLimit }, now);
  const faults = new Faults();
  const log: LoggedRequest[] = [];
  const reset = () => {
    log.length = 0;
    faults.clear();
    limiter?.reset();
  };

  let page: Hono | undefined;
  const app = new Hono<Env & { Bindings: HttpBindings }>({ getPath: pathOf, router: new LinearRouter() });
  const refused = (error: Error) =>
    error instanceof HTTPException
      ? error.getResponse()
      : Response.json({ statusCode: 500, message: String(error) }, { status: 500 });
  app.onError(refused);
  app.notFound((c) => {
    // A path that differs only in upper and lower case is refused as a token is; an unknown one has no body. Reported live.
    const miscased = app.routes.some(
      ({ method, path }) => method === c.req.method && pattern(path).test(c.req.path),
    );
    if (miscased) refuse(401, 'Unauthorized');
    return c.body(null, 404);
  });
  app.route('/', control(store, faults, log, reset));
  app.use(async (c, next) =>
    page && isPage(c.req.method, c.req.path) ? page.fetch(c.req.raw, c.env) : next(),
  );

  app.use(async (c, next) => {
    options.onRequest?.(c.req.method, c.req.path);
    const at = now();
    const started = performance.now();
    const text = c.req.header('content-type')?.startsWith('application/json') ? await c.req.text() : '';
    c.set('body', loggedBody(text));
    const { method, path } = c.req;
    const url = new URL(c.req.url);
    const entry: LoggedRequest = {
      method,
      path: url.pathname,
      search: url.search,
      headers: loggedHeaders(c.req.raw.headers),
      body: loggedBody(text),
      status: 0,
      at,
      ms: 0,
    };
    log.push(entry);
    const exchange = path.startsWith('/jivo/')
      ? undefined
      : keepExchange(c.req.raw, await c.req.text(), path);
    const rule = faults.take(method, path, url.search);
    if (rule?.when === 'before' || rule?.when === 'late') {
      if (rule.when === 'late') void finishLate(next);
      c.res = await play(rule, undefined, c.env);
    } else {
      await next();
      if (exchange) exchange.answer = { status: c.res.status, body: await c.res.clone().text() };
      if (rule) {
        const faulty = await play(rule, c.res, c.env);
        // Else Hono makes a new answer of both, and sends it after the one that is sent already.
        if (faulty === RESPONSE_ALREADY_SENT) c.res = undefined;
        c.res = faulty;
      }
    }
    // Node would set it by the machine's clock.
    if (rule && c.res !== RESPONSE_ALREADY_SENT) c.res.headers.set('Date', new Date(now()).toUTCString());
    entry.status = rule?.kind === 'timeout' || rule?.kind === 'reset' ? 0 : c.res.status;
    entry.ms = performance.now() - started;
  });

  app.route('/', jivochat(store));
  app.route('/', oauth(store));
  const api = new Hono<Env>();
  api.onError(refused);
  api.use(async (c, next) => {
    const counted = limiter?.count();
    if (counted?.refused) c.res = c.json({ statusCode: 429, message: 'Too Many Requests' }, 429);
    else await next();
    c.res = await traced(c.res, store.traces.uuid());
    for (const [name, value] of Object.entries(counted?.headers ?? {})) c.res.headers.set(name, value);
    c.res.headers.set('Date', new Date(now()).toUTCString());
  });
  api.use(checkVersion, checkToken(store), checkLocation);
  const parts = [
    search,
    contacts,
    groups,
    tasks,
    notes,
    locations,
    calendars,
    opportunities,
    conversations,
    forms,
  ];
  for (const part of parts) api.route('/', part(store));
  app.route('/', api);

  const { server, port } = await listen(app.fetch, options.port ?? 0);
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  const url = `http://127.0.0.1:${port}`;
  const sandbox: Sandbox = {
    url,
    locationId: store.locationId,
    otherLocationId: store.otherLocationId,
    companyId: store.companyId,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    store,
    log,
    jivoChannelUrl: `${url}/jivo/${CHANNEL}`,
    rateLimit: () => limiter?.state() ?? { max: 0, left: 0 },
    bytesSent: () => sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    fail: (rule) => faults.add(rule),
    faultsWait: () => faults.waiting().length > 0,
    token: (wanted) => issue(store, wanted),
    reset,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
      await judgeExchanges();
    },
  };
  page = options.page?.(sandbox);
  return sandbox;
}

async function finishLate(work: () => Promise<void>): Promise<void> {
  await sleep(LATE_MS, undefined, { ref: false });
  await work();
}

/** Paths whose documented form ends with a slash. */
const SLASHED =
  /^\/(contacts|calendars|users|businesses|campaigns|workflows|opportunities|conversations|forms|surveys)$/;

/** The path of a request in its documented form: HighLevel accepts each with and without a trailing slash. Recorded. */
function pathOf({ url }: Request): string {
  const path = new URL(url).pathname.replace(/(.)\/$/, '$1');
  return SLASHED.test(path) ? `${path}/` : path;
}

/** What fits a route's path in any case. */
function pattern(path: string): RegExp {
  const fixed = path.replaceAll(/[.+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${fixed.replaceAll(/:\w+/g, '[^/]+')}$`, 'i');
}

function isPage(method: string, path: string): boolean {
  return (
    (method === 'GET' && (path === '/' || path === '/favicon.ico')) ||
    path === '/__sandbox/window' ||
    path.startsWith('/__sandbox/play/')
  );
}

/** Adds a token to the store, for tests and command lines that skip the sign-in. */
function issue(store: Store, options: TokenOptions = {}): IssuedToken {
  const { scopes = everyScope, kind = 'oauth', userType = 'Location', expiresIn = 86_400 } = options;
  const accessToken =
    options.accessToken ?? `${kind === 'pit' ? 'pit-' : 'sandbox-access-'}${store.random.id()}`;
  const token: Token = {
    kind,
    userType,
    locationId: options.locationId ?? store.locationId,
    scopes: [...scopes],
    expiresAt: store.now() + expiresIn * 1000,
  };
  store.tokens.set(accessToken, token);
  if (options.refreshToken !== undefined) {
    const { locationId } = token;
    store.refreshTokens.set(options.refreshToken, {
      scopes: token.scopes,
      userType,
      locationId,
      issuedAt: store.now(),
    });
  }
  return { accessToken, scope: scopes.join(' '), userType };
}

/** The API by which people and scripts control the sandbox, in addition to HighLevel's. */
function control(store: Store, faults: Faults, log: LoggedRequest[], reset: () => void): Hono {
  const app = new Hono().basePath('/__sandbox');
  app.get('/log', (c) => c.json(log));
  app.post('/reset', (c) => {
    reset();
    return c.json({ reset: true });
  });
  app.get('/fail', (c) => {
    const waiting = faults.waiting().map((rule) => `  ${JSON.stringify(rule)}\n`);
    return c.text(
      `Properties of a fault, for POST ${c.req.path}:\n\n${faultTable}\n\nExample: {"status":503,"times":9}\n\n${waiting.length > 0 ? `Waiting, and cleared by DELETE ${c.req.path}:\n\n${waiting.join('')}` : 'No fault is waiting.\n'}`,
    );
  });
  app.delete('/fail', (c) => {
    faults.clear();
    return c.json({ waiting: [] });
  });
  app.post('/fail', async (c) => {
    const rule = FaultRule.safeParse(await c.req.json().catch(() => undefined));
    if (!rule.success)
      return c.text(
        `This is no fault rule.\n${z.prettifyError(rule.error)}\n\nIts properties are:\n\n${faultTable}\n`,
        400,
      );
    faults.add(rule.data);
    return c.json({ waiting: rule.data });
  });
  app.get('/state', (c) =>
    c.json({
      contacts: [...store.contacts.values()].slice(-50),
      tasks: [...store.tasks.values()].slice(-50),
      notes: [...store.notes.values()].slice(-50),
      jivoMessages: store.jivoMessages,
    }),
  );
  return app;
}

function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  port: number,
): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, (info) =>
      resolve({ server, port: info.port }),
    );
    server.on('error', reject);
  });
}
