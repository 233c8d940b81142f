import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { accountOf, asSettings } from '../zapier/connect.ts';
import { startSandbox } from './sandbox.ts';
import { windowPage } from './window.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    contacts: { type: 'string', default: '200' },
    env: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`npm run sandbox -- [options]: a HighLevel for this machine, with people in it.

  --port N       the port on 127.0.0.1 (4010)
  --contacts N   how many contacts stand there at first (200)
  --env FILE     writes the settings for zapier-platform invoke into FILE, mostly .env`);
  process.exit(0);
}

const count = Number(values.contacts);
if (count > 20_000) console.log(`Seeding ${count.toLocaleString('en')} contacts …`);
const sandbox = await startSandbox({
  port: Number(values.port),
  contacts: count,
  tasks: 20,
  page: windowPage,
});
// The same token each time, so that the settings outlive a restart.
const { authData, environment } = accountOf(sandbox, { accessToken: 'sandbox-access-token' });
const settings = Object.entries({ ...environment, ...asSettings(authData) })
  .map(([name, value]) => `${name}='${value}'\n`)
  .join('');
if (values.env) writeFileSync(values.env, settings);

const contact = [...sandbox.store.contacts.values()].at(-1);
console.log(`HighLevel's sandbox is at ${sandbox.url}, with ${sandbox.store.contacts.size} contacts. Stop it with Ctrl+C.
Open that address in a browser to watch it.

${values.env ? `${values.env} now points zapier-platform invoke at it.` : `Put this into .env (or start with --env .env):\n\n${settings}`}
In another terminal, after npm run build:

  npx zapier-platform invoke auth test
  npx zapier-platform invoke trigger new_contact
  npx zapier-platform invoke search find_contact -i '{"email":"${contact?.email}"}'
  npx zapier-platform invoke create create_task -i '{"contactId":"${contact?.id}","title":"Call back","dueDate":"2026-12-31"}'

What it was asked:        curl ${sandbox.url}/__sandbox/log
What stands in it:        curl ${sandbox.url}/__sandbox/state
Make the next call fail:  curl -X POST ${sandbox.url}/__sandbox/fail -d '{"status":503}'
`);
