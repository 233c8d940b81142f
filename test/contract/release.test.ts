import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import app from '../../index.ts';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const keysOf = (part: unknown): string[] => Object.keys(z.record(z.string(), z.unknown()).parse(part));

describe('CHANGELOG.md, read by zapier-platform promote', () => {
  const Changes = z.object({
    changelog: z.string(),
    appMetadata: z
      .array(z.object({ app_change_type: z.string(), action_type: z.string(), action_key: z.string() }))
      .optional(),
  });
  const changesOf = async (version: string) =>
    Changes.parse(
      await createRequire(__filename)('zapier-platform-cli/src/utils/changelog').getVersionChangelog(
        version,
        ROOT,
      ),
    );

  test('describes the version of package.json, and nothing of other versions', async () => {
    const { changelog } = await changesOf(packageJson.version);
    expect(changelog.length).toBeGreaterThan(200);
    expect(changelog).not.toMatch(/^## /m);
    expect(changelog).not.toMatch(/\]\((?!https:)/);
  });

  test('names only operations that exist', async () => {
    const known = {
      read: keysOf(app.triggers),
      write: keysOf(app.creates),
      search: keysOf(app.searches),
    };
    const { appMetadata = [] } = await changesOf(packageJson.version);
    expect(appMetadata.length).toBeGreaterThan(5);
    const named = appMetadata.map(({ action_type, action_key }) => `${action_type} ${action_key}`);
    const all = Object.entries(known).flatMap(([type, keys]) => keys.map((key) => `${type} ${key}`));
    expect(named.filter((one) => !all.includes(one))).toEqual([]);
  });
});

describe('The workflows', () => {
  const workflows = readdirSync(join(ROOT, '.github/workflows')).map((file) => ({
    file,
    text: read(`.github/workflows/${file}`),
  }));

  test('run the tests for each push, push each tag, and migrate by hand', () => {
    const starts = workflows.map(({ file, text }) => `${file} ${/^on:\n +(\w+):/m.exec(text)?.[1]}`);
    expect(starts).toEqual(['migrate.yml workflow_dispatch', 'release.yml push', 'test.yml push']);
  });

  test.each(workflows)('$file runs what exists, and knows no secret but the deploy key', ({ text }) => {
    const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
    const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
    expect(secrets.filter((name) => name !== 'ZAPIER_DEPLOY_KEY')).toEqual([]);
    // An input inside a command could be a command.
    expect(text).not.toMatch(/run:.*\$\{\{/);
  });
});

describe('.env', () => {
  test('is ignored by git, and .env.example is not', () => {
    const ignored = spawnSync('git', ['check-ignore', '--no-index', '.env', '.env.example'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    // Without a repository, such as a folder from `zapier-platform pull`, git names nothing.
    expect(ignored.status === 128 ? '.env\n' : ignored.stdout).toBe('.env\n');
    expect(read('.gitignore').split('\n')).toContain('.env');
  });

  test('.env.example names the settings of both editions, and holds none', () => {
    const settings = [...read('.env.example').matchAll(/^(\w+)=(.*)$/gm)];
    expect(settings.map(([, name]) => name)).toEqual([
      'CLIENT_ID',
      'CLIENT_SECRET',
      'authData_access_token',
      'authData_locationId',
      'authData_jivoChatChannelSecret',
    ]);
    expect(settings.filter(([, , value]) => value !== '')).toEqual([]);
  });
});

describe('The version of Node', () => {
  const onNode = (version: string) =>
    spawnSync(
      process.execPath,
      [
        '-e',
        `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });
         require(${JSON.stringify(join(ROOT, 'scripts/check_node.cjs'))})`,
      ],
      { encoding: 'utf8' },
    );

  test.each(['22.18.0', '22.23.3', '24.0.0', read('.nvmrc').trim()])('%s is new enough', (version) => {
    expect(onNode(version)).toMatchObject({ status: 0, stderr: '' });
  });

  test.each(['20.20.2', '22.17.1', '18.0.0'])('%s is too old, which one sentence says', (version) => {
    const { status, stderr } = onNode(version);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^This needs Node 22\\.18 or newer, and runs on Node ${version}\\. .+\\n$`),
    );
  });

  test('is checked first by every npm script that runs this project’s code', () => {
    const unchecked = Object.entries(packageJson.scripts).filter(
      ([, script]) =>
        /\b(?:node|jest|bash|npm run) /.test(`${script} `) && !script.startsWith('node scripts/check_'),
    );
    expect(unchecked).toEqual([]);
  });
});

describe('zapier-platform in a checkout', () => {
  /** Runs the check as a child of a process with the command line of `zapier-platform …words`. */
  const checked = (...words: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'command-'));
    try {
      const file = join(folder, 'zapier-platform');
      writeFileSync(
        file,
        `process.exitCode = require('node:child_process').spawnSync(process.execPath, [${JSON.stringify(join(ROOT, 'scripts/check_command.cjs'))}], { stdio: 'inherit' }).status`,
      );
      return spawnSync(process.execPath, [file, ...words], { encoding: 'utf8' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const hasPs = () => {
    try {
      return execFileSync('ps', ['-o', 'args=', '-p', String(process.pid)], { encoding: 'utf8' }) !== '';
    } catch {
      return false;
    }
  };

  if (hasPs()) {
    test.each([
      ['push', 'push'],
      ['build', 'package'],
    ])('%s is stopped with the script to run instead', (command, script) => {
      const { status, stderr } = checked(command);
      expect(status).toBe(1);
      expect(stderr).toContain(`Run npm run ${script} instead`);
    });
  }

  test.each([['validate'], ['test'], ['build', '--skip-dep-install']])('%s runs', (...words) => {
    expect(checked(...words)).toMatchObject({ status: 0, stderr: '' });
  });
});
