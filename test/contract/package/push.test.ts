import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import * as z from 'zod';
import App from '../../../index.ts';

const ROOT = join(__dirname, '../../..');

/** The requests sent to Zapier, by method and path. */
const sent = new Map<string, unknown>();
// Before it uploads, zapier-platform asks Zapier whether the integration exists and its definition is valid.
const integration = {
  id: 123,
  title: 'Trial',
  description: 'Trial is a thing that is described in a sentence.',
  app_category: 'crm',
  intention: 'private',
  role: 'employee',
  status: 'private',
};
const passed = { errors: { total_failures: 0, results: [] }, warnings: { total_failures: 0, results: [] } };

let folder: string;
let zapier: Server;
let address: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'push-'));
  writeFileSync(join(folder, 'linked.json'), JSON.stringify({ id: integration.id, key: 'App123' }));
  zapier = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => {
    zapier.listen(0, '127.0.0.1', resolve);
  });
  const bound = zapier.address();
  address = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`;
});

afterAll(async () => {
  await new Promise((resolve) => {
    zapier.close(resolve);
    zapier.closeAllConnections();
  });
  rmSync(folder, { recursive: true });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  sent.set(`${request.method} ${request.url}`, body === '' ? undefined : JSON.parse(body));
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(request.url?.endsWith('/check') ? passed : integration));
}

test('push validates the definition, then uploads the zip and the source as the given version', async () => {
  const env = {
    ...process.env,
    ZAPIER_BASE_ENDPOINT: address,
    ZAPIER_CURRENT_APP_FILE: join(folder, 'linked.json'),
    ZAPIER_DEPLOY_KEY: 'none',
    DISABLE_ZAPIER_ANALYTICS: '1',
    NO_UPDATE_NOTIFIER: '1',
  };
  await promisify(execFile)('npm', ['run', 'push', '--', '--snapshot', 'trial'], { cwd: ROOT, env });

  const check = z.object({
    app_id: z.number(),
    app_definition: z.looseObject({ creates: z.looseObject({}) }),
  });
  const { app_id, app_definition } = check.parse(sent.get('POST /api/platform/cli/check'));
  expect(app_id).toBe(integration.id);
  expect(Object.keys(app_definition.creates)).toEqual(Object.keys(App.creates ?? {}));

  const upload = z.object({ zip_file: z.string(), source_zip_file: z.string() });
  const { zip_file, source_zip_file } = upload.parse(
    sent.get('PUT /api/platform/cli/apps/123/versions/0.0.0-trial'),
  );
  const zip = Buffer.from(zip_file, 'base64');
  expect(zip.equals(readFileSync(join(ROOT, 'build/build.zip')))).toBe(true);
  expect(Object.keys(unzipSync(new Uint8Array(zip)))).toEqual(
    expect.arrayContaining([
      'zapierwrapper.js',
      'definition.json',
      'dist/index.js',
      'node_modules/zapier-platform-core/package.json',
    ]),
  );
  const source = Buffer.from(source_zip_file, 'base64');
  expect(source.equals(readFileSync(join(ROOT, 'build/source.zip')))).toBe(true);
  expect(Object.keys(unzipSync(new Uint8Array(source)))).toEqual(
    expect.arrayContaining(['index.ts', 'lib/highlevel/client.ts', 'package-lock.json', 'scripts/package']),
  );
}, 120_000);
