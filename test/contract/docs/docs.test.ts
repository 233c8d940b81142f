import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import captureLead from '../../../creates/capture_jivochat_lead.ts';
import * as setBusiness from '../../../creates/set_business.ts';
import * as tagContacts from '../../../creates/tag_contacts.ts';
import { HOUR } from '../../../lib/base/dates.ts';
import * as texts from '../../../lib/base/text.ts';
import { ATTEMPT_TIMEOUT_MS, ATTEMPTS, RUN_BUDGET_MS } from '../../../lib/highlevel/retry.ts';
import * as jivochatEvents from '../../../lib/jivochat/event.ts';
import * as appointmentPolls from '../../../lib/polling/appointments.ts';
import * as searchPolls from '../../../lib/polling/search.ts';
import * as notePolls from '../../../lib/polling/notes.ts';
import * as taskPolls from '../../../lib/polling/tasks.ts';
import * as pollWindow from '../../../lib/polling/window.ts';
import { MAX_CALENDARS } from '../../../lib/resources/appointments.ts';
import * as businesses from '../../../lib/resources/businesses.ts';
import * as contacts from '../../../lib/resources/contacts.ts';
import * as location from '../../../lib/resources/location.ts';
import * as tasks from '../../../lib/resources/tasks.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import * as findContact from '../../../searches/find_contact.ts';
import * as findFreeSlots from '../../../searches/find_free_slots.ts';
import { bannedIn, commentsIn, editorTexts, proseOf, sourcesIn, testNamesIn, type Scope } from './words.ts';
import { read, root } from './write.ts';

const filesIn = (folder: string, ending: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => join(folder, file));

const docs = ['README.md', 'CHANGELOG.md', ...filesIn('docs', /\.md$/)].map((file) => ({
  file,
  text: read(file),
}));

/** The code in a page: spans between backticks, and blocks. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```.*\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  const spans = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)];
  return [...blocks, ...spans.map(([, code = '']) => code)];
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What `find` finds wrong in each page, with the page's name. */
function wrong(find: (text: string, file: string) => string[]): string[] {
  expect(docs.length).toBeGreaterThan(20);
  return docs.flatMap(({ file, text }) => find(text, file).map((what) => `${file}: ${what}`));
}

