import { z } from 'zod';
import { isRefusalCode, PASSWORD_REASONS, REFUSALS, type PasswordReason } from '#domain/refusals.ts';
import { problemLines, tryAgainIn } from '#domain/form-problems.ts';

/** Answers of the portal's interface (/api/v1/openapi.json) as far as this screen needs them. A newer server may say more. */
const text = z.string().max(4000);
const texts = z.array(text).max(50);

const reasons = z
  .array(z.string().max(64))
  .max(50)
  .transform((list) => list.filter((one): one is PasswordReason => Object.hasOwn(PASSWORD_REASONS, one)));

export const next = z.object({
  step: z.enum(['prove', 'factor', 'wait', 'choose-operation', 'choose-password', 'come-back', 'set-up-factors', 'done', 'refused']),
  choices: texts.optional(),
  operation: z.enum(['new-password', 'unlock', 'replace-factors']).optional(),
  for: text.optional(),
  until: text.optional(),
  requestCode: text.optional(),
  oldPassword: z.literal('ended').optional(),
  code: z.string().max(64).optional(),
  reasons: reasons.optional(),
  message: text,
});
export type NextStep = z.infer<typeof next>;

/** It goes into an address and onto the screen. */
const reference = z.string().regex(/^(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}$/);
export const begun = z.object({ reference, next });
export const moved = z.object({ next });
/** The key of a new app as it is typed, and new recovery codes; they end up on the screen in ASCII. */
export const newFactors = z.object({
  account: text,
  app: z.object({ key: z.string().max(200), algorithm: z.string().max(16), digits: z.int(), period: z.int() }),
  codes: z.array(z.string().max(64)).min(1).max(50),
});
export const deviceChallenge = z.object({ ceremony: z.uuid(), challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
export const atDevice = z.object({ device: text, knownDevice: z.boolean() });

export const progress = z.object({
  reference,
  next,
  requestCode: text,
  passwordRules: texts,
  signInLimits: texts,
  passwordJudged: z
    .object({
      policy: z.object({
        source: z.enum(['domain', 'fine-grained', 'unreadable']),
        minLength: z.number(),
        complexity: z.boolean(),
        historyLength: z.number(),
        countedBy: z.enum(['windows', 'samba']).optional(),
      }),
      names: texts,
      minLength: z.number(),
    })
    .optional(),
  recoveryCodesLeft: z.int().min(0).optional(),
  oneWayIn: z.boolean().optional(),
  told: text.nullable(),
});
export type Progress = z.infer<typeof progress>;

/** Of the stream of events. */
export const news = z.object({ next });

const problem = z.object({
  code: z.string().max(64),
  detail: text,
  reasons: reasons.optional(),
  retryAfter: z.int().min(0).optional(),
  next: next.optional(),
});

/** A "no" of the portal, or of the way there, in the words that whoever sits here reads. */
export class Told extends Error {
  readonly code: string;
  readonly lines: readonly string[];
  /** The reset itself stands where it stood, or at its end: there is a step to be shown. */
  readonly goesOn: boolean;
  constructor(code: string, lines: readonly string[], goesOn = false) {
    super(code);
    this.code = code;
    this.lines = lines;
    this.goesOn = goesOn;
  }
}

/** The words of a problem: those of the page for the same refusal, and what only this answer says. */
export function toldBy(body: unknown): Told | undefined {
  const parsed = problem.safeParse(body);
  if (!parsed.success) return undefined;
  const { code, detail, reasons: why = [], retryAfter, next: goingOn } = parsed.data;
  if (isRefusalCode(code) && detail === REFUSALS[code].words)
    return new Told(
      code,
      problemLines({ codes: [code], reasons: why, retryAfterSeconds: retryAfter }).map(({ words }) => words),
      goingOn !== undefined,
    );
  return new Told(code, [detail, ...(retryAfter === undefined ? [] : [tryAgainIn(retryAfter)])], goingOn !== undefined);
}
