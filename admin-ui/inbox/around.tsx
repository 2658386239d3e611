import { Box, Link as Anchor, Stack, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { Fact, Facts } from '../frame/facts.tsx';
import { Section } from '../frame/section.tsx';
import type { ApprovalInContext } from '../records.ts';
import { StateChip } from '../resets/state-chip.tsx';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { Since } from '../time/since.tsx';

/** What stands around a request: its clock, what was decided before, and what else is asked for from there. */
export function Around({ approval }: { approval: ApprovalInContext }) {
  return (
    <Stack spacing={3}>
      <Clock approval={approval} />
      <Past approval={approval} />
      <SameSource approval={approval} />
    </Stack>
  );
}

function Clock({ approval: { clock } }: { approval: ApprovalInContext }) {
  const say = useSay();
  if (clock.length === 0) return null;
  return (
    <Section title={say('decision.clock')}>
      <Facts>
        {clock.map((due) => (
          <Fact key={`${due.do} ${due.at}`} term={say(`decision.${due.do}`)}>
            <Moment at={due.at} /> (<Since at={due.at} />)
          </Fact>
        ))}
      </Facts>
    </Section>
  );
}

function Past({ approval: { similar } }: { approval: ApprovalInContext }) {
  const say = useSay();
  const groups = (['account', 'kind'] as const).map((same) => ({ same, decisions: similar.filter((one) => one.same === same) }));
  return (
    <Section title={say('decision.past')}>
      {similar.length === 0 && <Typography>{say('decision.noneBefore')}</Typography>}
      <Stack spacing={2}>
        {groups.map(
          ({ same, decisions }) =>
            decisions.length > 0 && (
              <Box key={same}>
                <Typography component="h3" sx={{ fontWeight: 650 }}>
                  {say(same === 'account' ? 'decision.sameAccount' : 'decision.sameKind')}
                </Typography>
                <Box component="ul" sx={{ m: 0, pl: 2.5, overflowWrap: 'anywhere' }}>
                  {decisions.map((one) => (
                    <Box component="li" key={`${one.reset} ${one.at}`} sx={{ mt: 0.75 }}>
                      <Anchor component={Link} to={`/resets/${encodeURIComponent(one.reset)}/show`}>
                        {say(wordOf(one), { name: one.by, account: one.accountName ?? '', other: one.inPlaceOf ?? '' })}
                      </Anchor>
                      {', '}
                      <Moment at={one.at} />
                      {one.reason && <Typography color="textSecondary">{say('decision.because', { reason: one.reason })}</Typography>}
                    </Box>
                  ))}
                </Box>
              </Box>
            ),
        )}
      </Stack>
    </Section>
  );
}

function wordOf({ decision, inPlaceOf }: ApprovalInContext['similar'][number]) {
  if (inPlaceOf) return decision === 'approve' ? 'decision.approvedOfInPlace' : 'decision.deniedOfInPlace';
  return decision === 'approve' ? 'decision.approvedOf' : 'decision.deniedOf';
}

function SameSource({ approval: { source, fromSameSource } }: { approval: ApprovalInContext }) {
  const say = useSay();
  const { count, seen } = fromSameSource;
  return (
    <Section title={say('decision.sameSource', { source })}>
      {count === 0 && <Typography>{say('decision.noOthers')}</Typography>}
      {seen.length > 0 && (
        <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
          {seen.map(({ reset, requestCode, accountName, state, startedAt }) => (
            <Box component="li" key={reset} sx={{ mt: 0.75 }}>
              <Anchor component={Link} to={`/resets/${encodeURIComponent(reset)}/show`}>
                {accountName ?? say('word.nobody')}
              </Anchor>
              {`, ${requestCode}, `}
              <Since at={startedAt} /> <StateChip state={state} />
            </Box>
          ))}
        </Box>
      )}
      {count > seen.length && <Typography sx={{ mt: 1 }}>{say('decision.unseen', { smart_count: count - seen.length })}</Typography>}
    </Section>
  );
}
