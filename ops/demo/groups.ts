export type DemoGroup = { name: string; memberOf?: readonly string[]; description: string };

export const groups: readonly DemoGroup[] = [
  { name: 'CS-Approvers', description: 'Countersign: may decide for the people who report to them' },
  { name: 'CS-Security-Officers', description: 'Countersign: second stage of approval for protected accounts' },
  { name: 'CS-Help-Desk', description: 'Countersign: issues codes in person' },
  { name: 'CS-Auditors', description: 'Countersign: reads resets and evidence' },
  { name: 'CS-Administrators', description: 'Countersign: policy and settings' },
  { name: 'CS-Operators', description: 'Countersign: health of the system' },
  { name: 'Branch Managers', memberOf: ['CS-Approvers', 'Branch Staff'], description: 'Managers of branches' },
  { name: 'Branch Staff', description: 'Everybody who works in a branch' },
  { name: 'Tellers', memberOf: ['Branch Staff'], description: 'All tellers' },
  { name: 'Counter Tellers', memberOf: ['Tellers'], description: 'Tellers at the counter' },
  { name: 'IT Staff', description: 'The IT department' },
  { name: 'Treasury Dealers', description: 'Dealers; the policy Treasury Passwords applies' },
  { name: 'Lock Until Released', description: 'A lockout does not end by itself; the policy Lock Until Released applies' },
  { name: 'Infrastructure Administrators', memberOf: ['Domain Admins'], description: 'First of five steps to Domain Admins' },
  { name: 'Platform Team', memberOf: ['Infrastructure Administrators'], description: 'Second of five steps' },
  { name: 'Server Maintenance', memberOf: ['Platform Team'], description: 'Third of five steps' },
  { name: 'Batch Administrators', memberOf: ['Server Maintenance'], description: 'Fourth of five steps' },
  { name: 'Nightly Batch Operators', memberOf: ['Batch Administrators'], description: 'Fifth of five steps' },
];
