import type { Role } from '../records.ts';

export type PageName =
  | 'inbox'
  | 'messages'
  | 'resets'
  | 'alarms'
  | 'officers'
  | 'audit'
  | 'log'
  | 'controllers'
  | 'reports'
  | 'helpDesk'
  | 'campaigns'
  | 'devices'
  | 'delegations'
  | 'policies'
  | 'reviews';

/**
 * Which roles a page is for. This only decides what is offered; the server decides what is answered (default deny), and
 * its 403 shows the same page as this table does.
 */
export const PAGES = {
  inbox: ['approver', 'auditor', 'administrator'],
  delegations: ['approver'],
  messages: ['approver', 'security-officer', 'help-desk', 'auditor', 'administrator', 'operator'],
  resets: ['approver', 'security-officer', 'help-desk', 'auditor', 'administrator', 'operator'],
  alarms: ['security-officer', 'auditor', 'administrator'],
  officers: ['security-officer', 'auditor', 'administrator'],
  reviews: ['security-officer', 'auditor', 'administrator'],
  campaigns: ['security-officer', 'administrator', 'auditor'],
  devices: ['help-desk', 'security-officer', 'auditor', 'administrator', 'operator'],
  policies: ['administrator', 'auditor'],
  audit: ['auditor', 'administrator'],
  log: ['auditor', 'administrator', 'operator'],
  controllers: ['security-officer', 'auditor', 'administrator', 'operator'],
  reports: ['auditor', 'administrator'],
  helpDesk: ['help-desk'],
} as const satisfies Record<PageName, readonly Role[]>;

/** Who may read the history of a workflow. */
export const HISTORY_READERS = ['auditor', 'operator', 'administrator'] as const satisfies readonly Role[];

export const ADDRESSES = {
  inbox: '/approvals',
  delegations: '/delegations',
  messages: '/messages',
  resets: '/resets',
  alarms: '/alarms',
  officers: '/officers',
  reviews: '/reviews',
  campaigns: '/campaigns',
  devices: '/devices',
  policies: '/policies',
  audit: '/audit',
  log: '/log',
  controllers: '/controllers',
  reports: '/reports',
  helpDesk: '/help-desk',
} as const satisfies Record<PageName, string>;

/** Where each role begins its day; the first that fits, in this order. */
const START: readonly (readonly [Role, PageName])[] = [
  ['approver', 'inbox'],
  ['security-officer', 'resets'],
  ['help-desk', 'helpDesk'],
  ['auditor', 'audit'],
  ['administrator', 'resets'],
  ['operator', 'resets'],
];

export function mayOpen(page: PageName, roles: readonly Role[]): boolean {
  return PAGES[page].some((role) => roles.includes(role));
}

/** The pages that these roles may open, in the menu's order. */
export function pagesFor(roles: readonly Role[]): PageName[] {
  return (Object.keys(PAGES) as PageName[]).filter((page) => mayOpen(page, roles));
}

/** The page to begin with; undefined for somebody without a role. */
export function startFor(roles: readonly Role[]): PageName | undefined {
  return START.find(([role]) => roles.includes(role))?.[1];
}
