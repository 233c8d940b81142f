import fc from 'fast-check';
import { withoutMarkup } from '../../../lib/base/html.ts';

test.each([
  ['<p>Hi&nbsp;<b>Jane</b></p><p>Bye</p>', 'Hi Jane\nBye'],
  ['<p>One</p><p><br></p><p>Two<br></p><p>Three</p>', 'One\n\nTwo\nThree'],
  ['One<br>Two<BR/>Three<br />Four', 'One\nTwo\nThree\nFour'],
  ['<div><div><p>In</p></div>out</div>', 'In\nout'],
  ['<ul><li>Tea</li><li><p>Milk</p></li></ul>', '- Tea\n- Milk'],
  [
    '<ol><li>One</li><li>Two<ul><li>Sub</li></ul></li><li>Three</li></ol>',
    '1. One\n2. Two\n  - Sub\n3. Three',
  ],
  ['<h2>Offer</h2>12 &euro;<hr>Net', 'Offer\n12 €\nNet'],
  ['<table><tr><th>A</th><td>B</td></tr><tr><td>C</td></tr></table>', 'A B\nC'],
  ['<div>\n  <p>\n One\n two </p>\n</div>', 'One two'],
  ['<pre>a\n  b</pre>', 'a\n  b'],
  ['<a href="https://x.example/?a>b" title=\'q\'>link</a>', 'link'],
  ['<p class="x>broken</p>', 'broken'],
  ['<p>A</p><style>p{color:red}</style><script>if (a<b) { run() }</script><p>B</p>', 'A\nB'],
  ['<p>Left</p><!-- <p>out</p> --><p>in</p>', 'Left\nin'],
  ['<b>never closed', 'never closed'],
  ['<p>5 < 6 and a<b', '5 < 6 and a<b'],
  ['<p><script>kept, for it never ends', 'kept, for it never ends'],
])('the text of %j', (html, text) => {
  expect(withoutMarkup(html)).toBe(text);
});

test.each([
  ['&amp;&lt;&gt;&quot;&apos;', '&<>"\''],
  ['&#39;&#x27;&#8217;&#x1F44D;', "''’👍"],
  ['&#128;&#146;&#xA0;.', '€’ .'],
  ['&eacute;&Uuml;&ntilde;&ccedil;&scaron;&szlig;&aelig;', 'éÜñçšßæ'],
  ['&hellip;&ndash;&mdash;&bull;&copy;&trade;', '…–—•©™'],
  ['&amp;lt;b&amp;gt;', '&lt;b&gt;'],
  ['&NBSP;x&Nbsp;', ' x '],
  ['&#0;&#xD800;&#99999999;&#1114112;&unknown;&amp', '&#99999999;&unknown;&amp'],
])('the entities of %j', (written, text) => {
  expect(withoutMarkup(written)).toBe(text);
});

test.each([
  'a < b and b > c',
  '<3',
  '<jane@example.com>',
  'Use <name> here',
  'line one\n  line two ',
  'AT&T & sons?a=1&copy=2',
  '',
])('%j is not HTML and stays unchanged', (text) => {
  expect(withoutMarkup(text)).toBe(text);
});

test('inline tags keep line breaks', () => {
  expect(withoutMarkup('one\ntwo <b>three</b>\nfour')).toBe('one\ntwo three\nfour');
});

test('any escaped text is restored', () => {
  const escaped = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const words = text.replace(/\s+/g, ' ').trim();
      expect(withoutMarkup(`<p>${escaped(words)}</p>`)).toBe(words);
    }),
  );
});

// Four times the length may take little more than four times as long: a busy machine slows both down.
test.each([
  '<a "',
  "<a '",
  '<a x="',
  '<!--',
  '<script>',
  '<ul><li>',
  '<b>"',
  '<p>  ',
  '<',
  '<p ',
  ' ',
  '&#',
  '&a',
  '\n ',
  '"<a ',
])('repeating %j takes linear time', (unit) => {
  const time = (length: number) => {
    const html = `<p>${unit.repeat(length / unit.length)}`;
    const start = process.cpuUsage();
    withoutMarkup(html);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  time(50_000);
  const [short, long] = [Math.min(time(50_000), time(50_000)), Math.min(time(400_000), time(400_000))];
  expect(long).toBeLessThan(Math.max(short, 10) * 30);
});
