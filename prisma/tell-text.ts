import { z } from 'zod';
import { TOLD_BY_NAME, type Whom } from '#domain/telling.ts';
import { HOW_SOURCES_ARE_WRITTEN, source } from './stage-text.ts';

/** Who is told when, as a rule of a policy document writes it. */

const error = `write one of ${TOLD_BY_NAME.join(', ')}, or ${HOW_SOURCES_ARE_WRITTEN}`;
const whom = z.union(
  [
    z
      .enum(TOLD_BY_NAME)
      .describe('holder: whose account it is; approvers: who approved or denied; security-officers: who is one at the console.'),
    source,
  ],
  { error },
);
const people = z
  .union([whom.transform((one): Whom[] => [one]), z.array(whom).min(1, 'write at least one, or leave the line out').max(10)], {
    error: `${error}; or a list of them`,
  })
  .default([]);

export const tellText = z
  .strictObject({
    requested: people.describe('When proof and factor have passed, and never before: a name alone tells nobody anything.'),
    changed: people.describe(
      'When the password was changed or the account unlocked. The holder is always told then, and the security officers where the account is protected.',
    ),
    unchanged: people.describe('When it ended without a change after proof and factor: refused, denied, locked, expired or cancelled.'),
  })
  .prefault({})
  .describe('Who is told of a reset, and when: in the console, and by mail where the site has a relay. Addresses are never in here.');
