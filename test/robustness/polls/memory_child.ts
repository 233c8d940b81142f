import app from '../../../index.ts';
import { Zapier } from '../../support/zapier/zapier.ts';

// Turns a trigger on in a separate process with limited memory, and prints how many records were returned.
const [url = '', key = ''] = process.argv.slice(2);
const zapier = new Zapier(app, {
  authData: { access_token: 'token', locationId: 've9EPM428h8vShlRW1KT' },
  environment: { HIGHLEVEL_API_URL: url },
});
const learned = await zapier.call(
  `triggers.${key}.operation.perform`,
  { tag: 'vip' },
  { isPopulatingDedupe: true },
);
process.stdout.write(`learned ${Array.isArray(learned) ? learned.length : 'nothing'}\n`);
process.exit(0);
