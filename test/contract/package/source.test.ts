import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

const ROOT = join(__dirname, '../../..');
const files = sourceOf(ROOT);
const names = Object.keys(files);

/** The files of a folder's build/source.zip, which `zapier-platform pull` gives back. */
function sourceOf(folder: string): Record<string, Uint8Array> {
  return unzipSync(new Uint8Array(readFileSync(join(folder, 'build/source.zip'))));
}

describe('Source archive', () => {
  test('contains the project as it is in the repository', () => {
    expect(names).toEqual(
      expect.arrayContaining([
        '.env.example',
        '.github/workflows/test.yml',
        '.gitignore',
        '.npmrc',
        '.nvmrc',
        '.zapierapprc',
        'README.md',
        'creates/create_task.ts',
        'docs/publishing.md',
        'index.ts',
        'lib/base/text.ts',
        'package-lock.json',
        'package.json',
        'scripts/package',
        'scripts/test.cjs',
        'test/contract/package/source.test.ts',
        'tsconfig.json',
      ]),
    );
    const changed = names.filter(
      (name) => !readFileSync(join(ROOT, name)).equals(files[name] ?? new Uint8Array()),
    );
    expect(changed).toEqual([]);
  });

  test('contains the scripts that build and test the project', () => {
    const { scripts } = JSON.parse(Buffer.from(files['package.json'] ?? []).toString());
    expect(scripts).toMatchObject({
      build: expect.any(String),
      test: expect.stringMatching(/ scripts\/test\.cjs$/),
      push: expect.any(String),
    });
  });

  test('contains nothing that is built or installed, and no secrets', () => {
    const others =
      /^(?:node_modules|dist|build|coverage|\.git)\/|^(?:definition\.json|zapierwrapper\.js)$|\.(?:env|log|zip|map|pem|key|p12)$|(?:^|\/)\.(?:env(?!\.example$)|zapierrc)/;
    expect(names.filter((name) => others.test(name))).toEqual([]);
  });

  test('is the project: unzipped into an empty folder without git, it makes the same archive', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'source-')));
    try {
      // As `pull` writes them: without the permission to execute.
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      // What a developer's folder contains besides.
      symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      for (const own of ['.env', 'test/.env', 'debug.log', 'coverage/index.html', 'build/old.txt']) {
        mkdirSync(dirname(join(folder, own)), { recursive: true });
        writeFileSync(join(folder, own), 'CLIENT_SECRET=none');
      }
      await promisify(execFile)('npm', ['run', '--silent', 'package'], {
        cwd: folder,
        env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder) },
      });
      expect(sourceOf(folder)).toEqual(files);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
