import { z } from 'zod';
import { canBeAccountName } from '#domain/account-name.ts';

/** Schemas of what people type. Everything here is refused with 400 before any other part of the product sees it. */

/** Text without NUL and lone surrogates, which PostgreSQL and LDAP cannot hold, with a limit in UTF-16 code units. */
export function text(max: number): z.ZodString {
  return z
    .string()
    .min(1, 'is empty')
    .max(max, `has more than ${max} characters`)
    .refine((value) => !value.includes('\0'), 'contains NUL')
    .refine((value) => value.isWellFormed(), 'is not well-formed Unicode');
}

/** The name of an account: sAMAccountName, user principal name or DOMAIN\name. What cannot be one is refused by its form alone, the same for everybody. */
export const accountName = text(256).refine(canBeAccountName, 'cannot be the name of an account');

/** A recovery code, an issued code or digits, with room for spaces and dashes. */
export const code = text(64);

/** A password as typed; its rules are judged later, with reasons. */
export const password = z.string().max(1024, 'has more than 1024 characters');

export const reason = text(1000).regex(/\S/, 'is empty');
