import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isObject } from '../../lib/base/json.ts';
import { readOptions, refuse, wholeNumber } from '../support/command_line.ts';
import { progress } from '../support/progress.ts';
import { accountOf, asSettings } from '../support/zapier/connect.ts';
import { faultTable } from './faults.ts';
import { startSandbox } from './sandbox.ts';

const options = readOptions(
  `npm run sandbox -- [options]: a mock of HighLevel on this machine, with sample contacts.

  --port N       the port on 127.0.0.1 (4010)
  --relay        also starts a relay, so that the page shows its card
  --contacts N   the number of contacts at the start (200)
  --env FILE     writes the settings for zapier-platform invoke to FILE, usually .env

To see how a step handles a failing HighLevel, post a fault while the sandbox runs:

  curl -X POST http://127.0.0.1:4010/__sandbox/fail -d '{"status":503,"times":9}'

Its properties:

${faultTable}`,
  {
    port: { type: 'string', default: '4010' },
    contacts: { type: 'string', default: '200' },
    env: { type: 'string' },
    relay: { type: 'boolean', default: false },
  },
);
const port = wholeNumber('port', options.port, 65_535);
const count = wholeNumber('contacts', options.contacts, 1_000_000);
const file = options.env;
// Keeps other settings in the file, which may be those of a real account.
if (
  file &&
  existsSync(file) &&
  !readFileSync(file, 'utf8').includes("HIGHLEVEL_API_URL='http://127.0.0.1:")
) {
  refuse(`${file} has other settings. Move it, or choose another file.`);
}

console.log(`Starting the sandbox with ${count.toLocaleString('en')} contacts …`);
if (options.relay) {
  const { demoRelay } = await import('../demo/start_relay.ts');
  const relay = await demoRelay();
  Object.assign(process.env, relay.environment);
  console.log(`The relay is at ${relay.url}.`);
}
// The edition is chosen when the app is loaded.
const { windowPage } = await import('./window.ts');
const sandbox = await startSandbox({
  port,
  contacts: count,
  tasks: 20,
  page: windowPage,
  ...(count > 20_000 && { onSeeded: progress('Contacts', count) }),
}).catch((error: unknown) => {
  if (!isObject(error) || error.code !== 'EADDRINUSE') throw error;
  return refuse(`Port ${port} is in use. Stop the other sandbox, or choose another port: --port ${port + 1}`);
});
// The same tokens each time, so that the settings outlive a restart.
const { authData, environment } = accountOf(sandbox, {
  accessToken: 'sandbox-access-token',
  refreshToken: 'sandbox-refresh-token',
});
const settings = Object.entries({ ...environment, ...asSettings(authData) })
  .map(([name, value]) => `${name}='${value}'\n`)
  .join('');
if (file) writeFileSync(file, settings);

const contact = [...sandbox.store.contacts.values()].at(-1);
const invoke = 'npx zapier-platform invoke';
const withContact = contact
  ? [
      `  ${invoke} search find_contact --non-interactive -i '{"email":"${contact.email}"}'`,
      `  ${invoke} create create_task --non-interactive -i '{"contactId":"${contact.id}","title":"Call back","dueDate":"2026-12-31"}'`,
    ]
  : [];
console.log(`HighLevel's sandbox is at ${sandbox.url}, with ${sandbox.store.contacts.size} contacts. Stop it with Ctrl+C.
Open that address in a browser to watch it.

${file ? `zapier-platform invoke uses it now, with the settings in ${file}.` : `Put this into .env (or start with --env .env):\n\n${settings}`}
In another terminal, after npm run build:

${[`  ${invoke} auth test`, `  ${invoke} trigger new_contact --non-interactive`, ...withContact].join('\n')}

Which requests it got:      curl ${sandbox.url}/__sandbox/log
What it contains:           curl ${sandbox.url}/__sandbox/state
Make requests fail:         curl -X POST ${sandbox.url}/__sandbox/fail -d '{"status":503,"times":9}'
Which faults there are:     curl ${sandbox.url}/__sandbox/fail
Clear log and failures:     curl -X POST ${sandbox.url}/__sandbox/reset
`);
