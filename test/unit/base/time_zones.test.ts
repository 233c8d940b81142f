import { IANAZone } from 'luxon';
import { timeZoneName, timeZones } from '../../../lib/base/time_zones.ts';

test('the listed zones have their current names, and each is accepted', () => {
  const zones = timeZones();
  expect(zones).toEqual(expect.arrayContaining(['Asia/Kolkata', 'Europe/Kyiv', 'UTC', 'America/New_York']));
  expect(zones.filter((zone) => ['Asia/Calcutta', 'Europe/Kiev', 'Asia/Saigon'].includes(zone))).toEqual([]);
  expect(zones.filter((zone) => timeZoneName(zone) !== zone || !IANAZone.isValidZone(zone))).toEqual([]);
  expect(zones).toEqual([...new Set(zones)].toSorted());
});

test.each([
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['europe/kiev', 'Europe/Kyiv'],
  ['US/Pacific', 'America/Los_Angeles'],
  [' America/New York ', 'America/New_York'],
  ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['GMT', 'UTC'],
  ['utc', 'UTC'],
  ['Japan', 'Asia/Tokyo'],
  ['Etc/GMT+5', 'Etc/GMT+5'],
])('%j is %s', (given, zone) => {
  expect(timeZoneName(given)).toBe(zone);
});

test.each([
  'Eastern Time',
  'Mars/Olympus',
  'BST',
  'IST',
  'PST',
  '+05:00',
  'GMT+2',
  '',
  'New York',
  '__proto__',
])('%j is not a time zone', (given) => {
  expect(timeZoneName(given)).toBeUndefined();
});
