import { faults } from './mutant.ts';

export const outside = [
  ...faults(
    'relay/store.ts',
    ['test/relay/routes.test.ts', 'test/relay/intake.test.ts'],
    [
      {
        breaks: 'delivers events of one type to all',
        find: 'return types.length === 0 || types.includes(normalizedName(event.type));',
        replace: 'return true;',
      },
      {
        breaks: 'delivers to Zaps whose subscription has ended',
        find: 'WHERE location_id = ANY($1::text[]) AND expires_at > now()`',
        replace: 'WHERE location_id = ANY($1::text[])`',
      },
      {
        breaks: 'takes a change back to an earlier state for a repeat',
        find: 'AND (known.fingerprint <> excluded.fingerprint\n            OR excluded.received_at > known.expires_at)',
        replace: 'AND excluded.received_at > known.expires_at',
      },
      {
        breaks: 'takes every repeat for new',
        find: 'AND (known.fingerprint <> excluded.fingerprint\n            OR excluded.received_at > known.expires_at)',
        replace: '',
      },
      {
        breaks: 'shows the events of a deleted contact',
        find: ' AND NOT hidden',
        replace: '',
      },
      {
        breaks: 'lets a location end the subscription of another',
        find: "'DELETE FROM relay.subscriptions WHERE location_id = $1 AND id = $2'",
        replace: "'DELETE FROM relay.subscriptions WHERE length($1) > 0 AND id = $2'",
      },
      {
        breaks: 'takes a used nonce again',
        find: 'return rows.length === 1;',
        replace: 'return rows.length <= 1;',
      },
      {
        breaks: 'keeps the cards of a location that removed the app',
        find: "['events', 'latest', 'subscriptions', 'cards']",
        replace: "['events', 'latest', 'subscriptions']",
      },
      {
        breaks: 'stores HighLevel’s events that nobody wants',
        find: "event.source === 'jivochat' || subscribers.length > 0",
        replace: 'subscribers.length >= 0',
      },
      {
        breaks: 'takes more subscriptions than it says',
        find: ' < ${MAX_SUBSCRIPTIONS}',
        replace: ' <= ${MAX_SUBSCRIPTIONS}',
      },
    ],
  ),
  ...faults(
    'relay/app.ts',
    ['test/relay/routes.test.ts', 'test/relay/intake.test.ts'],
    [
      {
        breaks: 'takes HighLevel’s events without a signature',
        find: 'if (!isSigned(body, signature)) {',
        replace: "if (signature === '') {",
      },
      {
        breaks: 'takes a signed request of yesterday',
        find: '!signed || Math.abs(now() / 1000 - signed.at) > MAX_AGE_SECONDS',
        replace: '!signed',
      },
      {
        breaks: 'takes a signed request twice',
        find: '(await useNonce(database, signed.nonce, 3 * MAX_AGE_SECONDS)) ? { body, database } : undefined',
        replace: '{ body, database }',
      },
      {
        breaks: 'takes events at an address that was replaced',
        find: '!address || address.generation < parts.lowestGeneration(address.locationId)',
        replace: '!address',
      },
      {
        breaks: 'sends events to any host',
        find: "protocol === 'https:' && hostname === 'hooks.zapier.com' && port === ''",
        replace: "protocol === 'https:'",
      },
      {
        breaks: 'sends events to this machine',
        find: 'if (allowLoopback && isLoopback(hostname))',
        replace: 'if (isLoopback(hostname))',
      },
      {
        breaks: 'lets anyone try out emails',
        find: 'if (!lookups.allows(locationId, now())) {',
        replace: "if (locationId === '') {",
      },
      {
        breaks: 'answers 503 when it is full, after which HighLevel sends nothing again',
        find: "'Too much at the moment. Send it again later.' }, 429)",
        replace: "'Too much at the moment. Send it again later.' }, 503)",
      },
      {
        breaks: 'answers before the event is kept',
        find: '    await intake.take(event);\n    return context.json({ result',
        replace: '    void intake.take(event).catch(() => {});\n    return context.json({ result',
      },
      {
        breaks: 'leaves the query out of what is signed',
        find: 'path: pathname + search,',
        replace: 'path: pathname,',
      },
    ],
  ),
  ...faults(
    'relay/event.ts',
    ['test/relay/routes.test.ts', 'test/relay/intake.test.ts', 'test/relay/app.test.ts'],
    [
      {
        breaks: 'takes a signed event of any age',
        find: 'age > MAX_HIGHLEVEL_AGE_MS || age',
        replace: 'age',
      },
      {
        breaks: 'takes events of other apps',
        find: 'if (appId !== undefined && payload.appId !== undefined && payload.appId !== appId) return undefined;',
        replace: '',
      },
      {
        breaks: 'removes a location when another app is removed',
        find: ' && appId !== undefined && payload.appId === appId\n',
        replace: '\n',
      },
      {
        breaks: 'takes two events without IDs for one',
        find: 'about ?? fingerprint),\n    fingerprint,',
        replace: "about ?? ''),\n    fingerprint: '',",
      },
    ],
  ),
  ...faults(
    'relay/delivery.ts',
    ['test/relay/deliveries.test.ts', 'test/relay/routes.test.ts'],
    [
      {
        breaks: 'delivers to the Zap of another location',
        find: ' || target.location_id !== event.location_id)',
        replace: ')',
        invisible:
          'Jobs are made for subscriptions of the event’s own location alone, and no statement moves a subscription; the check guards against what somebody changes in the database by hand.',
      },
      {
        breaks: 'delivers without HighLevel’s signature',
        find: "...(event.signature !== null && { 'X-GHL-Signature': event.signature }),",
        replace: '',
      },
    ],
  ),
  ...faults(
    'relay/cards.ts',
    ['test/relay/routes.test.ts'],
    [
      {
        breaks: 'shows a card to a visitor who typed somebody’s email',
        find: 'const isVerified = verified.includes(best.key);',
        replace: 'const isVerified = keys.includes(best.key);',
      },
      {
        breaks: 'keeps the lines of a card that have no content',
        find: "content === null || content === ''",
        replace: 'content === null',
      },
    ],
  ),
  ...faults(
    'lib/zapier/operation.ts',
    [
      'test/requests/searches.test.ts',
      'test/requests/contacts/contact_triggers.test.ts',
      'test/requests/webhooks.test.ts',
      'test/requests/polls.test.ts',
    ],
    [
      {
        breaks: 'fails a search for a record that does not exist',
        find: "if (error instanceof ApiError && error.kind === 'not found') return [];",
        replace: '',
      },
      {
        breaks: 'fills the dedupe table with whole records',
        find: "if (mode === 'fill') return records.map((record) => keepOnly(record, primary));",
        replace: "if (mode === 'fill') return records;",
      },
      {
        breaks: 'turns a Zap off because of what others send to it',
        find: 'throw error instanceof InputError ? new Halt(error.message) : error;',
        replace: 'throw error;',
      },
      {
        breaks: 'takes the filling of the dedupe table for a sample',
        find: "isPopulatingDedupe ? 'fill' : isLoadingSample ? 'sample' : 'poll'",
        replace: "isLoadingSample ? 'sample' : isPopulatingDedupe ? 'fill' : 'poll'",
      },
    ],
  ),
  ...faults(
    'lib/zapier/oauth.ts',
    ['test/requests/connection/oauth.test.ts'],
    [
      {
        breaks: 'loses the new refresh token when the answer is lost',
        find: 'if (answers.every(isLost)) answers.push',
        replace: 'if (answers.length > 1) answers.push',
      },
      {
        breaks: 'ends a connection because of one 401',
        find: 'answers.every(({ status }) => status === 401)',
        replace: 'answers.some(({ status }) => status === 401)',
      },
      {
        breaks: 'loses an agency’s refresh token if the second step fails',
        find: 'if (connected && refresh_token && (saysNothing(answer) || isInactive(answer)))',
        replace: 'if (connected && refresh_token && isInactive(answer))',
      },
      {
        breaks: 'picks a sub-account for the user',
        find: 'approved.length === 1 ? approved[0]',
        replace: 'approved.length > 0 ? approved[0]',
      },
      {
        breaks: 'forgets the sub-account at a refresh',
        find: 'locationId: token.locationId || locationId',
        replace: 'locationId: token.locationId',
      },
      {
        breaks: 'stores the refresh token of the sub-account for the agency’s',
        find: 'return { ...data, ...(refresh_token && { refresh_token }) };',
        replace: 'return data;',
      },
      {
        breaks: 'shows secrets in the error of a refresh',
        find: 'maskText(error.message, secretsOf(authData).all)',
        replace: 'error.message',
      },
      {
        breaks: 'leaves the state out',
        find: '    state: textIn(state),\n',
        replace: '',
      },
      {
        breaks: 'repeats a refresh after a redirect',
        find: 'saysNothing(answer) && (answer.status < 300 || answer.status >= 400)',
        replace: 'saysNothing(answer)',
      },
    ],
  ),
  ...faults(
    'lib/zapier/connection_test.ts',
    [
      'test/requests/connection/oauth.test.ts',
      'test/requests/transport/unauthorized.test.ts',
      'test/scenarios/private_integration_token.test.ts',
    ],
    [
      {
        breaks: 'accepts a token for another sub-account',
        find: "error instanceof ApiError && error.kind === 'not permitted'",
        replace: 'error instanceof ApiError',
      },
      {
        breaks: 'tests no token that may not read the sub-account',
        find: "  await highlevel.request('POST /contacts/search', { body: { locationId, pageLimit: 1 } });\n",
        replace: '',
      },
      {
        breaks: 'labels a connection with a blank',
        find: '(await nameOf(highlevel))?.trim() || id',
        replace: '(await nameOf(highlevel)) ?? id',
      },
    ],
  ),
  ...faults(
    'lib/zapier/dropdowns.ts',
    ['test/requests/dropdowns.test.ts', 'test/requests/conversations/messages.test.ts'],
    [
      {
        breaks: 'shows two Jane Does alike',
        find: 'times.get(label) === 1 ? label',
        replace: 'true as boolean ? label',
      },
      {
        breaks: 'asks for a page that HighLevel refuses',
        find: ' && Number(page) * PER_PAGE < 10_000',
        replace: '',
      },
      {
        breaks: 'lists drafts before published workflows',
        find: "Number(a.remark !== '') - Number(b.remark !== '')",
        replace: "Number(b.remark !== '') - Number(a.remark !== '')",
      },
      {
        breaks: 'marks no inactive calendar',
        find: "isActive === false ? ' (inactive)' : ''",
        replace: "''",
      },
      {
        breaks: 'shows the HTML of a note',
        find: 'withoutMarkup(body).replace',
        replace: 'body.replace',
      },
      {
        breaks: 'lists completed tasks first',
        find: 'Number(a.completed) - Number(b.completed)',
        replace: 'Number(b.completed) - Number(a.completed)',
      },
      {
        breaks: 'fails where the connection may not list phone numbers',
        find: 'await ifReadable(read, { numbers: [] })',
        replace: 'await read',
      },
      {
        breaks: 'starts each page at the first company',
        find: "businesses: dropdown(async (highlevel, { page = '0' }) => {\n    const skip = Number(page);",
        replace:
          "businesses: dropdown(async (highlevel, { page = '0' }) => {\n    const skip = Number(page) * 0;",
      },
    ],
  ),
  ...faults(
    'lib/zapier/relay_hook.ts',
    ['test/relay/app.test.ts', 'test/scenarios/recipes.test.ts'],
    [
      {
        breaks: 'triggers twice for an event that is delivered twice',
        find: 'if (await highlevel.cache.get(key, z.literal(true))) return [];',
        replace: '',
      },
    ],
  ),
  ...faults(
    'lib/relay/delivered.ts',
    ['test/relay/app.test.ts'],
    [
      {
        breaks: 'takes an unsigned delivery for one of the relay',
        find: 'if (!verifySignature(relayKeys(), header(SIGNATURE_HEADER), covered))',
        replace: 'if (covered.method === undefined)',
      },
    ],
  ),
];
