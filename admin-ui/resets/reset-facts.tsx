import { isTerminal } from '#domain/reset-state.ts';
import { Link as Anchor } from '@mui/material';
import { usePermissions } from 'react-admin';
import { Link } from 'react-router-dom';
import { Copyable } from '../frame/copyable.tsx';
import { Fact, Facts } from '../frame/facts.tsx';
import { Section } from '../frame/section.tsx';
import { protectedInWords } from '#domain/protected-in-words.ts';
import type { ResetDetail, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { mayOpen } from '../session/grants.ts';
import { Moment } from '../time/moment.tsx';

/** What is known about one reset, each identifier ready to be copied. */
export function ResetFacts({ reset }: { reset: ResetDetail }) {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  return (
    <Section title={say('reset.facts')}>
      <Facts>
        <Fact term={say('word.account')}>{reset.accountName ?? say('word.nobody')}</Fact>
        {reset.account && (
          <Fact term={say('word.guid')}>
            <Copyable value={reset.account} what={say('word.guid')} />
          </Fact>
        )}
        <Fact term={say('word.operation')}>{say(`operation.${reset.operation}`)}</Fact>
        {reset.oldPassword && <Fact term={say('reset.oldPassword')}>{say(`reset.old.${reset.oldPassword}`)}</Fact>}
        {reset.protectedBy && <Fact term={say('reset.protectedBy')}>{protectedInWords(reset.protectedBy)}</Fact>}
        <Fact term={say('word.from')}>{reset.source}</Fact>
        {reset.sourceDevice && (
          <Fact term={say('reset.sourceDevice')}>
            <Anchor component={Link} to={`/devices/${encodeURIComponent(reset.sourceDevice.id)}`}>
              {reset.sourceDevice.name}
            </Anchor>
          </Fact>
        )}
        {reset.rule && <Fact term={say('word.rule')}>{reset.rule}</Fact>}
        <Fact term={say('word.started')}>
          <Moment at={reset.startedAt} />
        </Fact>
        <Fact term={say('word.changed')}>
          <Moment at={reset.updatedAt} />
        </Fact>
        {reset.expiresAt && !isTerminal(reset.state) && (
          <Fact term={say('word.expires')}>
            <Moment at={reset.expiresAt} />
          </Fact>
        )}
        <Fact term={say('word.reference')}>
          <Copyable value={reset.reference} what={say('word.reference')} />
        </Fact>
        <Fact term={say('word.workflow')}>
          <Copyable value={`reset/${reset.id}`} what={say('word.workflow')} />
        </Fact>
        {reset.policy && (
          <>
            <Fact term={say('word.policy')}>{reset.policy.version}</Fact>
            <Fact term={say('word.digest')}>
              <Copyable value={reset.policy.sha256} what={say('word.digest')} shown={`${reset.policy.sha256.slice(0, 16)}…`} />
            </Fact>
          </>
        )}
        {mayOpen('audit', permissions ?? []) && (
          <Fact term={say('page.audit')}>
            <Anchor
              component={Link}
              to={{ pathname: '/audit', search: `?${new URLSearchParams({ filter: JSON.stringify({ reset: reset.id }) })}` }}
            >
              {say('reset.leaves')}
            </Anchor>
            <Anchor component={Link} to={`/resets/${encodeURIComponent(reset.id)}/evidence`} sx={{ display: 'block' }}>
              {say('evidence.openPage')}
            </Anchor>
          </Fact>
        )}
      </Facts>
    </Section>
  );
}
