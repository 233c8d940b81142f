import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { endpoints, type EndpointName } from '../../../lib/highlevel/endpoints.ts';

/** An answer of HighLevel's, recorded or made up in the shape of recorded ones. */
export interface Recording {
  endpoint: EndpointName;
  /** The keys of the JSON body that was sent. */
  sent: string[];
  answer: unknown;
}

const Recorded = z.array(
  z.object({ request: z.string(), sent: z.record(z.string(), z.unknown()).default({}), answer: z.unknown() }),
);

const given = process.env.RECORDED_DIR;
/** The folder of recorded responses; undefined if it is not set. */
export const recordedFolder = given && existsSync(given) ? given : undefined;

const names = Object.keys(endpoints).filter((name): name is EndpointName => Object.hasOwn(endpoints, name));

/** The recorded answers of a folder's JSON files to endpoints that the app calls; those of others are left out. */
export function recordingsIn(folder: string): Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => Recorded.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))))
    .flatMap(({ request, sent, answer }) => {
      const endpoint = names.find((known) => shapeOfPath(known) === shapeOfPath(request));
      return endpoint ? [{ endpoint, sent: Object.keys(sent), answer }] : [];
    });
}

/** What the app parses from a response; throws if it cannot. */
export function readByApp(endpoint: EndpointName, answer: unknown): unknown {
  return endpoints[endpoint].response().parse(answer);
}

// An id may have another name in a recording.
function shapeOfPath(request: string): string {
  return request.replaceAll(/\{\w+\}/g, '{}');
}
