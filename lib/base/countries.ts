/** The country codes that HighLevel accepts. Source: ISO 3166-1 alpha-2, plus XK for Kosovo. */
const CODES = [
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ',
  'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR',
  'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP',
  'KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT',
  'MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW',
  'SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG',
  'UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW',
].flatMap((line) => line.split(' '));

/** Names that Node does not know: older, shorter, official and local ones. */
const OTHER_NAMES: Record<string, string[]> = {
  AE: ['UAE', 'U.A.E.', 'Emirates'],
  BN: ['Brunei Darussalam'],
  BO: ['Plurinational State of Bolivia'],
  BQ: ['Bonaire, Sint Eustatius and Saba', 'Bonaire'],
  BR: ['Brasil'],
  BY: ['Byelorussia'],
  CC: ['Cocos Islands', 'Keeling Islands'],
  CD: [
    'Democratic Republic of the Congo',
    "People's Democratic Republic of the Congo",
    'DR Congo',
    'DRC',
    'Zaire',
  ],
  CG: ['Congo', 'Republic of the Congo'],
  CI: ['Ivory Coast'],
  CN: ["People's Republic of China", 'PRC', 'Mainland China'],
  CV: ['Cabo Verde'],
  CZ: ['Czech Republic', 'Cesko'],
  DE: ['Deutschland', 'Federal Republic of Germany'],
  ES: ['España'],
  FK: ['Falkland Islands (Malvinas)', 'Malvinas'],
  FM: ['Federated States of Micronesia'],
  FO: ['Faeroe Islands'],
  GB: [
    'UK',
    'U.K.',
    'Great Britain',
    'Britain',
    'England',
    'Scotland',
    'Wales',
    'Northern Ireland',
    'United Kingdom of Great Britain and Northern Ireland',
  ],
  GE: ['Republic of Georgia'],
  GM: ['The Gambia'],
  HK: ['Hong Kong', 'Hongkong', 'Hong Kong SAR'],
  HM: ['Heard Island and McDonald Islands'],
  IE: ['Republic of Ireland', 'Eire'],
  IR: ['Islamic Republic of Iran', 'Persia'],
  IT: ['Italia'],
  KG: ['Kyrgyz Republic'],
  KN: ['Saint Christopher and Nevis'],
  KP: ["Democratic People's Republic of Korea", 'DPRK'],
  KR: ['Republic of Korea', 'Korea', 'Korea (South)'],
  LA: ["Lao People's Democratic Republic", 'Lao'],
  LY: ['Libyan Arab Jamahiriya', 'State of Libya'],
  MD: ['Republic of Moldova'],
  MF: ['Saint Martin (French part)'],
  MK: ['Macedonia', 'Former Yugoslav Republic of Macedonia', 'FYROM', 'Republic of North Macedonia'],
  MM: ['Myanmar', 'Burma'],
  MO: ['Macao', 'Macau', 'Macau SAR'],
  MX: ['México'],
  NL: ['Holland', 'The Netherlands', 'Nederland'],
  NZ: ['Aotearoa'],
  PL: ['Polska'],
  PN: ['Pitcairn'],
  PS: ['Palestine', 'State of Palestine', 'Occupied Palestinian Territory', 'Palestinian Territory'],
  RU: ['Russian Federation'],
  SH: ['Saint Helena, Ascension and Tristan da Cunha'],
  SK: ['Slovak Republic'],
  SX: ['Sint Maarten (Dutch part)'],
  SY: ['Syrian Arab Republic'],
  SZ: ['Swaziland'],
  TL: ['East Timor'],
  TR: ['Turkey', 'Republic of Turkey'],
  TW: ['Taiwan, Province of China', 'Republic of China'],
  TZ: ['United Republic of Tanzania'],
  UM: ['United States Minor Outlying Islands'],
  US: ['USA', 'U.S.A.', 'U.S.', 'United States of America', 'America', 'The States'],
  VA: ['Holy See', 'Vatican', 'Vatican City State', 'Holy See (Vatican City State)'],
  VE: ['Bolivarian Republic of Venezuela'],
  VG: ['Virgin Islands, British', 'BVI'],
  VI: ['Virgin Islands, U.S.', 'United States Virgin Islands', 'Virgin Islands of the United States'],
  VN: ['Viet Nam', 'Socialist Republic of Viet Nam'],
  XK: ['Republic of Kosovo'],
};

/** Codes that are in use but differ from ISO 3166. */
const OTHER_CODES: ReadonlyMap<string, string> = new Map([
  ['UK', 'GB'],
  ['EL', 'GR'],
]);

const known: ReadonlySet<string> = new Set(CODES);
let byName: ReadonlyMap<string, string> | undefined;

/** The countries with their ISO 3166 alpha-2 codes and English names, sorted by name. */
export function countries(): { code: string; name: string }[] {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  return CODES.map((code) => ({ code, name: names.of(code) ?? code })).toSorted((a, b) =>
    a.name.localeCompare(b.name, 'en'),
  );
}

/**
 * Normalizes a country code from another system to ISO 3166 alpha-2: any case, `UK` for `GB`. Undefined if it is not a
 * country code.
 */
export function isoCode(code: string): string | undefined {
  const wanted = code.trim().toUpperCase();
  const iso = OTHER_CODES.get(wanted) ?? wanted;
  return known.has(iso) ? iso : undefined;
}

/**
 * The two-letter code, as HighLevel expects it, of a country given by code or common English name. Case, accents and
 * punctuation do not matter. Undefined if it is not a country.
 */
export function countryCode(given: string): string | undefined {
  const code = isoCode(given);
  if (code) return code;
  byName ??= new Map([
    ...countries().map(({ code: iso, name }) => [nameKey(name), iso] as const),
    ...Object.entries(OTHER_NAMES).flatMap(([iso, names]) =>
      names.map((name) => [nameKey(name), iso] as const),
    ),
  ]);
  return byName.get(nameKey(given));
}

/**
 * A key that is equal for spellings of the same name: "Korea, Republic of" and "Republic of Korea", "St. Lucia" and "Saint
 * Lucia".
 */
function nameKey(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\p{M}.'’`´]/gu, '')
    .toLowerCase()
    .replace(/\bst\b/g, 'saint')
    .replace(/\bste\b/g, 'sainte')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '' && !['the', 'of', 'and', 'y', 'et', 'sar'].includes(word))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(' ');
}
