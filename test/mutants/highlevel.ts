import { faults } from './mutant.ts';

const REQUESTS = [
  'test/requests/transport/request.test.ts',
  'test/requests/transport/retry.test.ts',
  'test/requests/transport/api_request.test.ts',
  'test/requests/searches.test.ts',
];

export const highlevel = [
  ...faults(
    'lib/schema/parse_input.ts',
    ['test/unit/schema/parse_input.test.ts', 'test/requests/owners.test.ts'],
    [
      {
        breaks: 'takes a blank list for a value',
        find: ' ||\n    (Array.isArray(value) && value.every(isBlank))',
        replace: '',
      },
      {
        breaks: 'keeps "n/a" in a list of IDs',
        find: 'items.flatMap(split).filter((item) => !isNothing(item))',
        replace: 'items.flatMap(split)',
      },
      {
        breaks: 'finds choices with the same case only',
        find: 'value.toLowerCase() === given) ??',
        replace: 'value === given) ??',
      },
      {
        breaks: 'reports the first problem only',
        find: '    ...problems,\n',
        replace: '    ...problems.slice(0, 1),\n',
      },
      {
        breaks: 'lets half a character pass',
        find: 'return value.toWellFormed();',
        replace: 'return value;',
      },
      {
        breaks: 'lists every choice of a long list in the error',
        find: 'choices.length > MAX_CHOICES ?',
        replace: 'choices.length > 10 * MAX_CHOICES ?',
      },
      {
        breaks: 'takes a name without digits for an ID',
        find: '!ID.test(text) || (!/[\\d_]/.test(text) && text.length < 20)',
        replace: '!ID.test(text)',
      },
    ],
  ),
  ...faults('lib/highlevel/request.ts', REQUESTS, [
    {
      breaks: 'repeats a free POST',
      find: '!/^(?:POST|PATCH) /.test(name)',
      replace: '!/^(?:PATCH) /.test(name)',
    },
    {
      breaks: 'calls a repeated deletion a failure',
      find: "if (mayHaveHappened && name.startsWith('DELETE')",
      replace: "if (!mayHaveHappened && name.startsWith('DELETE')",
    },
    {
      breaks: 'calls the first deletion of a missing record a success',
      find: "if (mayHaveHappened && name.startsWith('DELETE')",
      replace: "if (name.startsWith('DELETE')",
    },
    {
      breaks: 'takes a refused deletion for one that happened',
      find: '} else mayHaveHappened = true;',
      replace: '}\n    mayHaveHappened = true;',
    },
    {
      breaks: 'counts a window from its first answer',
      find: 'passed(sentAt);',
      replace: 'passed(Date.now());',
    },
    {
      breaks: 'leaves a write no time to look it up',
      find: '(idempotent ? 0 : LOOK_RESERVE_MS)',
      replace: '0',
    },
    {
      breaks: 'asks although the permission is missing',
      find: 'if (!allows(run.bundle.authData, target.scope))',
      replace: 'if (!target.scope)',
    },
    {
      breaks: 'takes the sub-account in the path for a record',
      find: "name.replace('{locationId}', '').includes('{')",
      replace: "name.includes('{')",
    },
  ]),
  ...faults(
    'lib/highlevel/request.ts',
    ['test/requests/transport/unauthorized.test.ts'],
    [
      {
        breaks: 'takes an unclear answer to a test call for a stale token',
        find: "meanings.length === 0 || meanings.includes('stale') ? 'stale' : 'unclear'",
        replace: "'stale'",
      },
      {
        breaks: 'repeats a write that a valid token was refused',
        find: '        if (!idempotent)\n',
        replace: '        if (!idempotent && refusedBefore)\n',
      },
      {
        breaks: 'takes a page of the firewall for a good token',
        find: ' && !responses.isFirewall(status, data)',
        replace: '',
      },
      {
        breaks: 'does not repeat the only test call',
        find: "meaning === 'unclear' && tests.length === 1",
        replace: "meaning === 'unclear' && tests.length === 0",
      },
    ],
  ),
  ...faults(
    'lib/highlevel/retry.ts',
    ['test/unit/highlevel/retry.test.ts', 'test/requests/transport/retry.test.ts'],
    [
      {
        breaks: 'sends a request once too often',
        find: 'attempt >= ATTEMPTS',
        replace: 'attempt > ATTEMPTS',
      },
      {
        breaks: 'repeats a write with an unknown outcome',
        find: 'if (!idempotent || attempt',
        replace: 'if (attempt',
      },
      { breaks: 'waits the same time each time', find: ' * 2 ** (attempt - 1)', replace: '' },
      {
        breaks: 'believes in a window that lasts no time',
        find: '|| WINDOW_MS',
        replace: '?? WINDOW_MS',
      },
      {
        breaks: 'waits for longer than a day for a window',
        find: 'jittered(windowEndsIn, END_JITTER_MS)',
        replace: 'windowEndsIn + random * END_JITTER_MS',
      },
      {
        breaks: 'reads the burst interval as seconds',
        find: "waitIn(header('x-ratelimit-interval-milliseconds'), 1, now)",
        replace: "waitIn(header('x-ratelimit-interval-milliseconds'), 1_000, now)",
      },
      {
        breaks: 'waits for a daily limit in the run',
        find: 'if (daily === 0) {',
        replace: 'if (daily === -1) {',
      },
      { breaks: 'waits without jitter', find: 'wait + random * jitter, MAX', replace: 'wait, MAX' },
      { breaks: 'waits a whole window', find: 'window / 2);', replace: 'window);' },
      {
        breaks: 'waits longer than Retry-After says',
        find: 'told === undefined && windowEndsIn !== undefined',
        replace: 'windowEndsIn !== undefined',
      },
    ],
  ),
  ...faults(
    'lib/highlevel/burst_window.ts',
    ['test/requests/transport/retry.test.ts', 'test/requests/capture/turn.test.ts'],
    [
      {
        breaks: 'forgets when the window ends',
        find: 'endsIn: (windowMs) => left(ENDS, windowMs),',
        replace: 'endsIn: async () => undefined,',
      },
      {
        breaks: 'moves the window’s end with each request that gets through',
        find: 'if ((await left(ENDS, length)) === undefined) await store(',
        replace: 'await store(',
      },
      {
        breaks: 'lets a refused run wait for itself',
        find: 'isRefused = true;',
        replace: '',
      },
      {
        breaks: 'believes a clock that is ahead',
        find: 'ms > 0 && ms <= most',
        replace: 'ms > 0',
      },
      {
        breaks: 'lets new leads go before the stopped ones may',
        find: 'Math.max(windowMs, waitMs)',
        replace: 'windowMs',
      },
      {
        breaks: 'lets a short wait shorten the longer one of another run',
        find: 'Math.max(ownMs, await heldMs())',
        replace: 'ownMs',
      },
      {
        breaks: 'forgets that Zapier counts whole seconds',
        find: 'Math.ceil(Math.max(windowMs, waitMs) / 1000) * 1000',
        replace: 'Math.max(windowMs, waitMs)',
      },
      {
        breaks: 'holds new leads as long as Retry-After says',
        find: 'Math.min(Math.max(ownMs, await heldMs()), MAX_HELD_MS)',
        replace: 'Math.max(ownMs, await heldMs())',
      },
      {
        breaks: 'takes every window for ten seconds',
        find: 'length = windowMs;',
        replace: '',
      },
    ],
  ),
  ...faults(
    'lib/highlevel/error_responses.ts',
    [
      'test/requests/transport/error_responses.test.ts',
      'test/requests/transport/unauthorized.test.ts',
      'test/requests/searches.test.ts',
    ],
    [
      {
        breaks: 'takes an unknown path for a missing record',
        find: '.includes(status) || isUnknownAddress(message)',
        replace: '.includes(status)',
      },
      {
        breaks: 'takes a 400 with a timeout for a refusal',
        find: 'return status === 400 && TIMED_OUT.test(messageIn(data));',
        replace: 'return false;',
      },
      {
        breaks: 'shows the first of several validation errors',
        find: 'Array.isArray(message) ? message :',
        replace: 'Array.isArray(message) ? message.slice(0, 1) :',
      },
      { breaks: 'leaves the trace out', find: '${trace}.` : ', replace: '.` : ' },
      {
        breaks: 'takes a paused sub-account for an unknown 401',
        find: "return 'inactive location';",
        replace: "return 'unknown';",
      },
      {
        breaks: 'takes a 410 for a refusal',
        find: '![400, 404, 410].includes(status)',
        replace: '![400, 404].includes(status)',
      },
    ],
  ),
  ...faults(
    'lib/highlevel/transport.ts',
    [
      'test/requests/transport/request.test.ts',
      'test/requests/transport/retry.test.ts',
      'test/requests/transport/secrets.test.ts',
      'test/requests/transport/autoreplay.test.ts',
    ],
    [
      { breaks: 'sends no Version', find: '      Version: parts.version ?? versionOf(name),\n', replace: '' },
      {
        breaks: 'sends no Content-Type',
        find: "      ...(parts.body && { 'Content-Type': 'application/json' }),\n",
        replace: '',
      },
      {
        breaks: 'sends the blanks around a token',
        find: 'access_token?.trim()}`',
        replace: 'access_token}`',
      },
      {
        breaks: 'leaves the secrets in an error',
        find: 'status < 300 ? secrets.unique : secrets.all',
        replace: 'secrets.unique',
      },
      {
        breaks: 'lets a path part in the place of an ID',
        find: '!ID.test(value) || pathWords.has(value.toLowerCase())',
        replace: '!ID.test(value)',
      },
      {
        breaks: 'never learns HighLevel’s clock',
        find: 'run.clockOffset = date - Date.now()',
        replace: 'run.clockOffset = 0',
      },
      {
        breaks: 'sends a request that nobody waits for',
        find: 'if (left < MIN_TIME_LEFT_MS)',
        replace: 'if (left < 0)',
      },
    ],
  ),
  ...faults(
    'lib/highlevel/scopes.ts',
    ['test/unit/highlevel/scopes.test.ts', 'test/requests/connection/oauth.test.ts'],
    [
      {
        breaks: 'requests optional permissions of everybody',
        find: 'const basic = all.filter((scope) => !partOf(scope) && ',
        replace: 'const basic = all.filter((scope) => ',
      },
      {
        breaks: 'requests writing for who chose to read only',
        find: "level === 'full' || isRead(scope)",
        replace: 'true',
      },
      {
        breaks: 'uses what HighLevel granted without a choice',
        find: 'return isChosen && (!granted',
        replace: 'return (!granted',
      },
      {
        breaks: 'reads "no" as yes',
        find: 'YES.has(value.trim().toLowerCase())',
        replace: "value.trim() !== ''",
      },
    ],
  ),
  ...faults(
    'lib/highlevel/client.ts',
    [
      'test/requests/transport/cache.test.ts',
      'test/requests/dropdowns.test.ts',
      'test/requests/transport/retry.test.ts',
    ],
    [
      {
        breaks: 'lets a second run take a claim',
        find: 'if (before !== undefined) return before === claimant;',
        replace: '',
      },
      {
        breaks: 'forgets the window in the editor',
        find: 'burstWindow({ get: read, set: cache.set })',
        replace: 'burstWindow(cache)',
      },
      {
        breaks: 'shows the editor what is cached',
        find: '(bypassCache ? undefined : read(key, shape))',
        replace: 'read(key, shape)',
      },
      {
        breaks: 'shares cached values between connections',
        find: "stored.set(`${locationId}:${key}`, value, seconds, ['auth'])",
        replace: 'stored.set(`${locationId}:${key}`, value, seconds)',
      },
      {
        breaks: 'waits for each call to a cache that hangs',
        find: 'if (isSilent) return undefined;',
        replace: '',
      },
    ],
  ),
];
