import { urlencoded, type Request } from 'express';
import { z } from 'zod';
import { Refusal } from '#domain/refusals.ts';

/** A form is small: nothing here needs more than 16 kB or a dozen fields. */
export const readForm = urlencoded({ extended: false, limit: '16kb', parameterLimit: 12 });

const ticket = { nonce: z.string().max(64), token: z.string().max(64) };

// An absent radio button or field is an empty answer, which the page can name; an unknown or doubled one was not sent by a page of ours.
const text = z
  .string()
  .refine((value) => value.isWellFormed() && !value.includes('\uFFFD'))
  .default('');

export const FORMS = {
  start: z.strictObject({ ...ticket, account: text }),
  proof: z.strictObject({ ...ticket, proof: text, code: text, colleague: text, knownPassword: text }),
  factor: z.strictObject({ ...ticket, digits: text }),
  /** At My factors, where a key may answer instead. */
  shown: z.strictObject({ ...ticket, digits: text, ceremony: text, answer: text }),
  /** From the page of the card listener, which knows no token of ours. */
  card: z.strictObject({ nonce: z.string().regex(/^[\w-]{22}$/), token: z.literal('').default(''), ticket: text }),
  /** `answer`: what the key answered, as the page's script writes it. */
  key: z.strictObject({ ...ticket, ceremony: text, answer: text }),
  newKey: z.strictObject({ ...ticket, ceremony: text, answer: text, name: text, digits: text, recoveryCode: text }),
  operation: z.strictObject({ ...ticket, operation: text }),
  /** A box that is not ticked is not sent. */
  password: z.strictObject({ ...ticket, password: text, endOldPassword: z.literal('yes').optional() }),
  /** `by`: the button that was pressed. */
  resume: z.strictObject({ ...ticket, reference: text, digits: text, by: z.enum(['code', 'held']).default('code') }),
  signIn: z.strictObject({ ...ticket, account: text, password: text }),
  newApp: z.strictObject({ ...ticket, name: text, newDigits: text, digits: text, ceremony: text, answer: text }),
  firstApp: z.strictObject({ ...ticket, name: text, newDigits: text, ticket: text }),
  firstByPassword: z.strictObject({ ...ticket, turn: z.uuid(), name: text, newDigits: text, password: text }),
  newFactors: z.strictObject({ ...ticket, name: text, newDigits: text }),
  vouch: z.strictObject({ ...ticket, whom: text, requestCode: text, digits: text }),
  name: z.strictObject({ ...ticket, name: text }),
  settle: z.strictObject({ ...ticket, ticket: text, verdict: z.enum(['mine', 'not-mine']) }),
  empty: z.strictObject(ticket),
} as const;

/** The fields of a form that was sent, exactly those of its page. Refuses `wrong-media-type` and `bad-request`. */
export function sentFields<S extends z.ZodType>(req: Request, schema: S): z.infer<S> {
  if (req.body === undefined) throw new Refusal('wrong-media-type');
  const parsed = schema.safeParse({ ...(req.body as object) }); // querystring makes an object without a prototype
  if (!parsed.success) throw new Refusal('bad-request');
  return parsed.data;
}
