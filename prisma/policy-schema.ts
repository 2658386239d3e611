import { z } from 'zod';
import { DECISION_METHODS } from '#domain/attestation.ts';
import { DOORS, FLAGS } from '#domain/circumstances.ts';
import { FACTORS, PROOFS } from '#domain/next.ts';
import { OPERATIONS } from '#domain/operation.ts';
import { BASES } from '#domain/policy-bases.ts';
import { calendarText } from './calendar-text.ts';
import { devicesText } from './devices-text.ts';
import { duration } from './duration-text.ts';
import { passkeysText } from './passkeys-text.ts';
import { whyNotBlock } from './networks.ts';
import { breakGlassText, stageText, vouchersText } from './stage-text.ts';
import { tellText } from './tell-text.ts';

/** A policy as its document is written (YAML 1.2). What is described here is what an editor shows of the published schema. */

const name = z.string().min(1);
const calendarName = name.describe('A calendar, by its name under calendars.');
const count = (max: number) => z.int().min(1).max(max);
const listOf = <T extends z.ZodType>(of: T) => z.array(of).min(1, 'write at least one, or leave the line out');
const subtree = z
  .string()
  .regex(/^([Oo][Uu]|[Cc][Nn]|[Dd][Cc])=/, 'write a distinguished name, such as OU=Staff,DC=bank,DC=test')
  .describe('A subtree of the directory by its distinguished name.');
const groups = listOf(name).optional();
const networkNames = listOf(name).optional();

const when = z
  .strictObject({
    protected: z
      .boolean()
      .optional()
      .describe('Whether Active Directory itself protects the account: a member of Domain Admins and its kin, adminCount.'),
    under: listOf(subtree).optional().describe('In one of these subtrees.'),
    notUnder: listOf(subtree).optional().describe('In none of these subtrees.'),
    memberOf: groups.describe('In one of these security groups, nested ones included, by sAMAccountName.'),
    notMemberOf: groups.describe('In none of these security groups.'),
    flags: listOf(z.enum(FLAGS)).optional().describe('One of these is so when the account is named.'),
    notFlags: listOf(z.enum(FLAGS)).optional().describe('None of these is so when the account is named.'),
    via: listOf(z.enum(DOORS)).optional().describe('By which door the reset comes in.'),
    networks: networkNames.describe('From one of these networks, by their names under networks.'),
    notNetworks: networkNames.describe('From none of these networks.'),
    hours: z
      .union([z.strictObject({ inside: calendarName }), z.strictObject({ outside: calendarName })], {
        error: 'write { inside: … } or { outside: … } with the name of a calendar',
      })
      .optional()
      .describe('While a calendar is open, or while it is not.'),
  })
  .describe('When the rule fits: everything that is written has to hold; {} fits always.');

const alternative = z.strictObject({
  name: name.describe('What people call this way in.'),
  proofs: z.array(z.enum(PROOFS)).min(1, 'each way in needs at least one proof of who somebody is').describe('Each of these has to pass.'),
  factors: z
    .array(z.enum(FACTORS))
    .min(1, 'each way in needs at least one factor, something that the person holds')
    .describe('Each of these has to pass.'),
});

const replacement = z
  .strictObject({
    accept: listOf(
      z.strictObject({
        name: name.describe('What people call this way in.'),
        proofs: z
          .array(z.enum(PROOFS))
          .min(1, 'each way in needs at least one proof of who somebody is')
          .describe('Each of these has to pass.'),
      }),
    ).describe('Ways in for somebody who holds no factor any more: any one of them is enough, whole.'),
    approvals: z
      .array(stageText)
      .min(1, 'somebody has to approve it; write at least one stage')
      .max(5, 'five stages are the most')
      .describe('Who has to approve, stage after stage: at least one person, and two where accounts are protected.'),
    wait: duration.describe(
      'So long it is waited after the last approval, while the holder can object; a day at least where accounts are protected.',
    ),
  })
  .describe('What is asked before new factors take the place of every one that somebody has lost.');

const minLength = z
  .int()
  .min(8, 'NIST SP 800-63B-4 §3.1.1.2 asks for at least 8 characters')
  .max(64, 'NIST SP 800-63B-4 §3.1.1.2 wants 64 characters to be enough')
  .describe('So many characters at least; where the directory asks for more, that counts.');
