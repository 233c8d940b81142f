import { setTimeout as sleep } from 'node:timers/promises';
import app from '../../index.ts';
import { apiUrl } from '../../lib/highlevel/base_url.ts';
import { isLiveAddress } from './connection.ts';
import { runLive } from './run.ts';

const {
  HIGHLEVEL_LIVE_TOKEN: token,
  HIGHLEVEL_LIVE_LOCATION: locationId,
  HIGHLEVEL_API_URL: given,
} = process.env;
// A run that could not start is not a success: exit code 1.
process.exitCode = 1;
if (!token || !locationId) {
  console.log(
    'Not run: set HIGHLEVEL_LIVE_TOKEN to a Private Integration Token of a test sub-account and HIGHLEVEL_LIVE_LOCATION to its id (docs/live.md).',
  );
} else if (given && !isLiveAddress(given)) {
  console.log('Not run: HIGHLEVEL_API_URL must be HighLevel or an address of this machine.');
} else {
  let stop = false;
  process.once('SIGINT', () => {
    stop = true;
    console.log('\nStopping. What was made is deleted first; press Ctrl+C again to leave it.');
  });
  const good = await runLive(
    app,
    { url: apiUrl(), token, locationId },
    {
      print: (line) => console.log(line),
      clock: { now: Date.now, sleep: (ms) => sleep(ms) },
      stopped: () => stop,
    },
  );
  process.exitCode = good ? 0 : 1;
}
