import { pathToFileURL } from 'node:url';
import { isObject } from '../../lib/json.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { accountOf } from '../zapier/connect.ts';
import { Zapier } from '../zapier/zapier.ts';
import { playBack } from './back.ts';
import { playLeads } from './leads.ts';

if (process.argv.includes('--help')) {
  console.log(
    'npm run demo: plays JivoChat events through the built app into a sandbox of HighLevel, on this machine only.',
  );
  process.exit(0);
}

const built: unknown = await import(pathToFileURL('dist/index.js').href);
if (!isObject(built) || !isObject(built.default))
  throw new Error('dist/index.js is not the built app: run npm run build.');

const sandbox = await startSandbox({ contacts: 20 });
try {
  const zapier = new Zapier(built.default, { ...accountOf(sandbox), timezone: 'America/New_York' });
  const wrong = [...(await playLeads(zapier, sandbox)), ...(await playBack(zapier, sandbox))];
  console.log(
    wrong.length === 0 ? '\nAll as it should be.' : `\nNot as it should be:\n  ${wrong.join('\n  ')}`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await sandbox.close();
}