const siteWords = z
  .array(z.string().min(3, 'write words of at least three letters'))
  .describe(
    'Words of this place, such as the bank’s name, its city and its products, in any script; no password may be made of them alone.',
  );

const rule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'use small letters, digits and dashes')
    .describe('What the rule is called in reports and in the evidence.'),
  when,
  may: listOf(z.enum(OPERATIONS))
    .default(['new-password'])
    .describe(
      'What the claimant may do once everything has passed: set a new password, which also unlocks; unlock the account and keep the password; or, after losing every factor, have them replaced, for which replaceFactors says what is asked; [new-password] if left out.',
    ),
  accept: listOf(alternative).describe('Ways in: any one of them is enough, whole.'),
  vouchers: vouchersText
    .optional()
    .describe('Who may vouch in person for the claimant, where a way in asks for vouching: one source, or a list of which each will do.'),
  approvals: z.array(stageText).max(5, 'five stages are the most').describe('Who has to approve, stage after stage; [] for nobody.'),
  decisions: listOf(z.enum(DECISION_METHODS))
    .default(['passkey'])
    .describe(
      'How an approver confirms a decision: with their own key, in a passkey or on a smart card, or also with a one-time code where accounts are not protected.',
    ),
  breakGlass: breakGlassText
    .optional()
    .describe(
      'That security officers together may let a reset go on whose approvers cannot be reached, or while too few witnesses answer; left out: not allowed.',
    ),
  replaceFactors: replacement.optional(),
  tell: tellText,
  password: z
    .strictObject({ minLength: minLength.optional(), siteWords: siteWords.optional() })
    .optional()
    .describe('What the new password has to satisfy beyond the policy’s own demands.'),
});

const test = z.strictObject({
  name: name.describe('What is expected, in words.'),
  account: z
    .strictObject({
      dn: subtree,
      protected: z.boolean().default(false).describe('Whether Active Directory itself protects it.'),
      groups: z.array(name).default([]).describe('Every group that counts, nested ones too.'),
      flags: z.array(z.enum(FLAGS)).default([]).describe('What is so when it is named.'),
    })
    .describe('The account for which this is expected, as the directory would tell of it.'),
  from: z
    .strictObject({
      via: z.enum(DOORS).default('portal').describe('By which door the reset comes in.'),
      address: z.union([z.ipv4(), z.ipv6()], { error: 'write an address such as 10.20.0.7' }).optional().describe('From where.'),
    })
    .prefault({})
    .describe('How the reset comes in.'),
  at: z.iso
    .datetime({ offset: true, error: 'write a moment such as 2026-11-26T10:00:00Z' })
    .optional()
    .describe('When; needed where a rule asks for the hour.'),
  expect: z
    .union(
      [
        z.strictObject({
          rule: name.describe('The rule that has to be chosen, by its id.'),
          may: z.array(z.enum(OPERATIONS)).optional().describe('What may be done under it, in its order.'),
          accept: z.array(name).optional().describe('Its ways in, by their names, in their order.'),
          stages: z.array(name).optional().describe('Its stages, by their labels, in their order.'),
          approvers: z.int().min(0).optional().describe('How many different people have to approve in all.'),
        }),
        z.strictObject({
          refused: z.enum(['not-served', 'no-rule']).describe('That the account is not reset: outside of what is served, or no rule fits.'),
        }),
      ],
      { error: 'write { rule: … } and what else you expect, { refused: no-rule } or { refused: not-served }' },
    )
    .describe('What has to come of it.'),
});

const attribute = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'write the name of an attribute, such as seeAlso or extensionAttribute5');
const identities = z.strictObject({
  owner: z
    .array(
      z.strictObject({
        attribute: attribute.describe('An attribute of a second account that says whose it is.'),
        names: z
          .enum(['account', 'employee-number'])
          .describe('What stands in it: a distinguished or account name, or an employee number.'),
      }),
    )
    .max(5, 'five attributes are the most')
    .default([])
    .describe('By which attributes of the directory a second account says whose it is.'),
  samePerson: z
    .array(z.array(name).min(2, 'a list of one account joins nothing; write at least two'))
    .default([])
    .describe('Accounts of one person, a list for each, by account name or, which survives renaming, by SID.'),
});