describe('The docs', () => {
  test('link to files and headings that exist', () => {
    const links = wrong((text, file) =>
      [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].flatMap(([, target = '']) => {
        const [path = '', anchor] = target.split('#');
        const linked = path === '' ? file : join(dirname(file), path);
        const isThere =
          existsSync(join(root, linked)) &&
          (anchor === undefined || anchorsIn(read(linked)).includes(anchor));
        return isThere ? [] : [target];
      }),
    );
    expect(links).toEqual([]);
  });

  test('name npm scripts that package.json has', () => {
    const named = wrong((text) =>
      [...text.matchAll(/npm run (?:-\S+ )*([\w:-]+)/g)].flatMap(([, script = '']) =>
        script in packageJson.scripts ? [] : [script],
      ),
    );
    expect(named).toEqual([]);
  });

  test('name files that exist', () => {
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    // Build output and installed packages may be missing.
    const made = new Set(['dist', 'dist-relay', '.relay', 'build', 'node_modules', 'coverage', '.git']);
    const ours = folders.map(({ name }) => name).filter((name) => !made.has(name));
    const isOurs = (word: string) =>
      ours.some((name) => word.startsWith(`${name}/`)) || /^[\w-]+\.(ts|md|json|svg)$/.test(word);
    const missing = wrong((text, file) =>
      codeIn(text)
        .flatMap((code) => code.split(/[\s'"=(),;]+/))
        .filter((word) => /^[\w./-]+$/.test(word) && isOurs(word))
        .filter((word) => ![root, join(root, dirname(file))].some((from) => existsSync(join(from, word)))),
    );
    expect(missing).toEqual([]);
  });

  test('name environment variables that some code reads', () => {
    const sources = [
      ...['lib', 'triggers', 'creates', 'searches', 'relay', 'test', 'bench', 'docs'].flatMap((folder) =>
        filesIn(folder, /\.ts$/),
      ),
      'index.ts',
      'authentication.ts',
      'package.json',
      'scripts/package',
      '.ci/run',
      ...filesIn('node_modules/zapier-platform-cli/src', /\.js$/),
    ].map(read);
    const isRead = (name: string) => {
      const reads = new RegExp(
        // Read and not set or deleted, destructured from process.env, in a shell script, or listed by Zapier's command line.
        `(?<!delete )(?:process\\.env|environment)\\.${name}\\b(?! = )|\\{[^{}]*\\b${name}\\b[^{}]*\\} = process\\.env|\\$\\{?${name}\\b|'${name}'`,
      );
      return sources.some((source) => reads.test(source));
    };
    const unread = wrong((text) =>
      codeIn(text).flatMap((code) =>
        [...code.matchAll(/(?<![\w.])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?!\w)/g)]
          .map(([name]) => name)
          .filter((name) => !isRead(name)),
      ),
    );
    expect(unread).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  test('gives the reason of each dependency, and of no other package', () => {
    const [, list = ''] = read('docs/CONTRIBUTING.md').split('## Dependencies');
    const named = [...list.matchAll(/^- (.+?): /gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    const { dependencies, devDependencies, overrides } = packageJson;
    expect(named.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted());
    expect(Object.keys(overrides).filter((name) => !list.includes(`\`${name}\``))).toEqual([]);
  });

  test.each([
    ['lib', 'Layers'],
    ['test', 'Tests'],
  ])('lists every folder of %s under %s, and no other', (folder, heading) => {
    const folders = readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const [, part = ''] = read('docs/CONTRIBUTING.md').split(`\n## ${heading}\n`);
    const [chapter = ''] = part.split('\n## ');
    const listed = [...chapter.matchAll(/^\| `([\w-]+)\/` \|/gm)].map(([, name = '']) => name);
    // What the tests run on is described below the table.
    const described = folders.filter((name) => chapter.includes(`\`${folder}/${name}/\``));
    expect([...listed, ...described].toSorted()).toEqual(folders.toSorted());
  });

  test('stays short', () => {
    expect(read('docs/CONTRIBUTING.md').split('\n').length).toBeLessThan(190);
  });
});

describe('CHANGELOG.md', () => {
  const changes = read('CHANGELOG.md');

  test('begins with the version of package.json', () => {
    expect(/^## (\S+)/m.exec(changes)?.[1]).toBe(packageJson.version);
  });

  test('has no relative links, which would be broken where Zapier shows it', () => {
    expect(changes).not.toMatch(/\]\((?!https:)/);
  });
});

describe('The decisions', () => {
  const records = readdirSync(join(root, 'docs/decisions'))
    .filter((file) => file !== 'README.md')
    .toSorted();

  test('are numbered without gaps, and listed by title', () => {
    const listed = [...read('docs/decisions/README.md').matchAll(/^(\d+)\. \[(.+)\]\((.+)\)$/gm)];
    expect(listed.map(([, number, title, file]) => `${file} # ${number}. ${title}`)).toEqual(
      records.map((file, index) => {
        expect(file.startsWith(String(index + 1).padStart(2, '0'))).toBe(true);
        return `${file} ${read(join('docs/decisions', file)).split('\n')[0]}`;
      }),
    );
  });

  test.each(records)('%s is half a page under the four headings', (file) => {
    const text = read(join('docs/decisions', file));
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'Consequences',
      'Revisit when',
    ]);
    expect(text.split(/\s+/).length).toBeLessThan(230);
  });
});

/** The text of a page, with `#` for the number, and the number from the code's limits. */
const FIGURES: [doc: string, phrase: string, number: number][] = [
  ['limits', 'up to # pages', searchPolls.MAX_PAGES_BY_CURSOR],
  ['limits', 'about # changes', searchPolls.MAX_PAGES_BY_CURSOR * contacts.PAGE_SIZE],
  ['limits', 'the # most recent contacts', searchPolls.MAX_BY_PAGE_NUMBER],
  ['limits', 'the newest # contacts or', searchPolls.FIRST_PAGE],
  ['limits', 'contacts or # tasks', taskPolls.MIN_RETURNED],
  ['limits', 'the first # contacts of the company', businesses.MAX_PAGES * businesses.PAGE_SIZE],
  ['limits', 'the # contacts with the most recent activity', notePolls.CONTACTS],
  ['limits', 'within # seconds', taskPolls.READ_WITHIN_MS / 1000],
  ['limits', 'at most # days ago', appointmentPolls.DAYS_BACK],
  ['limits', 'within the next # days', appointmentPolls.DAYS_AHEAD],
  ['limits', 'at most # calendars', MAX_CALENDARS],
  ['limits', 'at least # hour', HOUR / 3_600_000],
  ['limits', 'at most # hours', pollWindow.MAX_LENGTH / 3_600_000],
  ['limits', 'the first # tasks of the sub-account', tasks.MAX_TASKS],
  ['limits', 'longer than # characters', texts.MAX_LENGTH],
  ['limits', 'An event of more than #', jivochatEvents.MAX_CHARACTERS],
  ['limits', 'returns at most # contacts', findContact.MAX_RESULTS],
  ['limits', 'the first # characters', contacts.QUERY_LENGTH],
  ['limits', 'Find Contacts returns at most #', contacts.PAGE_SIZE],
  ['limits', 'searches the first # tasks', tasks.MAX_TASKS],
  ['limits', 'searches the first # companies', businesses.MAX_BUSINESSES],
  ['limits', 'ranges of up to # days', findFreeSlots.MAX_DAYS],
  ['limits', '# contacts at a time', setBusiness.CHUNK_SIZE],
  ['limits', '# contacts at a time', tagContacts.CHUNK_SIZE],
  ['limits', 'for # minutes', location.SECONDS / 60],
  ['limits', 'up to # leads every', captureLead.operation.throttle?.limit ?? 0],
  ['limits', 'has # seconds', RUN_BUDGET_MS / 1000],
  ['limits', 'waits up to # seconds for one response', ATTEMPT_TIMEOUT_MS / 1000],
  ['troubleshooting', 'waits up to # seconds', ATTEMPT_TIMEOUT_MS / 1000],
  ['troubleshooting', 'all requests of a run share # seconds', RUN_BUDGET_MS / 1000],
  ['troubleshooting', 'the # most recently active contacts', notePolls.CONTACTS],
  ['troubleshooting', 'at most # days', findFreeSlots.MAX_DAYS],
  ['decisions/04-retries', '# attempts', ATTEMPTS],
  ['decisions/04-retries', '# seconds', RUN_BUDGET_MS / 1000],
  ['decisions/06-polls-newest-first', 'one page of #', searchPolls.FIRST_PAGE],
  ['decisions/06-polls-newest-first', 'pages of # ', contacts.PAGE_SIZE],
  ['decisions/06-polls-newest-first', 'at most # pages', searchPolls.MAX_PAGES_BY_CURSOR],
  ['decisions/07-notes-of-25-contacts', 'the # contacts with', notePolls.CONTACTS],
  ['decisions/11-custom-fields-by-definition', 'up to # minutes', location.SECONDS / 60],
];

describe('The figures in the docs are those of the code', () => {
  test.each(FIGURES)('docs/%s.md: %s (%d)', (doc, phrase, number) => {
    const text = read(join('docs', `${doc}.md`)).replace(/\s+/g, ' ');
    expect(text).toContain(phrase.replace('#', number.toLocaleString('en')));
  });

  test('the requests per day are those of one poll a minute', () => {
    const day = (requests: number) => (requests * 1440).toLocaleString('en');
    const limits = read('docs/limits.md');
    for (const row of [
      `Tag Added to Contact | ${day(1)} |`,
      `New Note, all contacts | up to ${day(notePolls.CONTACTS + 1)} |`,
      `Task triggers, 20,000 tasks | ${day(20_000 / tasks.PAGE + 1)} |`,
      `Appointment triggers, 10 calendars | ${day(11)} |`,
    ])
      expect(limits).toContain(row);
  });
});

describe('Banned words', () => {
  const textsIn: Record<Scope, () => { file: string; text: string }[]> = {
    docs: () =>
      [...docs, { file: 'docs/images/architecture.svg', text: read('docs/images/architecture.svg') }].map(
        ({ file, text }) => ({ file, text: proseOf(text) }),
      ),
    app: () => [
      ...editorTexts().map((text) => ({ file: 'the Zap editor', text })),
      // Its quotations are the app's errors, which troubleshooting.test.ts compares.
      ...[...read('docs/troubleshooting.md').matchAll(/^> (.+)$/gm)].map(([, text = '']) => ({
        file: 'an error',
        text,
      })),
    ],
    tests: () =>
      sourcesIn('test').flatMap(({ file, text }) => testNamesIn(text).map((name) => ({ file, text: name }))),
    comments: () =>
      sourcesIn('lib', 'triggers', 'creates', 'searches', 'scripts', 'test', 'bench').flatMap(
        ({ file, text }) => commentsIn(text).map((comment) => ({ file, text: comment })),
      ),
  };

  test.each(['docs', 'app', 'tests', 'comments'] as const)('are not used in: %s', (scope) => {
    const all = textsIn[scope]();
    expect(all.length).toBeGreaterThan(20);
    expect(
      all.flatMap(({ file, text }) => bannedIn(text, scope).map((found) => `${file}: ${found}`)),
    ).toEqual([]);
  });

  test.each([
    ['The papers say so.', '"papers", use: docs'],
    ['Send an E-mail\nto her.', '"E-mail", use: email'],
    ['See the licence.', '"licence", use: license'],
    ['A stand-in of HighLevel', '"stand-in", use: mock, sandbox'],
  ])('are found in: %s', (text, found) => {
    expect(bannedIn(text, 'docs')).toEqual([found]);
  });

  test.each(['The license of newspapers', 'A secure wallpaper', '`shall` is code', '> whoever is quoted'])(
    'are not found in: %s',
    (text) => {
      expect(bannedIn(proseOf(text), 'docs')).toEqual([]);
    },
  );

  test('are found in test names and comments', () => {
    const source = "// A cure.\ntest.each([1])('%s is a cure', () => {\n  f('x'); /* again */\n});";
    expect(testNamesIn(source)).toEqual(['%s is a cure']);
    expect(commentsIn(source)).toEqual(['// A cure.', '/* again */']);
  });
});
