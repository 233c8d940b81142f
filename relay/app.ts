import { Hono, type Context } from 'hono';
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { InputError } from '../lib/base/errors.ts';
import { isSigned, SIGNATURE_HEADER as HIGHLEVEL_SIGNATURE } from '../lib/base/highlevel_signature.ts';
import { isLoopback } from '../lib/base/http.ts';
import { SIGNATURE_HEADER, verifySignature } from '../lib/base/signed_request.ts';
import { addressOf, readAddress } from './address.ts';
import { BodyReader, BodyTooLarge, NotUtf8, TooManyBodies } from './body.ts';
import { Card, cardFor, deleteCard, LookupLimit, putCard, showsCard, type ShownCard } from './cards.ts';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import { highLevelEvent, jivoChatEvent } from './event.ts';
import { NotTaken, type Intake } from './intake.ts';
import { causeOf, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { latestEvents, subscribe, unsubscribe, useNonce } from './store.ts';

/** What the routes stand on. Without a database, because it is not there yet, events still go to the spool. */
export interface Parts {
  config: Config;
  intake: Intake;
  metrics: Metrics;
  log: Log;
  database: () => Database | undefined;
  /** The lowest valid generation of a location's address. */
  lowestGeneration: (locationId: string) => number;
  gauges: () => Promise<Record<string, { help: string; value: number }>>;
  now?: () => number;
}

export const MAX_BODY_BYTES = 5_000_000;
const MAX_REQUEST_BYTES = 200_000;
/** How far the clocks of Zapier and the relay may differ, and how long a signed request can be used. */
const MAX_AGE_SECONDS = 300;
/** The agent waits for the card: without an answer of the database there is none. */
const CARD_PATIENCE_MS = 400;
const MAX_SAMPLES = 25;

const location = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'is no location ID');
const source = z.enum(['jivochat', 'highlevel']);
const NewSubscription = z.object({
  source,
  locationId: location,
  types: z.array(z.string().max(200)).max(200),
  targetUrl: z.string().max(2_000),
});
const ListQuery = z.object({
  source,
  locationId: location,
  limit: z.coerce.number().int().min(0).max(MAX_SAMPLES).default(3),
});

