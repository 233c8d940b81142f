/** The current names of zones that Node lists under old ones. Source: IANA's `backward` file, 2024b. */
const PRESENT_NAMES: Record<string, string> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

// Node reads BST as Dhaka and IST as Kolkata, but people use them for other zones, too.
const SHORT_NAMES = /^(?:UTC|GMT|UCT|EST|MST|HST|CET|MET|EET|WET|PRC|ROC|ROK)$/i;

/** The current names of the IANA time zones and UTC, sorted. */
export function timeZones(): string[] {
  const names = Intl.supportedValuesOf('timeZone').map(presentName);
  return [...new Set([...names, 'UTC'])].toSorted();
}

/** The current IANA name of a time zone given by any of its names, in any case; undefined if it is not a time zone. */
export function timeZoneName(given: string): string | undefined {
  const name = given.trim().replaceAll(' ', '_');
  if (!/^[a-z][a-z0-9_+/-]+$/i.test(name) || (/^[a-z]{3}$/i.test(name) && !SHORT_NAMES.test(name)))
    return undefined;
  try {
    return presentName(new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone);
  } catch {
    return undefined;
  }
}

function presentName(name: string): string {
  return PRESENT_NAMES[name] ?? name;
}