const firstFactor = z.strictObject({
  name: name.describe('What evidence and reports call this condition.'),
  when: when.describe('Everything that is written has to hold; protected: false has to be.'),
  youngerThan: duration
    .optional()
    .describe('So long after the directory made the account, such as 14d; left out: however old the account is.'),
});

export const policySchema = z.strictObject({
  name: name.describe('What people call this policy.'),
  bases: z.array(z.enum(BASES)).default([]).describe('Published rules that this policy keeps; where it asks for less it is refused.'),
  serves: listOf(subtree).describe('Accounts elsewhere are never reset.'),
  networks: z
    .record(
      name,
      listOf(z.string().refine((text) => whyNotBlock(text) === undefined, { error: ({ input }) => whyNotBlock(String(input)) })),
    )
    .default({})
    .describe('Networks of the site by name, each a list of blocks such as 10.20.0.0/16.'),
  calendars: z.record(name, calendarText).default({}).describe('Business hours by name.'),
  roles: z.record(name, listOf(name)).default({}).describe('Roles of approvers by name, each with the groups whose members hold it.'),
  // Resets may be frozen under a policy from before this part.
  identities: identities
    .prefault({})
    .describe('Which accounts belong to one person, beside those with the same employee number: nobody decides about themselves.'),
  // Resets may be frozen under a policy from before this part.
  passkeys: passkeysText,
  // Resets may be frozen under a policy from before this part.
  devices: devicesText,
  // Resets may be frozen under a policy from before this part.
  firstFactor: z
    .array(firstFactor)
    .max(10, 'ten conditions are the most')
    .default([])
    .describe(
      'Under which conditions somebody who never held a factor sets up a first app with the directory password alone, any one of them is enough; nobody if left out.',
    ),
  rules: listOf(rule).describe('The first rule that fits decides. An account for which none fits is not reset.'),
  timers: z
    .strictObject({
      unproven: duration.describe('From the name to proof and factor.'),
      approval: duration.describe('For each stage that names no end of its own.'),
      choosePassword: duration.describe('So long the claimant may take to choose the new password.'),
      sealedPassword: duration.describe('Then the chosen password is erased, written or not.'),
      coolingOff: duration.describe('After one’s own reset nobody approves.'),
      issuedCode: duration.describe('So long a code of the help desk can be used.'),
      // Resets may be frozen under a policy from before this timer.
      outcome: duration.default(86_400).describe('So long an ended reset tells the claimant who comes back how it ended.'),
    })
    .describe('How long each step may take, such as 10m, 24h or 3d.'),
  attempts: z
    .strictObject({
      proofsPerReset: count(10).describe('Wrong proofs before the reset ends.'),
      factorsPerReset: count(10).describe('Wrong codes of a factor before the reset ends.'),
      passwordsPerReset: count(20).describe('Refused passwords before the reset ends.'),
      perAuthenticator: count(100).describe('Failures one after the other before an authenticator is disabled.'),
      perAccountPerHour: count(100).describe('Failures about one account within an hour, over all resets.'),
      signInsPerAccountPerHour: count(100).describe(
        'Wrong passwords at the console within an hour; stay below the directory’s own lockout.',
      ),
      // Resets may be frozen under a policy from before this one.
      alarmPerTenMinutes: count(100_000)
        .default(100)
        .describe('Failures over the whole site within ten minutes from which officers are called, if a usual day has not half as many.'),
    })
    .describe('How often somebody may be wrong.'),
  password: z
    .strictObject({
      minLength,
      siteWords,
      oldestBannedList: duration
        .optional()
        .describe('How old the list of banned passwords may be; with an older one no password is taken. Left out: as old as it is.'),
    })
    .describe('What every new password has to satisfy beyond the directory’s own policy.'),
  tests: z.array(test).default([]).describe('What whoever wrote this expects of it. It is not put in force when one of them is red.'),
});

export type WrittenPolicy = z.output<typeof policySchema>;

/** The JSON Schema (draft 2020-12) of the document, for editors. What only the whole can tell, such as the floor, is not in it. */
export function policyJsonSchema(): object {
  return { title: 'Countersign policy', ...z.toJSONSchema(policySchema, { io: 'input' }) };
}
