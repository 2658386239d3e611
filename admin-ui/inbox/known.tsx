import { Alert, Link as Anchor, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { protectedInWords } from '#domain/protected-in-words.ts';
import { Copyable } from '../frame/copyable.tsx';
import { Fact, Facts } from '../frame/facts.tsx';
import { Section } from '../frame/section.tsx';
import type { ApprovalInContext } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { Since } from '../time/since.tsx';
import { methodInWords } from './method-in-words.ts';

export const nameOf = (approval: Pick<ApprovalInContext, 'accountName' | 'reference'>) => approval.accountName ?? approval.reference;

/** The request itself: who, why protected, what passed, from where. `short` leaves out what stands in the lines to be signed or is looked up rarely. */
export function Known({ approval, short = false }: { approval: ApprovalInContext; short?: boolean }) {
  const say = useSay();
  const passed = (what: string[]) => (what.length === 0 ? say('word.none') : what.map((method) => methodInWords(method, say)).join(', '));
  const { networks, devices } = approval;
  return (
    <Section
      title={say('decision.facts')}
      aside={
        <Anchor component={Link} to={`/resets/${encodeURIComponent(approval.resetId)}/show`}>
          {say('decision.seeReset')}
        </Anchor>
      }
    >
      <Facts>
        <Fact term={say('decision.who')}>
          <Typography sx={{ fontWeight: 650 }}>{nameOf(approval)}</Typography>
          {!short && approval.account && <Copyable value={approval.account} what={say('word.guid')} />}
        </Fact>
        <Fact term={say('word.operation')}>{say(`operation.${approval.operation}`)}</Fact>
        <Fact term={say('word.from')}>
          {approval.source}
          {networks.length > 0 && ` (${say('decision.network', { names: networks.join(', ') })})`}
          {approval.sourceDevice && `, ${say('decision.atDevice', { name: approval.sourceDevice })}`}
        </Fact>
        <Fact term={say('decision.proofs')}>{passed(approval.proofs)}</Fact>
        {approval.knownBy.length > 0 && <Fact term={say('decision.knownBy')}>{approval.knownBy.join(', ')}</Fact>}
        <Fact term={say('decision.factors')}>{passed(approval.factors)}</Fact>
        <Fact term={say('decision.why')}>
          {approval.privilegedBecause ? protectedInWords(approval.privilegedBecause) : say('decision.noWhy')}
        </Fact>
        {!short && (
          <Fact term={say('decision.devices')}>
            {devices.length === 0 ? say('decision.noDevices') : devices.map(({ name, platform }) => `${name} (${platform})`).join(', ')}
          </Fact>
        )}
        {approval.needs > 1 && (
          <Fact term={say('decision.quorum')}>{say('reset.quorum', { approvals: approval.approvals, needs: approval.needs })}</Fact>
        )}
        {approval.escalated && <Fact term={say('decision.escalation')}>{say('reset.escalated')}</Fact>}
        {approval.waitingSince && !short && (
          <Fact term={say('inbox.waits')}>
            <Moment at={approval.waitingSince} /> (<Since at={approval.waitingSince} />)
          </Fact>
        )}
        {approval.expiresAt && (
          <Fact term={say('inbox.expires')}>
            <Moment at={approval.expiresAt} /> (<Since at={approval.expiresAt} />)
          </Fact>
        )}
        <Fact term={say('decision.requestCode')}>
          <Copyable value={approval.requestCode} what={say('decision.requestCode')} />
        </Fact>
        {!short && (
          <Fact term={say('word.reference')}>
            <Copyable value={approval.reference} what={say('word.reference')} />
          </Fact>
        )}
      </Facts>
      {approval.state === 'waiting' && (
        <Alert severity="info" sx={{ mt: 3 }}>
          {say('decision.callBack', { name: nameOf(approval), code: approval.requestCode })}
        </Alert>
      )}
    </Section>
  );
}
