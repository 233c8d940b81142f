import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import * as z from 'zod';
import App from '../../../index.ts';
import { pushingTo, startPlatform, type Platform } from '../../support/zapier/platform.ts';

const ROOT = join(__dirname, '../../..');

let folder: string;
let platform: Platform;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'push-'));
  platform = await startPlatform();
  writeFileSync(join(folder, 'linked.json'), platform.linked);
});

afterAll(async () => {
  await platform.close();
  rmSync(folder, { recursive: true });
});

test('push validates the definition, then uploads the zip and the source as the given version', async () => {
  const env = { ...process.env, ...pushingTo(platform, join(folder, 'linked.json')) };
  await promisify(execFile)('npm', ['run', 'push', '--', '--snapshot', 'trial'], { cwd: ROOT, env });

  const check = z.object({
    app_id: z.number(),
    app_definition: z.looseObject({ creates: z.looseObject({}) }),
  });
  const { app_id, app_definition } = check.parse(platform.sent.get('POST /api/platform/cli/check'));
  expect(app_id).toBe(123);
  expect(Object.keys(app_definition.creates)).toEqual(Object.keys(App.creates ?? {}));

  const upload = z.object({ zip_file: z.string(), source_zip_file: z.string() });
  const { zip_file, source_zip_file } = upload.parse(
    platform.sent.get('PUT /api/platform/cli/apps/123/versions/0.0.0-trial'),
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
});
