import { randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { Refusal } from '#domain/refusals.ts';
import { readCookie, RESET_COOKIE, SESSION_COOKIE } from './cookies.ts';
import { needsNoSession, type Access, type Answer, type Ask, type Endpoint, type Route } from './endpoint.ts';
import type { Answers, Repeatable } from './idempotency.ts';
import { problemOf, type Logger, type Problem } from './problem.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import { sourceOf } from './source.ts';

export interface DoorDeps {
  /** Records that somebody asked for what their roles do not include. */
  roleNeeded: (session: SignedIn, route: string) => Promise<void>;
  sessions: Sessions;
  answers: Answers;
  /** The one origin that this server is; the Host header is never believed. */
  origin: string;
  log: Logger;
  observe(route: string, status: number, seconds: number): void;
}

export const parserOf = (limit: number | '16kb') => express.json({ limit, strict: false, inflate: false, type: 'application/json' });
const parseJson = parserOf('16kb');
export const nothing = z.strictObject({});

/**
 * The one door of the JSON interface. It stands on the routed handler, never on a path's text, and nothing is looked at
 * before the session is: session, role, forged requests, form, then the endpoint; and only declared fields leave.
 */
export function door(route: Route, deps: DoorDeps): RequestHandler {
  const name = `${route.method} ${route.path}`;
  const { longest } = route.endpoint;
  const parse = longest === undefined ? parseJson : parserOf(longest);
  return async (request, response) => {
    const began = performance.now();
    try {
      const answer = await answerOf(route, { name, parse }, request, response, deps);
      if (answer !== 'streamed') send(response, answer);
    } catch (error) {
      sendProblem(response, problemOf(error, deps.log));
    }
    deps.observe(name, response.statusCode, (performance.now() - began) / 1000);
  };
}

async function answerOf(
  route: Route,
  { name, parse }: { name: string; parse: RequestHandler },
  request: Request,
  response: Response,
  deps: DoorDeps,
): Promise<Answer | 'streamed'> {
  const { endpoint } = route;
  const sessionToken = readCookie(request.headers.cookie, SESSION_COOKIE);
  const session = await admit(endpoint.access, sessionToken, deps.sessions, (refused) => deps.roleNeeded(refused, name));
  if (route.method !== 'GET') refuseForged(request, deps.origin);
  const body = route.method === 'GET' ? {} : await readBody(request, response, parse);
  const key = idempotencyKey(request);
  const ask: Ask<unknown, unknown, unknown> = {
    params: parsed(endpoint.params ?? nothing, request.params, 'address'),
    query: parsed(endpoint.query ?? nothing, filled(request.query), 'query'),
    body: parsed(endpoint.body ?? nothing, body, 'body'),
    source: sourceOf(request.socket.remoteAddress),
    session,
    sessionToken,
    browserToken: readCookie(request.headers.cookie, RESET_COOKIE),
    nonce: key ?? randomUUID(),
    repeatable: key !== undefined,
    request,
    response,
  };
  if (key === undefined || route.method === 'GET') return declared(endpoint, await endpoint.handle(ask));
  const caller = session?.id ?? ask.browserToken ?? ask.source;
  return once(
    { key, route: `${name} ${JSON.stringify(ask.params)}`, caller, body, keepNoAnswer: endpoint.keepNoAnswer === true },
    endpoint,
    ask,
    deps,
  );
}

/** The first answer of a repeated request; a refusal is an answer too. */
async function once(of: Repeatable, endpoint: Endpoint, ask: Ask<unknown, unknown, unknown>, deps: DoorDeps): Promise<Answer | 'streamed'> {
  const first = await deps.answers.find(of);
  if (first) return first;
  try {
    const answer = declared(endpoint, await endpoint.handle(ask));
    if (answer !== 'streamed') await deps.answers.keep(of, answer);
    return answer;
  } catch (error) {
    const problem = problemOf(error, deps.log);
    await deps.answers.keep(of, { status: problem.status, body: problem });
    return {
      status: problem.status,
      body: problem,
      ...(problem.retryAfter === undefined ? {} : { headers: { 'Retry-After': String(problem.retryAfter) } }),
    };
  }
}

/** Throws `sign-in-needed` without the session that is asked for, `role-needed` without the role. */
export async function admit(
  access: Access,
  token: string | undefined,
  sessions: Sessions,
  roleNeeded: (session: SignedIn) => Promise<void> = async () => {},
): Promise<SignedIn | undefined> {
  // `this-machine` is judged by its one endpoint, which asks here again for the role.
  if (needsNoSession(access) || access === 'this-machine') return undefined;
  const session = (await sessions.find(token)) ?? (access === 'second-step' ? await sessions.findSpent(token) : undefined);
  if (!session) throw new Refusal('sign-in-needed');
  if (access === 'password-passed' || access === 'second-step') return session;
  if (session.stage !== 'full') throw new Refusal('sign-in-needed');
  if (Array.isArray(access) && !access.some((role) => session.roles.includes(role))) {
    await roleNeeded(session);
    throw new Refusal('role-needed');
  }
  return session;
}

/** A page of another origin can send neither a header of its own nor a false Sec-Fetch-Site (W3C Fetch Metadata). */
function refuseForged(request: Request, origin: string): void {
  if (request.headers['x-countersign'] !== '1') throw new Refusal('missing-header');
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw new Refusal('wrong-origin');
  if (request.headers.origin !== undefined && request.headers.origin !== origin) throw new Refusal('wrong-origin');
}

/** The JSON of a request, or {} when it has no body. */
export async function readBody(request: Request, response: Response, parse: RequestHandler): Promise<unknown> {
  const empty = request.headers['transfer-encoding'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
  if (empty) return {};
  if (!request.is('application/json')) throw new Refusal('wrong-media-type');
  await new Promise<void>((resolve, reject) => parse(request, response, (error?: unknown) => (error ? reject(error) : resolve())) as void);
  const body: unknown = request.body;
  // What was typed lives in the ask only, and ends with it.
  request.body = undefined;
  return body;
}

function idempotencyKey(request: Request): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(key))
    throw new Refusal('bad-request', { detail: 'Idempotency-Key: write 1 to 128 visible characters.' });
  return key;
}

