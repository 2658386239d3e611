import { Alert, Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { Moment } from '../time/moment.tsx';
import type { Comparison, ComparisonFound } from '../records.ts';
import { useSay } from '../say.ts';
import { Readiness } from './readiness.tsx';
import { WhoTheyAre } from './who-they-are.tsx';

/** What a comparison found: whose requirements change, from which rule to which, and the two numbers that should worry. */
export function Found({ item, found }: { item: Comparison; found: ComparisonFound }) {
  const say = useSay();
  const { accounts, changed, changes, noApprover, noApproverToday, losing, gaining, telling, taken, missing, cases } = found;
  const addresses = [...new Set(cases.map(({ address }) => address))].map((address) => address ?? say('policies.found.nowhere'));
  return (
    <Box>
      <Typography sx={{ mb: 1 }}>
        {say('policies.found.about', { accounts, directory: found.directory })} <Moment at={found.at} />.
      </Typography>
      <Typography color="textSecondary" variant="body2" sx={{ mb: 2 }}>
        {say('policies.found.from', { places: addresses.join(', '), smart_count: new Set(cases.map(({ at }) => at)).size })}
      </Typography>
      {missing.length > 0 && (
        <Alert severity="warning" sx={{ mb: 2 }}>
          {say('policies.found.missing', { groups: missing.join(', ') })}
        </Alert>
      )}
      <Typography sx={{ fontWeight: 650 }}>{say('policies.found.changed', { smart_count: changed })}</Typography>
      {changes.length > 0 && (
        <Table size="small" aria-label={say('policies.found.changes')} sx={{ my: 1 }}>
          <TableHead>
            <TableRow>
              <TableCell>{say('policies.found.ruleNow')}</TableCell>
              <TableCell>{say('policies.found.ruleThen')}</TableCell>
              <TableCell align="right">{say('policies.found.count')}</TableCell>
              <TableCell>{say('policies.found.who')}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {changes.map(({ from, to, accounts }, index) => (
              <TableRow key={`${from} ${to}`}>
                <TableCell>{from ?? say('policies.found.noRule')}</TableCell>
                <TableCell>{to ?? say('policies.found.noRule')}</TableCell>
                <TableCell align="right">{accounts.toLocaleString('en')}</TableCell>
                <TableCell>
                  <WhoTheyAre id={item.id} of="changes" change={index} count={accounts} what={`${from ?? '–'} → ${to ?? '–'}`} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      <Number id={item.id} of="noApprover" count={noApprover} more={noApproverToday} />
      {found.noReplacement !== null && (
        <Number id={item.id} of="noReplacement" count={found.noReplacement} more={found.noReplacementToday ?? 0} />
      )}
      <Number id={item.id} of="losing" count={losing} />
      <Number id={item.id} of="gaining" count={gaining} />
      {found.firstFactor !== null && <Number id={item.id} of="firstFactor" count={found.firstFactor} />}
      {telling !== null && <Number id={item.id} of="telling" count={telling} />}
      {taken.map(({ operation, accounts: count }, index) => (
        <Taken
          key={operation}
          id={item.id}
          index={index}
          count={count}
          words={say(`policies.found.taken.${operation}`, { smart_count: count })}
        />
      ))}
      {found.keys && <Keys {...found.keys} />}
      <Readiness id={item.id} found={found} />
    </Box>
  );
}

/** What is asked of security keys is asked of everybody alike, so it is said once. */
function Keys({ today, draft }: { today: string; draft: string }) {
  const say = useSay();
  return (
    <Box sx={{ mt: 1.5 }}>
      <Typography sx={{ fontWeight: 650 }}>{say('policies.found.keys')}</Typography>
      <Typography>{say('policies.found.keysThen', { words: draft })}</Typography>
      <Typography color="textSecondary">{say('policies.found.keysToday', { words: today })}</Typography>
    </Box>
  );
}

/** How many could do no more what they may do today. */
function Taken({ id, index, count, words }: { id: string; index: number; count: number; words: string }) {
  return (
    <Box sx={{ mt: 1.5 }}>
      <Typography sx={{ fontWeight: 650 }} color="error">
        {words}
      </Typography>
      <WhoTheyAre id={id} of="taken" change={index} count={count} what={words} />
    </Box>
  );
}

function Number({
  id,
  of,
  count,
  more,
}: {
  id: string;
  of: 'noApprover' | 'noReplacement' | 'firstFactor' | 'losing' | 'gaining' | 'telling';
  count: number;
  more?: number;
}) {
  const say = useSay();
  const worries = count > 0 && (of === 'noApprover' || of === 'noReplacement' || of === 'losing');
  const words = say(`policies.found.${of}`, { smart_count: count });
  return (
    <Box sx={{ mt: 1.5 }}>
      <Typography sx={{ fontWeight: worries ? 650 : 400 }} color={worries ? 'error' : 'textPrimary'}>
        {words}
      </Typography>
      {more !== undefined && more > 0 && (
        <Typography color="textSecondary">{say('policies.found.today', { smart_count: more })}</Typography>
      )}
      {count > 0 && <WhoTheyAre id={id} of={of} change={0} count={count} what={words} />}
    </Box>
  );
}
