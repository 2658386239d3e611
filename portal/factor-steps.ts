import type { Request, Response, Router } from 'express';
import type { z } from 'zod';
import { Refusal } from '#domain/refusals.ts';
import type { FactorHolder, OwnFactorsFlow } from '#api/own-factors-flow.ts';
import { type Explained, problemOf, sendProblem } from './answers.ts';
import { FACTORS_COOKIE, readCookie } from './cookies.ts';
import type { Flash, Flashes } from './flash.ts';
import type { FormTokens } from './form-token.ts';
import { sendOn } from './headers.ts';
import type { FactorDone } from './pages/my-factors.ts';
import { type FormProblem, problemLines } from '#domain/form-problems.ts';
import { readForm, sentFields } from './sent-form.ts';
import type { PortalSite } from './site.ts';

export interface FactorPages {
  flow: OwnFactorsFlow;
  site: PortalSite;
  tokens: FormTokens;
  flash: Flashes;
  explain: (error: unknown) => Explained;
  sourceOf: (remoteAddress: string | undefined) => string;
}

export const SIGN_IN = '/factors/sign-in';
export const CONFIRM = '/factors/confirm';

export type FactorSteps = ReturnType<typeof factorSteps>;

/** How pages and forms of My factors are answered, whatever they are about. */
export function factorSteps(router: Router, { flow, site, tokens, flash, explain, sourceOf }: FactorPages) {
  const tokenOf = (req: Request<object>): string | undefined => readCookie(req, FACTORS_COOKIE);
  const lines = (left: Flash | undefined) => problemLines(left?.problem);

  /** A page of somebody who is signed in; whoever is not is led to where they can be. */
  const page = <P extends object>(path: string, show: (req: Request<P>, res: Response, left: Flash | undefined) => Promise<void>): void => {
    router.get(path, async (req, res) => {
      const left = flash.take(req, res);
      await show(req as unknown as Request<P>, res, left).catch((error: unknown) => {
        // By its code alone: `explain` logs what nobody expected, and that is done once, where it ends.
        if (!(error instanceof Error && 'code' in error && error.code === 'sign-in-needed')) throw error;
        return flow.stage(tokenOf(req)).then((stage) => sendOn(res, stage === 'password' ? CONFIRM : SIGN_IN));
      });
    });
  };

  interface Sent<P extends object, F> {
    req: Request<P>;
    res: Response;
    fields: F;
    holder: FactorHolder;
  }
  /** One form. `act` answers where it leads and what is said there; what is wrong leads back to where the form stands. */
  const step = <S extends z.ZodType<{ nonce: string; token: string }>, P extends object = object>(
    path: string,
    {
      schema,
      check,
      at,
      keepsForm = false,
    }: { schema: S; check: (fields: z.infer<S>) => FormProblem[]; at: (req: Request<P>) => string; keepsForm?: boolean },
    act: (sent: Sent<P, z.infer<S>>) => Promise<{ to: string; said?: FactorDone }>,
  ): void => {
    router.post(path, readForm, async (request, res) => {
      const req = request as unknown as Request<P>;
      const fields = sentFields(request, schema);
      if (!tokens.isOurs(request, fields)) throw new Refusal('form-expired');
      const sent = fields as { nonce: string; name?: unknown; account?: unknown; whom?: unknown };
      const kept = {
        ...(typeof sent.account === 'string' ? { account: sent.account.slice(0, 256) } : {}),
        ...(typeof sent.whom === 'string' ? { whom: sent.whom.slice(0, 256) } : {}),
        ...(typeof sent.name === 'string' ? { name: sent.name.slice(0, 64) } : {}),
        ...(keepsForm ? { nonce: sent.nonce } : {}),
      };
      const back = (problem: Flash['problem']): void => {
        flash.leave(res, { path: at(req), problem, kept });
        sendOn(res, at(req));
      };
      const codes = check(fields);
      if (codes.length > 0) return back({ codes });
      const holder = { token: tokenOf(req), source: sourceOf(req.socket.remoteAddress), nonce: sent.nonce };
      try {
        const { to, said } = await act({ req, res, fields, holder });
        if (said) flash.leave(res, { path: to, problem: { codes: [] }, said });
        sendOn(res, to);
      } catch (error) {
        const explained = explain(error);
        if (explained.code === 'sign-in-needed') return sendOn(res, SIGN_IN);
        if (explained.code === 'incident') return sendProblem(site, explained, request, res);
        back(problemOf(explained));
      }
    });
  };

  return { page, step, tokenOf, lines };
}
