import { z } from 'zod';
import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import { SESSION_COOKIE, readCookie } from './cookies.ts';
import { admit } from './door.ts';
import { endpoint } from './endpoint.ts';
import type { Engine } from './engine.ts';
import type { Metrics } from './metrics.ts';
import type { Sessions } from './sessions.ts';
import { isLoopback } from './source.ts';

const health = z.object({
  status: z.enum(['ok', 'not-ready']),
  database: z.enum(['ok', 'away']).optional(),
  temporal: z.enum(['ok', 'away']).optional(),
});

/** For whoever runs the service. */
export function serviceEndpoints({
  db,
  engine,
  metrics,
  sessions,
  document,
}: {
  db: Database;
  engine: Engine;
  metrics: Metrics;
  sessions: Sessions;
  document: () => object;
}) {
  return {
    openapi: endpoint(
      {
        summary: 'This document',
        access: 'public',
        replies: { 200: { description: 'OpenAPI 3.1', mediaType: 'application/json' } },
        refusals: [],
      },
      async () => ({ status: 200, body: document(), headers: { 'Content-Type': 'application/json' } }),
    ),

    alive: endpoint(
      { summary: 'The process answers', access: 'public', replies: { 200: { description: 'Alive', schema: health } }, refusals: [] },
      async () => ({ status: 200, body: { status: 'ok' } }),
    ),

    ready: endpoint(
      {
        summary: 'Database and Temporal answer',
        access: 'public',
        replies: { 200: { description: 'Ready', schema: health }, 503: { description: 'Not ready', schema: health } },
        refusals: [],
      },
      async () => {
        const [database, temporal] = await Promise.all([stateOf(db.$queryRaw`SELECT 1`), stateOf(engine.ready())]);
        const ok = database === 'ok' && temporal === 'ok';
        return { status: ok ? 200 : 503, body: { status: ok ? 'ok' : 'not-ready', database, temporal } };
      },
    ),

    metrics: endpoint(
      {
        summary: 'Metrics for Prometheus, from this machine or for operators',
        access: 'this-machine',
        replies: { 200: { description: 'Prometheus text', mediaType: 'text/plain' } },
        refusals: ['sign-in-needed', 'role-needed'],
      },
      async ({ source, request }) => {
        if (!isLoopback(source)) await admit(['operator'], readCookie(request.headers.cookie, SESSION_COOKIE), sessions);
        return { status: 200, body: await metrics.text(), headers: { 'Content-Type': metrics.contentType } };
      },
    ),
  };
}

async function stateOf(asked: PromiseLike<unknown>): Promise<'ok' | 'away'> {
  try {
    await asked;
    return 'ok';
  } catch (error) {
    if (error instanceof Refusal) throw error;
    return 'away';
  }
}
