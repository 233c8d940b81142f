import { InputError } from '../../../lib/base/errors.ts';
import { readHighLevelEvent } from '../../../lib/webhooks/highlevel_event.ts';

describe('A delivery nested too deeply for the stack', () => {
  const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const bodies: [string, (deep: string) => string][] = [
    ['at the top', (deep) => `{"type":"ContactCreate","id":"c1","x":${deep}}`],
    [
      'in a custom field',
      (deep) => `{"type":"ContactCreate","id":"c1","customFields":[{"id":"f","value":${deep}}]}`,
    ],
    ['in custom data', (deep) => `{"customData":{"contactId":"c1","x":${deep}}}`],
    ['in custom data as text', (deep) => JSON.stringify({ customData: `{"contactId":"c1","x":${deep}}` })],
  ];

  test.each(bodies)('is rejected with a readable error, %s', (_, body) => {
    for (const deep of [lists(100), lists(200_000), objects(200_000)]) {
      expect(() => readHighLevelEvent(body(deep))).toThrow(InputError);
      expect(() => readHighLevelEvent(JSON.parse(body(deep)))).toThrow(/too long or too deeply nested/);
    }
  });

  test.each(bodies)('is parsed if it is not too deep, %s', (_, body) => {
    expect(readHighLevelEvent(body(lists(20)))).toMatchObject({ kind: 'contact', recordId: 'c1' });
  });
});
