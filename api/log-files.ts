import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import { parseTilePath } from '#evidence/tiles.ts';
import { READERS } from './audit-endpoints.ts';
import { readCookie, SESSION_COOKIE } from './cookies.ts';
import { admit, sendProblem } from './door.ts';
import { problemOf, type Logger } from './problem.ts';
import { createReadings } from './readings.ts';
import type { Sessions, SignedIn } from './sessions.ts';

export interface LogFilesDeps {
  db: Database;
  sessions: Sessions;
  roleNeeded: (session: SignedIn, route: string) => Promise<void>;
  log: Logger;
  tilesFolder: string;
  trustPolicyFile: string;
}

const FOR_EVER = 'public, max-age=31536000, immutable';

/**
 * The evidence log to be read by anybody's tools (C2SP tlog-tiles): /checkpoint, /policy and /tile/<level>/<n> hold hashes
 * and keys only and need no session; /tile/entries/<n> holds leaves and is for auditors, whose reading is a leaf itself.
 */
export function logFiles(deps: LogFilesDeps): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  const send =
    (file: string, type: string, caching: string): RequestHandler =>
    async (_request, response, next) => {
      const bytes = await readFile(file).catch(() => undefined);
      if (!bytes) return next();
      response.set('Cache-Control', caching).type(type).send(bytes);
    };

  router.get('/checkpoint', send(join(deps.tilesFolder, 'checkpoint'), 'text/plain; charset=utf-8', 'no-store'));
  router.get('/policy', send(deps.trustPolicyFile, 'text/plain; charset=utf-8', 'no-cache'));
  router.get('/tile/{*path}', async (request, response, next) => {
    // Exactly the paths of the specification: nothing climbs out of the folder.
    const read = parseTilePath(request.path.slice(1));
    if (!read) return next();
    try {
      if (read.kind === 'entries') await admitReader(deps, readCookie(request.headers.cookie, SESSION_COOKIE), request.path);
    } catch (error) {
      return sendProblem(response, problemOf(error, deps.log));
    }
    const caching = read.kind === 'entries' ? 'no-store' : FOR_EVER;
    await send(join(deps.tilesFolder, request.path), 'application/octet-stream', caching)(request, response, next);
  });
  return router;
}

async function admitReader({ db, sessions, roleNeeded }: LogFilesDeps, token: string | undefined, path: string): Promise<void> {
  const session = await admit(READERS, token, sessions, (refused) => roleNeeded(refused, 'GET /log/tile/entries'));
  if (!session) throw new Refusal('sign-in-needed');
  await createReadings(db)(session, { kind: 'entries', facts: { path }, each: true });
}
