import type { ApproverSource } from './approval-stage.ts';
import type { Policy, Rule } from './policy.ts';

/** When somebody is told of a reset: proof and factor have passed, the password was changed, or it ended without a change. */
export const TELL_WHEN = ['requested', 'changed', 'unchanged'] as const;
export type TellWhen = (typeof TELL_WHEN)[number];

/** The account's holder; the approvers who decided; whoever is a security officer at the console. */
export const TOLD_BY_NAME = ['holder', 'approvers', 'security-officers'] as const;
/** Somebody to be told. A relation, a group or a role means the people behind it when they are told. */
export type Whom = (typeof TOLD_BY_NAME)[number] | ApproverSource;

/** Whom a rule tells when. */
export type Tell = Readonly<Record<TellWhen, readonly Whom[]>>;

export const TELL_NOBODY: Tell = { requested: [], changed: [], unchanged: [] };

/**
 * Whom a rule tells, each once. The floor, which no policy takes away: the holder is told of every change (NIST SP
 * 800-63B-4 §4.2.3, §4.6), and of a change of a protected account the security officers are.
 */
export function toldAt({ tell }: Pick<Rule, 'tell'>, when: TellWhen, isProtected: boolean): Whom[] {
  const floor: Whom[] = when === 'changed' ? ['holder', ...(isProtected ? (['security-officers'] as const) : [])] : [];
  const all = [...floor, ...tell[when]];
  const named = all.map(whomKey);
  return all.filter((_, at) => named.indexOf(named[at] ?? '') === at);
}

/** One word or two for whom a rule tells, as rows and leaves have it: `holder`, `manager`, `group Treasury`. */
export function whomKey(whom: Whom): string {
  if (typeof whom === 'string') return whom;
  if ('relation' in whom) return whom.relation;
  if ('group' in whom) return `group ${whom.group}`;
  return 'role' in whom ? `role ${whom.role}` : `owner of ${whom.ownerOf}`;
}

/** Whom a rule tells when, as one text: two rules tell the same people when their texts are equal. Roles stand in it by what they hold. */
export function tellingOf({ roles }: Pick<Policy, 'roles'>, rule: Pick<Rule, 'tell'>, isProtected: boolean): string {
  const named = (whom: Whom) => (typeof whom === 'object' && 'role' in whom ? (roles[whom.role] ?? []).toSorted().join(' ') : '');
  return JSON.stringify(
    TELL_WHEN.map((when) =>
      toldAt(rule, when, isProtected)
        .map((whom) => `${whomKey(whom)} ${named(whom)}`)
        .toSorted(),
    ),
  );
}
