import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };

const root = join(__dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const filesIn = (folder: string, ending: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => join(folder, file));

const papers = ['README.md', ...filesIn('docs', /\.md$/)].map((file) => ({ file, text: read(file) }));

/** Code in a paper: what stands between backticks, and in blocks. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```.*\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  const spans = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)];
  return [...blocks, ...spans.map(([, code = '']) => code)];
}

/** The anchors of a paper's headings, as they are made on GitHub and by its like. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What of each paper is wrong, said with the paper's name. */
function wrong(find: (text: string, file: string) => string[]): string[] {
  expect(papers.length).toBeGreaterThan(20);
  return papers.flatMap(({ file, text }) => find(text, file).map((what) => `${file}: ${what}`));
}

describe('The papers', () => {
  test('link to files and headings that are there', () => {
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

  test('name commands that package.json has', () => {
    const named = wrong((text) =>
      [...text.matchAll(/npm run (?:-\S+ )*([\w:-]+)/g)].flatMap(([, script = '']) =>
        script in packageJson.scripts ? [] : [script],
      ),
    );
    expect(named).toEqual([]);
  });

  test('name files that are there', () => {
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    // What building makes, and what the packages bring, need not be there.
    const made = new Set(['dist', 'build', 'node_modules', 'coverage', '.git']);
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

  test('name environment variables that something reads', () => {
    const sources = [
      ...['lib', 'triggers', 'creates', 'searches', 'test', 'bench', 'docs'].flatMap((folder) =>
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
        // Read, not set or deleted; taken out of process.env; a shell's; or one that Zapier's command line lists.
        `(?<!delete )process\\.env\\.${name}\\b(?! = )|\\{[^{}]*\\b${name}\\b[^{}]*\\} = process\\.env|\\$\\{?${name}\\b|'${name}'`,
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
  test('says of each dependency why it is there, and of no other', () => {
    const [, list = ''] = read('docs/CONTRIBUTING.md').split('## Dependencies');
    const named = [...list.matchAll(/^- (.+?): /gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    const { dependencies, devDependencies, overrides } = packageJson;
    expect(named.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted());
    expect(Object.keys(overrides).filter((name) => !list.includes(`\`${name}\``))).toEqual([]);
  });

  test('stays one page', () => {
    expect(read('docs/CONTRIBUTING.md').split('\n').length).toBeLessThan(110);
  });
});

describe('CHANGELOG.md', () => {
  const changes = read('docs/CHANGELOG.md');

  test('begins with the version of package.json', () => {
    expect(/^## (\S+)/m.exec(changes)?.[1]).toBe(packageJson.version);
  });
});

describe('The decisions', () => {
  const records = readdirSync(join(root, 'docs/decisions'))
    .filter((file) => file !== 'README.md')
    .toSorted();

  test('are numbered without a gap, and each is in the list under its own title', () => {
    const listed = [...read('docs/decisions/README.md').matchAll(/^(\d+)\. \[(.+)\]\((.+)\)$/gm)];
    expect(listed.map(([, number, title, file]) => `${file} # ${number}. ${title}`)).toEqual(
      records.map((file, index) => {
        expect(file.startsWith(String(index + 1).padStart(2, '0'))).toBe(true);
        return `${file} ${read(join('docs/decisions', file)).split('\n')[0]}`;
      }),
    );
  });

  test.each(records)('%s is half a page: context, choice, cost, and what would change our mind', (file) => {
    const text = read(join('docs/decisions', file));
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Choice',
      'What it costs',
      'What would change our mind',
    ]);
    expect(text.split(/\s+/).length).toBeLessThan(230);
  });
});

/** A constant of a source file, as a number. */
function constant(file: string, name: string): number {
  const found = new RegExp(`\\b${name}(?: =|:) ([\\d_]+)\\b`).exec(read(file))?.[1];
  if (found === undefined) throw new Error(`${file} has no number ${name}`);
  return Number(found.replaceAll('_', ''));
}

/** What a paper says, `#` standing for the number; where the number comes from: constants, multiplied, and a divisor. */
const FIGURES: [paper: string, phrase: string, file: string, names: string[], by?: number][] = [
  ['limits', 'at most # pages', 'lib/polling/contacts.ts', ['MAX_PAGES_BY_CURSOR']],
  ['limits', 'about # changes', 'lib/polling/contacts.ts', ['MAX_PAGES_BY_CURSOR', 'PAGE']],
  ['limits', 'the # latest contacts', 'lib/polling/contacts.ts', ['MAX_BY_PAGE_NUMBER']],
  ['limits', 'the newest # contacts or', 'lib/polling/contacts.ts', ['FIRST_PAGE']],
  ['limits', 'contacts or # tasks', 'lib/polling/tasks.ts', ['MIN_RETURNED']],
  ['limits', 'the first # contacts of the business', 'lib/resources/businesses.ts', ['MAX_PAGES', 'PAGE']],
  ['limits', 'the # contacts with the newest activity', 'lib/polling/notes.ts', ['CONTACTS']],
  ['limits', 'within # seconds', 'lib/polling/tasks.ts', ['READ_WITHIN_MS'], 1000],
  ['limits', 'at most # days ago', 'lib/polling/appointments.ts', ['DAYS_BACK']],
  ['limits', 'within # days', 'lib/polling/appointments.ts', ['DAYS_AHEAD']],
  ['limits', 'at most # calendars', 'lib/polling/appointments.ts', ['MAX_CALENDARS']],
  ['limits', 'at least # hour', 'lib/polling/window.ts', ['HOUR'], 3_600_000],
  ['limits', 'the first # tasks of', 'lib/webhooks/highlevel_event.ts', ['MAX_TASKS']],
  ['limits', 'more than # characters', 'lib/base/text.ts', ['LONGEST']],
  ['limits', 'an event of more than #', 'lib/jivochat/event.ts', ['MAX_CHARACTERS']],
  ['limits', 'shows # contacts', 'searches/find_contact.ts', ['MOST']],
  ['limits', 'the first # characters', 'lib/resources/contacts.ts', ['QUERY_LENGTH']],
  ['limits', 'gives # at most', 'lib/polling/contacts.ts', ['PAGE']],
  ['limits', 'looks through the first # tasks', 'lib/resources/tasks.ts', ['MAX_TASKS']],
  ['limits', 'looks through # businesses', 'lib/resources/businesses.ts', ['MAX_BUSINESSES']],
  ['limits', '# days at a time', 'searches/find_free_slots.ts', ['MAX_DAYS']],
  ['limits', '# contacts at a time', 'creates/set_business.ts', ['CONCURRENCY']],
  ['limits', '# contacts at a time', 'creates/tag_contacts.ts', ['CONCURRENCY']],
  ['limits', 'for # minutes', 'lib/resources/location.ts', ['SECONDS'], 60],
  ['limits', '# leads are captured in', 'creates/capture_jivochat_lead.ts', ['limit']],
  ['limits', 'has # seconds', 'lib/highlevel/retry.ts', ['RUN_BUDGET_MS'], 1000],
  ['limits', 'waits # for one answer', 'lib/highlevel/retry.ts', ['ATTEMPT_TIMEOUT_MS'], 1000],
  ['troubleshooting', 'waits # seconds at the most', 'lib/highlevel/retry.ts', ['ATTEMPT_TIMEOUT_MS'], 1000],
  ['troubleshooting', 'all requests of a run together #', 'lib/highlevel/retry.ts', ['RUN_BUDGET_MS'], 1000],
  ['troubleshooting', 'the # most active contacts', 'lib/polling/notes.ts', ['CONTACTS']],
  ['troubleshooting', 'at most # days', 'searches/find_free_slots.ts', ['MAX_DAYS']],
  ['decisions/04-what-may-be-sent-again', '# attempts', 'lib/highlevel/retry.ts', ['ATTEMPTS']],
  ['decisions/04-what-may-be-sent-again', '# seconds', 'lib/highlevel/retry.ts', ['RUN_BUDGET_MS'], 1000],
  ['decisions/06-polls-newest-first', 'one page of #', 'lib/polling/contacts.ts', ['FIRST_PAGE']],
  ['decisions/06-polls-newest-first', 'pages of # ', 'lib/polling/contacts.ts', ['PAGE']],
  ['decisions/06-polls-newest-first', 'at most #.', 'lib/polling/contacts.ts', ['MAX_PAGES_BY_CURSOR']],
  ['decisions/07-notes-of-25-contacts', 'the # contacts with', 'lib/polling/notes.ts', ['CONTACTS']],
  [
    'decisions/11-custom-fields-by-definition',
    'up to # minutes',
    'lib/resources/location.ts',
    ['SECONDS'],
    60,
  ],
];

describe('The figures in the papers are those of the code', () => {
  test.each(FIGURES)('docs/%s.md: %s (%s %j)', (paper, phrase, file, names, by = 1) => {
    const number = names.reduce((product, name) => product * constant(file, name), 1) / by;
    const text = read(join('docs', `${paper}.md`)).replace(/\s+/g, ' ');
    expect(text).toContain(phrase.replace('#', number.toLocaleString('en')));
  });

  test('and the requests a day are those of one poll a minute', () => {
    const day = (requests: number) => (requests * 1440).toLocaleString('en');
    const limits = read('docs/limits.md');
    const notes = constant('lib/polling/notes.ts', 'CONTACTS') + 1;
    const tasks = 20_000 / constant('lib/resources/tasks.ts', 'PAGE') + 1;
    for (const row of [
      `Tag Added to Contact | ${day(1)} |`,
      `New Note, all contacts | up to ${day(notes)} |`,
      `the same, 20,000 tasks | ${day(tasks)} |`,
      `the same, 10 calendars | ${day(11)} |`,
    ])
      expect(limits).toContain(row);
  });
});
