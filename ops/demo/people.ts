/** Roles as `countersign demo people` names them. */
export type DemoRole = 'employee' | 'manager' | 'security-officer' | 'help-desk' | 'auditor' | 'administrator' | 'operator' | 'domain-admin';
export type DemoUnit = 'Staff' | 'Tellers' | 'IT' | 'Privileged';

export type DemoPerson = {
  account: string;
  givenName: string;
  surname: string;
  ou: DemoUnit;
  title: string;
  roles: readonly DemoRole[];
  manager?: string;
  /** Two accounts with one number belong to one person. */
  employeeId: string;
  groups: readonly string[];
  state?: 'locked' | 'disabled' | 'expired';
  /** What this person is here to show. */
  note: string;
};

export type DemoGroup = { name: string; memberOf?: readonly string[]; description: string };

/** The demo bank. Everybody is invented. Nobody holds two roles, so that each separation of duties can be seen. */
export const people: readonly DemoPerson[] = [
  { account: 'alice.moreau', givenName: 'Alice', surname: 'Moreau', ou: 'Staff', title: 'Mortgage adviser', roles: ['employee'], manager: 'nadia.rahman', employeeId: '1001', groups: ['Branch Staff'], note: 'an ordinary employee: the standard reset' },
  { account: 'bilal.osman', givenName: 'Bilal', surname: 'Osman', ou: 'Tellers', title: 'Teller', roles: ['employee'], manager: 'nadia.rahman', employeeId: '1002', groups: ['Counter Tellers'], note: 'a teller, in nested groups: the standard reset' },
  { account: 'goran.petrovic', givenName: 'Goran', surname: 'Petrović', ou: 'Staff', title: 'Property clerk', roles: ['employee'], employeeId: '1003', groups: ['Branch Staff'], note: 'an employee for whom no manager is set' },
  { account: 'fatima.noor', givenName: 'Fatima', surname: 'Noor', ou: 'Staff', title: 'Treasury dealer', roles: ['employee'], manager: 'helena.voss', employeeId: '1004', groups: ['Treasury Dealers'], note: 'has a fine-grained policy: 14 characters at least' },
  { account: 'chen.wei', givenName: 'Chen', surname: 'Wei', ou: 'Tellers', title: 'Teller', roles: ['employee'], manager: 'nadia.rahman', employeeId: '1005', groups: ['Counter Tellers', 'Lock Until Released'], state: 'locked', note: 'locked out; a reset unlocks' },
  { account: 'dora.lind', givenName: 'Dora', surname: 'Lind', ou: 'Staff', title: 'Loan officer (on leave)', roles: ['employee'], manager: 'nadia.rahman', employeeId: '1006', groups: ['Branch Staff'], state: 'disabled', note: 'disabled: a reset is refused' },
  { account: 'emil.novak', givenName: 'Emil', surname: 'Novák', ou: 'Staff', title: 'Contractor', roles: ['employee'], manager: 'nadia.rahman', employeeId: '1007', groups: ['Branch Staff'], state: 'expired', note: 'the account has passed its end date: a reset is refused' },
  { account: 'nadia.rahman', givenName: 'Nadia', surname: 'Rahman', ou: 'Staff', title: 'Branch manager', roles: ['manager'], manager: 'helena.voss', employeeId: '1010', groups: ['Branch Managers'], note: 'manages the branch; approves for the people who report to her' },
  { account: 'helena.voss', givenName: 'Helena', surname: 'Voß', ou: 'Staff', title: 'Chief operating officer', roles: ['manager'], employeeId: '1011', groups: ['CS-Approvers'], note: 'the top of the chain; nobody is above her' },
  { account: 'ines.duarte', givenName: 'Inês', surname: 'Duarte', ou: 'IT', title: 'Head of IT', roles: ['manager'], manager: 'helena.voss', employeeId: '1012', groups: ['CS-Approvers', 'IT Staff'], note: 'manages the privileged people: first stage of their approval' },
  { account: 'priya.menon', givenName: 'Priya', surname: 'Menon', ou: 'Staff', title: 'Security officer', roles: ['security-officer'], manager: 'helena.voss', employeeId: '1013', groups: ['CS-Security-Officers'], note: 'a security officer, second stage of approval; priya.menon-adm is hers too, so she never decides on it' },
  { account: 'quentin.roux', givenName: 'Quentin', surname: 'Roux', ou: 'Staff', title: 'Security officer', roles: ['security-officer'], manager: 'helena.voss', employeeId: '1014', groups: ['CS-Security-Officers'], note: 'the other security officer' },
  { account: 'jonas.berg', givenName: 'Jonas', surname: 'Berg', ou: 'IT', title: 'Help desk agent', roles: ['help-desk'], manager: 'ines.duarte', employeeId: '1015', groups: ['CS-Help-Desk', 'IT Staff'], note: 'issues a code to a person who stands in front of him' },
  { account: 'mateo.silva', givenName: 'Mateo', surname: 'Silva', ou: 'Staff', title: 'Internal auditor', roles: ['auditor'], manager: 'helena.voss', employeeId: '1016', groups: ['CS-Auditors'], note: 'reads everything, decides nothing' },
  { account: 'lena.fischer', givenName: 'Lena', surname: 'Fischer', ou: 'IT', title: 'Identity administrator', roles: ['administrator'], manager: 'ines.duarte', employeeId: '1017', groups: ['CS-Administrators', 'IT Staff'], note: 'administers Countersign' },
  { account: 'karim.haddad', givenName: 'Karim', surname: 'Haddad', ou: 'IT', title: 'Operator', roles: ['operator'], manager: 'ines.duarte', employeeId: '1018', groups: ['CS-Operators', 'IT Staff'], note: 'watches the running system' },
  { account: 'rosa.klein', givenName: 'Rosa', surname: 'Klein', ou: 'Privileged', title: 'Directory engineer', roles: ['domain-admin'], manager: 'ines.duarte', employeeId: '1019', groups: ['Domain Admins'], note: 'a Domain Admin: the privileged reset with two approvals' },
  { account: 'samir.khan', givenName: 'Samir', surname: 'Khan', ou: 'Privileged', title: 'Batch engineer', roles: ['domain-admin'], manager: 'ines.duarte', employeeId: '1020', groups: ['Nightly Batch Operators'], note: 'Domain Admin through five nested groups; no list of names knows him' },
  { account: 'priya.menon-adm', givenName: 'Priya', surname: 'Menon (admin)', ou: 'Privileged', title: 'Security officer, admin account', roles: ['domain-admin'], manager: 'ines.duarte', employeeId: '1013', groups: ['Infrastructure Administrators'], note: 'the second account of security officer priya.menon: only the other officer may decide' },
  { account: 'tomas.vrba', givenName: 'Tomáš', surname: 'Vrba', ou: 'Privileged', title: 'Emergency administrator', roles: ['domain-admin'], employeeId: '1021', groups: ['Domain Admins'], note: 'a Domain Admin for whom no manager is set: nobody can approve the first stage' },
];

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
