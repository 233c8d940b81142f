import type { EndpointName } from '../../../lib/highlevel/endpoints.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { differences, type Difference } from './differences.ts';
import { readByApp, recordedFolder, recordingsIn, type Recording } from './recordings.ts';
import { sandboxAnswer } from './requests.ts';
import { samples } from './samples.ts';
import { differencesOf, shapeOf } from './shape.ts';

const isMeant = ({ endpoint, path }: Difference, name: EndpointName, place: string) =>
  [endpoint].flat().includes(name) && path.test(place);

/** How the sandbox's response to one kind of request differs from the recorded ones, without the listed differences. */
async function unlike(endpoint: EndpointName, recorded: readonly Recording[]) {
  const bodies = new Map(recorded.map(({ sent }) => [sent.toSorted().join(), sent]));
  const ours: unknown[] = [];
  for (const sent of bodies.values()) {
    const sandbox = await startSandbox();
    try {
      ours.push(await sandboxAnswer(sandbox, endpoint, sent));
    } finally {
      await sandbox.close();
    }
  }
  const found = differencesOf(shapeOf(recorded.map(({ answer }) => answer)), shapeOf(ours));
  const used = new Set(
    differences.filter((one) => [...found.keys()].some((place) => isMeant(one, endpoint, place))),
  );
  const left = [...found].filter(([place]) => !differences.some((one) => isMeant(one, endpoint, place)));
  return { left: left.map(([place, how]) => `${place}: ${how}`), used };
}

/** The recordings by the kind of request. */
function byEndpoint(recorded: readonly Recording[]): [EndpointName, Recording[]][] {
  const kinds = new Map<EndpointName, Recording[]>();
  for (const one of recorded) kinds.set(one.endpoint, [...(kinds.get(one.endpoint) ?? []), one]);
  return [...kinds];
}

describe('Responses in the format of recorded ones', () => {
  test.each(samples.map((sample) => [sample.endpoint, sample] as const))(
    'the app reads %s',
    (endpoint, { answer, reads }) => {
      expect(readByApp(endpoint, answer)).toMatchObject(Object(reads));
    },
  );

  test.each(byEndpoint(samples))('the sandbox gives %s', async (endpoint, known) => {
    expect((await unlike(endpoint, known)).left).toEqual([]);
  });

  test.each([
    ['a key that is missing', { a: 1, b: 2 }, { a: 1 }, 'b: only at HighLevel'],
    ['a key too many', { a: 1 }, { a: 1, b: 2 }, 'b: only in the sandbox'],
    ['another type', { a: { b: 1 } }, { a: { b: 'x' } }, 'a/b: number at HighLevel, string in the sandbox'],
    ['a key in a list', { a: [{ b: 1 }] }, { a: [{}] }, 'a/*/b: only at HighLevel'],
    ['another type than a list', { a: [] }, { a: {} }, 'a: list at HighLevel, object in the sandbox'],
  ])('%s is a difference', (_, there, here, said) => {
    const found = differencesOf(shapeOf([there]), shapeOf([here]));
    expect([...found].map(([place, how]) => `${place}: ${how}`)).toEqual([said]);
  });

  test.each([
    ['an empty list', { a: [{ b: 1 }] }, { a: [] }],
    ['null', { a: null }, { a: 'x' }],
    ['another value', { a: 'x', b: [1] }, { a: 'y', b: [2, 3] }],
  ])('%s is not a difference', (_, there, here) => {
    expect([...differencesOf(shapeOf([there]), shapeOf([here]))]).toEqual([]);
  });
});

if (recordedFolder) againstRecordings(recordedFolder);

function againstRecordings(folder: string): void {
  const recorded = recordingsIn(folder);

  describe('Recorded responses of HighLevel', () => {
    test.each(recorded.map((one, index) => [`${one.endpoint} (${index})`, one] as const))(
      'the app reads %s',
      (_, { endpoint, answer }) => {
        expect(() => readByApp(endpoint, answer)).not.toThrow();
      },
    );

    test.each(byEndpoint(recorded))('the sandbox gives %s', async (endpoint, known) => {
      expect((await unlike(endpoint, known)).left).toEqual([]);
    });

    test('each kind of recording has a response of ours', () => {
      const ours = new Set(samples.map(({ endpoint }) => endpoint));
      // Recorded as empty lists, which show nothing.
      const empty: EndpointName[] = ['GET /users/', 'GET /workflows/', 'GET /calendars/'];
      const missing = byEndpoint(recorded).map(([endpoint]) => endpoint);
      expect(missing.filter((endpoint) => !ours.has(endpoint) && !empty.includes(endpoint))).toEqual([]);
    });

    test('every listed difference still exists', async () => {
      const used = new Set<Difference>();
      for (const [endpoint, known] of byEndpoint(recorded))
        for (const one of (await unlike(endpoint, known)).used) used.add(one);
      expect(differences.filter((one) => !used.has(one))).toEqual([]);
    });
  });
}
