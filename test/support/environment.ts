import { stayAlive } from './one_process.ts';

stayAlive();

// Tests choose their edition and settings themselves: nothing that the shell has set for a build or a live run gets in.
for (const name of [
  'HIGHLEVEL_AUTH',
  'HIGHLEVEL_API_URL',
  'HIGHLEVEL_WEBHOOK_KEY',
  'CLIENT_ID',
  'CLIENT_SECRET',
  'RELAY_URL',
  'RELAY_KEY',
])
  Reflect.deleteProperty(process.env, name);
