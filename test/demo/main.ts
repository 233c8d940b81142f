import { readOptions } from '../support/command_line.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { builtApp } from '../support/zapier/built.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { Zapier } from '../support/zapier/zapier.ts';
import { playBack } from './back.ts';
import { playLeads } from './leads.ts';
import { playRelay } from './relay.ts';

readOptions(
  'npm run demo: plays JivoChat events through the built app into a sandbox of HighLevel, on this machine only.',
  {},
);

const app = await builtApp();

const sandbox = await startSandbox({ contacts: 20 });
try {
  const zapier = new Zapier(app, { ...accountOf(sandbox), timezone: 'America/New_York' });
  const wrong = [
    ...(await playLeads(zapier, sandbox)),
    ...(await playBack(zapier, sandbox)),
    ...(await playRelay(sandbox)),
  ];
  console.log(
    wrong.length === 0 ? '\nEverything is as expected.' : `\nNot as expected:\n  ${wrong.join('\n  ')}`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await sandbox.close();
}