/** A form that is sent with fields left empty asks for nothing by them: `?state=` is the same as no state. */
export function filled(query: Request['query']): Request['query'] {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

/** What a schema makes of what was sent. Throws the refusal that names places and rules, and says nothing back. */
export function parsed(schema: z.ZodType, value: unknown, where: 'address' | 'query' | 'body'): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // An id that cannot be one names nothing.
  if (where === 'address') throw new Refusal('not-found');
  // Names of fields and rules only: what was typed is never said back.
  const findings = result.error.issues.map(
    (issue) =>
      `${[where, ...issue.path.map(String)].join('.')}: ${issue.code === 'unrecognized_keys' ? 'has a field that is not known' : issue.message}`,
  );
  throw new Refusal('bad-request', { detail: findings.slice(0, 5).join('; ').slice(0, 500) });
}

/** The answer with its declared fields only. */
export function declared(endpoint: Endpoint, answer: Answer | 'streamed'): Answer | 'streamed' {
  if (answer === 'streamed') return answer;
  const reply = endpoint.replies[answer.status];
  if (!reply) throw new Error(`status ${answer.status} is not declared`);
  return reply.schema && reply.mediaType === undefined ? { ...answer, body: reply.schema.parse(answer.body) } : answer;
}

export function send(response: Response, { status, body, headers, cookie }: Answer): void {
  if (headers) response.set(headers);
  if (cookie) response.append('Set-Cookie', cookie);
  response.status(status);
  if (body === undefined) response.end();
  else if (typeof body === 'string') response.send(body);
  else response.type(status >= 400 ? 'application/problem+json' : 'json').send(JSON.stringify(body));
}

export function sendProblem(response: Response, problem: Problem): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  if (problem.retryAfter !== undefined) response.set('Retry-After', String(problem.retryAfter));
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
