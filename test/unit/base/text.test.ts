import { isSameText } from '../../../lib/base/text.ts';

test.each([
  ['Likes blue.', 'Likes blue.'],
  ['<p>Likes blue.</p>', 'Likes blue.'],
  ['<p>One</p><p>Two &amp; three</p>', 'One\n\nTwo & three'],
  ['One<br>Two', 'One\nTwo'],
  ['Fish &amp; chips', 'Fish & chips'],
  ['a &lt; b', 'a < b'],
  ['&lt;b&gt;bold&lt;/b&gt;', '<b>bold</b>'],
  ['bold', '<b>bold</b>'],
  ['  spaced   out ', 'spaced out'],
  ['Café', 'Cafe\u0301'],
])('%j is the same text as %j', (kept, sent) => {
  expect(isSameText(kept, sent)).toBe(true);
});

test.each([
  ['Likes blue.', 'Likes green.'],
  ['<p>Likes blue. Really.</p>', 'Likes blue.'],
  ['', 'Likes blue.'],
  ['👍', '👎'],
  ['1.5', '15'],
])('%j is another text than %j', (kept, sent) => {
  expect(isSameText(kept, sent)).toBe(false);
});