/** The relay's HTTP routes. */
export function relayApp(parts: Parts): Hono {
  const { config, intake, metrics, log, now = Date.now } = parts;
  const bodies = new BodyReader();
  const lookups = new LookupLimit();
  const app = new Hono();

  app.use(async (context, next) => {
    const start = performance.now();
    await next();
    const route = `${context.req.method} /${
      context.req.path
        .split('/')[1]
        ?.slice(0, 20)
        .replace(/[^a-z]/g, '') ?? ''
    }`;
    metrics.count('answers_total', { route, status: String(context.res.status) });
    if (route === 'POST /jivochat' || route === 'POST /highlevel')
      metrics.observe('answer_seconds', (performance.now() - start) / 1000);
  });

  app.onError((error, context) => {
    if (error instanceof BodyTooLarge) return context.json({ error: 'The body is over 5 MB.' }, 413);
    if (error instanceof NotUtf8 || error instanceof InputError)
      return context.json({ error: error.message }, 400);
    // 429 is the one status after which HighLevel sends an event again.
    if (error instanceof NotTaken || error instanceof TooManyBodies)
      return context.json({ error: 'Too much at the moment. Send it again later.' }, 429);
    log('error', 'request failed', { path: context.req.path.split('/')[1], cause: causeOf(error) });
    return context.json({ error: 'The relay cannot do this at the moment.' }, 503);
  });

  app.post('/jivochat/:address', async (context) => {
    const address = readAddress(config.addressKeys, context.req.param('address'));
    if (!address || address.generation < parts.lowestGeneration(address.locationId)) {
      metrics.count('events_total', { source: 'jivochat', outcome: 'wrong address' });
      return context.json({ error: 'This is no address of the relay.' }, 404);
    }
    const { locationId } = address;
    const body = await bodies.read(context.req.raw, MAX_BODY_BYTES);
    const { event, read } = jivoChatEvent(body, locationId, now());
    const card = showsCard(read) ? shownCard(locationId, read) : undefined;
    await intake.take(event);
    return context.json({ result: 'ok', ...(await card) });
  });

  async function shownCard(
    locationId: string,
    read: Parameters<typeof cardFor>[2],
  ): Promise<ShownCard | undefined> {
    const database = parts.database();
    if (!database) return undefined;
    if (!lookups.allows(locationId, now())) {
      metrics.count('cards_total', { outcome: 'too many' });
      return undefined;
    }
    const found = await Promise.race([
      cardFor(database, locationId, read).catch(() => 'failed' as const),
      sleep(CARD_PATIENCE_MS, 'failed' as const, { ref: false }),
    ]);
    const outcome =
      found === 'failed' ? 'failed' : !found ? 'none' : found.isVerified ? 'verified' : 'not verified';
    metrics.count('cards_total', { outcome });
    return found === 'failed' ? undefined : found?.card;
  }

  app.post('/highlevel', async (context) => {
    const body = await bodies.read(context.req.raw, MAX_BODY_BYTES);
    const signature = context.req.header(HIGHLEVEL_SIGNATURE) ?? '';
    if (!isSigned(body, signature)) {
      metrics.count('events_total', { source: 'highlevel', outcome: 'not signed' });
      return context.json({ error: 'The body is not signed by HighLevel.' }, 401);
    }
    const event = highLevelEvent(body, signature, { receivedAt: now(), appId: config.highlevelAppId });
    if (event) await intake.take(event);
    else metrics.count('events_total', { source: 'highlevel', outcome: 'not for us' });
    return context.json({ ok: true });
  });

  /** The body of a request that the app has signed; undefined when it did not. */
  async function signedBody(context: Context): Promise<{ body: string; database: Database } | undefined> {
    const body = await bodies.read(context.req.raw, MAX_REQUEST_BYTES);
    const { pathname, search } = new URL(context.req.url);
    const signed = verifySignature(config.requestKeys, context.req.header(SIGNATURE_HEADER), {
      method: context.req.method,
      path: pathname + search,
      body,
    });
    if (!signed || Math.abs(now() / 1000 - signed.at) > MAX_AGE_SECONDS) return undefined;
    const database = parts.database();
    if (!database) throw new Error('The database is not ready yet.');
    // The nonce is kept until the signature is too old, by whichever clock.
    return (await useNonce(database, signed.nonce, 3 * MAX_AGE_SECONDS)) ? { body, database } : undefined;
  }

  const notSigned = (context: Context) => context.json({ error: 'The request is not signed.' }, 401);

  app.post('/subscriptions', async (context) => {
    const signed = await signedBody(context);
    if (!signed) return notSigned(context);
    const wanted = parsed(NewSubscription, json(signed.body));
    if (!isTarget(wanted.targetUrl, config.loopbackTargets))
      throw new InputError("The target URL is not one of Zapier's.");
    const made = await subscribe(signed.database, { id: randomUUID(), ...wanted });
    if (!made) throw new InputError('This location has too many subscriptions.');
    log('info', 'subscribed', { id: made.id, source: wanted.source, location: wanted.locationId });
    return context.json({ id: made.id, expiration_date: made.expiresAt.toISOString() }, 201);
  });

  app.delete('/subscriptions/:id', async (context) => {
    const signed = await signedBody(context);
    if (!signed) return notSigned(context);
    const { locationId } = parsed(z.object({ locationId: location }), context.req.query());
    await unsubscribe(signed.database, locationId, context.req.param('id'));
    log('info', 'unsubscribed', { id: context.req.param('id').slice(0, 40), location: locationId });
    return context.body(null, 204);
  });

  app.get('/events', async (context) => {
    const signed = await signedBody(context);
    if (!signed) return notSigned(context);
    const query = parsed(ListQuery, context.req.query());
    const events = query.limit === 0 ? [] : await latestEvents(signed.database, query);
    const generation = parts.lowestGeneration(query.locationId);
    return context.json({
      events: events.map(({ id, type, body, signature, received_at: at }) => ({
        id,
        type,
        receivedAt: at.toISOString(),
        body,
        signature,
      })),
      ...(query.source === 'jivochat' && {
        address: addressOf(config.addressKeys[0] ?? '', { locationId: query.locationId, generation }),
      }),
    });
  });

  app.put('/cards', async (context) => {
    const signed = await signedBody(context);
    if (!signed) return notSigned(context);
    await putCard(signed.database, parsed(Card, json(signed.body)));
    return context.body(null, 204);
  });

  app.delete('/cards', async (context) => {
    const signed = await signedBody(context);
    if (!signed) return notSigned(context);
    const query = parsed(z.object({ locationId: location, contactId: location }), context.req.query());
    await deleteCard(signed.database, query.locationId, query.contactId);
    return context.body(null, 204);
  });

  app.get('/health', async (context) => {
    const database = parts.database();
    const isReady = await Promise.race([
      database?.query('SELECT 1').then(
        () => true,
        () => false,
      ),
      sleep(1_000, false, { ref: false }),
    ]);
    // Not ready still takes events, into the spool.
    return context.json({ ready: isReady === true }, isReady === true ? 200 : 503);
  });

  app.get('/metrics', async (context) => context.text(metrics.text(await parts.gauges())));

  app.notFound((context) => context.json({ error: 'There is nothing here.' }, 404));
  return app;
}

/** Whether a subscription may send there: Zapier's hooks, or this machine in tests. */
function isTarget(url: string, allowLoopback: boolean): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, username, password } = new URL(url);
  if (username || password) return false;
  if (allowLoopback && isLoopback(hostname)) return true;
  return protocol === 'https:' && hostname === 'hooks.zapier.com' && port === '';
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InputError('The body is not JSON.');
  }
}

function parsed<T>(shape: z.ZodType<T>, value: unknown): T {
  const { data, error } = shape.safeParse(value);
  if (data !== undefined) return data;
  const issue = error?.issues[0];
  throw new InputError(`${issue?.path.join('.') ?? 'The body'}: ${issue?.message ?? 'is invalid'}`);
}
