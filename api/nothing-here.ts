import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { Refusal } from '#domain/refusals.ts';
import { readCookie, SESSION_COOKIE } from './cookies.ts';
import { sendProblem } from './door.ts';
import { problemOf, type Logger } from './problem.ts';
import type { Sessions } from './sessions.ts';

/**
 * The last stop. Whatever no route took, however it is spelled, is answered 401 without a session and 404 with one:
 * nobody learns without signing in which addresses there are.
 */
export function nothingHere(sessions: Sessions, log: Logger): RequestHandler {
  return async (request, response) => {
    // A 404 may be kept by anybody unless it is said (RFC 9110 §15.5.5), and this one is another one for each session.
    response.set('Cache-Control', 'no-store');
    if (isLostPerson(request)) {
      response.status(404).type('text').send('There is nothing at this address. Start at the first page: /');
      return;
    }
    try {
      const session = await sessions.find(readCookie(request.headers.cookie, SESSION_COOKIE));
      throw new Refusal(session?.stage === 'full' ? 'not-found' : 'sign-in-needed');
    } catch (error) {
      sendProblem(response, problemOf(error, log));
    }
  };
}

/** Somebody at a browser who mistyped a page's address; it is only worded differently, and says as little. */
function isLostPerson(request: Request): boolean {
  return request.method === 'GET' && request.headers.accept?.startsWith('text/html') === true && !/api|%/i.test(request.url);
}

/** Errors of the router itself, such as a parameter that cannot be decoded, are addresses that do not exist. */
export function onRouterError(last: RequestHandler, log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const { status } = (error ?? {}) as { status?: unknown }; // only looked at
    if (!response.headersSent && typeof status === 'number' && status < 500) void last(request, response, next);
    else sendProblem(response, problemOf(error, log));
  };
}
