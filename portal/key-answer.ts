import { z } from 'zod';
import { Refusal } from '#domain/refusals.ts';
import type { KeyAnswer } from '#api/own-keys.ts';
import type { NewKeyAnswer, ShownFactor } from '#api/own-factors-flow.ts';
import type { FormProblem, Problem } from '#domain/form-problems.ts';
import { digitsProblems } from '#domain/form-shape.ts';

/** What the page's script (assets/portal.js) writes into a form when a key has answered. */

const base64url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);
const common = { credential: base64url(1364), clientDataJSON: base64url(4096) };
const assertion = z.strictObject({ ...common, authenticatorData: base64url(2048), signature: base64url(2048) });
const registration = z.strictObject({
  ...common,
  attestationObject: base64url(12_288),
  transports: z.array(z.string().regex(/^[a-z0-9-]{1,32}$/)).max(8),
});

const NO_ANSWER: Problem = { codes: ['key-missing'] };

export function keyAnswer({ ceremony, answer }: { ceremony: string; answer: string }): KeyAnswer | Problem {
  const read = readAnswer(assertion, ceremony, answer);
  return read ? { ceremony, assertion: read } : NO_ANSWER;
}

interface Shown {
  digits: string;
  ceremony: string;
  answer: string;
}

/** The answer of a key when the script wrote one, otherwise digits; or what is wrong with either by its shape. */
function shownFactor({ digits, ...key }: Shown): ShownFactor | { codes: FormProblem[] } {
  if (key.answer === '') return digitsProblems(digits).length > 0 ? { codes: digitsProblems(digits) } : { code: digits };
  const read = keyAnswer(key);
  return 'codes' in read ? { codes: ['key-missing'] } : read;
}

/** What is wrong, by its shape, with what confirms at My factors. */
export function shownProblems(fields: Shown): FormProblem[] {
  const shown = shownFactor(fields);
  return 'codes' in shown ? shown.codes : [];
}

/** What confirms at My factors, of a form that was checked. */
export function shownIn(fields: Shown): ShownFactor {
  const shown = shownFactor(fields);
  if ('codes' in shown) throw new Refusal('bad-request');
  return shown;
}

export function newKeyAnswer({ ceremony, answer }: { ceremony: string; answer: string }): NewKeyAnswer | undefined {
  const read = readAnswer(registration, ceremony, answer);
  return read && { ceremony, registration: read };
}

function readAnswer<S extends z.ZodType>(schema: S, ceremony: string, answer: string): z.infer<S> | undefined {
  if (!z.uuid().safeParse(ceremony).success) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(answer));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
