import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';

const CHILD = new URL('memory_child.ts', import.meta.url).pathname;
const DATE = '2026-01-28T12:00:00.000Z';

/** A page of 500 contacts with 100 custom fields each, whose ids begin with PAGE. */
const PAGE = JSON.stringify({
  contacts: Array.from({ length: 500 }, (_, index) => ({
    id: `PAGEx${index}`,
    tags: ['vip'],
    customFields: Array.from({ length: 100 }, (__, field) => ({
      id: `field${String(field).padStart(15, '0')}`,
      value: `The value of field ${field}, as long as people write`,
    })),
    dateAdded: DATE,
    dateUpdated: DATE,
  })),
  total: 10_000,
});

let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { page } = JSON.parse(Buffer.concat(chunks).toString());
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(PAGE.replaceAll('PAGE', `p${page}`));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test.each(['updated_contact', 'contact_tagged'])(
  '%s fills the dedupe table with 10,000 contacts of 100 custom fields in 128 MB',
  async (key) => {
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const flags = ['--max-old-space-size=128', '--disable-warning=ExperimentalWarning'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, CHILD, url, key], {
      env: { ...process.env, NODE_ENV: 'test' },
    });
    // The exact number depends on the machine's load, but the process must survive and read far more than its memory holds.
    const learned = Number(/learned (\d+)/.exec(stdout)?.[1]);
    expect(learned).toBeGreaterThanOrEqual(2_500);
  },
);
