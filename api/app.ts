import express, { type Express, type RequestHandler } from 'express';
import { door } from './door.ts';
import { consoleFiles } from './console-files.ts';
import { needsNoSession, routerPath } from './endpoint.ts';
import { createAnswers } from './idempotency.ts';
import { logFiles } from './log-files.ts';
import { nothingHere, onRouterError } from './nothing-here.ts';
import { createNouns, type NounDeps } from './nouns.ts';
import { openApiOf } from './openapi.ts';
import type { Logger } from './problem.ts';
import { actorOf } from './actor.ts';
import { pinPublicRoutes } from './public-routes.ts';
import { apiPolicy, commonHeaders, noStore } from './security-headers.ts';
import { recordRefusal } from './refused-deed.ts';
import type { SignedIn } from './sessions.ts';
import { routesOf } from './urls.ts';

export interface AppDeps extends Omit<NounDeps, 'document'> {
  origin: string;
  consoleDir: string;
  /** The claimant's pages, which use the same flow. */
  portalPages: RequestHandler;
  log: Logger;
}

/** The whole product as one Express application: the routes of urls.ts, the console's files, the portal's pages, and a closed door for the rest. */
export function createApp(deps: AppDeps): Express {
  const { origin, sessions, hash, db, log, metrics } = deps;
  let document: object = {};
  const routes = routesOf(createNouns({ ...deps, document: () => document }));
  document = openApiOf(routes, origin);
  pinPublicRoutes(routes.filter(({ endpoint }) => needsNoSession(endpoint.access)).map(({ method, path }) => `${method} ${path}`));

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', false);
  const last = nothingHere(sessions, log);

  app.use(commonHeaders(origin));
  // Express would answer OPTIONS from its table of routes, to anybody.
  app.use((request, response, next) => (METHODS.has(request.method) ? next() : last(request, response, next)));
  app.use('/console', consoleFiles(deps.consoleDir));
  const answers = createAnswers(db, hash);
  const roleNeeded = async (session: SignedIn, route: string) => {
    await deps.admission.step(`refused to ${session.account}`);
    await recordRefusal(db, { type: 'access.refused', actor: actorOf(session), reason: route });
  };
  app.use('/log', apiPolicy, logFiles({ ...deps, roleNeeded }));

  const guard = {
    roleNeeded,
    sessions,
    answers,
    origin,
    log,
    observe: (route: string, status: number, seconds: number) => metrics.observe(route, status, seconds),
  };
  for (const route of routes) {
    const handler = door(route, guard);
    const path = routerPath(route.path);
    if (route.method === 'GET') app.get(path, apiPolicy, noStore, handler);
    else if (route.method === 'POST') app.post(path, apiPolicy, noStore, handler);
    else app.delete(path, apiPolicy, noStore, handler);
  }
  // Only what the portal knows is its own; everything else under /api ends at the last stop.
  app.use((request, response, next) => (request.path.toLowerCase().startsWith('/api') ? last(request, response, next) : next()));
  app.use(deps.portalPages);
  app.use(apiPolicy, noStore, last);
  app.use(onRouterError(last, log));
  return app;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'DELETE']);
