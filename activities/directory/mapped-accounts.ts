import { AndFilter, EqualityFilter, OrFilter } from 'ldapts';
import type { CertificateIdentity, MappableAccount } from '#domain/account-mapping.ts';
import type { Directory } from './connect.ts';
import { guidText, sidText } from './entry.ts';
import { userAccountType } from './find-account.ts';

/**
 * Every account that one of the strong forms of a certificate names: by objectSid or by a value of altSecurityIdentities, which the directory compares without
 * regard to case. The caller judges what several of them mean. Throws DirectoryUnavailable.
 */
export async function mappedAccounts(dir: Directory, { sid, identities }: CertificateIdentity): Promise<MappableAccount[]> {
  const forms = Object.values(identities).map((value) => new EqualityFilter({ attribute: 'altSecurityIdentities', value }));
  const filters = [...forms, ...(sid === undefined ? [] : [new EqualityFilter({ attribute: 'objectSid', value: sid })])];
  if (filters.length === 0) return [];
  const filter = new AndFilter({
    filters: [new EqualityFilter({ attribute: 'sAMAccountType', value: userAccountType }), new OrFilter({ filters })],
  });
  return dir.read(async (session) => {
    const found = await session.search(dir.settings.baseDn, {
      scope: 'sub',
      filter,
      attributes: ['objectGUID', 'objectSid', 'altSecurityIdentities'],
    });
    return found.flatMap((entry) => {
      const [guid, own] = [entry.bytes('objectGUID'), entry.bytes('objectSid')];
      return guid && own ? [{ guid: guidText(guid), sid: sidText(own), identities: entry.texts('altSecurityIdentities') }] : [];
    });
  });
}
