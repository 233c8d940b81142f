import { createServer } from 'node:http';

/** What has arrived at the hooks. */
export interface HookReport {
  total: number;
  /** Different events at different hooks. */
  distinct: number;
  /** From the sending of an event to its delivery, in ms; the latest ones. */
  lags: number[];
}

const MAX_LAGS = 100_000;
const seen = new Set<string>();
const lags: number[] = [];
let total = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.end('{"status":"success"}');
    total += 1;
    const key = `${request.url} ${String(request.headers['x-relay-event-id'])}`;
    if (seen.has(key)) return;
    seen.add(key);
    const sent = /"sent_at":(\d+)/.exec(Buffer.concat(chunks).toString())?.[1];
    if (lags.length < MAX_LAGS) lags.push(Date.now() - Number(sent));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
process.on('message', () => {
  const report: HookReport = { total, distinct: seen.size, lags };
  process.send?.(report);
});
process.on('disconnect', () => process.exit());
